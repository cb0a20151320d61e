/** Draws from `[0, 1)`. The same seed gives the same numbers on every machine. */
export type Random = () => number;

/**
 * A seeded pseudo-random number generator: sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state, seeded by hashing.
 *
 * @param seed a number, or a text such as `split 7 p0123`.
 */
export function seededRandom(seed: number | string): Random {
  let [a, b, c, d] = cyrb128(String(seed));
  const next = (): number => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 12; round += 1) next();
  return next;
}

/** A shuffled copy (Fisher and Yates, in Durstenfeld's form). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const pool = [...items];
  const result: T[] = [];
  while (pool.length > 0) result.push(...pool.splice(Math.floor(random() * pool.length), 1));
  return result;
}

/** An integer of `[0, n)`. */
export const randomIndex = (n: number, random: Random): number => Math.floor(random() * n);

/**
 * Orders of n things, balanced for place and for what comes before (Williams 1949): over all rows every thing stands in
 * each place equally often, and each follows each other one equally often. n rows for even n, 2n for odd.
 *
 * @returns rows of indexes `[rows][n]`.
 */
export function williamsOrders(n: number): number[][] {
  if (n === 0) return [];
  const first = Array.from({ length: n }, (_, place) =>
    place === 0 ? 0 : place % 2 === 1 ? (place + 1) / 2 : n - place / 2,
  );
  const rows = Array.from({ length: n }, (_, row) => first.map((item) => (item + row) % n));
  return n % 2 === 0 ? rows : [...rows, ...rows.map((row) => row.toReversed())];
}

/** Four 32-bit words of a text, well mixed (cyrb128 by bryc, public domain). */
function cyrb128(text: string): [number, number, number, number] {
  let [a, b, c, d] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    a = b ^ Math.imul(a ^ code, 597399067);
    b = c ^ Math.imul(b ^ code, 2869860233);
    c = d ^ Math.imul(c ^ code, 951274213);
    d = a ^ Math.imul(d ^ code, 2716044179);
  }
  a = Math.imul(c ^ (a >>> 18), 597399067);
  b = Math.imul(d ^ (b >>> 22), 2869860233);
  c = Math.imul(a ^ (c >>> 17), 951274213);
  d = Math.imul(b ^ (d >>> 19), 2716044179);
  return [a ^ b ^ c ^ d, b ^ a, c ^ a, d ^ a];
}
