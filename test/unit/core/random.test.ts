import { expect, test } from 'vitest';
import { seededRandom, shuffled, williamsOrders } from '../../../src/core/index.js';

test('the same seed gives the same numbers, another seed gives others', () => {
  const numbers = (seed: number | string) => Array.from({ length: 5 }, seededRandom(seed));
  expect(numbers('a')).toEqual(numbers('a'));
  expect(numbers('a')).not.toEqual(numbers('b'));
  expect(numbers(1)).not.toEqual(numbers(2));
});

test('numbers lie in [0, 1) and fill it evenly', () => {
  const random = seededRandom(7);
  const bins = new Array<number>(10).fill(0);
  for (let n = 0; n < 10_000; n += 1) {
    const bin = Math.floor(random() * 10);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  expect(bins).toHaveLength(10);
  for (const count of bins) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

test('shuffling keeps every item and leaves the original alone', () => {
  const items = [1, 2, 3, 4, 5];
  expect(shuffled(items, seededRandom(3)).toSorted()).toEqual(items);
  expect(items).toEqual([1, 2, 3, 4, 5]);
});

test.each([2, 3, 4, 5, 8])('Williams orders of %i are balanced for place and for what comes before', (n) => {
  const rows = williamsOrders(n);
  expect(rows).toHaveLength(n % 2 === 0 ? n : 2 * n);
  const places = new Map<string, number>();
  const pairs = new Map<string, number>();
  for (const row of rows)
    row.forEach((item, place) => {
      places.set(`${item}@${place}`, (places.get(`${item}@${place}`) ?? 0) + 1);
      if (place > 0) pairs.set(`${row[place - 1]}>${item}`, (pairs.get(`${row[place - 1]}>${item}`) ?? 0) + 1);
    });
  expect(places.size).toBe(n * n);
  expect(pairs.size).toBe(n * (n - 1));
  expect(new Set(places.values()).size).toBe(1);
  expect(new Set(pairs.values()).size).toBe(1);
});
