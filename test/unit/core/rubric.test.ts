import { describe, expect, test } from 'vitest';
import { checkScales, helpsteerRubric, ProjectConfig, rubricOf } from '../../../src/core/index.js';

const idsOf = (config: Record<string, unknown>) =>
  rubricOf(ProjectConfig.parse({ name: 'n', ...config })).map(({ id }) => id);
const clarity = { id: 'clarity', label: 'Clarity', min: 1, max: 5 };

describe('the rubric of a project', () => {
  const five = ['helpfulness', 'correctness', 'coherence', 'complexity', 'verbosity'];
  test('named helpsteer has its five', () => expect(idsOf({ rubric: 'helpsteer' })).toEqual(five));
  test('is that one where answers are rated and none is given', () => expect(idsOf({ mode: 'rate' })).toEqual(five));
  test('is none elsewhere', () => expect(idsOf({})).toEqual([]));
  test('is the own one', () => expect(idsOf({ mode: 'rate', rubric: [clarity] })).toEqual(['clarity']));
  test.each([
    ['without an attribute', []],
    ['with one twice', [clarity, clarity]],
    ['with a scale of one point', [{ ...clarity, max: 1 }]],
    ['of an unknown name', 'steerhelp'],
  ])('is refused %s', (_, rubric) => expect(ProjectConfig.safeParse({ name: 'n', rubric }).success).toBe(false));
});

test('each score of the preset has its words', () => {
  for (const { min, max, anchors } of helpsteerRubric) {
    expect(Object.keys(anchors ?? {}).map(Number)).toEqual([0, 1, 2, 3, 4]);
    expect([min, max]).toEqual([0, 4]);
  }
});

test('a project without new settings judges pairs on 7 points and steps up to the first wrong one', () =>
  expect(ProjectConfig.parse({ name: 'n' })).toMatchObject({
    mode: 'rank',
    pair: { points: 7 },
    steps: { judgeAll: false, judgeThoughts: false },
  }));

test.each<
  [what: string, said: Parameters<typeof checkScales>[0], points: number | undefined, fault: string | undefined]
>([
  ['the ends of a scale', { ratings: { a: { clarity: 1 }, b: { clarity: 5 } } }, undefined, undefined],
  ['an attribute that the rubric lacks', { ratings: { a: { charm: 99 } } }, undefined, undefined],
  ['more', { ratings: { a: { clarity: 44 } } }, undefined, 'ratings: clarity is 44, and its scale goes from 1 to 5'],
  ['less', { ratings: { a: { clarity: 0 } } }, undefined, 'ratings: clarity is 0, and its scale goes from 1 to 5'],
  ['a pair', { strength: -3 }, 7, undefined],
  ['a pair off the scale', { strength: 3 }, 5, 'strength: 3 is more than the 2 of a scale of 5 points'],
  ['a strength where no pairs are compared', { strength: 9 }, undefined, undefined],
])('scales: %s', (_, said, points, fault) => expect(checkScales(said, { rubric: [clarity], points })).toBe(fault));
