import path from 'node:path';
import { z } from 'zod';
import { maxJsonLineBytes, PromptId, type Candidate, type CandidateId, type Problem } from '../core/index.js';
import { candidateColumnBytes, CandidateIndex, candidateColumnsOf, type CandidatePlace } from './candidateIndex.js';
import { breath } from './fileBytes.js';
import type { FileSystem } from './fileSystem.js';
import type { IdTable } from './idTable.js';
import { liesWithin, type IndexFiles } from './indexFiles.js';
import { JournalFolder } from './journalFolder.js';
import { candidateFormat, parseCandidate, unwritten, type CandidateRow } from './journalRows.js';
import type { JournalOwner, JournalState } from './journalTypes.js';
import { checkRowSize } from './measure.js';

/** Where the store keeps candidates, relative to the project. */
export const candidateFolder = '.touchstone/candidates';

/** An index file is written again when its journal has grown by this much. */
const indexGrowth = 1.05;
/** Prompts whose candidates stay parsed. */
const maxCachedPrompts = 256;

export interface CandidateRowsOptions {
  readonly files: FileSystem;
  /** Folder of the project. */
  readonly project: string;
  readonly owner: JournalOwner;
  readonly index: IndexFiles;
  /** Numbers of prompts' ids, shared with the prompt files. */
  readonly numbers: IdTable;
  /** Journals from this size on have an index file, bytes. */
  readonly lazyFromBytes: number;
}

/** The candidates of a project: where each lies in the journals, and the text of those that were asked for last. */
export class CandidateRows {
  readonly #options: CandidateRowsOptions;
  readonly #places: CandidateIndex;
  readonly #journals: JournalFolder<CandidateRow>;
  /** Least recently used first. */
  readonly #parsed = new Map<PromptId, readonly Candidate[]>();
  /** By id: rows that could not be read when they were asked for. */
  readonly #unreadable = new Map<CandidateId, Problem>();
  /** Bytes of each journal that its index file covers. */
  readonly #indexedEnds = new Map<string, number>();

  constructor(options: CandidateRowsOptions) {
    const { files, project, owner } = options;
    this.#options = options;
    this.#places = new CandidateIndex(options.numbers);
    this.#journals = new JournalFolder<CandidateRow>({
      files,
      project,
      owner,
      folder: candidateFolder,
      format: candidateFormat,
      onRow: (row) => this.#fold(row),
      onReset: (file) => this.#forget(file),
      index: (file) => this.#places.linesOf(file),
      restore: (file) => this.#restore(file),
    });
  }

  /** Paths are absolute. */
  get problems(): readonly Problem[] {
    return [...this.#journals.problems, ...this.#unreadable.values()];
  }

  get nPending(): number {
    return this.#journals.nPending;
  }

  of(id: PromptId): readonly Candidate[] {
    const cached = this.#parsed.get(id);
    if (cached !== undefined) {
      this.#parsed.delete(id);
      this.#parsed.set(id, cached);
      return cached;
    }
    const candidates = this.#places.placesOf(id).flatMap((place) => this.#read(place) ?? []);
    this.#parsed.set(id, candidates);
    const [oldest] = this.#parsed.keys();
    if (this.#parsed.size > maxCachedPrompts && oldest !== undefined) this.#parsed.delete(oldest);
    return candidates;
  }

  countOf(id: PromptId): number {
    return this.#places.countOf(id);
  }

  promptOf(id: CandidateId): PromptId | undefined {
    return this.#places.promptOf(id);
  }

  /** The greatest sequence number of a writer; 0 when it wrote nothing. */
  maxSeqOf(writer: string): number {
    return this.#places.maxSeqOf(writer);
  }

  /** Those that are not there yet. A row that is too large is refused with all others, at once. @throws StoreError */
  fresh(rows: readonly Candidate[]): { readonly n: number; readonly append: () => Promise<void> } {
    const { project, owner } = this.#options;
    const fresh = rows.filter((row) => !this.#places.has(row.id));
    const sizes = fresh.map((row) => checkRowSize(row.id, row));
    const file = path.join(project, candidateFolder, `${owner.writer}.jsonl`);
    const journalRows = fresh.map((row): CandidateRow => ({
      ...unwritten(row.id),
      promptId: row.promptId,
      file,
      value: row,
    }));
    return { n: fresh.length, append: () => this.#journals.append('', journalRows, sizes) };
  }

  retry(): Promise<void> {
    return this.#journals.retry();
  }

  /** Reads what is new. */
  refresh(): Promise<void> {
    return this.#journals.refresh();
  }

  /** Reads all. @param sums `later` leaves the checksums to `check`. */
  async open(sums: 'now' | 'later'): Promise<void> {
    this.#places.checking = sums === 'later' ? 'ends' : 'sum';
    await this.#journals.refresh();
    this.#places.checking = 'sum';
    this.#places.isTracking = true;
  }

  /** @param pause is awaited between two slices. */
  check(pause: () => Promise<void>, signal: AbortSignal): Promise<void> {
    return this.#journals.check(pause, signal);
  }

  /** Prompts whose candidates came or went since the last time. */
  takeChanged(): PromptId[] {
    const changed = [...this.#places.changed].map((number) => PromptId.parse(this.#options.numbers.textOf(number)));
    this.#places.changed.clear();
    for (const id of changed) this.#parsed.delete(id);
    return changed;
  }

  /** Of large journals that have grown, so that the next opening need not look for their rows. */
  async saveIndexes(): Promise<void> {
    for (const [file, { end, nLines, tail, problems }] of this.#journals.states()) {
      if (end < this.#options.lazyFromBytes || end < (this.#indexedEnds.get(file) ?? 0) * indexGrowth) continue;
      const columns = this.#places.columnsOf(file);
      if (columns === undefined) continue;
      this.#indexedEnds.set(file, end);
      const facts = { nLines, tail: Buffer.from(tail).toString('base64'), problems, writers: columns.writers };
      await this.#options.index.save(file, end, facts, candidateColumnBytes(columns));
    }
  }

  async #restore(file: string): Promise<JournalState | undefined> {
    const loaded = await this.#options.index.load(file, 'append-only');
    if (loaded === undefined) return undefined;
    const facts = JournalFacts.safeParse(loaded.facts);
    const columns = facts.success ? candidateColumnsOf(loaded.columns, facts.data.writers) : undefined;
    if (!facts.success || columns === undefined) return undefined;
    const { end } = loaded;
    if (!liesWithin(end, columns.offset, columns.length, maxJsonLineBytes)) return undefined;
    this.#indexedEnds.set(file, end);
    await this.#places.addColumns(file, columns, breath);
    const { nLines, tail, problems } = facts.data;
    return { end, nLines, tail: Buffer.from(tail, 'base64'), problems };
  }

  #fold(row: CandidateRow): void {
    row.value = undefined;
    this.#places.add(row);
    this.#parsed.delete(row.promptId);
  }

  #forget(file: string): void {
    this.#places.forget(file);
    this.#parsed.clear();
  }

  #read(row: CandidatePlace): Candidate | undefined {
    let reason: string;
    try {
      const candidate = parseCandidate(this.#options.files.readRangeSync(row.file, row.offset, row.length));
      if (typeof candidate !== 'string' && candidate.id === row.id && candidate.promptId === row.promptId)
        return candidate;
      reason = typeof candidate === 'string' ? candidate : `the line holds ${candidate.id}`;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    const problem = { code: 'candidate-unreadable', message: `${row.id}: ${reason}`, file: row.file, line: 1 };
    this.#unreadable.set(row.id, problem);
    return undefined;
  }
}

const JournalFacts = z.object({
  nLines: z.int().min(0),
  tail: z.base64(),
  problems: z.array(z.object({ code: z.string(), message: z.string(), file: z.string(), line: z.int() })),
  writers: z.array(z.string()),
});
