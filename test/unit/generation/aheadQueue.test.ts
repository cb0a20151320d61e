import { afterEach, describe, expect, test } from 'vitest';
import {
  branchAtStep,
  branchAtToken,
  candidateIdOf,
  defaultSampling,
  endOfStep,
  promptIdOf,
  type Candidate,
  type PromptId,
} from '../../../src/core/index.js';
import { answerGroups, missingAnswers } from '../../../src/generation/answerPlan.js';
import { type AheadEvent, type AheadQueue, createAheadQueue } from '../../../src/generation/index.js';
import { type PlayedGenerator, playedGenerator } from './playedGenerator.js';
import { promptProject } from './promptProject.js';

const never = new AbortController().signal;
let open: AheadQueue | undefined;
afterEach(() => open?.dispose());

async function queueOf(
  texts: readonly string[],
  generators: PlayedGenerator[] = [playedGenerator('m')],
  nCandidates = 2,
) {
  const made = await promptProject(...texts);
  const queue = createAheadQueue({
    project: made.project,
    generators: async () => generators,
    nCandidates: () => nCandidates,
    sampling: () => defaultSampling,
  });
  open = queue;
  const events: AheadEvent[] = [];
  queue.onEvent((event) => events.push(event));
  const want = (...wanted: string[]) => queue.want(wanted.map(made.idOf));
  const pending = (text: string) =>
    queue.pendingOf(made.idOf(text)).map((answer) => `${answer.state} ${answer.text}`.trim());
  return {
    ...made,
    queue,
    events,
    want,
    pending,
    ids: (text: string) => queue.pendingOf(made.idOf(text)).map((answer) => answer.candidateId),
  };
}

/** Waits forever at the end of each answer to these prompts. */
const holding = (...held: string[]) =>
  playedGenerator('m', ({ messages, sampling }, place) => {
    const text = messages[0]?.content ?? '';
    return held.includes(text) ? [`${text} half`, '…'] : [text, ` #${sampling.seed + place}`];
  });

describe('the queue ahead of the labeler', () => {
  test('writes the wanted prompts in their order and stores each answer', async () => {
    const generator = playedGenerator('m');
    const { want, short } = await queueOf(['a', 'b', 'c'], [generator]);
    want('b', 'a');
    await expect.poll(() => short('a')).toEqual(['a #0', 'a #1']);
    expect(short('b')).toEqual(['b #0', 'b #1']);
    expect(short('c')).toEqual([]);
    expect(generator.requests.map(({ messages }) => messages[0]?.content)).toEqual(['b', 'a']);
  });

  test('says of which prompts it is not known yet which answers they will have', async () => {
    const generator = playedGenerator('m');
    const { queue, want, idOf, events, short } = await queueOf(['a', 'b'], [generator]);
    expect(['a', 'b'].map((text) => queue.isPlanning(idOf(text)))).toEqual([true, true]);
    want('a');
    await expect.poll(() => events.some(({ type }) => type === 'planned')).toBe(true);
    expect(['a', 'b'].map((text) => queue.isPlanning(idOf(text)))).toEqual([false, true]);
    await expect.poll(() => short('a')).toHaveLength(2);
    want();
    expect(queue.isPlanning(idOf('a'))).toBe(false);
    queue.pause();
    expect(queue.isPlanning(idOf('b'))).toBe(false);
  });

  test('where nothing can write, nothing is to come, until something can', async () => {
    const { project, idOf } = await promptProject('a', 'b');
    let canWrite = false;
    const queue = createAheadQueue({
      project,
      generators: () => (canWrite ? Promise.resolve([playedGenerator('m')]) : Promise.reject(new Error('No model.'))),
      nCandidates: () => 2,
      sampling: () => defaultSampling,
    });
    open = queue;
    const seen: [string, boolean][] = [];
    queue.onEvent(({ type }) => {
      if (type === 'trouble' || type === 'planned') seen.push([type, queue.isPlanning(idOf('b'))]);
    });
    queue.want([idOf('a')]);
    await expect.poll(() => seen).toEqual([['trouble', false]]);
    canWrite = true;
    queue.want([idOf('a')]);
    await expect.poll(() => seen[1]).toEqual(['planned', true]);
  });

  test('tells what is planned, what is written piece by piece, and when it is in the journal', async () => {
    const { want, events, ids, short } = await queueOf(['a'], [holding('a')], 2);
    want('a');
    await expect.poll(() => events.filter((event) => event.type === 'delta')).toHaveLength(1);
    const [first, second] = ids('a');
    expect(events).toEqual([
      { type: 'planned', promptId: expect.anything() },
      { type: 'state', candidateId: first, state: 'writing' },
      { type: 'delta', candidateId: first, at: 0, text: 'a half' },
    ]);
    expect(second).toBeDefined();
    expect(short('a')).toEqual([]);
  });

  test('cut keeps what there is and resolves when it is in the journal', async () => {
    const { want, ids, queue, short, pending, events } = await queueOf(['a'], [holding('a')], 1);
    want('a');
    await expect.poll(() => pending('a')).toEqual(['writing a half']);
    await queue.cut(ids('a')[0] ?? fail());
    expect(short('a')).toEqual(['a half [cut]']);
    expect(pending('a')).toEqual([]);
    expect(events.at(-1)).toMatchObject({ type: 'state', state: 'cut' });
  });

  test('what waits can be cut too; nothing is stored of it', async () => {
    const { want, ids, queue, short, pending } = await queueOf(['a', 'b'], [holding('a')], 1);
    want('a', 'b');
    await expect.poll(() => pending('b')).toEqual(['queued']);
    await queue.cut(ids('b')[0] ?? fail());
    expect(pending('b')).toEqual(['failed']);
    expect(short('b')).toEqual([]);
  });

  test('the prompt on the screen interrupts another one, which is written later from its beginning', async () => {
    const { want, short, pending, events, idOf } = await queueOf(['a', 'b'], [holding('a')], 1);
    want('a');
    await expect.poll(() => pending('a')).toEqual(['writing a half']);
    want('b', 'a');
    await expect.poll(() => short('b')).toEqual(['b #0']);
    expect(events).toContainEqual({ type: 'planned', promptId: idOf('a') });
    await expect.poll(() => pending('a')).toEqual(['writing a half']);
    expect(short('a')).toEqual([]);
  });

  test('nothing is written for nobody', async () => {
    const generator = holding('a');
    const { want, pending, short } = await queueOf(['a'], [generator], 2);
    want('a');
    await expect.poll(() => pending('a')).toHaveLength(2);
    want();
    await expect.poll(generator.nRunning).toBe(0);
    expect(pending('a')).toEqual([]);
    expect(short('a')).toEqual([]);
  });

  test('settled resolves when all of a prompt is in the journal', async () => {
    const { want, queue, idOf, short, pending } = await queueOf(['a']);
    want('a');
    await expect.poll(() => pending('a').length + short('a').length).toBeGreaterThan(0);
    await queue.settled(idOf('a'));
    expect(short('a')).toEqual(['a #0', 'a #1']);
  });

  test('a failure is told with its answer and not tried again by itself', async () => {
    let isBroken = true;
    const generator = playedGenerator('m', () => (isBroken ? [new Error('no memory')] : ['fine']));
    const { want, queue, pending, idOf, short } = await queueOf(['a', 'b'], [generator], 1);
    want('a');
    await expect.poll(() => pending('a')).toEqual(['failed']);
    expect(queue.pendingOf(idOf('a'))[0]?.error).toBe('no memory');
    want('a', 'b');
    await expect.poll(() => pending('b')).toEqual(['failed']);
    expect(generator.requests).toHaveLength(2);
    isBroken = false;
    queue.again(idOf('a'));
    await expect.poll(() => short('a')).toEqual(['fine']);
  });

  test('an answer that is there is written again as a new one that takes its place', async () => {
    const { want, queue, idOf, short, events, project } = await queueOf(['a']);
    want('a');
    await expect.poll(() => short('a')).toHaveLength(2);
    const old = project.candidatesOf(idOf('a'))[0] ?? fail();
    queue.again(idOf('a'), old.id);
    await expect.poll(() => short('a')).toEqual(['a #0', 'a #1', 'a #2']);
    const made = project.candidatesOf(idOf('a'))[2];
    expect(made?.metadata?.['replaces']).toBe(old.id);
    expect(events).toContainEqual({ type: 'replaced', promptId: idOf('a'), old: old.id, candidateId: made?.id });
  });

  test('without a model it says why, and goes on when there is one', async () => {
    const made = await promptProject('a');
    let hasModel = false;
    const queue = createAheadQueue({
      project: made.project,
      generators: async () => {
        if (!hasModel) throw new Error('No model yet.');
        return [playedGenerator('m')];
      },
      nCandidates: () => 1,
      sampling: () => defaultSampling,
    });
    open = queue;
    const troubles: unknown[] = [];
    queue.onEvent((event) => event.type === 'trouble' && troubles.push(event.message));
    queue.want([made.idOf('a')]);
    await expect.poll(() => troubles).toEqual(['No model yet.']);
    hasModel = true;
    queue.want([made.idOf('a')]);
    await expect.poll(() => made.short('a')).toEqual(['a #0']);
    await expect.poll(() => troubles).toEqual(['No model yet.', null]);
  });

  test('pause stops the work, resume takes it up', async () => {
    const generator = holding('a');
    const { want, queue, pending } = await queueOf(['a'], [generator], 1);
    want('a');
    await expect.poll(() => pending('a')).toEqual(['writing a half']);
    queue.pause();
    await expect.poll(generator.nRunning).toBe(0);
    expect(pending('a')).toEqual(['queued']);
    queue.resume();
    await expect.poll(() => pending('a')).toEqual(['writing a half']);
  });

  test('dispose leaves nothing running', async () => {
    const generator = holding('a');
    const { want, queue, pending } = await queueOf(['a'], [generator], 2);
    want('a');
    await expect.poll(() => pending('a')).toContain('writing a half');
    await queue.dispose();
    await queue.dispose();
    expect(generator.nRunning()).toBe(0);
  });
});

const fail = (): never => {
  throw new Error('there is no such answer');
};

describe('one answer more, that goes on from the beginning of another', () => {
  const answer = (promptId: PromptId, text = 'In 1676.', more: Partial<Candidate> = {}): Candidate => ({
    id: candidateIdOf([promptId, text]),
    promptId,
    text,
    origin: 'model',
    model: { name: 'm' },
    finishReason: 'stop',
    logprobs: [
      { token: 'In', logprob: -0.1, top: [] },
      { token: ' 1676', logprob: -1, top: [[' 1675', -2]] },
      { token: '.', logprob: -0.1, top: [] },
    ],
    ...more,
  });
  const branched = (from: Candidate) => branchAtToken(from, 3, 1) ?? fail();

  const started = async (generators: PlayedGenerator[], more: Partial<Candidate> = {}) => {
    const made = await queueOf(['a'], generators, 1);
    const promptId = made.idOf('a');
    const parent = answer(promptId, more.text, more);
    await made.project.appendCandidates([parent]);
    made.want('a');
    return { ...made, promptId, parent };
  };

  test('is written by the model that wrote that one, from the alternative on, and stored with where it comes from', async () => {
    const [other, own] = [playedGenerator('other'), playedGenerator('m', () => [' it was.'])];
    const { queue, project, promptId, parent, events, short } = await started([other, own]);
    await queue.goOn(promptId, parent, { beginning: branched(parent) }, never);
    await expect.poll(() => short('a')).toEqual(['In 1676.', 'In 1675 it was.']);
    const [, stored] = project.candidatesOf(promptId);
    expect(stored).toMatchObject({
      model: { name: 'm' },
      branch: { from: parent.id, at: 2, token: 1 },
      finishReason: 'stop',
      metadata: { touchstone: { index: 1 } },
    });
    expect(stored?.logprobs?.map(({ token, logprob }) => [token, logprob])).toEqual([
      ['In', -0.1],
      [' 1675', -2],
    ]);
    expect(other.requests).toEqual([]);
    expect(own.requests).toMatchObject([{ beginning: ['In', ' 1675'], candidateIds: [stored?.id] }]);
    expect(events[0]).toEqual({ type: 'planned', promptId });
  });

  test('by another model it has no figures of the one that is gone, and it counts for none of those that are wanted', async () => {
    const { queue, project, promptId, parent, short } = await started([playedGenerator('new', () => ['!'])]);
    await queue.goOn(promptId, parent, { beginning: branched(parent) }, never);
    await expect.poll(() => short('a')).toEqual(['In 1676.', 'In 1675!']);
    expect(project.candidatesOf(promptId)[1]?.logprobs).toBeUndefined();
    const plan = { generators: [playedGenerator('new')], nCandidates: 2, sampling: defaultSampling };
    expect(missingAnswers(project, promptId, plan)).toHaveLength(1);
  });

  test('asked for twice it is written once, in this sitting and the next', async () => {
    const { queue, promptId, parent, short, project } = await started([playedGenerator('m')]);
    for (const _ of [1, 2]) await queue.goOn(promptId, parent, { beginning: branched(parent) }, never);
    await expect.poll(() => short('a')).toHaveLength(2);
    await queue.goOn(promptId, parent, { beginning: branched(parent) }, never);
    await queue.settled(promptId);
    expect(project.candidatesOf(promptId)).toHaveLength(2);
  });

  test('where the server cannot go on, it says so and nothing is planned', async () => {
    const unable = { ...playedGenerator('m'), checkBeginning: () => Promise.reject(new Error('it cannot')) };
    const { queue, promptId, parent, pending } = await started([unable]);
    await expect(queue.goOn(promptId, parent, { beginning: branched(parent) }, never)).rejects.toThrow('it cannot');
    expect(pending('a')).toEqual([]);
  });

  test('another step ends where the next one begins; each time another one, until the model has none to add', async () => {
    const text = 'One.\n\nTwo is wrong.';
    const endings = [['Two is', ' right.\n\nTh', 'ree.', '…'], ['Two it is.'], [' ']];
    let nth = -1;
    const generator = playedGenerator('m', () => endings[(nth += 1)] ?? []);
    const { queue, promptId, parent, short, pending, events, project } = await started([generator], {
      text,
      logprobs: undefined as never,
    });
    const beginning = branchAtStep(parent, { end: 4, separator: '\n\n', step: 1 });
    const goesOn = { beginning, endOf: (all: string) => endOfStep(all, 6) };
    await queue.goOn(promptId, parent, goesOn, never);
    await expect.poll(() => short('a')).toEqual([text, 'One.\n\nTwo is right.']);
    expect(project.candidatesOf(promptId)[1]).toMatchObject({
      finishReason: 'stop',
      branch: { from: parent.id, at: 4, step: 1 },
    });
    const shown = events.flatMap((event) => (event.type === 'delta' ? [event.text] : []));
    expect(shown.join('').trim()).toBe('One.\n\nTwo is right.');
    await queue.goOn(promptId, parent, goesOn, never);
    await expect.poll(() => short('a')[2]).toBe('One.\n\nTwo it is.');
    await queue.goOn(promptId, parent, goesOn, never);
    await expect.poll(() => pending('a')[0]).toMatch(/^failed/);
  });

  test('another step is drawn by chance, also where answers are not', async () => {
    const goesOn = {
      beginning: branchAtStep(answer(promptIdOf({ messages: [] })), { end: 0, separator: '', step: 0 }),
    };
    const planned = { candidateId: candidateIdOf(['x']), index: 3 };
    const offered = { ...planned, goesOn: { ...goesOn, endOf: () => undefined } };
    const greedy = {
      generators: [playedGenerator('m')],
      nCandidates: 1,
      sampling: { ...defaultSampling, temperature: 0 },
    };
    expect(answerGroups([offered], greedy)[0]?.sampling).toMatchObject({ temperature: 0.8, seed: 3 });
    expect(answerGroups([{ ...planned, goesOn }], greedy)[0]?.sampling.temperature).toBe(0);
  });

  test('writing all again leaves it alone', async () => {
    const { queue, promptId, parent, short } = await started([playedGenerator('m', () => [' new'])]);
    await queue.goOn(promptId, parent, { beginning: branched(parent) }, never);
    await expect.poll(() => short('a')).toHaveLength(2);
    queue.again(promptId);
    await expect.poll(() => short('a')).toHaveLength(3);
    await queue.settled(promptId);
    expect(short('a')).toEqual(['In 1676.', 'In 1675 new', ' new']);
  });
});
