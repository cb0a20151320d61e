import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultSampling, type Sampling } from '../../../src/core/index.js';
import { drawToken, randomOf } from '../../../src/engine/sampling.js';

/** Log-probabilities of a list of probabilities, which must be sorted. */
const logs = (...probabilities: number[]) => Float32Array.from(probabilities, Math.log);
const plain: Sampling = { ...defaultSampling, temperature: 1, topP: 1, topK: 0, minP: 0 };

/** Which tokens can be drawn at all. */
function reachable(logprobs: Float32Array, sampling: Partial<Sampling>, nVocabulary = logprobs.length) {
  const drawn = Array.from({ length: 1000 }, (_, index) =>
    drawToken(logprobs, nVocabulary, { ...plain, ...sampling }, () => index / 1000),
  );
  return [...new Set(drawn)];
}

describe('drawing a token', () => {
  const four = logs(0.5, 0.3, 0.15, 0.05);
  const cases: [what: string, sampling: Partial<Sampling>, indexes: number[]][] = [
    ['without limits every token can come', {}, [0, 1, 2, 3]],
    ['top-k keeps the k most likely', { topK: 2 }, [0, 1]],
    ['top-p keeps the smallest set that reaches p', { topP: 0.75 }, [0, 1]],
    ['top-p always keeps one', { topP: 0.01 }, [0]],
    ['min-p keeps what has a share of the most likely', { minP: 0.25 }, [0, 1, 2]],
    ['temperature 0 is greedy', { temperature: 0 }, [0]],
    ['temperature comes before top-p: a cold one leaves fewer', { temperature: 0.4, topP: 0.75 }, [0]],
  ];
  test.each(cases)('%s', (_, sampling, indexes) => expect(reachable(four, sampling)).toEqual(indexes));

  test('tokens come as often as their probability says', () => {
    const random = randomOf(1, 0);
    const counts = [0, 0, 0, 0];
    for (let n = 0; n < 20_000; n++) {
      const index = drawToken(four, 4, plain, random) ?? 0;
      counts[index] = (counts[index] ?? 0) + 1;
    }
    counts.forEach((count, index) => expect(count / 20_000).toBeCloseTo(Math.exp(four[index] ?? 0), 1.5));
  });

  test('the head of the list is enough exactly when it is sure to hold top-p of the mass', () => {
    const probabilities = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 8, maxLength: 40 });
    fc.assert(
      fc.property(
        probabilities,
        fc.double({ min: 0.2, max: 3, noNaN: true }),
        fc.double({ min: 0.1, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (weights, temperature, topP, luck) => {
          const sum = weights.reduce((total, weight) => total + weight, 0);
          const all = logs(...weights.map((weight) => weight / sum).sort((a, b) => b - a));
          const sampling = { ...plain, temperature, topP };
          const short = drawToken(all.subarray(0, 6), all.length, sampling, () => luck);
          const long = drawToken(all, all.length, sampling, () => luck);
          // A bound on the rest makes the nucleus at most larger, never smaller than the exact one.
          if (short !== undefined) expect(short).toBeGreaterThanOrEqual(Math.min(long ?? 0, 5));
        },
      ),
    );
  });

  test('a list that holds too little asks for all of it', () => {
    const logprobs = logs(...Array<number>(64).fill(0.01));
    expect(drawToken(logprobs, 1000, { ...plain, topP: 0.9 }, () => 0.5)).toBeUndefined();
    expect(drawToken(logprobs, 1000, { ...plain, topP: 0.5 }, () => 0.5)).toBeDefined();
    expect(drawToken(logprobs, 1000, { ...plain, topP: 0.9, topK: 20 }, () => 0.5)).toBeDefined();
  });

  test('seeds and candidates have numbers of their own, always the same', () => {
    const firsts = [0, 1, 2 ** 40, 2 ** 40 + 1].flatMap((seed) =>
      [0, 1, 2].map((candidate) => randomOf(seed, candidate)()),
    );
    expect(new Set(firsts).size).toBe(firsts.length);
    expect(randomOf(5, 2)()).toBe(randomOf(5, 2)());
  });
});
