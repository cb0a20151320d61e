import { randomIndex, seededRandom } from './random.js';

/** A measured number, where it may really lie, and from how much it was measured. */
export interface Figure {
  readonly value: number;
  /** 95 % interval, both ends included, unless the figure says otherwise. */
  readonly low: number;
  readonly high: number;
  /** Things counted; what they are, the figure says. */
  readonly n: number;
}

/** The 97.5 % point of the normal distribution. */
export const z95 = 1.959963984540054;

/**
 * A share with Wilson's score interval (1927), which holds for few cases and for shares near 0 and 1 too.
 *
 * @returns undefined for `n` 0.
 */
export function wilson(nHits: number, n: number): Figure | undefined {
  if (n === 0) return undefined;
  const value = nHits / n;
  const middle = (value + (z95 * z95) / (2 * n)) / (1 + (z95 * z95) / n);
  const half = (z95 / (1 + (z95 * z95) / n)) * Math.sqrt((value * (1 - value)) / n + (z95 * z95) / (4 * n * n));
  return {
    value,
    low: Math.max(0, Math.min(value, middle - half)),
    high: Math.min(1, Math.max(value, middle + half)),
    n,
  };
}

/**
 * A quantile with linear interpolation (type 7 of Hyndman and Fan 1996, as R and NumPy have it).
 *
 * @param sorted ascending, not empty.
 * @param share 0 to 1.
 */
export function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? NaN;
  const above = sorted[Math.ceil(at)] ?? NaN;
  return below + (above - below) * (at - Math.floor(at));
}

export interface BootstrapOptions {
  /** The same seed gives the same interval. @default 0 */
  readonly seed?: number | string;
  /** @default 1000 */
  readonly nResamples?: number;
}

/**
 * More clusters are drawn in this many groups of members that chance brings together: the sum over a group varies as its
 * members do, so the interval stays the same and the time bounded.
 */
const maxGroups = 500;

/**
 * The middle 95 % of a figure over samples drawn with replacement (percentile bootstrap). What belongs together is drawn
 * together: the rows of one prompt are no independent cases.
 *
 * @param clusters counts of each prompt, all of the same length; a figure depends on their sums only.
 * @param figureOf undefined where the sums give no figure; such samples don't count.
 * @returns undefined when no sample gives one.
 */
export function bootstrapInterval(
  clusters: readonly (readonly number[])[],
  figureOf: (sums: readonly number[]) => number | undefined,
  { seed = 0, nResamples = 1000 }: BootstrapOptions = {},
): { readonly low: number; readonly high: number } | undefined {
  const width = clusters[0]?.length ?? 0;
  const random = seededRandom(seed);
  const groups = Array.from({ length: Math.min(maxGroups, clusters.length) }, () => new Float64Array(width));
  const order = clusters.map((_, index) => index);
  for (let left = order.length; left > 0 && clusters.length > maxGroups; left -= 1) {
    const at = randomIndex(left, random);
    [order[at], order[left - 1]] = [order[left - 1] ?? 0, order[at] ?? 0];
  }
  order.forEach((cluster, index) => addTo(groups[index % maxGroups], clusters[cluster]));
  const figures: number[] = [];
  for (let sample = 0; sample < nResamples; sample += 1) {
    const sums = new Float64Array(width);
    for (let draw = 0; draw < groups.length; draw += 1) addTo(sums, groups[randomIndex(groups.length, random)]);
    const figure = figureOf([...sums]);
    if (figure !== undefined) figures.push(figure);
  }
  if (figures.length === 0) return undefined;
  figures.sort((a, b) => a - b);
  return { low: quantile(figures, 0.025), high: quantile(figures, 0.975) };
}

/** Fewer prompts than this say nothing of how much a coefficient varies, though their samples may all be alike. */
const minClusters = 5;

/** The interval of a coefficient of agreement, which is at most 1: from -1 to 1, so anything, for fewer than five prompts. */
export function coefficientInterval(
  clusters: readonly (readonly number[])[],
  figureOf: (sums: readonly number[]) => number | undefined,
  options: BootstrapOptions,
): { readonly low: number; readonly high: number } {
  const interval = clusters.length < minClusters ? undefined : bootstrapInterval(clusters, figureOf, options);
  return interval ?? { low: -1, high: 1 };
}

/** Sums of the counts, column by column. */
export function sumsOf(clusters: readonly (readonly number[])[]): number[] {
  const sums = new Float64Array(clusters[0]?.length ?? 0);
  for (const counts of clusters) addTo(sums, counts);
  return [...sums];
}

function addTo(sums: Float64Array | undefined, counts: ArrayLike<number> | undefined): void {
  if (sums === undefined || counts === undefined) return;
  for (let at = 0; at < sums.length; at += 1) sums[at] = (sums[at] ?? 0) + (counts[at] ?? 0);
}

/**
 * A share of cases that come in clusters. The interval is the wider of Wilson's, which takes all cases for independent, and
 * the bootstrap's, which is too narrow for few clusters.
 *
 * @param clusters hits and cases of each prompt.
 * @returns undefined without cases; `n` counts cases.
 */
export function clusteredShare(
  clusters: readonly (readonly [nHits: number, n: number])[],
  options: BootstrapOptions = {},
): Figure | undefined {
  const counted = clusters.filter(([, n]) => n > 0);
  const [nHits = 0, nCases = 0] = sumsOf(counted);
  const alone = wilson(nHits, nCases);
  if (alone === undefined) return undefined;
  const together = bootstrapInterval(counted, ([hits = 0, n = 0]) => (n === 0 ? undefined : hits / n), options);
  return together === undefined
    ? alone
    : { ...alone, low: Math.min(alone.low, together.low), high: Math.max(alone.high, together.high) };
}
