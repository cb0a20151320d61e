import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  Candidate,
  candidateIdOf,
  Judgement,
  judgementIdOf,
  type ProjectConfig,
  type Prompt,
} from '../../../src/core/index.js';
import { LabelingQueue } from '../../../src/labeling/labelingQueue.js';
import { initProject, openProject, type Project } from '../../../src/store/index.js';
import { promptOf, readJsonLines } from '../store/samples.js';
import { unsyncedFiles as files } from '../store/unsyncedFiles.js';

let folder = '';
let project: Project;
const prompts = Array.from({ length: 12 }, (_, n) => promptOf(`Question ${n}?`));
const ids = prompts.map(({ id }) => id);
const answer = (prompt: Prompt, n: number, text = `answer ${n}`): Candidate =>
  Candidate.parse({ id: candidateIdOf([prompt.id, n]), promptId: prompt.id, text, origin: 'import' });

const open = async (): Promise<Project> => openProject(folder, { readPromptFile: readJsonLines, files });

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'touchstone-queue-'));
  await initProject(folder, { name: 'queue', files });
  project = await open();
  await project.addPrompts(prompts, { name: 'some' });
});
afterEach(async () => {
  await project.close();
  await rm(folder, { recursive: true });
});

let nJudged = 0;
async function judge(labeler: string, place: number, ...order: number[]): Promise<void> {
  const prompt = prompts[place] ?? promptOf('');
  const row = {
    id: judgementIdOf([labeler, place, (nJudged += 1)]),
    promptId: prompt.id,
    labeler,
    at: new Date(Date.UTC(2026, 0, 1) + nJudged * 1000).toISOString(),
    status: 'submitted',
    ranking: order.map((n) => [candidateIdOf([prompt.id, n])]),
  };
  await project.appendJudgements([Judgement.parse(row)]);
}
const configure = (change: Partial<ProjectConfig>) => project.updateConfig(change);
/** Places of what comes, in order. */
const comingTo = (labeler: string, after?: number): number[] => {
  const queue = new LabelingQueue(project, labeler);
  return [...queue.upcoming(after === undefined ? undefined : ids[after], new Set())].map((id) => ids.indexOf(id));
};
const all = ids.map((_, place) => place);

test('who has skipped a prompt sees as little of what others said as who has not seen it', async () => {
  await configure({ overlap: 2 });
  await judge('ana', 0, 1, 2);
  const seen = () => new LabelingQueue(project, 'kim').visibleJudgementsOf(ids[0]!).map(({ labeler }) => labeler);
  expect(seen()).toEqual([]);
  const skip = { id: judgementIdOf(['skip']), promptId: ids[0], labeler: 'kim', at: '2026-01-02T00:00:00Z' };
  await project.appendJudgements([Judgement.parse({ ...skip, status: 'skipped' })]);
  expect(seen()).toEqual(['kim']);
  await judge('kim', 0, 1, 2);
  expect(seen()).toEqual(['ana', 'kim']);
});

describe('what comes next', () => {
  test('in the order of the project, from where one is and round to the start', () => {
    expect(comingTo('kim')).toEqual(all);
    expect(comingTo('kim', 9)).toEqual([10, 11, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('at random: another order for another labeler, the same on every day', async () => {
    await configure({ next: 'random' });
    const order = comingTo('kim');
    expect(order).not.toEqual(all);
    expect(order.toSorted((a, b) => a - b)).toEqual(all);
    expect(comingTo('kim')).toEqual(order);
    expect(comingTo('ana')).not.toEqual(order);
    expect(comingTo('kim', order[3])).toEqual([...order.slice(4), ...order.slice(0, 3)]);
  });

  test('most uncertain first: where the answers have least in common', async () => {
    const texts = (place: number) =>
      place === 7 ? ['yes', 'no'] : place === 2 ? ['one two', 'one three'] : ['same', 'same'];
    await project.appendCandidates(
      prompts.flatMap((prompt, place) => texts(place).map((text, n) => answer(prompt, n, text))),
    );
    await configure({ next: 'uncertain' });
    expect(comingTo('kim').slice(0, 3)).toEqual([7, 2, 0]);
    expect(comingTo('kim')).toHaveLength(12);
  });

  test('most disagreed first, and those that somebody has judged first', async () => {
    await configure({ overlap: 3 });
    await judge('ana', 4, 0, 1, 2);
    await judge('lee', 4, 0, 2, 1);
    await judge('ana', 8, 0, 1, 2);
    await judge('lee', 8, 2, 1, 0);
    await judge('lee', 5, 0, 1, 2);
    await configure({ next: 'disagreed' });
    expect(comingTo('kim').slice(0, 3)).toEqual([8, 4, 0]);
    await configure({ next: 'second-opinion' });
    expect(comingTo('kim').slice(0, 4)).toEqual([4, 5, 8, 0]);
    expect(comingTo('kim')).toHaveLength(12);
  });
});

describe('several labelers', () => {
  test('each is dealt the prompts that fall to them, then those that nobody has done', async () => {
    await configure({ labelers: ['kim', 'ana', 'lee'] });
    const own = ['kim', 'ana', 'lee'].map((labeler) => {
      const queue = new LabelingQueue(project, labeler);
      const mine = all.filter((place) => queue.isAssigned(ids[place] ?? promptOf('').id));
      expect(comingTo(labeler)).toEqual([...mine, ...all.filter((place) => !mine.includes(place))]);
      return mine;
    });
    expect(own.flat().toSorted((a, b) => a - b)).toEqual(all);
  });

  test('with an overlap, a prompt is done when so many have judged it', async () => {
    await configure({ overlap: 2 });
    await judge('ana', 0, 0, 1);
    expect(comingTo('kim')).toContain(0);
    await judge('lee', 0, 0, 1);
    expect(comingTo('kim')).not.toContain(0);
    expect(new LabelingQueue(project, 'kim').counts).toMatchObject({ open: 11, submitted: 1 });
  });

  test('what others said is hidden until one’s own word is in', async () => {
    await configure({ overlap: 2 });
    await judge('ana', 0, 0, 1);
    const labelers = () =>
      new LabelingQueue(project, 'kim').visibleJudgementsOf(ids[0] ?? promptOf('').id).map((row) => row.labeler);
    expect(labelers()).toEqual([]);
    await judge('kim', 0, 1, 0);
    expect(labelers()).toEqual(['ana', 'kim']);
  });

  test('a prompt that another window is at comes last, unless more judgements are wanted anyway', async () => {
    const other = await open();
    other.claims.hold(ids[0] ?? promptOf('').id, 'ana');
    await expect.poll(async () => (await project.refresh(), comingTo('kim')[0])).toBe(1);
    expect(comingTo('kim').at(-1)).toBe(0);
    await configure({ overlap: 2 });
    expect(comingTo('kim')[0]).toBe(0);
    expect(comingTo('ana').at(-1)).toBe(0);
    await other.close();
  });
});
