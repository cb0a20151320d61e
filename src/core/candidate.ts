import { z } from 'zod';
import { Branch } from './branch.js';
import { CandidateId, PromptId } from './ids.js';

/** How tokens are drawn. Temperature 0 is greedy. Defaults are those of `defaultSampling`. */
export const Sampling = z.object({
  temperature: z.number().min(0).max(5),
  /** Smallest set of tokens whose probability reaches this; 1 keeps all. */
  topP: z.number().gt(0).max(1),
  /** Keep this many most likely tokens; 0 keeps all. */
  topK: z.int().min(0),
  /** Keep tokens with at least this share of the most likely token's probability; 0 keeps all (arXiv:2407.01082). */
  minP: z.number().min(0).max(1),
  /** The same seed gives the same text on the same device. */
  seed: z.int().min(0),
  /** Upper bound of an answer's length, in tokens. */
  maxTokens: z.int().min(1),
});
export type Sampling = z.infer<typeof Sampling>;

export const defaultSampling: Sampling = { temperature: 0.8, topP: 0.95, topK: 0, minP: 0.05, seed: 0, maxTokens: 256 };

/** `stop`: end of turn or stop string; `length`: token limit; `cut`: stopped by the labeler; `filter`: refused by a server. */
export const FinishReason = z.enum(['stop', 'length', 'cut', 'filter', 'error']);
export type FinishReason = z.infer<typeof FinishReason>;

/** Alternatives of one step, most likely first, natural logarithms, normalised over the whole vocabulary. */
export const TopLogprobs = z.array(z.tuple([z.string(), z.number()]));

/** One generated token: its text, the log-probability with which the model (before temperature) rated it, and the others. */
export const TokenLogprob = z.object({ token: z.string(), logprob: z.number(), top: TopLogprobs });
export type TokenLogprob = z.infer<typeof TokenLogprob>;

export const ModelRef = z.looseObject({
  name: z.string().min(1),
  /** SHA-256 of the parameter file, where there is one. */
  hash: z.string().optional(),
  /** `engine`, or the origin of the server that answered. */
  provider: z.string().optional(),
});
export type ModelRef = z.infer<typeof ModelRef>;

/** One answer to a prompt, with its provenance. Loose: fields of a newer version survive a round trip. */
export const Candidate = z.looseObject({
  id: CandidateId,
  promptId: PromptId,
  text: z.string(),
  origin: z.enum(['model', 'human', 'import']),
  model: ModelRef.optional(),
  sampling: Sampling.partial().optional(),
  logprobs: z.array(TokenLogprob).optional(),
  finishReason: FinishReason.optional(),
  /** Execution provider that wrote it, e.g. `cpu`, `webgpu`. */
  device: z.string().optional(),
  durationMs: z.number().min(0).optional(),
  /** The candidate that this one is an edit of. */
  parent: CandidateId.optional(),
  /** Where it leaves the candidate that it goes on from. */
  branch: Branch.optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});
export type Candidate = z.infer<typeof Candidate>;
