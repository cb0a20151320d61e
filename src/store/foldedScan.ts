/**
 * Looks for texts in lines by the loops of foldedScan.wat: WebAssembly, which can look at 16 bytes at a time. What a way to
 * look is made of, in bytes, stands there.
 */
import { foldedScanProgram } from './foldedScanProgram.js';

/** Where the parts of a way lie. */
const [atFirst, atSecond, atLength, atBytes, atTexts] = [0, 4, 8, 12, 16] as const;
/** Bytes that the program looks at together. */
const lanes = 16;
const pageBytes = 64 * 1024;

interface Exports {
  readonly memory: WebAssembly.Memory;
  /** All but the number of lines are places in the memory. */
  readonly mark: (
    start: number,
    end: number,
    way: number,
    offsets: number,
    lengths: number,
    marks: number,
    n: number,
  ) => void;
}

let exported: Exports | undefined;

/** Where lines lie in bytes: one after the other, without what ends them. */
export interface Lines {
  /** The first is the place of the first byte: only differences count. */
  readonly offsets: Float64Array;
  /** Bytes. */
  readonly lengths: Uint32Array;
}

/** The lines, by their places, in which one of the ways finds a text. */
export function scan(ways: readonly Uint8Array[], bytes: Uint8Array, { offsets, lengths }: Lines): number[] {
  exported ??= new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(foldedScanProgram, 'base64')))
    .exports as unknown as Exports;
  const { memory, mark } = exported;
  const n = offsets.length;
  const [atLengths, atMarks, atWays] = [8 * n, 12 * n, 13 * n];
  const start = ways.reduce((sum, way) => sum + way.length, atWays);
  const end = start + bytes.length;
  // Up to 16 bytes behind are looked at, and what is found there is left out.
  const nMissing = end + lanes - memory.buffer.byteLength;
  if (nMissing > 0) memory.grow(Math.ceil(nMissing / pageBytes));
  const { buffer } = memory;
  new Float64Array(buffer, 0, n).set(offsets);
  new Uint32Array(buffer, atLengths, n).set(lengths);
  const marks = new Uint8Array(buffer, atMarks, n).fill(0);
  const target = new Uint8Array(buffer);
  target.set(bytes, start);
  let atWay = atWays;
  for (const way of ways) {
    target.set(way, atWay);
    mark(start, end, atWay, 0, atLengths, atMarks, n);
    atWay += way.length;
  }
  const found: number[] = [];
  for (let line = marks.indexOf(1); line !== -1; line = marks.indexOf(1, line + 1)) found.push(line);
  return found;
}

/** A way to look for texts, as the program above wants it. */
export function wayOf(texts: readonly Folded[], nCommon: number): Uint8Array {
  const [sample] = texts;
  if (sample === undefined || nCommon < 1)
    throw new RangeError('texts that begin with at least one byte are to be given');
  const [one, two] = rarest(sample.bytes.subarray(0, Math.min(nCommon, maxProbed)));
  const sizeBytes = texts.reduce((sum, { bytes }) => sum + 4 + 2 * bytes.length, atTexts + 4);
  const way = new Uint8Array(sizeBytes);
  const view = new DataView(way.buffer);
  view.setUint32(atFirst, one, true);
  view.setUint32(atSecond, two, true);
  view.setUint32(atLength, nCommon, true);
  way.set(
    [one, two].flatMap((place) => [sample.bytes[place] ?? 0, sample.masks[place] ?? 0]),
    atBytes,
  );
  let offset: number = atTexts;
  for (const { bytes, masks } of texts) {
    view.setUint32(offset, bytes.length, true);
    way.set(bytes, offset + 4);
    way.set(masks, offset + 4 + bytes.length);
    offset += 4 + 2 * bytes.length;
  }
  return way;
}

/** A text in small letters, case of ASCII letters ignored. */
export interface Folded {
  readonly bytes: Uint8Array;
  readonly masks: Uint8Array;
}

export function folded(text: string): Folded {
  const bytes = Uint8Array.from(Buffer.from(text), (byte) => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte));
  return { bytes, masks: bytes.map((byte) => (byte >= 0x61 && byte <= 0x7a ? 0x20 : 0)) };
}

/** Bytes of a beginning among which probes are looked for. */
const maxProbed = 64;

/** Of these the commonest in texts come first. */
const common = Buffer.from(' etaoinsrhldcum,".:f');

/** Places of the two bytes that are the least common in texts; the same place twice in a text of one byte. */
function rarest(bytes: Uint8Array): readonly [number, number] {
  const commonness = (byte: number): number => {
    const rank = common.indexOf(byte);
    return rank === -1 ? 0 : common.length - rank;
  };
  const places = [...bytes.keys()].sort((a, b) => commonness(bytes[a] ?? 0) - commonness(bytes[b] ?? 0));
  return [places[0] ?? 0, places[1] ?? places[0] ?? 0];
}
