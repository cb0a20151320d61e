import { z } from 'zod';
import { RowAnswer, rowAnswer, RowMessages, rowMessages, trainingFormat } from './format.js';

/**
 * Preference pairs with a margin, explicit prompt, conversational.
 *
 * Must be accepted by: TRL 1.16.0, `trl/trainer/reward_trainer.py` `RewardTrainer._prepare_dataset` and
 * `DataCollatorForPreference`, which subtracts the margin inside the log-sigmoid. It looks for a margin in the first row of a
 * batch only, so every row has one.
 *
 * - Pairs as in `trl-preference`: ties, strength and ratings, several labelers, corrections and flags likewise.
 * - `margin`: the strength of a pair, else the tiers between the two, or where there are only ratings the difference of the
 *   weighted means in points; the mean over several labelers. Greater than 0; 1 for a correction. Judgements of different
 *   ways in one project have different units: train on one way, or leave the column away.
 * - Always with a decimal point, as readers take one type for the column.
 * - Cannot carry: ties, flags, rationales, who judged. The last is in the provenance.
 */
export const trlReward = trainingFormat({
  id: 'trl-reward',
  derives: 'margin',
  readBy: 'TRL (`RewardTrainer`), OpenRLHF',
  oneRow: 'one answer preferred to another, and by how much: `prompt`, `chosen`, `rejected`, `margin`',
  endsInDecimal: true,
  Row: z.strictObject({ prompt: RowMessages, chosen: RowAnswer, rejected: RowAnswer, margin: z.number().gt(0) }),
  rowOf: ({ messages, chosen, rejected, margin }) => ({
    prompt: rowMessages(messages),
    chosen: rowAnswer(chosen),
    rejected: rowAnswer(rejected),
    margin,
  }),
  exampleOf: ({ prompt, chosen: [chosen], rejected: [rejected], margin }) => ({
    messages: prompt,
    chosen: chosen.content,
    rejected: rejected.content,
    margin,
  }),
});
