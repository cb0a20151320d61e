import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { currentJudgements, Gold, Judgement, judgementIdOf, type PromptId } from '../../../src/core/index.js';
import { planExport } from '../../../src/datasets/planExport.js';
import { promptFileReader } from '../../../src/prompts/index.js';
import type { PromptView } from '../../../src/protocol.js';
import { openProject } from '../../../src/store/index.js';
import { Sitting, type SittingOptions } from './sittingFor.js';

let sitting: Sitting | undefined;
const start = async (options?: SittingOptions): Promise<Sitting> => (sitting = await Sitting.start(options));
afterEach(async () => {
  await sitting?.stop();
  sitting = undefined;
});

async function rowsOnDisk({ folder }: Sitting): Promise<(Judgement | Gold)[]> {
  const journals = path.join(folder, '.touchstone', 'judgements');
  const texts = await Promise.all((await readdir(journals)).map((name) => readFile(path.join(journals, name), 'utf8')));
  return texts.flatMap((text) =>
    text
      .trim()
      .split('\n')
      .map((line): Judgement | Gold => JSON.parse(line)),
  );
}

const orderOf = (view: PromptView): string[] => view.answers.map(({ candidateId }) => candidateId);

/** Judges what comes, as it comes, and says what came. */
async function work(at: Sitting, until: (view: PromptView) => boolean = () => false): Promise<PromptView[]> {
  const came: PromptView[] = [];
  for (let view = at.screen; view !== undefined && !until(view); view = at.screen) {
    came.push(view);
    await at.submit('A B C');
  }
  return came;
}

const again = (view: PromptView): boolean => view.pass === 1;
const many = { nPrompts: 80, config: { repeats: { share: 0.3 } } };

/** The first prompts are judged already: by rows, which is faster than by messages. */
async function startJudged(nJudged: number, options: SittingOptions = many): Promise<Sitting> {
  const at = await start(options);
  const rows = at.project.promptIds.slice(0, nJudged).map((promptId, index) => {
    const order = at.project.candidatesOf(promptId).map(({ id }) => id);
    return Judgement.parse({
      id: judgementIdOf(['kim', index]),
      promptId,
      labeler: 'kim',
      at: new Date(Date.UTC(2026, 1, 1) + index * 30_000).toISOString(),
      status: 'submitted',
      ranking: order.map((id) => [id]),
      shown: { order },
    });
  });
  await at.project.appendJudgements(rows);
  await at.as('kim');
  return at;
}

/** On the screen is a prompt that comes again, which no prompt does before fifty others are judged. */
async function startAtRepeat(): Promise<Sitting> {
  const at = await startJudged(50);
  await work(at, again);
  expect(at.screen).toMatchObject({ pass: 1 });
  return at;
}

describe('a prompt that comes again', () => {
  test('comes after fifty others or more, turned round, and looks like any other', async () => {
    const at = await start(many);
    const came = await work(at);
    const repeats = came.filter(again);
    expect(repeats.length).toBeGreaterThan(3);
    expect(came.length - repeats.length).toBe(80);
    for (const repeat of repeats) {
      const places = came.flatMap(({ promptId }, place) => (promptId === repeat.promptId ? [place] : []));
      const [first = 0, second = 0] = places;
      expect(new Set(came.slice(first + 1, second).map(({ promptId }) => promptId)).size).toBeGreaterThanOrEqual(50);
      const before = came[first] ?? expect.fail('it came before');
      expect(orderOf(repeat)).toEqual(orderOf(before).toReversed());
      expect(repeat).toEqual({ ...before, pass: 1, index: repeat.index, answers: before.answers.toReversed() });
      expect(repeat).toMatchObject({ status: 'open', draft: { ranking: [] } });
    }
    // Numbers never go back, as those of prompts that came before would.
    expect(came.map(({ index }) => index)).toEqual(came.map(({ index }) => index).toSorted((a, b) => a - b));
    // A place in a file would tell, so no prompt says it before it is judged.
    expect(came.filter(({ source }) => source !== undefined)).toEqual([]);
  });

  test('is stored beside the first word, which holds for progress and data sets', async () => {
    const at = await startJudged(50);
    const came = await work(at);
    const rows = await rowsOnDisk(at);
    const second = rows.filter((row): row is Judgement => 'pass' in row);
    expect(second.length).toBe(came.filter(again).length);
    for (const row of second) {
      const first = rows.find((each) => each.promptId === row.promptId && !('pass' in each));
      expect(row.shown?.order).toEqual(first?.shown?.order.toReversed());
      expect(currentJudgements(at.project.judgementsOf(row.promptId)).map(({ id }) => id)).toEqual([first?.id]);
    }
    expect(at.session.queue.counts).toMatchObject({ submitted: 80, open: 0 });
    expect(at.last('progress')?.progress).toMatchObject({ nSubmitted: 80, nPrompts: 80 });
    expect(planExport(at.project, { formats: ['trl-sft'], out: 'x' }).source.judgements).toBe(80);
  });

  test('keeps a draft over a reload, apart from the first word; undo takes back the second word alone', async () => {
    const at = await startAtRepeat();
    const { promptId } = at;
    const first = at.project.judgementsOf(promptId);
    const draft = at.ranking('C B');
    await at.session.receive({ type: 'draft-change', promptId, pass: 1, draft, revision: 5 });
    expect(at.session.queue.standingOf(promptId)).toBe('submitted');
    await at.reload();
    expect(at.screen).toMatchObject({ promptId, pass: 1, status: 'draft', draft, revision: 5 });
    await at.submit('C B A');
    expect(at.promptId).not.toBe(promptId);
    await at.session.receive({ type: 'submit-undo' });
    expect(at.screen).toMatchObject({ promptId, pass: 1, status: 'draft' });
    expect(at.project.judgementsOf(promptId).map(({ status, pass = 0 }) => `${status} ${pass}`)).toEqual([
      'submitted 0',
      'submitted 1',
      'draft 1',
    ]);
    expect(currentJudgements(at.project.judgementsOf(promptId))).toEqual(first);
    await at.skip('again?');
    expect(currentJudgements(at.project.judgementsOf(promptId))).toEqual(first);
    const rest = await work(at);
    expect(rest.map((view) => view.promptId)).not.toContain(promptId);
  });

  test('shows the first judgement when it is opened by itself, and comes in its turn all the same', async () => {
    const at = await startAtRepeat();
    const { promptId } = at;
    at.session.open(promptId);
    expect(at.screen).toMatchObject({ promptId, status: 'submitted', draft: { ranking: expect.any(Array) } });
    expect(at.screen).not.toHaveProperty('pass');
    await at.reload();
    expect(at.screen).toMatchObject({ promptId, pass: 1, draft: { ranking: [] } });
    // The one before it in the project, not the one that came before it.
    await at.session.receive({ type: 'prompt-go', to: 'next', from: promptId });
    expect(at.promptId).not.toBe(promptId);
    expect(at.ahead()).not.toContain(at.project.prompt(promptId)?.messages[0]?.content);
  });

  test('is not dealt in two windows of one labeler at once', async () => {
    const at = await startAtRepeat();
    const { promptId } = at;
    const other = await openProject(at.folder, { readPromptFile: promptFileReader(at.folder) });
    at.session.detach();
    other.claims.hold(promptId, 'kim');
    const comes = () => [...at.session.queue.upcoming(undefined, new Set())][0];
    await expect.poll(async () => (await at.project.refresh(), comes()), { timeout: 30_000 }).not.toBe(promptId);
    other.claims.release();
    await expect.poll(async () => (await at.project.refresh(), comes()), { timeout: 30_000 }).toBe(promptId);
    await other.close();
  });

  test('a judgement that is sent again after a reload stays the second word', async () => {
    const at = await startAtRepeat();
    const { promptId } = at;
    const message = {
      type: 'judgement-submit' as const,
      requestId: 'kept over the reload',
      promptId,
      pass: 1,
      draft: at.ranking('B A C'),
      aids: [],
      words: {},
      activeMs: 1,
      cut: [],
    };
    await at.reload();
    await at.session.receive(message);
    await at.session.receive(message);
    expect(at.project.judgementsOf(promptId).map(({ pass = 0 }) => pass)).toEqual([0, 1]);
  });

  test('a small project, and one that wants none, has none', async () => {
    const small = await startJudged(40, { nPrompts: 50, config: { repeats: { share: 0.5 } } });
    expect((await work(small)).map(again)).toEqual(Array.from({ length: 10 }, () => false));
    await small.stop();
    const wantsNone = await startJudged(50, { nPrompts: 80, config: { repeats: { share: 0 } } });
    expect((await work(wantsNone)).map(again)).toEqual(Array.from({ length: 30 }, () => false));
  });
});

/** The last prompts of the project have a gold. */
async function withGold(at: Sitting, n: number): Promise<ReadonlySet<PromptId>> {
  const ids = at.project.promptIds.slice(-n);
  await at.project.appendJudgements(
    ids.map((promptId) =>
      Gold.parse({
        id: judgementIdOf(['gold', promptId]),
        promptId,
        labeler: 'lead',
        at: '2026-01-01T00:00:00Z',
        status: 'gold',
        ranking: at.project.candidatesOf(promptId).map(({ id }) => [id]),
      }),
    ),
  );
  return new Set(ids);
}

describe('gold prompts', () => {
  test('are mixed in evenly, for every labeler, and look like all others', async () => {
    const at = await start({ nPrompts: 44 });
    const gold = await withGold(at, 4);
    at.session.detach();
    await at.as('kim');
    const came = await work(at);
    expect(came).toHaveLength(44);
    const places = came.flatMap(({ promptId }, place) => (gold.has(promptId) ? [place] : []));
    places.forEach((place, index) => {
      expect(place).toBeGreaterThanOrEqual(10 * index + index);
      expect(place).toBeLessThanOrEqual(10 * (index + 1) + index);
    });
    // The rest keeps its order, and the numbers tell nothing.
    const numbers = came.map(({ index }) => index);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(new Set(came.map((view) => Object.keys(view).join()))).toHaveLength(1);
    expect(JSON.stringify(at.messages)).not.toContain('gold');

    await at.as('lee');
    const others = await work(at);
    expect(new Set(others.map(({ promptId }) => promptId))).toEqual(gold);
  });
});

describe('the names of the models', () => {
  const names = (at: Sitting): (string | undefined)[] => at.screen?.answers.map(({ reveal }) => reveal) ?? [];
  const open = (at: Sitting, place: number): void => at.session.open(at.project.promptIds[place] ?? at.promptId);

  test('stand on what is submitted once nothing is left, unless the project says otherwise', async () => {
    const at = await start({ nPrompts: 2 });
    await at.submit('A B C');
    open(at, 0);
    expect(JSON.stringify(at.messages)).not.toContain('secret');
    open(at, 1);
    await at.submit('A B C');
    open(at, 0);
    expect(names(at)).toEqual(expect.arrayContaining(['secret-model-0', 'secret-model-1', 'secret-model-2']));
    expect(JSON.stringify(at.messages)).not.toContain('secret-provider');
  });

  test('stand there at once, or never', async () => {
    const at = await start({ nPrompts: 2, config: { reveal: 'afterSubmit' } });
    await at.submit('A B C');
    expect(JSON.stringify(at.messages)).not.toContain('secret');
    open(at, 0);
    expect(names(at)[0]).toMatch(/^secret-model/);
    // Who judges again after that was not blind: the judgement says so.
    await at.submit('C B A');
    expect(at.project.judgementsOf(at.project.promptIds[0] ?? at.promptId).at(-1)?.shown?.aids).toContain('names');
    await at.session.receive({ type: 'submit-undo' });
    expect(names(at)).toEqual([undefined, undefined, undefined]);

    await at.project.updateConfig({ reveal: 'never' });
    await at.submit('A B C');
    await at.submit('A B C');
    open(at, 0);
    expect(names(at)).toEqual([undefined, undefined, undefined]);
  });

  test('stand on no prompt that others have judged and one has not', async () => {
    const at = await start({ nPrompts: 1, config: { reveal: 'afterSubmit' } });
    await at.submit('A B C');
    await at.as('lee');
    open(at, 0);
    expect(at.screen?.status).toBe('submitted');
    expect(JSON.stringify(at.messages)).not.toContain('secret');
  });
});

describe('discarding', () => {
  test('takes a prompt out of the labeler’s work and out of data sets, until it is undone', async () => {
    const at = await start({ nPrompts: 2 });
    const { promptId } = at;
    await at.session.receive({
      type: 'draft-change',
      promptId,
      draft: { ...at.ranking('B'), promptFlags: ['unsafe'] },
      revision: 1,
    });
    await at.discard('not a question');
    expect((await rowsOnDisk(at)).at(-1)).toMatchObject({
      status: 'discarded',
      reason: 'not a question',
      promptFlags: ['unsafe'],
    });
    expect(at.session.queue.counts).toMatchObject({ discarded: 1, open: 1 });
    await at.submit('A B C');
    await at.reload();
    expect(at.shown).toBe('all-done');
    const planned = planExport(at.project, { formats: ['trl-sft'], out: 'x', split: 0 });
    expect(planned.promptOf(promptId)?.judged.judgements).toEqual([]);

    await at.session.receive({ type: 'submit-undo' });
    await at.session.receive({ type: 'submit-undo' });
    expect(at.screen).toMatchObject({ promptId, status: 'draft', draft: { promptFlags: ['unsafe'] } });
    expect(at.session.queue.counts).toMatchObject({ discarded: 0 });
  });

  test('leaves the prompt to others', async () => {
    const at = await start({ nPrompts: 1 });
    await at.discard();
    await at.as('lee');
    expect(at.shown).toBe('prompt 1');
  });
});

describe('the history of a prompt', () => {
  test('holds all that was said and taken back, newest first; one of it becomes the draft again', async () => {
    const at = await start({ nPrompts: 2 });
    const { promptId } = at;
    const first = at.ranking('B A C');
    await at.submit('B A C');
    at.session.open(promptId);
    expect(at.screen).toMatchObject({ status: 'submitted', draft: first });
    await at.submit('C B A');
    const said = at.session.history.of(promptId);
    expect(said.map(({ isOwn, holds }) => [isOwn, holds])).toEqual([
      [true, true],
      [true, false],
    ]);
    const old = said[1]?.judgement ?? expect.fail('two rows were expected');
    await at.session.history.open(promptId, old.id);
    expect(at.screen).toMatchObject({ promptId, status: 'draft', draft: first });
    expect(at.project.judgementsOf(promptId)).toHaveLength(2);
    await at.submit('B A C');
    expect(currentJudgements(at.project.judgementsOf(promptId))).toMatchObject([{ ranking: first.ranking }]);
  });

  test('shows what others say, to be looked at, only once one’s own judgement is in', async () => {
    const at = await start({ nPrompts: 2, config: { overlap: 2 } });
    const { promptId } = at;
    const theirs = at.ranking('C A B');
    await at.submit('C A B');
    await at.as('lee');
    expect(at.session.history.of(promptId)).toEqual([]);
    const hidden = at.project.judgementsOf(promptId)[0] ?? expect.fail('kim has judged it');
    await at.session.history.open(promptId, hidden.id);
    expect(at.screen).not.toHaveProperty('readOnly');

    await at.submit('A B C');
    at.session.open(promptId);
    const [own, others] = at.session.history.of(promptId);
    expect([own?.isOwn, others?.isOwn]).toEqual([true, false]);
    await at.session.history.open(promptId, others?.judgement.id ?? hidden.id);
    expect(at.screen).toMatchObject({ readOnly: 'kim', draft: theirs });
    // Looking changes nothing.
    expect(at.session.queue.standingOf(promptId)).toBe('submitted');
    at.session.open(promptId);
    expect(at.screen).not.toHaveProperty('readOnly');
  });

  test('names who said it in characters that can be seen', async () => {
    const at = await start({ nPrompts: 2, config: { overlap: 2 } });
    const { promptId } = at;
    await at.submit('A B C');
    const [own] = at.project.judgementsOf(promptId);
    const evil = { ...own, id: judgementIdOf(['evil']), labeler: 'lee\u202enimda' };
    await at.project.appendJudgements([Judgement.parse(evil)]);
    at.session.open(promptId);
    const others = at.session.history.of(promptId).find(({ isOwn }) => !isOwn) ?? expect.fail('two have judged it');
    await at.session.history.open(promptId, others.judgement.id);
    expect(at.screen).toMatchObject({ readOnly: 'lee[RLO]nimda' });
  });

  test('of a prompt that comes again tells nothing of the first time', async () => {
    const at = await startAtRepeat();
    expect(at.session.history.of(at.promptId)).toEqual([]);
  });
});

test('a judgement becomes the gold of its prompt, and is taken away again, by rows alone', async () => {
  const at = await start({ nPrompts: 1 });
  const { promptId } = at;
  const promptFile = () => readFile(path.join(at.folder, 'prompts', 'a.jsonl'), 'utf8');
  const before = await promptFile();
  expect(await at.session.history.makeGold(promptId)).toBe('not-judged');
  await at.submit('B A C');
  const own = at.project.judgementsOf(promptId)[0];
  expect(await at.session.history.makeGold(promptId)).toBe('made');
  expect(at.project.goldOf(promptId)).toMatchObject({ ranking: own?.ranking, from: own?.id, labeler: 'kim' });
  expect(await at.session.history.makeGold(promptId)).toBe('taken-away');
  expect(at.project.goldOf(promptId)).toBeUndefined();
  expect((await rowsOnDisk(at)).map(({ status }) => status)).toEqual(['submitted', 'gold', 'gold']);
  expect(at.project.promptIds).toEqual([promptId]);
  expect(await promptFile()).toBe(before);
});
