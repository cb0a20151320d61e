const nHexDigits = 16;
/** Length of an id that is a letter and 16 hexadecimal digits, as we make them. */
export const ownIdLength = 1 + nHexDigits;

const hexValue = new Int8Array(256).fill(-1);
for (const [value, digit] of [...'0123456789abcdef'].entries()) hexValue[digit.charCodeAt(0)] = value;

/** 8 lower-case hexadecimal digits as a number of 32 bits; -1 where there are none. */
export function hexAt(bytes: Uint8Array, at: number): number {
  let value = 0;
  let isBad = 0;
  for (let index = at; index < at + 8; index += 1) {
    const digit = hexValue[bytes[index] ?? 0] ?? -1;
    isBad |= digit;
    value = (value << 4) | digit;
  }
  return isBad < 0 ? -1 : value >>> 0;
}

/** As `hexAt`, of a text. */
function bitsIn(text: string, at: number): number {
  let value = 0;
  let isBad = 0;
  for (let index = at; index < at + 8; index += 1) {
    const unit = text.charCodeAt(index);
    const digit = unit < 256 ? (hexValue[unit] ?? -1) : -1;
    isBad |= digit;
    value = (value << 4) | digit;
  }
  return isBad < 0 ? -1 : value >>> 0;
}

const hexDigits = Buffer.from('0123456789abcdef');

/**
 * Ids as numbers from 0, in the order in which they come: a million take 20 MB, where a map of strings takes ten times as
 * much. Ids of our own form are kept as the 64 bits that they are; any other is kept as its text.
 */
export class IdTable {
  /** Ids so far; the next one gets this number. */
  size = 0;
  #high = new Uint32Array(1024);
  #low = new Uint32Array(1024);
  /** Open addressing, a power of two; number + 1, 0 for free. At most half full. */
  #slots = new Int32Array(2048);
  /** The id that is being spelt: one text each, where joined pieces would stay in pieces. */
  readonly #text = Buffer.alloc(ownIdLength);
  /** Asked for last: the candidates of a prompt stand together. */
  #last = 0;
  readonly #others = new Map<string, number>();
  readonly #texts = new Map<number, string>();

  /** @param letter with which our own ids of this kind begin. */
  constructor(letter: 'p' | 'c' | 'j') {
    this.#text.write(letter);
  }

  /** The id's number, a new one for a new id. */
  numberOf(id: string): number {
    const own = this.#ownForm(id);
    if (own !== undefined) return this.numberOfBits(own[0], own[1]);
    const known = this.#others.get(id);
    if (known !== undefined) return known;
    const number = this.#next();
    this.#others.set(id, number);
    this.#texts.set(number, id);
    return number;
  }

  /** -1 for an id that is not there. */
  find(id: string): number {
    const own = this.#ownForm(id);
    return own === undefined ? (this.#others.get(id) ?? -1) : this.#findBits(own[0], own[1]);
  }

  /** Of an id of our own form, by its two halves. */
  numberOfBits(high: number, low: number): number {
    const last = this.#last;
    if (this.#low[last] === low && this.#high[last] === high && last < this.size && !this.#texts.has(last)) return last;
    const known = this.#findBits(high, low);
    if (known !== -1) return (this.#last = known);
    const number = this.#next();
    this.#high[number] = high;
    this.#low[number] = low;
    this.#place(number);
    return (this.#last = number);
  }

  /** Makes room for so many more, which spares the steps of growing. */
  reserve(n: number): void {
    const size = this.size + n;
    if (size > this.#high.length) {
      this.#high = grown(this.#high, 0, size);
      this.#low = grown(this.#low, 0, size);
    }
    this.#makeSlots(size * 2);
  }

  textOf(number: number): string {
    const text = this.#texts.get(number);
    if (text !== undefined) return text;
    this.#write(1, this.#high[number] ?? 0);
    this.#write(9, this.#low[number] ?? 0);
    return this.#text.toString('latin1');
  }

  #write(at: number, bits: number): void {
    for (let digit = 0; digit < 8; digit += 1)
      this.#text[at + digit] = hexDigits[(bits >>> (28 - 4 * digit)) & 15] ?? 0;
  }

  /** The two halves of an id of our own form. */
  bitsOf(number: number): readonly [high: number, low: number] | undefined {
    return this.#texts.has(number) ? undefined : [this.#high[number] ?? 0, this.#low[number] ?? 0];
  }

  #findBits(high: number, low: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const number = (this.#slots[slot] ?? 0) - 1;
      if (number === -1) return -1;
      if (this.#low[number] === low && this.#high[number] === high) return number;
    }
  }

  #next(): number {
    const number = this.size;
    this.size += 1;
    if (this.size > this.#high.length) {
      this.#high = grown(this.#high);
      this.#low = grown(this.#low);
    }
    this.#makeSlots(this.size * 2, number);
    return number;
  }

  /** @param n of them at least. @param nPlaced ids that have a place already. */
  #makeSlots(n: number, nPlaced = this.size): void {
    if (n <= this.#slots.length) return;
    let length = this.#slots.length;
    while (length < n) length *= 2;
    this.#slots = new Int32Array(length);
    for (let known = 0; known < nPlaced; known += 1) if (!this.#texts.has(known)) this.#place(known);
  }

  #place(number: number): void {
    const mask = this.#slots.length - 1;
    let slot = (this.#low[number] ?? 0) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = number + 1;
  }

  #ownForm(id: string): readonly [high: number, low: number] | undefined {
    if (id.length !== ownIdLength || id.charCodeAt(0) !== this.#text[0]) return undefined;
    const [high, low] = [bitsIn(id, 1), bitsIn(id, 9)];
    return high < 0 || low < 0 ? undefined : [high, low];
  }
}

type Column =
  | Uint8Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** A column with what was in it and room for more: at least twice as much. @param fill of the new places. */
export function grown<T extends Column>(column: T, fill?: number, atLeast?: number): T;
export function grown(column: Column, fill = 0, atLeast = 0): Column {
  const longer = emptyLike(column, Math.max(column.length * 2, atLeast));
  longer.set(column);
  if (fill !== 0) longer.fill(fill, column.length);
  return longer;
}

function emptyLike(column: Column, length: number): Column {
  if (column instanceof Uint8Array) return new Uint8Array(length);
  if (column instanceof Int32Array) return new Int32Array(length);
  if (column instanceof Uint32Array) return new Uint32Array(length);
  return column instanceof Uint16Array ? new Uint16Array(length) : new Float64Array(length);
}
