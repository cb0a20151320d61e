import type { Judgement } from '../core/index.js';
import { emptyDraft, type JudgementDraft } from '../protocol.js';

/** The fields of a draft that a judgement keeps; empty ones are left out of the journal. */
export function saidIn(draft: JudgementDraft): Partial<JudgementDraft> {
  const { ranking, line, leftOut, best, flags, corrections, rationale } = draft;
  const flagged = Object.entries(flags ?? {}).filter(([, ids]) => ids.length > 0);
  return {
    ...(ranking.length === 0 ? {} : { ranking }),
    ...(line === undefined ? {} : { line }),
    ...(leftOut === undefined || leftOut.length === 0 ? {} : { leftOut }),
    ...(best === undefined ? {} : { best }),
    ...(flagged.length === 0 ? {} : { flags: Object.fromEntries(flagged) }),
    ...(corrections === undefined || corrections.length === 0 ? {} : { corrections }),
    ...(rationale === undefined || rationale.trim() === '' ? {} : { rationale }),
  };
}

/** A judgement as the draft that it was. */
export const draftIn = (judgement: Judgement): JudgementDraft => ({
  ...emptyDraft,
  ...saidIn({ ...judgement, ranking: judgement.ranking ?? [] }),
});
