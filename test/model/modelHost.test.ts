import * as runtime from 'onnxruntime-node';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { defaultSampling } from '../../src/core/index.js';
import type { Runtime } from '../../src/engine/decoder.js';
import { ModelHost } from '../../src/engine/modelHost.js';
import type { FromEngine } from '../../src/engine/protocol.js';
import { cacheFolder, openModelLibrary, type InstalledModel } from '../../src/models/index.js';

let model: InstalledModel;
beforeAll(async () => {
  model = await openModelLibrary().add('smollm2-135m-instruct', { signal: new AbortController().signal });
});

/** The real runtime on the CPU, in the place of a device that breaks down at its n-th run. */
function failingDevice(nRuns: number): Runtime {
  return {
    Tensor: runtime.Tensor,
    InferenceSession: {
      create: async (file, options) => {
        const isDevice = options.executionProviders?.[0] === 'webgpu';
        const session = await runtime.InferenceSession.create(file, { ...options, executionProviders: ['cpu'] });
        if (!isDevice) return session;
        let left = nRuns;
        return new Proxy(session, {
          get(target, name) {
            const value: unknown = Reflect.get(target, name);
            if (typeof value !== 'function') return value;
            return (...args: unknown[]): unknown =>
              name !== 'run' || left-- > 0
                ? Reflect.apply(value, target, args)
                : Promise.reject(new Error('the device was lost'));
          },
        });
      },
    },
  };
}

function hostWith(nRuns: number) {
  const sent: FromEngine[] = [];
  const host = new ModelHost({
    runtime: failingDevice(nRuns),
    cacheFolder: path.join(cacheFolder(), 'graphs'),
    chooseDevice: () => Promise.resolve({ name: 'webgpu', reason: 'chosen in the settings' }),
    send: (message) => sent.push(message),
    announce: () => Promise.resolve(),
  });
  const ask = (requestId: number, content: string, maxTokens: number) =>
    host.generate(
      {
        type: 'generate',
        requestId,
        model: { name: model.name, file: model.file, sha256: model.sha256 },
        messages: [{ role: 'user', content }],
        nCandidates: 1,
        sampling: { ...defaultSampling, temperature: 0, maxTokens },
      },
      new AbortController().signal,
      new Set(),
    );
  const texts = (requestId: number) =>
    sent
      .flatMap((message) => (message.type === 'text-delta' && message.requestId === requestId ? message.deltas : []))
      .map(({ text }) => text)
      .join('');
  return { sent, ask, texts };
}

describe('a device that breaks down', () => {
  test('before the first word: the CPU answers, and says why', async () => {
    const { sent, ask, texts } = hostWith(0);
    await ask(1, 'Who wrote Hamlet?', 24);
    expect(texts(1)).toContain('Shakespeare');
    expect(sent.filter(({ type }) => type === 'model-ready')).toMatchObject([
      { device: 'webgpu' },
      { device: 'cpu', reason: 'webgpu failed (the device was lost), so the CPU answers' },
    ]);
  });

  test('in the middle of an answer: that one ends with an error, since its words stand already; the next is the CPU’s', async () => {
    const { sent, ask, texts } = hostWith(6);
    await expect(ask(1, 'Count from one to twenty.', 24)).rejects.toMatchObject({ code: 'device-failed' });
    await ask(2, 'Who wrote Hamlet?', 24);
    expect(texts(2)).toContain('Shakespeare');
    expect(sent.findLast(({ type }) => type === 'candidate-end')).toMatchObject({ requestId: 2, device: 'cpu' });
  });
});

describe('the end of an answer', () => {
  test('never holds half a character when it was cut there', async () => {
    const { sent, ask, texts } = hostWith(1000);
    let nCutInside = 0;
    for (let maxTokens = 1; maxTokens <= 10; maxTokens++) {
      await ask(maxTokens, 'List ten emoji.', maxTokens);
      expect(texts(maxTokens)).not.toMatch(/\ufffd$/);
      const last = sent.findLast((message) => message.type === 'text-delta')?.deltas[0]?.logprobs.at(-1);
      if (last?.token.endsWith('\ufffd')) nCutInside++;
    }
    expect(nCutInside).toBeGreaterThan(0);
  });
});
