import type { z } from 'zod';
import { maxMessageChars } from '../protocol.js';

/** A page's message, checked; undefined where it is too long or none of ours: a page may have been taken over. */
export function pageMessage<Message>(schema: z.ZodType<Message>, raw: unknown): Message | undefined {
  return isShort(raw) ? schema.safeParse(raw).data : undefined;
}

function isShort(raw: unknown): boolean {
  try {
    return (JSON.stringify(raw) ?? '').length <= maxMessageChars;
  } catch {
    return false;
  }
}
