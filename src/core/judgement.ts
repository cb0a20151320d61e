import { z } from 'zod';
import { CandidateId, JudgementId, PromptId } from './ids.js';

/** One place of a ranking; several ids are tied. */
export const Tier = z.array(CandidateId).min(1);
/** Tiers, best first. */
export const Ranking = z.array(Tier);
export type Ranking = z.infer<typeof Ranking>;

/** An answer that the labeler wrote: an improved candidate, or one written from nothing (no parent). */
export const Correction = z.looseObject({
  /** What a ranking may name. */
  id: CandidateId,
  parent: CandidateId.optional(),
  text: z.string(),
});
export type Correction = z.infer<typeof Correction>;

/** What was on the screen when the labeler decided; for measuring bias afterwards. */
export const Shown = z.looseObject({
  /** Candidates by place on the screen, first is letter A. */
  order: z.array(CandidateId),
  /** Aids that were switched on, e.g. `source`. */
  aids: z.array(z.string()).optional(),
  /** Words of each answer that were on the screen when the judgement was submitted. */
  words: z.record(z.string(), z.int().min(0)).optional(),
});
export type Shown = z.infer<typeof Shown>;

/** `draft` in a journal means that the labeler took a submitted judgement back (undo appends, nothing is erased). */
export const JudgementStatus = z.enum(['draft', 'submitted', 'skipped', 'discarded']);
export type JudgementStatus = z.infer<typeof JudgementStatus>;

/** What a labeler can say of a prompt's candidates. Every field may be absent; `checkJudgement` says what fits together. */
export const said = {
  ranking: Ranking.optional(),
  /** The good-enough line: this many tiers lie above it. 0: none is good enough. */
  line: z.int().min(0).optional(),
  /** Placed nowhere on purpose. */
  leftOut: z.array(CandidateId).optional(),
  /** The best of a tied first tier. */
  best: CandidateId.optional(),
  /** Preference of a pair in steps: positive when the first of `shown.order` is better. */
  strength: z.int().optional(),
  /** Candidate to attribute to score. */
  ratings: z.record(z.string(), z.record(z.string(), z.number())).optional(),
  /** Candidate to flag ids (`hallucination`, `unsafe`, `refusal`, `off-topic`, `prompt-injection`, `personal-data`, or the project's own). */
  flags: z.record(z.string(), z.array(z.string().min(1))).optional(),
  promptFlags: z.array(z.string().min(1)).optional(),
  corrections: z.array(Correction).optional(),
  rationale: z.string().optional(),
  shown: Shown.optional(),
  /** Time with the panel visible, focused and used, monotonic clock, milliseconds. */
  activeMs: z.number().min(0).optional(),
  guidelinesVersion: z.string().optional(),
  /** Why it was skipped. */
  reason: z.string().optional(),
};

export const Labeler = z.string().min(1).max(64);

/**
 * One labeler's word on one prompt. Never changed or removed: a later one of the same labeler on the same prompt
 * supersedes it. Loose: fields of a newer version survive a round trip.
 */
export const Judgement = z.looseObject({
  id: JudgementId,
  promptId: PromptId,
  labeler: Labeler,
  /** ISO 8601, UTC. */
  at: z.iso.datetime(),
  status: JudgementStatus,
  ...said,
});
export type Judgement = z.infer<typeof Judgement>;

/** Flags that every project knows; `key` is what is typed after X. */
export const standardFlags = [
  { id: 'hallucination', key: 'h' },
  { id: 'unsafe', key: 'u' },
  { id: 'refusal', key: 'r' },
  { id: 'off-topic', key: 'o' },
  { id: 'prompt-injection', key: 'i' },
  { id: 'personal-data', key: 'p' },
] as const;

/**
 * The judgements that hold: of each labeler the last row on this prompt, in the order given (oldest first). A `draft`
 * row took the labeler's word back, so it is left out.
 */
export function currentJudgements(rows: readonly Judgement[]): Judgement[] {
  const last = new Map<string, Judgement>();
  for (const row of rows) {
    last.delete(row.labeler);
    last.set(row.labeler, row);
  }
  return [...last.values()].filter((row) => row.status !== 'draft');
}

/**
 * What makes a judgement unusable for its prompt, as a sentence; undefined when it is fine. Every id that it names must be
 * one of the candidates or of its own corrections, once; the line lies inside the ranking; a submitted one says something.
 */
export function checkJudgement(judgement: Judgement, candidateIds: ReadonlySet<string>): string | undefined {
  const corrections = judgement.corrections ?? [];
  const known = new Set([...candidateIds, ...corrections.map((correction) => correction.id)]);
  const unknown = (id: string) => `"${id}" is not a candidate of prompt ${judgement.promptId}`;
  const placed = new Set<string>();
  for (const id of [...(judgement.ranking ?? []).flat(), ...(judgement.leftOut ?? [])]) {
    if (!known.has(id)) return `ranking: ${unknown(id)}`;
    if (placed.has(id)) return `ranking: "${id}" stands in two places`;
    placed.add(id);
  }
  const correctionIds = new Set<string>();
  for (const correction of corrections) {
    if (candidateIds.has(correction.id) || correctionIds.has(correction.id))
      return `corrections: the id "${correction.id}" is taken`;
    correctionIds.add(correction.id);
    if (correction.parent !== undefined && !known.has(correction.parent))
      return `corrections: ${unknown(correction.parent)}`;
    if (correction.text.trim() === '') return 'corrections: the text is empty';
  }
  if (judgement.best !== undefined && !known.has(judgement.best)) return `best: ${unknown(judgement.best)}`;
  for (const id of Object.keys(judgement.flags ?? {})) if (!known.has(id)) return `flags: ${unknown(id)}`;
  for (const id of Object.keys(judgement.ratings ?? {})) if (!known.has(id)) return `ratings: ${unknown(id)}`;
  const nTiers = judgement.ranking?.length ?? 0;
  if (judgement.line !== undefined && judgement.line > nTiers)
    return `line: ${judgement.line} is more than the ${nTiers} tiers of the ranking`;
  const saysSomething =
    nTiers > 0 ||
    corrections.length > 0 ||
    judgement.best !== undefined ||
    judgement.strength !== undefined ||
    (judgement.promptFlags?.length ?? 0) > 0 ||
    Object.keys(judgement.flags ?? {}).length > 0 ||
    Object.keys(judgement.ratings ?? {}).length > 0;
  if (judgement.status === 'submitted' && !saysSomething)
    return 'a submitted judgement needs a ranking, ratings, flags or a correction';
  return undefined;
}
