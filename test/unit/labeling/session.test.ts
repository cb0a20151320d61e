import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  candidateIdOf,
  currentJudgements,
  promptIdOf,
  type Candidate,
  type Judgement,
} from '../../../src/core/index.js';
import { nodeFiles, type FileSystem } from '../../../src/store/index.js';
import { candidates, Sitting, type SittingOptions } from './sittingFor.js';

let sitting: Sitting | undefined;
const start = async (options?: SittingOptions): Promise<Sitting> => (sitting = await Sitting.start(options));
afterEach(async () => {
  await sitting?.stop();
  sitting = undefined;
});

/** Every row of every judgement journal, as it is on the disk. */
async function rowsOnDisk({ folder }: Sitting): Promise<Judgement[]> {
  const journals = path.join(folder, '.touchstone', 'judgements');
  const names = await readdir(journals).catch(() => []);
  const texts = await Promise.all(names.map((name) => readFile(path.join(journals, name), 'utf8')));
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line): Judgement => JSON.parse(line)),
  );
}

describe('what comes next', () => {
  test('prompts come in the order of the project, and the next three are with the page', async () => {
    const sitting = await start({ nPrompts: 6 });
    expect(sitting.shown).toBe('prompt 1');
    expect(sitting.ahead()).toEqual(['prompt 2', 'prompt 3', 'prompt 4']);
    await sitting.submit('A B C');
    expect(sitting.shown).toBe('prompt 2');
    expect(sitting.ahead()).toEqual(['prompt 3', 'prompt 4', 'prompt 5']);
  });

  test('skipped prompts come after all others, in a later sitting', async () => {
    const sitting = await start({ nPrompts: 2 });
    await sitting.skip('too hard');
    await sitting.submit('A B C');
    expect(sitting.shown).toBe('all-done');
    await sitting.reload();
    expect(sitting.shown).toBe('prompt 1');
    expect(sitting.screen?.status).toBe('skipped');
  });

  test('a prompt that enough others have judged does not come', async () => {
    const sitting = await start({ nPrompts: 2 });
    await sitting.submit('A B C');
    await sitting.as('lee');
    expect(sitting.shown).toBe('prompt 2');
    expect(sitting.session.queue.counts).toMatchObject({ open: 1, submitted: 1 });
  });

  test('with overlap two, the same prompt comes to two labelers', async () => {
    const sitting = await start({ nPrompts: 2, config: { overlap: 2 } });
    await sitting.submit('A B C');
    await sitting.as('lee');
    expect(sitting.shown).toBe('prompt 1');
  });

  test('next and previous walk the queue, and a draft stays behind', async () => {
    const sitting = await start();
    const first = sitting.promptId;
    const draft = sitting.ranking('B');
    await sitting.session.receive({ type: 'draft-change', promptId: first, draft, revision: 7 });
    await sitting.session.receive({ type: 'prompt-go', to: 'next', from: first });
    expect(sitting.shown).toBe('prompt 2');
    await sitting.session.receive({ type: 'prompt-go', to: 'previous', from: sitting.promptId });
    expect(sitting.screen).toMatchObject({ status: 'draft', draft, revision: 7 });
  });

  test('prompts that are imported meanwhile take the place of an empty screen', async () => {
    const sitting = await start({ nPrompts: 0 });
    expect(sitting.shown).toBe('no-prompts');
    const messages = [{ role: 'user' as const, content: 'new' }];
    const id = promptIdOf({ messages });
    await sitting.project.appendCandidates(candidates(id, 2));
    await sitting.project.addPrompts([{ id, messages }], { name: 'new' });
    expect(sitting.shown).toBe('new');
  });

  test('without a model a prompt without answers says so, and why', async () => {
    const sitting = await start({ nPrompts: 1, nCandidates: 0, config: { candidates: 4 } });
    sitting.answers.availability = { canWrite: false, reason: 'No model is installed.' };
    sitting.attach();
    expect(sitting.last('empty')).toEqual({ type: 'empty', reason: 'no-model', detail: 'No model is installed.' });
    sitting.answers.availability = { canWrite: false, reason: 'This folder is not trusted.', isRestricted: true };
    sitting.attach();
    expect(sitting.last('empty')).toMatchObject({ reason: 'restricted', detail: 'This folder is not trusted.' });
  });

  test('without a model the prompts that have answers come first', async () => {
    const sitting = await start({ nPrompts: 3, nCandidates: 0, config: { candidates: 4 } });
    sitting.answers.availability = { canWrite: false, reason: 'No model is installed.' };
    const second = sitting.project.promptIds[1] ?? sitting.promptId;
    await sitting.project.appendCandidates(candidates(second, 2));
    await sitting.as('kim');
    expect(sitting.shown).toBe('prompt 2');
  });

  test('a model that comes meanwhile takes the empty screen away', async () => {
    const sitting = await start({ nPrompts: 1, nCandidates: 0, config: { candidates: 4 } });
    sitting.answers.availability = { canWrite: false, reason: 'No model is installed.' };
    sitting.attach();
    expect(sitting.session.isPromptShown).toBe(false);
    sitting.answers.availability = { canWrite: true };
    const promptId = sitting.project.promptIds[0] ?? sitting.promptId;
    sitting.answers.tell({ type: 'availability' });
    sitting.answers.pending.set(promptId, [{ candidateId: candidateIdOf('planned'), state: 'queued', text: '' }]);
    sitting.answers.tell({ type: 'planned', promptId });
    expect(sitting.shown).toBe('prompt 1');
    expect(sitting.session.isPromptShown).toBe(true);
  });

  test('a prompt comes on the screen when its answers have their places, not before', async () => {
    const sitting = await start({ nPrompts: 1, nCandidates: 0, config: { candidates: 4 } });
    expect(sitting.shown).toBe('nothing');
    const promptId = sitting.project.promptIds[0] ?? sitting.promptId;
    sitting.answers.pending.set(promptId, [{ candidateId: candidateIdOf('planned'), state: 'queued', text: '' }]);
    sitting.answers.tell({ type: 'planned', promptId });
    expect(sitting.screen?.answers).toEqual([{ candidateId: candidateIdOf('planned'), state: 'queued', text: '' }]);
  });

  test('what keeps answers from being planned is told in place of the prompt', async () => {
    const sitting = await start({ nPrompts: 1, nCandidates: 0, config: { candidates: 4 } });
    sitting.answers.tell({ type: 'trouble', message: 'There is no model of that name.' });
    expect(sitting.last('empty')).toMatchObject({ reason: 'no-model', detail: 'There is no model of that name.' });
  });

  test('answers are asked for ahead of the labeler, the next prompt first', async () => {
    const sitting = await start({ nPrompts: 5 });
    await sitting.submit('A B C');
    expect(sitting.answers.wanted).toEqual(sitting.project.promptIds.slice(1, 4));
    sitting.session.detach();
    expect(sitting.answers.wanted).toEqual([]);
  });
});

describe('the blind page', () => {
  test('no message holds a model, a sampling, a device, a duration or an origin', async () => {
    const sitting = await start({ nPrompts: 2 });
    await sitting.project.appendCandidates(
      candidates(sitting.promptId, 1).map((row) => ({
        ...row,
        id: candidateIdOf('imported'),
        origin: 'import' as const,
      })),
    );
    sitting.attach();
    await sitting.submit('A B C');
    await sitting.session.receive({ type: 'submit-undo' });
    const sent = JSON.stringify(sitting.messages);
    expect(sent).toContain('answer 1');
    for (const secret of ['secret', 'model', 'sampling', '424242', 'device', '1234', 'origin', 'import', 'provider'])
      expect(sent).not.toContain(secret);
  });

  test('answers keep their places over a reload and for the judgement', async () => {
    const sitting = await start({ nPrompts: 1, nCandidates: 4 });
    const order = sitting.screen?.answers.map(({ candidateId }) => candidateId);
    await sitting.reload();
    expect(sitting.screen?.answers.map(({ candidateId }) => candidateId)).toEqual(order);
    await sitting.submit('A B C D');
    expect((await rowsOnDisk(sitting))[0]?.shown?.order).toEqual(order);
  });

  test('a source has its place in the shuffle whatever the order in which its answers ended', async () => {
    const orders: string[] = [];
    for (const ended of [(rows: Candidate[]) => rows, (rows: Candidate[]) => rows.toReversed()]) {
      const sitting = await start({ nPrompts: 0 });
      const messages = [{ role: 'user' as const, content: 'who was first?' }];
      const id = promptIdOf({ messages });
      const rows = candidates(id, 4).map((row, index) => ({ ...row, metadata: { touchstone: { index } } }));
      await sitting.project.appendCandidates(ended(rows));
      await sitting.project.addPrompts([{ id, messages }], { name: 'new' });
      orders.push(sitting.screen?.answers.map((answer) => answer.candidateId).join() ?? '');
      await sitting.stop();
    }
    expect(orders[0]).toBe(orders[1]);
  });
});

describe('submitting', () => {
  test('is told as saved only when the row is on the disk', async () => {
    const sitting = await start();
    const promptId = sitting.promptId;
    let isSavedTold = false;
    const draft = sitting.ranking('B A=C');
    const submitted = sitting.submit('B A=C');
    // The next prompt is on the screen before the disk has answered.
    expect(sitting.shown).toBe('prompt 2');
    isSavedTold = sitting.last('judgement-saved') !== undefined;
    expect(isSavedTold).toBe(false);
    await submitted;
    expect(sitting.last('judgement-saved')).toMatchObject({ promptId });
    expect(await rowsOnDisk(sitting)).toMatchObject([
      {
        promptId,
        labeler: 'kim',
        status: 'submitted',
        ranking: draft.ranking,
        activeMs: 30_000,
        guidelinesVersion: 'abc123',
      },
    ]);
  });

  test('twice with the same id writes one row and is answered twice', async () => {
    const sitting = await start();
    const first = sitting.screen;
    const requestId = await sitting.submit('A B C');
    await sitting.session.receive({
      type: 'judgement-submit',
      requestId,
      promptId: first?.promptId ?? sitting.promptId,
      draft: sitting.ranking('A B C'),
      aids: [],
      words: {},
      activeMs: 1,
      cut: [],
    });
    expect(sitting.messages.filter(({ type }) => type === 'judgement-saved')).toHaveLength(2);
    expect(await rowsOnDisk(sitting)).toHaveLength(1);
  });

  test('on a full disk brings the prompt back with its judgement, and saves it when there is room', async () => {
    let isFull = false;
    const files: FileSystem = {
      ...nodeFiles,
      open: async (file, mode) => {
        if (isFull && file.includes('judgements')) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
        return nodeFiles.open(file, mode);
      },
    };
    const sitting = await start({ files });
    const draft = sitting.ranking('C B A');
    isFull = true;
    await sitting.submit('C B A');
    expect(sitting.last('judgement-failed')).toMatchObject({ view: { draft, messages: [{ content: 'prompt 1' }] } });
    expect(sitting.last('judgement-failed')?.message).toContain('The disk is full');
    expect(sitting.last('judgement-saved')).toBeUndefined();
    expect(sitting.last('strip')?.strip).toMatchObject({ action: { action: 'retry-save' } });
    isFull = false;
    await sitting.session.retry();
    expect(sitting.last('judgement-saved')).toBeDefined();
    expect(sitting.last('strip')?.strip).toBeNull();
    expect(await rowsOnDisk(sitting)).toMatchObject([{ ranking: draft.ranking }]);
  });

  test('what a project forbids comes back with the reason', async () => {
    const sitting = await start({ config: { partial: 'forbid' } });
    await sitting.submit('A B');
    expect(sitting.last('judgement-failed')?.message).toContain('a place for every answer');
    expect(await rowsOnDisk(sitting)).toEqual([]);
  });

  test('answers without a place go last where the project says so', async () => {
    const sitting = await start({ config: { partial: 'last' } });
    const [a, b, c] = sitting.screen?.answers.map(({ candidateId }) => candidateId) ?? [];
    await sitting.submit('B');
    expect((await rowsOnDisk(sitting))[0]?.ranking).toEqual([[b], [a, c]]);
  });

  test('stops answers that are being written, and waits until they are in the journal', async () => {
    const sitting = await start({ nPrompts: 1, nCandidates: 2 });
    const promptId = sitting.promptId;
    const writing = candidateIdOf('being written');
    sitting.answers.pending.set(promptId, [{ candidateId: writing, state: 'writing', text: 'half an ans' }]);
    sitting.attach();
    sitting.answers.onCut = async (candidateId) => {
      sitting.answers.pending.delete(promptId);
      const [row] = candidates(promptId, 1);
      if (row !== undefined)
        await sitting.project.appendCandidates([{ ...row, id: candidateId, text: 'half an ans', finishReason: 'cut' }]);
    };
    expect(sitting.screen?.answers).toHaveLength(3);
    await sitting.submit('A B C', { cut: [writing] });
    expect((await rowsOnDisk(sitting))[0]?.ranking?.flat()).toContain(writing);
    expect(sitting.project.candidatesOf(promptId).at(-1)).toMatchObject({ id: writing, finishReason: 'cut' });
  });
});

describe('undo', () => {
  test('appends a row that takes the judgement back, and shows it as a draft', async () => {
    const sitting = await start();
    const promptId = sitting.promptId;
    const draft = sitting.ranking('B A=C');
    await sitting.submit('B A=C');
    await sitting.session.receive({ type: 'submit-undo' });
    expect(sitting.last('prompt-show')).toMatchObject({ reopened: true, prompt: { promptId, status: 'draft', draft } });
    expect((await rowsOnDisk(sitting)).map(({ status }) => status)).toEqual(['submitted', 'draft']);
    expect(currentJudgements(sitting.project.judgementsOf(promptId))).toEqual([]);
  });

  test('reaches back over the whole sitting, skips included, and over a reload', async () => {
    const sitting = await start();
    await sitting.submit('A B C');
    await sitting.skip();
    await sitting.submit('C B A');
    await sitting.reload();
    const shown: string[] = [];
    for (let step = 0; step < 3; step += 1) {
      await sitting.session.receive({ type: 'submit-undo' });
      shown.push(sitting.shown);
    }
    expect(shown).toEqual(['prompt 3', 'prompt 2', 'prompt 1']);
    await sitting.session.receive({ type: 'submit-undo' });
    expect(sitting.last('nothing-to-undo')).toBeDefined();
  });

  test('of what was judged by earlier guidelines the page is told', async () => {
    const sitting = await start();
    const { promptId } = sitting;
    await sitting.submit('A B C');
    sitting.session.open(promptId);
    expect(sitting.screen).not.toHaveProperty('isPastGuidelines');
    sitting.guidelinesVersion = 'def456';
    sitting.session.open(promptId);
    expect(sitting.screen).toMatchObject({ status: 'submitted', isPastGuidelines: true });
    await sitting.submit('A B C');
    sitting.session.open(promptId);
    expect(sitting.screen).not.toHaveProperty('isPastGuidelines');
  });

  test('what was taken back can be submitted again', async () => {
    const sitting = await start({ nPrompts: 1 });
    await sitting.submit('A B C');
    await sitting.session.receive({ type: 'submit-undo' });
    await sitting.submit('C B A');
    expect(
      currentJudgements(sitting.project.judgementsOf(sitting.project.promptIds[0] ?? sitting.promptId)),
    ).toMatchObject([{ status: 'submitted' }]);
    expect(sitting.session.queue.counts).toMatchObject({ open: 0, draft: 0, submitted: 1 });
  });
});

describe('drafts', () => {
  test('survive a reload and count in the queue', async () => {
    const sitting = await start();
    const draft = { ...sitting.ranking('C A'), rationale: 'because' };
    await sitting.session.receive({ type: 'draft-change', promptId: sitting.promptId, draft, revision: 3 });
    expect(sitting.last('draft-saved')).toMatchObject({ revision: 3 });
    expect(sitting.session.queue.counts).toMatchObject({ open: 2, draft: 1 });
    await sitting.reload();
    expect(sitting.screen?.draft).toEqual(draft);
  });

  test('an empty one leaves the prompt untouched', async () => {
    const sitting = await start();
    const change = (letters: string, revision: number) =>
      sitting.session.receive({
        type: 'draft-change',
        promptId: sitting.promptId,
        draft: letters === '' ? { ranking: [] } : sitting.ranking(letters),
        revision,
      });
    await change('A', 1);
    await change('', 2);
    expect(sitting.session.queue.counts).toMatchObject({ open: 3, draft: 0 });
  });
});

describe('improving an answer', () => {
  test('gives a correction that beats nothing by itself and is submitted with the ranking', async () => {
    const sitting = await start();
    const promptId = sitting.promptId;
    const parent = sitting.screen?.answers[1]?.candidateId ?? candidateIdOf('none');
    expect(sitting.session.improvement(promptId, parent)).toMatchObject({ letter: 'B', parent });
    await sitting.session.keepImprovement(promptId, parent, 'half way');
    await sitting.reload();
    expect(sitting.session.improvement(promptId, parent)?.text).toBe('half way');
    await sitting.session.useImprovement(promptId, parent, 'a better answer');
    const made = sitting.last('correction-made');
    expect(made).toMatchObject({ promptId, parent, text: 'a better answer' });
    expect(sitting.session.improvement(promptId, made?.correctionId ?? parent)).toMatchObject({
      parent,
      text: 'a better answer',
    });
    sitting.attach();
    expect(sitting.screen?.draft.corrections).toEqual([{ id: made?.correctionId, parent, text: 'a better answer' }]);
  });

  test('discarding it leaves the prompt untouched', async () => {
    const sitting = await start();
    const parent = sitting.screen?.answers[0]?.candidateId ?? candidateIdOf('none');
    await sitting.session.keepImprovement(sitting.promptId, parent, 'half way');
    await sitting.session.discardImprovement(sitting.promptId, parent);
    expect(sitting.session.queue.counts).toMatchObject({ open: 3, draft: 0 });
  });
});

describe('an answer of the labeler’s own', () => {
  test('written from nothing has no parent and no parts, and one id however often it is written', async () => {
    const sitting = await start();
    const { promptId } = sitting;
    const own = sitting.session.ownAnswer(promptId);
    expect(own).toMatchObject({ isOwn: true, original: '', text: '', parent: sitting.screen?.ownId });
    const id = own?.parent ?? candidateIdOf('none');
    await sitting.session.keepImprovement(promptId, id, 'half way');
    await sitting.reload();
    expect(sitting.session.ownAnswer(promptId)?.text).toBe('half way');
    for (const text of ['mine\r\n\r\n- too\r\n', 'mine']) await sitting.session.useImprovement(promptId, id, text);
    const made = sitting.messages.filter((message) => message.type === 'correction-made');
    expect(made.map(({ text }) => text)).toEqual(['mine\n\n- too', 'mine']);
    sitting.attach();
    expect(sitting.screen?.draft.corrections).toEqual([{ id, text: 'mine' }]);
    expect(sitting.screen?.ownId).toBe(id);
  });

  test('composed of parts keeps their sources when it is edited, and is submitted with them', async () => {
    const sitting = await start();
    const { promptId } = sitting;
    const [{ candidateId: from, text } = { candidateId: candidateIdOf('none'), text: '' }] =
      sitting.screen?.answers ?? [];
    const id = sitting.screen?.ownId ?? from;
    const part = { text, from, start: 0, end: text.length };
    await sitting.session.receive({
      type: 'draft-change',
      promptId,
      draft: { ranking: [], corrections: [{ id, text, parts: [part] }] },
      revision: 1,
    });
    await sitting.session.useImprovement(promptId, id, `${text}!\n\nAnd more.`);
    const parts = [{ ...part, text: `${text}!\n\n` }, { text: 'And more.' }];
    const correction = { id, text: `${text}!\n\nAnd more.`, parts };
    expect(sitting.last('correction-made')).toMatchObject({ correctionId: id, text: correction.text, parts });
    await sitting.session.receive({
      type: 'judgement-submit',
      requestId: 'one',
      promptId,
      draft: { ranking: [], corrections: [correction] },
      aids: [],
      words: {},
      activeMs: 1,
      cut: [],
    });
    await sitting.reload();
    expect(sitting.project.judgementsOf(promptId)).toMatchObject([{ status: 'submitted', corrections: [correction] }]);
  });

  test('of two labelers are two', async () => {
    const sitting = await start();
    const kims = sitting.screen?.ownId;
    await sitting.as('lee');
    expect(sitting.screen?.ownId).not.toBe(kims);
  });
});

describe('answers that are being written', () => {
  test('arrive in pieces, at most twenty a second, each with the length that the page must have', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const sitting = await start({ nPrompts: 1, nCandidates: 2 });
      const candidateId = candidateIdOf('being written');
      sitting.answers.pending.set(sitting.promptId, [{ candidateId, state: 'writing', text: '' }]);
      sitting.attach();
      for (const [at, text] of [...'streamed'].entries())
        sitting.answers.tell({ type: 'delta', candidateId, at, text });
      expect(sitting.last('answer-delta')).toBeUndefined();
      vi.advanceTimersByTime(50);
      sitting.answers.tell({ type: 'delta', candidateId, at: 8, text: ' text' });
      sitting.answers.tell({ type: 'state', candidateId, state: 'complete' });
      expect(sitting.messages.slice(-3)).toEqual([
        { type: 'answer-delta', candidateId, at: 0, text: 'streamed' },
        { type: 'answer-delta', candidateId, at: 8, text: ' text' },
        { type: 'answer-state', candidateId, state: 'complete' },
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('one that is written again stands in the place of the old one', async () => {
    const sitting = await start({ nPrompts: 1 });
    const order = sitting.screen?.answers.map(({ candidateId }) => candidateId) ?? [];
    const old = order[1] ?? candidateIdOf('none');
    const candidateId = candidateIdOf('again');
    sitting.answers.pending.set(sitting.promptId, [{ candidateId, state: 'writing', text: 'n' }]);
    sitting.answers.tell({ type: 'replaced', promptId: sitting.promptId, old, candidateId });
    expect(sitting.last('answer-replace')).toMatchObject({ old, answer: { candidateId, state: 'writing', text: 'n' } });
  });
});

describe('progress', () => {
  test('counts what is submitted, today, and an hour of active time', async () => {
    const sitting = await start({ nPrompts: 5 });
    for (let step = 0; step < 3; step += 1) await sitting.submit('A B C');
    expect(sitting.last('progress')?.progress).toEqual({ nPrompts: 5, nSubmitted: 3, nToday: 3, perHour: 120 });
  });
});
