import type {
  CandidateId,
  FinishReason,
  Message,
  ModelRef,
  Sampling,
  SerializedError,
  TokenLogprob,
} from '../core/index.js';

/** One prompt to be answered by one model several times. */
export interface GenerationRequest {
  readonly messages: readonly Message[];
  /**
   * Each answer begins with this, in pieces that are encoded one by one, and the model goes on from there. It is text of a
   * stranger: never a control token. The events give it first, with its log-probabilities where the generator can rate it;
   * it counts against `sampling.maxTokens`, but one token more is always written. Absent or empty: answers from their start.
   */
  readonly beginning?: readonly string[];
  /** One answer each. */
  readonly candidateIds: readonly CandidateId[];
  /** Each candidate draws with a seed of its own, derived from `sampling.seed` and its place in `candidateIds`. */
  readonly sampling: Sampling;
}

/** Events of several candidates are interleaved; `candidateId` keeps them apart. */
export type GenerationEvent =
  | { readonly type: 'candidate-start'; readonly candidateId: CandidateId }
  | {
      readonly type: 'text-delta';
      readonly candidateId: CandidateId;
      readonly text: string;
      /** Tokens of this piece; empty where a server gives none. Their texts joined need not equal `text` (halves of a character). */
      readonly logprobs: readonly TokenLogprob[];
    }
  | {
      readonly type: 'candidate-end';
      readonly candidateId: CandidateId;
      readonly finishReason: FinishReason;
      readonly durationMs: number;
      readonly nTokens: number;
      readonly device?: string;
      /** What the model was given, where that is not all that was asked for. */
      readonly given?: Given;
    }
  | { readonly type: 'candidate-error'; readonly candidateId: CandidateId; readonly error: SerializedError };

/** What a model took of a request that it could not take whole; stored with the candidate, so that its record is true. */
export interface Given {
  /** The settings that it was given, a seed among them only where it takes one. */
  readonly sampling: Partial<Sampling>;
  /** Its way to be asked knows no system turn: that went first, as the user's. */
  readonly systemAs?: 'user';
}

/** Whatever writes candidates: the model process, an OpenAI-compatible server, a language model that VS Code offers. */
export interface CandidateGenerator {
  /** Stored with each candidate. */
  readonly model: ModelRef;
  /**
   * Yields until every candidate has ended. Throws only for the whole request; one candidate's failure is a
   * `candidate-error`. Aborting `signal`, or leaving the loop, stops the work within a second; then nothing is thrown but
   * the signal's reason.
   */
  generate(request: GenerationRequest, signal: AbortSignal): AsyncIterable<GenerationEvent>;
  /** Resolves when it can go on from a beginning. Absent: it always can. @throws ServerError, worded, when it cannot. */
  checkBeginning?(signal: AbortSignal): Promise<void>;
  /** Stops one candidate of a running request; it ends with `cut`. Unknown ids are ignored. */
  cut?(candidateId: CandidateId): void;
}
