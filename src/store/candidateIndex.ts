import { CandidateId, PromptId } from '../core/index.js';
import { grown, IdTable } from './idTable.js';
import { bytesOf } from './indexFiles.js';
import type { LineIndex, RowCursor } from './journalTypes.js';
import type { CandidateRow } from './journalRows.js';
import { readRowLine, type RowLine } from './rowLine.js';

/** Where a candidate's line lies. */
export interface CandidatePlace {
  readonly id: CandidateId;
  readonly promptId: PromptId;
  readonly file: string;
  /** Of the line, bytes. */
  readonly offset: number;
  /** Without the newline, bytes. */
  readonly length: number;
}

/** Rows of one file as columns, in the order of their lines; what the file of an index keeps. */
export interface CandidateColumns {
  readonly idHigh: Uint32Array<ArrayBuffer>;
  readonly idLow: Uint32Array<ArrayBuffer>;
  readonly promptHigh: Uint32Array<ArrayBuffer>;
  readonly promptLow: Uint32Array<ArrayBuffer>;
  readonly offset: Float64Array<ArrayBuffer>;
  readonly length: Uint32Array<ArrayBuffer>;
  readonly seq: Float64Array<ArrayBuffer>;
  readonly writer: Uint16Array<ArrayBuffer>;
  readonly writers: readonly string[];
}

const noRow = -1;
/** Room is made for lines of about this size: of a kilobyte of text, more with log-probabilities. */
const usualLineBytes = 1500;
const minReserved = 1000;
/** A file of other content may be large, too. */
const maxReserved = 4_000_000;
/** Some 10 ms of work. */
const sliceRows = 40_000;
/** Rows and files of a project; a column of 16 bits holds them. */
const maxNames = 65_535;

/**
 * Where every candidate lies, without its text: typed columns of about 60 bytes a row, so that 400,000 of them take 25 MB.
 * An id that stands in several lines counts once: the line of the smallest writer and sequence number.
 */
export class CandidateIndex {
  /** Prompts whose rows came or went; only kept while `isTracking`. */
  readonly changed = new Set<number>();
  isTracking = false;
  /** `ends` leaves the checksums of what is read to a later check. */
  checking: 'sum' | 'ends' = 'sum';
  readonly #files: string[] = [];
  readonly #writers: string[] = [];
  readonly #maxSeqs: number[] = [];
  #ids = new IdTable('c');
  #nRows = 0;
  #idOf = new Int32Array(1024);
  #promptOf = new Int32Array(1024);
  /** The next row of the same prompt. */
  #nextOf = new Int32Array(1024);
  #fileOf = new Uint16Array(1024);
  #writerOf = new Uint16Array(1024);
  #offsetOf = new Float64Array(1024);
  #lengthOf = new Uint32Array(1024);
  #seqOf = new Float64Array(1024);
  /** By the number of an id: the row that counts. */
  #rowOf = new Int32Array(1024).fill(noRow);
  /** By the number of a prompt: the row that came last. */
  #lastOf = new Int32Array(1024).fill(noRow);
  readonly #line: RowLine = {
    idHigh: 0,
    idLow: 0,
    promptHigh: 0,
    promptLow: 0,
    writerStart: 0,
    writerEnd: 0,
    seq: 0,
  };
  #lastWriter = 0;
  /** Counts how often rows were numbered anew. */
  #version = 0;

  /** @param prompts their numbers, shared with whoever else counts prompts. */
  constructor(private readonly prompts: IdTable) {}

  has(id: string): boolean {
    return this.#row(id) !== noRow;
  }

  promptOf(id: string): PromptId | undefined {
    const row = this.#row(id);
    return row === noRow ? undefined : PromptId.parse(this.prompts.textOf(this.#promptOf[row] ?? 0));
  }

  /** Of each prompt those that count, in no order that means anything; sorted by writer and sequence number. */
  placesOf(promptId: string): CandidatePlace[] {
    return this.#rowsOf(this.prompts.find(promptId))
      .sort((a, b) => this.#compare(a, b))
      .map((row) => ({
        id: CandidateId.parse(this.#ids.textOf(this.#idOf[row] ?? 0)),
        promptId: PromptId.parse(promptId),
        file: this.#files[this.#fileOf[row] ?? 0] ?? '',
        offset: this.#offsetOf[row] ?? 0,
        length: this.#lengthOf[row] ?? 0,
      }));
  }

  countOf(promptId: string): number {
    return this.#rowsOf(this.prompts.find(promptId)).length;
  }

  /** The greatest sequence number of a writer; 0 when it wrote nothing. */
  maxSeqOf(writer: string): number {
    return this.#maxSeqs[this.#writers.indexOf(writer)] ?? 0;
  }

  /** The part of one journal. */
  linesOf(file: string): LineIndex {
    const fileNumber = numberIn(this.#files, file);
    return {
      expect: (nBytes) => this.#reserve(Math.min(Math.floor(nBytes / usualLineBytes), maxReserved)),
      take: (bytes, start, end, offset) => this.#take(fileNumber, bytes, start, end, offset),
      has: (id) => this.has(id),
      nextOffset: (cursor, atLeast) => this.#nextOffset(fileNumber, cursor, atLeast),
      drop: (offsets) => this.#drop(fileNumber, offsets),
    };
  }

  add(row: CandidateRow): void {
    const writer = this.#writerNumber(row.writer);
    const prompt = this.prompts.numberOf(row.promptId);
    const { seq, offset, length } = row;
    this.#add(this.#ids.numberOf(row.id), prompt, numberIn(this.#files, row.file), writer, seq, offset, length);
  }

  /** Forgets the rows of a file, which was replaced. */
  forget(file: string): void {
    const fileNumber = this.#files.indexOf(file);
    if (fileNumber === -1) return;
    this.#keep((row) => this.#fileOf[row] !== fileNumber);
  }

  /** Undefined when a row has an id of another form, which columns do not hold. */
  columnsOf(file: string): CandidateColumns | undefined {
    const fileNumber = this.#files.indexOf(file);
    let n = 0;
    for (let row = 0; row < this.#nRows; row += 1) if (this.#fileOf[row] === fileNumber) n += 1;
    const columns = emptyColumns(n, this.#writers);
    let at = 0;
    for (let row = 0; row < this.#nRows; row += 1) {
      if (this.#fileOf[row] !== fileNumber) continue;
      const id = this.#ids.bitsOf(this.#idOf[row] ?? 0);
      const prompt = this.prompts.bitsOf(this.#promptOf[row] ?? 0);
      if (id === undefined || prompt === undefined) return undefined;
      [columns.idHigh[at], columns.idLow[at]] = id;
      [columns.promptHigh[at], columns.promptLow[at]] = prompt;
      columns.offset[at] = this.#offsetOf[row] ?? 0;
      columns.length[at] = this.#lengthOf[row] ?? 0;
      columns.seq[at] = this.#seqOf[row] ?? 0;
      columns.writer[at] = this.#writerOf[row] ?? 0;
      at += 1;
    }
    return columns;
  }

  /** @param pause is awaited so often that nothing is blocked. */
  async addColumns(file: string, columns: CandidateColumns, pause: () => Promise<void>): Promise<void> {
    this.#reserve(columns.offset.length);
    const fileNumber = numberIn(this.#files, file);
    const writers = columns.writers.map((writer) => this.#writerNumber(writer));
    for (let at = 0; at < columns.offset.length; at += 1) {
      if (at % sliceRows === sliceRows - 1) await pause();
      const id = this.#ids.numberOfBits(columns.idHigh[at] ?? 0, columns.idLow[at] ?? 0);
      const prompt = this.prompts.numberOfBits(columns.promptHigh[at] ?? 0, columns.promptLow[at] ?? 0);
      const writer = writers[columns.writer[at] ?? 0] ?? 0;
      this.#add(id, prompt, fileNumber, writer, columns.seq[at] ?? 0, columns.offset[at] ?? 0, columns.length[at] ?? 0);
    }
  }

  #take(fileNumber: number, bytes: Uint8Array, start: number, end: number, offset: number): boolean {
    const line = this.#line;
    if (!readRowLine(bytes, start, end, this.checking, line)) return false;
    const id = this.#ids.numberOfBits(line.idHigh, line.idLow);
    const prompt = this.prompts.numberOfBits(line.promptHigh, line.promptLow);
    const writer = this.#writerAt(bytes, line.writerStart, line.writerEnd);
    this.#add(id, prompt, fileNumber, writer, line.seq, offset, end - start);
    return true;
  }

  #add(id: number, prompt: number, file: number, writer: number, seq: number, offset: number, length: number): void {
    if (this.#nRows === this.#idOf.length) this.#grow();
    const row = this.#nRows;
    this.#nRows += 1;
    this.#idOf[row] = id;
    this.#promptOf[row] = prompt;
    this.#fileOf[row] = file;
    this.#writerOf[row] = writer;
    this.#offsetOf[row] = offset;
    this.#lengthOf[row] = length;
    this.#seqOf[row] = seq;
    this.#link(row);
    if (seq > (this.#maxSeqs[writer] ?? 0)) this.#maxSeqs[writer] = seq;
    if (this.isTracking) this.changed.add(prompt);
  }

  #link(row: number): void {
    const id = this.#idOf[row] ?? 0;
    const prompt = this.#promptOf[row] ?? 0;
    if (id >= this.#rowOf.length) this.#rowOf = grown(this.#rowOf, noRow, id + 1);
    if (prompt >= this.#lastOf.length) this.#lastOf = grown(this.#lastOf, noRow, prompt + 1);
    this.#nextOf[row] = this.#lastOf[prompt] ?? noRow;
    this.#lastOf[prompt] = row;
    const known = this.#rowOf[id] ?? noRow;
    if (known === noRow || this.#compare(row, known) < 0) this.#rowOf[id] = row;
  }

  #compare(a: number, b: number): number {
    const writers = [this.#writers[this.#writerOf[a] ?? 0] ?? '', this.#writers[this.#writerOf[b] ?? 0] ?? ''] as const;
    if (writers[0] !== writers[1]) return writers[0] < writers[1] ? -1 : 1;
    return (this.#seqOf[a] ?? 0) - (this.#seqOf[b] ?? 0);
  }

  #row(id: string): number {
    const number = this.#ids.find(id);
    return number === -1 ? noRow : (this.#rowOf[number] ?? noRow);
  }

  /** Of an id that has several lines only the one that counts. */
  #rowsOf(prompt: number): number[] {
    const rows: number[] = [];
    if (prompt === -1 || prompt >= this.#lastOf.length) return rows;
    for (let row = this.#lastOf[prompt] ?? noRow; row !== noRow; row = this.#nextOf[row] ?? noRow)
      if (this.#rowOf[this.#idOf[row] ?? 0] === row) rows.push(row);
    return rows;
  }

  /** The rows of a file stand in the order of its lines. */
  #nextOffset(file: number, cursor: RowCursor, atLeast: number): number {
    if (cursor.version !== this.#version) [cursor.row, cursor.version] = [0, this.#version];
    while (
      cursor.row < this.#nRows &&
      (this.#fileOf[cursor.row] !== file || (this.#offsetOf[cursor.row] ?? 0) < atLeast)
    )
      cursor.row += 1;
    return cursor.row < this.#nRows ? (this.#offsetOf[cursor.row] ?? 0) : Number.POSITIVE_INFINITY;
  }

  #drop(file: number, offsets: ReadonlySet<number>): void {
    this.#keep((row) => this.#fileOf[row] !== file || !offsets.has(this.#offsetOf[row] ?? 0));
  }

  /** Rows that go make their prompts changed; the others keep their order. */
  #keep(isKept: (row: number) => boolean): void {
    const n = this.#nRows;
    this.#version += 1;
    this.#nRows = 0;
    this.#rowOf.fill(noRow);
    this.#lastOf.fill(noRow);
    for (let row = 0; row < n; row += 1) {
      if (!isKept(row)) {
        if (this.isTracking) this.changed.add(this.#promptOf[row] ?? 0);
        continue;
      }
      const to = this.#nRows;
      this.#nRows += 1;
      if (to !== row) {
        this.#idOf[to] = this.#idOf[row] ?? 0;
        this.#promptOf[to] = this.#promptOf[row] ?? 0;
        this.#fileOf[to] = this.#fileOf[row] ?? 0;
        this.#writerOf[to] = this.#writerOf[row] ?? 0;
        this.#offsetOf[to] = this.#offsetOf[row] ?? 0;
        this.#lengthOf[to] = this.#lengthOf[row] ?? 0;
        this.#seqOf[to] = this.#seqOf[row] ?? 0;
      }
      this.#link(to);
    }
  }

  #writerAt(bytes: Uint8Array, start: number, end: number): number {
    const last = this.#writers[this.#lastWriter] ?? '';
    if (last.length === end - start && isText(bytes, start, last)) return this.#lastWriter;
    this.#lastWriter = this.#writerNumber(Buffer.from(bytes.subarray(start, end)).toString('latin1'));
    return this.#lastWriter;
  }

  #writerNumber(writer: string): number {
    const number = numberIn(this.#writers, writer);
    this.#maxSeqs[number] ??= 0;
    return number;
  }

  #reserve(n: number): void {
    if (n < minReserved) return;
    if (this.#nRows + n > this.#idOf.length) this.#grow(this.#nRows + n);
    if (this.#ids.size + n > this.#rowOf.length) this.#rowOf = grown(this.#rowOf, noRow, this.#ids.size + n);
    this.#ids.reserve(n);
  }

  #grow(atLeast = 0): void {
    this.#idOf = grown(this.#idOf, 0, atLeast);
    this.#promptOf = grown(this.#promptOf, 0, atLeast);
    this.#nextOf = grown(this.#nextOf, 0, atLeast);
    this.#fileOf = grown(this.#fileOf, 0, atLeast);
    this.#writerOf = grown(this.#writerOf, 0, atLeast);
    this.#offsetOf = grown(this.#offsetOf, 0, atLeast);
    this.#lengthOf = grown(this.#lengthOf, 0, atLeast);
    this.#seqOf = grown(this.#seqOf, 0, atLeast);
  }
}

export const emptyColumns = (n: number, writers: readonly string[]): CandidateColumns => ({
  idHigh: new Uint32Array(n),
  idLow: new Uint32Array(n),
  promptHigh: new Uint32Array(n),
  promptLow: new Uint32Array(n),
  offset: new Float64Array(n),
  length: new Uint32Array(n),
  seq: new Float64Array(n),
  writer: new Uint16Array(n),
  writers: [...writers],
});

/** In the order in which `candidateColumnsOf` takes them. */
export const candidateColumnBytes = (columns: CandidateColumns): Uint8Array<ArrayBuffer>[] => {
  const { idHigh, idLow, promptHigh, promptLow, offset, length, seq, writer } = columns;
  return [idHigh, idLow, promptHigh, promptLow, offset, length, seq, writer].map(bytesOf);
};

/** Undefined when they do not fit together. */
export function candidateColumnsOf(
  buffers: readonly ArrayBuffer[],
  writers: readonly string[],
): CandidateColumns | undefined {
  const [idHigh, idLow, promptHigh, promptLow, offset, length, seq, writer] = buffers;
  if (!idHigh || !idLow || !promptHigh || !promptLow || !offset || !length || !seq || !writer) return undefined;
  const columns = {
    idHigh: new Uint32Array(idHigh),
    idLow: new Uint32Array(idLow),
    promptHigh: new Uint32Array(promptHigh),
    promptLow: new Uint32Array(promptLow),
    offset: new Float64Array(offset),
    length: new Uint32Array(length),
    seq: new Float64Array(seq),
    writer: new Uint16Array(writer),
  };
  const n = columns.offset.length;
  const isWhole = Object.values(columns).every((column) => column.length === n);
  return isWhole && columns.writer.every((number) => number < writers.length) ? { ...columns, writers } : undefined;
}

function numberIn(names: string[], name: string): number {
  const known = names.indexOf(name);
  if (known !== -1) return known;
  if (names.length >= maxNames) throw new RangeError(`more than ${maxNames} writers or journals`);
  return names.push(name) - 1;
}

function isText(bytes: Uint8Array, start: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1)
    if (bytes[start + index] !== text.charCodeAt(index)) return false;
  return true;
}
