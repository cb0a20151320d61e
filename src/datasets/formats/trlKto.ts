import { z } from 'zod';
import { RowAnswer, rowAnswer, RowMessages, rowMessages, trainingFormat } from './format.js';

/**
 * Unpaired preference, conversational: each answer is good enough or not.
 *
 * Must be accepted by: TRL 1.16.0, `trl/trainer/kto_trainer.py` `KTOTrainer._prepare_dataset`. It reads the file in order
 * and sets each prompt against the completion of its neighbour, so the rows are shuffled with the recorded seed.
 *
 * - Tiers above the good-enough line give `true`, those below it `false`; ties do not matter. A ranking without a line
 *   gives no label, nor do ratings.
 * - A thumb is a label, and comes before the line of the same judgement.
 * - A correction that was not ranked is `true`; a ranked one is labelled by its place.
 * - Several labelers: the majority an answer; an even split gives no row.
 * - Flags are not looked at: whether a flagged answer is good enough, the line says.
 * - Cannot carry: the order within a side of the line, who judged. The latter is in the provenance.
 */
export const trlKto = trainingFormat({
  id: 'trl-kto',
  derives: 'label',
  readBy: 'TRL (`KTOTrainer`)',
  oneRow: 'one answer and whether it is good enough: `prompt`, `completion`, `label`; in shuffled order',
  Row: z.strictObject({ prompt: RowMessages, completion: RowAnswer, label: z.boolean() }),
  rowOf: ({ messages, completion, label }) => ({
    prompt: rowMessages(messages),
    completion: rowAnswer(completion),
    label,
  }),
  exampleOf: ({ prompt, completion: [completion], label }) => ({
    messages: prompt,
    completion: completion.content,
    label,
  }),
});
