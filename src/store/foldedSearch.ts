/** First place at `from` or behind it, and where it ends; undefined when there is none. */
export type FindFrom = (from: number) => { readonly start: number; readonly end: number } | undefined;

/** Finds the first of several texts in UTF-8 bytes, case of ASCII letters ignored. */
export class FoldedSearch {
  readonly #pattern: RegExp;
  /** The one text, where it has no letters: then the bytes themselves are looked for. */
  readonly #exact: Buffer | undefined;

  /** Bytes of the one text: where a match ends tells then where it begins, and no match has to be made. */
  readonly #length: number | undefined;

  /** @param texts of which none is empty. */
  constructor(texts: readonly string[]) {
    const [only] = texts;
    this.#exact = only !== undefined && texts.length === 1 && !/[a-z]/i.test(only) ? Buffer.from(only) : undefined;
    this.#length = only !== undefined && texts.length === 1 ? Buffer.byteLength(only) : undefined;
    this.#pattern = new RegExp(texts.map(patternOf).join('|'), 'g');
  }

  /**
   * The engine's own searches: they skip through bytes several times faster than a loop here could. Its expressions want a
   * text, so the bytes become one of a character each (`latin1`).
   */
  over(bytes: Buffer): FindFrom {
    const exact = this.#exact;
    if (exact !== undefined)
      return (from) => {
        const start = from > bytes.length ? -1 : bytes.indexOf(exact, from);
        return start === -1 ? undefined : { start, end: start + exact.length };
      };
    const text = bytes.toString('latin1');
    const length = this.#length;
    if (length !== undefined)
      return (from) => {
        this.#pattern.lastIndex = from;
        if (!this.#pattern.test(text)) return undefined;
        const end = this.#pattern.lastIndex;
        return { start: end - length, end };
      };
    return (from) => {
      this.#pattern.lastIndex = from;
      const start = this.#pattern.exec(text)?.index;
      return start === undefined ? undefined : { start, end: this.#pattern.lastIndex };
    };
  }
}

/** Each letter in both cases; other bytes by their number, so that nothing in a text has a meaning of its own. */
const patternOf = (text: string): string =>
  Array.from(Buffer.from(text), (byte) => {
    const isLetter = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
    return isLetter ? `[${String.fromCharCode(byte & 0xdf, byte | 0x20)}]` : `\\x${byte.toString(16).padStart(2, '0')}`;
  }).join('');
