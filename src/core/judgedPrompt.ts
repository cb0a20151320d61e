import type { Candidate } from './candidate.js';
import { CandidateId } from './ids.js';
import { currentJudgements, type Judgement } from './judgement.js';
import type { ProjectConfig } from './project.js';
import type { Prompt } from './prompt.js';
import { helpsteerRubric, type Attribute } from './rubric.js';

/** A prompt with all that is known of it: what preferences, labels and the ideal answer are derived from. */
export interface JudgedPrompt {
  readonly prompt: Prompt;
  readonly candidates: readonly Candidate[];
  /** Those that hold and were submitted, one a labeler, oldest first. */
  readonly judgements: readonly Judgement[];
  /** What ratings mean, where the project says so. */
  readonly rubric?: readonly Attribute[];
}

/** @param rows all judgements on the prompt, oldest first. */
export function judgedPromptOf(
  prompt: Prompt,
  candidates: readonly Candidate[],
  rows: readonly Judgement[],
  rubric: readonly Attribute[] = [],
): JudgedPrompt {
  const judgements = currentJudgements(rows).filter((judgement) => judgement.status === 'submitted');
  return { prompt, candidates, judgements, rubric };
}

/** What can stand in a data set: a candidate, or a correction that a labeler wrote. */
export interface Answer {
  readonly id: CandidateId;
  readonly text: string;
  /** The labeler who wrote it; undefined for a candidate. */
  readonly writtenBy: string | undefined;
  /** Name of the model that wrote it, where one did. */
  readonly model: string | undefined;
}

/** Every answer to a prompt by its id: the candidates in their order, then the corrections in the order of the judgements. */
export function answersOf({ candidates, judgements }: JudgedPrompt): Map<CandidateId, Answer> {
  const answers = new Map<CandidateId, Answer>();
  for (const { id, text, model } of candidates) answers.set(id, { id, text, writtenBy: undefined, model: model?.name });
  for (const { labeler, corrections } of judgements)
    for (const { id, text } of corrections ?? [])
      if (!answers.has(id)) answers.set(id, { id, text, writtenBy: labeler, model: undefined });
  return answers;
}

/** What becomes of candidates that a ranking does not place: nothing, or one tied last tier. */
export type PartialRule = ProjectConfig['partial'];

/** What of a judgement says which answer is better. */
export type SaidOfAnswers = Pick<Judgement, 'ranking' | 'best' | 'leftOut' | 'strength' | 'ratings' | 'shown'>;

/**
 * The tiers that a judgement means, best first: its ranking, or what stands for one where it has none.
 *
 * - `best` leaves a tied first tier and stands alone before it.
 * - With `partial: 'last'`, the candidates that were shown and not placed are one tied last tier. Those left out on purpose
 *   are not among them, nor candidates that came after the judgement, nor corrections.
 * - Without a ranking: the strength of a pair, else the best before all others that were shown, else the means of the
 *   ratings (`ratedMeans`), equal ones tied. Nothing is unplaced then.
 *
 * Empty when nothing of this was said.
 */
export function tiersOf(
  judgement: SaidOfAnswers,
  candidates: readonly Candidate[],
  partial: PartialRule,
  rubric: readonly Attribute[] = [],
): readonly (readonly CandidateId[])[] {
  const [first, ...lower] = judgement.ranking ?? [];
  if (first === undefined) return tiersWithoutRanking(judgement, candidates, rubric);
  const { best } = judgement;
  const isBroken = best !== undefined && first.length > 1 && first.includes(best);
  const tiers = isBroken ? [[best], first.filter((id) => id !== best), ...lower] : [first, ...lower];
  if (partial !== 'last') return tiers;
  const spokenOf = new Set([...tiers.flat(), ...(judgement.leftOut ?? [])]);
  const unplaced = shownOf(judgement, candidates).filter((id) => !spokenOf.has(id));
  return unplaced.length === 0 ? tiers : [...tiers, unplaced];
}

/** The candidates that a labeler saw, in the prompt's order. */
function shownOf(judgement: SaidOfAnswers, candidates: readonly Candidate[]): CandidateId[] {
  const shown = judgement.shown === undefined ? undefined : new Set(judgement.shown.order);
  return candidates.map(({ id }) => id).filter((id) => shown?.has(id) ?? true);
}

function tiersWithoutRanking(
  judgement: SaidOfAnswers,
  candidates: readonly Candidate[],
  rubric: readonly Attribute[],
): CandidateId[][] {
  const { best, strength, shown } = judgement;
  const [one, other] = shown?.order ?? [];
  if (strength !== undefined && one !== undefined && other !== undefined)
    return strength === 0 ? [[one, other]] : strength > 0 ? [[one], [other]] : [[other], [one]];
  if (best !== undefined) {
    const others = shownOf(judgement, candidates).filter((id) => id !== best && !judgement.leftOut?.includes(id));
    return others.length === 0 ? [[best]] : [[best], others];
  }
  const means = [...ratedMeans(judgement, rubric)].sort(([, a], [, b]) => b - a);
  const tiers: CandidateId[][] = [];
  means.forEach(([id, mean], index) => {
    const above = means[index - 1];
    if (above !== undefined && above[1] - mean < equalMeans) tiers.at(-1)?.push(id);
    else tiers.push([id]);
  });
  return tiers;
}

type Scale = Pick<Attribute, 'id' | 'min' | 'max' | 'weight'>;

/** Means that differ by less are equal: sums of thirds compare inexactly as floats. */
const equalMeans = 1e-9;

/**
 * The weighted mean of each rated answer's scores, in points from the bottom of the scales (from their top for a negative
 * weight; scales of different widths are brought to their mean width). An answer that lacks a score which another one of the
 * judgement has gets no mean: like is compared with like. Without a rubric HelpSteer's is taken if it has all that was rated,
 * else the plain mean of the scores. Empty when no attribute has weight.
 */
export function ratedMeans(judgement: SaidOfAnswers, rubric: readonly Attribute[]): Map<CandidateId, number> {
  const rated = Object.entries(judgement.ratings ?? {});
  const attributes = [...new Set(rated.flatMap(([, scores]) => Object.keys(scores)))];
  const isHelpsteer = attributes.every((attribute) => helpsteerRubric.some(({ id }) => id === attribute));
  const scales: readonly Scale[] =
    rubric.length > 0 ? rubric : isHelpsteer ? helpsteerRubric : attributes.map((id) => ({ id, min: 0, max: 1 }));
  const weighed = scales
    .map(({ id, min, max, weight = 1 }) => ({ id, min, max, weight }))
    .filter(({ id, weight }) => attributes.includes(id) && weight !== 0);
  const total = weighed.reduce((sum, { weight }) => sum + Math.abs(weight), 0);
  if (total === 0) return new Map();
  const width = weighed.reduce((sum, { min, max, weight }) => sum + Math.abs(weight) * (max - min), 0) / total;
  return new Map(
    rated.flatMap(([id, scores]) => {
      if (weighed.some((attribute) => scores[attribute.id] === undefined)) return [];
      const sum = weighed.reduce((soFar, { id: attribute, min, max, weight }) => {
        const share = ((scores[attribute] ?? min) - min) / (max - min);
        return soFar + Math.abs(weight) * (weight < 0 ? 1 - share : share);
      }, 0);
      return [[CandidateId.parse(id), (sum / total) * width] as const];
    }),
  );
}

/** Index of the tier in which each answer stands, 0 is best. */
export const ranksOf = (tiers: readonly (readonly CandidateId[])[]): Map<CandidateId, number> =>
  new Map(tiers.flatMap((tier, rank) => tier.map((id) => [id, rank] as const)));
