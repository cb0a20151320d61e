import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { candidateIdOf, type CandidateId, type Judgement } from '../../../src/core/index.js';
import type { JudgementDraft } from '../../../src/protocol.js';
import { Sitting, type SittingOptions } from './sittingFor.js';

let sitting: Sitting | undefined;
const start = async (options?: SittingOptions): Promise<Sitting> => (sitting = await Sitting.start(options));
afterEach(async () => {
  await sitting?.stop();
  sitting = undefined;
});

async function lastRow({ folder }: Sitting): Promise<Judgement> {
  const journals = path.join(folder, '.touchstone', 'judgements');
  const [name = ''] = await readdir(journals);
  const lines = (await readFile(path.join(journals, name), 'utf8')).trim().split('\n');
  const row: Judgement = JSON.parse(lines.at(-1) ?? '{}');
  return row;
}

async function submit(at: Sitting, draft: JudgementDraft): Promise<void> {
  const { promptId } = at;
  const common = { requestId: 'one', aids: [], words: {}, activeMs: 1000, cut: [] };
  await at.session.receive({ type: 'judgement-submit', ...common, promptId, draft });
}

type Three = readonly [CandidateId, CandidateId, CandidateId];

const letters = (at: Sitting): CandidateId[] => at.screen?.answers.map(({ candidateId }) => candidateId) ?? [];

/** The answers on the screen; where a pair shows two, the third is the second again. */
function three(at: Sitting): Three {
  const [a, b, c] = letters(at);
  if (a === undefined || b === undefined) throw new Error('answers were expected');
  return [a, b, c ?? b];
}

describe('what each way to judge says', () => {
  const cases: [mode: string, said: (ids: Three) => JudgementDraft][] = [
    ['rank', ([a, b, c]) => ({ ranking: [[b], [a, c]] })],
    ['pair', ([a, b]) => ({ mode: 'pair', ranking: [[b], [a]], strength: -2 })],
    ['best', ([a, b, c]) => ({ mode: 'best', ranking: [[b], [a, c]], best: b })],
    ['rate', ([a]) => ({ mode: 'rate', ranking: [], ratings: { [a]: { helpfulness: 0 } } })],
    ['thumbs', ([a]) => ({ mode: 'thumbs', ranking: [], thumbs: { [a]: false } })],
    [
      'steps',
      ([a]) => ({ mode: 'steps', ranking: [], steps: { [a]: [{ text: 'One.', label: 'wrong', reason: 'two' }] } }),
    ],
    [
      'compose',
      ([a]) => {
        const parts = [{ text: 'Of A. ', from: a, start: 0, end: 5 }, { text: 'Mine.' }];
        const id = candidateIdOf('own');
        return { mode: 'compose', ranking: [], corrections: [{ id, text: 'Of A. Mine.', parts }] };
      },
    ],
  ];

  test.each(cases)('%s stands in the journal with its mode, and comes back by undo', async (mode, said) => {
    const at = await start({ nPrompts: 1, nCandidates: 3, config: { mode } });
    const draft = said(three(at));
    await submit(at, draft);
    const { ranking, ...others } = draft;
    expect(await lastRow(at)).toMatchObject({
      ...others,
      ...(ranking.length > 0 && { ranking }),
      mode,
      status: 'submitted',
    });
    expect(await lastRow(at)).not.toHaveProperty('ranking', []);
    await at.session.receive({ type: 'submit-undo' });
    expect(at.screen?.draft).toEqual({ ...draft, mode });
    await at.reload();
    expect(at.screen?.draft).toEqual({ ...draft, mode });
  });

  test.each(cases.slice(1))('a draft of %s is no empty draft', async (mode, said) => {
    const at = await start({ nPrompts: 2, config: { mode } });
    const draft = said(three(at));
    await at.session.receive({ type: 'draft-change', promptId: at.promptId, draft, revision: 1 });
    expect(at.session.queue.counts).toMatchObject({ draft: 1 });
  });
});

test('skipping keeps what was said of the prompt', async () => {
  const at = await start({ nPrompts: 1 });
  const draft = { ranking: [], promptFlags: ['unsafe'] };
  await at.session.receive({ type: 'draft-change', promptId: at.promptId, draft, revision: 1 });
  await at.skip('not for us');
  expect(await lastRow(at)).toMatchObject({ status: 'skipped', reason: 'not for us', promptFlags: ['unsafe'] });
});

test('a pair shows two of the candidates, the same two after a reload, and stores which', async () => {
  const at = await start({ nPrompts: 1, nCandidates: 4, config: { mode: 'pair', partial: 'last' } });
  const shown = letters(at);
  expect(shown).toHaveLength(2);
  await at.reload();
  expect(letters(at)).toEqual(shown);
  const [a, b] = shown;
  if (a === undefined || b === undefined) throw new Error('two answers were expected');
  await submit(at, { mode: 'pair', ranking: [[a], [b]], strength: 3 });
  expect(await lastRow(at)).toMatchObject({ ranking: [[a], [b]], strength: 3, shown: { order: shown } });
});

describe('an answer of which nothing can be said keeps no prompt from being submitted', () => {
  const refused = { text: '', finishReason: 'filter' as const };
  const withRefused = async (config: object): Promise<{ at: Sitting; ids: CandidateId[]; refusedId: CandidateId }> => {
    const at = await start({ nPrompts: 1, nCandidates: 2, config: { ...config, candidates: 3 } });
    const refusedId = candidateIdOf('refused');
    const { promptId } = at;
    await at.project.appendCandidates([{ id: refusedId, promptId, origin: 'model', ...refused }]);
    await at.reload();
    return { at, ids: letters(at).filter((id) => id !== refusedId), refusedId };
  };

  test('where the project wants all judged', async () => {
    const { at, ids } = await withRefused({ mode: 'thumbs', partial: 'forbid' });
    const thumbs = Object.fromEntries(ids.map((id) => [id, true]));
    await submit(at, { mode: 'thumbs', ranking: [], thumbs });
    expect(at.last('judgement-failed')).toBeUndefined();
    expect(await lastRow(at)).toMatchObject({ status: 'submitted', thumbs });
  });

  test('where what has no place goes last, it has none', async () => {
    const { at, ids, refusedId } = await withRefused({ partial: 'last' });
    const [first] = ids;
    if (first === undefined) throw new Error('answers were expected');
    await submit(at, { ranking: [[first]] });
    const row = await lastRow(at);
    expect(row.ranking).toHaveLength(2);
    expect(row.ranking?.flat()).not.toContain(refusedId);
    expect(row.shown?.order).toContain(refusedId);
  });
});

test('a project that changes to pairs or from them shows the answers anew that are to be judged', async () => {
  const at = await start({ nPrompts: 2, nCandidates: 3 });
  const ids = letters(at);
  await at.session.receive({
    type: 'draft-change',
    promptId: at.promptId,
    draft: at.ranking('B A'),
    revision: 1,
  });
  await at.project.updateConfig({ mode: 'pair' });
  expect(letters(at)).toEqual(ids.slice(0, 2));
  expect(at.screen?.draft.ranking).toEqual([[ids[1]], [ids[0]]]);
  await at.project.updateConfig({ mode: 'rate' });
  expect(letters(at)).toEqual(ids);
});

test('where nothing is left, the last judgement counts too', async () => {
  const at = await start({ nPrompts: 1 });
  await at.submit('A B C');
  expect(at.last('empty')).toMatchObject({ reason: 'all-done', detail: '1 submitted, 0 skipped.' });
});
