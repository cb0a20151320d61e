import { z } from 'zod';
import { RowAnswer, rowAnswer, RowMessages, rowMessages, trainingFormat } from './format.js';

/**
 * Preference pairs, explicit prompt, conversational.
 *
 * Must be accepted by: TRL 1.16.0, `trl/trainer/dpo_trainer.py` `DPOTrainer._prepare_dataset` and
 * `trl/trainer/reward_trainer.py` `RewardTrainer._prepare_dataset`. The explicit form, because the implicit one is cut
 * where the two sides begin to differ.
 *
 * - Ties and answers left out give no row: the format has no place for them.
 * - From a ranking; without one from the strength of a pair, the best of several, or ratings, whose weighted mean decides.
 *   Ratings never override a ranking of the same judgement.
 * - Several labelers: one row a pair; the mean rank over those who ranked both decides, equal means give none.
 * - A correction is preferred to the answer that it corrects, a composed answer to those that it has parts of; if both were
 *   ranked, their places decide.
 * - Flags are not looked at: a flagged answer that was ranked still beats those below it.
 * - Cannot carry: margin (DPO ignores it), ties, flags, ratings, rationales, who judged. The last is in the provenance.
 */
export const trlPreference = trainingFormat({
  id: 'trl-preference',
  derives: 'preference',
  readBy: 'TRL (`DPOTrainer`, `RewardTrainer`)',
  oneRow: 'one answer preferred to another: `prompt`, `chosen`, `rejected`, each a list of messages',
  Row: z.strictObject({ prompt: RowMessages, chosen: RowAnswer, rejected: RowAnswer }),
  rowOf: ({ messages, chosen, rejected }) => ({
    prompt: rowMessages(messages),
    chosen: rowAnswer(chosen),
    rejected: rowAnswer(rejected),
  }),
  exampleOf: ({ prompt, chosen: [chosen], rejected: [rejected] }) => ({
    messages: prompt,
    chosen: chosen.content,
    rejected: rejected.content,
  }),
});
