import { afterEach, describe, expect, test } from 'vitest';
import { defaultSampling } from '../../../src/core/index.js';
import { type AheadEvent, type AheadQueue, createAheadQueue } from '../../../src/generation/index.js';
import { type PlayedGenerator, playedGenerator } from './playedGenerator.js';
import { promptProject } from './promptProject.js';

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
