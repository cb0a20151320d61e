import type { Candidate } from './candidate.js';
import type { CandidateId } from './ids.js';
import { currentJudgements, type Judgement } from './judgement.js';
import type { ProjectConfig } from './project.js';
import type { Prompt } from './prompt.js';

/** A prompt with all that is known of it: what preferences, labels and the ideal answer are derived from. */
export interface JudgedPrompt {
  readonly prompt: Prompt;
  readonly candidates: readonly Candidate[];
  /** Those that hold and were submitted, one a labeler, oldest first. */
  readonly judgements: readonly Judgement[];
}

/** @param rows all judgements on the prompt, oldest first. */
export function judgedPromptOf(
  prompt: Prompt,
  candidates: readonly Candidate[],
  rows: readonly Judgement[],
): JudgedPrompt {
  const judgements = currentJudgements(rows).filter((judgement) => judgement.status === 'submitted');
  return { prompt, candidates, judgements };
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

/**
 * The tiers that a judgement means, best first.
 *
 * - `best` leaves a tied first tier and stands alone before it.
 * - With `partial: 'last'`, the candidates that were shown and not placed are one tied last tier. Those left out on purpose
 *   are not among them, nor candidates that came after the judgement, nor corrections.
 *
 * Empty when nothing was ranked.
 */
export function tiersOf(
  judgement: Judgement,
  candidates: readonly Candidate[],
  partial: PartialRule,
): readonly (readonly CandidateId[])[] {
  const [first, ...lower] = judgement.ranking ?? [];
  if (first === undefined) return [];
  const { best } = judgement;
  const isBroken = best !== undefined && first.length > 1 && first.includes(best);
  const tiers = isBroken ? [[best], first.filter((id) => id !== best), ...lower] : [first, ...lower];
  if (partial !== 'last') return tiers;
  const spokenOf = new Set([...tiers.flat(), ...(judgement.leftOut ?? [])]);
  const shown = judgement.shown === undefined ? undefined : new Set(judgement.shown.order);
  const unplaced = candidates
    .map((candidate) => candidate.id)
    .filter((id) => !spokenOf.has(id) && (shown?.has(id) ?? true));
  return unplaced.length === 0 ? tiers : [...tiers, unplaced];
}

/** Index of the tier in which each answer stands, 0 is best. */
export const ranksOf = (tiers: readonly (readonly CandidateId[])[]): Map<CandidateId, number> =>
  new Map(tiers.flatMap((tier, rank) => tier.map((id) => [id, rank] as const)));
