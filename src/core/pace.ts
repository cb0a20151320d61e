import { bootstrapInterval, quantile, type BootstrapOptions, type Figure } from './figure.js';
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
