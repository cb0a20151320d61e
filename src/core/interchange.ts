import { z } from 'zod';
import { Branch } from './branch.js';
import { Candidate, ModelRef, Sampling } from './candidate.js';
import type { Gold } from './gold.js';
import type { PromptId } from './ids.js';
import { AnswerPart, Correction, type Judgement, JudgementStatus, Labeler, Ranking, said, Shown } from './judgement.js';
import { Messages, Prompt, Source } from './prompt.js';

/**
 * The interchange record: one JSON line a prompt, what `export --format touchstone` writes and `import` reads back
 * without loss. A public format: keep it stable. Only `prompt` is required; ids need only be unique within the record.
 */
export const InterchangeRecord = z.looseObject({
  prompt: z.looseObject({
    id: z.string().min(1).optional(),
    messages: Messages,
    reference: z.string().optional(),
    metadata: z.record(z.string(), z.unknown()).optional(),
    source: Source.optional(),
    /** What is right to say of the candidates: the fields of a judgement, or tiers alone. */
    gold: z.union([Ranking, z.looseObject(said)]).optional(),
  }),
  candidates: z
    .array(
      Candidate.omit({ promptId: true, origin: true, parent: true, branch: true }).extend({
        id: z.string().min(1),
        origin: z.enum(['model', 'human', 'import']).optional(),
        parent: z.string().min(1).optional(),
        branch: Branch.extend({ from: z.string().min(1) }).optional(),
      }),
    )
    .optional(),
  judgements: z
    .array(
      z.looseObject({
        ...said,
        id: z.string().min(1).optional(),
        labeler: Labeler,
        at: z.iso.datetime({ offset: true }).optional(),
        status: JudgementStatus.optional(),
        pass: z.int().min(0).optional(),
        ranking: Ranking.optional(),
        corrections: z
          .array(
            Correction.extend({
              id: z.string().min(1).optional(),
              parent: z.string().min(1).optional(),
              parts: z.array(AnswerPart.extend({ from: z.string().min(1).optional() })).optional(),
            }),
          )
          .optional(),
      }),
    )
    .optional(),
});
export type InterchangeRecord = z.infer<typeof InterchangeRecord>;

/** What a record is made of: the part of a `Project` that it needs. */
export interface InterchangeSource {
  prompt(id: PromptId): Prompt | undefined;
  candidatesOf(id: PromptId): readonly Candidate[];
  judgementsOf(id: PromptId): readonly Judgement[];
  goldOf(id: PromptId): Gold | undefined;
}

/**
 * Everything that is stored of one prompt, as an interchange record: its candidates with sampling and log-probabilities,
 * and all judgement rows in their order, the superseded and the taken back ones too. Keys stand in a fixed order, so that
 * `JSON.stringify` gives the same bytes for the same project. The exporter writes it, the importer (`prompts`) reads it.
 *
 * @throws RangeError for a prompt that is not in the project.
 */
export function interchangeRecordOf(project: InterchangeSource, id: PromptId): InterchangeRecord {
  const prompt = project.prompt(id);
  if (prompt === undefined) throw new RangeError(`the project has no prompt ${id}`);
  const candidates = project.candidatesOf(id);
  const judgements = project.judgementsOf(id);
  const gold = project.goldOf(id);
  return {
    prompt: {
      id: prompt.id,
      messages: prompt.messages.map(({ role, content }) => ({ role, content })),
      ...without(ordered(prompt, Object.keys(Prompt.shape)), ['id', 'messages']),
      ...(gold === undefined ? {} : { gold: goldOut(gold) }),
    },
    ...(candidates.length === 0 ? {} : { candidates: candidates.map(candidateOut) }),
    ...(judgements.length === 0 ? {} : { judgements: judgements.map(judgementOut) }),
  };
}

/** A gold as it stands in its prompt's record. */
export const goldOut = ({ promptId: _, status: _gold, ...gold }: Gold): Record<string, unknown> =>
  ordered(gold, ['id', 'labeler', 'at', 'from', ...Object.keys(said)]);

type CandidateOut = NonNullable<InterchangeRecord['candidates']>[number];
type JudgementOut = NonNullable<InterchangeRecord['judgements']>[number];

const candidateOut = (row: Candidate): CandidateOut => ({
  id: row.id,
  text: row.text,
  origin: row.origin,
  ...(row.model === undefined
    ? {}
    : { model: { name: row.model.name, ...ordered(row.model, Object.keys(ModelRef.shape)) } }),
  ...(row.sampling === undefined ? {} : { sampling: ordered(row.sampling, Object.keys(Sampling.shape)) }),
  ...(row.logprobs === undefined
    ? {}
    : { logprobs: row.logprobs.map(({ token, logprob, top }) => ({ token, logprob, top })) }),
  ...without(ordered(row, Object.keys(Candidate.shape)), [
    'id',
    'promptId',
    'text',
    'origin',
    'model',
    'sampling',
    'logprobs',
  ]),
});

const judgementOut = (row: Judgement): JudgementOut => ({
  id: row.id,
  labeler: row.labeler,
  at: row.at,
  status: row.status,
  ...without(ordered(row, Object.keys(said)), ['id', 'promptId', 'labeler', 'at', 'status', 'corrections', 'shown']),
  ...(row.corrections === undefined
    ? {}
    : {
        corrections: row.corrections.map((correction) => ({
          id: correction.id,
          ...(correction.parent === undefined ? {} : { parent: correction.parent }),
          text: correction.text,
          ...without(ordered(correction, []), ['id', 'parent', 'text']),
        })),
      }),
  ...(row.shown === undefined
    ? {}
    : { shown: { order: row.shown.order, ...ordered(row.shown, Object.keys(Shown.shape)) } }),
});

/** The row with the named keys first and in this order, then the others by name; those without a value are left out. */
function ordered(row: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  const others = Object.keys(row)
    .filter((key) => !keys.includes(key))
    .sort();
  return Object.fromEntries([...keys, ...others].filter((key) => row[key] !== undefined).map((key) => [key, row[key]]));
}

const without = (row: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).filter(([key]) => !keys.includes(key)));
