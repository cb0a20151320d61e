import * as vscode from 'vscode';
import { viewIds } from '../contributions/index.js';
import { plainLabel, plainLine } from '../core/index.js';
import { listRuns, percentDone, runsFolder, type FineTune, type Run } from '../finetune/index.js';
import type { ActiveProject } from './activeProject.js';

/** How often it is looked how far a run is, milliseconds. */
const lookMs = 5000;

/** Runs: fine-tunes of this project, newest first, with how they ended; a click opens the log. */
export class RunsView implements vscode.TreeDataProvider<Run>, vscode.Disposable {
  readonly #projects: ActiveProject;
  readonly #onDidChangeTreeData = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#onDidChangeTreeData.event;
  readonly #status = vscode.window.createStatusBarItem('touchstone.run', vscode.StatusBarAlignment.Right, 11);
  readonly #subscriptions: readonly vscode.Disposable[];
  #watcher: vscode.Disposable | undefined;
  #look: NodeJS.Timeout | undefined;

  constructor(projects: ActiveProject, fineTune: FineTune) {
    this.#projects = projects;
    this.#status.name = vscode.l10n.t('Touchstone run');
    this.#status.command = `${viewIds.runs}.focus`;
    this.#subscriptions = [
      this.#onDidChangeTreeData,
      this.#status,
      vscode.window.createTreeView(viewIds.runs, { treeDataProvider: this }),
      fineTune.onDidChangeRuns(() => this.#changed()),
      projects.onDidChange(() => this.#watch()),
    ];
    this.#watch();
  }

  async getChildren(item?: Run): Promise<Run[]> {
    const { outline: project } = this.#projects;
    return item !== undefined || project === undefined ? [] : listRuns(project.folder);
  }

  getTreeItem({ folder, logFile, record, state }: Run): vscode.TreeItem {
    const item = new vscode.TreeItem(plainLine(record.name));
    item.id = `run ${folder}`;
    item.description = [plainLine(record.preset), runWords(record, state)].join(' · ');
    item.tooltip = [plainLine(record.command.program), ...record.command.args.map(plainLine)].join(' ');
    item.iconPath = new vscode.ThemeIcon(runIcon(state));
    item.contextValue = `run ${state}`;
    item.command = {
      command: 'vscode.open',
      title: vscode.l10n.t('Open log'),
      arguments: [vscode.Uri.file(logFile)],
    };
    return item;
  }

  dispose(): void {
    clearTimeout(this.#look);
    this.#watcher?.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #watch(): void {
    this.#watcher?.dispose();
    this.#watcher = undefined;
    const { outline: project } = this.#projects;
    if (project !== undefined) {
      const watcher = vscode.workspace.createFileSystemWatcher(
        new vscode.RelativePattern(project.folder, `${runsFolder}/*/run.json`),
      );
      const changed = () => this.#changed();
      this.#watcher = vscode.Disposable.from(
        watcher,
        watcher.onDidCreate(changed),
        watcher.onDidChange(changed),
        watcher.onDidDelete(changed),
      );
    }
    this.#changed();
  }

  #changed(): void {
    this.#onDidChangeTreeData.fire();
    void this.#drawStatus();
  }

  async #drawStatus(): Promise<void> {
    const first = (await this.getChildren()).find(({ state }) => state === 'running');
    clearTimeout(this.#look);
    if (first === undefined) return this.#status.hide();
    const percent = await percentDone(first.logFile);
    this.#status.text = `$(loading~spin) ${plainLabel(first.record.name)}${percent === undefined ? '' : ` ${percent}%`}`;
    this.#status.tooltip = vscode.l10n.t('A fine-tune is running.');
    this.#status.show();
    clearTimeout(this.#look);
    this.#look = setTimeout(() => void this.#drawStatus(), lookMs).unref();
  }
}

function runWords(record: Run['record'], state: Run['state']): string {
  switch (state) {
    case 'running':
      return vscode.l10n.t('running');
    case 'done':
      return vscode.l10n.t('exit code {0}', 0);
    case 'failed':
      return record.problem === undefined
        ? vscode.l10n.t('exit code {0}', record.exitCode ?? 1)
        : vscode.l10n.t('could not start: {0}', plainLine(record.problem));
    case 'stopped':
      return vscode.l10n.t('stopped by {0}', plainLine(record.signal ?? ''));
    case 'lost':
      return vscode.l10n.t('its end is not known');
  }
}

function runIcon(state: Run['state']): string {
  switch (state) {
    case 'running':
      return 'loading~spin';
    case 'done':
      return 'pass';
    case 'failed':
      return 'error';
    case 'stopped':
      return 'circle-slash';
    case 'lost':
      return 'question';
  }
}
