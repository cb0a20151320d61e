import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Assignment, CandidateId, disagreementOf, Judgement, uncertaintyOf } from '../../../src/core/index.js';

const prompts = Array.from({ length: 3000 }, (_, n) => `p${n}`);
const names = ['kim', 'ana', 'Zoë', '민지', 'lee'];

describe('dealing prompts to labelers by their names', () => {
  test('gives each prompt to as many as the project wants, or to all there are', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 })), fc.integer({ min: 1, max: 4 }), (labelers, overlap) => {
        const assignment = new Assignment(labelers, overlap);
        const composed = new Set(labelers.map((name) => name.normalize('NFC')));
        const dealt = assignment.labelersOf('p1');
        expect(new Set(dealt).size).toBe(Math.min(overlap, composed.size));
        for (const name of labelers) expect(assignment.isFor('p1', name)).toBe(dealt.includes(name.normalize('NFC')));
      }),
    );
  });

  test('is alike in every window: the order of the names, repeats and spellings mean nothing', () => {
    const one = new Assignment(names, 2);
    const other = new Assignment([...names.toReversed(), 'kim', 'Zoe\u0308'], 2);
    expect(prompts.map((prompt) => other.labelersOf(prompt))).toEqual(prompts.map((prompt) => one.labelersOf(prompt)));
  });

  test('is even: nobody has a tenth more than the others', () => {
    for (const overlap of [1, 2, 3]) {
      const counts = new Map(names.map((name) => [name.normalize('NFC'), 0]));
      const assignment = new Assignment(names, overlap);
      for (const prompt of prompts)
        for (const name of assignment.labelersOf(prompt)) counts.set(name, (counts.get(name) ?? 0) + 1);
      const fair = (prompts.length * overlap) / names.length;
      for (const count of counts.values()) expect(Math.abs(count - fair)).toBeLessThan(fair / 10);
    }
  });

  test('moves only what became theirs when someone joins, and only what was theirs when someone leaves', () => {
    const before = new Assignment(names, 1);
    const after = new Assignment([...names, 'new'], 1);
    const moved = prompts.filter((prompt) => after.labelersOf(prompt)[0] !== before.labelersOf(prompt)[0]);
    expect(moved.every((prompt) => after.isFor(prompt, 'new'))).toBe(true);
    expect(moved.length).toBeLessThan(prompts.length / 4);
  });

  test('gives nothing to someone who is not among them', () => {
    expect(prompts.some((prompt) => new Assignment(names, 2).isFor(prompt, 'stranger'))).toBe(false);
  });
});

describe('what to ask first', () => {
  const logprobs = (...values: number[]) => values.map((logprob) => ({ token: 'x', logprob, top: [] }));

  test('answers that have less in common, and tokens that were less likely, are more uncertain', () => {
    const same = uncertaintyOf([{ text: 'Paris is it.' }, { text: 'paris, is it' }]);
    const near = uncertaintyOf([{ text: 'Paris is it.' }, { text: 'Lyon is it.' }]);
    const far = uncertaintyOf([{ text: 'Paris is it.' }, { text: 'nobody knows' }]);
    expect([same, far]).toEqual([0, 1]);
    expect(near).toBeCloseTo(0.5);
    const sure = uncertaintyOf([{ text: 'a', logprobs: logprobs(-0.01, -0.01) }]);
    const unsure = uncertaintyOf([{ text: 'a', logprobs: logprobs(-2, -3) }]);
    expect(sure).toBeLessThan(0.05);
    expect(unsure).toBeGreaterThan(0.9);
    expect([uncertaintyOf([]), uncertaintyOf([{ text: 'alone' }])]).toEqual([0, 0]);
  });

  test('labelers who order two answers in the same way do not disagree', () => {
    const by = (labeler: string, ...ranking: string[]) =>
      Judgement.parse({
        id: labeler,
        promptId: 'p',
        labeler,
        at: '2026-01-01T00:00:00Z',
        status: 'submitted',
        ranking: ranking.map((id) => [CandidateId.parse(id)]),
      });
    expect(disagreementOf([by('kim', 'a', 'b'), by('ana', 'a', 'b')])).toBe(0);
    expect(disagreementOf([by('kim', 'a', 'b'), by('ana', 'b', 'a')])).toBe(1);
    expect(disagreementOf([by('kim', 'a', 'b')])).toBe(0);
  });
});
