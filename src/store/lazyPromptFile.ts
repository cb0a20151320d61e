import { maxJsonLineBytes, type Problem } from '../core/index.js';
import { readChunks } from './fileBytes.js';
import type { FileSystem } from './fileSystem.js';
import type { FoldedSearch } from './foldedSearch.js';
import { grown, hexAt, ownIdLength, type IdTable } from './idTable.js';
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
/** A search is so fast that opening and closing the file for each piece counts. */
const searchBytes = 2 * chunkBytes;
/** Work between two pauses, milliseconds. */
const sliceMs = 8;
/** Room is made for lines of about this size. */
const usualLineBytes = 300;
const newline = 0x0a;
const carriageReturn = 0x0d;
const opening = Buffer.from('{"id":"p');
const afterId = Buffer.from('","messages":[');

/** Undefined when a line is too long to be held: the file is then read as any other. */
export async function scanPrompts(options: ScanOptions): Promise<ScannedPrompts | undefined> {
  const { files, file, sizeBytes, numbers, lineOf, by, pause, signal } = options;
  const found = new PlacesFound(sizeBytes);
  const problems: Problem[] = [];
  let nUnchecked = 0;
  let line = 0;
  let rest: Uint8Array = new Uint8Array();
  /** Of the beginning of `rest`. */
  let offset = 0;
  let sliceEnd = performance.now() + sliceMs;
  numbers.reserve(Math.floor(sizeBytes / usualLineBytes));

  const take = (bytes: Uint8Array, start: number, end: number): void => {
    line += 1;
    const length = end > start && bytes[end - 1] === carriageReturn ? end - 1 - start : end - start;
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
    found.add(number, offset, length, line);
  };

  for await (const chunk of readChunks({ files, file, start: 0, end: sizeBytes, chunkBytes })) {
    signal.throwIfAborted();
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      const length = rest.length + end - start;
      if (length > maxJsonLineBytes) return undefined;
      if (rest.length === 0) take(chunk, start, end);
      else take(Buffer.concat([rest, chunk.subarray(start, end)]), 0, length);
      if (rest.length > 0) rest = new Uint8Array();
      offset += length + 1;
      start = end + 1;
      if (performance.now() < sliceEnd) continue;
      await pause();
      signal.throwIfAborted();
      sliceEnd = performance.now() + sliceMs;
    }
    // A copy: the memory of the chunk is used again.
    rest = Buffer.concat([rest, chunk.subarray(start)]);
    if (rest.length > maxJsonLineBytes) return undefined;
  }
  if (rest.length > 0) take(rest, 0, rest.length);
  return { places: found.places(), problems, nUnchecked };
}

/** Rows as they are found, the first of each id. */
class PlacesFound {
  #n = 0;
  #numbers: Int32Array<ArrayBuffer>;
  #offsets: Float64Array<ArrayBuffer>;
  #lengths: Uint32Array<ArrayBuffer>;
  #lines: Uint32Array<ArrayBuffer>;
  /** By number of the id: 1 where it was found. */
  #seen = new Uint8Array(1024);

  constructor(sizeBytes: number) {
    const n = Math.max(16, Math.floor(sizeBytes / usualLineBytes));
    this.#numbers = new Int32Array(n);
    this.#offsets = new Float64Array(n);
    this.#lengths = new Uint32Array(n);
    this.#lines = new Uint32Array(n);
  }

  add(number: number, offset: number, length: number, line: number): void {
    if (number >= this.#seen.length) this.#seen = grown(this.#seen, 0, number + 1);
    if (this.#seen[number] === 1) return;
    this.#seen[number] = 1;
    const row = this.#n;
    this.#n += 1;
    if (row === this.#numbers.length) {
      this.#numbers = grown(this.#numbers);
      this.#offsets = grown(this.#offsets);
      this.#lengths = grown(this.#lengths);
      this.#lines = grown(this.#lines);
    }
    this.#numbers[row] = number;
    this.#offsets[row] = offset;
    this.#lengths[row] = length;
    this.#lines[row] = line;
  }

  places(): PromptPlaces {
    return {
      numbers: this.#numbers.slice(0, this.#n),
      offsets: this.#offsets.slice(0, this.#n),
      lengths: this.#lengths.slice(0, this.#n),
      lines: this.#lines.slice(0, this.#n),
    };
  }
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
  readonly search: FoldedSearch;
  /** Whether a row counts in whose line something was found; all do by default. */
  readonly holds?: ((row: number, line: Uint8Array) => boolean) | undefined;
  /** Awaited often enough that nothing is blocked by `holds`. */
  readonly pause: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** Rows in whose line the search finds something, in their order. */
export async function* findRows(options: FindOptions): AsyncGenerator<readonly number[]> {
  const { files, file, places, search, holds, pause, signal } = options;
  const { offsets, lengths } = places;
  const n = offsets.length;
  const memory = [new Uint8Array(searchBytes), new Uint8Array(searchBytes)];
  const endOf = (row: number): number => (offsets[row] ?? 0) + (lengths[row] ?? 0);
  /** Whole lines from this row on, read into one half of the memory. */
  const readFrom = (first: number, part: number) => {
    const start = offsets[first] ?? 0;
    let end = first + 1;
    while (end < n && endOf(end) - start <= searchBytes) end += 1;
    const bytes = files.readRange(file, start, endOf(end - 1) - start, memory[part]);
    // Awaited in the next round; a failure before that is not to end the process.
    bytes.catch(() => undefined);
    return { first, end, bytes };
  };
  let next = n === 0 ? undefined : readFrom(0, 0);
  for (let part = 1; next !== undefined; part = 1 - part) {
    const { first, end, bytes } = next;
    const read = await bytes;
    signal.throwIfAborted();
    next = end < n ? readFrom(end, part) : undefined;
    const lines = { offsets: offsets.subarray(first, end), lengths: lengths.subarray(first, end) };
    const found = search.linesWith(read, lines).map((line) => first + line);
    if (holds === undefined) {
      yield found;
      continue;
    }
    let sliceEnd = performance.now() + sliceMs;
    for (const row of found) {
      const at = (offsets[row] ?? 0) - (offsets[first] ?? 0);
      if (holds(row, read.subarray(at, at + (lengths[row] ?? 0)))) yield [row];
      if (performance.now() < sliceEnd) continue;
      await pause();
      signal.throwIfAborted();
      sliceEnd = performance.now() + sliceMs;
    }
  }
}
