import { maxJsonLineBytes, type Problem } from '../core/index.js';
import type { FileSystem } from './fileSystem.js';
import type { FoldedSearch } from './foldedSearch.js';
import { hexAt, ownIdLength, type IdTable } from './idTable.js';
import type { ReadPromptFile } from './project.js';

export type LineOf = NonNullable<ReadPromptFile['lineOf']>;

/** Where the prompts of a JSON Lines file lie: one entry a prompt, in the order of the file. */
export interface PromptPlaces {
  /** Numbers of the ids. */
  readonly numbers: Int32Array<ArrayBuffer>;
  /** Of the line, bytes. */
  readonly offsets: Float64Array<ArrayBuffer>;
  /** Without the newline, bytes. */
  readonly lengths: Uint32Array<ArrayBuffer>;
  /** 1-based. */
  readonly lines: Uint32Array<ArrayBuffer>;
}

export interface ScannedPrompts {
  readonly places: PromptPlaces;
  readonly problems: readonly Problem[];
  /** Lines whose id was taken as it stands there, not from their content. */
  readonly nUnchecked: number;
}

export interface ScanOptions {
  readonly files: FileSystem;
  readonly file: string;
  readonly sizeBytes: number;
  readonly numbers: IdTable;
  readonly lineOf: LineOf;
  /** `own-ids` believes the ids of lines that look as we write them; to be followed by a scan by `content`. */
  readonly by: 'own-ids' | 'content';
  /** Awaited often enough that nothing is blocked. */
  readonly pause: () => Promise<void>;
  readonly signal: AbortSignal;
}

const chunkBytes = 1024 * 1024;
/** Work between two pauses, milliseconds. */
const sliceMs = 8;
const newline = 0x0a;
const opening = Buffer.from('{"id":"p');
const afterId = Buffer.from('","messages":[');

/** Undefined when a line is too long to be held: the file is then read as any other. */
export async function scanPrompts(options: ScanOptions): Promise<ScannedPrompts | undefined> {
  const { files, file, sizeBytes, numbers, lineOf, by, pause, signal } = options;
  const found: Record<keyof PromptPlaces, number[]> = { numbers: [], offsets: [], lengths: [], lines: [] };
  const seen = new Set<number>();
  const problems: Problem[] = [];
  let nUnchecked = 0;
  let line = 0;
  let at = 0;
  let rest: Uint8Array = new Uint8Array();
  let sliceEnd = performance.now() + sliceMs;

  const take = (bytes: Uint8Array, start: number, end: number, offset: number): void => {
    line += 1;
    const length = end > start && bytes[end - 1] === 0x0d ? end - 1 - start : end - start;
    let number = by === 'own-ids' ? ownNumber(bytes, start, start + length, numbers) : -1;
    if (number !== -1) nUnchecked += 1;
    else {
      const row = lineOf(file, line, bytes.subarray(start, start + length));
      if (row === undefined) return;
      if ('problem' in row) {
        problems.push(row.problem);
        return;
      }
      number = numbers.numberOf(row.prompt.id);
    }
    if (seen.has(number)) return;
    seen.add(number);
    found.numbers.push(number);
    found.offsets.push(offset);
    found.lengths.push(length);
    found.lines.push(line);
  };

  while (at < sizeBytes) {
    signal.throwIfAborted();
    const chunk = await files.readRange(file, at, Math.min(chunkBytes, sizeBytes - at));
    if (chunk.length === 0) break;
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const base = at - rest.length;
    at += chunk.length;
    let start = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      if (end - start > maxJsonLineBytes) return undefined;
      take(bytes, start, end, base + start);
      start = end + 1;
      if (performance.now() < sliceEnd) continue;
      await pause();
      signal.throwIfAborted();
      sliceEnd = performance.now() + sliceMs;
    }
    rest = bytes.subarray(start);
    if (rest.length > maxJsonLineBytes) return undefined;
  }
  if (rest.length > 0) take(rest, 0, rest.length, at - rest.length);
  const places = {
    numbers: Int32Array.from(found.numbers),
    offsets: Float64Array.from(found.offsets),
    lengths: Uint32Array.from(found.lengths),
    lines: Uint32Array.from(found.lines),
  };
  return { places, problems, nUnchecked };
}

/** The number of a line that begins as we write it; -1 for any other. */
function ownNumber(bytes: Uint8Array, start: number, end: number, numbers: IdTable): number {
  const idStart = start + opening.length;
  if (end - start < opening.length + ownIdLength + afterId.length || bytes[end - 1] !== 0x7d) return -1;
  if (!isAt(bytes, start, opening) || !isAt(bytes, idStart + ownIdLength - 1, afterId)) return -1;
  const high = hexAt(bytes, idStart);
  const low = hexAt(bytes, idStart + 8);
  return high < 0 || low < 0 ? -1 : numbers.numberOfBits(high, low);
}

function isAt(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index += 1) if (bytes[at + index] !== expected[index]) return false;
  return true;
}

export interface FindOptions {
  readonly files: FileSystem;
  readonly file: string;
  readonly places: PromptPlaces;
  readonly pieces: readonly FoldedSearch[];
  readonly signal: AbortSignal;
}

/** Rows in whose line one of the pieces stands, in no order; each may come more than once. */
export async function* findRows({ files, file, places, pieces, signal }: FindOptions): AsyncGenerator<number> {
  const { offsets, lengths } = places;
  const n = offsets.length;
  const memory = new Uint8Array(chunkBytes);
  const endOf = (row: number): number => (offsets[row] ?? 0) + (lengths[row] ?? 0);
  for (let first = 0; first < n;) {
    signal.throwIfAborted();
    const start = offsets[first] ?? 0;
    let last = first;
    while (last + 1 < n && endOf(last + 1) - start <= chunkBytes) last += 1;
    const bytes = await files.readRange(file, start, endOf(last) - start, memory);
    for (const piece of pieces) {
      let row = first;
      for (let at = piece.indexIn(bytes, 0); at !== -1; at = piece.indexIn(bytes, at)) {
        while (row < last && (offsets[row + 1] ?? 0) <= start + at) row += 1;
        const isInside = start + at + piece.length <= endOf(row);
        if (isInside) yield row;
        at = isInside ? endOf(row) - start : at + 1;
      }
    }
    first = last + 1;
  }
}
