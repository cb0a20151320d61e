import { describe, expect, test } from 'vitest';
import { branchAtStep, branchAtToken, CandidateId, unsureTokens, type TokenLogprob } from '../../../src/core/index.js';

const token = (text: string, probability = 0.99, others: Record<string, number> = {}): TokenLogprob => ({
  token: text,
  logprob: Math.log(probability),
  top: [
    [text, Math.log(probability)],
    ...Object.entries(others).map(([other, value]): [string, number] => [other, Math.log(value)]),
  ],
});
const answer = (logprobs: TokenLogprob[], text = logprobs.map((each) => each.token).join('')) => ({
  id: CandidateId.parse('c1'),
  text,
  logprobs,
});

describe('from another token', () => {
  const rømer = answer([token('In'), token(' 16', 0.6, { ' 17': 0.2, ' the': 0.1 }), token('76'), token('.')]);

  test('the tokens before it stay as they were, and the alternative keeps its space', () => {
    const [unsure] = unsureTokens(rømer.text, rømer.logprobs) ?? [];
    expect(unsure?.alternatives.map(({ text }) => text)).toEqual(['16', '17', 'the']);
    const beginning = branchAtToken(rømer, unsure?.start ?? -1, 2);
    expect(beginning).toMatchObject({ pieces: ['In', ' the'], branch: { from: 'c1', at: 2, token: 1 } });
    expect(beginning?.given.map(({ token: given, logprob }) => [given, Math.exp(logprob).toFixed(2)])).toEqual([
      ['In', '0.99'],
      [' the', '0.10'],
    ]);
  });

  test.each([
    ['the token itself', 3, 0],
    ['no such alternative', 3, 3],
    ['no such token', 1, 1],
  ])('%s is none', (_what, start, alternative) => expect(branchAtToken(rømer, start, alternative)).toBeUndefined());

  test.each(['<|im_end|>', '</s>', ' <end_of_turn>', '<｜end▁of▁sentence｜>'])(
    'the control token %s of a server is no text to go on from',
    (control) => {
      const cut = answer([token('In'), token(' 16', 0.6, { [control]: 0.3 })]);
      expect(branchAtToken(cut, 3, 1)).toBeUndefined();
    },
  );

  test('where a server shows spaces by a sign, or leaves out the first one, the alternative is written likewise', () => {
    const marked = answer([token('▁In'), token('▁16', 0.6, { '▁17': 0.2 })], 'In 16');
    expect(branchAtToken(marked, 3, 1)?.pieces).toEqual(['In', ' 17']);
    const trimmed = answer([token(' In', 0.5, { ' At': 0.4 }), token(' 1676')], 'In 1676');
    expect(branchAtToken(trimmed, 0, 1)?.pieces).toEqual(['At']);
  });

  test('tokens that share a character are one piece', () => {
    const half = answer(
      [token('a'), token('\ufffd'), token('\ufffd'), token(' b'), token(' c', 0.5, { ' d': 0.4 })],
      'a🙂 b c',
    );
    expect(branchAtToken(half, 6, 1)?.pieces).toEqual(['a', '🙂', ' b', ' d']);
  });

  test('of an answer without log-probabilities there is none', () =>
    expect(branchAtToken({ id: CandidateId.parse('c1'), text: 'In 16' }, 3, 1)).toBeUndefined());
});

describe('another step', () => {
  test('follows the shared ones, whose tokens stay as they were, also where one is cut', () => {
    const steps = answer([token('One'), token('.\n\n'), token('Two'), token('.')]);
    const beginning = branchAtStep(steps, { end: 4, separator: '\n\n', step: 1 });
    expect(beginning).toMatchObject({ pieces: ['One', '.', '\n\n'], branch: { from: 'c1', at: 4, step: 1 } });
    expect(beginning.given.map((given) => given.token)).toEqual(['One', '.\n\n']);
    expect(branchAtStep(steps, { end: 0, separator: '', step: 0 }).pieces).toEqual([]);
  });

  test('without log-probabilities the shared part is one piece', () => {
    const plain = { id: CandidateId.parse('c1'), text: 'One.\n\nTwo.' };
    expect(branchAtStep(plain, { end: 4, separator: '\n\n', step: 1 }).pieces).toEqual(['One.', '\n\n']);
  });
});
