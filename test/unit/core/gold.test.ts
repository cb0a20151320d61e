import { describe, expect, test } from 'vitest';
import {
  Candidate,
  CandidateId,
  checkGold,
  currentJudgements,
  currentRepeats,
  Gold,
  goldAgreement,
  goldOfJudgement,
  Judgement,
  JudgementId,
  PromptId,
  selfAgreement,
} from '../../../src/core/index.js';

const promptId = PromptId.parse('p1');
const ids = ['a', 'b', 'c'].map((letter) => CandidateId.parse(letter));
const candidates = ids.map((id) => Candidate.parse({ id, promptId, text: `answer ${id}`, origin: 'model' }));
const known = new Set<string>(ids);
let nRows = 0;
const judged = (labeler: string, said: object): Judgement =>
  Judgement.parse({
    id: `j${(nRows += 1)}`,
    promptId,
    labeler,
    at: new Date(Date.UTC(2026, 0, 1) + nRows * 1000).toISOString(),
    status: 'submitted',
    shown: { order: ids },
    ...said,
  });
const gold = (said: object): Gold =>
  Gold.parse({ id: 'g', promptId, labeler: 'lead', at: '2026-01-01T00:00:00Z', status: 'gold', ...said });
const order = (letters: string) => ({ ranking: letters.split(' ').map((tier) => tier.split('=')) });

describe('a gold', () => {
  test.each([
    ['a ranking with a line', { ...order('b a=c'), line: 1 }, undefined],
    ['thumbs', { thumbs: { a: true } }, undefined],
    ['the best one', { best: 'a' }, undefined],
    ['an answer that is not there', order('x a'), /"x" is not a candidate/],
    ['an answer twice', order('a a'), /stands in two places/],
    ['a line outside', { ...order('a b'), line: 3 }, /line: 3/],
    ['flags alone', { flags: { a: ['unsafe'] } }, /needs a ranking/],
    ['nothing', {}, /needs a ranking/],
  ])('%s', (_what, said, problem) => {
    const found = checkGold(gold(said), known);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(problem);
  });

  test('is made of a judgement without what the labeler wrote', () => {
    const row = judged('kim', {
      ranking: [['w'], ['b', 'a'], ['c']],
      line: 2,
      flags: { c: ['unsafe'], w: ['refusal'] },
      corrections: [{ id: 'w', parent: 'a', text: 'better' }],
      rationale: 'mine',
    });
    const made = goldOfJudgement(row, known, { id: JudgementId.parse('g'), labeler: 'lead', at: row.at });
    expect(made).toEqual({
      id: 'g',
      promptId,
      labeler: 'lead',
      at: row.at,
      status: 'gold',
      from: row.id,
      ranking: [['b', 'a'], ['c']],
      line: 1,
      flags: { c: ['unsafe'] },
      shown: { order: ids },
    });
    expect(checkGold(made, known)).toBeUndefined();
  });
});

describe('agreement with gold', () => {
  const measured = (right: object, ...rows: Judgement[]) =>
    goldAgreement([{ candidates, judgements: rows, gold: gold(right) }]);

  test('counts of every two answers which is better, or the tie, by labeler and in all', () => {
    const found = measured(order('a b c'), judged('kim', order('a b c')), judged('ana', order('a c b')));
    expect(found?.all).toMatchObject({ value: 5 / 6, n: 6 });
    expect(found?.all.low).toBeLessThan(5 / 6);
    expect(found?.labelers).toMatchObject([
      { labeler: 'ana', value: 2 / 3, n: 3, nPrompts: 1 },
      { labeler: 'kim', value: 1, n: 3, nPrompts: 1 },
    ]);
  });

  test.each<[string, object, object, [number, number]]>([
    ['the good-enough line', { ...order('a b c'), line: 2 }, { ...order('a b c'), line: 1 }, [5, 6]],
    ['thumbs', { thumbs: { a: true, b: false } }, { thumbs: { a: true, b: true, c: true } }, [1, 2]],
    ['the strength of a pair', { ...order('a b') }, { strength: -2, shown: { order: ['b', 'a'] } }, [1, 1]],
    ['the best one', { best: 'a' }, { best: 'b', ...order('b a=c') }, [0, 3]],
    [
      'steps',
      { steps: { a: [{ text: 'One.', label: 'good' }] } },
      { steps: { a: [{ text: 'One.', label: 'wrong' }] } },
      [0, 1],
    ],
  ])('%s', (_what, right, said, [nEqual, n]) => {
    expect(measured(right, judged('kim', said))?.all).toMatchObject({ value: nEqual / n, n });
  });

  test('takes the word that holds, not one that was taken back, and no prompt without gold', () => {
    const [first, taken] = [judged('kim', order('a b')), judged('kim', { ...order('a b'), status: 'draft' })];
    expect(measured(order('a b'), first, taken)).toBeUndefined();
    expect(goldAgreement([{ candidates, judgements: [first] }])).toBeUndefined();
  });
});

describe('a prompt that comes again', () => {
  const first = judged('kim', order('a b c'));
  const again = judged('kim', { ...order('a c b'), pass: 1, shown: { order: ids.toReversed() } });

  test('leaves the first word as it is', () => {
    expect(currentJudgements([first, again])).toEqual([first]);
    expect(currentRepeats([first, again])).toEqual([again]);
    const taken = judged('kim', { ...order('a c b'), pass: 1, status: 'draft' });
    expect(currentJudgements([first, again, taken])).toEqual([first]);
    expect(currentRepeats([first, again, taken])).toEqual([]);
  });

  test('is compared with the word that was given by then, changed or taken back', () => {
    const share = (...judgements: Judgement[]) => selfAgreement([{ candidates, judgements }]);
    expect(share(first, again)).toMatchObject({ value: 2 / 3, n: 3 });
    // Changed to the same as the second time, after it: that is no agreement.
    expect(share(first, again, judged('kim', order('a c b')))).toMatchObject({ value: 2 / 3, n: 3 });
    const better = judged('kim', { ...order('a b c'), pass: 1, shown: { order: ids.toReversed() } });
    expect(share(first, again, better)).toMatchObject({ value: 1, n: 3 });
    expect(share(first, again, judged('kim', { pass: 1, status: 'draft' }))).toBeUndefined();
    expect(share(first, judged('kim', { pass: 1, status: 'skipped' }))).toBeUndefined();
  });

  test('measures thumbs and steps too', () => {
    const thumbs = [judged('kim', { thumbs: { a: true } }), judged('kim', { pass: 1, thumbs: { a: false } })];
    expect(selfAgreement([{ candidates, judgements: thumbs }])).toMatchObject({ value: 0, n: 1 });
  });
});
