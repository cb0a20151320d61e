import { describe, expect, test } from 'vitest';
import { checkJudgement, Judgement, ProjectConfig } from '../../../src/core/index.js';

const judgement = (said: Record<string, unknown>, status = 'submitted') =>
  Judgement.parse({ id: 'j', promptId: 'p', labeler: 'kim', at: '2026-01-01T00:00:00Z', status, ...said });
const faultOf = (said: Record<string, unknown>, status?: string) =>
  checkJudgement(judgement(said, status), new Set(['a', 'b']));
const step = { text: 'One.', label: 'good' };

describe('a submitted judgement', () => {
  const enough: [title: string, said: Record<string, unknown>][] = [
    ['a ranking', { ranking: [['a'], ['b']] }],
    ['the best', { best: 'a' }],
    ['the strength of a pair', { strength: 0, shown: { order: ['a', 'b'] } }],
    ['ratings', { ratings: { a: { helpfulness: 3 } } }],
    ['steps', { steps: { a: [step] } }],
    ['thumbs', { thumbs: { a: false } }],
    ['a flag', { flags: { a: ['unsafe'] } }],
    ['a marked place', { spans: { a: [{ start: 0, end: 1, flag: 'unsafe' }] } }],
    ['a flag of the prompt', { promptFlags: ['off-topic'] }],
    ['a composed answer', { corrections: [{ id: 'x', text: 'ab', parts: [{ text: 'a', from: 'a' }, { text: 'b' }] }] }],
  ];
  test.each(enough)('says enough with %s', (_, said) => expect(faultOf(said)).toBeUndefined());

  const tooLittle: [title: string, said: Record<string, unknown>][] = [
    ['nothing', {}],
    ['only how it was judged', { mode: 'rate' }],
    ['only empty lists', { ranking: [], steps: { a: [] }, spans: { a: [] }, ratings: {}, thumbs: {}, corrections: [] }],
    ['only an answer without a score and one without a flag', { ratings: { a: {} }, flags: { b: [] } }],
    ['only a reason', { rationale: 'because' }],
  ];
  test.each(tooLittle)('is refused with %s', (_, said) => expect(faultOf(said)).toMatch(/needs a ranking/));
  test.each(tooLittle)('may be skipped with %s', (_, said) => expect(faultOf(said, 'skipped')).toBeUndefined());
});

test('a name is one person’s, however it is spelt', () => {
  const { labeler } = judgement({ labeler: 'Rene\u0301' });
  const { leads, labelers } = ProjectConfig.parse({ name: 'x', leads: ['Rene\u0301'], labelers: ['Rene\u0301'] });
  expect([labeler, leads, labelers]).toEqual(['Ren\u00e9', ['Ren\u00e9'], ['Ren\u00e9']]);
});

describe('every answer that a judgement names must be there', () => {
  const cases: [field: string, said: Record<string, unknown>][] = [
    ['ranking', { ranking: [['z']] }],
    ['best', { best: 'z' }],
    ['flags', { flags: { z: ['unsafe'] } }],
    ['ratings', { ratings: { z: {} } }],
    ['spans', { spans: { z: [] } }],
    ['steps', { steps: { z: [step] } }],
    ['thumbs', { thumbs: { z: true } }],
    ['corrections', { corrections: [{ id: 'x', text: 'x', parent: 'z' }] }],
    ['parts', { corrections: [{ id: 'x', text: 'x', parts: [{ text: 'x', from: 'z' }] }] }],
  ];
  test.each(cases)('in %s', (field, said) =>
    expect(faultOf(said)).toBe(`${field}: "z" is not a candidate of prompt p`),
  );
  test('and a correction may stand wherever a candidate may', () => {
    const corrections = [
      { id: 'x', text: 'x' },
      { id: 'y', text: 'y', parts: [{ text: 'y', from: 'x' }] },
    ];
    expect(faultOf({ corrections, thumbs: { x: true }, steps: { y: [step] }, ranking: [['x', 'a']] })).toBeUndefined();
  });
});

describe('a place in a text', () => {
  test.each([
    [2, 2],
    [3, 2],
  ])('from %i to %i is refused', (start, end) => {
    expect(faultOf({ spans: { a: [{ start, end, flag: 'x' }] } })).toBe(
      `spans: the place from ${start} to ${end} is empty`,
    );
    const parts = [{ text: 'x', from: 'a', start, end }];
    expect(faultOf({ corrections: [{ id: 'x', text: 'x', parts }] })).toMatch(/^parts: the place from/);
  });
  test('of a part has both ends or none', () => {
    const parts = [{ text: 'x', from: 'a', start: 1 }];
    expect(faultOf({ corrections: [{ id: 'x', text: 'x', parts }] })).toBe('parts: "start" and "end" go together');
  });
});

test('a strength without a ranking needs to know which two were compared', () => {
  expect(faultOf({ strength: 2 })).toMatch(/^strength:/);
  expect(faultOf({ strength: 2, ranking: [['b'], ['a']] })).toBeUndefined();
});

test.each([
  ['a label of a step', { steps: { a: [{ text: 'x', label: 'bad' }] } }],
  ['a way to judge', { mode: 'guess' }],
  ['half a strength', { strength: 0.5 }],
  ['a place before the text', { spans: { a: [{ start: -1, end: 1, flag: 'x' }] } }],
  ['a span without a flag', { spans: { a: [{ start: 0, end: 1 }] } }],
])('the schema refuses %s that is none', (_, said) => expect(() => judgement(said)).toThrow());

test('what a newer version adds to a step, a span or a part is kept', () => {
  const said = {
    steps: { a: [{ ...step, sure: 0.5 }] },
    spans: { a: [{ start: 0, end: 1, flag: 'x', sure: 0.5 }] },
    corrections: [{ id: 'x', text: 'x', parts: [{ text: 'x', sure: 0.5 }] }],
  };
  expect(judgement(said)).toMatchObject(said);
});
