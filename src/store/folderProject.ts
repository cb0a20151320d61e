import path from 'node:path';
import {
  projectClosed,
  safeFileName,
  type Candidate,
  type CandidateId,
  type Judgement,
  type JudgementId,
  type Problem,
  type ProjectConfig,
  type Prompt,
  type PromptId,
  type WriterId,
} from '../core/index.js';
import type { Claim } from './claim.js';
import { DraftFolder } from './drafts.js';
import type { FileSystem } from './fileSystem.js';
import { JournalFolder } from './journalFolder.js';
import type { JournalOwner, JournalRow } from './jsonLinesFile.js';
import {
  candidateFormat,
  judgementFormat,
  parseCandidate,
  type CandidateRow,
  type JudgementRow,
} from './journalRows.js';
import { checkRowSize } from './measure.js';
import type { Project, ProjectChange, ReadPromptFile } from './project.js';
import type { ProjectFile } from './projectFile.js';
import { PromptFiles } from './promptFiles.js';

/** Where the store keeps its files, relative to the project. */
export const candidateFolder = '.touchstone/candidates';
export const judgementFolder = '.touchstone/judgements';
export const localFolder = '.touchstone/local';

/** Waits before unsaved rows are tried again, milliseconds; the last one repeats. */
const retryWaitsMs = [1000, 5000, 30_000];
/** Prompts whose candidates stay parsed. */
const maxCachedPrompts = 256;

export interface FolderProjectParts {
  readonly files: FileSystem;
  readonly folder: string;
  readonly file: ProjectFile;
  readonly writer: WriterId;
  /** Undefined where the project cannot be written. */
  readonly claim: Claim | undefined;
  readonly readPromptFile: ReadPromptFile;
}

/** A project folder, folded into memory. Folding is idempotent by id and independent of the order of the files. */
export class FolderProject implements Project {
  readonly folder: string;
  readonly writer: WriterId;
  readonly drafts: DraftFolder;
  readonly #parts: FolderProjectParts;
  readonly #prompts: PromptFiles;
  readonly #candidateJournals: JournalFolder<CandidateRow>;
  readonly #judgementJournals: JournalFolder<JudgementRow>;

  readonly #candidates = new Map<CandidateId, CandidateRow>();
  readonly #candidatesOf = new Map<PromptId, CandidateRow[]>();
  readonly #judgements = new Map<JudgementId, JudgementRow>();
  readonly #judgementsOf = new Map<PromptId, JudgementRow[]>();
  /** Least recently used first. */
  readonly #parsedCandidates = new Map<PromptId, readonly Candidate[]>();
  readonly #sortedJudgements = new Map<PromptId, readonly Judgement[]>();
  readonly #rowProblems = new Map<string, Problem>();

  readonly #listeners = new Set<(change: ProjectChange) => void>();
  readonly #changed = { candidates: new Set<PromptId>(), judgements: new Set<PromptId>() };
  #seq = 0;
  #nRetries = 0;
  #retryTimer: NodeJS.Timeout | undefined;
  #watchTimer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #lastImport: Promise<unknown> = Promise.resolve();

  constructor(parts: FolderProjectParts) {
    const { files, folder, writer } = parts;
    this.#parts = parts;
    this.folder = folder;
    this.writer = writer;
    this.#prompts = new PromptFiles(files, folder, parts.readPromptFile);
    this.drafts = new DraftFolder(files, path.join(folder, localFolder, 'drafts'), (promptId) =>
      this.#tell({ kind: 'drafts', promptIds: [promptId] }),
    );
    const owner: JournalOwner = {
      writer,
      nextSeq: () => (this.#seq += 1),
      tornFolder: path.join(folder, localFolder, 'torn'),
    };
    const common = { files, project: folder, owner };
    this.#candidateJournals = new JournalFolder<CandidateRow>({
      ...common,
      folder: candidateFolder,
      format: candidateFormat,
      onRow: (row) => this.#foldCandidate(row),
      onReset: () => this.#forgetCandidates(),
    });
    this.#judgementJournals = new JournalFolder<JudgementRow>({
      ...common,
      folder: judgementFolder,
      format: () => judgementFormat,
      onRow: (row) => this.#foldJudgement(row),
      onReset: () => this.#forgetJudgements(),
    });
  }

  get config(): ProjectConfig {
    return this.#parts.file.config;
  }

  get problems(): readonly Problem[] {
    const journals = [...this.#candidateJournals.problems, ...this.#judgementJournals.problems];
    const relative = journals.map((problem) => ({ ...problem, file: this.#relative(problem.file) }));
    return [...this.#prompts.problems, ...relative, ...this.#rowProblems.values()];
  }

  get promptIds(): readonly PromptId[] {
    return this.#prompts.ids;
  }

  prompt(id: PromptId): Prompt | undefined {
    return this.#prompts.get(id);
  }

  candidatesOf(id: PromptId): readonly Candidate[] {
    const cached = this.#parsedCandidates.get(id);
    if (cached !== undefined) {
      this.#parsedCandidates.delete(id);
      this.#parsedCandidates.set(id, cached);
      return cached;
    }
    const rows = (this.#candidatesOf.get(id) ?? []).toSorted(byWriterAndSeq);
    const candidates = rows.flatMap((row) => this.#readCandidate(row) ?? []);
    this.#parsedCandidates.set(id, candidates);
    const [oldest] = this.#parsedCandidates.keys();
    if (this.#parsedCandidates.size > maxCachedPrompts && oldest !== undefined) this.#parsedCandidates.delete(oldest);
    return candidates;
  }

  judgementsOf(id: PromptId): readonly Judgement[] {
    const cached = this.#sortedJudgements.get(id);
    if (cached !== undefined) return cached;
    const sorted = inOrderOfTime(this.#judgementsOf.get(id) ?? []);
    this.#sortedJudgements.set(id, sorted);
    return sorted;
  }

  promptOf(candidateId: CandidateId): PromptId | undefined {
    return this.#candidates.get(candidateId)?.promptId;
  }

  hasJudgement(id: JudgementId): boolean {
    return this.#judgements.has(id);
  }

  get nUnsaved(): number {
    return this.#candidateJournals.nPending + this.#judgementJournals.nPending;
  }

  // Writing

  addPrompts(
    rows: readonly Prompt[],
    options: { readonly name: string },
  ): Promise<{ readonly nAdded: number; readonly nDuplicates: number }> {
    this.#refuseClosed();
    const result = this.#lastImport.then(() => this.#addPrompts(rows, options.name));
    this.#lastImport = result.catch(() => undefined);
    return result;
  }

  async #addPrompts(rows: readonly Prompt[], name: string) {
    const fresh = new Map<PromptId, Prompt>();
    for (const row of rows) if (this.#prompts.get(row.id) === undefined && !fresh.has(row.id)) fresh.set(row.id, row);
    if (fresh.size > 0) {
      const file = await this.#prompts.write(name, [...fresh.values()]);
      // The listing is the moment from which the prompts count; a crash before it leaves a file that nobody reads.
      await this.updateConfig({ prompts: [...this.config.prompts, file] });
    }
    return { nAdded: fresh.size, nDuplicates: rows.length - fresh.size };
  }

  async appendCandidates(rows: readonly Candidate[]): Promise<void> {
    this.#refuseClosed();
    const fresh = rows.filter((row) => !this.#candidates.has(row.id));
    const sizes = fresh.map((row) => checkRowSize(row.id, row));
    const file = path.join(this.folder, candidateFolder, `${this.writer}.jsonl`);
    const journalRows = fresh.map((row): CandidateRow => ({
      ...unwritten(row.id),
      promptId: row.promptId,
      file,
      value: row,
    }));
    await this.#append(() => this.#candidateJournals.append('', journalRows, sizes), fresh.length);
  }

  async appendJudgements(rows: readonly Judgement[]): Promise<void> {
    this.#refuseClosed();
    const fresh = rows.filter((row) => !this.#judgements.has(row.id));
    const byJournal = new Map<string, { readonly rows: JudgementRow[]; readonly sizes: number[] }>();
    for (const row of fresh) {
      const name = safeFileName(row.labeler);
      const group = byJournal.get(name) ?? { rows: [], sizes: [] };
      byJournal.set(name, group);
      group.sizes.push(checkRowSize(row.id, row));
      // Numbered here and not when they are written: the journals of several labelers are written side by side, and the order
      // in which the rows were given must not depend on which is quicker.
      group.rows.push({ ...unwritten(row.id), value: row, seq: (this.#seq += 1) });
    }
    const writes = [...byJournal].map(([name, group]) =>
      this.#append(() => this.#judgementJournals.append(name, group.rows, group.sizes), group.rows.length),
    );
    const outcomes = await Promise.allSettled(writes);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  async #append(write: () => Promise<void>, nRows: number): Promise<void> {
    if (nRows === 0) return;
    try {
      await write();
      if (this.nUnsaved === 0) this.#nRetries = 0;
    } catch (error) {
      this.#retryLater();
      throw error;
    } finally {
      this.#tellChanged();
    }
  }

  async retry(): Promise<void> {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    try {
      await this.#candidateJournals.retry();
      await this.#judgementJournals.retry();
      this.#nRetries = 0;
    } catch (error) {
      this.#retryLater();
      throw error;
    } finally {
      this.#tellChanged();
    }
  }

  #retryLater(): void {
    if (this.#retryTimer !== undefined || this.#isClosed || this.nUnsaved === 0) return;
    const waitMs = retryWaitsMs[Math.min(this.#nRetries, retryWaitsMs.length - 1)];
    this.#nRetries += 1;
    // A failure is told by `nUnsaved`, and the next try is set by `retry` itself.
    this.#retryTimer = setTimeout(() => void this.retry().catch(() => undefined), waitMs);
    this.#retryTimer.unref();
  }

  async updateConfig(change: Partial<ProjectConfig>): Promise<void> {
    this.#refuseClosed();
    await this.#parts.file.update(change);
    this.#tell({ kind: 'config' });
    if (await this.#prompts.read(this.config.prompts)) this.#tell({ kind: 'prompts' });
  }

  // Reading

  async load(): Promise<void> {
    await Promise.all([
      this.#candidateJournals.refresh(),
      this.#judgementJournals.refresh(),
      this.drafts.load(),
      this.#prompts.read(this.config.prompts),
    ]);
    this.#changed.candidates.clear();
    this.#changed.judgements.clear();
  }

  async refresh(): Promise<void> {
    try {
      await this.#candidateJournals.refresh();
      await this.#judgementJournals.refresh();
      if (await this.#parts.file.read()) this.#tell({ kind: 'config' });
      if (await this.#prompts.read(this.config.prompts)) this.#tell({ kind: 'prompts' });
    } finally {
      this.#tellChanged();
    }
  }

  /** Looks for other people's rows every so often: events of the file system do not come from a shared folder. */
  watch(intervalMs: number): void {
    const look = async () => {
      await this.refresh().catch(() => undefined); // a half-written touchstone.json is read at the next look
      if (!this.#isClosed) this.watch(intervalMs);
    };
    this.#watchTimer = setTimeout(() => void look(), intervalMs);
    this.#watchTimer.unref();
  }

  onDidChange(listener: (change: ProjectChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#watchTimer);
    this.#listeners.clear();
    const outcomes = await Promise.allSettled([
      this.drafts.flush(),
      this.#candidateJournals.retry(),
      this.#judgementJournals.retry(),
    ]);
    // Someone may have emptied the local folder; the name is then free anyway.
    await this.#parts.claim?.release().catch(() => undefined);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  // Folding

  #foldCandidate(row: CandidateRow): void {
    this.#noteSeq(row);
    row.value = undefined;
    const known = this.#candidates.get(row.id);
    if (known !== undefined && byWriterAndSeq(known, row) <= 0) return;
    this.#candidates.set(row.id, row);
    replaceIn(this.#candidatesOf, row.promptId, known, row);
    this.#parsedCandidates.delete(row.promptId);
    this.#changed.candidates.add(row.promptId);
  }

  #foldJudgement(row: JudgementRow): void {
    this.#noteSeq(row);
    const known = this.#judgements.get(row.id);
    if (known !== undefined && byWriterAndSeq(known, row) <= 0) return;
    this.#judgements.set(row.id, row);
    replaceIn(this.#judgementsOf, row.value.promptId, known, row);
    this.#sortedJudgements.delete(row.value.promptId);
    this.#changed.judgements.add(row.value.promptId);
  }

  #noteSeq(row: JournalRow): void {
    if (row.writer === this.writer && row.seq > this.#seq) this.#seq = row.seq;
  }

  #forgetCandidates(): void {
    for (const id of this.#candidatesOf.keys()) this.#changed.candidates.add(id);
    this.#candidates.clear();
    this.#candidatesOf.clear();
    this.#parsedCandidates.clear();
  }

  #forgetJudgements(): void {
    for (const id of this.#judgementsOf.keys()) this.#changed.judgements.add(id);
    this.#judgements.clear();
    this.#judgementsOf.clear();
    this.#sortedJudgements.clear();
  }

  #readCandidate(row: CandidateRow): Candidate | undefined {
    let reason: string;
    try {
      const candidate = parseCandidate(this.#parts.files.readRangeSync(row.file, row.offset, row.length));
      if (typeof candidate !== 'string' && candidate.id === row.id) return candidate;
      reason = typeof candidate === 'string' ? candidate : `the line holds ${candidate.id}`;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    const file = this.#relative(row.file);
    this.#rowProblems.set(row.id, { code: 'candidate-unreadable', message: `${row.id}: ${reason}`, file, line: 1 });
    return undefined;
  }

  #relative = (file: string): string => path.relative(this.folder, file).split(path.sep).join('/');

  #refuseClosed(): void {
    if (this.#isClosed) throw projectClosed(this.folder);
  }

  #tellChanged(): void {
    for (const kind of ['candidates', 'judgements'] as const) {
      const promptIds = [...this.#changed[kind]];
      this.#changed[kind].clear();
      if (promptIds.length > 0) this.#tell({ kind, promptIds });
    }
  }

  #tell(change: ProjectChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }
}

const unwritten = <I extends string>(id: I) => ({ id, writer: '', seq: 0, offset: -1, length: 0 });

function byWriterAndSeq(a: JournalRow, b: JournalRow): number {
  return a.writer < b.writer ? -1 : a.writer > b.writer ? 1 : a.seq - b.seq;
}

function replaceIn<K, T>(lists: Map<K, T[]>, key: K, old: T | undefined, row: T): void {
  const list = lists.get(key);
  if (list === undefined) {
    lists.set(key, [row]);
    return;
  }
  const index = old === undefined ? -1 : list.indexOf(old);
  if (index === -1) list.push(row);
  else list[index] = row;
}

/**
 * Oldest first: within a writer by sequence number, across writers by time. A writer's clock that was set back counts as
 * standing still, so that both hold.
 */
function inOrderOfTime(rows: readonly JudgementRow[]): readonly Judgement[] {
  let writer = '';
  let latest = '';
  const timed = rows.toSorted(byWriterAndSeq).map((row) => {
    const at = new Date(row.value.at).toISOString();
    if (row.writer !== writer) [writer, latest] = [row.writer, at];
    else if (at > latest) latest = at;
    return { row, time: latest };
  });
  return timed
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : byWriterAndSeq(a.row, b.row)))
    .map(({ row }) => row.value);
}
