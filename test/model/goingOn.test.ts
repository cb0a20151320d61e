import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  branchAtStep,
  branchAtToken,
  candidateIdOf,
  defaultSampling,
  endOfStep,
  unsureTokens,
  type Candidate,
} from '../../src/core/index.js';
import { createEngine, type Engine } from '../../src/engine/index.js';
import { createAheadQueue } from '../../src/generation/index.js';
import { cacheFolder, openModelLibrary } from '../../src/models/index.js';
import { promptProject } from '../unit/generation/promptProject.js';
import { engineBundle } from './engineBundle.js';

const never = new AbortController().signal;
let engine: Engine;
let remove: () => Promise<void>;

beforeAll(async () => {
  const bundle = await engineBundle();
  remove = bundle.remove;
  const graphs = path.join(cacheFolder(), 'graphs');
  engine = createEngine({ processFile: bundle.processFile, cacheFolder: graphs, device: 'cpu' });
});
afterAll(async () => {
  await engine.stop();
  await remove();
});

test('the model goes on from another token of its own answer, and offers another step that ends with itself', async () => {
  const model = await openModelLibrary().add('smollm2-135m-instruct', { signal: never });
  const content = 'Two trains of 60 km/h are 120 km apart. When do they meet? Explain in three short paragraphs.';
  const { project, idOf } = await promptProject(content);
  const queue = createAheadQueue({
    project,
    generators: async () => [engine.generator(model)],
    nCandidates: () => 1,
    sampling: () => ({ ...defaultSampling, maxTokens: 48, seed: 5 }),
  });
  const promptId = idOf(content);
  const stored = async (n: number): Promise<Candidate> => {
    await queue.settled(promptId);
    return project.candidatesOf(promptId)[n - 1] ?? Promise.reject(new Error('nothing is stored'));
  };
  queue.want([promptId]);
  await expect.poll(() => project.candidatesOf(promptId)).toHaveLength(1);
  const first = await stored(1);

  const unsure = unsureTokens(first.text, first.logprobs ?? []) ?? [];
  const beginning = unsure.flatMap(({ start, alternatives }) =>
    alternatives.flatMap((_, index) => branchAtToken(first, start, index) ?? []),
  )[0];
  if (beginning === undefined) throw new Error('the model was sure of everything');
  await queue.goOn(promptId, first, { beginning }, never);
  const branched = await stored(2);
  expect(branched.text.startsWith(beginning.pieces.join(''))).toBe(true);
  expect(branched.text).not.toBe(first.text);
  expect(branched.branch?.from).toBe(first.id);
  // The alternative is rated as it was when it was only an alternative.
  const at = beginning.branch.token ?? 0;
  expect(branched.logprobs?.[at]?.logprob).toBeCloseTo(beginning.given[at]?.logprob ?? NaN, 0);

  const text = 'They come nearer by 120 km each hour.\n\nSo they meet after 3 hours.';
  const parent: Candidate = { id: candidateIdOf([promptId, 'steps']), promptId, text, origin: 'import' };
  await project.appendCandidates([parent]);
  const shared = branchAtStep(parent, { end: text.indexOf('\n'), separator: '\n\n', step: 1 });
  const from = text.indexOf('So');
  // The model may have no step to add: then the next one is asked for.
  for (let nTries = 0; nTries < 5 && project.candidatesOf(promptId).length < 4; nTries += 1) {
    await queue.goOn(promptId, parent, { beginning: shared, endOf: (all) => endOfStep(all, from) }, never);
    await queue.settled(promptId);
  }
  const offered = await stored(4);
  expect(offered.text.startsWith(text.slice(0, from))).toBe(true);
  expect(offered.text.length).toBeGreaterThan(from);
  expect(endOfStep(offered.text, from)).toBeUndefined();
  expect(offered.branch).toEqual({ from: parent.id, at: text.indexOf('\n'), step: 1 });
  await queue.dispose();
});
