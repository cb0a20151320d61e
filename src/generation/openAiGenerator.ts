import OpenAI, { APIConnectionError, APIError } from 'openai';
import {
  type CandidateId,
  type FinishReason,
  type Message,
  type ModelRef,
  type Sampling,
  ServerError,
  serverAnswerEmpty,
  serverCannotGoOn,
  serverRefused,
  serverReplyGarbled,
  serverStreamBroken,
  type TokenLogprob,
} from '../core/index.js';
import type { CandidateGenerator, GenerationEvent, GenerationRequest } from './generator.js';
import { type Fetch, guardedFetch } from './guardedFetch.js';
import { redact } from './redact.js';
import {
  jitteredWait,
  type OnText,
  RequestEach,
  seedOf,
  sleep,
  wellFormed,
  WholeCharacters,
  type Writing,
} from './requestEach.js';
import { serverBaseUrl } from './serverAddress.js';
import { Slots } from './slots.js';

export interface OpenAiServer {
  /** Where the API begins, e.g. `http://localhost:8000/v1`; without a path `/v1` is meant. */
  readonly baseUrl: string;
  /** Belongs to this address; sent nowhere else. Many local servers want none. */
  readonly apiKey?: string | undefined;
  /** For tests; by default one that connects to checked addresses only and bounds the reply. */
  readonly fetch?: Fetch | undefined;
}

export interface OpenAiGeneratorOptions extends OpenAiServer {
  /** As the server calls it. */
  readonly model: string;
  /** Requests at a time, over all prompts. @default 8 */
  readonly maxConcurrent?: number | undefined;
  /** Alternatives asked for at each token. @default 5, the most that vLLM's default settings and OpenAI's early models give */
  readonly topLogprobs?: number | undefined;
  /** Longest wait before the second try, milliseconds; doubled with each further one. @default 500 */
  readonly retryBaseMs?: number | undefined;
}

/** Tries of one request, the first included. */
const maxTries = 6;
/** Longest `Retry-After` that is waited for; beyond it the error is shown instead. */
const maxRetryAfterMs = 60_000;

/**
 * Candidates from a server that speaks OpenAI's chat completions: vLLM, SGLang, llama.cpp, Ollama, LM Studio, or a hosted
 * one. Each candidate is a streamed request of its own with the seed `sampling.seed` plus its place, so that one can be cut
 * without the others. Log-probabilities come where the server gives them.
 *
 * A request is tried again up to six times after a broken connection, 408, 429 or 5xx, with full jitter and as
 * `Retry-After` says, but never after a token has come.
 *
 * @throws ServerError for an address that must not be used.
 */
export function openAiGenerator(options: OpenAiGeneratorOptions): CandidateGenerator {
  return new OpenAiGenerator(options);
}

/** The models that a server offers, as it calls them. @throws ServerError; the signal's reason */
export async function listServerModels(server: OpenAiServer, signal: AbortSignal): Promise<string[]> {
  const { client, origin } = clientOf(server);
  const names: string[] = [];
  try {
    for await (const model of client.models.list({ signal })) {
      if (typeof model.id === 'string') names.push(model.id);
      if (names.length === maxModels) break;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw asServerError(error, origin, server.apiKey, 1);
  }
  return names;
}

/** A hosted server lists a few hundred. */
const maxModels = 1000;

class OpenAiGenerator implements CandidateGenerator {
  readonly model: ModelRef;
  readonly #options: OpenAiGeneratorOptions;
  readonly #client: OpenAI;
  readonly #origin: string;
  readonly #slots: Slots;
  readonly #requests: RequestEach;
  /** Whose server it is, as it says itself of its models; asked for once. */
  #kind: string | undefined;
  /** What not every server knows is left out once one has refused it. */
  #extras: 'all' | 'none' = 'all';
  /** OpenAI's newer models refuse the old name; local servers may not know the new one. */
  #limitField: 'max_tokens' | 'max_completion_tokens' = 'max_tokens';

  constructor(options: OpenAiGeneratorOptions) {
    const { client, origin } = clientOf(options);
    this.#options = options;
    this.#client = client;
    this.#origin = origin;
    this.#slots = new Slots(options.maxConcurrent ?? 8);
    this.#requests = new RequestEach(this.#slots);
    this.model = { name: options.model, provider: origin };
  }

  generate(request: GenerationRequest, signal: AbortSignal): AsyncIterable<GenerationEvent> {
    return this.#requests.generate(request.candidateIds, signal, (writing) => this.#write(request, writing));
  }

  /** An unknown server might begin a new answer behind the beginning: nobody would see that it did not go on. */
  async checkBeginning(signal: AbortSignal): Promise<void> {
    if (!serversThatGoOn.has(await this.#kindOf(signal))) throw serverCannotGoOn(this.#origin);
  }

  async #kindOf(signal: AbortSignal): Promise<string> {
    if (this.#kind !== undefined) return this.#kind;
    try {
      const { data } = await this.#client.models.list({ signal });
      const model = data.find(({ id }) => id === this.model.name) ?? data[0];
      this.#kind = typeof model?.owned_by === 'string' ? model.owned_by : '';
    } catch (error) {
      signal.throwIfAborted();
      throw asServerError(error, this.#origin, this.#options.apiKey, 1);
    }
    return this.#kind;
  }

  cut(candidateId: CandidateId): void {
    this.#requests.cut(candidateId);
  }

  /** One candidate. @throws ServerError; the signal's reason */
  async #write({ messages, sampling, beginning = [] }: GenerationRequest, writing: Writing): Promise<FinishReason> {
    const { signal } = writing;
    const seed = seedOf(sampling, writing.place);
    const maxTokens = Math.max(1, sampling.maxTokens - beginning.length);
    const begun = beginning.join('');
    if (begun !== '') {
      await this.checkBeginning(signal);
      writing.begin(begun);
    }
    const told = withoutEcho(begun, writing.say);
    const turns = begun === '' ? messages : [...messages, { role: 'assistant' as const, content: begun }];
    const finishReason = await this.#stream(turns, { ...sampling, seed, maxTokens }, signal, told.onText);
    told.end();
    // An answer may also consist of nothing because a filter took it: then that is what it says.
    if (writing.nTokens === 0 && finishReason !== 'filter') throw serverAnswerEmpty(this.#origin);
    return finishReason;
  }

  /** Tries until an answer has come in whole. @throws ServerError; the signal's reason */
  async #stream(
    messages: readonly Message[],
    sampling: Sampling,
    signal: AbortSignal,
    onText: OnText,
  ): Promise<FinishReason> {
    let hasText = false;
    for (let nTries = 1; ; nTries++) {
      const extras = this.#extras;
      try {
        const reason = await this.#try(messages, sampling, extras, signal, (text, logprobs) => {
          hasText = true;
          onText(text, logprobs);
        });
        this.#slots.speedUp();
        return reason;
      } catch (error) {
        signal.throwIfAborted();
        const isRefused = !hasText && isRefusedField(error);
        if (isRefused && this.#limitField === 'max_tokens' && error.message.includes('max_completion_tokens')) {
          this.#limitField = 'max_completion_tokens';
          nTries -= 1;
          continue;
        }
        if (isRefused && extras === 'all') {
          this.#extras = 'none';
          nTries -= 1;
          continue;
        }
        const worded =
          hasText && !isOwn(error)
            ? serverStreamBroken(this.#origin)
            : asServerError(error, this.#origin, this.#options.apiKey, nTries);
        if (worded.facts['status'] === 429 || worded.facts['status'] === 503) this.#slots.slowDown();
        const waitMs = waitBefore(nTries, error, this.#options.retryBaseMs ?? 500);
        if (hasText || !worded.isRetryable || nTries === maxTries || waitMs === undefined) throw worded;
        await sleep(waitMs, signal);
      }
    }
  }

  async #try(
    messages: readonly Message[],
    sampling: Sampling,
    extras: 'all' | 'none',
    signal: AbortSignal,
    onText: OnText,
  ): Promise<FinishReason> {
    const stream = await this.#client.chat.completions.create(
      {
        model: this.model.name,
        messages: messages.map(({ role, content }) => ({ role, content })),
        temperature: sampling.temperature,
        top_p: sampling.topP,
        [this.#limitField]: sampling.maxTokens,
        seed: sampling.seed,
        stream: true,
        ...(messages.at(-1)?.role === 'assistant' ? goingOn : {}),
        ...(extras === 'all' ? this.#extraFields(sampling) : {}),
      },
      { signal },
    );
    let finishReason: FinishReason | undefined;
    const characters = new WholeCharacters();
    for await (const chunk of stream) {
      const choice = chunk.choices?.[0];
      if (choice === undefined) continue;
      const content: unknown = choice.delta?.content;
      const text = characters.take(typeof content === 'string' ? content : '');
      const logprobs = logprobsOf(choice.logprobs);
      if (text !== '' || logprobs.length > 0) onText(text, logprobs);
      if (typeof choice.finish_reason === 'string') finishReason = finishReasonOf(choice.finish_reason);
    }
    signal.throwIfAborted();
    if (characters.rest() !== '') onText(characters.rest(), []);
    if (finishReason === undefined) throw serverStreamBroken(this.#origin);
    return finishReason;
  }

  /** Fields that vLLM, SGLang and llama.cpp know and a hosted server may refuse. */
  #extraFields(sampling: Sampling): Record<string, unknown> {
    return {
      logprobs: true,
      top_logprobs: this.#options.topLogprobs ?? 5,
      ...(sampling.topK > 0 ? { top_k: sampling.topK } : {}),
      ...(sampling.minP > 0 ? { min_p: sampling.minP } : {}),
    };
  }
}

/** Servers, as they name themselves as owners of their models, that go on with an assistant's turn at the end. */
const serversThatGoOn: ReadonlySet<string> = new Set(['vllm', 'sglang', 'llamacpp', 'library']);
/** vLLM's names, which SGLang and llama.cpp know too; Ollama goes on by itself. */
const goingOn = { continue_final_message: true, add_generation_prompt: false };
/** Shorter beginnings may come again by chance. */
const minEchoChars = 16;

/** Some versions of llama.cpp give the beginning back before they go on. */
function withoutEcho(begun: string, onText: OnText): { readonly onText: OnText; readonly end: () => void } {
  const held: [text: string, logprobs: readonly TokenLogprob[]][] = [];
  let isOver = begun.length < minEchoChars;
  const release = (): void => {
    isOver = true;
    for (const [text, logprobs] of held.splice(0)) onText(text, logprobs);
  };
  return {
    onText: (text, logprobs) => {
      if (isOver) return onText(text, logprobs);
      held.push([text, logprobs]);
      const all = held.map(([piece]) => piece).join('');
      if (all.startsWith(begun)) {
        held.length = 0;
        isOver = true;
        if (all.length > begun.length) onText(all.slice(begun.length), []);
      } else if (!begun.startsWith(all)) release();
    },
    end: release,
  };
}

function clientOf({ baseUrl, apiKey, fetch = guardedFetch() }: OpenAiServer): {
  readonly client: OpenAI;
  readonly origin: string;
} {
  const url = serverBaseUrl(baseUrl);
  const hasKey = apiKey !== undefined && apiKey !== '';
  const client = new OpenAI({
    baseURL: url.href,
    // Everything that the library would take from the environment is set: another service's key must not go to this server.
    apiKey: hasKey ? apiKey : 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    defaultHeaders: hasKey ? {} : { Authorization: null },
    fetch,
    // Tries and silence are counted here and in the fetch; the library knows nothing of tokens that have come already.
    maxRetries: 0,
    timeout: 24 * 60 * 60 * 1000,
    logLevel: 'off',
  });
  return { client, origin: url.origin };
}

function finishReasonOf(reason: string): FinishReason {
  if (reason === 'length' || reason === 'content_filter') return reason === 'length' ? 'length' : 'filter';
  return 'stop';
}

/** What a server says of the tokens of one event; what does not have the known form is left out. */
function logprobsOf(value: unknown): TokenLogprob[] {
  const content = memberOf(value, 'content');
  if (!Array.isArray(content)) return [];
  return content.flatMap((item: unknown) => {
    const token = memberOf(item, 'token');
    const logprob = memberOf(item, 'logprob');
    if (typeof token !== 'string' || typeof logprob !== 'number') return [];
    const others = memberOf(item, 'top_logprobs');
    const top = (Array.isArray(others) ? others : []).flatMap((other: unknown): [string, number][] => {
      const text = memberOf(other, 'token');
      const value = memberOf(other, 'logprob');
      return typeof text === 'string' && typeof value === 'number' ? [[wellFormed(text), value]] : [];
    });
    return [{ token: wellFormed(token), logprob, top }];
  });
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const member: unknown = Object.getOwnPropertyDescriptor(value, name)?.value;
  return member;
}

/** 400 and 422: a field that this server does not know or does not allow. */
const isRefusedField = (error: unknown): error is APIError =>
  error instanceof APIError && (error.status === 400 || error.status === 422);

const isOwn = (error: unknown): boolean =>
  error instanceof ServerError || (error instanceof APIConnectionError && error.cause instanceof ServerError);

function asServerError(error: unknown, origin: string, apiKey: string | undefined, nTries: number): ServerError {
  if (error instanceof ServerError) return error;
  if (error instanceof APIConnectionError)
    return error.cause instanceof ServerError ? error.cause : serverStreamBroken(origin);
  const status: unknown = error instanceof APIError ? error.status : undefined;
  if (error instanceof APIError && typeof status === 'number') {
    const isRetryable = status === 408 || status === 429 || status >= 500;
    return serverRefused(origin, status, redact(error.message, [apiKey]), { isRetryable, nTries });
  }
  return serverReplyGarbled(origin);
}

/**
 * Milliseconds until the next try: as `Retry-After` says, else by chance. Undefined when the server asks for more patience
 * than we have.
 */
function waitBefore(nTries: number, error: unknown, baseMs: number): number | undefined {
  const headers = error instanceof APIError && error.headers instanceof Headers ? error.headers : undefined;
  const after = headers?.get('retry-after') ?? undefined;
  if (after !== undefined) {
    const ms = /^\d{1,9}$/.test(after.trim()) ? Number(after) * 1000 : Date.parse(after) - Date.now();
    if (Number.isFinite(ms)) return ms > maxRetryAfterMs ? undefined : Math.max(0, ms);
  }
  return jitteredWait(nTries, baseMs);
}
