import { expect, test } from 'vitest';
import { Judgement, pairwiseAgreement } from '../../../src/core/index.js';

const said = (labeler: string, ranking: string): Judgement =>
  Judgement.parse({
    id: `j-${labeler}-${ranking}`,
    promptId: 'p1',
    labeler,
    at: '2026-11-24T12:00:00Z',
    status: 'submitted',
    ranking: ranking.split('>').map((tier) => tier.split('=').map((id) => id.trim())),
  });

const cases: [name: string, rankings: Record<string, string>, compared: number, equal: number][] = [
  ['the same order', { kim: 'a > b > c', ana: 'a > b > c' }, 3, 3],
  ['one pair turned round', { kim: 'a > b > c', ana: 'b > a > c' }, 3, 2],
  ['a tie is agreement with a tie only', { kim: 'a = b', ana: 'a > b' }, 1, 0],
  ['answers that only one ranked say nothing', { kim: 'a > b', ana: 'b > c' }, 0, 0],
  ['three labelers make three pairs', { kim: 'a > b', ana: 'a > b', lee: 'b > a' }, 3, 1],
];
test.each(cases)('agreement: %s', (_, rankings, nCompared, nEqual) => {
  const rows = Object.entries(rankings).map(([labeler, ranking]) => said(labeler, ranking));
  expect(pairwiseAgreement([rows])).toEqual({
    nCompared,
    nEqual,
    share: nCompared === 0 ? undefined : nEqual / nCompared,
  });
});

test('a later judgement of a labeler replaces the earlier one', () => {
  const rows = [said('kim', 'b > a'), said('ana', 'a > b'), said('kim', 'a > b')];
  expect(pairwiseAgreement([rows]).share).toBe(1);
});
