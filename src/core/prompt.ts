import { z } from 'zod';
import { PromptId } from './ids.js';

export const Role = z.enum(['system', 'user', 'assistant']);
export type Role = z.infer<typeof Role>;

export const Message = z.object({ role: Role, content: z.string() });
export type Message = z.infer<typeof Message>;

/**
 * The turns up to the one that is to be answered: at most one system turn, first; then user and assistant alternating;
 * the last is the user's (formats.md, section 0: the strictest that chat templates and trainers ask for).
 */
export const Messages = z.array(Message).min(1);
export type Messages = z.infer<typeof Messages>;

/** Where a row came from. `file` is relative to the project where it lies inside it; `line` is 1-based. */
export const Source = z.object({ file: z.string(), line: z.int().min(1) });
export type Source = z.infer<typeof Source>;

/** What is answered. Loose: fields of a newer version survive a round trip. */
export const Prompt = z.looseObject({
  id: PromptId,
  messages: Messages,
  reference: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  source: Source.optional(),
});
export type Prompt = z.infer<typeof Prompt>;

/** The text of the last user turn: what lists and the queue show of a prompt. */
export const lastUserText = (prompt: { readonly messages: readonly Message[] }): string =>
  prompt.messages.findLast((message) => message.role === 'user')?.content ?? '';
