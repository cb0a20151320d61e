import * as l10n from '@vscode/l10n';
import os from 'node:os';
import path from 'node:path';
import { deviceFailed, memoryTooSmall, TouchstoneError, type FinishReason, type TokenLogprob } from '../core/index.js';
import { compileModel, openGguf, readDescription, tokenizerOf } from '../models/index.js';
import type { ChatTokenizer, CompiledModel, DecoderDescription, ParameterFile } from '../models/index.js';
import { collectGarbage } from './collectGarbage.js';
import { Decoder, type Runtime } from './decoder.js';
import { cpu, sessionOptions, type ChosenDevice } from './device.js';
import { generate, type DrawnToken } from './generate.js';
import type { FromEngine, ToEngine } from './protocol.js';

type GenerateMessage = Extract<ToEngine, { type: 'generate' }>;

export interface ModelHostOptions {
  readonly runtime: Runtime;
  readonly cacheFolder: string;
  readonly chooseDevice: () => Promise<ChosenDevice>;
  readonly send: (message: FromEngine) => void;
  /** Says that the thread may be held up for so long; resolves when the parent has been told. */
  readonly announce: (nextWithinMs: number) => Promise<void>;
}

interface LoadedModel {
  readonly key: string;
  readonly decoder: Decoder;
  readonly tokenizer: ChatTokenizer;
  readonly device: ChosenDevice;
}

/** A message leaves after so many tokens or milliseconds, whichever comes first. */
const batchTokens = 64;
const batchMs = 50;
/** Building or loading a large model may hold up the thread for long; a chat template may not. */
const loadSilenceMs = 300_000;
const templateSilenceMs = 5_000;
const usualSilenceMs = 30_000;
/** Weights as they lie in the file and in the kernels' own order, both for a moment; and the process itself. */
const memoryPerDataByte = 2;
const processBytes = 120e6;

/** Holds one model, loads another when it is asked for, and turns tokens into text on their way out. */
export class ModelHost {
  readonly #options: ModelHostOptions;
  #loaded: LoadedModel | undefined;
  #device: ChosenDevice | undefined;
  /** Whether the running request has given a token. */
  #hasSpoken = false;

  constructor(options: ModelHostOptions) {
    this.#options = options;
  }

  /** Checks a parameter file and builds its graph. */
  async prepare(requestId: number, file: string, signal: AbortSignal): Promise<void> {
    const { send } = this.#options;
    const parameters = await openGguf(file);
    try {
      await this.#tokenizer(parameters);
      const compiled = await this.#compile(parameters, requestId, signal);
      const { name, architecture } = await readDescription(compiled.descriptionFile);
      send({ type: 'prepare-end', requestId, name, architecture });
    } finally {
      await parameters.close();
    }
  }

  /** Answers on the device; where that fails before a word was said, on the CPU, which then stays in use. */
  async generate(message: GenerateMessage, signal: AbortSignal, cut: ReadonlySet<number>): Promise<void> {
    try {
      await this.#generate(message, signal, cut);
    } catch (error) {
      const device = this.#loaded?.device.name ?? 'cpu';
      if (signal.aborted || error instanceof TouchstoneError || device === 'cpu') throw error;
      const reason = error instanceof Error ? error.message : String(error);
      await this.#loaded?.decoder.close();
      this.#loaded = undefined;
      this.#device = cpu(l10n.t('{0} failed ({1}), so the CPU answers', device, reason.slice(0, 200)));
      if (this.#hasSpoken) throw deviceFailed({ device, reason }, error);
      await this.#generate(message, signal, cut);
    }
  }

  async #generate(message: GenerateMessage, signal: AbortSignal, cut: ReadonlySet<number>): Promise<void> {
    const { send, announce } = this.#options;
    this.#hasSpoken = false;
    const { requestId, nCandidates } = message;
    const { decoder, tokenizer, device } = await this.#load(message, signal);
    await announce(templateSilenceMs);
    const prompt = tokenizer.encodeChat(message.messages);
    // A piece at a time: the model's own tokens stay those that it wrote, and no text becomes a control token.
    const beginning = Int32Array.from((message.beginning ?? []).flatMap((piece) => [...tokenizer.encodeText(piece)]));
    await announce(usualSilenceMs);

    const outlet = new TextOutlet(requestId, nCandidates, tokenizer, send);
    const started = performance.now();
    let promptReadAt = started;
    let nTokens = 0;
    const counts = new Array<number>(nCandidates).fill(0);
    const events = generate(decoder, prompt, {
      nCandidates,
      sampling: message.sampling,
      beginning,
      endOfTurn: tokenizer.endOfTurn,
      signal,
      isCut: (candidate) => cut.has(candidate),
    });
    for await (const event of events) {
      switch (event.type) {
        case 'prompt-read':
          promptReadAt = performance.now();
          send({ type: 'generate-start', requestId });
          send({ type: 'log', line: `prompt of ${prompt.length} tokens read in ${event.durationMs.toFixed(0)} ms` });
          break;
        case 'token':
          this.#hasSpoken = true;
          outlet.add(event.token);
          if (event.isGiven) break;
          nTokens++;
          counts[event.token.candidate] = (counts[event.token.candidate] ?? 0) + 1;
          break;
        case 'step':
          outlet.flushIfDue();
          break;
        case 'end':
          outlet.finish(event.candidate, event.finishReason);
          send({
            type: 'candidate-end',
            requestId,
            candidate: event.candidate,
            finishReason: event.finishReason,
            durationMs: performance.now() - started,
            nTokens: counts[event.candidate] ?? 0,
            device: device.name,
          });
          break;
      }
    }
    const tokensPerSecond = (nTokens / Math.max(1, performance.now() - promptReadAt)) * 1000;
    send({
      type: 'log',
      line: `${nTokens} tokens of ${nCandidates} candidates, ${tokensPerSecond.toFixed(0)} tokens/s on ${device.name}`,
    });
    send({ type: 'generate-end', requestId, tokensPerSecond });
  }

  async #load(message: GenerateMessage, signal: AbortSignal): Promise<LoadedModel> {
    const { runtime, send, announce } = this.#options;
    const { model, requestId } = message;
    const key = `${model.file}\n${model.sha256 ?? ''}`;
    if (this.#loaded?.key === key) return this.#loaded;
    send({ type: 'model-loading', model: model.name });
    await this.#loaded?.decoder.close();
    this.#loaded = undefined;

    const started = performance.now();
    const parameters = await openGguf(model.file);
    let compiled: CompiledModel;
    let tokenizer: ChatTokenizer;
    try {
      compiled = await this.#compile(parameters, requestId, signal, model.sha256);
      tokenizer = await this.#tokenizer(parameters);
    } finally {
      await parameters.close();
    }
    collectGarbage();
    const description = await readDescription(compiled.descriptionFile);
    checkMemory(description);
    this.#device ??= await this.#options.chooseDevice();
    await announce(loadSilenceMs);
    const files = { graph: compiled.graphFile, data: path.join(compiled.folder, 'decoder.data') };
    const onDevice = (device: ChosenDevice) => Decoder.open(runtime, description, files, sessionOptions(device.name));
    let device = this.#device;
    let decoder: Decoder;
    try {
      decoder = await onDevice(device);
    } catch (error) {
      if (device.name === 'cpu') throw error;
      // A device that fails is no reason to give up: the CPU can always do it.
      const reason = error instanceof Error ? error.message : String(error);
      device = cpu(l10n.t('{0} failed ({1}), so the CPU answers', device.name, reason.slice(0, 200)));
      this.#device = device;
      decoder = await onDevice(device);
    }
    await announce(usualSilenceMs);
    send({
      type: 'log',
      line: `${model.name} loaded on ${device.name} in ${(performance.now() - started).toFixed(0)} ms: ${device.reason}`,
    });
    send({ type: 'model-ready', model: model.name, device: device.name, reason: device.reason });
    this.#loaded = { key, decoder, tokenizer, device };
    return this.#loaded;
  }

  async #tokenizer(parameters: ParameterFile): Promise<ChatTokenizer> {
    await this.#options.announce(usualSilenceMs);
    return tokenizerOf(parameters);
  }

  async #compile(
    parameters: ParameterFile,
    requestId: number,
    signal: AbortSignal,
    sha256?: string,
  ): Promise<CompiledModel> {
    const { send, announce, cacheFolder } = this.#options;
    await announce(loadSilenceMs);
    const compiled = await compileModel(parameters, {
      cacheFolder,
      ...(sha256 === undefined ? {} : { sha256 }),
      signal,
      onProgress: (step, share) => send({ type: 'request-progress', requestId, step, share }),
    });
    await announce(usualSilenceMs);
    return compiled;
  }
}

/** Gathers tokens into messages, and bytes into characters: a token may end in the middle of one. */
class TextOutlet {
  readonly #decoders: readonly TextDecoder[];
  readonly #tokenTexts = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #waiting = new Map<number, { text: string; logprobs: TokenLogprob[] }>();
  readonly #requestId: number;
  readonly #tokenizer: ChatTokenizer;
  readonly #send: (message: FromEngine) => void;
  #nWaiting = 0;
  #lastSent = performance.now();
  #hasSent = false;

  constructor(requestId: number, nCandidates: number, tokenizer: ChatTokenizer, send: (message: FromEngine) => void) {
    this.#requestId = requestId;
    this.#tokenizer = tokenizer;
    this.#send = send;
    this.#decoders = Array.from({ length: nCandidates }, () => new TextDecoder('utf-8', { ignoreBOM: true }));
  }

  add(token: DrawnToken): void {
    const text = this.#decoders[token.candidate]?.decode(this.#tokenizer.bytesOf(token.id), { stream: true }) ?? '';
    this.#put(token.candidate, text, {
      token: this.#textOf(token.id),
      logprob: token.logprob,
      top: token.top.map(([id, logprob]) => [this.#textOf(id), logprob]),
    });
    this.#nWaiting++;
    if (this.#nWaiting >= batchTokens) this.#flush();
  }

  flushIfDue(): void {
    if (this.#nWaiting > 0 && (!this.#hasSent || performance.now() - this.#lastSent >= batchMs)) this.#flush();
  }

  /** Bytes of a character that the model left unfinished become U+FFFD; where the answer was cut there, they are left out. */
  finish(candidate: number, reason: FinishReason): void {
    const rest = this.#decoders[candidate]?.decode() ?? '';
    if (rest !== '' && reason === 'stop') this.#put(candidate, rest);
    this.#flush();
  }

  #put(candidate: number, text: string, logprob?: TokenLogprob): void {
    const delta = this.#waiting.get(candidate) ?? { text: '', logprobs: [] };
    delta.text += text;
    if (logprob) delta.logprobs.push(logprob);
    this.#waiting.set(candidate, delta);
  }

  #flush(): void {
    if (this.#waiting.size === 0) return;
    const deltas = [...this.#waiting].map(([candidate, delta]) => ({ candidate, ...delta }));
    this.#send({ type: 'text-delta', requestId: this.#requestId, deltas });
    this.#waiting.clear();
    this.#nWaiting = 0;
    this.#hasSent = true;
    this.#lastSent = performance.now();
  }

  #textOf(id: number): string {
    return this.#tokenTexts.decode(this.#tokenizer.bytesOf(id));
  }
}

function checkMemory(description: DecoderDescription): void {
  // macOS counts its file cache as used, so its figure would refuse models that fit.
  if (process.platform === 'darwin') return;
  const neededBytes = description.dataBytes * memoryPerDataByte + processBytes;
  const freeBytes = os.freemem();
  if (neededBytes > freeBytes) throw memoryTooSmall({ neededBytes, freeBytes });
}
