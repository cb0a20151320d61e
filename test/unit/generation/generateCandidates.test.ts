import { describe, expect, test } from 'vitest';
import { defaultSampling } from '../../../src/core/index.js';
import { generateCandidates, lackingPrompts, type GenerateOptions } from '../../../src/generation/index.js';
import { playedGenerator } from './playedGenerator.js';
import { promptProject } from './promptProject.js';

const never = new AbortController().signal;
const plan = (more: Partial<GenerateOptions> = {}): GenerateOptions => ({
  generators: [playedGenerator('m')],
  nCandidates: 2,
  sampling: defaultSampling,
  ...more,
});

describe('writing the candidates of a project', () => {
  test('each prompt gets as many as wanted, in one append, with its provenance', async () => {
    const { project, idOf, short } = await promptProject('a', 'b');
    const report = await generateCandidates(project, plan(), never);
    expect(report).toMatchObject({ nPrompts: 2, nCandidates: 4, nFailed: 0, device: 'cpu' });
    expect(project.log).toEqual(['candidates 2', 'candidates 2']);
    expect(short('a')).toEqual(['a #0', 'a #1']);
    expect(project.candidatesOf(idOf('a'))[0]).toMatchObject({
      origin: 'model',
      model: { name: 'm' },
      sampling: defaultSampling,
      finishReason: 'stop',
      device: 'cpu',
    });
  });

  test('a second run writes nothing', async () => {
    const { project } = await promptProject('a', 'b');
    await generateCandidates(project, plan(), never);
    const generator = playedGenerator('m');
    expect(await generateCandidates(project, plan({ generators: [generator] }), never)).toMatchObject({
      nPrompts: 0,
      nCandidates: 0,
    });
    expect(generator.requests).toEqual([]);
  });

  test('what was imported counts', async () => {
    const { project, put, short } = await promptProject('a');
    await put('a', 'x');
    await generateCandidates(project, plan(), never);
    expect(short('a')).toEqual(['x [undefined]', 'a #1']);
  });

  test('another plan goes on with other seeds behind what is there', async () => {
    const { project, short } = await promptProject('a');
    await generateCandidates(project, plan(), never);
    await generateCandidates(project, plan({ nCandidates: 3, sampling: { ...defaultSampling, maxTokens: 9 } }), never);
    expect(short('a')).toEqual(['a #0', 'a #1', 'a #2']);
  });

  test('several models write in turn', async () => {
    const { project, idOf } = await promptProject('a');
    await generateCandidates(
      project,
      plan({ nCandidates: 4, generators: [playedGenerator('m'), playedGenerator('n')] }),
      never,
    );
    expect(project.candidatesOf(idOf('a')).map((row) => row.model?.name)).toEqual(['m', 'n', 'm', 'n']);
  });

  test('a candidate that failed is written by the next run, under its own id', async () => {
    const whole = await promptProject('a');
    await generateCandidates(whole.project, plan(), never);
    const { project, short, idOf } = await promptProject('a');
    const failing = playedGenerator('m', (_request, place) => (place === 0 ? [new Error('no')] : ['a #1']));
    expect(await generateCandidates(project, plan({ generators: [failing] }), never)).toMatchObject({
      nPrompts: 0,
      nFailed: 1,
      nCandidates: 1,
    });
    await generateCandidates(project, plan(), never);
    expect(short('a')).toEqual(['a #1', 'a #0']);
    expect(
      project
        .candidatesOf(idOf('a'))
        .map((row) => row.id)
        .sort(),
    ).toEqual(
      whole.project
        .candidatesOf(idOf('a'))
        .map((row) => row.id)
        .sort(),
    );
  });

  test('shards have every prompt once between them', async () => {
    const { project } = await promptProject('a', 'b', 'c', 'd', 'e');
    const shards = [0, 1].map((index) => lackingPrompts(project, plan({ shard: { index, count: 2 } })));
    expect(shards.map((ids) => ids.length)).toEqual([3, 2]);
    expect(new Set(shards.flat()).size).toBe(5);
  });

  test('limit and ids narrow it down', async () => {
    const { project, idOf } = await promptProject('a', 'b', 'c');
    expect(lackingPrompts(project, plan({ limit: 2 }))).toEqual([idOf('a'), idOf('b')]);
    expect(lackingPrompts(project, plan({ promptIds: [idOf('c')] }))).toEqual([idOf('c')]);
  });

  test('stopped in the middle of a prompt it stores nothing of it', async () => {
    const { project, short } = await promptProject('a', 'b');
    const stopping = new AbortController();
    const generator = playedGenerator('m', ({ messages }) => (messages[0]?.content === 'b' ? ['half', '…'] : ['a']));
    const running = generateCandidates(
      project,
      plan({
        generators: [generator],
        onEvent: (event) =>
          event.type === 'candidate-event' &&
          event.event.type === 'text-delta' &&
          event.event.text === 'half' &&
          stopping.abort(new Error('stopped')),
      }),
      stopping.signal,
    );
    await expect(running).rejects.toThrow('stopped');
    expect([short('a'), short('b')]).toEqual([['a', 'a'], []]);
    expect(generator.nRunning()).toBe(0);
  });

  test('or what there is as cut, when asked', async () => {
    const { project, short } = await promptProject('a');
    const stopping = new AbortController();
    const generator = playedGenerator('m', (_request, place) => (place === 0 ? ['whole'] : ['half', '…']));
    const running = generateCandidates(
      project,
      plan({
        generators: [generator],
        onAbort: 'keep-cut',
        onEvent: (event) =>
          event.type === 'candidate-event' &&
          event.event.type === 'text-delta' &&
          event.event.text === 'half' &&
          stopping.abort(new Error('stopped')),
      }),
      stopping.signal,
    );
    await expect(running).rejects.toThrow('stopped');
    expect(short('a')).toEqual(['whole', 'half [cut]']);
  });

  test('gives up after three prompts in a row without an answer', async () => {
    const { project } = await promptProject('a', 'b', 'c', 'd');
    const generator = playedGenerator('m', () => [new Error('the server is gone')]);
    await expect(generateCandidates(project, plan({ generators: [generator] }), never)).rejects.toMatchObject({
      code: 'generation-given-up',
      message: /the server is gone/,
    });
    expect(generator.requests).toHaveLength(3);
  });

  test('several prompts at a time', async () => {
    const { project } = await promptProject('a', 'b', 'c', 'd');
    let most = 0;
    const generator = playedGenerator('m', () => {
      most = Math.max(most, generator.nRunning());
      return ['x'];
    });
    await generateCandidates(project, plan({ generators: [generator], nAtOnce: 2 }), never);
    expect(most).toBe(2);
  });
});
