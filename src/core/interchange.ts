import { z } from 'zod';
import { Candidate } from './candidate.js';
import { Correction, JudgementStatus, Labeler, Ranking, said } from './judgement.js';
import { Messages, Source } from './prompt.js';

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
  }),
  candidates: z
    .array(
      Candidate.omit({ promptId: true, origin: true, parent: true }).extend({
        id: z.string().min(1),
        origin: z.enum(['model', 'human', 'import']).optional(),
        parent: z.string().min(1).optional(),
      }),
    )
    .optional(),
  judgements: z
    .array(
      z.looseObject({
        ...said,
        id: z.string().min(1).optional(),
        labeler: Labeler,
        at: z.iso.datetime().optional(),
        status: JudgementStatus.optional(),
        ranking: Ranking.optional(),
        corrections: z
          .array(Correction.extend({ id: z.string().min(1).optional(), parent: z.string().min(1).optional() }))
          .optional(),
      }),
    )
    .optional(),
});
export type InterchangeRecord = z.infer<typeof InterchangeRecord>;
