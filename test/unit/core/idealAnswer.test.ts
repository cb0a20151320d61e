import { describe, expect, test } from 'vitest';
import { idealAnswerOf, type Judgement } from '../../../src/core/index.js';
import { judgedPrompt, says } from './says.js';

const idealOf = (...judgements: Judgement[]) => {
  const ideal = idealAnswerOf(judgedPrompt('abcd', ...judgements));
  return ideal.answer ?? ideal.reason;
};

describe('the answer to imitate', () => {
  const cases: [title: string, judgements: Judgement[], expected: string][] = [
    ['the top of the ranking', [says('kim', 'b > a > c')], 'b'],
    ['what the labeler improved, whatever it stands for', [says('kim', 'b > a', { corrections: { x: 'a' } })], 'x'],
    ['what the labeler wrote from nothing', [says('kim', 'b > a', { corrections: { x: null } })], 'x'],
    ['of two improvements the one ranked best', [says('kim', 'y > x', { corrections: { x: 'a', y: 'b' } })], 'y'],
    [
      "of two labelers' the one ranked best in its own judgement",
      [says('kim', 'a > x', { corrections: { x: 'b' } }), says('lee', 'y > a', { corrections: { y: 'b' } })],
      'y',
    ],
    [
      'then the latest',
      [says('kim', '', { corrections: { x: 'a' }, at: 9 }), says('lee', '', { corrections: { y: 'a' }, at: 5 })],
      'x',
    ],
    [
      "then by the labeler's name",
      [says('lee', '', { corrections: { y: 'a' } }), says('kim', '', { corrections: { x: 'a' } })],
      'x',
    ],
    ['not a flagged one', [says('kim', 'b > a', { flags: { b: ['hallucination'] } })], 'a'],
    [
      'not one of which a place is marked',
      [says('kim', 'b > a', { with: { spans: { b: [{ start: 0, end: 1, flag: 'x' }] } } })],
      'a',
    ],
    ['flagged by anyone', [says('kim', 'b > a'), says('lee', '', { flags: { b: ['unsafe'] } })], 'a'],
    ['an empty list of flags flags nothing', [says('kim', 'b > a', { flags: { b: [] } })], 'b'],
    ['nothing below the line', [says('kim', '| b > a')], 'none-good-enough'],
    ['the best left above it', [says('kim', 'b > a | c', { flags: { b: ['refusal'] } })], 'a'],
    [
      'nothing, when only what lies below is unflagged',
      [says('kim', 'b | a', { flags: { b: ['x'] } })],
      'none-good-enough',
    ],
    ['the best mean rank of several labelers', [says('kim', 'a > b > c'), says('lee', 'b > c > a')], 'b'],
    ['of a tie the one named best', [says('kim', 'a = b', { best: 'b' })], 'b'],
    ['of a tie else the first', [says('kim', 'b = a')], 'a'],
    ["one below anybody's line is not taken", [says('kim', 'a > b'), says('lee', 'b | a')], 'b'],
    ['without a ranking the best', [says('kim', '', { best: 'c' })], 'c'],
    ['the better of a pair', [says('kim', '', { shown: 'cb', with: { strength: -1 } })], 'b'],
    ['the best rated', [says('kim', '', { with: { ratings: { a: { x: 1 }, d: { x: 2 } } } })], 'd'],
    ['the first with a thumb up', [says('kim', '', { with: { thumbs: { a: false, c: true, d: true } } })], 'c'],
    ['none with a thumb down', [says('kim', '', { with: { thumbs: { a: false } } })], 'none-good-enough'],
    ['not the first of a ranking with a thumb down', [says('kim', 'a > b', { with: { thumbs: { a: false } } })], 'b'],
    ['a ranking before ratings', [says('kim', 'a > d', { with: { ratings: { a: { x: 1 }, d: { x: 2 } } } })], 'a'],
    ['none when nobody judged', [], 'not-judged'],
    ['none when nothing is ranked', [says('kim', '', { flags: { a: ['x'] } })], 'not-ranked'],
    ['none when all are flagged', [says('kim', 'a', { flags: { a: ['x'] } })], 'all-flagged'],
  ];
  test.each(cases)('%s', (_, judgements, expected) => expect(idealOf(...judgements)).toBe(expected));
});
