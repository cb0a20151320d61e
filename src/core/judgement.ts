import { z } from 'zod';
import { CandidateId, JudgementId, PromptId } from './ids.js';
import { JudgingMode } from './judgingMode.js';

/** One place of a ranking; several ids are tied. */
export const Tier = z.array(CandidateId).min(1);
/** Tiers, best first. */
export const Ranking = z.array(Tier);
export type Ranking = z.infer<typeof Ranking>;

/** A piece of a composed answer. Offsets in UTF-16 code units of the text that it came from, `end` exclusive. */
export const AnswerPart = z.looseObject({
  text: z.string(),
  /** The answer that it was taken from; absent where the labeler wrote it. */
  from: CandidateId.optional(),
  start: z.int().min(0).optional(),
  end: z.int().min(0).optional(),
});
export type AnswerPart = z.infer<typeof AnswerPart>;

/** An answer that the labeler wrote: an improved candidate, one composed of parts, or one written from nothing (no parent). */
export const Correction = z.looseObject({
  /** What a ranking may name. */
  id: CandidateId,
  parent: CandidateId.optional(),
  text: z.string(),
  /** Where a composed answer's pieces came from, in order. */
  parts: z.array(AnswerPart).optional(),
});
export type Correction = z.infer<typeof Correction>;

/** A step of an answer's reasoning, judged. `neutral`: neither wrong nor of use. */
export const JudgedStep = z.looseObject({
  text: z.string(),
  label: z.enum(['good', 'neutral', 'wrong']),
  reason: z.string().optional(),
});
export type JudgedStep = z.infer<typeof JudgedStep>;

/** A marked place of an answer. Offsets in UTF-16 code units of its text, `end` exclusive. */
export const MarkedSpan = z.looseObject({
  start: z.int().min(0),
  end: z.int().min(0),
  flag: z.string().min(1),
  note: z.string().optional(),
});
export type MarkedSpan = z.infer<typeof MarkedSpan>;

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

/** What can be said of a prompt's candidates: by a labeler, in a draft, as a gold. */
export const saidOfCandidates = {
  /** How it was judged. */
  mode: JudgingMode.optional(),
  ranking: Ranking.optional(),
  /** The good-enough line: this many tiers lie above it. 0: none is good enough. */
  line: z.int().min(0).optional(),
  /** Placed nowhere on purpose. */
  leftOut: z.array(CandidateId).optional(),
  /** The best of a tied first tier, or of all where only the best was picked. */
  best: CandidateId.optional(),
  /** Preference of a pair in steps: positive when the first of `shown.order` is better, 0 when they are about equal. */
  strength: z.int().optional(),
  /** Candidate to attribute to score. */
  ratings: z.record(z.string(), z.record(z.string(), z.number())).optional(),
  /** Candidate to flag ids (`hallucination`, `unsafe`, `refusal`, `off-topic`, `prompt-injection`, `personal-data`, or the project's own). */
  flags: z.record(z.string(), z.array(z.string().min(1))).optional(),
  /** Candidate to its steps in order, as far as they were judged. */
  steps: z.record(z.string(), z.array(JudgedStep)).optional(),
  /** Candidate to good (true) or bad. */
  thumbs: z.record(z.string(), z.boolean()).optional(),
};

/** What a labeler can say of a prompt. Every field may be absent; `checkJudgement` says what fits together. */
export const said = {
  ...saidOfCandidates,
  /** Candidate to the places marked in it. */
  spans: z.record(z.string(), z.array(MarkedSpan)).optional(),
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

export const Labeler = z.string().normalize('NFC').min(1).max(64);

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
  /** 0 or absent: the labeler's word. 1: the prompt came again, turned round; measures self-agreement, supersedes nothing. */
  pass: z.int().min(0).optional(),
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

/** Whether it was given when the prompt came again. */
export const isRepeat = ({ pass = 0 }: Pick<Judgement, 'pass'>): boolean => pass > 0;

/**
 * The judgements that hold: of each labeler the last row on this prompt, in the order given (oldest first). A `draft`
 * row took the labeler's word back, so it is left out. What was said when the prompt came again does not change that word.
 */
export const currentJudgements = (rows: readonly Judgement[]): Judgement[] =>
  lastOfEach(
    rows.filter((row) => !isRepeat(row)),
    ({ labeler }) => labeler,
  );

/** Whether a prompt is out of the work: everybody who judged it has discarded it. @param holding `currentJudgements` of it */
export const isDiscarded = (holding: readonly Judgement[]): boolean =>
  holding.length > 0 && holding.every(({ status }) => status === 'discarded');

/** What holds of the judgements that were given when the prompt came again: of each labeler and pass the last row. */
export const currentRepeats = (rows: readonly Judgement[]): Judgement[] =>
  lastOfEach(rows.filter(isRepeat), ({ labeler, pass }) => `${pass} ${labeler}`);

function lastOfEach(rows: readonly Judgement[], keyOf: (row: Judgement) => string): Judgement[] {
  const last = new Map<string, Judgement>();
  for (const row of rows) {
    const key = keyOf(row);
    last.delete(key);
    last.set(key, row);
  }
  return [...last.values()].filter((row) => row.status !== 'draft');
}

/**
 * What makes a judgement unusable for its prompt, as a sentence; undefined when it is fine. Every id that it names must be
 * one of the candidates or of its own corrections, once; the line lies inside the ranking; a place has a beginning before its
 * end; a submitted one says something.
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
  for (const { id, parent, text, parts } of corrections) {
    if (candidateIds.has(id) || correctionIds.has(id)) return `corrections: the id "${id}" is taken`;
    correctionIds.add(id);
    if (parent !== undefined && !known.has(parent)) return `corrections: ${unknown(parent)}`;
    if (text.trim() === '') return 'corrections: the text is empty';
    for (const { from, start, end } of parts ?? []) {
      if (from !== undefined && !known.has(from)) return `parts: ${unknown(from)}`;
      if ((start === undefined) !== (end === undefined)) return 'parts: "start" and "end" go together';
      if (start !== undefined && end !== undefined && start >= end) return `parts: ${noPlace(start, end)}`;
    }
  }
  if (judgement.best !== undefined && !known.has(judgement.best)) return `best: ${unknown(judgement.best)}`;
  for (const field of ['flags', 'ratings', 'spans', 'steps', 'thumbs'] as const)
    for (const id of Object.keys(judgement[field] ?? {})) if (!known.has(id)) return `${field}: ${unknown(id)}`;
  for (const { start, end } of Object.values(judgement.spans ?? {}).flat())
    if (start >= end) return `spans: ${noPlace(start, end)}`;
  const nTiers = judgement.ranking?.length ?? 0;
  if (judgement.line !== undefined && judgement.line > nTiers)
    return `line: ${judgement.line} is more than the ${nTiers} tiers of the ranking`;
  if (judgement.strength !== undefined && nTiers === 0 && judgement.shown?.order.length !== 2)
    return 'strength: "shown.order" must name the two answers that were compared';
  if (judgement.status === 'submitted' && !saysSomething(judgement))
    return 'a submitted judgement needs a ranking, the best answer, a strength, ratings, steps, thumbs, flags or a correction';
  return undefined;
}

/**
 * What of the marked places lies behind the end of its answer, as a sentence; undefined when all fit.
 *
 * @param texts of the prompt's candidates, by id; places of other answers are not looked at.
 */
export function checkSpans({ spans = {} }: Judgement, texts: ReadonlyMap<string, string>): string | undefined {
  for (const [id, list] of Object.entries(spans)) {
    const length = texts.get(id)?.length ?? Infinity;
    const outside = list.find(({ end }) => end > length);
    if (outside !== undefined) return `spans: "${id}" has no place up to ${outside.end}: it ends at ${length}`;
  }
  return undefined;
}

const noPlace = (start: number, end: number): string => `the place from ${start} to ${end} is empty`;

/** Whether answers are compared, or judged one by one. */
export const saysOfAnswers = ({
  ranking = [],
  best,
  strength,
  ratings = {},
  steps = {},
  thumbs = {},
}: Pick<Judgement, 'ranking' | 'best' | 'strength' | 'ratings' | 'steps' | 'thumbs'>): boolean =>
  ranking.length > 0 ||
  best !== undefined ||
  strength !== undefined ||
  Object.values(ratings).some((scores) => Object.keys(scores).length > 0) ||
  Object.values(steps).some((judged) => judged.length > 0) ||
  Object.keys(thumbs).length > 0;

const saysSomething = (judgement: Judgement): boolean =>
  saysOfAnswers(judgement) ||
  [judgement.corrections, judgement.promptFlags].some((list) => (list?.length ?? 0) > 0) ||
  Object.values(judgement.spans ?? {}).some((spans) => spans.length > 0) ||
  Object.values(judgement.flags ?? {}).some((flags) => flags.length > 0);
