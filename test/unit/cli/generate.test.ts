import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { generate, type GeneratePlan } from '../../../src/cli/generate.js';
import type { CandidateGenerator, GenerationEvent, GenerationRequest } from '../../../src/generation/index.js';
import { initProject, openProject, type Project } from '../../../src/store/index.js';
import { candidateOf, promptOf, readJsonLines } from '../store/samples.js';

/** Says the prompt, the model and the seed of each answer; interleaves them, as models do. */
class EchoGenerator implements CandidateGenerator {
  readonly requests: GenerationRequest[] = [];
  readonly model;
  constructor(
    name: string,
    private readonly fails: (text: string) => boolean = () => false,
  ) {
    this.model = { name };
  }
  async *generate(request: GenerationRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent> {
    this.requests.push(request);
    const text = request.messages.at(-1)?.content ?? '';
    for (const part of [`${text} `, this.model.name])
      for (const candidateId of request.candidateIds) {
        await Promise.resolve();
        signal.throwIfAborted();
        yield { type: 'text-delta', candidateId, text: part, logprobs: [] };
      }
    const error = { name: 'EngineError', code: 'x', message: 'out of memory' };
    for (const candidateId of request.candidateIds)
      yield this.fails(text)
        ? { type: 'candidate-error', candidateId, error }
        : { type: 'candidate-end', candidateId, finishReason: 'stop', durationMs: 1, nTokens: 2, device: 'cpu' };
  }
}

let folder: string;
let project: Project;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'touchstone-generate-'));
  await initProject(folder);
  project = await openProject(folder, { readPromptFile: readJsonLines });
  await project.addPrompts(['one', 'two', 'three', 'four'].map(promptOf), { name: 'p' });
});
afterEach(async () => {
  await project.close();
  await rm(folder, { recursive: true });
});

const problems: string[] = [];
const run = (plan: Partial<GeneratePlan>, signal = new AbortController().signal) =>
  generate(
    project,
    { generators: [new EchoGenerator('m')], nCandidates: 2, sampling: {}, ...plan },
    { progress: () => undefined, problem: (line) => problems.push(line) },
    signal,
  );
const drawing = () =>
  project.promptIds.map((id) =>
    project
      .candidatesOf(id)
      .map((candidate) => candidate.text)
      .join(', '),
  );

test('every prompt gets its candidates, with where they came from', async () => {
  expect(await run({ sampling: { seed: 7 } })).toMatchObject({
    nPrompts: 4,
    nCandidates: 8,
    nFailed: 0,
    device: 'cpu',
  });
  expect(drawing()).toEqual(['one m, one m', 'two m, two m', 'three m, three m', 'four m, four m']);
  const [first] = project.candidatesOf(promptOf('one').id);
  expect(first).toMatchObject({ origin: 'model', model: { name: 'm' }, finishReason: 'stop', sampling: { seed: 7 } });
});

test('it resumes: only prompts that lack candidates are asked for, and only for what they lack', async () => {
  await run({ limit: 2 });
  await project.appendCandidates([candidateOf('c1', promptOf('three').id, 'mine')]);
  const generator = new EchoGenerator('n');
  await run({ generators: [generator] });
  expect(drawing()).toEqual(['one m, one m', 'two m, two m', 'mine, three n', 'four n, four n']);
  expect(generator.requests.map((request) => request.candidateIds.length)).toEqual([1, 2]);
  expect(await run({})).toMatchObject({ nPrompts: 0, nCandidates: 0 });
});

test('shards share the prompts without overlap', async () => {
  await run({ shard: { index: 1, count: 3 } });
  expect(drawing()).toEqual(['', 'two m, two m', '', '']);
  await run({ shard: { index: 0, count: 3 } });
  await run({ shard: { index: 2, count: 3 } });
  expect(drawing().every((texts) => texts !== '')).toBe(true);
});

test('several models answer in turn', async () => {
  await run({ generators: [new EchoGenerator('m'), new EchoGenerator('n')], nCandidates: 3, limit: 1 });
  expect(drawing()[0]).toBe('one m, one m, one n');
});

test('an answer that fails is told; the other prompts go on', async () => {
  problems.length = 0;
  const report = await run({ generators: [new EchoGenerator('m', (text) => text === 'two')] });
  expect(report).toMatchObject({ nPrompts: 3, nFailed: 1 });
  expect(problems).toEqual([`${promptOf('two').id}: out of memory`]);
  expect(drawing()[1]).toBe('');
});

test('stopping in the middle leaves whole prompts only', async () => {
  const stop = new AbortController();
  const generator = new EchoGenerator('m', (text) => {
    if (text === 'two') stop.abort(new Error('stopped'));
    return false;
  });
  await expect(run({ generators: [generator] }, stop.signal)).rejects.toThrow('stopped');
  const again = await openProject(folder, { readPromptFile: readJsonLines });
  expect(project.promptIds.map((id) => again.candidatesOf(id).length)).toEqual([2, 0, 0, 0]);
  await again.close();
});
