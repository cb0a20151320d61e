import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashOrdered, heldOut, PromptId } from '../../../src/core/index.js';

const prompts = (n: number) => Array.from({ length: n }, (_, index) => PromptId.parse(`p${index}`));
const nHeldOut = (n: number, share: number) => heldOut(prompts(n), { share, seed: 0 }).size;

describe('prompts held out for validation', () => {
  const cases: [n: number, share: number, expected: number][] = [
    [0, 0.1, 0],
    [1, 0.9, 0],
    [2, 0.1, 1],
    [2, 0.99, 1],
    [10, 0, 0],
    [10, 0.1, 1],
    [25, 0.1, 3],
    [100, 0.25, 25],
  ];
  test.each(cases)('of %i prompts a share of %f is %i', (n, share, expected) =>
    expect(nHeldOut(n, share)).toBe(expected),
  );

  test('the order of the prompts does not matter, the seed does', () => {
    const ids = prompts(100);
    const held = heldOut(ids, { share: 0.2, seed: 7 });
    expect(heldOut(ids.toReversed(), { share: 0.2, seed: 7 })).toEqual(held);
    expect(heldOut(ids, { share: 0.2, seed: 8 })).not.toEqual(held);
  });

  test('a hashed order keeps every row and does not depend on the order given', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 20 }), fc.nat(), (rows, seed) => {
        const ordered = hashOrdered(rows, (row) => row, seed);
        expect(hashOrdered(rows.toReversed(), (row) => row, seed)).toEqual(ordered);
        expect(ordered.toSorted()).toEqual(rows.toSorted());
      }),
    );
  });
});
