/** Everything that can be pressed is reached by Tab and arrows alone, in the order in which it is read. */
import { describe, expect, test } from 'vitest';
import { helpsteerRubric, judgingModes } from '../../src/core/index.js';
import { labelingPages } from './labelingPage.js';
import { prompt } from './sample.js';
import { tabWalk } from './tabWalk.js';
import type { Page } from 'playwright-core';

const open = labelingPages();

/** What can be pressed or typed into, as a person sees it. */
const pressable =
  'a[href], button, input, textarea, select, summary, vscode-button, vscode-text-field, [role="radio"], [role="tab"], [role="link"]';

/** The part of the page that has the focus; undefined where it is nowhere. Marks what it has reached. */
const reached = (selector: string) => {
  const element = document.activeElement;
  if (element === null || element === document.body) return undefined;
  const mark = (each: Element) => each.setAttribute('data-reached', '');
  const pressed = element.closest(selector);
  if (pressed) mark(pressed);
  // Arrows choose in a group of radios, and Tab goes on inside of the answer that has the focus, or the step.
  for (const radio of element.closest('[role="radiogroup"]')?.querySelectorAll('[role="radio"]') ?? []) mark(radio);
  const inside = element.matches('.card')
    ? `:is(.card:focus .tools, .card:focus .under, .step.now) :is(${selector})`
    : '';
  if (inside !== '')
    for (const each of document.querySelectorAll(inside))
      if (each.matches('[tabindex="0"], [role="radio"]')) mark(each);
  const parts = {
    toolbar: '.top',
    prompt: '.prompt',
    answers: '.tabs, .cards, .stepped',
    order: '#order',
    reason: '#rationale',
    skip: '#skip',
    submit: '#submit',
    choices: '.dock',
    composed: 'aside.composed',
  };
  return Object.entries(parts).find(([, part]) => element.closest(part))?.[0] ?? element.outerHTML.slice(0, 80);
};

/** Walks through the page from its start. @returns its parts, in the order of their first stops */
async function walk(page: Page): Promise<string[]> {
  const parts: string[] = [];
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
  });
  for (let step = 0; step < 80; step += 1) {
    await page.keyboard.press('Tab');
    const part = await page.evaluate(reached, pressable);
    if (part === undefined) return parts;
    if (!parts.includes(part)) parts.push(part);
    const arrows = await page.evaluate(arrowsHere);
    // Round the group, and back to where it was entered.
    for (const [key, n] of arrows)
      for (let at = 0; at < n; at += 1) {
        await page.keyboard.press(key);
        await page.evaluate(reached, pressable);
      }
  }
  throw new Error(`Tab does not come to an end: ${parts.join(', ')}`);
}

/** Which arrows go on inside of the stop that has the focus, and how often until they are round. */
const arrowsHere = (): [key: string, times: number][] => {
  const here = document.activeElement;
  const nIn = (group: string, items: string) => here?.closest(group)?.querySelectorAll(items).length ?? 0;
  if (here?.matches('.card')) {
    const nAnswers = document.querySelectorAll('.cards > .card').length;
    return nAnswers > 1 ? [['ArrowRight', nAnswers]] : [['ArrowDown', document.querySelectorAll('.step').length]];
  }
  if (here?.closest('.board')) return [['ArrowRight', nIn('.board', '.chip')]];
  if (here?.closest('[role="toolbar"]')) return [['ArrowRight', nIn('[role="toolbar"]', 'button')]];
  if (here?.matches('[role="tab"]')) return [['ArrowRight', nIn('[role="tablist"]', '[role="tab"]')]];
  return [];
};

/**
 * In sight and never reached. A letter is its own key: pressing it does what a click on it does; a part is quoted by a key
 * and by a command.
 */
const missed = (page: Page): Promise<string[]> =>
  page.evaluate(
    (selector) =>
      [...document.querySelectorAll<HTMLElement>(selector)]
        .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
        .filter((element) => element.closest('dialog:not([open]), [aria-hidden="true"]') === null)
        .filter((element) => !element.matches('[data-reached], .letter, .tag'))
        .map((element) => (element.getAttribute('aria-label') ?? element.id) || element.outerHTML.slice(0, 100)),
    pressable,
  );

/** What a labeler reads and judges, then says of it, then leaves by. */
const order = ['toolbar', 'prompt', 'answers', 'order', 'choices', 'composed', 'reason', 'skip', 'submit'];

describe('in each way to judge, by Tab and arrows', () => {
  test.each(judgingModes)('%s', async (mode) => {
    const nAnswers = mode === 'pair' || mode === 'steps' ? 2 : 4;
    const tab = await open({ prompt: prompt(nAnswers), settings: { mode, rubric: helpsteerRubric }, width: 1600 });
    if (mode === 'rank') await tab.type('ba-');
    const parts = await walk(tab.page);
    // The one choice of steps that is no judgement, another step, stands with the buttons.
    const wanted = order.filter((part) => parts.includes(part) && !(mode === 'steps' && part === 'choices'));
    expect(parts.filter((part) => !(mode === 'steps' && part === 'choices'))).toEqual(wanted);
    expect(parts).toEqual(expect.arrayContaining(['toolbar', 'prompt', 'answers', 'reason', 'skip', 'submit']));
    expect(await missed(tab.page)).toEqual([]);
  });

  test.each(['rank', 'steps', 'thumbs'] as const)('%s, where single keys are off', async (mode) => {
    const tab = await open({ prompt: prompt(2), settings: { mode, singleKeys: false }, width: 1600 });
    await walk(tab.page);
    expect(await missed(tab.page)).toEqual([]);
  });

  test('one at a time, the tabs', async () => {
    const tab = await open({ settings: { layout: 'single', singleKeys: false } });
    await tab.page.focus('[role="tab"]');
    await tab.type('{ArrowRight}{ArrowRight}');
    expect(await tab.focused()).toBe('C');
    expect(await tab.page.evaluate(() => document.activeElement?.textContent?.includes('C'))).toBe(true);
  });

  test.each([
    ['pair', 2, '2'],
    ['rate', 4, '432'],
  ] as const)('%s, in high contrast: what has the focus looks so, chosen or not', async (mode, nAnswers, keys) => {
    const settings = { mode, rubric: helpsteerRubric };
    const tab = await open({ theme: 'high-contrast', prompt: prompt(nAnswers), settings, width: 1600 });
    await tab.type(keys);
    const { unmarked } = await tabWalk(tab.page);
    // The answer that keys go to is marked wherever the focus is.
    expect(unmarked.filter((name) => !name.startsWith('Answer '))).toEqual([]);
  });

  test('backwards as forwards', async () => {
    const tab = await open();
    await tab.page.focus('#submit');
    const stops: string[] = [];
    for (let step = 0; step < 20 && stops.at(-1) !== 'toolbar'; step += 1) {
      await tab.page.keyboard.press('Shift+Tab');
      const part = (await tab.page.evaluate(reached, pressable)) ?? '';
      if (part !== stops.at(-1)) stops.push(part);
    }
    expect(stops).toEqual(['skip', 'reason', 'order', 'answers', 'prompt', 'toolbar']);
  });
});
