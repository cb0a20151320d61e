import {
  type CandidateId,
  type FinishReason,
  languageModelAnswerEmpty,
  languageModelBlocked,
  languageModelBroke,
  languageModelCannotGoOn,
  languageModelFailed,
  languageModelGone,
  languageModelNotAllowed,
  languageModelSilent,
  type Message,
  type ModelRef,
  type Sampling,
  ServerError,
  TouchstoneError,
} from '../core/index.js';
import type { CandidateGenerator, GenerationEvent, GenerationRequest, Given } from './generator.js';
import { redact } from './redact.js';
import { jitteredWait, RequestEach, sleep, WholeCharacters, type Writing } from './requestEach.js';
import { Slots } from './slots.js';

/** A turn as the language models of VS Code take it: there is no system role. */
export interface LanguageModelTurn {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** A language model that VS Code offers now. */
export interface LanguageModel {
  /**
   * Asks once and gives the text as it comes. Throws what the provider throws, with VS Code's `code` where it has one
   * (`NoPermissions`, `Blocked`, `NotFound`). Stops when `signal` aborts.
   */
  readonly send: (
    turns: readonly LanguageModelTurn[],
    options: Readonly<Record<string, number>>,
    signal: AbortSignal,
  ) => AsyncIterable<string>;
  /** Tokens of a text by the model's own count. */
  readonly countTokens: (text: string, signal: AbortSignal) => Promise<number>;
}

export interface LanguageModelGeneratorOptions {
  /** As it stands in line-ups and with its candidates, `vscode:vendor/family/id/version`. */
  readonly name: string;
  /** As people call it, for messages. */
  readonly title: string;
  /** Looked up for each request, for models come and go. Undefined: it is not there. @throws ServerError when it may not be asked. */
  readonly find: () => Promise<LanguageModel | undefined>;
  /** Requests at a time, over all prompts. @default 4 of its own */
  readonly slots?: Slots | undefined;
  /** Longest wait before the second try, milliseconds; doubled with the third. @default 1000 */
  readonly retryBaseMs?: number | undefined;
  /** How long nothing may come, milliseconds. Models that think first take minutes. @default 300,000 */
  readonly silenceMs?: number | undefined;
}

/** Tries of one request, the first included: its provider tries by itself as well, and each may cost the user something. */
const maxTries = 3;
/** No tokenizer makes longer tokens of running text; an answer beyond so many characters a token is stopped. */
const maxCharsPerToken = 32;
/** A count that takes longer is not waited for. */
const countMs = 5000;

/**
 * Settings that are passed on by the names that most providers know. What they take is theirs to say, so a request that was
 * refused for its settings is made again with fewer.
 */
const optionSets: readonly (readonly (readonly [keyof Sampling, string])[])[] = [
  [
    ['temperature', 'temperature'],
    ['topP', 'top_p'],
    ['maxTokens', 'max_tokens'],
  ],
  [
    ['temperature', 'temperature'],
    ['maxTokens', 'max_tokens'],
  ],
  [],
];

/**
 * Candidates from a language model that VS Code offers (`vscode.lm`). Each candidate is a request of its own. These models
 * take no seed, give no log-probabilities, cannot go on from a beginning, and know no system turn: it goes first as the
 * user's, as VS Code's documentation has it. All of that is told with the candidate.
 *
 * A request is tried three times after a failure without a known cause, but never after text has come.
 */
export const languageModelGenerator = (options: LanguageModelGeneratorOptions): CandidateGenerator =>
  new LanguageModelGenerator(options);

class LanguageModelGenerator implements CandidateGenerator {
  readonly model: ModelRef;
  readonly #options: LanguageModelGeneratorOptions;
  readonly #requests: RequestEach;
  /** Which of `optionSets` was taken last. */
  #optionSet = 0;

  constructor(options: LanguageModelGeneratorOptions) {
    this.#options = options;
    this.#requests = new RequestEach(options.slots ?? new Slots(4));
    this.model = { name: options.name, provider: 'vscode' };
  }

  generate(request: GenerationRequest, signal: AbortSignal): AsyncIterable<GenerationEvent> {
    return this.#requests.generate(request.candidateIds, signal, (writing) => this.#write(request, writing));
  }

  async checkBeginning(): Promise<void> {
    throw languageModelCannotGoOn(this.#options.title);
  }

  cut(candidateId: CandidateId): void {
    this.#requests.cut(candidateId);
  }

  async #write({ messages, sampling, beginning = [] }: GenerationRequest, writing: Writing): Promise<FinishReason> {
    if (beginning.join('') !== '') await this.checkBeginning();
    const { turns, systemAs } = languageModelTurns(messages);
    let optionSet = this.#optionSet;
    let text = '';
    const say = (piece: string): void => {
      text += piece;
      writing.say(piece, []);
    };
    for (let nTries = 1; ; nTries++) {
      const options = optionSets[optionSet] ?? [];
      writing.given = givenOf(options, sampling, systemAs);
      try {
        const sent = await this.#try(turns, requestOptions(options, sampling), sampling, writing.signal, say);
        if (text.trim() === '') throw languageModelAnswerEmpty(this.#options.title);
        this.#optionSet = optionSet;
        writing.nTokens = await tokensOf(text, sent.model, writing);
        // The API tells no reason: an answer of just as many tokens as were allowed was cut off there.
        const isFull = options.length > 0 && Math.abs(writing.nTokens - sampling.maxTokens) <= 1;
        return sent.isWhole && !isFull ? 'stop' : 'length';
      } catch (error) {
        writing.signal.throwIfAborted();
        const worded = languageModelError(error, this.#options.title, { nTries, hasText: text !== '' });
        if (text !== '') throw worded;
        if (isAboutOptions(error) && optionSet < optionSets.length - 1) {
          optionSet += 1;
          nTries -= 1;
          continue;
        }
        if (!worded.isRetryable || nTries === maxTries) throw worded;
        await sleep(jitteredWait(nTries, this.#options.retryBaseMs ?? 1000), writing.signal);
      }
    }
  }

  /** `isWhole`: the model ended by itself. */
  async #try(
    turns: readonly LanguageModelTurn[],
    options: Readonly<Record<string, number>>,
    { maxTokens }: Sampling,
    signal: AbortSignal,
    say: (piece: string) => void,
  ): Promise<{ readonly model: LanguageModel; readonly isWhole: boolean }> {
    const { title, find, silenceMs = 300_000 } = this.#options;
    const model = await find();
    signal.throwIfAborted();
    if (model === undefined) throw languageModelGone(title);
    const leaving = new AbortController();
    const stop = AbortSignal.any([signal, leaving.signal]);
    const characters = new WholeCharacters();
    let nCharsLeft = maxTokens * maxCharsPerToken;
    try {
      for await (const piece of withoutLongSilence(model.send(turns, options, stop), silenceMs, stop, title)) {
        const text = characters.take(piece.slice(0, nCharsLeft));
        nCharsLeft -= piece.length;
        if (text !== '') say(text);
        if (nCharsLeft <= 0) return { model, isWhole: false };
      }
      signal.throwIfAborted();
      if (characters.rest() !== '') say(characters.rest());
      return { model, isWhole: true };
    } finally {
      leaving.abort();
    }
  }
}

/** By the model's own count, or else the number of pieces that came. @throws the signal's reason */
async function tokensOf(text: string, model: LanguageModel, { nTokens, signal }: Writing): Promise<number> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(countMs)]);
  // The answer is whole: that it could not be counted is no reason to lose it.
  const counted = await unlessAborted(model.countTokens(text, stop), stop).catch(() => 0);
  signal.throwIfAborted();
  return Number.isSafeInteger(counted) && counted > 0 ? counted : nTokens;
}

/**
 * The turns without a system role: what the system says goes first, as a message of the user, which is how the guide of
 * VS Code's Language Model API gives instructions.
 */
export function languageModelTurns(messages: readonly Message[]): {
  readonly turns: readonly LanguageModelTurn[];
  readonly systemAs?: 'user';
} {
  const turns = messages.map(({ role, content }): LanguageModelTurn => ({
    role: role === 'assistant' ? 'assistant' : 'user',
    content,
  }));
  return messages.some(({ role }) => role === 'system') ? { turns, systemAs: 'user' } : { turns };
}

/** What went wrong, and what to do next. Only a failure without a known cause is worth another try. */
export function languageModelError(
  error: unknown,
  title: string,
  { nTries, hasText }: { readonly nTries: number; readonly hasText: boolean },
): ServerError {
  if (error instanceof ServerError) return error;
  const reason = reasonOf(error);
  switch (codeOf(error)) {
    case 'NoPermissions':
      return languageModelNotAllowed(title);
    case 'Blocked':
      return languageModelBlocked(title, reason);
    case 'NotFound':
      return languageModelGone(title);
    default:
      return hasText ? languageModelBroke(title, reason) : languageModelFailed(title, reason, nTries);
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

/** A provider's own words: short, without keys and controls, without the stop at the end. */
function reasonOf(error: unknown): string {
  const own = error instanceof Error ? error.message : String(error);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
  return (
    redact(own === '' ? cause : own, [])
      .trim()
      .replace(/\.+$/, '') || '?'
  );
}

/** Whether a provider refused the settings; it says so in words only. */
const isAboutOptions = (error: unknown): boolean =>
  !(error instanceof TouchstoneError) &&
  !['NoPermissions', 'Blocked', 'NotFound'].includes(String(codeOf(error))) &&
  /temperature|top_p|max_tokens|max_completion_tokens|unsupported|not supported|unknown (?:option|parameter|field)|\b(?:400|422)\b/i.test(
    reasonOf(error),
  );

const requestOptions = (
  options: readonly (readonly [keyof Sampling, string])[],
  sampling: Sampling,
): Readonly<Record<string, number>> => Object.fromEntries(options.map(([ours, theirs]) => [theirs, sampling[ours]]));

const givenOf = (
  options: readonly (readonly [keyof Sampling, string])[],
  sampling: Sampling,
  systemAs: 'user' | undefined,
): Given => ({
  sampling: Object.fromEntries(options.map(([ours]) => [ours, sampling[ours]])),
  ...(systemAs === undefined ? {} : { systemAs }),
});

/** Passes pieces on. @throws languageModelSilent when none came for so long; the signal's reason */
async function* withoutLongSilence(
  pieces: AsyncIterable<string>,
  silenceMs: number,
  signal: AbortSignal,
  title: string,
): AsyncGenerator<string> {
  const iterator = pieces[Symbol.asyncIterator]();
  for (;;) {
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(languageModelSilent(title, Math.round(silenceMs / 1000))), silenceMs);
    const next = await unlessAborted(iterator.next(), AbortSignal.any([signal, silence.signal])).finally(() =>
      clearTimeout(timer),
    );
    if (next.done === true) return;
    yield next.value;
  }
}

/** What comes, or the signal's reason: a provider need not heed a cancellation. */
function unlessAborted<T>(coming: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      coming.catch(() => undefined);
      reject(signal.reason instanceof Error ? signal.reason : new DOMException('aborted', 'AbortError'));
    };
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    coming.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
