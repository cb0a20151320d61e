import * as l10n from '@vscode/l10n';
import path from 'node:path';
import type { Prompt } from '../core/index.js';
import { safeFileName, type Problem, type PromptId } from '../core/index.js';
import { codeOf, type FileSystem } from './fileSystem.js';
import { isInside, makeFolderDurably } from './folders.js';
import { writeAll } from './jsonLinesFile.js';
import type { ReadPromptFile } from './project.js';

interface ReadFile {
  readonly stamp: string;
  readonly rows: readonly Prompt[];
  readonly problems: readonly Problem[];
}

/** The prompts of a project: those of its prompt files in order, the first of several with one id. */
export class PromptFiles {
  ids: readonly PromptId[] = [];
  problems: readonly Problem[] = [];
  #prompts = new Map<PromptId, Prompt>();
  #files = new Map<string, ReadFile>();

  constructor(
    private readonly files: FileSystem,
    private readonly folder: string,
    private readonly readPromptFile: ReadPromptFile,
  ) {}

  get(id: PromptId): Prompt | undefined {
    return this.#prompts.get(id);
  }

  /**
   * Reads the files that are new or changed.
   * @param names as in `touchstone.json`, relative to the project.
   * @returns whether any changed.
   */
  async read(names: readonly string[]): Promise<boolean> {
    const before = this.#files;
    const now = new Map<string, ReadFile>();
    for (const name of new Set(names)) now.set(name, await this.#read(name, before.get(name)));
    const isSame =
      now.size === before.size &&
      [...now].every(([name, file], index) => [...before][index]?.[0] === name && before.get(name) === file);
    if (isSame) return false;
    this.#files = now;
    this.#prompts = new Map();
    for (const { rows } of now.values())
      for (const row of rows) if (!this.#prompts.has(row.id)) this.#prompts.set(row.id, row);
    this.ids = [...this.#prompts.keys()];
    this.problems = [...now.values()].flatMap((file) => file.problems);
    return true;
  }

  /**
   * Writes a new prompt file, one row a line, synced. It counts once `touchstone.json` lists it.
   * @returns its name, relative to the project.
   */
  async write(name: string, rows: readonly Prompt[]): Promise<string> {
    await makeFolderDurably(this.files, this.folder, promptFolder);
    const bytes = Buffer.from(rows.map((row) => `${JSON.stringify(inOrder(row))}\n`).join(''));
    const stem = safeFileName(name);
    for (let n = 1; ; n += 1) {
      const relative = `${promptFolder}/${n === 1 ? stem : `${stem}-${n}`}.jsonl`;
      try {
        const file = await this.files.open(path.join(this.folder, relative), 'create-new');
        try {
          await writeAll(file, bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await this.files.syncFolder(path.join(this.folder, promptFolder));
        return relative;
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
    }
  }

  async #read(name: string, before: ReadFile | undefined): Promise<ReadFile> {
    const file = path.resolve(this.folder, name);
    const bad = (stamp: string, code: string, message: string): ReadFile =>
      before?.stamp === stamp ? before : { stamp, rows: [], problems: [{ code, message, file: name, line: 1 }] };
    if (!isInside(file, path.resolve(this.folder))) return bad('outside', 'prompt-file-outside', outside());
    try {
      const info = await this.files.stat(file);
      if (info === undefined)
        return bad('missing', 'prompt-file-missing', l10n.t('touchstone.json lists this file, but it is not there'));
      const stamp = `${info.kind} ${info.sizeBytes} ${info.modifiedMs}`;
      if (before?.stamp === stamp) return before;
      if (!isInside(await this.files.realPath(file), await this.files.realPath(this.folder)))
        return bad(stamp, 'prompt-file-outside', outside());
      const { rows, problems } = await this.readPromptFile(file);
      return {
        stamp,
        rows: rows.map((row) => (row.source?.file === file ? { ...row, source: { ...row.source, file: name } } : row)),
        problems: problems.map((problem) => (problem.file === file ? { ...problem, file: name } : problem)),
      };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return bad(`failed ${reason}`, 'prompt-file-unreadable', l10n.t('it could not be read: {0}', reason));
    }
  }
}

export const promptFolder = 'prompts';

const outside = (): string =>
  l10n.t('it lies outside the project, so it was not read; take it in with "touchstone import"');

const inOrder = ({ id, messages, ...rest }: Prompt): object => ({ id, messages, ...rest });
