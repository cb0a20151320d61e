/** Bytes with the capital letters of ASCII made small; all others stay, so that UTF-8 stays what it is. */
const folded = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));

/**
 * Finds a text in UTF-8 bytes, case of ASCII letters ignored (Boyer-Moore-Horspool): about as many steps as there are bytes
 * divided by its length, and nothing is allocated.
 */
export class FoldedSearch {
  readonly #piece: Uint8Array;
  /** By the byte under the end of the piece: how far it may move. */
  readonly #skip: Int32Array;

  /** @param text not empty. */
  constructor(text: string) {
    this.#piece = Buffer.from(text).map((byte) => folded[byte] ?? byte);
    const last = this.#piece.length - 1;
    this.#skip = new Int32Array(256).fill(this.#piece.length);
    folded.forEach((small, byte) => {
      const at = this.#piece.lastIndexOf(small, last - 1);
      if (last > 0 && at !== -1) this.#skip[byte] = last - at;
    });
  }

  /** Bytes of what is looked for. */
  get length(): number {
    return this.#piece.length;
  }

  /** First place at `from` or behind it; -1 when there is none. */
  indexIn(bytes: Uint8Array, from: number): number {
    const piece = this.#piece;
    const last = piece.length - 1;
    for (let at = from; at + last < bytes.length; at += this.#skip[bytes[at + last] ?? 0] ?? 1) {
      let index = last;
      while (index >= 0 && folded[bytes[at + index] ?? 0] === piece[index]) index -= 1;
      if (index < 0) return at;
    }
    return -1;
  }
}
