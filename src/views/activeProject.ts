import path from 'node:path';
import * as vscode from 'vscode';
import { contextKeys } from '../contributions/index.js';
import { plainText, projectFileName } from '../core/index.js';
import {
  projectFileProblemOf,
  type OpeningProject,
  type Project,
  type ProjectChange,
  type ProjectFileProblem,
  type ProjectOutline,
} from '../store/index.js';

export interface ActiveProjectOptions {
  /** @throws StoreError */
  readonly open: (folder: string) => Promise<OpeningProject>;
  readonly log: vscode.LogOutputChannel;
}

/**
 * The labeling project of this window: the first workspace folder with a `touchstone.json`. Opened on start, when the file
 * appears, and when folders come or go.
 */
export class ActiveProject implements vscode.Disposable {
  readonly #options: ActiveProjectOptions;
  readonly #onDidChange = new vscode.EventEmitter<void>();
  /** Another project is open, or none. Told twice of one that opens: of its outline, and when it is whole. */
  readonly onDidChange = this.#onDidChange.event;
  readonly #onDidChangeContent = new vscode.EventEmitter<ProjectChange>();
  /** Prompts, candidates, judgements, drafts or the configuration of the open project have changed. */
  readonly onDidChangeContent = this.#onDidChangeContent.event;
  readonly #subscriptions: vscode.Disposable[] = [];
  #stop: (() => void) | undefined;
  #outline: ProjectOutline | undefined;
  #project: Project | undefined;
  /** Where a project is, or the one that could not be opened. */
  #folder: string | undefined;
  #problem: ProjectFileProblem | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(options: ActiveProjectOptions) {
    this.#options = options;
    const files = vscode.workspace.createFileSystemWatcher(`**/${projectFileName}`);
    const look = () => void this.reload();
    this.#subscriptions.push(
      files,
      files.onDidCreate(look),
      files.onDidDelete(look),
      files.onDidChange(() => {
        // A file that could not be read may have been mended.
        if (this.#project === undefined) look();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(look),
    );
  }

  /** Undefined also while its answers are being read; `opened` waits for them. */
  get project(): Project | undefined {
    return this.#project;
  }

  /** The open project, or what is known already of one that opens. */
  get outline(): ProjectOutline | undefined {
    return this.#outline;
  }

  /** The project, once it is known whether there is one and it is whole. */
  async opened(): Promise<Project | undefined> {
    await this.#last;
    return this.#project;
  }

  /** Why the project that is there could not be opened, worded. */
  get problem(): string | undefined {
    return this.#problem?.message;
  }

  /** What is wrong with the project's file, whether the project is open all the same or not. */
  get fileProblem(): (ProjectFileProblem & { readonly file: string }) | undefined {
    const problem = this.#problem ?? this.#outline?.fileProblem;
    return problem === undefined || this.#folder === undefined
      ? undefined
      : { ...problem, file: path.join(this.#folder, projectFileName) };
  }

  /** Shows `touchstone.json` in an editor, at what is wrong with it. */
  async openFile(): Promise<void> {
    if (this.#folder === undefined) return;
    const { line, column } = this.fileProblem ?? { line: 0, column: 0 };
    await vscode.window.showTextDocument(vscode.Uri.file(path.join(this.#folder, projectFileName)), {
      selection: new vscode.Range(line, column, line, column),
    });
  }

  /** Looks for the project again and opens it. Resolves when it is open, or there is none. */
  reload(): Promise<void> {
    this.#last = this.#last.then(() => this.#reload());
    return this.#last;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#release();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#stop?.();
    this.#onDidChange.dispose();
    this.#onDidChangeContent.dispose();
  }

  async #reload(): Promise<void> {
    const folder = await projectFolder();
    if (folder !== undefined && folder === this.#project?.folder) return;
    await this.#release();
    this.#problem = undefined;
    this.#folder = folder;
    if (folder !== undefined)
      try {
        const start = performance.now();
        const { outline, whole } = await this.#options.open(folder);
        this.#outline = outline;
        this.#setContext();
        this.#onDidChange.fire();
        const msOutline = Math.round(performance.now() - start);
        this.#project = await whole;
        const ms = Math.round(performance.now() - start);
        this.#stop = this.#project.onDidChange((change) => {
          this.#setContext();
          this.#onDidChangeContent.fire(change);
        });
        this.#options.log.info(
          `Opened ${folder}: ${this.#project.promptIds.length} prompts in ${msOutline} ms, with their answers in ${ms} ms.`,
        );
        for (const problem of this.#project.problems)
          this.#options.log.warn(plainText(`${problem.file}:${problem.line}: ${problem.message}`));
      } catch (error) {
        this.#outline = undefined;
        this.#problem = projectFileProblemOf(error);
        this.#options.log.error(plainText(this.#problem.message));
      }
    this.#setContext();
    this.#onDidChange.fire();
  }

  async #release(): Promise<void> {
    this.#stop?.();
    this.#stop = undefined;
    const project = this.#project;
    this.#project = undefined;
    this.#outline = undefined;
    if (project === undefined) return;
    this.#onDidChange.fire();
    await project.close();
  }

  #setContext(): void {
    const set = (key: string, value: boolean) => void vscode.commands.executeCommand('setContext', key, value);
    set(contextKeys.projectKnown, true);
    set(contextKeys.project, this.#outline !== undefined);
    set(contextKeys.unreadable, this.#problem !== undefined);
    set(contextKeys.hasPrompts, (this.#outline?.promptIds.length ?? 0) > 0);
    set(contextKeys.unsaved, (this.#project?.nUnsaved ?? 0) > 0);
  }
}

async function projectFolder(): Promise<string | undefined> {
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    if (uri.scheme !== 'file') continue;
    try {
      await vscode.workspace.fs.stat(vscode.Uri.joinPath(uri, projectFileName));
      return path.normalize(uri.fsPath);
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
