import { afterEach, describe, expect, test } from 'vitest';
import { candidateIdOf, CandidateId, type Candidate, type PromptId } from '../../../src/core/index.js';
import type { GoingOn } from '../../../src/generation/index.js';
import { FromLabelingPage } from '../../../src/protocol.js';
import { candidates, Sitting, type SittingOptions } from './sittingFor.js';

let sitting: Sitting | undefined;
afterEach(async () => {
  await sitting?.stop();
  sitting = undefined;
});

/** A sitting at one prompt with three answers, the first with log-probabilities and steps; what is asked of the model. */
async function seated(options: SittingOptions = {}, more: Partial<Candidate> = {}) {
  sitting = await Sitting.start({ nPrompts: 1, nCandidates: 3, ...options });
  const made = sitting;
  const { promptId } = made;
  const parent: Candidate = {
    ...(candidates(promptId, 1)[0] ?? fail()),
    id: candidateIdOf(['parent']),
    text: 'In 1676.\n\nHe said so.',
    logprobs: [
      { token: 'In', logprob: -0.01, top: [] },
      { token: ' 1676', logprob: Math.log(0.4), top: [[' 1675', Math.log(0.2)]] },
      { token: '.\n\n', logprob: -0.01, top: [] },
      { token: 'He said so.', logprob: -0.01, top: [] },
    ],
    ...more,
  };
  await made.project.appendCandidates([parent]);
  await made.reload();
  const asked: GoingOn[] = [];
  const planned = candidateIdOf(['more']);
  made.answers.onGoOn = async (_promptId, from, goesOn) => {
    expect(from.id).toBe(parent.id);
    asked.push(goesOn);
    const { branch, pieces } = goesOn.beginning;
    made.answers.pending.set(promptId, [{ candidateId: planned, state: 'writing', text: pieces.join(''), branch }]);
    made.answers.tell({ type: 'planned', promptId });
  };
  const letters = () => made.screen?.answers.map(({ candidateId }) => candidateId) ?? [];
  return { sitting: made, promptId, parent, asked, planned, letters };
}

const fail = (): never => {
  throw new Error('missing');
};

const branch = (promptId: PromptId, candidateId: CandidateId, at = 3, alternative = 1) => ({
  type: 'branch-ask' as const,
  promptId,
  candidateId,
  at,
  alternative,
});

describe('branch here', () => {
  test('the new answer stands behind the others, whose places stay, over a reload too', async () => {
    const { sitting, promptId, parent, asked, planned, letters } = await seated();
    const before = letters();
    await sitting.session.receive(branch(promptId, parent.id));
    expect(asked).toMatchObject([
      { beginning: { pieces: ['In', ' 1675'], branch: { from: parent.id, at: 2, token: 1 } } },
    ]);
    expect(letters()).toEqual([...before, planned]);
    expect(sitting.screen?.answers.at(-1)).toEqual({ candidateId: planned, state: 'writing', text: 'In 1675' });
    await sitting.project.appendCandidates([
      { ...parent, id: planned, text: 'In 1675 it was.', branch: { from: parent.id, at: 2, token: 1 } },
    ]);
    sitting.answers.pending.clear();
    await sitting.reload();
    expect(letters()).toEqual([...before, planned]);
    expect(sitting.project.candidatesOf(promptId).at(-1)?.branch).toEqual({ from: parent.id, at: 2, token: 1 });
    expect(JSON.stringify(sitting.messages)).not.toMatch(/secret|424242|branch|goesOn/);
  });

  test('it is judged like the others, and its judgement names where it stood', async () => {
    const { sitting, promptId, parent, planned, letters } = await seated();
    await sitting.session.receive(branch(promptId, parent.id));
    await sitting.project.appendCandidates([{ ...parent, id: planned, text: 'In 1675.' }]);
    sitting.answers.pending.clear();
    const order = letters();
    await sitting.submit('E A');
    const [row] = sitting.project.judgementsOf(promptId);
    expect(row?.ranking?.[0]).toEqual([planned]);
    expect(row?.shown?.order).toEqual(order);
    expect(order.at(-1)).toBe(planned);
  });

  test('says why there is none', async () => {
    const { sitting, promptId, parent, asked } = await seated();
    const said = async (message: FromLabelingPage & { type: 'branch-ask' }) => {
      await sitting.session.receive(message);
      return sitting.last('notice')?.text;
    };
    expect(await said(branch(promptId, parent.id, 3, 0))).toContain('no such alternative');
    expect(await said(branch(promptId, parent.id, 99))).toContain('no such alternative');
    expect(await said(branch(promptId, CandidateId.parse('c0123456789abcdef')))).toContain('not complete yet');
    expect(asked).toEqual([]);
    sitting.answers.onGoOn = () => Promise.reject(new Error('No model is here.'));
    expect(await said(branch(promptId, parent.id))).toBe('No model is here.');
  });

  test('eight answers are all, and a pair stays a pair', async () => {
    const eight = await seated({ nCandidates: 7, config: { candidates: 7 } });
    await eight.sitting.session.receive(branch(eight.promptId, eight.parent.id));
    expect(eight.sitting.last('notice')?.text).toContain('8 answers');
    await eight.sitting.stop();
    const pair = await seated({ nCandidates: 1, config: { candidates: 2, mode: 'pair' } });
    await pair.sitting.session.receive(branch(pair.promptId, pair.parent.id));
    expect(pair.sitting.last('notice')?.text).toContain('A pair has two');
    expect([...eight.asked, ...pair.asked]).toEqual([]);
  });

  test.each([
    [{ at: -1 }],
    [{ at: 1.5 }],
    [{ alternative: 64 }],
    [{ text: 'ignore all' }],
    [{ candidateId: undefined }],
  ])('a message with %j is none', async (wrong) => {
    const message = { ...branch('p0123456789abcdef' as PromptId, CandidateId.parse('c0123456789abcdef')), ...wrong };
    expect(FromLabelingPage.safeParse(message).success).toBe(false);
  });
});

describe('another next step', () => {
  const step = (promptId: PromptId, candidateId: CandidateId, end: number, nth: number) => ({
    type: 'step-ask' as const,
    promptId,
    candidateId,
    end,
    step: nth,
  });

  test('follows the shared steps, ends with itself, and the page knows whose steps they are', async () => {
    const { sitting, promptId, parent, asked, planned } = await seated({ config: { mode: 'steps' } });
    await sitting.session.receive(step(promptId, parent.id, 8, 1));
    const [goesOn] = asked;
    expect(goesOn?.beginning.pieces).toEqual(['In', ' 1676', '.', '\n\n']);
    expect(goesOn?.endOf?.('In 1676.\n\nNobody')).toBeUndefined();
    expect(goesOn?.endOf?.('In 1676.\n\nNobody did.\n\nNow')).toBe('In 1676.\n\nNobody did.'.length);
    expect(sitting.screen?.answers.at(-1)).toMatchObject({
      candidateId: planned,
      goesOn: { from: parent.id, step: 1 },
    });
  });

  test.each([
    ['the first step', 'One.\n\nTwo.', 0, ''],
    ['after the last one', '- one\n- two', 11, '\n'],
    ['after an answer of one step', 'One.', 4, '\n\n'],
    ['where spaces end it', 'One.\n\nTwo.\n', 10, '\n\n'],
  ])('%s begins behind what stands between steps', async (_where, text, end, separator) => {
    const { sitting, promptId, parent, asked } = await seated({ config: { mode: 'steps' } }, { text, logprobs: [] });
    await sitting.session.receive(step(promptId, parent.id, end, 1));
    expect(asked[0]?.beginning.pieces.join('')).toBe(text.slice(0, end) + separator);
  });
});
