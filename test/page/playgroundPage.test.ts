import { describe, expect, test } from 'vitest';
import type { PlaygroundView, ToPlaygroundPage } from '../../src/protocol.js';
import { otherPages, themes, type OtherPage } from './otherPages.js';

const open = otherPages('playground');

const view: PlaygroundView = {
  models: ['smollm2-135m-instruct', 'other'],
  model: 'smollm2-135m-instruct',
  system: '',
  turns: [
    { role: 'user', text: 'How many legs does a spider have?', state: 'complete' },
    { role: 'assistant', text: 'A spider has **six** legs.', state: 'complete' },
    { role: 'user', text: 'Are you sure?', state: 'complete' },
    { role: 'assistant', text: 'Yes', state: 'writing' },
  ],
  canAsk: true,
  canKeep: true,
  strings: {},
  locale: 'en',
};

const show = (page: OtherPage, change: Partial<PlaygroundView> = {}) =>
  page.host({ type: 'playground', view: { ...view, ...change } } satisfies ToPlaygroundPage);

describe('the playground', () => {
  test.each(themes)('has no serious finding of axe in %s, and loads nothing from elsewhere', async (theme) => {
    const page = await open({ theme, width: 900 });
    await show(page, { notice: 'No project is open: you can ask, but answers are kept in a project only.' });
    expect(await page.findings()).toEqual([]);
    expect(await page.whatWentWrong()).toEqual([]);
  });

  test('streams: text is appended where the host says', async () => {
    const page = await open();
    await show(page);
    await page.host({ type: 'turn-delta', turn: 3, at: 3, text: ', eight.' } satisfies ToPlaygroundPage);
    await page.host({ type: 'turn-delta', turn: 3, at: 99, text: 'out of step' } satisfies ToPlaygroundPage);
    expect(await page.page.locator('.answered .md').last().innerText()).toBe('Yes, eight.');
  });

  test('asks with Enter, keeps with 1 and 2, goes from answer to answer with arrows', async () => {
    const page = await open();
    await show(page, { turns: view.turns.map((turn) => ({ ...turn, state: 'complete' })) });
    const { keyboard } = page.page;
    await keyboard.type('One line');
    await keyboard.press('Shift+Enter');
    await keyboard.type('and 1 more');
    await keyboard.press('Enter');
    await keyboard.press('Escape');
    await keyboard.press('1');
    await keyboard.press('ArrowUp');
    await keyboard.press('2');
    expect(await page.sent()).toEqual([
      { type: 'page-ready' },
      { type: 'send', text: 'One line\nand 1 more' },
      { type: 'thumb', turn: 3, thumb: 'up' },
      { type: 'thumb', turn: 1, thumb: 'down' },
    ]);
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowDown');
    expect(await page.page.evaluate(() => document.activeElement?.id)).toBe('ask');
  });

  test('stops with Escape while something is written', async () => {
    const page = await open();
    await show(page);
    await page.page.keyboard.press('Escape');
    expect((await page.sent()).at(-1)).toEqual({ type: 'stop' });
  });

  test('keeps what is in its field over a reload', async () => {
    const page = await open();
    await show(page);
    await page.page.keyboard.type('half a question');
    await page.page.reload();
    await show(page);
    expect(await page.page.inputValue('#ask')).toBe('half a question');
    await page.page.evaluate(() => sessionStorage.clear());
  });

  test('shows what a model writes as harmless text', async () => {
    const page = await open();
    await show(page, {
      turns: [
        { role: 'user', text: '<script>alert(1)</script>', state: 'complete' },
        {
          role: 'assistant',
          text: '<img src=x onerror=alert(1)> ![x](https://evil.example/x.png) [go](javascript:alert(1))',
          state: 'complete',
        },
      ],
    });
    expect(await page.page.locator('main :is(img, script, a)').count()).toBe(0);
    expect(await page.whatWentWrong()).toEqual([]);
  });
});
