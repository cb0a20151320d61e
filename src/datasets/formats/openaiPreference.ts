import { z } from 'zod';
import { RowAnswer, rowAnswer, RowMessages, rowMessages, trainingFormat } from './format.js';

/**
 * Preference pairs for hosted fine-tuning.
 *
 * Must be accepted by: Azure OpenAI, Together (together 1.5.34, `src/together/utils/files.py` `check_file`, which refuses
 * any further key) and, for prompts of one user turn, Fireworks. The keys are `*_output`, as all three read them.
 *
 * - Pairs as in `trl-preference`: ties, strength and ratings, several labelers, corrections and flags likewise.
 * - Cannot carry: margin, ties, weight, who judged. The last is in the provenance.
 */
export const openaiPreference = trainingFormat({
  id: 'openai-preference',
  derives: 'preference',
  readBy: 'Azure OpenAI, Together, Fireworks (prompts of one turn)',
  oneRow: 'one answer preferred to another: `input.messages`, `preferred_output`, `non_preferred_output`',
  Row: z.strictObject({
    input: z.strictObject({ messages: RowMessages }),
    preferred_output: RowAnswer,
    non_preferred_output: RowAnswer,
  }),
  rowOf: ({ messages, chosen, rejected }) => ({
    input: { messages: rowMessages(messages) },
    preferred_output: rowAnswer(chosen),
    non_preferred_output: rowAnswer(rejected),
  }),
  exampleOf: ({ input, preferred_output: [chosen], non_preferred_output: [rejected] }) => ({
    messages: input.messages,
    chosen: chosen.content,
    rejected: rejected.content,
  }),
});
