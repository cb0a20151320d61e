/**
 * Who judges what, without a server: rendezvous hashing (Thaler and Ravishankar 1998). Every window that knows the same
 * names finds the same labelers for a prompt; when one joins or leaves, only the prompts that were or become theirs move.
 */

/** Deals prompts to labelers. Names are compared composed (NFC); their order and repeats mean nothing. */
export class Assignment {
  readonly #seats: readonly { readonly labeler: string; readonly seed: number }[];

  /** @param overlap labelers a prompt, at least 1. */
  constructor(
    labelers: Iterable<string>,
    private readonly overlap: number,
  ) {
    const names = [...new Set([...labelers].map((name) => name.normalize('NFC')))].sort();
    this.#seats = names.map((labeler) => ({ labeler, seed: hashOf(labeler) }));
  }

  /** Those to whom a prompt falls, `overlap` of them or all there are, in the order in which they are asked. */
  labelersOf(promptId: string): string[] {
    const hash = hashOf(promptId);
    return this.#seats
      .map(({ labeler, seed }) => ({ labeler, weight: mixed(hash ^ seed) }))
      .sort((a, b) => b.weight - a.weight || (a.labeler < b.labeler ? -1 : 1))
      .slice(0, this.overlap)
      .map(({ labeler }) => labeler);
  }

  /** Whether a prompt falls to a labeler; to someone who is not among the names, none does. */
  isFor(promptId: string, labeler: string): boolean {
    const own = this.#seats.find((seat) => seat.labeler === labeler.normalize('NFC'));
    if (own === undefined) return false;
    if (this.#seats.length <= this.overlap) return true;
    const hash = hashOf(promptId);
    const weight = mixed(hash ^ own.seed);
    let nBefore = 0;
    for (const seat of this.#seats) {
      const other = mixed(hash ^ seat.seed);
      if (other > weight || (other === weight && seat.labeler < own.labeler)) nBefore += 1;
    }
    return nBefore < this.overlap;
  }
}

/** A number of 32 bits for a text and a seed, alike on every machine; for orders that look random and stay as they are. */
export const seededHash = (text: string, seed: string): number => mixed(hashOf(text) ^ hashOf(seed));

/** FNV-1a over UTF-16 code units, then mixed, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mixed(hash);
}

/** The finalizer of MurmurHash3 (Austin Appleby, public domain). */
function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
