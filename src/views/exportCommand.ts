import path from 'node:path';
import * as vscode from 'vscode';
import { commandIds, viewIds } from '../contributions/index.js';
import { checkName, plainMessage } from '../core/index.js';
import {
  describeFinding,
  exportDatasets,
  formatIds,
  formats,
  type ExportReport,
  type FormatId,
} from '../datasets/index.js';
import type { ActiveProject } from './activeProject.js';
import { dataSetFolder } from './dataSetsView.js';
import { command, signalOf } from './edge.js';

export interface ExportCommandOptions {
  readonly projects: ActiveProject;
  /** Remembers what was chosen last, for each project. */
  readonly memory: vscode.Memento;
  readonly log: vscode.LogOutputChannel;
}

/** What a person chooses of an export. */
interface Choice {
  readonly formats: readonly FormatId[];
  /** Share held out for validation. */
  readonly split: number;
  /** Folder below `datasets`. */
  readonly name: string;
}

const shares = [0.1, 0.05, 0.2, 0];
const memoryKey = 'touchstone.export';

/** Judgements to a data set in `datasets/<name>`, with the choices of last time as they stand. */
export function registerExportCommand({ projects, memory, log }: ExportCommandOptions): vscode.Disposable {
  return command(commandIds.exportDataSet, log, async (given: unknown): Promise<ExportReport | undefined> => {
    const project = await projects.opened();
    if (project === undefined) return undefined;
    const last = readChoice(memory.get(memoryKey));
    const choice = readChoice(given) ?? (await ask(last));
    if (choice === undefined) return undefined;
    await memory.update(memoryKey, choice);
    const out = path.join(project.folder, dataSetFolder, choice.name);
    const report = await vscode.window.withProgress(
      { location: { viewId: viewIds.dataSets }, title: vscode.l10n.t('Exporting'), cancellable: true },
      (progress, token) =>
        exportDatasets(
          project,
          { formats: choice.formats, out, split: choice.split },
          {
            signal: signalOf(token),
            onProgress: ({ format, nRows }) => progress.report({ message: `${format} ${nRows}` }),
          },
        ),
    );
    for (const finding of report.findings) log.warn(describeFinding(finding));
    void tell(report, choice.name);
    return report;
  });
}

async function ask(last: Choice | undefined): Promise<Choice | undefined> {
  const picked = await vscode.window.showQuickPick(
    formatIds.map((id) => ({
      label: id,
      description: formats[id].readBy,
      detail: formats[id].oneRow,
      id,
      picked: (last?.formats ?? ['trl-preference', 'trl-sft']).includes(id),
    })),
    { canPickMany: true, title: vscode.l10n.t('Formats (1 of 3)'), matchOnDescription: true, ignoreFocusOut: true },
  );
  if (picked === undefined || picked.length === 0) return undefined;
  const share = await vscode.window.showQuickPick(
    [...new Set([last?.split ?? 0.1, ...shares])].map((value) => ({
      label: value === 0 ? vscode.l10n.t('None') : `${Math.round(value * 1000) / 10}%`,
      value,
    })),
    { title: vscode.l10n.t('Share of the prompts held out for validation (2 of 3)'), ignoreFocusOut: true },
  );
  if (share === undefined) return undefined;
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Name of the data set (3 of 3)'),
    prompt: vscode.l10n.t('A folder below datasets. One that is there is replaced.'),
    value: last?.name ?? 'v1',
    ignoreFocusOut: true,
    validateInput: checkName,
  });
  return name === undefined ? undefined : { formats: picked.map(({ id }) => id), split: share.value, name };
}

async function tell(report: ExportReport, name: string): Promise<void> {
  const rows = report.formats.map(({ format, rows: { train, validation } }) => `${format}: ${train} + ${validation}`);
  const [finding] = report.findings;
  const text = [
    vscode.l10n.t('Data set {0} is written. Rows for training and validation: {1}.', name, rows.join(', ')),
  ];
  if (finding !== undefined) text.push(describeFinding(finding));
  const open = vscode.l10n.t('Open card');
  const show = finding === undefined ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  if ((await show(plainMessage(text.join(' ')), open)) === open)
    await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.file(path.join(report.out, 'README.md')));
}

/** A choice from last time, or as the argument of the command. */
function readChoice(value: unknown): Choice | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('formats' in value) || !('name' in value) || !('split' in value)) return undefined;
  const { formats: named, name, split } = value;
  if (!Array.isArray(named) || typeof name !== 'string' || typeof split !== 'number') return undefined;
  const known = formatIds.filter((id) => named.includes(id));
  return known.length > 0 && checkName(name) === undefined && split >= 0 && split < 1
    ? { formats: known, name, split }
    : undefined;
}
