import type { Problem } from '../core/index.js';
import type { FileSystem } from './fileSystem.js';
import type { JournalLine } from './journalLine.js';

/** What a row knows of its place in a journal. `offset` is negative while the row is not on disk. */
export interface JournalRow {
  readonly id: string;
  writer: string;
  /** Of its writer, from 1; 0 until it is written for the first time. */
  seq: number;
  /** Of its line in the file, bytes. */
  offset: number;
  /** Of its line without the newline, bytes. */
  length: number;
}

export type Place = Pick<JournalRow, 'offset' | 'length'>;
export type Fault = Exclude<JournalLine, { kind: 'row' }>;

/** How rows become lines and lines rows. */
export interface RowFormat<T extends JournalRow> {
  /** The row of a line, or what is wrong with it. `decodeRow` does the common part. */
  decode(line: Uint8Array, place: Place): T | Fault;
  /** Members of the line, in the order in which people read them. Undefined when the row no longer holds its content. */
  encode(row: T): object | undefined;
}

/** Makes a journal ours: nobody else writes it. */
export interface JournalOwner {
  readonly writer: string;
  /** The next sequence number of this writer, over all its files. */
  nextSeq(): number;
  /** Where torn tails are kept. */
  readonly tornFolder: string;
}

/** A walk over the rows of an index in their order; begins with zeros. */
export interface RowCursor {
  row: number;
  version: number;
}

/** What a journal knows of a file that it has read: enough to go on from there. */
export interface JournalState {
  /** Bytes up to the end of the last line that was read. */
  readonly end: number;
  readonly nLines: number;
  /** The last bytes before `end`. */
  readonly tail: Uint8Array;
  readonly problems: readonly Problem[];
}

/**
 * Keeps where rows lie instead of the rows: for journals too large for memory. What it takes is not in `data`, which then
 * holds only the rows of this process.
 */
export interface LineIndex {
  /** So many bytes of lines are about to come: room for them is made at once. */
  expect(nBytes: number): void;
  /** Takes the line `[start, end)` of the bytes, which lies at `offset` in the file; false when it takes a parser. */
  take(bytes: Uint8Array, start: number, end: number, offset: number): boolean;
  /** Whether a row of this id is on disk. */
  has(id: string): boolean;
  /** Offset of this file's first row that lies at `atLeast` or behind it; infinite when there is none. Walks `cursor` there. */
  nextOffset(cursor: RowCursor, atLeast: number): number;
  /** Forgets the rows at these places: their lines are not what was written. */
  drop(offsets: ReadonlySet<number>): void;
}

export interface JsonLinesOptions<T extends JournalRow> {
  readonly files: FileSystem;
  readonly format: RowFormat<T>;
  /** Absent: another writer's file, only read. */
  readonly owner?: JournalOwner;
  /** @default every row is in `data` */
  readonly index?: LineIndex;
  /** A row is known to be on disk: it was read, or its write was synced. */
  readonly onRow?: (row: T) => void;
  /** A row of ours that the replaced file no longer has waits to be written again. */
  readonly onWaiting?: (row: T) => void;
  /** The file was replaced by another one; its rows come again through `onRow`. */
  readonly onReset?: () => void;
}
