import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { answerParts } from '../../src/core/index.js';
import type { LabelingSettings, PromptView, ToLabelingPage } from '../../src/protocol.js';
import { labelingPages, type LabelingTab, type OpenOptions } from './labelingPage.js';
import { answers, id, prompt } from './sample.js';
import { axeFindings } from './watched.js';

const open = labelingPages();
const payloads = Object.values(
  JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../hostile/page.json'), 'utf8')) as Record<
    string,
    string[]
  >,
).flatMap((list) => list.map((payload) => payload.replaceAll('{x}', 'window.pwned=1')));

const texts = [
  'Check in this order:\n\n1. **Inodes.** `df -i` says it.\n2. **Open files.** `lsof +L1` lists them.\n\nAll of it is safe.',
  'Hard links cost inodes every night.\n\n```sh\ndf -i\n```\n\n| sign | cause |\n| --- | --- |\n| 5 s | resolver |\n| 3 s | packet |',
  'Reboot.',
  '3. Is the disk mounted?\n   - `mount` tells.',
];
const view = (changes: Partial<PromptView> = {}): PromptView =>
  prompt(4, 'p1', {
    answers: answers(4).map((answer, index) => ({ ...answer, text: texts[index] ?? '' })),
    ...changes,
  });
const ahead: ToLabelingPage = { type: 'prompts-ahead', prompts: [prompt(4, 'p2')] };
const composing = (options: OpenOptions = {}, settings: Partial<LabelingSettings> = {}): Promise<LabelingTab> =>
  open({ prompt: view(), then: [ahead], ...options, settings: { mode: 'compose', ...settings } });

/** Outside of projects that compose, the first key loads what composes. */
const opened = (tab: LabelingTab) => tab.page.waitForSelector('.composed');

/** The composed answer on the screen, `A Check in this order:`. */
const bits = (tab: LabelingTab): Promise<string[]> =>
  tab.page.locator('.bit').evaluateAll((all) => all.map((bit) => bit.textContent.replace(/\s+/g, ' ').trim()));

/** The labeler's own answer as it was last sent. */
const sent = async (tab: LabelingTab) => (await tab.sent('draft-change')).at(-1)?.draft.corrections?.at(-1);

/** Letter and number on each part that is quoted, from the answers' first to last. */
const marked = (tab: LabelingTab): Promise<string[]> =>
  tab.page
    .locator('.parts .badge')
    .evaluateAll((all) =>
      all.map((tag) => `${tag.closest<HTMLElement>('.card')?.dataset['letter']}${tag.textContent}`),
    );

const selectIn = (tab: LabelingTab, selector: string): Promise<void> =>
  tab.page.locator(selector).evaluate((element) => getSelection()?.selectAllChildren(element));

describe('composing by keys alone', () => {
  test('arrows step over parts, Q quotes, each part keeps its source, Enter submits', async () => {
    const tab = await composing();
    await tab.type('q{ArrowDown}q{ArrowRight}q{ArrowRight}{ArrowRight}q{Enter}');
    const text =
      'Check in this order:\n\n1. **Inodes.** `df -i` says it.\n\nHard links cost inodes every night.\n\n2. Is the disk mounted?';
    const draft = (await tab.lastSubmit())?.draft;
    expect(draft).toMatchObject({ mode: 'compose', ranking: [] });
    expect(draft?.corrections).toEqual([
      {
        id: id('O'),
        text,
        parts: [
          { text: 'Check in this order:\n\n', from: id('A'), start: 0, end: 20 },
          { text: '1. **Inodes.** `df -i` says it.\n\n', from: id('A'), start: 22, end: 53 },
          { text: 'Hard links cost inodes every night.\n\n', from: id('B'), start: 0, end: 35 },
          { text: '2. Is the disk mounted?', from: id('D'), start: 0, end: 23 },
        ],
      },
    ]);
    await tab.expectQuiet();
  });

  test('a quoted part wears its number in both places, its letter, and what was changed in it', async () => {
    const tab = await composing();
    await tab.type('{ArrowDown}qdq');
    expect(await bits(tab)).toEqual(['A 1. Inodes. df -i says it.', 'D 3. 2. Is the disk mounted?']);
    expect(await tab.page.locator('.bit del').allTextContents()).toEqual(['3.']);
    expect(await tab.page.locator('.bit ins').allTextContents()).toEqual(['2.']);
    expect(await marked(tab)).toEqual(['A1', 'D2']);
    expect(await tab.page.getAttribute('.composed svg.from', 'aria-label')).toBe('From A 48% and D 52%');
  });

  test('parts are paragraphs, items, blocks of code and rows of a table', async () => {
    const tab = await composing();
    await tab.type('b{ArrowDown}q{ArrowDown}q{ArrowDown}{ArrowDown}q{ArrowRight}{ArrowRight}{ArrowDown}q');
    expect((await sent(tab))?.text).toBe(
      '```sh\ndf -i\n```\n\n| sign | cause |\n| --- | --- |\n| 3 s | packet |\n\n- `mount` tells.',
    );
  });

  test('Alt and arrows move the quoted part, Delete removes it, undo brings it back', async () => {
    const tab = await composing();
    await tab.type('q{ArrowDown}q{ArrowDown}q{Alt+ArrowUp}{Alt+ArrowUp}{Alt+ArrowUp}');
    expect(await bits(tab)).toEqual([
      'A 2. 1. Open files. lsof +L1 lists them.',
      'A Check in this order:',
      'A 1. 2. Inodes. df -i says it.',
    ]);
    await expect.poll(() => tab.said()).toBe('Part 1 of 3 now.');
    // The cursor on a quoted part chooses it.
    await tab.type('{ArrowUp}{Delete}');
    await expect.poll(() => tab.said()).toBe('Removed: 2. **Inodes.** `df -i` says it.');
    expect(await bits(tab)).toHaveLength(2);
    await tab.type('{Backspace}{Delete}');
    expect(await sent(tab)).toBeUndefined();
    await tab.type('u');
    expect(await bits(tab)).toHaveLength(1);
    await tab.type('uu');
    expect((await sent(tab))?.parts).toHaveLength(3);
  });

  test('the same part is quoted once', async () => {
    const tab = await composing();
    await tab.type('qq');
    expect(await tab.text('.composed .notice')).toBe('It is quoted already, as part 1');
    expect(await bits(tab)).toHaveLength(1);
  });

  test('Enter asks for an answer; a ranking alone is one too', async () => {
    const tab = await composing();
    await tab.type('{Enter}');
    expect(await tab.text('.composed .notice')).toBe('Nothing is composed yet. Q quotes a part, O writes freely');
    await tab.type('{Escape}bad{Enter}');
    expect((await tab.lastSubmit())?.draft.ranking).toEqual([[id('B')], [id('A')], [id('D')], [id('C')]]);
  });

  test('what is still being written, or failed, cannot be quoted', async () => {
    const half = view().answers.map((answer, index) => ({
      ...answer,
      state: (['writing', 'failed'] as const)[index] ?? answer.state,
    }));
    const tab = await composing({ prompt: view({ answers: half }) });
    await tab.type('q');
    await expect.poll(() => tab.said()).toBe('A is not complete yet');
    await tab.type('bq');
    expect(await bits(tab)).toEqual([]);
  });

  test('each key says what it came to', async () => {
    const tab = await composing();
    await tab.type('{ArrowDown}');
    await expect.poll(() => tab.said()).toBe('A, part 2 of 4: 1. **Inodes.** `df -i` says it.');
    await tab.type('q');
    await expect.poll(() => tab.said()).toBe('Quoted from A as part 1 of 1.');
    await tab.type('{ArrowUp}{ArrowDown}');
    await expect.poll(() => tab.said()).toBe('A, part 2 of 4, quoted: 1. **Inodes.** `df -i` says it.');
  });

  test('the list of parts is a stop of its own, beside the last answer, where single keys are off too', async () => {
    const tab = await composing({}, { singleKeys: false });
    await tab.type('{Alt+ArrowUp}');
    await tab.host(
      { type: 'do', action: 'quote' },
      { type: 'do', action: 'focus-right' },
      { type: 'do', action: 'quote' },
    );
    await tab.page.focus('.bit.cursor');
    await tab.type('{ArrowUp}');
    expect(await tab.page.evaluate(() => document.activeElement?.textContent?.trim())).toMatch(/^A/);
    await tab.type('{Alt+ArrowDown}');
    expect((await bits(tab)).map((bit) => bit[0])).toEqual(['B', 'A']);
    expect(await tab.page.evaluate(() => document.activeElement?.className)).toContain('cursor');
    await tab.type('{Delete}');
    expect((await bits(tab)).map((bit) => bit[0])).toEqual(['B']);
  });

  test('arrows go from the last answer to the composed one, and on to the first', async () => {
    const tab = await composing();
    await tab.type('qd{ArrowRight}');
    expect(await tab.page.evaluate(() => document.activeElement?.className)).toContain('bit');
    await tab.type('{ArrowRight}');
    expect(await tab.hasFocus()).toBe('A');
    await tab.type('{ArrowLeft}{ArrowLeft}');
    expect(await tab.hasFocus()).toBe('D');
  });
});

describe('beside another way to judge', () => {
  test('Q opens the composed answer in place of the board; Enter goes back and the next key places it', async () => {
    const tab = await open({ prompt: view(), then: [ahead] });
    await tab.type('baq');
    await opened(tab);
    expect(await tab.page.locator('#order').count()).toBe(0);
    await tab.type('q{ArrowDown}q{Enter}');
    expect(await tab.page.locator('.composed').count()).toBe(0);
    expect(await tab.side()).toBe("The composed answer is O′. ' places it next");
    await tab.type("'");
    expect(await tab.board()).toBe('[1st B] > [2nd A] > [3rd O′] > [4th]');
    await tab.type('d{Enter}');
    const draft = (await tab.lastSubmit())?.draft;
    expect(draft?.ranking).toEqual([[id('B')], [id('A')], [id('O')], [id('D')], [id('C')]]);
    expect(draft?.corrections).toMatchObject([{ id: id('O'), parts: [{ from: id('A') }, { from: id('A') }] }]);
  });

  test('removed from the composed answer, the last part takes it off the board', async () => {
    const tab = await open({ prompt: view() });
    await tab.type('q');
    await opened(tab);
    await tab.type("q{Enter}'boo");
    expect(await tab.sent('compose-open')).toHaveLength(1);
    await tab.type('{Delete}{Escape}');
    expect(await tab.board()).toBe('[1st B] > [2nd]');
  });

  test('letters and places belong to the answers while one is composed; Esc leaves it as it is', async () => {
    const tab = await open({ prompt: view() });
    await tab.type('q');
    await opened(tab);
    await tab.type('qc3');
    expect(await tab.focused()).toBe('C');
    expect(await tab.text('.composed .notice')).toContain('Esc goes back');
    await tab.type('{Escape}');
    expect(await tab.board()).toContain('[1st]');
    await tab.type('o');
    expect(await bits(tab)).toEqual(['A Check in this order:']);
    expect(await tab.sent('compose-open')).toEqual([]);
  });

  test.each(['pair', 'best', 'rate', 'thumbs', 'steps'] as const)('works in mode %s', async (mode) => {
    const two = view({ answers: view().answers.slice(0, 2) });
    const tab = await open({ prompt: two, settings: { mode, rubric: [{ id: 'x', label: 'X', min: 1, max: 5 }] } });
    await tab.type('q');
    await opened(tab);
    await tab.type('q{ArrowRight}q{Enter}');
    expect((await sent(tab))?.text).toBe('Check in this order:\n\nHard links cost inodes every night.');
    expect(await tab.page.locator('.composed').count()).toBe(0);
    await tab.expectQuiet();
  });
});

describe('writing freely', () => {
  test('O opens an editor; what comes back keeps its sources, with the changed words marked', async () => {
    const tab = await composing();
    await tab.type('q{ArrowRight}qo');
    expect(await tab.sent('compose-open')).toEqual([{ type: 'compose-open', promptId: 'p1' }]);
    const before = (await sent(tab))?.parts ?? [];
    const [check, links] = before;
    const parts = [
      { ...check, text: 'Check in this order, cheapest first:\n\n' },
      { ...links, text: 'Hard links cost **many** inodes.\n\n' },
      { text: 'Then look again.' },
    ];
    const text = parts.map((part) => part.text).join('');
    await tab.host({ type: 'correction-made', promptId: view().promptId, correctionId: id('O'), text, parts });
    expect(await tab.page.locator('.bit ins').allTextContents()).toEqual(['cheapest first', 'many']);
    expect(await tab.page.locator('.bit del').allTextContents()).toEqual(['every night']);
    expect((await bits(tab)).at(-1)).toBe('you Then look again.');
    expect(await tab.page.getAttribute('.composed svg.from', 'aria-label')).toMatch(
      /^From A \d+%, B \d+% and you \d+%$/,
    );
    await tab.type('{Enter}');
    expect((await tab.lastSubmit())?.draft.corrections).toEqual([{ id: id('O'), text, parts }]);
  });

  test('from nothing it has no parent and no parts, and is placed like any other', async () => {
    const tab = await open({ prompt: view(), then: [ahead] });
    await tab.type('o');
    await opened(tab);
    expect(await tab.sent('compose-open')).toHaveLength(1);
    await tab.host({ type: 'correction-made', promptId: view().promptId, correctionId: id('O'), text: 'Mine.' });
    expect(await bits(tab)).toEqual(['you Mine.']);
    await tab.type("{Enter}'bad{Enter}");
    const draft = (await tab.lastSubmit())?.draft;
    expect(draft?.corrections).toEqual([{ id: id('O'), text: 'Mine.' }]);
    expect(draft?.ranking).toEqual([[id('O')], [id('B')], [id('A')], [id('D')], [id('C')]]);
  });

  test('a draft and a reload keep it', async () => {
    const tab = await composing();
    await tab.type('q{ArrowRight}q');
    const draft = (await tab.sent('draft-change')).at(-1)?.draft ?? { ranking: [] };
    const again = await composing({ prompt: view({ draft }) });
    expect(await bits(again)).toEqual(['A Check in this order:', 'B Hard links cost inodes every night.']);
    expect(await marked(again)).toEqual(['A1', 'B2']);
    // What the window had kept is newer than what the host has on disk.
    await again.type('{ArrowDown}q');
    await again.page.reload();
    await again.host(
      { type: 'settings', settings: { ...(await import('./sample.js')).settings, mode: 'compose' } },
      { type: 'prompt-show', prompt: view({ draft }) },
    );
    await again.page.waitForSelector('.bit');
    expect(await bits(again)).toHaveLength(3);
  });
});

describe('by mouse', () => {
  test('a click puts the cursor on a part, its button quotes it, parts are dragged and removed', async () => {
    const tab = await composing();
    await tab.page.click('[data-letter="A"] .md li:nth-child(2)');
    expect(await sent(tab)).toBeUndefined();
    await tab.page.click('[data-letter="A"] .parts .tag');
    await tab.page.click('[data-letter="B"] .md pre');
    await tab.type('q');
    expect(await bits(tab)).toEqual(['A 2. 1. Open files. lsof +L1 lists them.', 'B df -i']);
    await tab.page.dragAndDrop('.bit:nth-child(2)', '.bit:nth-child(1)', { sourcePosition: { x: 8, y: 8 } });
    expect((await bits(tab)).map((bit) => bit[0])).toEqual(['B', 'A']);
    await tab.page.hover('.bit:nth-child(2)');
    await tab.page.click('.bit:nth-child(2) .icon');
    expect((await bits(tab)).map((bit) => bit[0])).toEqual(['B']);
    await tab.page.click('.composed header .icon:last-child');
    expect(await tab.page.locator('.composed').count()).toBe(0);
    const tool = tab.page.getByRole('button', { name: 'Compose an answer' });
    await tool.click();
    expect(await bits(tab)).toHaveLength(1);
    await tool.click();
    expect(await tab.page.locator('.composed').count()).toBe(0);
    await tab.expectQuiet();
  });

  test('selected text has a menu at its end, off the pointer, that quotes and copies', async () => {
    const tab = await open({ prompt: view() });
    const box = await tab.page.locator('[data-letter="B"] .md p').first().boundingBox();
    const { x, y } = box ?? { x: 0, y: 0 };
    await tab.page.mouse.move(x + 2, y + 8);
    await tab.page.mouse.down();
    await tab.page.mouse.move(x + 60, y + 8, { steps: 4 });
    await tab.page.mouse.up();
    const menu = tab.page.locator('.selection-menu');
    await menu.waitFor();
    expect(await menu.getByRole('menuitem').allTextContents()).toEqual(['MarkM', 'QuoteQ', 'Copy']);
    const place = await menu.boundingBox();
    const isUnder =
      place !== null &&
      x + 60 > place.x &&
      x + 60 < place.x + place.width &&
      y + 8 > place.y &&
      y + 8 < place.y + place.height;
    expect(isUnder).toBe(false);
    const selected = await tab.page.evaluate(() => getSelection()?.toString());
    await menu.getByRole('menuitem', { name: 'Quote' }).click();
    await expect.poll(async () => (await sent(tab))?.text).toBe(selected?.trim());
    expect(await sent(tab)).toMatchObject({ parts: [{ from: id('B'), start: 0 }] });
    expect(await menu.isVisible()).toBe(false);
  });

  test('Q quotes what is selected, in all parts that it touches', async () => {
    const tab = await composing();
    // The first selection by the mouse loads what finds its place in the source.
    await tab.page
      .locator('[data-letter="A"] .md p')
      .first()
      .dblclick({ position: { x: 10, y: 8 } });
    await tab.page.locator('.selection-menu').waitFor();
    await selectIn(tab, '[data-letter="A"] .md ol');
    await tab.type('q');
    expect((await sent(tab))?.parts?.map(({ text }) => text.trim())).toEqual([
      '1. **Inodes.** `df -i` says it.',
      '2. **Open files.** `lsof +L1` lists them.',
    ]);
  });
});

describe('what is seen', () => {
  test.each(['dark-modern', 'light-modern', 'high-contrast'] as const)(
    'axe finds nothing serious in %s',
    async (theme) => {
      const tab = await composing({ theme });
      await tab.type('q{ArrowDown}q{ArrowRight}q');
      const parts =
        (await sent(tab))?.parts?.map((part, index) => ({
          ...part,
          text: index === 2 ? 'Soft links cost inodes each night.' : part.text,
        })) ?? [];
      const text = parts.map((part) => part.text).join('');
      await tab.host({ type: 'correction-made', promptId: view().promptId, correctionId: id('O'), text, parts });
      for (const width of theme === 'dark-modern' ? [1280, 900, 480] : [1280]) {
        await tab.page.setViewportSize({ width, height: 720 });
        await tab.settle();
        const rules = { 'scrollable-region-focusable': { enabled: false } };
        expect([width, ...(await axeFindings(tab.page, rules))]).toEqual([width]);
      }
      await tab.expectQuiet();
    },
  );

  test('the composed answer is a region with a list, its buttons fit at every width, and the page never scrolls', async () => {
    const tab = await composing();
    await tab.type('q{ArrowRight}q');
    expect(await tab.page.getByRole('complementary', { name: 'Composed answer' }).getByRole('listitem').count()).toBe(
      2,
    );
    for (const width of [1600, 1100, 900, 480]) {
      await tab.page.setViewportSize({ width, height: 760 });
      await tab.settle();
      const isWhole = await tab.page.evaluate(
        () =>
          document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth,
      );
      const submit = await tab.page.locator('#submit').boundingBox();
      const made = await tab.page.locator('.made').boundingBox();
      expect([width, isWhole, (submit?.y ?? 999) + (submit?.height ?? 0) <= 760, (made?.height ?? 0) > 60]).toEqual([
        width,
        true,
        true,
        true,
      ]);
    }
  });

  test('stepping and quoting move no text', async () => {
    const tab = await composing();
    const places = () =>
      tab.page.locator('.card .md > *').evaluateAll((all) => all.map((e) => JSON.stringify(e.getBoundingClientRect())));
    const before = await places();
    await tab.type('q{ArrowDown}q{ArrowRight}{ArrowDown}q{ArrowDown}');
    expect(await places()).toEqual(before);
  });

  test('a stranger’s text stays text, quoted, changed and marked', async () => {
    const text = payloads.join('\n\n');
    const parts = answerParts(text).map(({ start, end }, index) => ({
      text: `${text.slice(start, end)}${index % 2 === 0 ? ' and more' : ''}\n\n`,
      from: id('A'),
      start,
      end,
    }));
    const hostile = answers(2).map((answer) => ({ ...answer, text }));
    const corrections = [{ id: id('O'), text: parts.map((part) => part.text).join(''), parts }];
    const tab = await composing({ prompt: prompt(2, 'p1', { answers: hostile, draft: { ranking: [], corrections } }) });
    expect(await tab.page.locator('.bit').count()).toBe(parts.length);
    expect(await tab.page.locator('.bit ins').count()).toBeGreaterThan(100);
    const foreign =
      '.made :is(a, img, script, style, iframe, object, embed, form, input, svg, link, meta, video, audio)';
    expect(await tab.page.locator(foreign).count()).toBe(0);
    expect(await tab.page.evaluate(() => 'pwned' in window)).toBe(false);
    await tab.expectQuiet();
  });

  test('the source text has its parts too', async () => {
    const tab = await composing();
    await tab.type('l{ArrowDown}q');
    const box = await tab.page.locator('.parts .part.cursor').boundingBox();
    expect(box?.height).toBeGreaterThan(10);
    expect(await marked(tab)).toEqual(['A1']);
  });

  test('all keys names those of composing', async () => {
    const tab = await composing();
    await tab.type('?');
    const rows = await tab.text('#keys');
    for (const text of [
      'quote the part under the cursor',
      'move the quoted part',
      'remove the quoted part',
      'edit freely',
    ])
      expect(rows).toContain(text);
  });
});
