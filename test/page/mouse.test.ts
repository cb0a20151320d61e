import { describe, expect, test } from 'vitest';
import { labelingPages } from './labelingPage.js';
import { answers, id, prompt } from './sample.js';

const open = labelingPages();
const header = (letter: string) => `[data-letter="${letter}"] > header`;
/** The last answer has not begun. */
const written = prompt(4, 'p1', {
  answers: answers(4).map((answer, index) => (index === 3 ? { ...answer, text: '', state: 'queued' } : answer)),
});
const chip = (letter: string) => `.order .chip:text-is("${letter}")`;

describe('by mouse', () => {
  test('a click on an answer focuses it, on its letter places it next', async () => {
    const tab = await open();
    await tab.page.click('[data-letter="C"] .text');
    expect(await tab.focused()).toBe('C');
    expect(await tab.board()).toBe('[1st]');
    await tab.page.click(`${header('B')} .letter`);
    await tab.page.click(`${header('D')} .letter`);
    expect(await tab.board()).toBe('[1st B] > [2nd D] > [3rd]');
    await tab.page.click('.side .chip:text-is("A")');
    expect(await tab.board()).toBe('[1st B] > [2nd D] > [3rd A] > [4th C?]');
  });

  test('letters that are clicked leave Enter to submit', async () => {
    const tab = await open();
    for (const letter of ['B', 'A', 'D']) await tab.page.click(`${header(letter)} .letter`);
    await tab.page.click('.tier .chip:text-is("A")');
    await tab.type('{Enter}');
    expect(await tab.lastRanking()).toBe('B > A > D > C');
  });

  test('headers and chips are dragged onto tiers, between them, to the end and to the tray', async () => {
    const tab = await open();
    await tab.type('ba');
    await tab.page.dragAndDrop(`${header('D')} .meta`, '.tier >> nth=1', { targetPosition: { x: 10, y: 20 } });
    expect(await tab.board()).toBe('[1st B] > [2nd A=D] > [4th C?]');
    await tab.page.dragAndDrop(chip('C'), '.gap:not(.edge) >> nth=0');
    expect(await tab.board()).toBe('[1st B] > [2nd C] > [3rd A=D]');
    await tab.page.dragAndDrop(chip('B'), '.board', { targetPosition: { x: 900, y: 20 } });
    expect(await tab.board()).toBe('[1st C] > [2nd A=D] > [4th B]');
    await tab.page.dragAndDrop(chip('C'), '.side');
    expect(await tab.board()).toBe('[1st A=D] > [3rd B] > [4th C?]');
    await tab.page.dragAndDrop(chip('B'), '.board', { targetPosition: { x: 3, y: 20 } });
    expect(await tab.board()).toBe('[1st B] > [2nd A=D] > [4th C?]');
    await tab.expectQuiet();
  });

  test('the line is dragged between tiers, and to the tray', async () => {
    const tab = await open();
    await tab.type('b-a');
    await tab.page.dragAndDrop('.gap.line', '.gap:not(.line, .edge) >> nth=-1');
    expect(await tab.board()).toBe('[1st B] > [2nd A] - [3rd]');
    await tab.page.dragAndDrop('.gap.line', '.side');
    expect(await tab.board()).toBe('[1st B] > [2nd A] > [3rd]');
  });

  test('text can be selected: only headers, chips and the line are handles', async () => {
    const tab = await open();
    const handles = await tab.page.locator('.card [draggable=true]').evaluateAll((all) => all.map((e) => e.tagName));
    expect(new Set(handles)).toEqual(new Set(['HEADER']));
  });

  test('a double click on a header shows one at a time', async () => {
    const tab = await open();
    await tab.page.dblclick(`${header('C')} .meta`);
    expect(await tab.page.locator('.card:visible').count()).toBe(1);
    expect(await tab.focused()).toBe('C');
  });

  test('a quick hand on a letter places it, and does nothing else', async () => {
    const tab = await open();
    await tab.page.dblclick(`${header('C')} .letter`);
    expect(await tab.page.locator('.card:visible').count()).toBe(4);
    expect(await tab.board()).toBe('[1st C] > [2nd]');
  });

  test('Escape ends a drag with nothing done; what is written meanwhile does not', async () => {
    const tab = await open({ prompt: written });
    await tab.type('ba');
    const drag = async () => {
      await tab.page.hover(`${header('C')} .meta`);
      await tab.page.mouse.down();
      for (const at of [1, 1, 0]) await tab.page.hover(`.tier >> nth=${at}`);
    };
    await drag();
    await tab.host({ type: 'answer-delta', candidateId: id('D'), at: 0, text: 'One two' });
    await expect.poll(() => tab.page.textContent('[data-letter="D"] .md')).toContain('two');
    expect(await tab.page.locator('.dragging .over').count()).toBe(1);
    await tab.page.keyboard.press('Escape');
    await expect.poll(() => tab.page.locator('.dragging, .over').count()).toBe(0);
    await tab.page.mouse.up();
    expect(await tab.board()).toBe('[1st B] > [2nd A] > [3rd]');
    await drag();
    await tab.page.mouse.up();
    await tab.settle();
    expect(await tab.board()).toBe('[1st B=C] > [3rd A] > [4th D?]');
  });

  test('the wheel scrolls the group of answers where they do not all fit: a list, eight in two columns', async () => {
    for (const changes of [{ settings: { layout: 'stack' as const } }, { prompt: prompt(8) }]) {
      const tab = await open({ width: 900, ...changes });
      await tab.page.hover('[data-letter="A"] .text');
      await expect
        .poll(async () => {
          await tab.page.mouse.wheel(0, 400);
          return tab.page.locator('.cards').evaluate((group) => group.scrollTop);
        })
        .toBeGreaterThan(100);
    }
  });

  test('Alt and the wheel scroll all answers by the same share', async () => {
    const tab = await open({ height: 420 });
    await tab.page.hover('[data-letter="B"] .text');
    await tab.page.keyboard.down('Alt');
    await tab.page.mouse.wheel(0, 100_000);
    await tab.page.keyboard.up('Alt');
    await tab.page.waitForFunction(() =>
      [...document.querySelectorAll('.text')].every((t) => t.scrollTop + t.clientHeight >= t.scrollHeight - 2),
    );
  });

  test('targets are at least 22 pixels, also where they look smaller', async () => {
    const tab = await open();
    await tab.type('ba=d');
    const small = await tab.page.evaluate(() =>
      [...document.querySelectorAll('button, vscode-button')]
        .filter((button) => button instanceof HTMLElement && button.offsetParent !== null)
        .map((button) => {
          const box = button.getBoundingClientRect();
          const extra = getComputedStyle(button, '::after').position === 'absolute' ? 6 : 0;
          return { name: button.className, width: box.width + extra, height: box.height + extra };
        })
        .filter(({ width, height }) => width < 22 || height < 22),
    );
    expect(small).toEqual([]);
  });

  test('tools show on the focused or hovered answer in place: nothing in the text moves', async () => {
    const tab = await open();
    const box = () => tab.page.locator('[data-letter="C"] .md').boundingBox();
    const before = await box();
    await tab.page.hover('[data-letter="C"] .text');
    expect(await tab.page.locator('[data-letter="C"] .tools').isVisible()).toBe(true);
    expect(await box()).toEqual(before);
  });

  test('a link asks the host with its whole address, and goes nowhere by itself', async () => {
    const tab = await open();
    await tab.host({
      type: 'answer-replace',
      promptId: prompt().promptId,
      old: id('A'),
      answer: {
        candidateId: id('A'),
        state: 'complete',
        text: 'See [the manual](https://example.org/a?b=c) or https://example.com/x.',
      },
    });
    expect(await tab.text('[data-letter="A"] .md')).toBe('See the manual (example.org) or https://example.com/x.');
    await tab.page.click('.link >> nth=0');
    expect(await tab.sent('link-open')).toEqual([{ type: 'link-open', url: 'https://example.org/a?b=c' }]);
    expect(await tab.page.locator('a').count()).toBe(0);
    await tab.expectQuiet();
  });
});
