import {
  Candidate,
  CandidateId,
  Judgement,
  Prompt,
  type JudgedPrompt,
  type Judgement as JudgementType,
} from '../../../src/core/index.js';

/** What a labeler may say besides a ranking, in short. */
export interface Also {
  /** Correction to the answer that it corrects; null: written from nothing. Its text is `corrected <id>` unless given. */
  corrections?: Record<string, string | null>;
  texts?: Record<string, string>;
  flags?: Record<string, string[]>;
  leftOut?: string;
  best?: string;
  shown?: string;
  /** Minutes after midnight. */
  at?: number;
  /** Fields as they stand in a judgement. */
  with?: Record<string, unknown>;
  status?: 'draft' | 'submitted' | 'skipped' | 'discarded';
}

export const idsOf = (ids: string): CandidateId[] => [...ids].map((id) => CandidateId.parse(id));

/** `a > b = c | d`: tiers best first, `=` ties, `|` the good-enough line in place of a `>`. Empty: nothing ranked. */
export function tiersIn(ranking: string): { tiers: CandidateId[][]; line: number | undefined } {
  const sides = ranking.split('|').map((side) =>
    side
      .split('>')
      .map((tier) => tier.split('=').flatMap((id) => (id.trim() === '' ? [] : [CandidateId.parse(id.trim())])))
      .filter((tier) => tier.length > 0),
  );
  return { tiers: sides.flat(), line: sides.length > 1 ? sides[0]?.length : undefined };
}

/** One labeler's word on the prompt `p`. */
export function says(labeler: string, ranking: string, also: Also = {}, promptId = 'p'): JudgementType {
  const { tiers, line } = tiersIn(ranking);
  const minutes = also.at ?? 0;
  return Judgement.parse({
    id: `j-${promptId}-${labeler}-${minutes}`,
    promptId,
    labeler,
    at: new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString(),
    status: also.status ?? 'submitted',
    ...(tiers.length > 0 ? { ranking: tiers } : {}),
    ...(line === undefined ? {} : { line }),
    ...(also.leftOut === undefined ? {} : { leftOut: idsOf(also.leftOut) }),
    ...(also.best === undefined ? {} : { best: also.best }),
    ...(also.flags === undefined ? {} : { flags: also.flags }),
    ...(also.shown === undefined ? {} : { shown: { order: idsOf(also.shown) } }),
    ...(also.corrections === undefined
      ? {}
      : {
          corrections: Object.entries(also.corrections).map(([id, parent]) => ({
            id,
            text: also.texts?.[id] ?? `corrected ${id}`,
            ...(parent === null ? {} : { parent }),
          })),
        }),
    ...also.with,
  });
}

/** A prompt with the candidates `a`, `b`, … (text: `answer a`) and these judgements. */
export const judgedPrompt = (candidates: string, ...judgements: JudgementType[]): JudgedPrompt => ({
  prompt: Prompt.parse({ id: 'p', messages: [{ role: 'user', content: 'question' }] }),
  candidates: [...candidates].map((id) =>
    Candidate.parse({ id, promptId: 'p', text: `answer ${id}`, origin: 'model' }),
  ),
  judgements,
});
