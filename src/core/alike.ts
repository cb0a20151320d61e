import type { Candidate } from './candidate.js';
import type { CandidateId } from './ids.js';
import { ranksOf, tiersOf, type SaidOfAnswers } from './judgedPrompt.js';
import type { Judgement } from './judgement.js';
import type { Attribute } from './rubric.js';

/** Of two things that can be said alike or not: how many were, and how many both spoke of. */
export type Alike = readonly [nEqual: number, nCompared: number];

/** -1 where the first is better, 0 for a tie, 1. */
export const outcome = (ranks: ReadonlyMap<CandidateId, number>, a: CandidateId, b: CandidateId): number =>
  Math.sign((ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));

/** Of the answers that both ranked: pairs with the same outcome, and all. */
export function equalOutcomes(one: ReadonlyMap<CandidateId, number>, other: ReadonlyMap<CandidateId, number>): Alike {
  const common = [...one.keys()].filter((id) => other.has(id));
  const equal = common.flatMap((a, place) =>
    common.slice(place + 1).map((b) => outcome(one, a, b) === outcome(other, a, b)),
  );
  return [equal.filter(Boolean).length, equal.length];
}

type Comparable = SaidOfAnswers & Pick<Judgement, 'thumbs' | 'steps'>;

/**
 * What two judgements of one prompt say alike: of every two answers which is better or that they are tied, of each answer
 * whether it is good, of each step that both cut alike its label.
 */
export function alike(
  one: Comparable,
  other: Comparable,
  candidates: readonly Candidate[],
  rubric: readonly Attribute[],
): Alike {
  const [first, second] = [one, other].map((each) => ranksOf(tiersOf(each, candidates, 'allow', rubric)));
  const pairs = equalOutcomes(first ?? new Map(), second ?? new Map());
  const values = [...valuesOfBoth(one.thumbs ?? {}, other.thumbs ?? {}), ...valuesOfBoth(stepsOf(one), stepsOf(other))];
  return [pairs[0] + values.filter(([a, b]) => a === b).length, pairs[1] + values.length];
}

const valuesOfBoth = <Value>(
  one: Readonly<Record<string, Value>>,
  other: Readonly<Record<string, Value>>,
): (readonly [Value, Value])[] =>
  Object.entries(one).flatMap(([key, value]) => {
    const same = Object.hasOwn(other, key) ? other[key] : undefined;
    return same === undefined ? [] : [[value, same] as const];
  });

const stepsOf = ({ steps = {} }: Pick<Judgement, 'steps'>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(steps).flatMap(([id, list]) =>
      list.map(({ text, label }, index) => [JSON.stringify([id, index, text]), label] as const),
    ),
  );
