import { clusteredShare, coefficientInterval, sumsOf, type BootstrapOptions, type Figure } from './figure.js';
import { domainOf, type Unit } from './krippendorff.js';

/** How much a disagreement weighs by the steps between two values: all the same, the steps, or their square. */
export type KappaWeights = 'none' | 'linear' | 'quadratic';
/** What two labelers said of one thing. */
export type ValuePair = readonly [number, number];

/**
 * Cohen's kappa of two labelers (1960; weighted 1968): 1 is perfect agreement, 0 what chance gives.
 *
 * @returns undefined without pairs, or when both always said the same one value.
 */
export function cohenKappa(pairs: readonly ValuePair[], weights: KappaWeights = 'none'): number | undefined {
  const domain = domainOf(pairs);
  return kappaOf(tableOf(pairs, domain), domain.length, weights);
}

/** The same with a bootstrap interval over prompts; `n` counts the pairs. */
export function cohenFigure(
  clusters: readonly (readonly ValuePair[])[],
  weights: KappaWeights = 'none',
  options: BootstrapOptions = {},
): Figure | undefined {
  const domain = domainOf(clusters.flat());
  const tables = clusters.filter((pairs) => pairs.length > 0).map((pairs) => tableOf(pairs, domain));
  const figureOf = (sums: readonly number[]): number | undefined => kappaOf(sums, domain.length, weights);
  const value = figureOf(sumsOf(tables));
  if (value === undefined) return undefined;
  return { value, ...coefficientInterval(tables, figureOf, options), n: clusters.flat().length };
}

/**
 * Fleiss' kappa (1971) of any number of labelers, the same number for each thing, not always the same people.
 *
 * @returns undefined when the units differ in their number of values or have fewer than two, or all values are the same.
 */
export function fleissKappa(units: readonly Unit[]): number | undefined {
  const nLabelers = units[0]?.length ?? 0;
  if (nLabelers < 2 || units.some((unit) => unit.length !== nLabelers)) return undefined;
  const domain = domainOf(units);
  return fleissOf(fleissCounts(units, domain), nLabelers);
}

/** The same with a bootstrap interval over prompts; units with another number of values are left out. `n` counts units. */
export function fleissFigure(
  clusters: readonly (readonly Unit[])[],
  nLabelers: number,
  options: BootstrapOptions = {},
): Figure | undefined {
  const fitting = clusters
    .map((units) => units.filter((unit) => unit.length === nLabelers))
    .filter((units) => units.length > 0);
  const domain = domainOf(fitting.flat());
  const counts = fitting.map((units) => fleissCounts(units, domain));
  const figureOf = (sums: readonly number[]): number | undefined => fleissOf(sums, nLabelers);
  const value = nLabelers < 2 ? undefined : figureOf(sumsOf(counts));
  if (value === undefined) return undefined;
  return { value, ...coefficientInterval(counts, figureOf, options), n: fitting.flat().length };
}

/** The share of pairs of labelers who said the same of the same thing; `n` counts pairs. Not corrected for chance. */
export const percentAgreement = (
  clusters: readonly (readonly Unit[])[],
  options: BootstrapOptions = {},
): Figure | undefined =>
  clusteredShare(
    clusters.map((units) => {
      let [nEqual, nPairs] = [0, 0];
      for (const unit of units)
        for (const [index, value] of unit.entries())
          for (let place = index + 1; place < unit.length; place += 1) {
            nPairs += 1;
            if (unit[place] === value) nEqual += 1;
          }
      return [nEqual, nPairs];
    }),
    options,
  );

/** How often the first said this and the second that: `[values * values]`, row by row. */
function tableOf(pairs: readonly ValuePair[], domain: readonly number[]): number[] {
  const table = new Array<number>(domain.length ** 2).fill(0);
  for (const [one, other] of pairs) {
    const at = domain.indexOf(one) * domain.length + domain.indexOf(other);
    table[at] = (table[at] ?? 0) + 1;
  }
  return table;
}

function kappaOf(table: readonly number[], size: number, weights: KappaWeights): number | undefined {
  const at = (row: number, column: number): number => table[row * size + column] ?? 0;
  const indexes = Array.from({ length: size }, (_, index) => index);
  const rows = indexes.map((row) => indexes.reduce((sum, column) => sum + at(row, column), 0));
  const columns = indexes.map((column) => indexes.reduce((sum, row) => sum + at(row, column), 0));
  const n = rows.reduce((sum, count) => sum + count, 0);
  let observed = 0;
  let expected = 0;
  for (const row of indexes)
    for (const column of indexes) {
      const steps = Math.abs(row - column);
      const weight = weights === 'none' ? Math.min(1, steps) : weights === 'linear' ? steps : steps ** 2;
      observed += weight * at(row, column);
      expected += (weight * (rows[row] ?? 0) * (columns[column] ?? 0)) / n;
    }
  return n === 0 || expected === 0 ? undefined : 1 - observed / expected;
}

/** Of a cluster: units, sum of their agreement, and how often each value was said. */
function fleissCounts(units: readonly Unit[], domain: readonly number[]): number[] {
  const counts = new Array<number>(domain.length).fill(0);
  let agreement = 0;
  for (const unit of units) {
    const said = domain.map((value) => unit.filter((other) => other === value).length);
    said.forEach((count, index) => (counts[index] = (counts[index] ?? 0) + count));
    agreement += said.reduce((sum, count) => sum + count * (count - 1), 0) / (unit.length * (unit.length - 1));
  }
  return [units.length, agreement, ...counts];
}

function fleissOf([nUnits = 0, agreement = 0, ...counts]: readonly number[], nLabelers: number): number | undefined {
  if (nUnits === 0) return undefined;
  const expected = counts.reduce((sum, count) => sum + (count / (nUnits * nLabelers)) ** 2, 0);
  // One value alone: what is left of 1 is rounding.
  return counts.filter((count) => count > 0).length < 2 ? undefined : (agreement / nUnits - expected) / (1 - expected);
}
