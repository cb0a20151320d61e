import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shownOrder, type OrderSeed } from '../../../src/labeling/shownOrder.js';

const seed: OrderSeed = { project: 'samples', labeler: 'kim', pass: 0 };
const sources = (n: number) => Array.from({ length: n }, (_, index) => `source ${index}`);

describe('the order in which answers are shown', () => {
  test('holds every candidate once', () => {
    fc.assert(
      fc.property(fc.nat({ max: 8 }), fc.nat({ max: 1000 }), (n, prompt) => {
        expect(shownOrder(sources(n), prompt, seed).toSorted()).toEqual(sources(n));
      }),
    );
  });

  test('is the same again for the same project, labeler, pass and prompt', () => {
    expect(shownOrder(sources(4), 17, seed)).toEqual(shownOrder(sources(4), 17, { ...seed }));
  });

  test.each([2, 3, 4, 5, 6, 7, 8])('puts each of %i sources into each place equally often', (n) => {
    const nPrompts = 2 * n * 10;
    const counts = new Map<string, number>();
    for (let prompt = 0; prompt < nPrompts; prompt += 1)
      shownOrder(sources(n), prompt, seed).forEach((source, place) => {
        const key = `${source} at ${place}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      });
    expect([...counts.values()]).toEqual(Array.from({ length: n * n }, () => nPrompts / n));
  });

  test('differs between labelers, passes and projects', () => {
    const orders = (other: Partial<OrderSeed>) =>
      JSON.stringify(Array.from({ length: 40 }, (_, prompt) => shownOrder(sources(4), prompt, { ...seed, ...other })));
    const all = [orders({}), orders({ labeler: 'lee' }), orders({ pass: 1 }), orders({ project: 'other' })];
    expect(new Set(all).size).toBe(4);
  });

  test('cannot be guessed from the last prompt: after the same order come many others', () => {
    const next = new Map<string, Set<string>>();
    const order = (prompt: number) => shownOrder(sources(3), prompt, seed).join();
    for (let prompt = 0; prompt < 600; prompt += 1)
      next.set(order(prompt), (next.get(order(prompt)) ?? new Set()).add(order(prompt + 1)));
    expect(Math.min(...[...next.values()].map((orders) => orders.size))).toBeGreaterThan(3);
  });
});
