import { z } from 'zod';
import { JudgementId, PromptId } from './ids.js';
import { checkJudgement, Labeler, said, saidOfCandidates, saysOfAnswers, type Judgement } from './judgement.js';

/**
 * The right answer to a prompt, against which labelers are measured; never sent to a page, part of no data set. It stands in
 * the journals of judgements, the last row of a prompt counts, and one that says nothing takes the gold away. Names candidates
 * only. Loose: fields of a newer version survive a round trip.
 */
export const Gold = z.looseObject({
  id: JudgementId,
  promptId: PromptId,
  /** Who made it so. */
  labeler: Labeler,
  /** ISO 8601, UTC. */
  at: z.iso.datetime(),
  status: z.literal('gold'),
  /** The judgement that it was made of. */
  from: JudgementId.optional(),
  ...saidOfCandidates,
  shown: said.shown,
});
export type Gold = z.infer<typeof Gold>;

export const isGold = (row: Judgement | Gold): row is Gold => row.status === 'gold';

/** What makes a gold unusable for its prompt, as a sentence; undefined when it is fine. */
export function checkGold(gold: Gold, candidateIds: ReadonlySet<string>): string | undefined {
  const { status: _, ...fields } = gold;
  const problem = checkJudgement({ ...fields, status: 'submitted', corrections: [] }, candidateIds);
  if (problem !== undefined) return problem;
  return saysOfAnswers(gold)
    ? undefined
    : 'a gold needs a ranking, a best answer, a strength, ratings, steps or thumbs';
}

/** The gold that a judgement makes, as far as it speaks of candidates: what the labeler wrote has no place in it. */
export function goldOfJudgement(
  judgement: Judgement,
  candidateIds: ReadonlySet<string>,
  { id, labeler, at }: Pick<Gold, 'id' | 'labeler' | 'at'>,
): Gold {
  const { promptId, ranking = [], line, best, shown, ...rest } = judgement;
  const kept = ranking.map((tier) => tier.filter((each) => candidateIds.has(each)));
  const tiers = kept.filter((tier) => tier.length > 0);
  const order = shown?.order.filter((each) => candidateIds.has(each));
  const of = <Value>(members: Readonly<Record<string, Value>> | undefined): Record<string, Value> | undefined => {
    const known = Object.entries(members ?? {}).filter(([each]) => candidateIds.has(each));
    return known.length === 0 ? undefined : Object.fromEntries(known);
  };
  return Gold.parse({
    id,
    promptId,
    labeler,
    at,
    status: 'gold',
    from: judgement.id,
    mode: rest.mode,
    ...(tiers.length === 0 ? {} : { ranking: tiers }),
    // Tiers of answers that the labeler wrote are gone: the line stays between the same candidates.
    ...(line === undefined ? {} : { line: kept.slice(0, line).filter((tier) => tier.length > 0).length }),
    leftOut: rest.leftOut?.filter((each) => candidateIds.has(each)),
    ...(best !== undefined && candidateIds.has(best) ? { best } : {}),
    strength: rest.strength,
    ratings: of(rest.ratings),
    steps: of(rest.steps),
    thumbs: of(rest.thumbs),
    flags: of(rest.flags),
    ...(order === undefined ? {} : { shown: { order } }),
  });
}
