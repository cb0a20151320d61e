import * as l10n from '@vscode/l10n';
import path from 'node:path';
import {
  isGold,
  safeFileName,
  saysOfAnswers,
  type Gold,
  type Judgement,
  type JudgementId,
  type Problem,
  type PromptId,
} from '../core/index.js';
import type { FileSystem } from './fileSystem.js';
import { JournalFolder } from './journalFolder.js';
import { judgementFormat, unwritten, type JudgementRow } from './journalRows.js';
import type { JournalOwner, JournalRow } from './journalTypes.js';
import { checkRowSize } from './measure.js';

/** Where the store keeps judgements, relative to the project. */
export const judgementFolder = '.touchstone/judgements';

export interface JudgementRowsOptions {
  readonly files: FileSystem;
  /** Folder of the project. */
  readonly project: string;
  readonly owner: JournalOwner;
  readonly now: () => Date;
  /** A row was read or written, whoever wrote it. */
  readonly onRow: (row: JournalRow) => void;
}

/** The judgements of a project and the golds that stand among them, all in memory. */
export class JudgementRows {
  readonly #options: JudgementRowsOptions;
  readonly #journals: JournalFolder<JudgementRow>;
  readonly #rows = new Map<JudgementId, JudgementRow>();
  readonly #rowsOf = new Map<PromptId, JudgementRow[]>();
  readonly #sorted = new Map<PromptId, readonly Judgement[]>();
  /** Prompts with a gold; undefined when a row of one came. */
  #golds: ReadonlyMap<PromptId, Gold> | undefined;
  #goldIds: ReadonlySet<PromptId> = new Set();
  readonly #withGoldRows = new Set<PromptId>();
  /** By writer: its clock is wrong. */
  readonly #clockProblems = new Map<string, Problem>();
  readonly #changed = new Set<PromptId>();

  constructor(options: JudgementRowsOptions) {
    const { files, project, owner } = options;
    this.#options = options;
    this.#journals = new JournalFolder<JudgementRow>({
      files,
      project,
      owner,
      folder: judgementFolder,
      format: () => judgementFormat,
      onRow: (row) => this.#fold(row),
      onReset: () => this.#forget(),
    });
  }

  /** Of journals with absolute paths. */
  get problems(): readonly Problem[] {
    return [...this.#journals.problems, ...this.#clockProblems.values()];
  }

  get nPending(): number {
    return this.#journals.nPending;
  }

  /** Oldest first. */
  of(id: PromptId): readonly Judgement[] {
    const rows = this.#rowsOf.get(id);
    const [first] = rows ?? [];
    if (rows === undefined || first === undefined) return [];
    if (rows.length === 1) return isGold(first.value) ? [] : [first.value];
    const cached = this.#sorted.get(id);
    if (cached !== undefined) return cached;
    const sorted = inOrderOfTime(rows).filter((row) => !isGold(row));
    this.#sorted.set(id, sorted);
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
      const gold = inOrderOfTime(this.#rowsOf.get(id) ?? []).findLast(isGold);
      if (gold !== undefined && saysOfAnswers(gold)) golds.set(id, gold);
    }
    this.#goldIds = new Set(golds.keys());
    return (this.#golds = golds);
  }

  promptIds(): Iterable<PromptId> {
    return this.#rowsOf.keys();
  }

  has(id: JudgementId): boolean {
    return this.#rows.has(id);
  }

  /**
   * Those that are not there yet, numbered. A row that is too large is refused with all others, at once. @throws StoreError
   * @returns a write for each journal, and how many rows it writes.
   */
  fresh(rows: readonly (Judgement | Gold)[]): { readonly n: number; readonly append: () => Promise<void> }[] {
    const byJournal = new Map<string, { readonly rows: JudgementRow[]; readonly sizes: number[] }>();
    for (const given of rows) {
      if (this.#rows.has(given.id)) continue;
      const row = this.#afterSuperseded(given);
      const name = safeFileName(row.labeler);
      const group = byJournal.get(name) ?? { rows: [], sizes: [] };
      byJournal.set(name, group);
      group.sizes.push(checkRowSize(row.id, row));
      // Numbered here and not when they are written: the journals of several labelers are written side by side, and the order
      // in which the rows were given must not depend on which is quicker.
      group.rows.push({ ...unwritten(row.id), value: row, seq: this.#options.owner.nextSeq() });
    }
    return [...byJournal].map(([name, group]) => ({
      n: group.rows.length,
      append: () => this.#journals.append(name, group.rows, group.sizes),
    }));
  }

  retry(): Promise<void> {
    return this.#journals.retry();
  }

  /** Reads what is new. */
  refresh(): Promise<void> {
    return this.#journals.refresh();
  }

  /** Prompts whose judgements came or went since the last time. */
  takeChanged(): PromptId[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  /**
   * A judgement that is made now supersedes what its labeler said before, also when that was on a machine whose clock is
   * ahead: it is dated just behind it. What is imported keeps the time that it had.
   */
  #afterSuperseded<Row extends Judgement | Gold>(row: Row): Row {
    const at = Date.parse(row.at);
    if (Math.abs(this.#options.now().getTime() - at) > madeNowMs) return row;
    const before = (this.#rowsOf.get(row.promptId) ?? []).filter(({ value }) =>
      isGold(row) ? isGold(value) : value.labeler === row.labeler,
    );
    const latest = Math.max(...before.map((other) => Date.parse(other.value.at)));
    return latest < at || before.length === 0 ? row : { ...row, at: new Date(latest + 1).toISOString() };
  }

  #fold(row: JudgementRow): void {
    this.#options.onRow(row);
    this.#noteClock(row);
    const known = this.#rows.get(row.id);
    if (known !== undefined && byWriterAndSeq(known, row) <= 0) return;
    this.#rows.set(row.id, row);
    replaceIn(this.#rowsOf, row.value.promptId, known, row);
    this.#sorted.delete(row.value.promptId);
    if (isGold(row.value)) {
      this.#withGoldRows.add(row.value.promptId);
      this.#golds = undefined;
    }
    this.#changed.add(row.value.promptId);
  }

  /** One warning a writer: its rows are from a time that has not come yet. */
  #noteClock(row: JudgementRow): void {
    if (Date.parse(row.value.at) <= this.#options.now().getTime() + clockToleranceMs) return;
    if (this.#clockProblems.has(row.writer)) return;
    const name = `${safeFileName(row.value.labeler)}.${row.writer}.jsonl`;
    this.#clockProblems.set(row.writer, {
      code: 'clock-backwards',
      message: l10n.t(
        'a judgement is dated {0}, which has not come yet: the clock of this or of another machine is wrong. The order of one labeler’s judgements is kept all the same',
        row.value.at,
      ),
      file: path.join(this.#options.project, judgementFolder, name),
      line: 1,
    });
  }

  #forget(): void {
    for (const id of this.#rowsOf.keys()) this.#changed.add(id);
    this.#rows.clear();
    this.#rowsOf.clear();
    this.#sorted.clear();
    this.#withGoldRows.clear();
    this.#golds = undefined;
  }
}

/** A judgement of this age or younger is made now, not imported. */
const madeNowMs = 5 * 60_000;
/** Clocks of two machines differ by so much without anything being wrong. */
const clockToleranceMs = 2 * 60_000;

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
