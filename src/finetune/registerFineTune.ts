import path from 'node:path';
import * as vscode from 'vscode';
import { commandIds, viewIds } from '../contributions/index.js';
import { countWords, plainLabel, plainLine, plainMessage, plainText, serializeError } from '../core/index.js';
import { parseManifest, manifestName } from '../datasets/index.js';
import { describeCommand, fineTuneCommand, type FineTuneCommand } from './fineTuneCommand.js';
import { presets, type FineTunePreset } from './presets.js';
import { abandonRun, claimRunFolder, datasetFor, listRuns, trainableFormat, writeRun, type Run } from './runs.js';

export interface FineTuneDeps {
  /** The open project; undefined: none. */
  readonly projects: { readonly project: { readonly folder: string } | undefined };
  /** Both read past any workspace. */
  readonly settings: { get(name: 'python'): string; get(name: 'customCommand'): readonly string[] };
  /** Remembers the model of last time. */
  readonly memory: vscode.Memento;
  /** `dist/runTask.cjs`, absolute. */
  readonly runTaskFile: string;
  readonly log: vscode.LogOutputChannel;
}

export interface FineTune extends vscode.Disposable {
  /** A run has begun or ended. */
  readonly onDidChangeRuns: vscode.Event<void>;
}

/** Where exports lie, relative to the project. */
const datasetsFolder = 'datasets';
const taskType = 'touchstone-fine-tune';
const modelKey = 'touchstone.fineTune.model';
/** What the default candidates' model is called where trainers find it. */
const defaultModel = 'HuggingFaceTB/SmolLM2-135M-Instruct';

/** *Touchstone: Fine-Tune*: preset, data set, model, the exact command, and only then a task that runs it. */
export function registerFineTune(deps: FineTuneDeps): FineTune {
  const onDidChangeRuns = new vscode.EventEmitter<void>();
  const subscriptions = vscode.Disposable.from(
    onDidChangeRuns,
    vscode.commands.registerCommand(commandIds.fineTune, async (): Promise<Run | undefined> => {
      try {
        return await fineTune(deps, () => onDidChangeRuns.fire());
      } catch (error) {
        const { message } = serializeError(error);
        deps.log.error(plainText(message));
        void vscode.window.showErrorMessage(plainMessage(message));
        return undefined;
      }
    }),
    vscode.tasks.onDidEndTaskProcess(({ execution }) => {
      if (execution.task.definition.type === taskType) onDidChangeRuns.fire();
    }),
  );
  return { onDidChangeRuns: onDidChangeRuns.event, dispose: () => void subscriptions.dispose() };
}

/** @returns the run when it has begun, or undefined when the person thought better of it. */
async function fineTune(deps: FineTuneDeps, changed: () => void): Promise<Run | undefined> {
  const { project } = deps.projects;
  if (project === undefined) return undefined;
  if (!vscode.workspace.isTrusted) {
    const manage = vscode.l10n.t('Manage Trust');
    const text = vscode.l10n.t('A fine-tune runs a program, so this folder has to be trusted first.');
    if ((await vscode.window.showWarningMessage(text, manage)) === manage)
      await vscode.commands.executeCommand('workbench.trust.manage');
    return undefined;
  }
  const preset = await pickPreset(deps);
  const folder = preset && (await pickDataset(project.folder, preset));
  if (preset === undefined || folder === undefined) return undefined;
  const model = await askModel(deps.memory);
  if (model === undefined) return undefined;

  const dataset = await vscode.window.withProgress(
    { location: { viewId: viewIds.runs }, title: vscode.l10n.t('Checking the data set') },
    () => datasetFor(preset, folder, new AbortController().signal),
  );
  const claim = await claimRunFolder(project.folder, preset.id);
  let hasBegun = false;
  try {
    const command = fineTuneCommand(preset, dataset, {
      folder: claim.folder,
      model,
      python: deps.settings.get('python'),
      customCommand: deps.settings.get('customCommand'),
    });
    if (!(await confirm(command))) return undefined;
    await deps.memory.update(modelKey, model);
    const startedAt = new Date().toISOString();
    await writeRun(command, { name: claim.name, preset: preset.id, model, dataset: { ...dataset }, startedAt });
    await vscode.tasks.executeTask(taskOf(deps.runTaskFile, claim.name, claim.folder));
    hasBegun = true;
    deps.log.info(plainLine(`Fine-tune ${claim.name}: ${describeCommand(command)}`));
    changed();
  } finally {
    if (!hasBegun) await abandonRun(claim.folder);
  }
  return (await listRuns(project.folder)).find((run) => run.folder === claim.folder);
}

/** Nothing but paths of ours: what is to run stands in the record that was shown. */
function taskOf(runTaskFile: string, name: string, folder: string): vscode.Task {
  // VS Code's own program is Node when it is told so; in code-server it is Node.
  const execution = new vscode.ProcessExecution(process.execPath, [runTaskFile, folder], {
    cwd: folder,
    env: { ELECTRON_RUN_AS_NODE: '1' },
  });
  const task = new vscode.Task(
    { type: taskType, run: name },
    vscode.TaskScope.Workspace,
    name,
    'Touchstone',
    execution,
  );
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, panel: vscode.TaskPanelKind.Dedicated };
  return task;
}

async function pickPreset({ settings }: FineTuneDeps): Promise<FineTunePreset | undefined> {
  const python = settings.get('python').trim() || 'python3';
  const words: Readonly<Record<FineTunePreset['id'], { readonly label: string; readonly detail: string }>> = {
    'trl-sft': {
      label: vscode.l10n.t('Imitate the best answers (TRL, supervised)'),
      detail: vscode.l10n.t('Needs the packages trl and peft in {0}', plainLabel(python)),
    },
    'trl-dpo': {
      label: vscode.l10n.t('Prefer the better answers (TRL, DPO)'),
      detail: vscode.l10n.t('Needs the packages trl and peft in {0}', plainLabel(python)),
    },
    custom: {
      label: vscode.l10n.t('A program of your own'),
      detail:
        plainLabel(settings.get('customCommand').join(' ')) ||
        vscode.l10n.t('Set it first: touchstone.fineTune.customCommand'),
    },
  };
  const items = presets.map((preset) => ({ ...words[preset.id], preset }));
  const title = vscode.l10n.t('Fine-Tune: what to do');
  return (await vscode.window.showQuickPick(items, { title, ignoreFocusOut: true }))?.preset;
}

/** @returns the folder of a data set that this preset can train on. */
async function pickDataset(projectFolder: string, preset: FineTunePreset): Promise<string | undefined> {
  const parent = vscode.Uri.file(path.join(projectFolder, datasetsFolder));
  const names = await Promise.resolve(vscode.workspace.fs.readDirectory(parent)).catch(() => []);
  const items: (vscode.QuickPickItem & { readonly folder: string })[] = [];
  for (const [name, type] of names) {
    if (type !== vscode.FileType.Directory || name.startsWith('.')) continue;
    const file = vscode.Uri.joinPath(parent, name, manifestName);
    const bytes = await Promise.resolve(vscode.workspace.fs.readFile(file)).catch(() => undefined);
    const entries = bytes && parseManifest(Buffer.from(bytes).toString())?.formats;
    const format = entries && trainableFormat(preset, entries);
    if (entries === undefined || format === undefined) continue;
    const rows = entries[format]?.rows;
    const description = vscode.l10n.t(
      '{0}, {1}, {2} held out',
      format,
      countWords.rows(rows?.train ?? 0),
      rows?.validation ?? 0,
    );
    items.push({ label: plainLabel(name), description, folder: path.join(parent.fsPath, name) });
  }
  if (items.length > 0)
    return (
      await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Fine-Tune: data set'), ignoreFocusOut: true })
    )?.folder;
  const exportNow = vscode.l10n.t('Export Data Set');
  const text = vscode.l10n.t('No data set in {0} has rows as {1}.', datasetsFolder, preset.formats.join(', '));
  if ((await vscode.window.showInformationMessage(text, exportNow)) === exportNow)
    await vscode.commands.executeCommand(commandIds.exportDataSet);
  return undefined;
}

async function askModel(memory: vscode.Memento): Promise<string | undefined> {
  const model = await vscode.window.showInputBox({
    title: vscode.l10n.t('Fine-Tune: model'),
    prompt: vscode.l10n.t('The model to tune: its name on the Hugging Face hub, or a folder'),
    value: memory.get(modelKey, defaultModel),
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() === '' ? vscode.l10n.t('Name a model.') : undefined),
  });
  return model?.trim();
}

/** Shows the exact command and the configuration, always: what was agreed to yesterday may have changed since. */
async function confirm(command: FineTuneCommand): Promise<boolean> {
  const run = vscode.l10n.t('Run');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('Run this program on your machine?'),
    {
      modal: true,
      detail: plainText(
        [describeCommand(command), '', `${path.basename(command.configFile)}:`, command.config].join('\n'),
      ),
    },
    run,
  );
  return chosen === run;
}
