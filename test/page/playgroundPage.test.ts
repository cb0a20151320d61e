import { describe, expect, test } from 'vitest';
import type { PlaygroundView, ToPlaygroundPage } from '../../src/protocol.js';
import { otherPages, themes, type OtherPage } from './otherPages.js';
import { tabWalk } from './tabWalk.js';

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

/** All of it said: nothing is being written. */
const turns = view.turns.map((turn) => ({ ...turn, state: 'complete' as const }));

describe('the playground, by keys alone', () => {
  const dock = ['Message', 'Send Enter'];
  const tools = ['Good answer', 'Not good: write the right answer', 'Write again'];
  const answer = ['Answer', ...tools];
  const reading = [
    'Model',
    'New conversation',
    'System message',
    'Answer',
    'the source (example.com)',
    ...tools,
    ...answer,
    ...dock,
  ];
  const withLink = turns.map((turn, index) =>
    index === 1 ? { ...turn, text: 'Eight, says [the source](https://example.com/spiders).' } : turn,
  );

  test('Tab reaches everything, in the order in which it is read, and shows where it is', async () => {
    const page = await open({ height: 1200 });
    await show(page, { turns: withLink });
    expect(await tabWalk(page.page)).toEqual({ stops: reading, unmarked: [], missed: [] });
    expect(await tabWalk(page.page, 'Shift+Tab')).toEqual({ stops: reading.toReversed(), unmarked: [], missed: [] });
  });

  test('so it does with the system message unfolded, while an answer is written, and with nothing to ask', async () => {
    const page = await open({ theme: 'high-contrast', height: 1200 });
    await show(page);
    await page.page.getByText('System message').press('Enter');
    expect(await tabWalk(page.page)).toEqual({
      // The model cannot be changed now, nor an answer be kept that is still being written.
      stops: [
        'New conversation',
        'System message',
        'System message',
        ...answer.slice(0, 3),
        'Answer',
        'Message',
        'Stop Esc',
      ],
      unmarked: [],
      missed: [],
    });
    await show(page, { turns: [], models: [], canAsk: false, notice: 'No model is on this machine yet.' });
    expect(await tabWalk(page.page)).toEqual({
      stops: ['New conversation', 'System message', 'System message'],
      unmarked: [],
      missed: [],
    });
  });

  test('what a key does on a control is what a click does, and the focus stays where it is useful', async () => {
    const page = await open({ height: 1200 });
    await show(page, { turns: withLink });
    const { page: tab } = page;
    const focused = () =>
      tab.evaluate(() => document.activeElement?.id || (document.activeElement?.getAttribute('aria-label') ?? ''));
    await tab.getByRole('button', { name: 'Good answer' }).first().press('Enter');
    await tab.getByRole('button', { name: 'Not good: write the right answer' }).last().press('Space');
    await tab.getByRole('link').press('Enter');
    await tab.getByRole('button', { name: 'New conversation' }).press('Enter');
    await tab.getByRole('combobox').focus();
    await tab.keyboard.press('o');
    await tab.locator('#ask').fill('And a crab?');
    await tab.locator('vscode-button', { hasText: 'Send' }).press('Enter');
    expect(await focused()).toBe('ask');
    await tab.getByRole('button', { name: 'Write again' }).first().press('Enter');
    expect(await focused()).toBe('Answer');
    await show(page);
    await tab.locator('vscode-button', { hasText: 'Stop' }).press('Space');
    expect(await focused()).toBe('ask');
    expect(await page.sent()).toEqual([
      { type: 'page-ready' },
      { type: 'thumb', turn: 1, thumb: 'up' },
      { type: 'thumb', turn: 3, thumb: 'down' },
      { type: 'link-open', url: 'https://example.com/spiders' },
      { type: 'clear' },
      { type: 'model', name: 'other' },
      { type: 'send', text: 'And a crab?' },
      { type: 'again', turn: 1 },
      { type: 'stop' },
    ]);
  });

  test('Enter while an answer is written loses nothing of what was typed', async () => {
    const page = await open();
    await show(page);
    await page.page.locator('#ask').fill('And a crab?');
    await page.page.locator('#ask').press('Enter');
    expect(await page.page.inputValue('#ask')).toBe('And a crab?');
    expect(await page.sent()).toEqual([{ type: 'page-ready' }]);
    await expect.poll(() => page.said()).toBe('The answer is still being written. Esc stops it.');
  });

  test('what was asked is in sight, however long the conversation', async () => {
    const page = await open({ height: 500 });
    const long = { role: 'assistant', text: 'word '.repeat(3000), state: 'complete' } as const;
    const asked = { role: 'user', text: 'And a crab?', state: 'complete' } as const;
    const writing = { role: 'assistant', text: '', state: 'writing' } as const;
    await show(page, { turns: [...turns, asked, long] });
    await show(page, { turns: [...turns, asked, long, asked, writing] });
    await expect
      .poll(() =>
        page.page
          .locator('.asked')
          .last()
          .evaluate((turn) => turn.getBoundingClientRect().top),
      )
      .toBeLessThan(400);
    // What grows below does not move it.
    const top = () => page.page.locator('.chat').evaluate((chat) => chat.scrollTop);
    const before = await top();
    await page.host({ type: 'turn-delta', turn: 7, at: 0, text: 'word '.repeat(3000) } satisfies ToPlaygroundPage);
    await show(page, { turns: [...turns, asked, long, asked, { ...writing, text: 'word '.repeat(3000) }] });
    expect(await top()).toBe(before);
  });
});

describe('what the playground says to those who cannot see it', () => {
  const ending = (change: Partial<PlaygroundView['turns'][number]>) => ({
    turns: view.turns.map((turn, index) => (index === 3 ? { ...turn, ...change } : turn)),
  });

  test.each([
    [{ state: 'complete', text: 'Yes, eight.' }, 'Answer complete, 2 words.'],
    [{ state: 'length' }, 'Answer cut off at its length, 1 word.'],
    [{ state: 'cut' }, 'Answer stopped, 1 word.'],
    [{ state: 'filter', text: '' }, 'The server refused to answer.'],
  ] as const)('an answer that ended: %o', async (change, said) => {
    const page = await open();
    await show(page);
    await page.host({ type: 'turn-delta', turn: 3, at: 3, text: ', eight.' } satisfies ToPlaygroundPage);
    // Never while it is written.
    expect(await page.said()).toBe('');
    await show(page, ending(change));
    await expect.poll(() => page.said()).toBe(said);
  });

  test('an error, at once and with its reason', async () => {
    const page = await open();
    await show(page);
    await show(page, ending({ state: 'failed', error: 'The model process ended.' }));
    expect(await page.page.textContent('[aria-live="assertive"]')).toBe('No answer: The model process ended.');
  });

  test('what was kept, as often as it happens', async () => {
    const page = await open();
    await show(page, { turns });
    const region = page.page.locator('[aria-live="polite"]');
    // A reader reads what has changed: the same words are another text each time.
    const unheard = (element: Element) =>
      Object.hasOwn(element.firstChild ?? {}, 'heard') ? 'heard before' : element.textContent;
    for (const nth of [1, 2]) {
      await page.host({ type: 'announce', message: 'Kept as a good answer.' } satisfies ToPlaygroundPage);
      await expect.poll(() => region.evaluate(unheard), { message: `${nth}` }).toBe('Kept as a good answer.');
      await region.evaluate((element) => Object.assign(element.firstChild ?? {}, { heard: true }));
    }
  });

  test('that the conversation is a new one, and why nothing can be asked any more', async () => {
    const page = await open();
    await show(page, { turns });
    expect(await page.said()).toBe('');
    await show(page, { turns: [] });
    await expect.poll(() => page.said()).toBe('New conversation.');
    await show(page, { turns: [], canAsk: false, notice: 'No model is on this machine yet.' });
    await expect.poll(() => page.said()).toBe('No model is on this machine yet.');
  });

  test.each(themes)('and axe finds nothing serious for them in %s', async (theme) => {
    const page = await open({ theme, width: 900 });
    await page.page.evaluate(() => document.body.classList.add('vscode-using-screen-reader'));
    const failed = ending({ state: 'failed', error: 'The model process ended.' });
    for (const change of [{}, { turns }, failed, { turns: [], models: [], canAsk: false, notice: 'No model.' }]) {
      await show(page, change);
      expect(await page.findings()).toEqual([]);
    }
    await page.page.getByText('System message').press('Enter');
    expect(await page.findings()).toEqual([]);
  });
});
