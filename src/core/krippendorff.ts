import { coefficientInterval, sumsOf, type BootstrapOptions, type Figure } from './figure.js';

/** What the distance of two values is: same or not, places between them, or their difference. */
export type Measurement = 'nominal' | 'ordinal' | 'interval';

/** What several labelers said of one thing; who said nothing is left out. */
export type Unit = readonly number[];

/**
 * Krippendorff's alpha: 1 is perfect agreement, 0 what chance gives, less is worse than chance. Takes any number of labelers
 * and missing values (Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011).
 *
 * @returns undefined when no unit has two values or all values are the same: then chance agrees always.
 */
export function krippendorffAlpha(units: readonly Unit[], measurement: Measurement): number | undefined {
  const domain = domainOf(units);
  return alphaOf(coincidencesOf(units, domain), domain, measurement);
}

/**
 * The same with a bootstrap interval over prompts.
 *
 * @param clusters the units of each prompt. `n` counts the units with at least two values.
 */
export function alphaFigure(
  clusters: readonly (readonly Unit[])[],
  measurement: Measurement,
  options: BootstrapOptions = {},
): Figure | undefined {
  const domain = domainOf(clusters.flat());
  const counts = clusters
    .filter((units) => units.some((unit) => unit.length > 1))
    .map((units) => coincidencesOf(units, domain));
  const figureOf = (sums: readonly number[]): number | undefined => alphaOf(sums, domain, measurement);
  const value = figureOf(sumsOf(counts));
  if (value === undefined) return undefined;
  return {
    value,
    ...coefficientInterval(counts, figureOf, options),
    n: clusters.flat().filter((unit) => unit.length > 1).length,
  };
}

/** The values that occur, ascending. */
export function domainOf(units: Iterable<Unit>): number[] {
  const domain = new Set<number>();
  for (const unit of units) for (const value of unit) domain.add(value);
  return [...domain].sort((a, b) => a - b);
}

/** How often two values were said of one unit, each pair in both orders: `[values * values]`, row by row. */
function coincidencesOf(units: readonly Unit[], domain: readonly number[]): number[] {
  const index = new Map(domain.map((value, at) => [value, at]));
  const counts = new Array<number>(domain.length ** 2).fill(0);
  for (const unit of units)
    unit.forEach((value, one) => {
      unit.forEach((other, two) => {
        if (one === two) return;
        const at = (index.get(value) ?? 0) * domain.length + (index.get(other) ?? 0);
        counts[at] = (counts[at] ?? 0) + 1 / (unit.length - 1);
      });
    });
  return counts;
}

function alphaOf(
  coincidences: readonly number[],
  domain: readonly number[],
  measurement: Measurement,
): number | undefined {
  const size = domain.length;
  const totals = domain.map((_, row) =>
    coincidences.slice(row * size, (row + 1) * size).reduce((sum, count) => sum + count, 0),
  );
  const n = totals.reduce((sum, count) => sum + count, 0);
  // Values below each one, and half of those equal to it: where it stands among all.
  let below = 0;
  const places = totals.map((count) => {
    below += count;
    return below - count / 2;
  });
  const distance = (one: number, other: number): number => {
    if (measurement === 'nominal') return one === other ? 0 : 1;
    const scale = measurement === 'ordinal' ? places : domain;
    return ((scale[one] ?? 0) - (scale[other] ?? 0)) ** 2;
  };
  let observed = 0;
  let expected = 0;
  for (let one = 0; one < size; one += 1)
    for (let other = 0; other < size; other += 1) {
      const far = distance(one, other);
      observed += (coincidences[one * size + other] ?? 0) * far;
      expected += (totals[one] ?? 0) * (totals[other] ?? 0) * far;
    }
  return expected === 0 ? undefined : 1 - ((n - 1) * observed) / expected;
}
