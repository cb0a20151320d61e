import { folded, scan, wayOf, type Folded, type Lines } from './foldedScan.js';

/** Texts with so many bytes in common at their beginning are looked for together. */
const minCommon = 2;

/** Finds texts in lines of UTF-8, case of ASCII letters ignored. */
export class FoldedSearch {
  readonly #ways: readonly Uint8Array[];

  /** @param texts of which none is empty or holds a line break. */
  constructor(texts: readonly string[]) {
    this.#ways = alike(texts.map(folded)).map(({ texts, nCommon }) => wayOf(texts, nCommon));
  }

  /** Places, among the lines, of those in which a text stands; in their order. */
  linesWith(bytes: Uint8Array, lines: Lines): number[] {
    return scan(this.#ways, bytes, lines);
  }

  isIn(line: Uint8Array): boolean {
    const lines = { offsets: Float64Array.of(0), lengths: Uint32Array.of(line.length) };
    return this.linesWith(line, lines).length > 0;
  }
}

/**
 * Looks for something in nothing until the engine compiles the loops well, which it does in another thread and only for what
 * has run for a while: a first search would be over by then, at a tenth of the speed.
 */
export async function warmUp(pause: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const search = new FoldedSearch(['warm']);
  const nothing = new Uint8Array(256 * 1024);
  for (let part = 0; part < 8 && !signal.aborted; part += 1) {
    search.isIn(nothing);
    await pause();
  }
}

interface Alike {
  readonly texts: Folded[];
  /** Bytes with which all of them begin. */
  nCommon: number;
}

function alike(texts: readonly Folded[]): readonly Alike[] {
  const groups: Alike[] = [];
  for (const text of texts) {
    const nCommonWith = ({ texts: [first], nCommon }: Alike): number => {
      const differs = (byte: number, index: number) => index >= nCommon || byte !== first?.bytes[index];
      const place = text.bytes.findIndex(differs);
      return place === -1 ? text.bytes.length : place;
    };
    const group = groups.find((each) => nCommonWith(each) >= minCommon);
    if (group === undefined) groups.push({ texts: [text], nCommon: text.bytes.length });
    else {
      group.nCommon = nCommonWith(group);
      group.texts.push(text);
    }
  }
  return groups;
}
