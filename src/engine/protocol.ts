import { z } from 'zod';
import { FinishReason, Messages, Sampling, TokenLogprob } from '../core/index.js';

/** Every message between the model process and its parent, one union a direction. */

const RequestId = z.int().min(1);
const ModelFile = z.object({ name: z.string(), file: z.string(), sha256: z.string().optional() });

export const ToEngine = z.discriminatedUnion('type', [
  /** The first message. */
  z.object({
    type: z.literal('start'),
    cacheFolder: z.string(),
    device: z.string(),
    /** Translations of what the process says of itself; English where there are none. */
    translations: z.record(z.string(), z.string()).optional(),
  }),
  z.object({
    type: z.literal('generate'),
    requestId: RequestId,
    model: ModelFile,
    messages: Messages,
    /** What each answer begins with, in pieces that are encoded one by one. */
    beginning: z.array(z.string()).optional(),
    nCandidates: z.int().min(1),
    sampling: Sampling,
  }),
  z.object({ type: z.literal('prepare'), requestId: RequestId, file: z.string() }),
  z.object({ type: z.literal('request-cancel'), requestId: RequestId }),
  z.object({ type: z.literal('candidate-cut'), requestId: RequestId, candidate: z.int().min(0) }),
  z.object({ type: z.literal('stop') }),
]);
export type ToEngine = z.infer<typeof ToEngine>;

const SerializedError = z.object({ name: z.string(), code: z.string(), message: z.string() });

export const FromEngine = z.discriminatedUnion('type', [
  /** A sign of life; the next comes within so many milliseconds, or the process hangs. */
  z.object({ type: z.literal('heartbeat'), nextWithinMs: z.number().min(1) }),
  z.object({ type: z.literal('log'), line: z.string() }),
  z.object({ type: z.literal('model-loading'), model: z.string() }),
  z.object({ type: z.literal('model-ready'), model: z.string(), device: z.string(), reason: z.string() }),
  z.object({ type: z.literal('request-progress'), requestId: RequestId, step: z.string(), share: z.number() }),
  z.object({ type: z.literal('generate-start'), requestId: RequestId }),
  /** At most 64 tokens or 50 ms of text. */
  z.object({
    type: z.literal('text-delta'),
    requestId: RequestId,
    deltas: z.array(z.object({ candidate: z.int().min(0), text: z.string(), logprobs: z.array(TokenLogprob) })),
  }),
  z.object({
    type: z.literal('candidate-end'),
    requestId: RequestId,
    candidate: z.int().min(0),
    finishReason: FinishReason,
    durationMs: z.number(),
    nTokens: z.int().min(0),
    device: z.string(),
  }),
  z.object({ type: z.literal('generate-end'), requestId: RequestId, tokensPerSecond: z.number() }),
  z.object({ type: z.literal('prepare-end'), requestId: RequestId, architecture: z.string(), name: z.string() }),
  z.object({ type: z.literal('request-error'), requestId: RequestId, error: SerializedError }),
]);
export type FromEngine = z.infer<typeof FromEngine>;
