import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CandidateId, preferencesOf } from '../../../src/core/index.js';

const tiersOf = (ranking: string) =>
  ranking.split('>').map((tier) => tier.split('=').map((id) => CandidateId.parse(id.trim())));
const preferencesIn = (ranking: string) =>
  preferencesOf(tiersOf(ranking)).map(({ chosen, rejected }) => `${chosen}>${rejected}`);
const nPairs = (n: number) => (n * (n - 1)) / 2;

describe('preferences of a ranking', () => {
  const cases: [ranking: string, preferences: string[]][] = [
    ['a > b > c', ['a>b', 'a>c', 'b>c']],
    ['a > b = c', ['a>b', 'a>c']],
    ['a = b', []],
  ];
  test.each(cases)('%s gives %j', (ranking, expected) => expect(preferencesIn(ranking)).toEqual(expected));

  test('K candidates give every pair except the ties', () => {
    const arbitraryTiers = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 5 }).map((sizes) => {
      let next = 0;
      return sizes.map((size) => Array.from({ length: size }, () => CandidateId.parse(`c${next++}`)));
    });
    fc.assert(
      fc.property(arbitraryTiers, (tiers) => {
        const nTies = tiers.reduce((sum, tier) => sum + nPairs(tier.length), 0);
        expect(preferencesOf(tiers)).toHaveLength(nPairs(tiers.flat().length) - nTies);
      }),
    );
  });
});
