import { z } from 'zod';
import { trainingFormat } from './format.js';

/**
 * Stepwise supervision: the steps of one answer, each right or not, for process reward models.
 *
 * Must be accepted by: TRL 1.13.0, `trl/experimental/prm` `PRMTrainer.tokenize_row` (later releases have the format in their
 * documentation, but no trainer). All texts are plain, no chat template is put around them; `labels` is as long as
 * `completions`; the label sits on the line break that the trainer puts after each step, so no step ends in one.
 *
 * - One row an answer, with the steps as far as they were judged: usually up to the first wrong one.
 * - A good or neutral step is `true`, a wrong one `false`: the label says where the mistake is, and the authors
 *   of PRM800K count neutral as correct when they score (arXiv:2305.20050). TRL's own conversion of PRM800K counts neutral
 *   as `false`; the interchange record keeps all three.
 * - Several labelers: the majority a step, over those who cut the answer alike; the row ends before a step on which they are
 *   evenly split.
 * - A system turn stands before the question, a blank line between them; a prompt of several turns gives no row, since the
 *   format has no place for them.
 * - Ties, line, ratings and flags are not looked at. Cannot carry: reasons, who judged. The latter is in the provenance.
 */
export const trlStepwise = trainingFormat({
  id: 'trl-stepwise',
  derives: 'steps',
  readBy: 'TRL up to 1.13 (`PRMTrainer`), Axolotl (`stepwise_supervised`)',
  oneRow: 'the judged steps of one answer: `prompt`, `completions`, `labels` (false: wrong)',
  Row: z
    .strictObject({
      prompt: z.string().min(1),
      completions: z.array(z.string().min(1)).min(1),
      labels: z.array(z.boolean()),
    })
    .refine(({ completions, labels }) => completions.length === labels.length),
  rowOf: ({ prompt, completions, labels }) => ({ prompt, completions: [...completions], labels: [...labels] }),
  exampleOf: (row) => row,
});
