import { describe, expect, test } from 'vitest';
import { desirabilitiesOf, type Judgement } from '../../../src/core/index.js';
import { judgedPrompt, says } from './says.js';

/** `a+ b-`: a is good enough, b is not. */
const labelsOf = (...judgements: Judgement[]) =>
  desirabilitiesOf(judgedPrompt('abcd', ...judgements), 'allow')
    .labels.map(({ answer, label }) => `${answer}${label ? '+' : '-'}`)
    .join(' ');

describe('which answers are good enough', () => {
  const cases: [title: string, judgements: Judgement[], expected: string][] = [
    ['those above the line', [says('kim', 'a > b | c = d')], 'a+ b+ c- d-'],
    ['none, when the line is on top', [says('kim', '| a > b')], 'a- b-'],
    ['all, when it is at the bottom', [says('kim', 'a > b |')], 'a+ b+'],
    ['without a line nobody knows', [says('kim', 'a > b')], ''],
    ['answers without a place have no label', [says('kim', 'a | b', { leftOut: 'c' })], 'a+ b-'],
    ['the best of a tie opens no tier for the line', [says('kim', 'a = b | c', { best: 'b' })], 'a+ b+ c-'],
    ['a correction is, unless it was ranked', [says('kim', 'a | b', { corrections: { x: 'b' } })], 'a+ b- x+'],
    ['a ranked correction by its place', [says('kim', 'a | x > b', { corrections: { x: 'b' } })], 'a+ b- x-'],
    ['a correction alone', [says('kim', '', { corrections: { x: 'b' } })], 'x+'],
    ['a thumb says it', [says('kim', '', { with: { thumbs: { b: true, c: false } } })], 'b+ c-'],
    ['a thumb comes before the line', [says('kim', 'a | b > c', { with: { thumbs: { b: true } } })], 'a+ b+ c-'],
    ['both of a pair may be bad', [says('kim', '| a = b', { shown: 'ab', with: { strength: 0 } })], 'a- b-'],
    ['ratings alone do not', [says('kim', '', { with: { ratings: { a: { x: 1 }, b: { x: 2 } } } })], ''],
    ['the majority decides', [says('kim', 'a | b'), says('lee', '| a'), says('mia', 'a |')], 'a+ b-'],
    ['an even split gives no label', [says('kim', 'a | b'), says('lee', '| a')], 'b-'],
  ];
  test.each(cases)('%s', (_, judgements, expected) => expect(labelsOf(...judgements)).toBe(expected));

  test('what gives no label is counted', () => {
    const judged = judgedPrompt('ab', says('kim', 'a > b'), says('lee', 'a | b'), says('mia', '| a = b'));
    expect(desirabilitiesOf(judged, 'allow')).toMatchObject({ nWithoutLine: 1, nEvenSplit: 1 });
  });

  test('unplaced answers that are last lie below a line', () => {
    const { labels } = desirabilitiesOf(judgedPrompt('abc', says('kim', 'a |')), 'last');
    expect(labels.map(({ answer, label }) => [answer, label])).toEqual([
      ['a', true],
      ['b', false],
      ['c', false],
    ]);
  });
});
