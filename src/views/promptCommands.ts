import path from 'node:path';
import * as vscode from 'vscode';
import { commandIds, viewIds } from '../contributions/index.js';
import { countWords, plainMessage, plainText, type Problem } from '../core/index.js';
import { importFiles, promptsOfText, type ImportReport } from '../prompts/index.js';
import type { Project } from '../store/index.js';
import type { ActiveProject } from './activeProject.js';
import { command, signalOf } from './edge.js';
import type { LabelingDesk } from './labelingDesk.js';

export interface PromptCommandsOptions {
  readonly projects: ActiveProject;
  readonly desk: LabelingDesk;
  readonly log: vscode.LogOutputChannel;
}

/** Problems shown a file; the log has them all. */
const maxDiagnostics = 1000;

/** Prompts in: from files and from what is selected in an editor. Bad lines become diagnostics on their file. */
export function registerPromptCommands({ projects, desk, log }: PromptCommandsOptions): vscode.Disposable {
  const diagnostics = vscode.languages.createDiagnosticCollection('touchstone');
  const show = (project: Project, problems: readonly Problem[]) => {
    for (const problem of problems) log.warn(plainText(`${problem.file}:${problem.line}: ${problem.message}`));
    for (const [file, found] of byFile(project, problems)) diagnostics.set(vscode.Uri.file(file), found);
  };

  const importPrompts = async (given: unknown, many: unknown): Promise<ImportReport | undefined> => {
    const project = await projects.opened();
    if (project === undefined) return undefined;
    const files = filesOf(given, many) ?? (await pickFiles());
    if (files === undefined || files.length === 0) return undefined;
    const report = await vscode.window.withProgress(
      { location: { viewId: viewIds.queue }, title: vscode.l10n.t('Importing prompts'), cancellable: true },
      (progress, token) =>
        importFiles(project, files, {
          signal: signalOf(token),
          onProgress: ({ nRows }) => progress.report({ message: countWords.rows(nRows) }),
        }),
    );
    for (const file of files) diagnostics.delete(vscode.Uri.file(file));
    show(project, report.problems);
    tell(report);
    return report;
  };

  /** A file in front becomes work: its prompts go in as the editor has them, and the panel opens with the first to judge. */
  const labelFile = async (given: unknown): Promise<void> => {
    const [file] = filesOf(given ?? vscode.window.activeTextEditor?.document.uri, undefined) ?? [];
    if (file === undefined) return;
    if ((await projects.opened()) === undefined) await vscode.commands.executeCommand(commandIds.createProject);
    const project = await projects.opened();
    if (project === undefined) return;
    const document = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === file);
    if (document?.isDirty === true && !(await document.save())) return;
    const own = project.config.prompts.filter((prompts) => path.resolve(project.folder, prompts) === file);
    const before = new Set(project.config.prompts);
    const report = own.length > 0 ? undefined : await importPrompts(vscode.Uri.file(file), undefined);
    if (own.length === 0 && (report === undefined || report.nPrompts + report.nDuplicates === 0)) return;
    const files = new Set([...own, ...project.config.prompts.filter((prompts) => !before.has(prompts))]);
    const first = project.promptIds.find(
      (id) =>
        files.has(project.fileOf(id) ?? '') && ['open', 'draft'].includes(desk.session?.queue.standingOf(id) ?? 'open'),
    );
    await vscode.commands.executeCommand(first === undefined ? commandIds.startLabeling : commandIds.openPrompt, first);
  };

  const addSelection = async (): Promise<number> => {
    const editor = vscode.window.activeTextEditor;
    const project = await projects.opened();
    if (project === undefined || editor === undefined) return 0;
    const { document } = editor;
    const rows = [];
    const problems: Problem[] = [];
    for (const selection of editor.selections) {
      if (selection.isEmpty) continue;
      const parsed = promptsOfText(document.getText(selection), {
        languageId: document.languageId,
        source: { file: nameIn(project, document.uri), line: selection.start.line + 1 },
      });
      rows.push(...parsed.rows);
      problems.push(...parsed.problems);
    }
    diagnostics.delete(document.uri);
    show(project, problems);
    if (rows.length === 0 && problems.length === 0) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Nothing is selected. Select the text of a prompt first.'),
      );
      return 0;
    }
    const { nAdded, nDuplicates } = await project.addPrompts(rows, { name: 'selection', to: 'own-file' });
    tell({ nPrompts: nAdded, nDuplicates, problems });
    return nAdded;
  };

  return vscode.Disposable.from(
    diagnostics,
    command(commandIds.importPrompts, log, importPrompts),
    command(commandIds.addSelection, log, addSelection),
    command(commandIds.labelFile, log, labelFile),
  );
}

/** What the explorer's menu gives: the file clicked, and all that are selected. */
function filesOf(given: unknown, many: unknown): string[] | undefined {
  const uris = Array.isArray(many) ? many : [given];
  const files = uris
    .filter((uri) => uri instanceof vscode.Uri && uri.scheme === 'file')
    .map((uri: vscode.Uri) => uri.fsPath);
  return files.length === 0 ? undefined : files;
}

async function pickFiles(): Promise<string[] | undefined> {
  const picked = await vscode.window.showOpenDialog({
    canSelectMany: true,
    openLabel: vscode.l10n.t('Import'),
    filters: {
      [vscode.l10n.t('Prompts')]: ['jsonl', 'ndjson', 'json', 'csv', 'tsv', 'parquet', 'txt', 'md'],
      [vscode.l10n.t('All files')]: ['*'],
    },
  });
  return picked?.map((uri) => uri.fsPath);
}

function byFile(project: Project, problems: readonly Problem[]): Map<string, vscode.Diagnostic[]> {
  const found = new Map<string, vscode.Diagnostic[]>();
  for (const problem of problems) {
    const file = path.resolve(project.folder, problem.file);
    const list = found.get(file) ?? [];
    if (list.length < maxDiagnostics) list.push(diagnosticOf(problem));
    found.set(file, list);
  }
  return found;
}

function diagnosticOf({ line, column, message, code }: Problem): vscode.Diagnostic {
  const start = new vscode.Position(Math.max(0, line - 1), Math.max(0, (column ?? 1) - 1));
  const range = new vscode.Range(start, new vscode.Position(start.line, Number.MAX_SAFE_INTEGER));
  const diagnostic = new vscode.Diagnostic(range, plainText(message), vscode.DiagnosticSeverity.Error);
  diagnostic.source = 'Touchstone';
  diagnostic.code = code;
  return diagnostic;
}

/** Told only where something is wrong, or nothing came of it: the queue shows the rest. */
function tell({ nPrompts, nDuplicates, problems }: Pick<ImportReport, 'nPrompts' | 'nDuplicates' | 'problems'>): void {
  const counts = [vscode.l10n.t('Prompts added: {0}.', nPrompts)];
  if (nDuplicates > 0) counts.push(vscode.l10n.t('There already: {0}.', nDuplicates));
  const [first] = problems;
  if (first === undefined) {
    if (nPrompts === 0) void vscode.window.showInformationMessage(counts.join(' '));
    return;
  }
  counts.push(
    vscode.l10n.t(
      'Lines that could not be read: {0}. The first: {1}',
      problems.length,
      `${first.line}: ${first.message}`,
    ),
  );
  const look = vscode.l10n.t('Look');
  void vscode.window.showWarningMessage(plainMessage(counts.join(' ')), look).then((choice) => {
    if (choice === look) void vscode.commands.executeCommand('workbench.actions.view.problems');
  });
}

/** A document's name as a source: relative to the project where it lies in it. */
function nameIn(project: Project, uri: vscode.Uri): string {
  if (uri.scheme !== 'file') return path.posix.basename(uri.path) || 'selection';
  const relative = path.relative(project.folder, uri.fsPath);
  return relative.startsWith('..') || path.isAbsolute(relative) ? uri.fsPath : relative.split(path.sep).join('/');
}
