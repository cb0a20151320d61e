/**
 * The inner loops of a search, as WebAssembly: they look at 16 bytes at a time, which neither the engine's expressions nor a
 * loop of ours can, and are as fast in the first search as in the tenth. The few instructions are put together here from
 * their numbers in the specification (WebAssembly Core 2.0, chapter 5.4), so that no tool is needed to build them.
 *
 * A way to look for texts that begin alike, in the memory, all numbers little-endian:
 *
 *      0  where in the common beginning its first probe lies, 4 bytes
 *      4  where its second probe lies, 4 bytes
 *      8  length of the common beginning, 4 bytes, at least 1
 *     12  byte of the first probe, its mask, byte of the second probe, its mask
 *     16  the texts, each: its length (4 bytes), its bytes, their masks; then a length of 0
 *
 * A byte of the memory is equal to one of a text when it is so after `| mask`: 0x20 for a small letter, else 0.
 */

type Code = readonly number[];

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ;) {
    const low = left & 0x7f;
    left >>>= 7;
    bytes.push(left === 0 ? low : low | 0x80);
    if (left === 0) return bytes;
  }
}

/** Signed LEB128. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ;) {
    const low = left & 0x7f;
    left >>= 7;
    const isLast = left === ((low & 0x40) === 0 ? 0 : -1);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return bytes;
  }
}

const op =
  (...opcode: number[]) =>
  (...operands: Code[]): Code => [...operands.flat(), ...opcode];
/** Vector instructions; those that load are followed by an alignment and an offset. */
const vector = (number: number, ...rest: number[]) => op(0xfd, ...unsigned(number), ...rest);

const [equal, notEqual, isZero, below, above, add, minus, and, or, lowestBit] = [
  op(0x46),
  op(0x47),
  op(0x45),
  op(0x48),
  op(0x4a),
  op(0x6a),
  op(0x6b),
  op(0x71),
  op(0x72),
  op(0x68),
];
const [shiftedLeft, minusFloats, whole] = [op(0x74), op(0xa1), op(0xfc, 2)];
const number = (value: number): Code => [0x41, ...signed(value)];
const get = (local: number): Code => [0x20, ...unsigned(local)];
const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
const byteAt = (address: Code, offset = 0): Code => [...address, 0x2d, 0, ...unsigned(offset)];
const numberAt = (address: Code, offset = 0): Code => [...address, 0x28, 0, ...unsigned(offset)];
const floatAt = (address: Code): Code => [...address, 0x2b, 0, 0];
const setByteAt = (address: Code, value: Code): Code => [...address, ...value, 0x3a, 0, 0];
const call = (callee: number, ...values: Code[]): Code => [...values.flat(), 0x10, callee];
const load16 = vector(0, 0, 0);
const spread = (address: Code, offset: number): Code => vector(7, 0, ...unsigned(offset))(address);
const [equal16, and16, or16, bits16] = [vector(35), vector(78), vector(80), vector(100)];

/** A `leave` goes to the end of the n-th block or loop around it; `repeat` to the start of a loop. */
const block = (...body: Code[]): Code => [0x02, 0x40, ...body.flat(), 0x0b];
const loop = (...body: Code[]): Code => [0x03, 0x40, ...body.flat(), 0x0b];
const when = (condition: Code, ...body: Code[]): Code => [...condition, 0x04, 0x40, ...body.flat(), 0x0b];
const leaveWhen = (condition: Code, depth: number): Code => [...condition, 0x0d, depth];
const repeat = (depth = 0): Code => [0x0c, depth];
const giveBack = (value: Code = []): Code => [...value, 0x0f];

const none = -1;
const lanes = 16;
const [atFirst, atSecond, atLength, atBytes, atTexts] = [0, 4, 8, 12, 16] as const;

/** `find(from, end, way)`: the first place in `[from, end)` where a text of the way begins; -1 for none. */
function findCode(): Code {
  const [from, end, way, last, hits, at, text, length, index] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
  const [first, firstMask, second, secondMask] = [9, 10, 11, 12] as const;
  /** Which of 16 bytes, one of them for each place at which a text could begin, are as a probe wants them. */
  const meets = (offset: number, expected: number, mask: number): Code =>
    equal16(or16(load16(add(get(from), numberAt(get(way), offset))), get(mask)), get(expected));
  const isOther = notEqual(
    or(byteAt(add(get(at), get(index))), byteAt(add(add(get(text), get(index)), get(length)), 4)),
    byteAt(add(get(text), get(index)), 4),
  );
  return [
    set(last, minus(get(end), numberAt(get(way), atLength))),
    set(first, spread(get(way), atBytes)),
    set(firstMask, spread(get(way), atBytes + 1)),
    set(second, spread(get(way), atBytes + 2)),
    set(secondMask, spread(get(way), atBytes + 3)),
    loop(
      when(above(get(from), get(last)), giveBack(number(none))),
      set(hits, bits16(and16(meets(atFirst, first, firstMask), meets(atSecond, second, secondMask)))),
      block(
        loop(
          leaveWhen(isZero(get(hits)), 1),
          set(at, add(get(from), lowestBit(get(hits)))),
          when(above(get(at), get(last)), giveBack(number(none))),
          set(hits, and(get(hits), minus(get(hits), number(1)))),
          set(text, add(get(way), number(atTexts))),
          loop(
            set(length, numberAt(get(text))),
            when(
              get(length),
              block(
                leaveWhen(above(add(get(at), get(length)), get(end)), 0),
                set(index, number(0)),
                loop(
                  when(equal(get(index), get(length)), giveBack(get(at))),
                  leaveWhen(isOther, 1),
                  set(index, add(get(index), number(1))),
                  repeat(),
                ),
              ),
              set(text, add(add(get(text), number(4)), add(get(length), get(length)))),
              repeat(1),
            ),
          ),
          repeat(),
        ),
      ),
      set(from, add(get(from), number(lanes))),
      repeat(),
    ),
    number(none),
  ].flat();
}

/**
 * `mark(start, end, way, offsets, lengths, marks, n)`: writes 1 to the marks of the lines in which `find` finds something.
 * Line `i` is `lengths[i]` bytes from `start + offsets[i] - offsets[0]` on; between two lines may be what is in none.
 */
function markCode(): Code {
  const [start, end, way, offsets, lengths, marks, n, from, at, line, lineEnd] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ] as const;
  const offsetOf = (index: Code): Code => floatAt(add(get(offsets), shiftedLeft(index, number(3))));
  const startOf = (index: Code): Code => add(get(start), whole(minusFloats(offsetOf(index), floatAt(get(offsets)))));
  const next = add(get(line), number(1));
  return [
    set(from, get(start)),
    loop(
      set(at, call(0, get(from), get(end), get(way))),
      when(equal(get(at), number(none)), giveBack()),
      block(
        loop(
          leaveWhen(isZero(below(next, get(n))), 1),
          leaveWhen(above(startOf(next), get(at)), 1),
          set(line, next),
          repeat(),
        ),
      ),
      set(lineEnd, add(startOf(get(line)), numberAt(add(get(lengths), shiftedLeft(get(line), number(2)))))),
      set(from, add(get(at), number(1))),
      when(below(get(at), get(lineEnd)), setByteAt(add(get(marks), get(line)), number(1)), set(from, get(lineEnd))),
      repeat(),
    ),
  ].flat();
}

const [i32, v128] = [0x7f, 0x7b] as const;
const section = (id: number, ...body: Code[]): Code => [id, ...unsigned(body.flat().length), ...body.flat()];
const name = (value: string): Code => [value.length, ...Buffer.from(value)];
const sized = (body: Code): Code => [...unsigned(body.length), ...body];
const type = (nParameters: number, results: Code): Code => [
  0x60,
  nParameters,
  ...Array.from({ length: nParameters }, () => i32),
  ...[results.length, ...results],
];

const makeModule = (): WebAssembly.Module =>
  new WebAssembly.Module(
    Uint8Array.from([
      ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, [2], type(3, [i32]), type(7, [])),
      ...section(3, [2, 0, 1]),
      ...section(5, [1, 0, 1]), // a memory of one page
      ...section(7, [2], name('memory'), [2, 0], name('mark'), [0, 1]),
      ...section(10, [2], sized([2, 6, i32, 4, v128, ...findCode(), 0x0b]), sized([1, 4, i32, ...markCode(), 0x0b])),
    ]),
  );

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
  exported ??= new WebAssembly.Instance(makeModule()).exports as unknown as Exports;
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
