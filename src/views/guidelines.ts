import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { guidelinesVersion } from '../core/index.js';
import type { ProjectOutline } from '../store/index.js';

/** Longer guidelines are read in an editor. */
const maxShownBytes = 200_000;

/** The guidelines of the open project: a Markdown file in it, watched, so that what is stored with a judgement is true. */
export class Guidelines implements vscode.Disposable {
  readonly #projectOf: () => ProjectOutline | undefined;
  readonly #onDidChange = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#onDidChange.event;
  #watcher: vscode.Disposable | undefined;
  #version: string | undefined;
  #text = '';

  constructor(projectOf: () => ProjectOutline | undefined) {
    this.#projectOf = projectOf;
  }

  /** Of the file as it was last read; undefined without guidelines. */
  get version(): string | undefined {
    return this.#version;
  }

  /** Markdown. */
  get text(): string {
    return this.#text;
  }

  /** Reads them, and again whenever the file changes. */
  async read(): Promise<void> {
    const before = this.#version;
    const file = await this.file();
    const bytes = file === undefined ? undefined : await readFile(file).catch(() => undefined);
    this.#version = bytes === undefined ? undefined : guidelinesVersion(bytes);
    // Without a byte-order mark, which would hide a heading.
    this.#text = bytes === undefined ? '' : new TextDecoder().decode(bytes.subarray(0, maxShownBytes));
    this.#watch(file);
    if (this.#version !== before) this.#onDidChange.fire();
  }

  /** Inside the project only: a project file of a stranger must not show other files. */
  async file(): Promise<string | undefined> {
    const project = this.#projectOf();
    if (project?.config.guidelines === undefined) return undefined;
    try {
      const root = await realpath(project.folder);
      const file = await realpath(path.resolve(project.folder, project.config.guidelines));
      return file.startsWith(root + path.sep) ? file : undefined;
    } catch {
      return undefined;
    }
  }

  dispose(): void {
    this.#watcher?.dispose();
    this.#onDidChange.dispose();
  }

  #watch(file: string | undefined): void {
    this.#watcher?.dispose();
    this.#watcher = undefined;
    if (file === undefined) return;
    const pattern = new vscode.RelativePattern(path.dirname(file), path.basename(file));
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const again = () => void this.read();
    this.#watcher = vscode.Disposable.from(
      watcher,
      watcher.onDidChange(again),
      watcher.onDidCreate(again),
      watcher.onDidDelete(again),
    );
  }
}
