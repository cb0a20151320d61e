import { afterEach, describe, expect, test } from 'vitest';
import { candidateIdOf, type PromptId } from '../../../src/core/index.js';
import { shownOrder } from '../../../src/labeling/shownOrder.js';
import { candidates, Sitting } from './sittingFor.js';

let open: Sitting | undefined;
afterEach(async () => {
  await open?.stop();
  open = undefined;
});

describe('where some answers are there and one more is to be written', () => {
  const more = { candidateId: candidateIdOf('one more'), state: 'queued' as const, text: '' };

  /** Three imported answers a prompt, of four; the first prompt's fourth is not planned yet. */
  async function lacking() {
    const sitting = (open = await Sitting.start({ nPrompts: 3, nCandidates: 3, config: { candidates: 4 } }));
    for (const id of sitting.project.promptIds) sitting.answers.planning.add(id);
    await sitting.as('lee');
    const [first, second] = sitting.project.promptIds;
    if (first === undefined || second === undefined) throw new Error('no prompts');
    const plan = (promptId: PromptId) => {
      sitting.answers.planning.delete(promptId);
      sitting.answers.pending.set(promptId, [more]);
      sitting.answers.tell({ type: 'planned', promptId });
    };
    const shows = () => sitting.messages.flatMap((m) => (m.type === 'prompt-show' ? [m.prompt] : []));
    return { sitting, first, second, plan, shows };
  }

  test('all have their places from the first paint, shuffled together', async () => {
    const { sitting, first, plan, shows } = await lacking();
    expect(sitting.shown).toBe('nothing');
    plan(first);
    expect(shows().map(({ answers }) => answers.length)).toEqual([4]);
    expect(shows()[0]?.answers.find(({ candidateId }) => candidateId === more.candidateId)).toEqual(more);
    const ids = [...candidates(first, 3).map(({ id }) => id), more.candidateId];
    const order = shownOrder(ids, 0, { project: 'sitting', labeler: 'lee', pass: 0 });
    expect(sitting.project.drafts.get('lee', first)?.content).toMatchObject({ order });
  });

  test('the page has a prompt ahead only with all of its places', async () => {
    const { sitting, first, second, plan } = await lacking();
    plan(first);
    expect(sitting.ahead()).toEqual([]);
    plan(second);
    expect(sitting.last('prompts-ahead')?.prompts.map(({ answers }) => answers.length)).toEqual([4]);
    await sitting.submit('A B C D');
    expect(sitting.screen).toMatchObject({ promptId: second });
    expect(sitting.screen?.answers).toHaveLength(4);
  });

  test('without a model there is no place for it', async () => {
    const { sitting, shows } = await lacking();
    sitting.answers.planning.clear();
    sitting.answers.availability = { canWrite: false, reason: 'No model is installed.' };
    sitting.answers.tell({ type: 'availability' });
    expect(shows().map(({ answers }) => answers.length)).toEqual([3]);
    expect(sitting.last('empty')).toBeUndefined();
    expect(sitting.ahead()).toEqual(['prompt 2', 'prompt 3']);
  });

  test('where it cannot be planned the others are judged, and the strip says why', async () => {
    const { sitting, shows } = await lacking();
    sitting.answers.planning.clear();
    sitting.answers.tell({ type: 'trouble', message: 'There is no model of that name.' });
    expect(shows().map(({ answers }) => answers.length)).toEqual([3]);
    expect(sitting.last('strip')?.strip?.message).toBe('There is no model of that name.');
    expect(sitting.last('empty')).toBeUndefined();
    expect(sitting.ahead()).toEqual(['prompt 2', 'prompt 3']);
  });

  test('what was judged without it is taken back as it stood', async () => {
    const { sitting, first } = await lacking();
    sitting.answers.planning.clear();
    await sitting.as('lee');
    await sitting.submit('A B C');
    sitting.answers.planning.add(first);
    await sitting.session.receive({ type: 'submit-undo' });
    expect(sitting.last('prompt-show')).toMatchObject({ reopened: true, prompt: { promptId: first } });
    expect(sitting.screen?.answers).toHaveLength(3);
  });
});
