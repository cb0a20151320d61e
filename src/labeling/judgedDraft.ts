import type { Judgement } from '../core/index.js';
import { emptyDraft, type JudgementDraft } from '../protocol.js';

/** The fields of a draft that a judgement keeps; empty ones are left out of the journal. */
export function saidIn(draft: JudgementDraft): Partial<JudgementDraft> {
  const { mode, ranking, line, leftOut, best, strength, flags, promptFlags, corrections, rationale } = draft;
  const flagged = Object.entries(flags ?? {}).filter(([, ids]) => ids.length > 0);
  const marked = Object.entries(draft.spans ?? {}).filter(([, spans]) => spans.length > 0);
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(ranking.length === 0 ? {} : { ranking }),
    ...(line === undefined ? {} : { line }),
    ...(leftOut === undefined || leftOut.length === 0 ? {} : { leftOut }),
    ...(best === undefined ? {} : { best }),
    ...(strength === undefined ? {} : { strength }),
    ...(isFilled(draft.ratings) && { ratings: draft.ratings }),
    ...(isFilled(draft.steps) && { steps: draft.steps }),
    ...(isFilled(draft.thumbs) && { thumbs: draft.thumbs }),
    ...(flagged.length === 0 ? {} : { flags: Object.fromEntries(flagged) }),
    ...(marked.length === 0 ? {} : { spans: Object.fromEntries(marked) }),
    ...(promptFlags === undefined || promptFlags.length === 0 ? {} : { promptFlags }),
    ...(corrections === undefined || corrections.length === 0 ? {} : { corrections }),
    ...(rationale === undefined || rationale.trim() === '' ? {} : { rationale }),
  };
}

const isFilled = <Of>(of: Readonly<Record<string, Of>> | undefined): of is Readonly<Record<string, Of>> =>
  of !== undefined && Object.keys(of).length > 0;

/** A judgement as the draft that it was. */
export const draftIn = (judgement: Judgement): JudgementDraft => ({
  ...emptyDraft,
  ...saidIn({ ...judgement, ranking: judgement.ranking ?? [] }),
});
