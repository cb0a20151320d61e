import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as runtime from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultSampling, type Sampling } from '../../../src/core/index.js';
import { Decoder, type RatedToken } from '../../../src/engine/decoder.js';
import { sessionOptions } from '../../../src/engine/device.js';
import { generate, type TokenEvent } from '../../../src/engine/generate.js';
import { compileModel, readDescription, tinyLlama } from '../../../src/models/index.js';
import { textbookLlama, type Textbook } from './textbookLlama.js';

const never = new AbortController().signal;
let cacheFolder = '';
let decoder: Decoder;
let textbook: Textbook;
const prompt = Int32Array.from({ length: 270 }, (_, index) => (index * 31 + 7) % 96);

beforeAll(async () => {
  cacheFolder = await mkdtemp(path.join(os.tmpdir(), 'touchstone-engine-'));
  const compiled = await compileModel(tinyLlama(), { cacheFolder, sha256: 'tiny', arithmetic: 'float', signal: never });
  const files = { graph: compiled.graphFile, data: path.join(compiled.folder, 'decoder.data') };
  const description = await readDescription(compiled.descriptionFile);
  decoder = await Decoder.open(runtime, description, files, sessionOptions('cpu'));
  textbook = await textbookLlama(tinyLlama());
});
afterAll(async () => {
  await decoder.close();
  await rm(cacheFolder, { recursive: true });
});

interface Answer {
  ids: number[];
  logprobs: number[];
  end?: string;
}

async function answers(
  sampling: Partial<Sampling>,
  options: {
    n?: number;
    endOfTurn?: number[];
    cutAt?: readonly [candidate: number, token: number];
    onEvent?: (event: TokenEvent) => void;
    signal?: AbortSignal;
    prompt?: Int32Array;
    beginning?: readonly number[];
  } = {},
): Promise<Answer[]> {
  const found: Answer[] = Array.from({ length: options.n ?? 1 }, () => ({ ids: [], logprobs: [] }));
  const events = generate(decoder, options.prompt ?? prompt.subarray(0, 40), {
    nCandidates: found.length,
    sampling: { ...defaultSampling, maxTokens: 12, ...sampling },
    ...(options.beginning === undefined ? {} : { beginning: Int32Array.from(options.beginning) }),
    endOfTurn: new Set(options.endOfTurn ?? []),
    signal: options.signal ?? never,
    isCut: (candidate) => options.cutAt?.[0] === candidate && (found[candidate]?.ids.length ?? 0) >= options.cutAt[1],
  });
  for await (const event of events) {
    options.onEvent?.(event);
    if (event.type === 'token') {
      found[event.token.candidate]?.ids.push(event.token.id);
      found[event.token.candidate]?.logprobs.push(event.token.logprob);
    }
    const ended = event.type === 'end' ? found[event.candidate] : undefined;
    if (ended && event.type === 'end') ended.end = event.finishReason;
  }
  return found;
}

describe('the shared-prefix decoder', () => {
  test('gives the numbers of a textbook: rows of different texts over one prompt, beyond a piece and a growth of the cache', async () => {
    let largest = 0;
    const compare = (ids: readonly number[], row: number, all: Float32Array) => {
      const expected = textbook(ids)();
      expected.forEach((logprob, id) => {
        largest = Math.max(largest, Math.abs(logprob - (all[row * expected.length + id] ?? NaN)));
      });
    };
    await decoder.prefill(prompt, never);
    const texts = [[], [], []].map(() => [...prompt]);
    decoder.spread(3);
    for (let step = 0; step < 34; step++) {
      const ids = texts.map((_, row) => (step * 17 + row * 29) % 96);
      await decoder.step(ids);
      ids.forEach((id, row) => texts[row]?.push(id));
    }
    decoder.keep([2, 0]);
    await decoder.step([5, 6]);
    const kept = await decoder.allLogprobs();
    compare([...(texts[2] ?? []), 5], 0, kept);
    compare([...(texts[0] ?? []), 6], 1, kept);
    console.log(`largest difference to the textbook: ${largest.toExponential(1)} nats`);
    expect(largest).toBeLessThan(1e-4);
  });

  test('the most likely tokens are the largest of all, normalised over the whole vocabulary', async () => {
    const top = await decoder.prefill(prompt.subarray(0, 9), never);
    const all = await decoder.allLogprobs();
    expect(all.reduce((sum, logprob) => sum + Math.exp(logprob), 0)).toBeCloseTo(1, 4);
    expect([...top.logprobs]).toEqual([...all].sort((a, b) => b - a).slice(0, top.width));
    top.ids.forEach((id, index) => expect(top.logprobs[index]).toBe(all[Number(id)]));
  });

  test('rates the tokens that it was given as a textbook does, over pieces, also the unlikely ones', async () => {
    for (const [nPrompt, nRated] of [
      [40, 3],
      [33, 1],
      [32, 40],
      [1, 70],
    ] as const) {
      const ids = prompt.subarray(0, nPrompt + nRated);
      const rated: RatedToken[] = [];
      const top = await decoder.prefill(ids, never, { nRated, onRated: (token) => rated.push(token) });
      expect(rated.map(({ id }) => id)).toEqual([...ids.subarray(nPrompt)]);
      const read = textbook([...ids]);
      rated.forEach(({ id, logprob, top: alternatives }, index) => {
        expect(alternatives).toHaveLength(5);
        const expected = read(nPrompt + index - 1);
        expect(logprob).toBeCloseTo(expected[id] ?? NaN, 3);
        expect(alternatives[0]?.[1]).toBeCloseTo(Math.max(...expected), 3);
      });
      const plain = await decoder.prefill(ids, never);
      expect([top.nRows, [...top.ids]]).toEqual([plain.nRows, [...plain.ids]]);
      expect(
        Math.max(...top.logprobs.map((value, index) => Math.abs(value - (plain.logprobs[index] ?? NaN)))),
      ).toBeLessThan(1e-4);
    }
  });

  test('a half-built graph never gets the name of a whole one', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'touchstone-engine-'));
    const abort = new AbortController();
    const building = compileModel(tinyLlama(), {
      cacheFolder: folder,
      sha256: 'tiny',
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    await expect(building).rejects.toThrow();
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  });
});

describe('generating', () => {
  test('the same seed gives the same text, another seed another', async () => {
    const first = await answers({ seed: 7, temperature: 1 }, { n: 4 });
    expect(await answers({ seed: 7, temperature: 1 }, { n: 4 })).toEqual(first);
    expect(await answers({ seed: 8, temperature: 1 }, { n: 4 })).not.toEqual(first);
  });

  test('temperature 0 takes the most likely token, whatever the seed', async () => {
    const [greedy] = await answers({ temperature: 0, seed: 1 });
    expect(await answers({ temperature: 0, seed: 2 }, { n: 3 })).toEqual([greedy, greedy, greedy]);
    const read = textbook([...prompt.subarray(0, 40), ...(greedy?.ids ?? [])]);
    expect(greedy?.ids.length).toBeGreaterThan(0);
    greedy?.ids.forEach((id, index) => {
      const logprobs = read(39 + index);
      expect(Math.max(...logprobs) - (logprobs[id] ?? -Infinity)).toBeLessThan(1e-4);
    });
  });

  test('N rows give N candidates with draws of their own', async () => {
    const found = await answers({ temperature: 1 }, { n: 8 });
    expect(new Set(found.map((answer) => answer.ids.join())).size).toBe(8);
  });

  test('a beginning that is the answer’s own is gone on with as if nothing had come between', async () => {
    const [whole] = await answers({ temperature: 0, maxTokens: 40 });
    for (const n of [1, 7, 33, 39]) {
      const found = await answers({ temperature: 0, maxTokens: 40 }, { n: 2, beginning: whole?.ids.slice(0, n) ?? [] });
      expect(found.map(({ ids, end }) => [ids, end])).toEqual(Array(2).fill([whole?.ids, 'length']));
      found[0]?.logprobs.forEach((logprob, index) => expect(logprob).toBeCloseTo(whole?.logprobs[index] ?? NaN, 3));
    }
  });

  test('a beginning is no news, draws go on from it with seeds of their own, and one token more is always written', async () => {
    const given: boolean[] = [];
    const onEvent = (event: TokenEvent) => void (event.type === 'token' && given.push(event.isGiven));
    const beginning = [5, 9, 5, 90];
    const found = await answers({ temperature: 1, maxTokens: 6 }, { n: 3, beginning, onEvent });
    expect(found.map(({ ids }) => ids.slice(0, 4))).toEqual(Array(3).fill(beginning));
    expect(new Set(found.map(({ ids }) => ids.join())).size).toBe(3);
    expect(given.filter(Boolean)).toHaveLength(12);
    const [full] = await answers({ temperature: 0, maxTokens: 2 }, { beginning });
    expect([full?.ids.length, full?.end]).toEqual([5, 'length']);
  });

  test('an answer has at most so many tokens', async () => {
    for (const maxTokens of [1, 5, 40]) {
      const found = await answers({ maxTokens, temperature: 1 }, { n: 3 });
      expect(found.map((answer) => [answer.ids.length, answer.end])).toEqual(Array(3).fill([maxTokens, 'length']));
    }
  });

  test('an end of turn ends one answer and is no part of it; the others go on', async () => {
    const free = await answers({ temperature: 1, seed: 5 }, { n: 3 });
    const stop = free[1]?.ids[4] ?? 0;
    const found = await answers({ temperature: 1, seed: 5 }, { n: 3, endOfTurn: [stop] });
    found.forEach((answer, index) => {
      const place = free[index]?.ids.indexOf(stop) ?? -1;
      expect(answer.end).toBe(place < 0 ? 'length' : 'stop');
      if (place >= 0) expect(answer.ids).toHaveLength(place);
      expect(answer.ids).not.toContain(stop);
    });
  });

  test('one candidate can be cut; it keeps what it has', async () => {
    const found = await answers({ temperature: 1 }, { n: 3, cutAt: [1, 3] });
    expect(found.map((answer) => [answer.ids.length, answer.end])).toEqual([
      [12, 'length'],
      [3, 'cut'],
      [12, 'length'],
    ]);
  });

  test('a cancel stops at the next token and leaves nothing of the prompt', async () => {
    const abort = new AbortController();
    let nTokens = 0;
    const running = answers(
      { temperature: 1, maxTokens: 100 },
      { n: 2, signal: abort.signal, onEvent: (event) => event.type === 'token' && ++nTokens === 6 && abort.abort() },
    );
    await expect(running).rejects.toThrow('aborted');
    expect(nTokens).toBe(6);
    expect([decoder.nPrompt, decoder.nRows]).toEqual([0, 0]);
  });

  test('when 64 tokens do not hold top-p of the mass, the whole vocabulary is drawn from', async () => {
    // The tiny model's distribution is so flat that 64 of 96 tokens hold about three quarters.
    const found = await answers({ temperature: 3, topP: 1, minP: 0, maxTokens: 60 }, { n: 8 });
    expect(new Set(found.flatMap((answer) => answer.ids)).size).toBeGreaterThan(64);
  });

  test('a prompt that leaves no room for the answer is refused with the numbers', async () => {
    await expect(answers({ maxTokens: 300 }, { prompt })).rejects.toThrow(/270 tokens.*up to 300.*512/);
  });
});
