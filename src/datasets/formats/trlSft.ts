import { z } from 'zod';
import { RowAnswer, rowAnswer, RowMessages, rowMessages, trainingFormat } from './format.js';

/**
 * Supervised fine-tuning, prompt-completion, conversational: the loss falls on the completion only.
 *
 * Must be accepted by: TRL 1.16.0, `trl/trainer/sft_trainer.py` `SFTTrainer._prepare_dataset`.
 *
 * - One row a prompt: what a labeler wrote or improved, else the best-ranked candidate that carries no flag by anyone and
 *   that nobody placed below the good-enough line or gave a thumb down, else none.
 * - A judgement without a ranking ranks by the strength of its pair, its best, its ratings or its thumbs, the first that
 *   there is.
 * - Ties for the best: the first in the prompt's order, unless a labeler named the best.
 * - Several labelers: the written answer ranked best, then the latest; among candidates the mean rank decides.
 * - Cannot carry: other answers, reasons, who judged. The last is in the provenance.
 */
export const trlSft = trainingFormat({
  id: 'trl-sft',
  derives: 'answer',
  readBy: 'TRL (`SFTTrainer`)',
  oneRow: 'the one answer of a prompt to imitate: `prompt`, `completion`, each a list of messages',
  Row: z.strictObject({ prompt: RowMessages, completion: RowAnswer }),
  rowOf: ({ messages, completion }) => ({ prompt: rowMessages(messages), completion: rowAnswer(completion) }),
  exampleOf: ({ prompt, completion: [completion] }) => ({ messages: prompt, completion: completion.content }),
});
