import {
  EngineError,
  engineStopped,
  InputError,
  ModelError,
  processKeepsFailing,
  serializeError,
  type CandidateId,
  type SerializedError,
} from '../core/index.js';
import type { CandidateGenerator, GenerationEvent, GenerationRequest } from '../generation/index.js';
import type { InstalledModel } from '../models/index.js';
import type { Engine, EngineOptions, EngineState } from './engine.js';
import { EngineProcess } from './engineProcess.js';
import type { FromEngine } from './protocol.js';

const maxStarts = 4;
const startWindowMs = 5 * 60_000;

type RequestMessage = Extract<FromEngine, { requestId: number }>;
type RequestEvent = RequestMessage | { readonly type: 'lost'; readonly error: Error };

export function createEngine(
  options: EngineOptions & { readonly env?: Readonly<Record<string, string | undefined>> },
): Engine {
  return new EngineClient(options);
}

/** Starts the process on first use, hands requests to it, and knows which of them are lost when it ends. */
class EngineClient implements Engine {
  readonly #options: Parameters<typeof createEngine>[0];
  readonly #listeners = new Set<(state: EngineState) => void>();
  readonly #requests = new Map<number, (event: RequestEvent) => void>();
  #process: EngineProcess | undefined;
  /** When the process was started, of the last five minutes. */
  #starts: number[] = [];
  #nRequests = 0;
  #state: EngineState = { status: 'off' };

  constructor(options: Parameters<typeof createEngine>[0]) {
    this.#options = options;
  }

  get state(): EngineState {
    return this.#state;
  }

  onDidChange(listener: (state: EngineState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  generator(model: InstalledModel): CandidateGenerator {
    const running = new Map<CandidateId, { readonly requestId: number; readonly candidate: number }>();
    return {
      model: { name: model.name, hash: model.sha256, provider: 'engine' },
      generate: (request, signal) => this.#generate(model, request, signal, running),
      cut: (candidateId) => {
        const place = running.get(candidateId);
        if (place) this.#process?.send({ type: 'candidate-cut', ...place });
      },
    };
  }

  async prepare(
    file: string,
    options: { readonly signal: AbortSignal; readonly onProgress?: (step: string, share: number) => void },
  ): Promise<{ readonly architecture: string; readonly name: string }> {
    const requestId = ++this.#nRequests;
    for await (const event of this.#request(requestId, { type: 'prepare', requestId, file }, options.signal)) {
      if (event.type === 'request-progress') options.onProgress?.(event.step, event.share);
      if (event.type === 'prepare-end') return { architecture: event.architecture, name: event.name };
    }
    throw engineStopped();
  }

  async stop(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    await running?.stop();
    this.#change({ status: 'off' });
  }

  async *#generate(
    model: InstalledModel,
    request: GenerationRequest,
    signal: AbortSignal,
    running: Map<CandidateId, { readonly requestId: number; readonly candidate: number }>,
  ): AsyncGenerator<GenerationEvent> {
    const requestId = ++this.#nRequests;
    const { candidateIds } = request;
    const going = new Set(candidateIds);
    candidateIds.forEach((candidateId, candidate) => running.set(candidateId, { requestId, candidate }));
    let hasStarted = false;
    const message = {
      type: 'generate' as const,
      requestId,
      model: { name: model.name, file: model.file, sha256: model.sha256 },
      messages: [...request.messages],
      ...(request.beginning === undefined ? {} : { beginning: [...request.beginning] }),
      nCandidates: candidateIds.length,
      sampling: request.sampling,
    };
    try {
      for await (const event of this.#request(requestId, message, signal)) {
        switch (event.type) {
          case 'generate-start':
            if (hasStarted) break;
            hasStarted = true;
            for (const candidateId of candidateIds) yield { type: 'candidate-start', candidateId };
            break;
          case 'text-delta':
            for (const { candidate, text, logprobs } of event.deltas) {
              const candidateId = candidateIds[candidate];
              if (candidateId !== undefined) yield { type: 'text-delta', candidateId, text, logprobs };
            }
            break;
          case 'candidate-end': {
            const candidateId = candidateIds[event.candidate];
            if (candidateId === undefined) break;
            going.delete(candidateId);
            const { finishReason, durationMs, nTokens, device } = event;
            yield { type: 'candidate-end', candidateId, finishReason, durationMs, nTokens, device };
            break;
          }
          case 'generate-end':
            this.#change({ ...this.#state, tokensPerSecond: event.tokensPerSecond });
            return;
          default:
            // Answers to requests of other kinds.
            break;
        }
      }
    } catch (error) {
      signal.throwIfAborted();
      // What was written before the process ended is kept; a request that had not begun fails as a whole.
      if (!hasStarted) throw error;
      for (const candidateId of going) yield { type: 'candidate-error', candidateId, error: serializeError(error) };
    } finally {
      for (const candidateId of candidateIds)
        if (running.get(candidateId)?.requestId === requestId) running.delete(candidateId);
    }
  }

  /** Messages of one request until it ends. Leaving the loop, or the signal, cancels it. */
  async *#request(
    requestId: number,
    message: Parameters<EngineProcess['send']>[0],
    signal: AbortSignal,
  ): AsyncGenerator<RequestMessage> {
    signal.throwIfAborted();
    const events: RequestEvent[] = [];
    let wake = () => undefined as void;
    const arrive = (event: RequestEvent) => {
      events.push(event);
      wake();
    };
    const onAbort = () => wake();
    const running = this.#running();
    this.#requests.set(requestId, arrive);
    signal.addEventListener('abort', onAbort, { once: true });
    let hasEnded = false;
    try {
      running.send(message);
      for (;;) {
        signal.throwIfAborted();
        const event = events.shift();
        if (event === undefined) {
          await new Promise<void>((resolve) => (wake = resolve));
          continue;
        }
        hasEnded = ['lost', 'request-error', 'generate-end', 'prepare-end'].includes(event.type);
        if (event.type === 'lost') throw event.error;
        if (event.type === 'request-error') throw revived(event.error);
        yield event;
        if (hasEnded) return;
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#requests.delete(requestId);
      if (!hasEnded) running.send({ type: 'request-cancel', requestId });
    }
  }

  /** @throws EngineError when the process has ended too often. */
  #running(): EngineProcess {
    if (this.#process) return this.#process;
    const now = performance.now();
    this.#starts = this.#starts.filter((at) => now - at < startWindowMs);
    if (this.#starts.length >= maxStarts) {
      const error = processKeepsFailing({ nStarts: maxStarts, minutes: startWindowMs / 60_000 });
      this.#change({ status: 'failed', reason: error.message });
      throw error;
    }
    this.#starts.push(now);
    this.#change({ status: 'starting' });
    const { processFile, cacheFolder, device, env, translations } = this.#options;
    const started = new EngineProcess({
      processFile,
      cacheFolder,
      device,
      ...(env === undefined ? {} : { env }),
      ...(translations === undefined ? {} : { translations }),
      log: (line) => this.#options.log?.(line),
      onMessage: (message) => this.#receive(message),
      onEnd: (error) => {
        if (this.#process === started) this.#process = undefined;
        const lost = error ?? engineStopped();
        for (const [requestId, arrive] of [...this.#requests]) {
          this.#requests.delete(requestId);
          arrive({ type: 'lost', error: lost });
        }
        if (error) this.#change({ status: 'failed', reason: error.message });
        else if (this.#process === undefined) {
          // Asked to end: that was no failure.
          this.#starts = [];
          this.#change({ status: 'off' });
        }
      },
    });
    this.#process = started;
    return started;
  }

  #receive(message: FromEngine): void {
    if (message.type === 'model-loading') this.#change({ status: 'starting', model: message.model });
    else if (message.type === 'model-ready')
      this.#change({ status: 'ready', model: message.model, device: message.device, reason: message.reason });
    else if ('requestId' in message) this.#requests.get(message.requestId)?.(message);
  }

  #change(state: EngineState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}

function revived({ name, code, message }: SerializedError): Error {
  switch (name) {
    case 'InputError':
      return new InputError(code, message);
    case 'ModelError':
      return new ModelError(code, message);
    default:
      return new EngineError(code, message);
  }
}
