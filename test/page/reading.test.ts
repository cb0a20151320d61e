/** Reading, where room is short, the text is long, or runs the other way. */
import { describe, expect, test } from 'vitest';
import { helpsteerRubric, judgingModes } from '../../src/core/index.js';
import { labelingPages } from './labelingPage.js';
import type { LabelingTab } from './labelingPage.js';
import { otherPages } from './otherPages.js';
import { prompt } from './sample.js';

const open = labelingPages();

/** What reaches over the right or left edge of the page, and cannot be scrolled to. */
const cutOff = () =>
  [...document.querySelectorAll<HTMLElement>('button, input, vscode-button, vscode-text-field, p, h1, h2, h3')]
    .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .filter((element) => element.closest('.sr, [aria-hidden="true"], dialog:not([open]), pre, .wide') === null)
    .filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 1 && (box.left < -1 || box.right > innerWidth + 1);
    })
    .map(
      (element) => `${element.tagName} ${element.id || element.className} ${element.textContent?.slice(0, 40) ?? ''}`,
    );

const isWider = () => document.documentElement.scrollWidth > innerWidth;

describe('at 300 % of a window of 1440 by 900', () => {
  test.each(judgingModes)('%s: nothing is cut off, and the focus brings Submit into sight', async (mode) => {
    const nAnswers = mode === 'pair' || mode === 'steps' ? 2 : 4;
    const settings = { mode, rubric: helpsteerRubric };
    const tab = await open({ width: 480, height: 300, prompt: prompt(nAnswers), settings });
    for (const keys of ['', 'ba', '{Shift+X}', '{Escape}xh', 'v{Escape}w', 'w?']) {
      await tab.type(keys);
      expect([keys, await tab.page.evaluate(isWider), await tab.page.evaluate(cutOff)]).toEqual([keys, false, []]);
    }
    await tab.type('{Escape}');
    await tab.page.focus('#submit');
    const submit = await tab.page.locator('#submit').boundingBox();
    expect((submit?.y ?? 999) + (submit?.height ?? 999)).toBeLessThanOrEqual(300);
    // There is room to read in.
    expect((await tab.page.locator('.card.focused .text').boundingBox())?.height).toBeGreaterThan(80);
  });

  describe.each(['dashboard', 'playground'] as const)('the page %s', (name) => {
    const openOther = otherPages(name);
    test('is not wider than the window', async () => {
      const page = await openOther({ width: 480, height: 300 });
      expect(await page.page.evaluate(isWider)).toBe(false);
    });
  });
});

describe('where an answer is being read', () => {
  test('each keeps its place, one at a time', async () => {
    const tab = await open({ height: 420 });
    const top = (letter: string) =>
      tab.page.locator(`[data-letter="${letter}"] .text`).evaluate((text) => text.scrollTop);
    await tab.type('z{Space}');
    const read = await top('A');
    expect(read).toBeGreaterThan(0);
    await tab.type('{ArrowRight}');
    expect([await tab.focused(), await top('B')]).toEqual(['B', 0]);
    await tab.type('{ArrowLeft}');
    expect([await tab.focused(), await top('A')]).toEqual(['A', read]);
    const place = () => tab.page.locator('.card.focused .text').boundingBox();
    const before = await place();
    await tab.type('{ArrowRight}');
    expect(await place()).toEqual(before);
  });
});

describe('where the interface runs from right to left', () => {
  test('the answer on the left is the next one, and nothing is cut off', async () => {
    const tab = await open();
    await tab.page.evaluate(() => {
      document.documentElement.dir = 'rtl';
    });
    await tab.type('{ArrowLeft}');
    expect(await tab.focused()).toBe('B');
    const [a, b] = await Promise.all(
      ['A', 'B'].map((letter) => tab.page.locator(`[data-letter="${letter}"]`).boundingBox()),
    );
    expect(b?.x).toBeLessThan(a?.x ?? 0);
    await tab.type('ba=d-');
    expect([await tab.page.evaluate(isWider), await tab.page.evaluate(cutOff)]).toEqual([false, []]);
    // Code is read from left to right all the same.
    const code = tab.page.locator('.md code').first();
    expect(await code.evaluate((element) => getComputedStyle(element).direction)).toBe('ltr');
  });
});

describe('an answer that is written from right to left', () => {
  const shown = (text: string) => ({
    prompt: prompt(2, 'p1', {
      answers: prompt(2).answers.map((answer, index) => (index === 0 ? { ...answer, text } : answer)),
    }),
  });
  const directions = (tab: LabelingTab, selector: string) =>
    tab.page
      .locator(`[data-letter="A"] .md ${selector}`)
      .evaluateAll((all) => all.map((one) => getComputedStyle(one).direction));

  test('has its lists, quotes and tables on that side too, each by its own first letter', async () => {
    const text = [
      '- אחת\n\n- שתיים, `code`',
      '1. one\n2. two',
      '> ציטוט',
      '| א | b |\n|---|---|\n| ג | d |',
      '- **1.** `x` שלוש',
    ].join('\n\n---\n\n');
    const tab = await open(shown(text));
    expect(await directions(tab, ':is(ul, ol)')).toEqual(['rtl', 'ltr', 'ltr']);
    expect(await directions(tab, 'li')).toEqual(['rtl', 'rtl', 'ltr', 'ltr', 'ltr']);
    expect(await directions(tab, ':is(blockquote, table)')).toEqual(['rtl', 'rtl']);
    expect(await directions(tab, 'td')).toEqual(['rtl', 'ltr']);
    // The mark of a list stands inside the answer.
    const [list, item] = await Promise.all(
      ['ul', 'li'].map((name) => tab.page.locator(`[data-letter="A"] .md ${name}`).first().boundingBox()),
    );
    expect((list?.x ?? 0) + (list?.width ?? 0) - (item?.x ?? 0) - (item?.width ?? 0)).toBe(20);
  });

  test('runs so too where a mark that can’t be seen comes first, and in its thoughts', async () => {
    const tab = await open(shown('<think>חשבתי</think>\u200fשלום\n\n- \u200fאחת'));
    expect(await tab.page.locator('[data-letter="A"] .hidden-character').count()).toBe(2);
    expect(await directions(tab, 'p')).toEqual(['rtl']);
    expect(await directions(tab, 'li')).toEqual(['rtl']);
    expect(await directions(tab, '.thoughts > div')).toEqual(['rtl']);
  });
});

test('thoughts without an end are called thoughts, not thinking, once the answer is complete', async () => {
  const answers = prompt(2).answers.map((answer) => ({ ...answer, text: '<think>\nOne two' }));
  const tab = await open({ prompt: prompt(2, 'p1', { answers }) });
  expect(await tab.text('[data-letter="A"] summary')).toBe('Thoughts, 2 words');
});

test.each(['안녕하세요, 반갑습니다.', 'これは日本語です。', '这是中文。'])(
  'one at a time, lines stand further apart: %s',
  async (text) => {
    const answers = prompt(2).answers.map((answer) => ({ ...answer, text }));
    const tab = await open({ prompt: prompt(2, 'p1', { answers }) });
    await tab.type('z');
    const height = await tab.page.$eval('[data-letter="A"] .md', (element) => {
      const { lineHeight, fontSize } = getComputedStyle(element);
      return Number.parseFloat(lineHeight) / Number.parseFloat(fontSize);
    });
    expect(height).toBeCloseTo(1.65, 2);
  },
);

test('an answer of 100,000 characters is scrolled and judged like another', async () => {
  const long = Array.from({ length: 2000 }, (_unused, n) => `Paragraph ${n} of an answer that goes on and on.`).join(
    '\n\n',
  );
  const answers = prompt().answers.map((answer, index) => (index === 0 ? { ...answer, text: long } : answer));
  const tab = await open({ prompt: prompt(4, 'p1', { answers }) });
  await tab.type('{End}');
  const text = tab.page.locator('[data-letter="A"] .text');
  await expect
    .poll(() => text.evaluate((box) => box.scrollHeight - box.clientHeight - box.scrollTop))
    .toBeLessThan(200);
  await tab.type('bad');
  expect(await tab.board()).toBe('[1st B] > [2nd A] > [3rd D] > [4th C?]');
  await tab.expectQuiet();
});
