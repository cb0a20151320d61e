import { describe, expect, test } from 'vitest';
import {
  clusteredShare,
  lengthBias,
  pacePerHour,
  positionBias,
  quantile,
  seededRandom,
  timeByLength,
  timePerPrompt,
  wilson,
  type Judgement,
} from '../../../src/core/index.js';
import { judgedPrompt, says } from './says.js';

describe('a share', () => {
  test("has Wilson's interval", () => {
    // statsmodels 0.15.0, proportion_confint(k, n, method='wilson')
    const cases: [k: number, n: number, low: number, high: number][] = [
      [0, 10, 0, 0.2775327998628899],
      [10, 10, 0.7224672001371101, 1],
      [27, 100, 0.19269584149576344, 0.36432116767945],
      [1, 3, 0.06149194472039632, 0.7923403991979523],
    ];
    for (const [k, n, low, high] of cases) {
      const figure = wilson(k, n);
      expect(figure?.value).toBe(k / n);
      expect(figure?.low).toBeCloseTo(low, 10);
      expect(figure?.high).toBeCloseTo(high, 10);
    }
    expect(wilson(0, 0)).toBeUndefined();
  });
  test('of cases that come in clusters has at least that interval', () => {
    const alone = wilson(40, 80);
    const clusters = Array.from({ length: 8 }, (_, index): [number, number] => [index % 2 === 0 ? 10 : 0, 10]);
    const together = clusteredShare(clusters);
    expect(together).toMatchObject({ value: 0.5, n: 80 });
    expect(together?.low).toBeLessThan(alone?.low ?? NaN);
    expect(together?.high).toBeGreaterThan(alone?.high ?? NaN);
    expect(clusteredShare([[1, 1]])?.low).toBe(wilson(1, 1)?.low);
  });
});

test('quantiles lie between the values', () =>
  expect([0, 0.25, 0.5, 1].map((share) => quantile([1, 2, 3, 10], share))).toEqual([1, 1.75, 2.5, 10]));

const prompt = (...judgements: Judgement[]) => ({ ...judgedPrompt('abcd'), judgements });

describe('position bias', () => {
  /** `ab: 0.5 0.5`: shares of firsts, by what was shown. */
  const sharesOf = (...judgements: Judgement[]) =>
    positionBias(judgements.map((each) => prompt(each))).map(({ nShown, places }) =>
      [`${nShown}:`, ...places.map(({ value }) => value)].join(' '),
    );
  test('is the share of firsts by place', () =>
    expect(sharesOf(says('kim', 'b > a', { shown: 'bcda' }), says('kim', 'c > a', { shown: 'abcd' }))).toEqual([
      '4: 0.5 0 0.5 0',
    ]));
  test('is taken apart for different numbers of answers', () =>
    expect(
      sharesOf(
        says('kim', 'a > b', { shown: 'abc' }),
        says('kim', 'a > b', { shown: 'ab' }),
        says('kim', '', { shown: 'ba', with: { strength: -1 } }),
      ),
    ).toEqual(['2: 0.5 0.5', '3: 1 0 0']));
  test('leaves out a tie for the best, unless one is named', () =>
    expect(sharesOf(says('kim', 'a = b', { shown: 'ab' }), says('kim', 'a = b', { shown: 'ba', best: 'a' }))).toEqual([
      '2: 0 1',
    ]));
  test('leaves out a written answer, what was skipped, and what nobody knows the order of', () =>
    expect(
      sharesOf(
        says('kim', 'x > a', { shown: 'ab', corrections: { x: 'a' } }),
        says('kim', 'a > b', { shown: 'ab', status: 'skipped' }),
        says('kim', 'a > b'),
      ),
    ).toEqual([]));
});

describe('length bias', () => {
  const sized = (sizes: Record<string, number>, ...judgements: Judgement[]) => {
    const { candidates } = judgedPrompt('abcd');
    return {
      candidates: candidates.map((each) => ({ ...each, text: 'x'.repeat(sizes[String(each.id)] ?? 0) })),
      judgements,
    };
  };
  const sizes = { a: 100, b: 110, c: 170, d: 400 };
  test('is the share of wins of the longer one, by how much longer it is', () => {
    const bias = lengthBias([sized(sizes, says('kim', 'd > a > b = c'))]);
    expect(bias.map(({ from, below, longerWins }) => [from, below, longerWins?.value, longerWins?.n])).toEqual([
      [1, 1.2, 0, 1],
      [1.2, 1.5, undefined, undefined],
      [1.5, 2, 0, 1],
      [2, undefined, 1, 3],
    ]);
  });
  test('leaves out equally long ones and written ones', () => {
    const judgement = says('kim', 'x > a > b', { corrections: { x: 'a' } });
    expect(lengthBias([sized({ a: 5, b: 5 }, judgement)]).flatMap(({ longerWins }) => longerWins ?? [])).toEqual([]);
  });
});

describe('pace', () => {
  const timed = (...seconds: number[]) => seconds.map((each) => says('kim', 'a', { with: { activeMs: each * 1000 } }));
  test('time a prompt is the median with the middle half', () =>
    expect(timePerPrompt(timed(10, 20, 30, 40, 1000))).toEqual({ value: 30_000, low: 20_000, high: 40_000, n: 5 }));
  test('judgements an hour go by the time of all', () => {
    const pace = pacePerHour(timed(30, 60, 90));
    expect(pace).toMatchObject({ value: 60, n: 3 });
    expect(pace?.low).toBeLessThan(60);
    expect(pace?.high).toBeGreaterThan(60);
  });
  test('against length, it is the median of judgements with so many words on the screen', () => {
    const read = (seconds: number, words: number) =>
      says('kim', 'a', { with: { activeMs: seconds * 1000, shown: { order: [], words: { a: words, b: words } } } });
    const short = [10, 12, 14, 16, 18].map((seconds) => read(seconds, 40));
    const bins = timeByLength([...short, read(90, 300), read(70, 300), says('kim', 'a', { with: { activeMs: 5 } })]);
    expect(bins.map(({ from, below, median }) => [from, below, median.value, median.n])).toEqual([
      [0, 100, 14_000, 5],
      [400, 800, 80_000, 2],
    ]);
    expect(bins[1]?.median).toMatchObject({ low: 70_000, high: 90_000 });
  });
  test('the interval of that median holds the true one in 95 of 100 samples', () => {
    const random = seededRandom('medians');
    const isHeld = () => {
      const sample = Array.from({ length: 40 }, () => Math.ceil(random() * 100_000));
      const [bin] = timeByLength(
        sample.map((activeMs) => says('kim', 'a', { with: { activeMs, shown: { order: [], words: { a: 9 } } } })),
      );
      return bin !== undefined && bin.median.low <= 50_000 && bin.median.high >= 50_000;
    };
    const nHeld = Array.from({ length: 400 }, isHeld).filter(Boolean).length;
    expect(nHeld).toBeGreaterThan(372);
    expect(nHeld).toBeLessThan(396);
  });
  test('without a time there is none', () => {
    const judgements = [says('kim', 'a'), says('kim', 'a', { status: 'skipped', with: { activeMs: 5 } })];
    expect([timePerPrompt(judgements), pacePerHour(judgements)]).toEqual([undefined, undefined]);
  });
});
