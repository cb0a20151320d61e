import { describe, expect, test } from 'vitest';
import { helpsteerRubric } from '../../src/core/index.js';
import type { ToLabelingPage } from '../../src/protocol.js';
import { labelingPages } from './labelingPage.js';
import { nShown, shiftsWhileRead, watchShifts } from './layoutShift.js';
import { prompt } from './sample.js';

const open = labelingPages();

/** Rows of letters as they stand on the screen, `AB/CD`, of those that can be seen. */
const seen = () => {
  const rows = new Map<number, string>();
  for (const card of document.querySelectorAll<HTMLElement>('.card')) {
    if (getComputedStyle(card).visibility === 'hidden') continue;
    const top = Math.round(card.getBoundingClientRect().top);
    rows.set(top, (rows.get(top) ?? '') + (card.dataset['letter'] ?? ''));
  }
  return [...rows.values()].join('/');
};

describe('the width of the panel decides', () => {
  const cases: [width: number, nAnswers: number, drawn: string][] = [
    [480, 2, 'A'],
    [480, 4, 'A'],
    [480, 8, 'A'],
    [800, 2, 'AB'],
    [800, 3, 'AB/C'],
    [800, 4, 'AB/CD'],
    [800, 8, 'AB/CD/EF/GH'],
    [1280, 2, 'AB'],
    [1280, 3, 'ABC'],
    [1280, 4, 'ABCD'],
    [1280, 5, 'ABC/DE'],
    [1280, 8, 'ABCD/EFGH'],
    [2000, 4, 'ABCD'],
    [2000, 6, 'ABC/DEF'],
    [3000, 4, 'ABCD'],
    [3000, 8, 'ABCDEFGH'],
  ];
  test('one at a time, two columns, all in a row, two rows', async () => {
    for (const nAnswers of [2, 3, 4, 5, 6, 8]) {
      const tab = await open({ prompt: prompt(nAnswers) });
      for (const [width, n, drawn] of cases) {
        if (n !== nAnswers) continue;
        await tab.page.setViewportSize({ width, height: 900 });
        await tab.settle();
        expect([width, n, await tab.page.evaluate(seen)]).toEqual([width, n, drawn]);
        const isWhole = await tab.page.evaluate(
          () =>
            document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth,
        );
        expect([width, n, isWhole]).toEqual([width, n, true]);
        const submit = await tab.page.locator('#submit').boundingBox();
        expect((submit?.y ?? 999) + (submit?.height ?? 999)).toBeLessThanOrEqual(900);
      }
      await tab.expectQuiet();
    }
  });

  const beside: [width: number, nAnswers: number, drawn: string][] = [
    [900, 4, 'A'],
    [1084, 2, 'AB'],
    [1084, 8, 'AB/CD/EF/GH'],
    [1280, 4, 'AB/CD'],
    [1600, 4, 'ABCD'],
    [1600, 6, 'ABC/DEF'],
  ];
  test.each(beside)(
    'with the guidelines beside, what they leave of %i pixels does: %i answers',
    async (width, n, drawn) => {
      const tab = await open({ prompt: prompt(n), width });
      await tab.type('w');
      await tab.page.waitForSelector('.guidelines');
      await tab.settle();
      expect(await tab.page.evaluate(seen)).toBe(drawn);
      const widths = await tab.page.locator('.card').evaluateAll((all) => all.map((card) => card.clientWidth));
      expect(Math.min(...widths)).toBeGreaterThanOrEqual(280);
      expect(await tab.page.locator('.tabs').isVisible()).toBe(drawn === 'A');
    },
  );

  test('the worded scores stand one under the other in the guidelines', async () => {
    const tab = await open({ settings: { mode: 'rate', rubric: helpsteerRubric } });
    await tab.type('w');
    const boxes = await tab.page
      .locator('.guidelines :is(h3, dt)')
      .evaluateAll((all) => all.map((part) => part.getBoundingClientRect()));
    expect(boxes.length).toBeGreaterThan(20);
    expect(boxes.flatMap(({ top }, at) => (top < (boxes[at - 1]?.bottom ?? 0) - 1 ? [at] : []))).toEqual([]);
  });

  test('ratings leave each answer lines to read', async () => {
    for (const [width, n] of [
      [900, 4],
      [1280, 8],
    ] as const) {
      const tab = await open({ width, prompt: prompt(n), settings: { mode: 'rate', rubric: helpsteerRubric } });
      const heights = await tab.page.locator('.card .text').evaluateAll((all) => all.map((text) => text.clientHeight));
      expect(Math.min(...heights)).toBeGreaterThanOrEqual(140);
    }
  });

  test('no answer is cut off at the right, in any way to judge', async () => {
    const cut = () =>
      [...document.querySelectorAll('.card')].flatMap((card) => {
        const { right } = card.getBoundingClientRect();
        const inside = [...card.querySelectorAll('header > *, .text, .md > *, .under, .under button')];
        return inside.some((part) => part.getBoundingClientRect().right > right + 1) ? [card.ariaLabel ?? ''] : [];
      });
    for (const mode of ['rank', 'best', 'rate', 'thumbs'] as const)
      for (const width of [320, 480, 720, 1084]) {
        const tab = await open({ width, settings: { mode, rubric: helpsteerRubric } });
        expect([mode, width, await tab.page.evaluate(cut)]).toEqual([mode, width, []]);
      }
  });

  test('columns are equally wide, and at most 760 pixels', async () => {
    for (const width of [1280, 1920, 3000, 3840]) {
      const tab = await open({ width });
      const widths = await tab.page
        .locator('.card')
        .evaluateAll((cards) => cards.map((card) => card.getBoundingClientRect().width));
      expect(Math.max(...widths) - Math.min(...widths)).toBeLessThan(0.1);
      if (width >= 2880) expect(Math.max(...widths)).toBeLessThanOrEqual(760);
    }
  });

  test('the prompt takes a fifth of the height at most, then scrolls', async () => {
    const messages = [{ role: 'user' as const, content: 'word '.repeat(4000) }];
    const tab = await open({ prompt: prompt(4, 'p1', { messages }) });
    expect((await tab.page.locator('.prompt').boundingBox())?.height).toBeLessThanOrEqual(900 * 0.22 + 1);
  });

  test('settings ask for a list, for columns, for one at a time', async () => {
    const list = await open({ width: 1280, settings: { layout: 'stack' } });
    expect(await list.page.evaluate(seen)).toBe('A/B/C/D');
    const columns = await open({ width: 600, settings: { layout: 'columns' } });
    expect(await columns.page.evaluate(seen)).toBe('ABCD');
    const single = await open({ width: 1280, settings: { layout: 'single' } });
    expect(await single.page.evaluate(seen)).toBe('A');
  });

  test('under 720 pixels the order field shows when it has the focus, and the hints are gone', async () => {
    const tab = await open({ width: 480 });
    const width = async () => (await tab.page.locator('.orderLine').boundingBox())?.width;
    expect(await width()).toBeLessThanOrEqual(1);
    expect(await tab.page.locator('.hints').isVisible()).toBe(false);
    await tab.page.focus('#order');
    expect(await width()).toBeGreaterThan(100);
  });
});

test('the key for all keys is told at every width that has hints', async () => {
  for (const width of [720, 1084]) {
    const tab = await open({ width });
    const box = await tab.page.locator('.hints', { hasText: 'all keys' }).getByText('all keys').boundingBox();
    const hints = await tab.page.locator('.hints').boundingBox();
    expect(box && hints && box.y + box.height <= hints.y + hints.height + 1 && box.x + box.width <= width).toBe(true);
  }
});

describe('the order line', () => {
  /** Chips that a pointer would not meet: out of the board's sight, or under something else. */
  const hidden = () =>
    [...document.querySelectorAll<HTMLElement>('.board .chip')].flatMap((chip) => {
      const { left, right, top, bottom } = chip.getBoundingClientRect();
      const isMet = (x: number) => chip.contains(document.elementFromPoint(x, (top + bottom) / 2));
      return isMet(left + 1) && isMet(right - 1) && bottom <= innerHeight ? [] : [chip.textContent?.trim() ?? ''];
    });

  test.each([1084, 1400])('shows eight places and the line at %i pixels', async (width) => {
    const tab = await open({ prompt: prompt(8), width });
    await tab.type('abcd-efg');
    expect(await tab.page.evaluate(hidden)).toEqual([]);
    await tab.type('h');
    expect(await tab.page.evaluate(hidden)).toEqual([]);
  });

  test.each([320, 480, 800])(
    'at %i pixels keeps the place of the last key in sight, and the wheel shows the others',
    async (width) => {
      const tab = await open({ prompt: prompt(8), width });
      await tab.type('abcd-efgh');
      expect(await tab.page.evaluate(hidden)).not.toContain('H');
      await tab.type('a');
      expect(await tab.page.evaluate(hidden)).not.toContain('A');
      const board = tab.page.locator('.board');
      await board.hover({ position: { x: 20, y: 15 } });
      await tab.page.mouse.wheel(0, 2000);
      await expect.poll(() => tab.page.evaluate(hidden)).not.toContain('H');
      // A bar would hide the lower half of what it scrolls.
      expect(
        await board.evaluate(
          (e) => e instanceof HTMLElement && [e.scrollHeight - e.clientHeight, e.offsetHeight - e.clientHeight],
        ),
      ).toEqual([0, 0]);
    },
  );

  test('gives a long notice no more than its part', async () => {
    const tab = await open({ prompt: prompt(8), width: 1084 });
    await tab.type('abcdef{Enter}');
    expect(await tab.side()).toContain('no place');
    const [board, side] = await Promise.all(['.board', '.side'].map((part) => tab.page.locator(part).boundingBox()));
    expect(board && side && board.x + board.width <= side.x + 1).toBe(true);
    expect(board?.width).toBeGreaterThan(400);
    expect(await tab.page.locator('.side').evaluate((e) => e.scrollHeight - e.clientHeight)).toBeLessThanOrEqual(0);
  });
});

describe('one at a time', () => {
  test.each([320, 700])('the tab of the focused answer is in sight at %i pixels', async (width) => {
    const tab = await open({ prompt: prompt(8), width });
    await tab.type('abcdefgh');
    const isSeen = (letter: string) =>
      tab.page.locator('.tabs [role=tab]', { has: tab.page.locator(`.letter:text-is("${letter}")`) }).evaluate((e) => {
        const box = e.getBoundingClientRect();
        return box.left >= -1 && box.right <= innerWidth + 1;
      });
    expect(await isSeen('H')).toBe(true);
    await tab.type('a');
    expect(await isSeen('A')).toBe(true);
  });

  test('the tabs tell which answers are flagged', async () => {
    const tab = await open({ width: 480 });
    await tab.type('bxh');
    const flags = tab.page.locator('.tabs [aria-selected=true] .flags');
    expect(await flags.getAttribute('title')).toBe('hallucination');
    expect(await flags.isVisible()).toBe(true);
    expect(await tab.page.locator('.tabs .flags').count()).toBe(1);
  });
});

describe('what an answer is flagged with', () => {
  const flagsAt = async (width: number, keys: string) => {
    const tab = await open({ prompt: prompt(8), width });
    await tab.type(keys);
    const flags = tab.page.locator('[data-letter="C"] .flags');
    const labels = await flags
      .locator('.flag .clip')
      .evaluateAll((all) =>
        all.map((label) =>
          label.clientWidth <= 1 ? 'hidden' : label.scrollWidth > label.clientWidth ? 'cut' : 'whole',
        ),
      );
    const box = await flags.boundingBox();
    return {
      labels,
      title: await flags.getAttribute('title'),
      text: (await flags.innerText()).trim(),
      width: box?.width,
    };
  };

  test('stands in words where there is room', async () => {
    expect(await flagsAt(1920, 'cxh')).toMatchObject({ labels: ['whole'], title: 'hallucination' });
  });

  test('is a sign in a narrow column, with its words in the tooltip and for screen readers', async () => {
    const { labels, title, width } = await flagsAt(1084, 'cxh');
    expect(labels).toEqual(['hidden']);
    expect(title).toBe('hallucination');
    expect(width).toBeLessThanOrEqual(24);
  });

  test('is one sign with a number where several have no room', async () => {
    const { labels, title, width } = await flagsAt(1084, 'cxhxuxr');
    expect(labels).toEqual(['hidden', 'hidden', 'hidden']);
    expect(title).toBe('hallucination, unsafe, refusal');
    expect(width).toBeLessThanOrEqual(36);
  });

  test('leaves the length of the answer whole', async () => {
    const tab = await open({ prompt: prompt(8), width: 1084 });
    await tab.type('cxhxu');
    const meta = tab.page.locator('[data-letter="C"] .meta').first();
    expect(await meta.evaluate((e) => e.scrollWidth <= e.clientWidth)).toBe(true);
    expect(await meta.innerText()).toContain('45 words');
  });
});

describe('nothing that is being read moves', () => {
  const asked = (n: number) => ({ messages: [{ role: 'user' as const, content: `Question ${n}: why is it so?` }] });
  const formula = (at: number) =>
    prompt(4, 'p3').answers.map((answer, index) =>
      index === at
        ? { ...answer, text: `It is $\\frac{a}{b}$, since\n\n\`\`\`js\nconst a = 1;\n\`\`\`\n\nso.` }
        : answer,
    );

  test('zero, as the browser measures it, from the first paint of each prompt to the key that ends it', async () => {
    for (const width of [1280, 900, 560]) {
      const ahead = [prompt(4, 'p2', asked(2)), prompt(4, 'p3', { ...asked(3), answers: formula(1) })];
      const then: ToLabelingPage[] = [{ type: 'prompts-ahead', prompts: ahead }];
      const tab = await open({ prompt: prompt(4, 'p1', asked(1)), width, then });
      await watchShifts(tab.page);
      // Ranked, tied, flagged, the focus moved, a place taken back, the line drawn: all that a reader does meanwhile.
      for (const keys of ['bad', 'b=a-d{Backspace}dxh', '2143{ArrowRight}']) {
        await tab.type(keys);
        await tab.host({ type: 'progress', progress: { nPrompts: 500, nSubmitted: 128, nToday: 47, perHour: 41 } });
        const before = await nShown(tab.page);
        await tab.type('{Enter}');
        if (keys.includes('2143')) break;
        await tab.page.waitForFunction((n) => window.noted.shown.length - 1 > n, before);
        // What is loaded for a formula and for code comes later than the text.
        await tab.page.waitForFunction(() => document.querySelector('.md[data-waiting]') === null);
        await tab.settle();
      }
      expect([width, await shiftsWhileRead(tab.page)]).toEqual([width, { sum: 0, what: [] }]);
      expect(await nShown(tab.page)).toBeGreaterThanOrEqual(2);
      await tab.expectQuiet();
    }
  });

  test('what moves is noticed', async () => {
    const tab = await open();
    await watchShifts(tab.page);
    await tab.settle();
    await tab.page.evaluate(() => document.querySelector<HTMLElement>('.md')?.style.setProperty('margin-top', '90px'));
    await tab.page.waitForFunction(() => window.noted.shifts.length > 0);
    expect((await shiftsWhileRead(tab.page)).sum).toBeGreaterThan(0);
  });

  test('no layout shift while the prompt is judged', async () => {
    const tab = await open();
    await tab.page.waitForTimeout(100);
    await tab.page.evaluate(() => {
      Object.assign(window, { shifts: [] });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) (window as unknown as { shifts: unknown[] }).shifts.push(entry.toJSON());
      }).observe({ type: 'layout-shift' });
    });
    const box = () =>
      tab.page.locator('.md').evaluateAll((all) => all.map((e) => JSON.stringify(e.getBoundingClientRect())));
    const before = await box();
    await tab.type('ba=d-{Backspace}xh{ArrowRight}{Backspace}{Enter}{ArrowRight}u');
    await tab.host({ type: 'strip', strip: { kind: 'error', message: 'The model process ended.' } });
    await tab.host({ type: 'progress', progress: { nPrompts: 500, nSubmitted: 128, nToday: 47, perHour: 41 } });
    expect((await box()).slice(0, 5)).toEqual(before.slice(0, 5));
    const shifts = await tab.page.evaluate(() => (window as unknown as { shifts: unknown[] }).shifts);
    // Rank badges and chips appear where room is kept; nothing that stood there gives way.
    expect(shifts.filter((shift) => JSON.stringify(shift).includes('"md"'))).toEqual([]);
  });

  test('a resize keeps the focused answer in sight where only some rows are', async () => {
    const tab = await open({ width: 1400, prompt: prompt(8) });
    await tab.type('h');
    await tab.page.setViewportSize({ width: 900, height: 720 });
    const isInSight = () =>
      tab.page.evaluate(() => {
        const [card, group] = ['[data-letter="H"]', '.cards'].map((part) => document.querySelector(part));
        const bottom = group?.getBoundingClientRect().bottom ?? 0;
        return (card?.getBoundingClientRect().bottom ?? Infinity) <= bottom + 1;
      });
    await expect.poll(isInSight).toBe(true);
  });

  test('a resize keeps the focused answer and its first visible line', async () => {
    const tab = await open({ width: 1400, height: 500 });
    await tab.type('{ArrowRight}{Space}{Space}');
    await tab.settle();
    const firstVisible = () =>
      tab.page.evaluate(() => {
        const text = document.querySelector('[data-letter="B"] .text');
        const top = text?.getBoundingClientRect().top ?? 0;
        const all = [...document.querySelectorAll('[data-letter="B"] .md > *')];
        return all.findIndex((block) => block.getBoundingClientRect().bottom > top + 1);
      });
    const before = await firstVisible();
    expect(before).toBeGreaterThan(0);
    for (const width of [760, 500, 1900, 1400]) {
      await tab.page.setViewportSize({ width, height: 500 });
      await tab.settle();
      expect(await tab.focused()).toBe('B');
      expect(Math.abs((await firstVisible()) - before)).toBeLessThanOrEqual(1);
    }
  });
});

describe('texts of the world', () => {
  const texts = ['안녕하세요. 이것은 한국어 답변입니다.', 'مرحبا بالعالم. هذا جواب.', '这是一个回答。', 'Plain words.'];
  const answers = prompt().answers.map((answer, index) => ({ ...answer, text: texts[index] ?? '' }));

  test('Korean breaks between words; right-to-left text runs so, the board does not', async () => {
    const tab = await open({ prompt: prompt(4, 'p1', { answers }) });
    expect(await tab.page.getAttribute('[data-letter="A"] .md', 'lang')).toBe('ko');
    const style = (letter: string, property: 'wordBreak' | 'direction') =>
      tab.page.locator(`[data-letter="${letter}"] .md p`).evaluate((p, name) => getComputedStyle(p)[name], property);
    expect(await style('A', 'wordBreak')).toBe('keep-all');
    expect(await style('B', 'direction')).toBe('rtl');
    expect(await style('D', 'direction')).toBe('ltr');
  });

  test('length is in words where words have spaces, else in characters', async () => {
    const tab = await open({ prompt: prompt(4, 'p1', { answers }) });
    const metas = await tab.page.locator('.card .meta').allTextContents();
    expect(metas).toEqual(['4 words', '4 words', '7 characters', '2 words']);
  });

  test('the page speaks the labeler’s language; keys stay the same', async () => {
    const tab = await open({
      settings: { locale: 'ko', strings: { 'Submit, next': '제출하고 다음', Skip: '건너뛰기' } },
    });
    expect(await tab.text('#submit')).toBe('제출하고 다음 Enter');
    expect(await tab.text('#skip')).toBe('건너뛰기 S');
    expect(await tab.page.getAttribute('html', 'lang')).toBe('ko');
    // Set once: each time the browser would look at the style of all answers again, which takes longer than a frame.
    await tab.page.evaluate(() => {
      const nSet = { lang: 0 };
      Object.assign(window, { nSet });
      new MutationObserver((records) => (nSet.lang += records.length)).observe(document.documentElement, {
        attributeFilter: ['lang'],
      });
    });
    await tab.type('bad');
    expect(await tab.page.evaluate(() => (window as unknown as { nSet: unknown }).nSet)).toEqual({ lang: 0 });
  });
});
