import { afterEach, describe, expect, test } from 'vitest';
import { candidateIdOf } from '../../../src/core/index.js';
import { Sitting, type SittingOptions } from './sittingFor.js';

let sitting: Sitting | undefined;
const start = async (options?: SittingOptions): Promise<Sitting> => (sitting = await Sitting.start(options));
afterEach(async () => {
  await sitting?.stop();
  sitting = undefined;
});

/** Writes one answer with log-probabilities and one without to the first prompt. */
async function answered(options: SittingOptions = {}) {
  const sitting = await start({ nPrompts: 1, nCandidates: 2, ...options });
  const [promptId] = sitting.project.promptIds;
  if (promptId === undefined) throw new Error('no prompt');
  const [sure, bare] = [candidateIdOf(['sure']), candidateIdOf(['bare'])];
  await sitting.project.appendCandidates([
    {
      id: sure,
      promptId,
      text: 'In 1676.',
      origin: 'model',
      logprobs: [
        { token: 'In', logprob: -0.01, top: [] },
        { token: ' 1676', logprob: Math.log(0.4), top: [[' 1675', Math.log(0.2)]] },
        { token: '.', logprob: -0.01, top: [] },
      ],
    },
    { id: bare, promptId, text: 'In 1638.', origin: 'import' },
  ]);
  return { sitting, promptId, sure };
}

const lastUnsure = ({ messages }: Sitting) => messages.findLast((message) => message.type === 'unsure-show');

describe('where the model was unsure', () => {
  test('is told when it is asked for, over a reload too, without how the text was cut into tokens', async () => {
    const { sitting, promptId, sure } = await answered();
    for (const again of [false, true]) {
      if (again) await sitting.reload();
      expect(JSON.stringify(sitting.messages)).not.toContain('1675');
      await sitting.session.receive({ type: 'unsure-ask', promptId });
      expect(lastUnsure(sitting)).toEqual({
        type: 'unsure-show',
        promptId,
        answers: {
          [sure]: [
            {
              start: 3,
              end: 7,
              probability: expect.closeTo(0.4) as number,
              alternatives: [
                { text: '1676', probability: expect.closeTo(0.4) as number, isChosen: true },
                { text: '1675', probability: expect.closeTo(0.2) as number, isChosen: false },
              ],
            },
          ],
        },
      });
    }
  });

  test('of answers without log-probabilities there is nothing to tell', async () => {
    const sitting = await start({ nPrompts: 1 });
    const [promptId] = sitting.project.promptIds;
    if (promptId === undefined) throw new Error('no prompt');
    await sitting.session.receive({ type: 'unsure-ask', promptId });
    expect(lastUnsure(sitting)).toEqual({ type: 'unsure-show', promptId, answers: {} });
  });
});

describe('guidelines', () => {
  test('the version by which the labeler judged last is known, over a reload too', async () => {
    const sitting = await start({ nPrompts: 2 });
    expect(sitting.session.lastGuidelinesVersion).toBeUndefined();
    await sitting.submit('A B C');
    expect(sitting.session.lastGuidelinesVersion).toBe('abc123');
    await sitting.reload();
    expect(sitting.session.lastGuidelinesVersion).toBe('abc123');
    await sitting.as('lee');
    expect(sitting.session.lastGuidelinesVersion).toBeUndefined();
  });
});
