import { describe, expect, test } from 'vitest';
import type { ToLabelingPage } from '../../src/protocol.js';
import { labelingPages } from './labelingPage.js';
import { id, prompt } from './sample.js';

const open = labelingPages();
const correction = { id: id('X'), parent: id('C'), text: 'A *better* one.' };
const made: ToLabelingPage = {
  type: 'correction-made',
  promptId: prompt().promptId,
  correctionId: correction.id,
  parent: correction.parent,
  text: correction.text,
};
const improved = () => open({ prompt: prompt(4, 'p1', { draft: { ranking: [], corrections: [correction] } }) });

describe('an improved answer', () => {
  test('stands beside the original, with its mark, and is part of the judgement', async () => {
    const tab = await open();
    await tab.host(made);
    expect(await tab.text('[data-letter="C"] .md')).toBe('A better one.');
    expect(await tab.text('[data-letter="C"] .pill')).toBe('C′ improved');
    await tab.page.click('[data-letter="C"] .pill');
    expect(await tab.text('[data-letter="C"] .md')).toContain('Your server is too slow');
    await tab.type('bad{Enter}');
    expect((await tab.lastSubmit())?.draft.corrections).toEqual([correction]);
  });

  test('in a narrow column with its name and flags, the place at the end of the header stays whole', async () => {
    const view = prompt(4, 'p1', {
      draft: { ranking: [[id('C')], [id('A')]], corrections: [correction], flags: { [id('C')]: ['hallucination'] } },
    });
    const answers = view.answers.map((answer) => ({ ...answer, reveal: 'a-model-with-a-long-name-135M-Instruct' }));
    const tab = await open({ width: 1090, prompt: { ...view, answers } });
    await tab.type('{ArrowRight}{ArrowRight}');
    const [card, badge] = await Promise.all([
      tab.page.locator('.card.focused').boundingBox(),
      tab.page.locator('.card.focused .rank .badge').boundingBox(),
    ]);
    expect(await tab.text('.card.focused .rank')).toBe('1st');
    expect((badge?.x ?? 9999) + (badge?.width ?? 0)).toBeLessThanOrEqual((card?.x ?? 0) + (card?.width ?? 0));
    await tab.expectQuiet();
  });

  test('of the focused answer takes the next place by an apostrophe, and is stored by its id', async () => {
    const tab = await open();
    await tab.type('{ArrowRight}{ArrowRight}');
    await tab.host(made);
    expect(await tab.side()).toContain('C′');
    await tab.type("'bad");
    expect(await tab.board()).toBe('[1st C′] > [2nd B] > [3rd A] > [4th D] > [5th C?]');
    expect(await tab.said()).toBe('C′ first. B second. A third. D fourth. C goes last. Enter accepts.');
    await tab.type('{Enter}');
    expect((await tab.lastSubmit())?.draft.ranking).toEqual([[id('X')], [id('B')], [id('A')], [id('D')], [id('C')]]);
  });

  test('is typed as c’ in the order field, moved with Alt and arrows, dragged, and taken back', async () => {
    const tab = await improved();
    await tab.page.focus('#order');
    await tab.page.keyboard.insertText("b c' a");
    await tab.settle();
    expect(await tab.board()).toBe('[1st B] > [2nd C′] > [3rd A] > [4th]');
    await tab.type('{Escape}');
    expect(await tab.page.inputValue('#order')).toBe('B > C′ > A');
    await tab.page.click('.chip:text("C′")');
    await tab.type('{Alt+ArrowUp}');
    expect(await tab.board()).toBe('[1st B=C′] > [3rd A] > [4th]');
    await tab.page.dragAndDrop('.chip:text("C′")', '.side');
    expect(await tab.board()).toBe('[1st B] > [2nd A] > [3rd]');
    expect((await tab.sent('draft-change')).at(-1)?.draft.corrections).toEqual([correction]);
  });

  test('needs no place: the order of the others is complete without it', async () => {
    const tab = await improved();
    await tab.type('bad{Enter}');
    expect(await tab.lastRanking()).toBe('B > A > D > C');
  });

  test('shows when it has the focus, the original when that has it: a flicker comparison in one place', async () => {
    const tab = await improved();
    await tab.type("c'");
    expect(await tab.text('[data-letter="C"] .md')).toBe('A better one.');
    expect(await tab.text('[data-letter="C"] .badge')).toBe('2nd');
    await tab.type('c');
    expect(await tab.text('[data-letter="C"] .md')).toContain('Your server is too slow');
    expect(await tab.text('[data-letter="C"] .badge')).toBe('1st');
    await tab.type("a'");
    expect(await tab.side()).toBe('A has no improved form yet');
  });

  test('can be the best of all, and one without a parent is placed as o’', async () => {
    const tab = await open({
      prompt: prompt(4, 'p1', { draft: { ranking: [], corrections: [correction] } }),
      settings: { mode: 'best' },
    });
    await tab.type("c'{Enter}");
    expect((await tab.lastSubmit())?.draft).toMatchObject({
      best: id('X'),
      ranking: [[id('X')], [id('A'), id('B'), id('C'), id('D')]],
    });
    const own = { id: id('W'), text: 'Mine.' };
    const ranked = await open({ prompt: prompt(2, 'p1', { draft: { ranking: [], corrections: [own] } }) });
    await ranked.page.focus('#order');
    await ranked.type("o' b a{Enter}");
    expect((await ranked.lastSubmit())?.draft.ranking).toEqual([[id('W')], [id('B')], [id('A')]]);
  });
});

test('undo on an empty screen takes the last submit back', async () => {
  const tab = await open();
  await tab.type('bad{Enter}');
  await tab.host({ type: 'empty', reason: 'all-done' });
  await tab.type('u');
  expect(await tab.sent('submit-undo')).toHaveLength(1);
});
