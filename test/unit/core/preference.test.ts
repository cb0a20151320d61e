import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CandidateId,
  preferencesOf,
  preferencesOfPrompt,
  type JudgedPrompt,
  type Judgement,
  type PartialRule,
} from '../../../src/core/index.js';
import { judgedPrompt, says, tiersIn } from './says.js';

const preferencesIn = (ranking: string) =>
  preferencesOf(tiersIn(ranking).tiers).map(({ chosen, rejected }) => `${chosen}>${rejected}`);
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

/** The preferences of a prompt as `a>b`, sorted. */
const pairs = (judged: JudgedPrompt, partial: PartialRule = 'allow') =>
  preferencesOfPrompt(judged, partial)
    .map(({ chosen, rejected }) => `${chosen}>${rejected}`)
    .sort();

/** Kim composed `x` of parts of A and B. */
const composed = (ranking: string, text: string): Judgement =>
  says('kim', ranking, {
    with: {
      corrections: [
        {
          id: 'x',
          text,
          parts: [
            { text, from: 'a', start: 0, end: 1 },
            { text: '', from: 'b' },
          ],
        },
      ],
    },
  });

describe('preferences of a prompt', () => {
  const oneLabeler: [title: string, judgement: Judgement, expected: string, partial?: PartialRule][] = [
    ['ties and answers placed nowhere give none', says('kim', 'a > b = c'), 'a>b a>c'],
    ['answers left out give none', says('kim', 'a > b', { leftOut: 'cd' }), 'a>b'],
    ['the line changes nothing', says('kim', 'a | b > c'), 'a>b a>c b>c'],
    ['unplaced answers are last where the project says so', says('kim', 'a > b'), 'a>b a>c a>d b>c b>d', 'last'],
    ['but not those left out', says('kim', 'a > b', { leftOut: 'c' }), 'a>b a>d b>d', 'last'],
    ['nor those that were not shown', says('kim', 'a > b', { shown: 'bac' }), 'a>b a>c b>c', 'last'],
    ['nothing ranked: nothing is last', says('kim', '', { flags: { a: ['unsafe'] } }), '', 'last'],
    ['the best of a tie stands before it', says('kim', 'a = b = c > d', { best: 'b' }), 'a>d b>a b>c b>d c>d'],
    ['the best of no tie says nothing more', says('kim', 'a > b = c', { best: 'b' }), 'a>b a>c'],
    ['a composed answer beats those that it has parts of', composed('d > a', 'x of a and b'), 'd>a x>a x>b'],
    ['unless both are ranked: then the order decides', composed('a > x', 'x of a and b'), 'a>x x>b'],
    ['one with the same text as its source beats nothing', composed('', 'answer a'), 'x>b'],
    [
      'a correction beats its parent, and says nothing else',
      says('kim', 'a > b', { corrections: { x: 'b' } }),
      'a>b x>b',
    ],
    ['an answer from nothing beats nobody', says('kim', 'a > b', { corrections: { x: null } }), 'a>b'],
    [
      'a ranked correction speaks by its place, also against its parent',
      says('kim', 'b > x > a', { corrections: { x: 'b' } }),
      'b>a b>x x>a',
    ],
    ['tied with its parent it gives no preference', says('kim', 'b = x', { corrections: { x: 'b' } }), ''],
    [
      'a ranked correction of an unplaced answer still beats it',
      says('kim', 'a > x', { corrections: { x: 'b' } }),
      'a>x x>b',
    ],
    ['an unranked correction is never last', says('kim', 'a', { corrections: { x: 'a' } }), 'a>b a>c a>d x>a', 'last'],
  ];
  test.each(oneLabeler)('%s', (_, judgement, expected, partial) =>
    expect(pairs(judgedPrompt('abcd', judgement), partial).join(' ')).toBe(expected),
  );

  const several: [title: string, judgements: Judgement[], expected: string][] = [
    ['agreement is one preference', [says('kim', 'a > b'), says('lee', 'a > b')], 'a>b'],
    ['opposite words cancel', [says('kim', 'a > b'), says('lee', 'b > a')], ''],
    ['the mean rank decides', [says('kim', 'a > c > b'), says('lee', 'b > a > c')], 'a>b a>c b>c'],
    ['only those who ranked both count', [says('kim', 'a > b'), says('lee', 'b > c'), says('mia', 'b > c')], 'a>b b>c'],
    ['a tie of one leaves the word of the other', [says('kim', 'a = b'), says('lee', 'b > a')], 'b>a'],
    [
      "each labeler's correction speaks for itself",
      [says('kim', 'a > b', { corrections: { x: 'a' } }), says('lee', 'a > b', { corrections: { y: 'b' } })],
      'a>b x>a y>b',
    ],
  ];
  test.each(several)('%s', (_, judgements, expected) =>
    expect(pairs(judgedPrompt('abc', ...judgements)).join(' ')).toBe(expected),
  );

  test('the margin is the mean number of tiers between the two', () => {
    const [first] = preferencesOfPrompt(
      judgedPrompt('abc', says('kim', 'a > b > c'), says('lee', 'c > a')),
      'allow',
    ).filter(({ chosen, rejected }) => chosen === 'a' && rejected === 'c');
    expect(first).toMatchObject({ margin: 0.5, labelers: ['kim', 'lee'] });
  });
});
