import { z } from 'zod';
import { contentHash } from './hash.js';

/** `p` and 16 hexadecimal digits of the hash of the prompt's content. */
export const PromptId = z.string().min(1).max(256).brand<'PromptId'>();
export type PromptId = z.infer<typeof PromptId>;

/** `c` and 16 hexadecimal digits. A correction has one too, so that a ranking can name it. */
export const CandidateId = z.string().min(1).max(256).brand<'CandidateId'>();
export type CandidateId = z.infer<typeof CandidateId>;

/** `j` and 16 hexadecimal digits. */
export const JudgementId = z.string().min(1).max(256).brand<'JudgementId'>();
export type JudgementId = z.infer<typeof JudgementId>;

/** One window or process on one machine; part of the name of every journal that it writes. 4 to 12 of `[0-9a-z]`. */
export const WriterId = z
  .string()
  .regex(/^[0-9a-z]{4,12}$/)
  .brand<'WriterId'>();
export type WriterId = z.infer<typeof WriterId>;

/** The id of a prompt with this content. Only `messages` and `reference` make a prompt; metadata and place do not. */
export const promptIdOf = (content: {
  readonly messages: unknown;
  readonly reference?: string | undefined;
}): PromptId => PromptId.parse(`p${contentHash([content.messages, content.reference ?? null]).slice(0, 16)}`);

/** A candidate's id from whatever makes it unique, e.g. prompt, model, sampling and index: generating again is idempotent. */
export const candidateIdOf = (unique: unknown): CandidateId =>
  CandidateId.parse(`c${contentHash(unique).slice(0, 16)}`);

/** A judgement's id from whatever makes it unique: importing a file twice adds nothing. */
export const judgementIdOf = (unique: unknown): JudgementId =>
  JudgementId.parse(`j${contentHash(unique).slice(0, 16)}`);
