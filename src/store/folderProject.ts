import path from 'node:path';
import {
  projectClosed,
  serializeError,
  type Candidate,
  type CandidateId,
  type Gold,
  type Judgement,
  type JudgementId,
  type Problem,
  type ProjectConfig,
  type Prompt,
  type PromptId,
  type WriterId,
} from '../core/index.js';
import { candidateFolder, CandidateRows } from './candidateRows.js';
import type { Claim } from './claim.js';
import { DraftFolder } from './drafts.js';
import type { FileSystem } from './fileSystem.js';
import { FolderWatch } from './folderWatch.js';
import { IdTable } from './idTable.js';
import { IndexFiles } from './indexFiles.js';
import { judgementFolder, JudgementRows } from './judgementRows.js';
import type { JournalOwner, JournalRow } from './journalTypes.js';
import { SoftClaimFolder } from './softClaims.js';
import type {
  AddPromptsOptions,
  Project,
  ProjectChange,
  ProjectFileProblem,
  PromptOrder,
  ReadPromptFile,
} from './project.js';
import { projectFileProblemOf, type ProjectFile } from './projectFile.js';
import { PromptFiles } from './promptFiles.js';

/** What is of this machine only, relative to the project; git leaves it out. */
export const localFolder = '.touchstone/local';

/** Waits before unsaved rows are tried again, milliseconds; the last one repeats. */
const retryWaitsMs = [1000, 5000, 30_000];

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
  readonly #prompts: PromptFiles;
  readonly #candidates: CandidateRows;
  readonly #judgements: JudgementRows;
  readonly #listeners = new Set<(change: ProjectChange) => void>();
  #seq = 0;
  #nRetries = 0;
  #retryTimer: NodeJS.Timeout | undefined;
  #watch: FolderWatch | undefined;
  #look: Promise<unknown> = Promise.resolve();
  #nextLook: Promise<void> | undefined;
  #isClosed = false;
  readonly #closing = new AbortController();
  /** When it began to be read, of the process's clock. */
  #startMs = 0;
  checked: Promise<void> = Promise.resolve();
  /** Every line was looked at, so what is known may be kept for the next opening. */
  #isChecked = false;
  #lastImport: Promise<unknown> = Promise.resolve();
  fileProblem: ProjectFileProblem | undefined;

  constructor(parts: FolderProjectParts) {
    const { files, folder, writer } = parts;
    this.#parts = parts;
    this.folder = folder;
    this.writer = writer;
    const { lazyFromBytes, readPromptFile, now } = parts;
    const tornFolder = path.join(folder, localFolder, 'torn');
    const index = new IndexFiles(files, folder, path.join(folder, localFolder, 'index'));
    const numbers = new IdTable('p');
    const owner: JournalOwner = { writer, nextSeq: () => this.#nextSeq(), tornFolder };
    this.#prompts = new PromptFiles({ files, folder, readPromptFile, numbers, index, lazyFromBytes, tornFolder });
    this.#candidates = new CandidateRows({ files, project: folder, owner, index, numbers, lazyFromBytes });
    this.#judgements = new JudgementRows({ files, project: folder, owner, now, onRow: (row) => this.#noteSeq(row) });
    this.drafts = new DraftFolder(files, path.join(folder, localFolder, 'drafts'), (promptId) =>
      this.#tell({ kind: 'drafts', promptIds: [promptId] }),
    );
    this.claims = new SoftClaimFolder(files, path.join(folder, localFolder, 'claims'), writer, now);
  }

  get config(): ProjectConfig {
    return this.#parts.file.config;
  }

  get problems(): readonly Problem[] {
    const ofRows = [...this.#candidates.problems, ...this.#judgements.problems];
    const relative = ofRows.map((problem) => ({ ...problem, file: this.#relative(problem.file) }));
    return [...this.#prompts.problems, ...relative];
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

  findPrompts(
    pieces: readonly string[],
    signal: AbortSignal,
    isMeant?: (prompt: Prompt) => boolean,
  ): Promise<readonly PromptId[]> {
    return this.#prompts.find(pieces, signal, isMeant);
  }

  candidatesOf(id: PromptId): readonly Candidate[] {
    return this.#candidates.of(id);
  }

  nCandidatesOf(id: PromptId): number {
    return this.#candidates.countOf(id);
  }

  judgementsOf(id: PromptId): readonly Judgement[] {
    return this.#judgements.of(id);
  }

  goldOf(id: PromptId): Gold | undefined {
    return this.#judgements.goldOf(id);
  }

  get goldIds(): ReadonlySet<PromptId> {
    return this.#judgements.goldIds;
  }

  judgedIds(): Iterable<PromptId> {
    return this.#judgements.promptIds();
  }

  promptOf(candidateId: CandidateId): PromptId | undefined {
    return this.#candidates.promptOf(candidateId);
  }

  hasJudgement(id: JudgementId): boolean {
    return this.#judgements.has(id);
  }

  get nUnsaved(): number {
    return this.#candidates.nPending + this.#judgements.nPending;
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
    await this.#append(this.#candidates.fresh(rows));
  }

  async appendJudgements(rows: readonly (Judgement | Gold)[]): Promise<void> {
    this.#refuseClosed();
    const outcomes = await Promise.allSettled(this.#judgements.fresh(rows).map((part) => this.#append(part)));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  async #append({ n, append }: { readonly n: number; readonly append: () => Promise<void> }): Promise<void> {
    if (n === 0) return;
    try {
      await append();
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
      await this.#candidates.retry();
      await this.#judgements.retry();
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
    this.fileProblem = undefined;
    this.#tell({ kind: 'config' });
    if (await this.#prompts.read(this.config.prompts)) this.#tell({ kind: 'prompts' });
  }

  // Reading

  /** Everything but the answers. */
  async loadOutline(): Promise<void> {
    this.#startMs = performance.now();
    this.#prompts.checking = this.#parts.checking === 'behind' ? 'own-ids' : 'content';
    await Promise.all([this.#judgements.refresh(), this.drafts.load(), this.#prompts.read(this.config.prompts)]);
    // Who opens it looks at all.
    this.#judgements.takeChanged();
  }

  /** The answers; from then on rows may be appended. */
  async loadAnswers(): Promise<void> {
    const isBehind = this.#parts.checking === 'behind';
    await this.#candidates.open(isBehind ? 'later' : 'now');
    this.#isChecked = !isBehind;
    this.checked = isBehind ? this.#checkAll() : this.#candidates.saveIndexes();
    await (isBehind ? undefined : this.checked);
  }

  /** What opening left out, in slices: nobody waits for it. */
  async #checkAll(): Promise<void> {
    const { signal } = this.#closing;
    // Who has waited for so long wants to see something now.
    await waitMs(performance.now() - this.#startMs);
    try {
      signal.throwIfAborted();
      if (await this.#prompts.check(rest, signal)) this.#tell({ kind: 'prompts' });
      await this.#candidates.check(rest, signal);
      this.#isChecked = !signal.aborted;
      if (this.#isChecked) await this.#candidates.saveIndexes();
    } catch {
      // A file that cannot be read any more: the next look reports it.
    } finally {
      if (!signal.aborted) this.#tellChanged();
    }
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
      await this.#candidates.refresh();
      await this.#judgements.refresh();
      const claimed = await this.claims.refresh();
      if (claimed.length > 0) this.#tell({ kind: 'claims', promptIds: claimed });
      await this.#readFile();
      if (await this.#prompts.read(this.config.prompts)) this.#tell({ kind: 'prompts' });
    } finally {
      this.#tellChanged();
    }
  }

  /** A file that cannot be read changes nothing but what is said of it. One that is gone is its watcher's business. */
  async #readFile(): Promise<void> {
    const before = this.fileProblem?.message;
    let isChanged = false;
    try {
      isChanged = await this.#parts.file.read();
      this.fileProblem = undefined;
    } catch (error) {
      if (serializeError(error).code !== 'project-not-found') this.fileProblem = projectFileProblemOf(error);
      throw error;
    } finally {
      if (isChanged || this.fileProblem?.message !== before) this.#tell({ kind: 'config' });
    }
  }

  watch(intervalMs: number): void {
    const folders = [candidateFolder, judgementFolder, `${localFolder}/claims`].map((name) =>
      path.join(this.folder, name),
    );
    // What is wrong with touchstone.json is in `fileProblem`.
    const look = () => this.refresh().catch(() => undefined);
    this.#watch = new FolderWatch({ files: this.#parts.files, folders, intervalMs, look });
  }

  onDidChange(listener: (change: ProjectChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#retryTimer);
    this.#watch?.stop();
    this.#listeners.clear();
    this.#closing.abort();
    const outcomes = await Promise.allSettled([
      this.drafts.flush(),
      this.claims.close(),
      this.#candidates.retry(),
      this.#judgements.retry(),
    ]);
    // What this process has added, e.g. an import of 400,000 answers, need not be looked for by the next one.
    if (this.#isChecked) await this.#candidates.saveIndexes();
    // Someone may have emptied the local folder; the name is then free anyway.
    await this.#parts.claim?.release().catch(() => undefined);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  #noteSeq(row: JournalRow): void {
    if (row.writer === this.writer && row.seq > this.#seq) this.#seq = row.seq;
  }

  /** Over all files of this writer. */
  #nextSeq(): number {
    this.#seq = Math.max(this.#seq, this.#candidates.maxSeqOf(this.writer)) + 1;
    return this.#seq;
  }

  #relative = (file: string): string => path.relative(this.folder, file).split(path.sep).join('/');

  #refuseClosed(): void {
    if (this.#isClosed) throw projectClosed(this.folder);
  }

  #tellChanged(): void {
    const withCandidates = this.#candidates.takeChanged();
    if (withCandidates.length > 0) this.#tell({ kind: 'candidates', promptIds: withCandidates });
    const withJudgements = this.#judgements.takeChanged();
    if (withJudgements.length > 0) this.#tell({ kind: 'judgements', promptIds: withJudgements });
  }

  #tell(change: ProjectChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }
}

const waitMs = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });

/** Between two slices of work behind the scenes, about as long as a slice: others come first. */
const rest = (): Promise<void> => waitMs(8);
