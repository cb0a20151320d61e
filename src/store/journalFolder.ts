import * as l10n from '@vscode/l10n';
import { Low } from 'lowdb';
import path from 'node:path';
import { tooManyUnsaved, type Problem } from '../core/index.js';
import type { FileSystem } from './fileSystem.js';
import { JsonLinesFile } from './jsonLinesFile.js';
import type { JournalOwner, JournalRow, JournalState, LineIndex, RowFormat } from './journalTypes.js';
import { makeFolderDurably } from './folders.js';

export interface JournalFolderOptions<T extends JournalRow> {
  readonly files: FileSystem;
  /** The project's folder, and the journals' folder below it, e.g. `.touchstone/judgements`. */
  readonly project: string;
  readonly folder: string;
  readonly owner: JournalOwner;
  /** `file` is the journal's path. */
  readonly format: (file: string) => RowFormat<T>;
  /** A row is on disk. May come twice for one id; the receiver folds. */
  readonly onRow: (row: T) => void;
  /** A file was replaced: forget all rows, or with an index those of the file; they come again. */
  readonly onReset: (file: string) => void;
  /** Of journals that are too large for memory. @default all rows are kept */
  readonly index?: (file: string) => LineIndex;
  /** What an earlier process has left of a journal; it has filled the index. */
  readonly restore?: (file: string) => Promise<JournalState | undefined>;
}

/** While the disk refuses, so many rows more are taken, so that labeling goes on; then it stops with the reason. */
const maxUnsavedRows = 1000;
const maxUnsavedBytes = 50 * 1024 * 1024;

/**
 * All journals of one kind: ours, which we write, and the others', which we only read. Every `*.jsonl` in the folder is a
 * journal of its own, also those that a sync tool named `… conflicted copy …` or `… (1).jsonl`.
 */
export class JournalFolder<T extends JournalRow> {
  readonly #path: string;
  readonly #journals = new Map<string, Low<T[]>>();
  /** By id: rows that were taken and are not on disk yet. */
  readonly #pending = new Map<string, { readonly row: T; readonly journal: Low<T[]>; readonly sizeBytes: number }>();
  #pendingBytes = 0;
  readonly #unreadable = new Map<string, Problem>();
  #isRefused = false;
  #isFolderMade = false;

  constructor(private readonly options: JournalFolderOptions<T>) {
    this.#path = path.join(options.project, options.folder);
  }

  get problems(): readonly Problem[] {
    return [...[...this.#journals.values()].flatMap((journal) => problemsOf(journal)), ...this.#unreadable.values()];
  }

  get nPending(): number {
    return this.#pending.size;
  }

  isPending(id: string): boolean {
    return this.#pending.has(id);
  }

  /** Reads what is new in every journal. */
  async refresh(): Promise<void> {
    for (const name of await this.options.files.list(this.#path)) {
      if (name.startsWith('.') || !name.toLowerCase().endsWith('.jsonl')) continue;
      await this.#read(name);
    }
  }

  /** One file that cannot be read (rights, a placeholder of a sync tool) is reported; the others are read. */
  async #read(name: string): Promise<void> {
    try {
      const isNew = !this.#journals.has(name);
      const journal = this.#journal(name);
      const adapter = fileOf(journal);
      const state = isNew ? await this.options.restore?.(path.join(this.#path, name)) : undefined;
      if (state !== undefined) adapter?.restore(state);
      await journal.read();
      this.#unreadable.delete(name);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = l10n.t('it could not be read: {0}', reason);
      this.#unreadable.set(name, { code: 'journal-unreadable', message, file: path.join(this.#path, name), line: 1 });
    }
  }

  /**
   * Resolves when the rows are on disk. Rows that wait already are waited for, not taken twice.
   * @param name of the journal, without `.<writer>.jsonl`; empty for `<writer>.jsonl`.
   * @param sizesBytes of each row, at most.
   */
  async append(name: string, rows: readonly T[], sizesBytes: readonly number[]): Promise<void> {
    const { writer } = this.options.owner;
    const journal = this.#journal(name === '' ? `${writer}.jsonl` : `${name}.${writer}.jsonl`);
    if (this.#isRefused && (this.#pending.size >= maxUnsavedRows || this.#pendingBytes >= maxUnsavedBytes))
      throw tooManyUnsaved(this.#pending.size);
    rows.forEach((row, index) => {
      if (this.#pending.has(row.id)) return;
      const sizeBytes = sizesBytes[index] ?? 0;
      this.#pending.set(row.id, { row, journal, sizeBytes });
      this.#pendingBytes += sizeBytes;
      journal.data.push(row);
    });
    await this.#write(journal);
  }

  /** Checks what the index took without its checksums, one journal after the other. */
  async check(pause: () => Promise<void>, signal: AbortSignal): Promise<void> {
    for (const journal of [...this.#journals.values()]) await fileOf(journal)?.check(pause, signal);
  }

  /** How far each journal was read. */
  states(): [file: string, state: JournalState][] {
    return [...this.#journals].flatMap(([name, journal]) => {
      const state = fileOf(journal)?.state;
      return state === undefined ? [] : [[path.join(this.#path, name), state]];
    });
  }

  /** Writes again what waits. Rejects with the first error. */
  async retry(): Promise<void> {
    const journals = new Set([...this.#pending.values()].map((pending) => pending.journal));
    for (const journal of journals) await this.#write(journal);
  }

  async #write(journal: Low<T[]>): Promise<void> {
    try {
      if (!this.#isFolderMade) await makeFolderDurably(this.options.files, this.options.project, this.options.folder);
      this.#isFolderMade = true;
      await journal.write();
      this.#isRefused = false;
    } catch (error) {
      this.#isRefused = true;
      throw error;
    }
  }

  #journal(name: string): Low<T[]> {
    const known = this.#journals.get(name);
    if (known !== undefined) return known;
    const { files, owner, format, index } = this.options;
    const file = path.join(this.#path, name);
    const isOurs = name === `${owner.writer}.jsonl` || name.endsWith(`.${owner.writer}.jsonl`);
    const journal: Low<T[]> = new Low<T[]>(
      new JsonLinesFile<T>(file, {
        files,
        format: format(file),
        ...(isOurs ? { owner } : {}),
        ...(index === undefined ? {} : { index: index(file) }),
        onRow: (row) => this.#take(row),
        onWaiting: (row) => this.#wait(row, journal),
        onReset: () => this.#reset(name),
      }),
      [],
    );
    this.#journals.set(name, journal);
    return journal;
  }

  #take(row: T): void {
    const pending = this.#pending.get(row.id);
    if (pending?.row === row) {
      this.#pending.delete(row.id);
      this.#pendingBytes -= pending.sizeBytes;
    }
    this.options.onRow(row);
  }

  #wait(row: T, journal: Low<T[]>): void {
    this.#pending.set(row.id, { row, journal, sizeBytes: row.length });
    this.#pendingBytes += row.length;
  }

  #reset(name: string): void {
    this.options.onReset(path.join(this.#path, name));
    if (this.options.index !== undefined) return;
    for (const [other, journal] of this.#journals)
      if (other !== name) for (const row of journal.data) if (row.offset >= 0) this.options.onRow(row);
  }
}

const fileOf = (journal: { readonly adapter: unknown }): JsonLinesFile<JournalRow> | undefined =>
  journal.adapter instanceof JsonLinesFile ? journal.adapter : undefined;

const problemsOf = (journal: { readonly adapter: unknown }): readonly Problem[] => fileOf(journal)?.problems ?? [];
