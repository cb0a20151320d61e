import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  agreementMeasures,
  alphaFigure,
  cohenFigure,
  cohenKappa,
  fleissFigure,
  fleissKappa,
  Judgement,
  krippendorffAlpha,
  pairwiseAgreement,
  percentAgreement,
  selfAgreement,
  type Measurement,
} from '../../../src/core/index.js';
import { judgedPrompt, says } from './says.js';

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

const Expected = z.record(
  z.string(),
  z.object({
    rows: z.array(z.array(z.number().nullable())),
    alpha: z.record(z.enum(['nominal', 'ordinal', 'interval']), z.number()),
    fleiss: z.number().nullable(),
    cohen: z.record(z.enum(['none', 'linear', 'quadratic']), z.number()).nullable(),
  }),
);
const expected = Expected.parse(
  JSON.parse(readFileSync(new URL('../../fixtures/agreement/expected.json', import.meta.url), 'utf8')),
);
/** What was said of each thing, from one row a labeler. */
const unitsOf = (rows: readonly (readonly (number | null)[])[]): number[][] =>
  (rows[0] ?? []).map((_, unit) => rows.flatMap((row) => row[unit] ?? []));
const measurements: readonly Measurement[] = ['nominal', 'ordinal', 'interval'];

describe('figures by other hands, to 6 digits', () => {
  test.each(Object.entries(expected))('%s', (_, { rows, alpha, fleiss, cohen }) => {
    const units = unitsOf(rows);
    for (const measurement of measurements)
      expect(krippendorffAlpha(units, measurement)).toBeCloseTo(alpha[measurement], 8);
    if (fleiss === null || cohen === null) return;
    expect(fleissKappa(units)).toBeCloseTo(fleiss, 8);
    const pairs = units.map(([one = 0, other = 0]): [number, number] => [one, other]);
    for (const weights of ['none', 'linear', 'quadratic'] as const)
      expect(cohenKappa(pairs, weights)).toBeCloseTo(cohen[weights], 8);
  });

  test("Krippendorff's own example of 4 observers and 12 units", () => {
    const units = unitsOf(expected['worked']?.rows ?? []);
    expect(units).toHaveLength(12);
    const figures = measurements.map((measurement) => krippendorffAlpha(units, measurement)?.toFixed(3));
    expect(figures).toEqual(['0.743', '0.815', '0.849']);
  });
});

describe('a figure of agreement', () => {
  const clusters = unitsOf(expected['two labelers']?.rows ?? []).map((unit) => [unit]);
  const pairs = clusters.map((units) => units.map(([one = 0, other = 0]): [number, number] => [one, other]));

  test('has the value of the whole and an interval around it', () => {
    for (const [figure, value] of [
      [alphaFigure(clusters, 'ordinal'), krippendorffAlpha(clusters.flat(), 'ordinal')],
      [cohenFigure(pairs, 'linear'), cohenKappa(pairs.flat(), 'linear')],
      [fleissFigure(clusters, 2), fleissKappa(clusters.flat())],
    ] as const) {
      expect(figure?.n).toBe(40);
      expect(figure?.value).toBeCloseTo(value ?? NaN, 12);
      expect(figure?.low).toBeLessThan(figure?.value ?? NaN);
      expect(figure?.high).toBeGreaterThan(figure?.value ?? NaN);
    }
  });
  test('is the same with the same seed, and its interval another with another', () => {
    expect(alphaFigure(clusters, 'nominal', { seed: 1 })).toEqual(alphaFigure(clusters, 'nominal', { seed: 1 }));
    expect(alphaFigure(clusters, 'nominal', { seed: 1 })).not.toEqual(alphaFigure(clusters, 'nominal', { seed: 2 }));
  });
  test('is narrower for more prompts, also beyond those that are drawn one by one', () => {
    const width = (n: number) => {
      const figure = alphaFigure(Array.from({ length: n }, () => clusters).flat(), 'nominal');
      return (figure?.high ?? NaN) - (figure?.low ?? NaN);
    };
    // 40, 360 and 3240 prompts: a third of the width each time.
    const [one, nine, many] = [width(1), width(9), width(81)];
    expect(one / nine).toBeCloseTo(3, 0);
    expect(nine / many).toBeCloseTo(3, 0);
  });
  test('may be anything for four prompts', () =>
    expect(alphaFigure([[[1, 1]], [[2, 2]], [[1, 1]], [[2, 2]]], 'nominal')).toEqual({
      value: 1,
      low: -1,
      high: 1,
      n: 4,
    }));
  test('is none where there is nothing to agree on', () => {
    expect(krippendorffAlpha([[1], [2]], 'nominal')).toBeUndefined();
    expect(
      krippendorffAlpha(
        [
          [1, 1],
          [1, 1],
        ],
        'interval',
      ),
    ).toBeUndefined();
    expect(krippendorffAlpha([], 'ordinal')).toBeUndefined();
    expect(alphaFigure([], 'ordinal')).toBeUndefined();
    expect(cohenKappa([])).toBeUndefined();
    expect(cohenKappa([[1, 1]])).toBeUndefined();
    expect(fleissKappa([[1, 2], [1]])).toBeUndefined();
    expect(
      fleissKappa([
        [1, 1],
        [1, 1],
      ]),
    ).toBeUndefined();
    expect(fleissFigure([], 2)).toBeUndefined();
    expect(percentAgreement([[[1]]])).toBeUndefined();
  });
  test('in percent counts every pair of labelers', () =>
    expect(percentAgreement([[[1, 1, 2]], [[3, 3]]])).toMatchObject({ value: 0.5, n: 4 }));
});

describe('what labelers agree on', () => {
  const measuresOf = (...prompts: Judgement[][]) =>
    agreementMeasures(
      prompts.map((judgements) => ({ candidates: judgedPrompt('abc').candidates, judgements })),
      { seed: 1 },
    );
  /** `ranking 1.00`: topic and alpha. */
  const alphas = (...prompts: Judgement[][]) =>
    measuresOf(...prompts).map(({ on, attribute, alpha }) =>
      [on, attribute, alpha?.value.toFixed(2)].filter((part) => part !== undefined).join(' '),
    );
  const both = (one: string, other: string, also = {}) => [says('kim', one, also), says('lee', other, also)];

  test('the same rankings: alpha 1', () => expect(alphas(both('a > b > c', 'a > b > c'))).toEqual(['ranking 1.00']));
  test('rankings turned round: worse than chance', () => {
    const [ranking] = measuresOf(both('a > b > c', 'c > b > a'), both('a > c > b', 'b > c > a'));
    expect(ranking?.alpha?.value).toBeLessThan(-0.5);
    expect(ranking?.percent).toMatchObject({ value: 0, n: 6 });
    expect(ranking?.alpha?.n).toBe(6);
  });
  test('answers that only one placed shift no places', () =>
    expect(alphas(both('a > b > c', 'b > c'))).toEqual(['ranking 1.00']));
  test('a labeler who placed few takes nothing from the others', () => {
    const [ranking] = measuresOf([says('kim', 'a > b > c'), says('lee', 'a > b > c'), says('mia', 'c')]);
    expect(ranking?.alpha?.n).toBe(3);
    const [other] = measuresOf([says('kim', 'a > b > c'), says('lee', 'a > b'), says('mia', 'b > c')]);
    // a and b by kim and lee; b and c by kim and mia.
    expect(other?.percent).toMatchObject({ value: 1, n: 2 });
    expect(other?.alpha?.n).toBe(2);
  });
  test('a tie stands between its places', () => {
    // Of 1, 2, 3 and 1, 2.5, 2.5, by the package krippendorff.
    expect(alphas(both('a > b > c', 'a > b = c'))).toEqual(['ranking 0.77']);
  });
  test('strengths, whichever answer stood first', () => {
    const pair = (labeler: string, shown: string, strength: number) => says(labeler, '', { shown, with: { strength } });
    const [ranking, strength] = measuresOf(
      [pair('kim', 'ab', 2), pair('lee', 'ba', -2)],
      [pair('kim', 'ab', -1), pair('lee', 'ba', 1)],
    );
    expect([ranking?.on, strength?.on]).toEqual(['ranking', 'strength']);
    expect([ranking?.alpha?.value, strength?.alpha?.value]).toEqual([1, 1]);
    expect(strength?.cohen).toMatchObject([{ labelers: ['kim', 'lee'], value: 1, n: 2 }]);
  });
  test('ratings by attribute, thumbs, steps and flags', () => {
    const said = (value: number, thumb: boolean, label: string, flags: string[]) => ({
      flags: { a: flags },
      with: { ratings: { a: { 'to the point': value } }, thumbs: { a: thumb }, steps: { a: [{ text: 'x', label }] } },
    });
    const [good, bad] = [said(4, true, 'good', []), said(1, false, 'wrong', ['unsafe'])];
    expect(alphas(both('', '', good), both('', '', bad))).toEqual([
      'rating to the point 1.00',
      'steps 1.00',
      'thumbs 1.00',
      'flags 1.00',
    ]);
  });
  test('three labelers: Fleiss of all, Cohen of every two', () => {
    const [ranking] = measuresOf(
      [says('kim', 'a > b > c'), says('lee', 'a > b > c'), says('mia', 'b > a > c')],
      [says('kim', 'c > b > a'), says('lee', 'c > b > a'), says('mia', 'c > b > a')],
    );
    expect(ranking?.fleiss).toMatchObject({ nLabelers: 3, n: 6 });
    expect(ranking?.cohen.map(({ labelers }) => labelers.join(' '))).toEqual(['kim lee', 'kim mia', 'lee mia']);
  });
  test('one labeler agrees with nobody', () => expect(measuresOf([says('kim', 'a > b')])).toEqual([]));
});

describe('agreement with oneself', () => {
  const again = (ranking: string, shown: string, at: number) => says('kim', ranking, { shown, at });
  const selfOf = (...judgements: Judgement[]) => selfAgreement([{ ...judgedPrompt('abc'), judgements }]);
  test('compares what was given again in another order', () =>
    expect(selfOf(again('a > b > c', 'abc', 0), again('b > a > c', 'cba', 1))).toMatchObject({ value: 2 / 3, n: 3 }));
  test('is not a judgement that was changed', () =>
    expect(selfOf(again('a > b', 'abc', 0), again('b > a', 'abc', 1))).toBeUndefined());
  test('is not that of two people', () =>
    expect(selfOf(again('a > b', 'abc', 0), says('lee', 'b > a', { shown: 'cba' }))).toBeUndefined());
});
