import { z } from 'zod';
import { RowMessage, rowMessages, trainingFormat } from './format.js';

/**
 * Supervised fine-tuning as whole chats.
 *
 * Must be accepted by: the fine-tuning services of Azure OpenAI, Together (together 1.5.34,
 * `src/together/utils/files.py` `check_file`) and Fireworks, and by TRL 1.16.0 `SFTTrainer._prepare_dataset`, which then
 * trains on every turn unless `assistant_only_loss` is set. No byte-order mark: Together refuses it.
 *
 * - One row a prompt, chosen as in `trl-sft`; ties, several labelers, corrections and flags likewise.
 * - No `weight`: readers that take exactly two keys a message refuse it. Earlier assistant turns of a prompt are therefore
 *   trained on, too.
 * - Cannot carry: other answers, who judged. The latter is in the provenance.
 */
export const openaiChat = trainingFormat({
  id: 'openai-chat',
  derives: 'answer',
  readBy: 'Azure OpenAI, Together, Fireworks, Axolotl (`chat_template`) and other trainers of chats',
  oneRow: 'a whole chat that ends with the answer to imitate: `messages`',
  Row: z.strictObject({ messages: z.array(RowMessage).min(2) }),
  rowOf: ({ messages, completion }) => ({
    messages: [...rowMessages(messages), { role: 'assistant' as const, content: completion }],
  }),
  exampleOf: ({ messages }) => ({
    messages: messages.slice(0, -1),
    completion: messages.at(-1)?.content ?? '',
  }),
});
