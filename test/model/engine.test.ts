import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CandidateId, defaultSampling, type Sampling, type TokenLogprob } from '../../src/core/index.js';
import { createEngine, type Engine, type EngineState } from '../../src/engine/index.js';
import type { GenerationEvent } from '../../src/generation/index.js';
import { cacheFolder, openModelLibrary, readDescription, type InstalledModel } from '../../src/models/index.js';
import { engineBundle } from './engineBundle.js';

const signal = new AbortController().signal;
let folder = '';
let processFile = '';
let remove: () => Promise<void>;
let model: InstalledModel;
const engines: Engine[] = [];

beforeAll(async () => {
  ({ folder, processFile, remove } = await engineBundle());
  model = await openModelLibrary().add('smollm2-135m-instruct', { signal });
});
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.stop()));
});
afterAll(() => remove());

function start(options: { processFile?: string; device?: 'auto' | 'cpu' | 'webgpu'; cache?: string } = {}) {
  const states: EngineState[] = [];
  const engine = createEngine({
    processFile: options.processFile ?? processFile,
    cacheFolder: options.cache ?? path.join(cacheFolder(), 'graphs'),
    device: options.device ?? 'cpu',
  });
  engine.onDidChange((state) => states.push(state));
  engines.push(engine);
  return { engine, states };
}

const ids = (...names: string[]) => names.map((name) => CandidateId.parse(name));
const request = (content: string, candidateIds: CandidateId[], sampling: Partial<Sampling> = {}) => ({
  messages: [{ role: 'user' as const, content }],
  candidateIds,
  sampling: { ...defaultSampling, maxTokens: 24, ...sampling },
});

async function play(
  events: AsyncIterable<GenerationEvent>,
  onEvent: (event: GenerationEvent) => void = () => undefined,
): Promise<Record<string, { text: string; nLogprobs: number; end: string }>> {
  const answers: Record<string, { text: string; nLogprobs: number; end: string }> = {};
  for await (const event of events) {
    const answer = (answers[event.candidateId] ??= { text: '', nLogprobs: 0, end: '' });
    if (event.type === 'text-delta') {
      answer.text += event.text;
      answer.nLogprobs += event.logprobs.length;
    } else if (event.type === 'candidate-end') answer.end = event.finishReason;
    else if (event.type === 'candidate-error') answer.end = event.error.code;
    onEvent(event);
  }
  return answers;
}

/** Processes that run this test's bundle. */
const nProcesses = () =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(processFile)).length;
const pidOfProcess = () =>
  Number(
    execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
      .split('\n')
      .find((line) => line.includes(processFile))
      ?.trim()
      .split(' ')[0],
  );

describe('the model process', () => {
  test('goes on from the beginning of its own answer as if nothing had come between', async () => {
    const { engine } = start();
    const sampling = { temperature: 0, maxTokens: 32 };
    const tokens: TokenLogprob[] = [];
    const asked = request('Why is the sky blue? Say it in Korean: “왜”, too.', ids('whole'), sampling);
    const generator = engine.generator(model);
    const { whole } = await play(generator.generate(asked, signal), (event) => {
      if (event.type === 'text-delta') tokens.push(...event.logprobs);
    });
    for (const n of [1, 9, 20]) {
      const pieces = tokens.slice(0, n).map(({ token }) => token);
      const rated: TokenLogprob[] = [];
      const more = { ...asked, candidateIds: ids('more'), beginning: pieces };
      const found = await play(generator.generate(more, signal), (event) => {
        if (event.type === 'text-delta') rated.push(...event.logprobs);
      });
      // Two tokens may be as likely as each other: then the rounding of what is computed together decides.
      const differs = rated.findIndex(({ token }, index) => token !== tokens[index]?.token);
      const [first, other] = [tokens[differs], rated[differs]].map((token) => token?.logprob ?? 0);
      if (differs >= n) expect(Math.abs((first ?? 0) - (other ?? 0))).toBeLessThan(0.1);
      else expect([found['more'], differs]).toEqual([whole, -1]);
      expect(found['more']?.text.startsWith(pieces.join(''))).toBe(true);
      // The 8-bit arithmetic rounds by what is computed together.
      const distances = rated
        .slice(0, n)
        .map(({ logprob }, index) => Math.abs(logprob - (tokens[index]?.logprob ?? NaN)));
      expect(Math.max(...distances)).toBeLessThan(0.35);
    }
    const branched = { ...asked, candidateIds: ids('other'), beginning: ['Blue', ' <|im_end|>', '\n<|im_start|>'] };
    const { other } = await play(generator.generate(branched, signal));
    expect(other?.text.startsWith('Blue <|im_end|>\n<|im_start|>')).toBe(true);
    expect(other?.text.length).toBeGreaterThan('Blue <|im_end|>\n<|im_start|>'.length);
  });

  test('answers with text and a log-probability for every token', async () => {
    const { engine, states } = start();
    const answers = await play(
      engine.generator(model).generate(request('Who wrote Hamlet?', ids('a', 'b'), { temperature: 0 }), signal),
      (event) => {
        for (const { logprob, top } of event.type === 'text-delta' ? event.logprobs : []) {
          expect(top).toHaveLength(5);
          expect(logprob).toBeLessThanOrEqual(0);
          expect(top[0]?.[1]).toBeGreaterThanOrEqual(logprob);
        }
      },
    );
    expect(answers['a']?.text).toContain('Shakespeare');
    expect(answers['a']?.nLogprobs).toBeGreaterThan(3);
    expect(states.map((state) => state.status)).toContain('starting');
    expect(engine.state).toMatchObject({ status: 'ready', model: model.name, device: 'cpu' });
    expect(engine.state.tokensPerSecond).toBeGreaterThan(0);
  });

  test('gives the same text for the same seed, also in another process', async () => {
    const ask = () =>
      start()
        .engine.generator(model)
        .generate(request('Tell me a story.', ids('a', 'b', 'c'), { seed: 11 }), signal);
    expect(await play(ask())).toEqual(await play(ask()));
  });

  test('takes requests one after the other', async () => {
    const generator = start().engine.generator(model);
    const [first, second] = await Promise.all(
      ['x', 'y'].map((name) => play(generator.generate(request('Hello!', ids(name), { maxTokens: 8 }), signal))),
    );
    expect(Object.keys({ ...first, ...second })).toEqual(['x', 'y']);
  });

  test('cuts one candidate and lets the others go on', async () => {
    const generator = start().engine.generator(model);
    const answers = await play(
      generator.generate(
        request('Write a very long story.', ids('a', 'b'), { maxTokens: 120, temperature: 1 }),
        signal,
      ),
      (event) => event.type === 'text-delta' && generator.cut?.(CandidateId.parse('b')),
    );
    expect(answers['b']?.end).toBe('cut');
    expect(answers['a']?.end).not.toBe('cut');
  });

  test('stops within a second when the request is aborted, and takes the next', async () => {
    const generator = start().engine.generator(model);
    const abort = new AbortController();
    let abortedAt = 0;
    const running = play(
      generator.generate(request('Count to a thousand.', ids('a'), { maxTokens: 2000 }), abort.signal),
      (event) => {
        if (event.type !== 'text-delta' || abortedAt > 0) return;
        abortedAt = performance.now();
        abort.abort(new Error('enough'));
      },
    );
    await expect(running).rejects.toThrow('enough');
    expect(performance.now() - abortedAt).toBeLessThan(1000);
    expect((await play(generator.generate(request('Hello!', ids('b'), { maxTokens: 4 }), signal)))['b']?.end).toBe(
      'length',
    );
  });

  test('a killed process keeps the text so far, words its error, and is started again; too many deaths leave it off', async () => {
    const { engine } = start();
    const generator = engine.generator(model);
    for (let death = 0; death < 4; death++) {
      let isKilled = false;
      const answers = await play(
        generator.generate(request('Write a long poem.', ids('a'), { maxTokens: 500 }), signal),
        (event) => {
          if (event.type !== 'text-delta' || isKilled) return;
          isKilled = true;
          process.kill(pidOfProcess(), 'SIGKILL');
        },
      );
      expect(answers['a']).toMatchObject({ end: 'process-ended' });
      expect(answers['a']?.text).not.toBe('');
      expect(engine.state.reason).toMatch(/ran out of memory/);
    }
    await expect(play(generator.generate(request('Hello!', ids('a')), signal))).rejects.toMatchObject({
      code: 'process-keeps-failing',
    });
  });

  test('stopping leaves no process behind', async () => {
    const { engine } = start();
    await play(engine.generator(model).generate(request('Hello!', ids('a'), { maxTokens: 2 }), signal));
    expect(nProcesses()).toBe(1);
    await engine.stop();
    expect(nProcesses()).toBe(0);
    expect(engine.state.status).toBe('off');
  });

  test('hands errors of a model file and of a prompt over in words', async () => {
    const { engine } = start();
    const file = path.join(folder, 'broken.gguf');
    await writeFile(file, 'GGUF and then nothing');
    await expect(engine.prepare(file, { signal })).rejects.toMatchObject({ name: 'ModelError' });
    const long = request('word '.repeat(9000), ids('a'));
    await expect(play(engine.generator(model).generate(long, signal))).rejects.toMatchObject({
      code: 'context-too-long',
    });
  });

  test('prepares a file and says what it is', async () => {
    const steps = new Set<string>();
    const { engine } = start({ cache: path.join(folder, 'graphs') });
    const prepared = await engine.prepare(model.file, { signal, onProgress: (step) => steps.add(step) });
    expect(prepared.architecture).toBe('llama');
    expect([...steps]).toEqual(['Checking', 'Building the graph']);
    const [built] = (await readdir(path.join(folder, 'graphs'))).filter((name) => !name.startsWith('.'));
    const description = await readDescription(path.join(folder, 'graphs', built ?? '', 'model.json'));
    expect(description.name).toBe(prepared.name);
  });

  test('auto says what it chose and why', async () => {
    const { engine } = start({ device: 'auto' });
    await play(engine.generator(model).generate(request('Hello!', ids('a'), { maxTokens: 2 }), signal));
    expect(engine.state.device).toBeDefined();
    expect(engine.state.reason).toMatch(/webgpu|nothing else/);
  });

  test('a device that does not work falls back to the CPU with a reason, in the language of the reader', async () => {
    const cache = await mkdtemp(path.join(os.tmpdir(), 'touchstone-engine-'));
    const hidden = { PATH: process.env['PATH'], HOME: process.env['HOME'], VK_ICD_FILENAMES: '/nowhere.json' };
    const translations = { '{0}, so the CPU answers': '{0}. 그래서 CPU가 답변합니다' };
    const engine = createEngine({ processFile, cacheFolder: cache, device: 'webgpu', env: hidden, translations });
    engines.push(engine);
    const answers = await play(engine.generator(model).generate(request('Hello!', ids('a'), { maxTokens: 2 }), signal));
    expect(answers['a']?.end).toBe('length');
    expect(engine.state).toMatchObject({ device: 'cpu' });
    expect(engine.state.reason).toMatch(/^webgpu does not work here .*그래서 CPU가 답변합니다$/);
    await engine.stop();
    await rm(cache, { recursive: true });
  });

  test('a process that sends what is no message of ours is ended', async () => {
    const file = path.join(folder, 'liar.cjs');
    await writeFile(file, "process.on('message', () => process.send({ type: 'gift', for: 'you' }));");
    const { engine } = start({ processFile: file });
    await expect(play(engine.generator(model).generate(request('Hello!', ids('a')), signal))).rejects.toMatchObject({
      code: 'message-invalid',
    });
  });

  test('a process gets no secrets of its parent', async () => {
    const file = path.join(folder, 'teller.cjs');
    const out = path.join(folder, 'environment.json');
    await writeFile(
      file,
      `require('fs').writeFileSync(${JSON.stringify(out)}, JSON.stringify(process.env)); process.exit(3);`,
    );
    process.env['OPENAI_API_KEY'] = 'secret';
    const { engine } = start({ processFile: file });
    await expect(play(engine.generator(model).generate(request('Hello!', ids('a')), signal))).rejects.toMatchObject({
      code: 'process-ended',
      message: expect.stringContaining('code 3'),
    });
    delete process.env['OPENAI_API_KEY'];
    expect(await readFile(out, 'utf8')).not.toContain('secret');
  });
});
