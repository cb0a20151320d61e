import { bootstrapInterval, quantile, z95, type BootstrapOptions, type Figure } from './figure.js';
import type { Judgement } from './judgement.js';

/** Times of the submitted judgements that have one, milliseconds of active time. */
const timesOf = (judgements: Iterable<Judgement>): number[] =>
  [...judgements].flatMap(({ status, activeMs = 0 }) => (status === 'submitted' && activeMs > 0 ? [activeMs] : []));

/**
 * The median time of a judgement in milliseconds; the interval is the middle half (first to third quartile). `n` counts
 * judgements with a time.
 */
export function timePerPrompt(judgements: Iterable<Judgement>): Figure | undefined {
  const times = timesOf(judgements).sort((a, b) => a - b);
  if (times.length === 0) return undefined;
  return {
    value: quantile(times, 0.5),
    low: quantile(times, 0.25),
    high: quantile(times, 0.75),
    n: times.length,
  };
}

const msPerHour = 3_600_000;

/** Judgements an hour of active time, with a 95 % bootstrap interval over judgements; `n` counts those with a time. */
export function pacePerHour(judgements: Iterable<Judgement>, options: BootstrapOptions = {}): Figure | undefined {
  const times = timesOf(judgements);
  const total = times.reduce((sum, time) => sum + time, 0);
  if (times.length === 0) return undefined;
  const value = times.length / (total / msPerHour);
  const interval = bootstrapInterval(
    times.map((time) => [1, time]),
    ([n = 0, ms = 0]) => n / (ms / msPerHour),
    options,
  ) ?? { low: value, high: value };
  return { value, ...interval, n: times.length };
}

/** The median time of the judgements on prompts with so many words on the screen. */
export interface TimeByLength {
  /** At least this many words of answers on the screen, and less than `below`. */
  readonly from: number;
  /** Undefined for the last. */
  readonly below: number | undefined;
  /** Milliseconds of active time; `n` counts judgements. */
  readonly median: Figure;
}

const wordBounds = [0, 100, 200, 400, 800, 1600];

/**
 * Time against length: who reads takes longer where there is more to read. Judgements without a time, or of which it is not
 * known what was on the screen, don't count. The interval of a median lies between two order statistics (Conover, Practical
 * Nonparametric Statistics, 3rd ed., 1999, section 3.2), at the ends of all for few judgements.
 *
 * @returns lengths that occur, shortest first.
 */
export function timeByLength(judgements: Iterable<Judgement>): TimeByLength[] {
  const times: number[][] = wordBounds.map(() => []);
  for (const { status, activeMs = 0, shown } of judgements) {
    const nWords = Object.values(shown?.words ?? {}).reduce((sum, words) => sum + words, 0);
    if (status !== 'submitted' || activeMs <= 0 || nWords === 0) continue;
    times[wordBounds.findLastIndex((from) => nWords >= from)]?.push(activeMs);
  }
  return wordBounds.flatMap((from, index) => {
    const sorted = (times[index] ?? []).sort((a, b) => a - b);
    const n = sorted.length;
    if (n === 0) return [];
    // Ranks around n/2, 1-based, by the normal approximation of the binomial distribution.
    const half = (z95 * Math.sqrt(n)) / 2;
    const [low, high] = [Math.max(1, Math.floor(n / 2 - half)), Math.min(n, Math.ceil(n / 2 + half) + 1)];
    const median = { value: quantile(sorted, 0.5), low: sorted[low - 1] ?? 0, high: sorted[high - 1] ?? 0, n };
    return [{ from, below: wordBounds[index + 1], median }];
  });
}
