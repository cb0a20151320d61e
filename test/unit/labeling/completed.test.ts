import { describe, expect, test } from 'vitest';
import { CandidateId, ProjectConfig } from '../../../src/core/index.js';
import { canBeJudged, completed } from '../../../src/labeling/completed.js';
import { JudgementDraft } from '../../../src/protocol.js';

const answers = ['a', 'b', 'c'].map((id) => CandidateId.parse(id));
const draft = (said: object): JudgementDraft => JudgementDraft.parse({ ranking: [], ...said });
const project = (config: object) => ProjectConfig.parse({ name: 'test', ...config });
const good = { text: 'One.', label: 'good' };

describe('where the project wants every answer judged', () => {
  test.each([
    ['rank', { ranking: [['a'], ['b']] }, { ranking: [['a'], ['b']], leftOut: ['c'] }],
    ['best', { ranking: [['a'], ['b']], best: 'a' }, { ranking: [['a'], ['b', 'c']], best: 'a' }],
    ['thumbs', { thumbs: { a: true, b: false } }, { thumbs: { a: true, b: false, c: true } }],
    ['steps', { steps: { a: [good], b: [good] } }, { steps: { a: [good], b: [good], c: [good] } }],
    [
      'rate',
      { ratings: { a: { x: 1, y: 2 }, b: { x: 1, y: 1 }, c: { x: 1 } } },
      { ratings: { a: { x: 1, y: 2 }, b: { x: 1, y: 1 }, c: { x: 1, y: 1 } } },
    ],
  ])('%s', (mode, part, whole) => {
    const rubric = ['x', 'y'].map((id) => ({ id, label: id, min: 0, max: 4 }));
    const rules = project({ mode, partial: 'forbid', ...(mode === 'rate' ? { rubric } : {}) });
    expect(() => completed(draft(part), answers, rules)).toThrow(/This project wants/);
    expect(completed(draft(whole), answers, rules)).toEqual(draft(whole));
    expect(completed(draft(part), answers, project({ mode }))).toEqual(draft(part));
  });

  test('a pair has two', () => {
    const said = draft({ ranking: [['a'], ['b']], strength: 1 });
    expect(completed(said, answers.slice(0, 2), project({ mode: 'pair', partial: 'forbid' }))).toEqual(said);
  });
});

test('answers without a place go last, where there are places', () => {
  const rules = project({ partial: 'last' });
  expect(completed(draft({ ranking: [['b']] }), answers, rules).ranking).toEqual([['b'], ['a', 'c']]);
  expect(completed(draft({ ranking: [['b']], leftOut: ['a'] }), answers, rules).ranking).toEqual([['b'], ['c']]);
  expect(completed(draft({ thumbs: { a: true } }), answers, rules)).toEqual(draft({ thumbs: { a: true } }));
});

describe('where the project asks for a reason', () => {
  const rules = project({ rationale: 'required' });
  test.each([
    ['rank', { ranking: [['a'], ['b']] }],
    ['pair', { ranking: [['a'], ['b']], strength: 2 }],
    ['best', { best: 'a' }],
    ['thumbs', { thumbs: { a: true } }],
    ['rate', { ratings: { a: { x: 1 } } }],
    ['steps', { steps: { a: [good] } }],
  ])('%s', (_mode, said) => {
    expect(() => completed(draft(said), answers, rules)).toThrow(/asks for a reason/);
    expect(() => completed(draft({ ...said, rationale: '  ' }), answers, rules)).toThrow(/asks for a reason/);
    expect(completed(draft({ ...said, rationale: 'shorter' }), answers, rules).rationale).toBe('shorter');
  });

  test('that of a step is one; what is said of the prompt alone needs none', () => {
    const steps = { a: [{ ...good, reason: 'it holds' }] };
    expect(completed(draft({ steps }), answers, rules)).toEqual(draft({ steps }));
    const flags = draft({ promptFlags: ['unsafe'] });
    expect(completed(flags, answers, project({ rationale: 'required', partial: 'forbid' }))).toEqual(flags);
  });
});

describe('of an answer there is something to judge', () => {
  test.each([
    ['a text', 'rank', 'One.', 'stop', true],
    ['an empty text that a model wrote', 'rank', '', 'stop', true],
    ['a refusal by the server without a word', 'rank', '', 'filter', false],
    ['words before the refusal', 'rank', 'One', 'filter', true],
    ['an empty text, by steps', 'steps', ' \n', 'stop', false],
    ['thoughts alone, by steps', 'steps', '<think>One.</think>', 'stop', false],
    ['a step', 'steps', '<think>One.</think>Two.', 'stop', true],
  ] as const)('%s (%s)', (_what, mode, text, finishReason, expected) => {
    expect(canBeJudged({ text, finishReason }, project({ mode }))).toBe(expected);
  });

  test('thoughts are where their steps are judged', () => {
    const rules = project({ mode: 'steps', steps: { judgeThoughts: true } });
    expect(canBeJudged({ text: '<think>One.</think>', finishReason: 'stop' }, rules)).toBe(true);
  });
});
