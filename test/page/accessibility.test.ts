import { describe, expect, test } from 'vitest';
import { helpsteerRubric, judgingModes } from '../../src/core/index.js';
import { labelingPages } from './labelingPage.js';
import type { LabelingTab } from './labelingPage.js';
import { answers, id, opening, prompt } from './sample.js';
import { axeFindings } from './watched.js';

const open = labelingPages();

/**
 * Serious and critical findings, `rule: element`. The answers are one stop of the tab order, and Space, J and K scroll the
 * one in focus, which axe cannot know; where single keys are off each answer is a stop, and axe checks that too.
 */
const findings = (tab: LabelingTab, isEachAnswerAStop = false): Promise<string[]> =>
  axeFindings(tab.page, { 'scrollable-region-focusable': { enabled: isEachAnswerAStop } });

const view = prompt(4, 'p1', {
  answers: answers(4).map((answer, index) => (index === 3 ? { ...answer, state: 'writing' } : answer)),
});

describe('axe finds nothing serious', () => {
  const themes = ['dark-modern', 'light-modern', 'high-contrast'] as const;
  test.each(themes)('while ranking, in %s', async (theme) => {
    const tab = await open({ theme, prompt: view });
    expect(await findings(tab)).toEqual([]);
    await tab.type('{ArrowRight}xhba=d-y');
    expect(await findings(tab)).toEqual([]);
  });

  test.each(themes)('with all aids on, formulas and code, in %s', async (theme) => {
    const text =
      'In 1676 it was $\\frac{d}{t}$ by Rømer.\n\n```python\ndef speed(d):  # metres\n    return d / 22 + "s"\n```';
    const seen = prompt(3, 'p1', {
      answers: [text, 'In 1676 by Rømer.', 'In 1638 by Galileo.'].map((answer, index) => ({
        candidateId: id('ABC'[index] ?? ''),
        state: 'complete',
        text: answer,
      })),
    });
    const token = {
      start: 3,
      end: 7,
      probability: 0.3,
      alternatives: [{ text: '1676', probability: 0.3, isChosen: true }],
    };
    const tab = await open({ theme, prompt: seen, width: 1600 });
    await tab.type('v{Escape}t{Shift+T}w');
    await tab.host(
      { type: 'unsure-show', promptId: seen.promptId, answers: { [id('A')]: [token] } },
      { type: 'guidelines-show', guidelines: { version: 'abc', isChanged: false, text: '# True\n\n- $x$ and `code`' } },
    );
    await tab.type('{Shift+ArrowRight}');
    await tab.page.waitForSelector('.token-popover:not([hidden])');
    await tab.page.waitForSelector('code.coloured span');
    expect(await findings(tab)).toEqual([]);
  });

  test.each(themes)('in every other way to judge, in %s', async (theme) => {
    const ways = [
      ['pair', 2, '2'],
      ['best', 4, 'b'],
      ['rate', 4, '432'],
      ['thumbs', 4, '12'],
      ['steps', 2, '13'],
    ] as const;
    for (const [mode, nAnswers, keys] of ways) {
      const tab = await open({ theme, prompt: prompt(nAnswers), settings: { mode, rubric: helpsteerRubric } });
      await tab.type(keys);
      expect([mode, ...(await findings(tab))]).toEqual([mode]);
      await tab.page.setViewportSize({ width: 480, height: 720 });
      expect([mode, ...(await findings(tab))]).toEqual([mode]);
    }
  });

  test('in flags, keys, one at a time, the narrow panel, messages and empty states', async () => {
    const tab = await open({ prompt: view });
    await tab.type('bx');
    expect(await findings(tab)).toEqual([]);
    await tab.type('{Escape}?');
    expect(await findings(tab)).toEqual([]);
    await tab.type('{Escape}z');
    expect(await findings(tab)).toEqual([]);
    await tab.page.setViewportSize({ width: 480, height: 860 });
    await tab.host({ type: 'strip', strip: { kind: 'error', message: 'The model process ended.' } });
    expect(await findings(tab)).toEqual([]);
    await tab.host({ type: 'empty', reason: 'all-done' });
    expect(await findings(tab)).toEqual([]);
  });
});

test('axe finds nothing serious where single keys are off, and Tab reaches each answer', async () => {
  const tab = await open({ prompt: view, settings: { singleKeys: false }, height: 420 });
  expect(await findings(tab, true)).toEqual([]);
  await tab.page.focus('[data-letter="C"] .text');
  await tab.settle();
  expect(await tab.focused()).toBe('C');
});

test('axe finds nothing serious in any way to judge where a screen reader is used', async () => {
  for (const mode of judgingModes) {
    const tab = await open({ isSilent: true });
    await tab.page.evaluate(() => document.body.classList.add('vscode-using-screen-reader'));
    const nAnswers = mode === 'pair' || mode === 'steps' ? 2 : 4;
    await tab.host(...opening(prompt(nAnswers), { mode, rubric: helpsteerRubric }));
    await tab.page.waitForSelector('.card');
    expect([mode, ...(await findings(tab, true))]).toEqual([mode]);
  }
});

describe('names and roles', () => {
  test('answers are articles with a heading, in a group that says that they are shuffled', async () => {
    const tab = await open();
    await tab.type('b');
    const group = tab.page.getByRole('group', { name: 'Answers, in a shuffled order' });
    expect(await group.getByRole('article').count()).toBe(4);
    expect(await tab.page.getByRole('heading', { name: /^Answer B, \d+ words, first$/ }).count()).toBe(1);
    expect(await tab.page.getAttribute('[data-letter="B"]', 'aria-roledescription')).toBe('answer');
  });

  test('the board is a list whose tiers say who stands there', async () => {
    const tab = await open();
    await tab.type('ba=d-');
    const items = await tab.page.locator('.board [role=listitem] > .sr').allTextContents();
    expect(items).toEqual(['first: B', 'second, tied: A and D', 'Good-enough line']);
  });

  test('Tab walks from the toolbar to Submit, one stop a part', async () => {
    const tab = await open();
    await tab.type('b');
    await tab.page.focus('.top button');
    const stops: string[] = [];
    for (let step = 0; step < 12; step += 1) {
      stops.push(
        await tab.page.evaluate(() => {
          const active = document.activeElement;
          if (!active || active === document.body) return 'end';
          return (
            active.id || active.getAttribute('data-letter') || active.getAttribute('aria-label') || active.className
          );
        }),
      );
      await tab.page.keyboard.press('Tab');
    }
    expect(stops.slice(0, stops.indexOf('submit') + 1)).toEqual([
      'Previous prompt',
      'clip muted', // the system turn, which unfolds
      'B',
      'Flag B',
      'Mark a span of B',
      'Improve B',
      'order',
      'B',
      'rationale',
      'skip',
      'submit',
    ]);
  });

  test('what closes gives the focus back to what had it', async () => {
    const tab = await open();
    await tab.type('bad');
    const chip = tab.page.locator('.tier .chip:text-is("B")');
    for (const keys of ['x{Escape}', 'xh', '{Shift+S}{Escape}', 'r{Escape}', '?{Escape}', 'm{Escape}']) {
      await chip.focus();
      await tab.type(keys);
      expect([keys, await chip.evaluate((element) => element === document.activeElement)]).toEqual([keys, true]);
    }
    // Not to a button that the mouse pressed: Enter would press it again.
    await tab.page.click('[aria-label="Flag D"]');
    await tab.type('{Escape}');
    expect(await tab.hasFocus()).toBe('D');
  });

  test('links are stops in the focused answer only', async () => {
    const text = Array.from({ length: 5 }, (_, index) => `[link](https://example.org/${index})`).join(' ');
    const tab = await open({ prompt: prompt(4, 'p1', { answers: answers(4).map((one) => ({ ...one, text })) }) });
    const stops = () => tab.page.locator('.card .link[tabindex="0"]').evaluateAll((links) => links.length);
    expect(await stops()).toBe(5);
    await tab.type('{ArrowRight}');
    expect(await stops()).toBe(5);
    expect(await tab.page.locator('[data-letter="B"] .link[tabindex="0"]').count()).toBe(5);
  });

  test('for a screen reader the order field comes right after the prompt, and keeps the focus when one is turned on', async () => {
    const tab = await open();
    await tab.page.focus('#order');
    await tab.type('b a');
    await tab.page.evaluate(() => document.body.classList.add('vscode-using-screen-reader'));
    await tab.settle();
    expect(await tab.hasFocus()).toBe('order');
    await tab.type('d');
    expect(await tab.board()).toBe('[1st B] > [2nd A] > [3rd D] > [4th C?]');
    const order = await tab.page.evaluate(() =>
      [...document.querySelectorAll('.prompt, #order, .cards, #submit')].map((part) => part.id || part.className),
    );
    expect(order).toEqual(['prompt', 'order', 'submit', 'cards']);
    expect((await tab.page.locator('.cards').boundingBox())?.y).toBeLessThan(
      (await tab.page.locator('#order').boundingBox())?.y ?? 0,
    );
    await tab.page.focus('.prompt .system summary');
    await tab.page.keyboard.press('Tab');
    expect(await tab.hasFocus()).toBe('order');
  });

  test('the ring of the focus is twice as wide in high contrast', async () => {
    for (const [theme, width] of [
      ['dark-modern', '1px'],
      ['high-contrast', '2px'],
    ] as const) {
      const tab = await open({ theme });
      for (const part of ['.top button', '#order', '.prompt summary']) {
        await tab.page.focus(part);
        await tab.page.keyboard.press('Shift');
        const drawn = await tab.page
          .locator(part)
          .first()
          .evaluate((element) => getComputedStyle(element).outlineWidth);
        expect([theme, part, drawn]).toEqual([theme, part, width]);
      }
    }
  });

  test('arrows walk inside the toolbar', async () => {
    const tab = await open();
    await tab.page.focus('.top button');
    await tab.type('{ArrowRight}');
    expect(await tab.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Next prompt');
    expect(await tab.focused()).toBe('A');
  });
});

describe('less motion and forced colours', () => {
  test('the strip of an answer that is written stands still', async () => {
    const tab = await open({ prompt: view, reducedMotion: 'reduce' });
    const name = await tab.page
      .locator('[data-letter="D"] .strip')
      .evaluate((strip) => getComputedStyle(strip, '::after').animationName);
    expect(name).toBe('none');
    expect(await tab.text('[data-letter="D"] .meta')).toContain('writing');
  });

  test('the focused answer and its chip stay marked in Windows contrast themes', async () => {
    const tab = await open({ forcedColors: 'active' });
    await tab.type('ba');
    const borders = await tab.page
      .locator('.chip')
      .evaluateAll((chips) => chips.map((chip) => getComputedStyle(chip).outlineStyle));
    expect(borders.filter((style) => style === 'solid')).toHaveLength(1);
  });
});
