import * as l10n from '@vscode/l10n';
import path from 'node:path';
import { z } from 'zod';
import {
  isGold,
  maxJsonLineBytes,
  projectClosed,
  PromptId,
  safeFileName,
  saysGold,
  type Candidate,
  type CandidateId,
  type Gold,
  type Judgement,
  type JudgementId,
  type Problem,
  type ProjectConfig,
  type Prompt,
  type WriterId,
} from '../core/index.js';
import { candidateColumnBytes, CandidateIndex, candidateColumnsOf, type CandidatePlace } from './candidateIndex.js';
import type { Claim } from './claim.js';
import { DraftFolder } from './drafts.js';
import { breath } from './fileBytes.js';
import type { FileSystem } from './fileSystem.js';
import { JournalFolder } from './journalFolder.js';
import { IdTable } from './idTable.js';
import { IndexFiles, liesWithin } from './indexFiles.js';
import type { JournalOwner, JournalRow, JournalState } from './jsonLinesFile.js';
import {
  candidateFormat,
  judgementFormat,
  parseCandidate,
  type CandidateRow,
  type JudgementRow,
} from './journalRows.js';
import { checkRowSize } from './measure.js';
import { SoftClaimFolder } from './softClaims.js';
import type { AddPromptsOptions, Project, ProjectChange, PromptOrder, ReadPromptFile } from './project.js';
import type { ProjectFile } from './projectFile.js';
import { PromptFiles } from './promptFiles.js';

/** Where the store keeps its files, relative to the project. */
export const candidateFolder = '.touchstone/candidates';
export const judgementFolder = '.touchstone/judgements';
export const localFolder = '.touchstone/local';

/** Waits before unsaved rows are tried again, milliseconds; the last one repeats. */
const retryWaitsMs = [1000, 5000, 30_000];
/** An index file is written again when its journal has grown by this much. */
const indexGrowth = 1.05;
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
  /** Journals and prompt files from this size on have an index file, bytes. */
  readonly lazyFromBytes: number;
  readonly now: () => Date;
  /** `behind`: large files are checked after opening. */
  readonly checking: 'before' | 'behind';
}

/** A project folder, folded into memory. Folding is idempotent by id and independent of the order of the files. */
export class FolderProject implements Project {
  readonly folder: string;
  readonly writer: WriterId;
  readonly drafts: DraftFolder;
  readonly claims: SoftClaimFolder;
  readonly #parts: FolderProjectParts;
  readonly #index: IndexFiles;
  readonly #prompts: PromptFiles;
  readonly #candidateJournals: JournalFolder<CandidateRow>;
  readonly #judgementJournals: JournalFolder<JudgementRow>;

  readonly #promptNumbers = new IdTable('p');
  readonly #candidates = new CandidateIndex(this.#promptNumbers);
  readonly #judgements = new Map<JudgementId, JudgementRow>();
  readonly #judgementsOf = new Map<PromptId, JudgementRow[]>();
  /** Least recently used first. */
  readonly #parsedCandidates = new Map<PromptId, readonly Candidate[]>();
  readonly #sortedJudgements = new Map<PromptId, readonly Judgement[]>();
  /** Prompts with a gold; undefined when a row of one came. */
  #golds: ReadonlyMap<PromptId, Gold> | undefined;
  #goldIds: ReadonlySet<PromptId> = new Set();
  readonly #withGoldRows = new Set<PromptId>();
  readonly #rowProblems = new Map<string, Problem>();

  readonly #listeners = new Set<(change: ProjectChange) => void>();
  /** Prompts whose judgements came or went. */
  readonly #changed = new Set<PromptId>();
  #seq = 0;
  #nRetries = 0;
  #retryTimer: NodeJS.Timeout | undefined;
  #watchTimer: NodeJS.Timeout | undefined;
  #soonTimer: NodeJS.Timeout | undefined;
  readonly #stopWatching = new Map<string, () => void>();
  #look: Promise<unknown> = Promise.resolve();
  #nextLook: Promise<void> | undefined;
  #isClosed = false;
  readonly #closing = new AbortController();
  checked: Promise<void> = Promise.resolve();
  /** Every line was looked at, so what is known may be kept for the next opening. */
  #isChecked = false;
  /** Bytes of each journal that its index file covers. */
  readonly #indexedEnds = new Map<string, number>();
  #lastImport: Promise<unknown> = Promise.resolve();

  constructor(parts: FolderProjectParts) {
    const { files, folder, writer } = parts;
    this.#parts = parts;
    this.folder = folder;
    this.writer = writer;
    this.#index = new IndexFiles(files, folder, path.join(folder, localFolder, 'index'));
    this.#prompts = new PromptFiles({
      files,
      folder,
      readPromptFile: parts.readPromptFile,
      numbers: this.#promptNumbers,
      index: this.#index,
      lazyFromBytes: parts.lazyFromBytes,
      tornFolder: path.join(folder, localFolder, 'torn'),
    });
    this.drafts = new DraftFolder(files, path.join(folder, localFolder, 'drafts'), (promptId) =>
      this.#tell({ kind: 'drafts', promptIds: [promptId] }),
    );
    this.claims = new SoftClaimFolder(files, path.join(folder, localFolder, 'claims'), writer, parts.now);
    const owner: JournalOwner = {
      writer,
      nextSeq: () => this.#nextSeq(),
      tornFolder: path.join(folder, localFolder, 'torn'),
    };
    const common = { files, project: folder, owner };
    this.#candidateJournals = new JournalFolder<CandidateRow>({
      ...common,
      folder: candidateFolder,
      format: candidateFormat,
      onRow: (row) => this.#foldCandidate(row),
      onReset: (file) => this.#forgetCandidates(file),
      index: (file) => this.#candidates.linesOf(file),
      restore: (file) => this.#restore(file),
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
    return this.#prompts.order.ids;
  }

  get order(): PromptOrder {
    return this.#prompts.order;
  }

  prompt(id: PromptId): Prompt | undefined {
    return this.#prompts.get(id);
  }

  fileOf(id: PromptId): string | undefined {
    return this.#prompts.fileOf(id);
  }

  findPrompts(pieces: readonly string[], signal: AbortSignal): Promise<ReadonlySet<PromptId>> {
    return this.#prompts.find(pieces, signal);
  }

  candidatesOf(id: PromptId): readonly Candidate[] {
    const cached = this.#parsedCandidates.get(id);
    if (cached !== undefined) {
      this.#parsedCandidates.delete(id);
      this.#parsedCandidates.set(id, cached);
      return cached;
    }
    const candidates = this.#candidates.placesOf(id).flatMap((place) => this.#readCandidate(place) ?? []);
    this.#parsedCandidates.set(id, candidates);
    const [oldest] = this.#parsedCandidates.keys();
    if (this.#parsedCandidates.size > maxCachedPrompts && oldest !== undefined) this.#parsedCandidates.delete(oldest);
    return candidates;
  }

  nCandidatesOf(id: PromptId): number {
    return this.#candidates.countOf(id);
  }

  judgementsOf(id: PromptId): readonly Judgement[] {
    const rows = this.#judgementsOf.get(id);
    if (rows === undefined) return [];
    const cached = this.#sortedJudgements.get(id);
    if (cached !== undefined) return cached;
    const sorted = inOrderOfTime(rows).filter((row) => !isGold(row));
    this.#sortedJudgements.set(id, sorted);
    return sorted;
  }

  goldOf(id: PromptId): Gold | undefined {
    return this.#goldsNow().get(id);
  }

  get goldIds(): ReadonlySet<PromptId> {
    this.#goldsNow();
    return this.#goldIds;
  }

  #goldsNow(): ReadonlyMap<PromptId, Gold> {
    if (this.#golds !== undefined) return this.#golds;
    const golds = new Map<PromptId, Gold>();
    for (const id of this.#withGoldRows) {
      const gold = inOrderOfTime(this.#judgementsOf.get(id) ?? []).findLast(isGold);
      if (gold !== undefined && saysGold(gold)) golds.set(id, gold);
    }
    this.#goldIds = new Set(golds.keys());
    return (this.#golds = golds);
  }

  judgedIds(): Iterable<PromptId> {
    return this.#judgementsOf.keys();
  }

  promptOf(candidateId: CandidateId): PromptId | undefined {
    return this.#candidates.promptOf(candidateId);
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
    options: AddPromptsOptions,
  ): Promise<{ readonly nAdded: number; readonly nDuplicates: number }> {
    this.#refuseClosed();
    const result = this.#lastImport.then(() => this.#addPrompts(rows, options));
    this.#lastImport = result.catch(() => undefined);
    return result;
  }

  async #addPrompts(rows: readonly Prompt[], { name, to = 'new-file' }: AddPromptsOptions) {
    const fresh = new Map<PromptId, Prompt>();
    for (const row of rows) if (!this.#prompts.has(row.id) && !fresh.has(row.id)) fresh.set(row.id, row);
    if (fresh.size > 0) {
      const added = [...fresh.values()];
      const file =
        to === 'new-file'
          ? await this.#prompts.write(name, added)
          : await this.#prompts.append(name, this.writer, added);
      // The listing is the moment from which the prompts count; a crash before it leaves a file that nobody reads.
      if (!this.config.prompts.includes(file)) await this.updateConfig({ prompts: [...this.config.prompts, file] });
      else if (await this.#prompts.read(this.config.prompts)) this.#tell({ kind: 'prompts' });
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

  async appendJudgements(rows: readonly (Judgement | Gold)[]): Promise<void> {
    this.#refuseClosed();
    const fresh = rows.filter((row) => !this.#judgements.has(row.id));
    const byJournal = new Map<string, { readonly rows: JudgementRow[]; readonly sizes: number[] }>();
    for (const given of fresh) {
      const row = this.#afterSuperseded(given);
      const name = safeFileName(row.labeler);
      const group = byJournal.get(name) ?? { rows: [], sizes: [] };
      byJournal.set(name, group);
      group.sizes.push(checkRowSize(row.id, row));
      // Numbered here and not when they are written: the journals of several labelers are written side by side, and the order
      // in which the rows were given must not depend on which is quicker.
      group.rows.push({ ...unwritten(row.id), value: row, seq: this.#nextSeq() });
    }
    const writes = [...byJournal].map(([name, group]) =>
      this.#append(() => this.#judgementJournals.append(name, group.rows, group.sizes), group.rows.length),
    );
    const outcomes = await Promise.allSettled(writes);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /**
   * A judgement that is made now supersedes what its labeler said before, also when that was on a machine whose clock is
   * ahead: it is dated just behind it. What is imported keeps the time that it had.
   */
  #afterSuperseded<Row extends Judgement | Gold>(row: Row): Row {
    const at = Date.parse(row.at);
    if (Math.abs(this.#parts.now().getTime() - at) > madeNowMs) return row;
    const before = (this.#judgementsOf.get(row.promptId) ?? []).filter(({ value }) =>
      isGold(row) ? isGold(value) : value.labeler === row.labeler,
    );
    const latest = Math.max(...before.map((other) => Date.parse(other.value.at)));
    return latest < at || before.length === 0 ? row : { ...row, at: new Date(latest + 1).toISOString() };
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
    const isBehind = this.#parts.checking === 'behind';
    this.#candidates.checking = isBehind ? 'ends' : 'sum';
    this.#prompts.checking = isBehind ? 'own-ids' : 'content';
    await Promise.all([
      this.#candidateJournals.refresh(),
      this.#judgementJournals.refresh(),
      this.drafts.load(),
      this.#prompts.read(this.config.prompts),
    ]);
    this.#changed.clear();
    this.#candidates.checking = 'sum';
    this.#candidates.isTracking = true;
    this.#isChecked = !isBehind;
    this.checked = isBehind ? this.#checkAll() : this.#saveIndexes();
    await (isBehind ? undefined : this.checked);
  }

  /** What opening left out, in slices: nobody waits for it. */
  async #checkAll(): Promise<void> {
    const { signal } = this.#closing;
    try {
      if (await this.#prompts.check(rest, signal)) this.#tell({ kind: 'prompts' });
      await this.#candidateJournals.check(rest, signal);
      this.#isChecked = !signal.aborted;
      if (this.#isChecked) await this.#saveIndexes();
    } catch {
      // A file that cannot be read any more: the next look reports it.
    } finally {
      if (!signal.aborted) this.#tellChanged();
    }
  }

  async #saveIndexes(): Promise<void> {
    for (const [file, { end, nLines, tail, problems }] of this.#candidateJournals.states()) {
      if (end < this.#parts.lazyFromBytes || end < (this.#indexedEnds.get(file) ?? 0) * indexGrowth) continue;
      const columns = this.#candidates.columnsOf(file);
      if (columns === undefined) continue;
      this.#indexedEnds.set(file, end);
      const facts = { nLines, tail: Buffer.from(tail).toString('base64'), problems, writers: columns.writers };
      await this.#index.save(file, end, facts, candidateColumnBytes(columns));
    }
  }

  async #restore(file: string): Promise<JournalState | undefined> {
    const loaded = await this.#index.load(file, 'append-only');
    if (loaded === undefined) return undefined;
    const facts = JournalFacts.safeParse(loaded.facts);
    const columns = facts.success ? candidateColumnsOf(loaded.columns, facts.data.writers) : undefined;
    if (!facts.success || columns === undefined) return undefined;
    const { end } = loaded;
    if (!liesWithin(end, columns.offset, columns.length, maxJsonLineBytes)) return undefined;
    this.#indexedEnds.set(file, end);
    await this.#candidates.addColumns(file, columns, breath);
    const { nLines, tail, problems } = facts.data;
    return { end, nLines, tail: Buffer.from(tail, 'base64'), problems };
  }

  /** One at a time: who asks during a look waits for one that begins afterwards. */
  refresh(): Promise<void> {
    this.#nextLook ??= this.#look.then(() => {
      this.#nextLook = undefined;
      return this.#readAll();
    });
    const look = this.#nextLook;
    this.#look = look.catch(() => undefined);
    return look;
  }

  async #readAll(): Promise<void> {
    try {
      await this.#candidateJournals.refresh();
      await this.#judgementJournals.refresh();
      const claimed = await this.claims.refresh();
      if (claimed.length > 0) this.#tell({ kind: 'claims', promptIds: claimed });
      if (await this.#parts.file.read()) this.#tell({ kind: 'config' });
      if (await this.#prompts.read(this.config.prompts)) this.#tell({ kind: 'prompts' });
    } finally {
      this.#tellChanged();
    }
  }

  /**
   * Looks for other people's rows when the file system says that something happened, and every so often all the same: no
   * events come from a shared folder on another machine.
   */
  watch(intervalMs: number): void {
    const look = () => this.refresh().catch(() => undefined); // a half-written touchstone.json is read at the next look
    const again = () => {
      this.#watchFolders(look);
      this.#watchTimer = setTimeout(() => void look().then(() => this.#isClosed || again()), intervalMs);
      this.#watchTimer.unref();
    };
    again();
  }

  /** A folder that is not there yet is tried again at the next look. */
  #watchFolders(look: () => Promise<void>): void {
    for (const folder of [candidateFolder, judgementFolder, `${localFolder}/claims`]) {
      if (this.#stopWatching.has(folder)) continue;
      const stop = this.#parts.files.watch?.(path.join(this.folder, folder), () => this.#lookSoon(look));
      if (stop !== undefined) this.#stopWatching.set(folder, stop);
    }
  }

  #lookSoon(look: () => Promise<void>): void {
    this.#soonTimer ??= setTimeout(() => {
      this.#soonTimer = undefined;
      if (!this.#isClosed) void look();
    }, settleMs);
    this.#soonTimer.unref();
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
    clearTimeout(this.#soonTimer);
    for (const stop of this.#stopWatching.values()) stop();
    this.#listeners.clear();
    this.#closing.abort();
    const outcomes = await Promise.allSettled([
      this.drafts.flush(),
      this.claims.close(),
      this.#candidateJournals.retry(),
      this.#judgementJournals.retry(),
    ]);
    // What this process has added, e.g. an import of 400,000 answers, need not be looked for by the next one.
    if (this.#isChecked) await this.#saveIndexes();
    // Someone may have emptied the local folder; the name is then free anyway.
    await this.#parts.claim?.release().catch(() => undefined);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  // Folding

  #foldCandidate(row: CandidateRow): void {
    row.value = undefined;
    this.#candidates.add(row);
    this.#parsedCandidates.delete(row.promptId);
  }

  #foldJudgement(row: JudgementRow): void {
    this.#noteSeq(row);
    this.#noteClock(row);
    const known = this.#judgements.get(row.id);
    if (known !== undefined && byWriterAndSeq(known, row) <= 0) return;
    this.#judgements.set(row.id, row);
    replaceIn(this.#judgementsOf, row.value.promptId, known, row);
    this.#sortedJudgements.delete(row.value.promptId);
    if (isGold(row.value)) {
      this.#withGoldRows.add(row.value.promptId);
      this.#golds = undefined;
    }
    this.#changed.add(row.value.promptId);
  }

  /** One warning a writer: its rows are from a time that has not come yet. */
  #noteClock(row: JudgementRow): void {
    if (Date.parse(row.value.at) <= this.#parts.now().getTime() + clockToleranceMs) return;
    const key = `clock ${row.writer}`;
    if (this.#rowProblems.has(key)) return;
    const name = `${safeFileName(row.value.labeler)}.${row.writer}.jsonl`;
    this.#rowProblems.set(key, {
      code: 'clock-backwards',
      message: l10n.t(
        'a judgement is dated {0}, which has not come yet: the clock of this or of another machine is wrong. The order of one labeler’s judgements is kept all the same',
        row.value.at,
      ),
      file: `${judgementFolder}/${name}`,
      line: 1,
    });
  }

  #noteSeq(row: JournalRow): void {
    if (row.writer === this.writer && row.seq > this.#seq) this.#seq = row.seq;
  }

  /** Over all files of this writer. */
  #nextSeq(): number {
    this.#seq = Math.max(this.#seq, this.#candidates.maxSeqOf(this.writer)) + 1;
    return this.#seq;
  }

  #forgetCandidates(file: string): void {
    this.#candidates.forget(file);
    this.#parsedCandidates.clear();
  }

  #forgetJudgements(): void {
    for (const id of this.#judgementsOf.keys()) this.#changed.add(id);
    this.#judgements.clear();
    this.#judgementsOf.clear();
    this.#sortedJudgements.clear();
    this.#withGoldRows.clear();
    this.#golds = undefined;
  }

  #readCandidate(row: CandidatePlace): Candidate | undefined {
    let reason: string;
    try {
      const candidate = parseCandidate(this.#parts.files.readRangeSync(row.file, row.offset, row.length));
      if (typeof candidate !== 'string' && candidate.id === row.id && candidate.promptId === row.promptId)
        return candidate;
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
    const withCandidates = [...this.#candidates.changed].map((number) =>
      PromptId.parse(this.#promptNumbers.textOf(number)),
    );
    this.#candidates.changed.clear();
    for (const id of withCandidates) this.#parsedCandidates.delete(id);
    if (withCandidates.length > 0) this.#tell({ kind: 'candidates', promptIds: withCandidates });
    const withJudgements = [...this.#changed];
    this.#changed.clear();
    if (withJudgements.length > 0) this.#tell({ kind: 'judgements', promptIds: withJudgements });
  }

  #tell(change: ProjectChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }
}

const JournalFacts = z.object({
  nLines: z.int().min(0),
  tail: z.base64(),
  problems: z.array(z.object({ code: z.string(), message: z.string(), file: z.string(), line: z.int() })),
  writers: z.array(z.string()),
});

/** Between two slices of work behind the scenes: others come first. */
const rest = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, restMs).unref();
  });
const restMs = 2;
/** A judgement of this age or younger is made now, not imported. */
const madeNowMs = 5 * 60_000;
/** Clocks of two machines differ by so much without anything being wrong. */
const clockToleranceMs = 2 * 60_000;
/** Events of a write come in a bunch; milliseconds. */
const settleMs = 20;

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
function inOrderOfTime(rows: readonly JudgementRow[]): readonly (Judgement | Gold)[] {
  const [only] = rows;
  if (rows.length === 1 && only !== undefined) return [only.value];
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
