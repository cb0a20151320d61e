import {
  type CandidateId,
  type FinishReason,
  type Sampling,
  serializeError,
  type TokenLogprob,
} from '../core/index.js';
import { Channel } from './channel.js';
import type { GenerationEvent, Given } from './generator.js';
import type { Slots } from './slots.js';

export type OnText = (text: string, logprobs: readonly TokenLogprob[]) => void;

/** One candidate while it is written. */
export interface Writing {
  readonly candidateId: CandidateId;
  /** Its place in the request, 0-based. */
  readonly place: number;
  /** Aborts when the answer is cut, and when the whole request is stopped. */
  readonly signal: AbortSignal;
  /** Passes on the beginning that the model was given: none of its tokens count. */
  readonly begin: (text: string) => void;
  /** Passes on a piece of the model's own; a piece without log-probabilities counts as one token. */
  readonly say: OnText;
  /** Tokens so far; who can count better says so. */
  nTokens: number;
  /** What the model was given, where that is not all that was asked for. */
  given: Given | undefined;
}

/**
 * Requests of one candidate each to something far away, so many at a time as there are slots, so that one can be cut without
 * the others. `write` resolves when an answer is whole; what it throws is that answer's failure and stops no other.
 */
export class RequestEach {
  readonly #slots: Slots;
  readonly #running = new Map<CandidateId, AbortController>();

  constructor(slots: Slots) {
    this.#slots = slots;
  }

  async *generate(
    candidateIds: readonly CandidateId[],
    signal: AbortSignal,
    write: (writing: Writing) => Promise<FinishReason>,
  ): AsyncGenerator<GenerationEvent> {
    const events = new Channel<GenerationEvent>();
    const leaving = new AbortController();
    const stop = AbortSignal.any([signal, leaving.signal]);
    const writing = Promise.all(
      candidateIds.map((candidateId, place) => this.#write({ candidateId, place }, stop, events, write)),
    ).finally(() => events.close());
    try {
      yield* events;
      signal.throwIfAborted();
    } finally {
      leaving.abort();
      await writing.catch(() => undefined);
    }
  }

  cut(candidateId: CandidateId): void {
    this.#running.get(candidateId)?.abort();
  }

  /** One candidate from its start to its end; every failure is an event. */
  async #write(
    { candidateId, place }: Pick<Writing, 'candidateId' | 'place'>,
    signal: AbortSignal,
    events: Channel<GenerationEvent>,
    write: (writing: Writing) => Promise<FinishReason>,
  ): Promise<void> {
    const cutting = new AbortController();
    this.#running.set(candidateId, cutting);
    const writing: Writing = {
      candidateId,
      place,
      signal: AbortSignal.any([signal, cutting.signal]),
      begin: (text) => events.push({ type: 'text-delta', candidateId, text, logprobs: [] }),
      say: (text, logprobs) => {
        writing.nTokens += Math.max(1, logprobs.length);
        events.push({ type: 'text-delta', candidateId, text, logprobs });
      },
      nTokens: 0,
      given: undefined,
    };
    let startedAt = performance.now();
    const end = (finishReason: FinishReason): void =>
      events.push({
        type: 'candidate-end',
        candidateId,
        finishReason,
        durationMs: performance.now() - startedAt,
        nTokens: writing.nTokens,
        ...(writing.given === undefined ? {} : { given: writing.given }),
      });
    let hasSlot = false;
    try {
      await this.#slots.take(writing.signal);
      hasSlot = true;
      startedAt = performance.now();
      events.push({ type: 'candidate-start', candidateId });
      end(await write(writing));
    } catch (error) {
      if (signal.aborted) return;
      if (cutting.signal.aborted) end('cut');
      else events.push({ type: 'candidate-error', candidateId, error: serializeError(error) });
    } finally {
      if (hasSlot) this.#slots.free();
      this.#running.delete(candidateId);
    }
  }
}

/** The seed of a request's candidate. */
export const seedOf = ({ seed }: Sampling, place: number): number => (seed + place) % 2 ** 31;

/**
 * Milliseconds before the next try: anything up to a bound that doubles (full jitter: those who failed together do not come
 * back together).
 */
export const jitteredWait = (nTries: number, baseMs: number): number =>
  Math.random() * Math.min(maxRetryWaitMs, baseMs * 2 ** (nTries - 1));

const maxRetryWaitMs = 30_000;

/** @throws the signal's reason */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason instanceof Error ? signal.reason : new DOMException('aborted', 'AbortError'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal.addEventListener('abort', abort, { once: true });
  });
}

/** Half characters cannot be stored as UTF-8. */
export const wellFormed = (text: string): string =>
  text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');

/** Joins the halves of a character beyond the basic plane that some senders cut in two: it is passed on when it is whole. */
export class WholeCharacters {
  #half = '';

  /** What of this piece, and of the half before it, is whole. */
  take(piece: string): string {
    const text = this.#half + piece;
    this.#half = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : '';
    return wellFormed(this.#half === '' ? text : text.slice(0, -1));
  }

  /** What is left when nothing comes any more. */
  rest(): string {
    return this.#half === '' ? '' : '\ufffd';
  }
}
