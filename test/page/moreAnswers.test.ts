import { describe, expect, test } from 'vitest';
import type { UnsureToken } from '../../src/core/index.js';
import type { AnswerView, PromptView, ToLabelingPage } from '../../src/protocol.js';
import { labelingPages } from './labelingPage.js';
import type { LabelingTab } from './labelingPage.js';
import { id, prompt } from './sample.js';

const open = labelingPages();

const text = 'It was measured in 1676, by Ole Rømer.';
const answer = (letter: string, said = `${letter}: ${text}`): AnswerView => ({
  candidateId: id(letter),
  state: 'complete',
  text: said,
});
const shown = (letters: string, more: Partial<PromptView> = {}): PromptView =>
  prompt(letters.length, 'p1', { answers: [...letters].map((letter) => answer(letter)), ...more });

const year = (letter: string): UnsureToken => ({
  start: `${letter}: ${text}`.indexOf('1676'),
  end: `${letter}: ${text}`.indexOf('1676') + 4,
  probability: 0.31,
  alternatives: [
    { text: '1676', probability: 0.31, isChosen: true },
    { text: '1675', probability: 0.18, isChosen: false },
    { text: 'Paris', probability: 0.1, isChosen: false },
  ],
});
const unsure: ToLabelingPage = {
  type: 'unsure-show',
  promptId: shown('A').promptId,
  answers: { [id('A')]: [year('A')], [id('B')]: [year('B')] },
};

/** T, the host's answer, and the token of A whose alternatives are open. */
async function atToken(letters = 'ABCD', options: Parameters<typeof open>[0] = {}): Promise<LabelingTab> {
  const tab = await open({ prompt: shown(letters), ...options });
  await tab.type('t');
  await tab.host(unsure);
  await expect.poll(() => tab.page.evaluate(() => CSS.highlights.get('unsure-2')?.size)).toBe(2);
  await tab.type('{Shift+ArrowRight}');
  return tab;
}

/** Where each answer's card and text stand. */
const places = (tab: LabelingTab) =>
  tab.page.evaluate(() =>
    [...document.querySelectorAll('.card')].map((card) => {
      const { x, y, width, height } = card.getBoundingClientRect();
      const words = card.querySelector('.md p')?.getBoundingClientRect();
      return [card.getAttribute('data-letter'), x, y, width, height, words?.y, words?.width].join(' ');
    }),
  );

describe('branch here', () => {
  test('by keys: an alternative of the token, then Shift and Enter', async () => {
    const tab = await atToken();
    await tab.type('{Shift+ArrowDown}');
    expect(await tab.said()).toBe('1675, 18%. Shift+Enter goes on from it in another answer');
    await tab.type('{Shift+ArrowDown}');
    expect(await tab.text('.token-popover .now')).toBe('Paris10%');
    await tab.type('{Shift+Enter}');
    expect(await tab.sent('branch-ask')).toEqual([
      { type: 'branch-ask', promptId: shown('A').promptId, candidateId: id('A'), at: year('A').start, alternative: 2 },
    ]);
    expect(await tab.said()).toBe('Another answer that goes on from A is asked for');
    expect(await tab.page.locator('.token-popover').isVisible()).toBe(false);
    expect(await tab.sent('judgement-submit')).toEqual([]);
    await tab.expectQuiet();
  });

  test('without an alternative chosen Shift and Enter do nothing, and Enter is Enter', async () => {
    const tab = await atToken();
    await tab.type('{Shift+Enter}');
    expect(await tab.sent('branch-ask')).toEqual([]);
    await tab.type('1111{Enter}');
    expect(await tab.sent('judgement-submit')).toHaveLength(1);
  });

  test('by mouse, from the token into its alternatives', async () => {
    const tab = await atToken();
    await tab.type('{Escape}');
    const box = await tab.page.evaluate(() => {
      const range = [...(CSS.highlights.get('unsure-2') ?? [])][0];
      const { x, bottom } = range instanceof Range ? range.getBoundingClientRect() : new DOMRect();
      return { x: x + 4, bottom };
    });
    await tab.page.mouse.move(box.x, box.bottom - 4);
    await tab.settle();
    await tab.page.mouse.move(box.x, box.bottom + 3);
    const button = tab.page.locator('.token-popover button[aria-label="Branch here with 1675"]');
    await button.hover();
    await button.click();
    expect(await tab.sent('branch-ask')).toMatchObject([{ candidateId: id('A'), alternative: 1 }]);
    expect(await tab.hasFocus()).toBe('A');
  });

  test.each([
    [1280, 'ABCD'],
    [1000, 'ABCD'],
    [1000, 'AB'],
    [1280, 'ABCDEF'],
    [1000, 'ABCDEF'],
  ])('at %i px beside %s the new answer moves none of them', async (width, letters) => {
    const tab = await atToken(letters, { width });
    await tab.type('{Escape}ba');
    const before = await places(tab);
    const board = await tab.board();
    const next = 'ABCDEFGH'[letters.length] ?? '';
    const draft = (await tab.sent('draft-change')).at(-1)?.draft;
    const view = shown(letters, draft && { draft });
    const more = { ...answer(next, ''), state: 'writing' as const };
    await tab.host({ type: 'prompt-show', prompt: { ...view, answers: [...view.answers, more] } });
    expect((await places(tab)).slice(0, letters.length)).toEqual(before);
    expect(await tab.board()).toContain(board.split(' > [3rd')[0] ?? '');
    expect(await tab.focused()).toBe('A');
    expect(await tab.said()).toBe(`${next} is there: it stands behind the others`);
    await tab.host({ type: 'answer-delta', candidateId: id(next), at: 0, text: 'It was measured in 1675.' });
    await tab.host({ type: 'answer-state', candidateId: id(next), state: 'complete' });
    expect((await places(tab)).slice(0, letters.length)).toEqual(before);
    await tab.type(next.toLowerCase());
    expect(await tab.focused()).toBe(next);
    await expect
      .poll(() => tab.page.locator(`[data-letter="${next}"] .md`).evaluate((words) => words.getBoundingClientRect().y))
      .toBeLessThan(700);
    expect(await tab.board()).toContain(`[3rd ${next}]`);
    await tab.type('uu');
    expect(await tab.page.locator('.card').count()).toBe(letters.length + 1);
    await tab.expectQuiet();
  });

  test('its own unsure tokens are asked for when it is complete', async () => {
    const tab = await atToken('AB');
    const view = shown('AB');
    const more = { ...answer('C', 'It'), state: 'writing' as const };
    await tab.host({ type: 'prompt-show', prompt: { ...view, answers: [...view.answers, more] } });
    await tab.host({ type: 'answer-state', candidateId: id('C'), state: 'complete' });
    expect(await tab.sent('unsure-ask')).toHaveLength(2);
  });

  test('a ninth has no letter, a pair stays a pair, and the host says what it cannot do', async () => {
    const eight = await atToken('ABCDEFGH');
    await eight.type('{Shift+ArrowDown}{Shift+Enter}');
    expect(await eight.sent('branch-ask')).toEqual([]);
    expect(await eight.said()).toBe('There are 8 answers: no more have room');
    const pair = await atToken('AB', { settings: { mode: 'pair' } });
    await pair.type('{Shift+ArrowDown}{Shift+Enter}');
    expect(await pair.sent('branch-ask')).toEqual([]);
    expect(await pair.said()).toBe('A pair has two answers: no more have room');
    await pair.host({ type: 'notice', text: 'No model is on this machine yet.' });
    expect(await pair.said()).toBe('No model is on this machine yet.');
  });
});

describe('another next step', () => {
  const steps = 'There are 8 balls.\n\nTwo of 8 make 26 ways.\n\nSo 26.';
  const view = (more: readonly AnswerView[] = []): PromptView =>
    prompt(2, 'p1', { answers: [answer('A', steps), answer('B', 'None.'), ...more] });
  const stepped = () => open({ prompt: view(), settings: { mode: 'steps' } });

  test('is asked for behind the last right one, by key and by button', async () => {
    const tab = await stepped();
    await tab.type('13,');
    const asked = { type: 'step-ask', promptId: view().promptId, candidateId: id('A'), step: 1, end: 18 };
    expect(await tab.sent('step-ask')).toEqual([asked]);
    expect(await tab.said()).toBe('Another answer that goes on from A is asked for');
    await tab.page.click('#nextStep');
    expect(await tab.sent('step-ask')).toEqual([asked, asked]);
    await tab.type('a{Shift+Backspace},');
    expect((await tab.sent('step-ask')).at(-1)).toEqual({ ...asked, step: 0, end: 0 });
    await tab.expectQuiet();
  });

  test('is one more answer, of which the shared steps are judged already and the new one is not', async () => {
    const tab = await stepped();
    await tab.type('13');
    const draft = (await tab.sent('draft-change')).at(-1)?.draft;
    const more: AnswerView = {
      ...answer('C', 'There are 8 balls.\n\nTwo of 8 make 28 ways.'),
      goesOn: { from: id('A'), step: 1 },
    };
    await tab.host({ type: 'prompt-show', prompt: { ...view([more]), ...(draft && { draft }) } });
    expect(await tab.focused()).toBe('A');
    await tab.type('c');
    const labels = () =>
      tab.page
        .locator('.step')
        .evaluateAll((rows) =>
          rows.map((row) => row.querySelector('[aria-checked="true"]')?.textContent?.trim() ?? '–'),
        );
    expect(await labels()).toEqual(['Good', '–']);
    expect(
      await tab.page.locator('.step').evaluateAll((rows) => rows.findIndex((row) => row.classList.contains('now'))),
    ).toBe(1);
    await tab.type('1');
    expect((await tab.sent('draft-change')).at(-1)?.draft.steps).toEqual({
      [id('A')]: [
        { text: 'There are 8 balls.', label: 'good' },
        { text: 'Two of 8 make 26 ways.', label: 'wrong' },
      ],
      [id('C')]: [
        { text: 'There are 8 balls.', label: 'good' },
        { text: 'Two of 8 make 28 ways.', label: 'good' },
      ],
    });
    // From there on, too: the chain of right steps grows.
    await tab.type(',');
    expect((await tab.sent('step-ask')).at(-1)).toMatchObject({ candidateId: id('C'), step: 2, end: more.text.length });
    await tab.expectQuiet();
  });

  test('in other ways to judge there is none', async () => {
    const tab = await open({ prompt: shown('AB') });
    await tab.type(',');
    expect(await tab.sent('step-ask')).toEqual([]);
    expect(await tab.page.locator('#nextStep').count()).toBe(0);
  });
});
