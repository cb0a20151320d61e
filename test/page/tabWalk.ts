/** A page walked through by Tab alone, as one who has no mouse goes. */
import type { Page } from 'playwright-core';

/** What can be pressed, chosen or typed into. */
const pressable =
  'a[href], button, input, textarea, select, summary, vscode-button, vscode-text-field, [role="radio"], [role="link"], [tabindex="0"]';

export interface TabWalk {
  /** Names of what had the focus, in the order in which Tab goes. */
  readonly stops: readonly string[];
  /** Those that look the same with the focus as without it. */
  readonly unmarked: readonly string[];
  /** In sight, and never reached. */
  readonly missed: readonly string[];
}

interface Stop {
  readonly name: string;
  /** The walk began here. */
  readonly isFirst: boolean;
  readonly clip: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/**
 * From the start of the page until Tab leaves it. The page has to be in sight as a whole: what has the focus is compared
 * with the same place of the screen after it.
 *
 * @throws Error when Tab goes round or is held somewhere
 */
export async function tabWalk(page: Page, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<TabWalk> {
  await page.evaluate((from) => {
    for (const each of document.querySelectorAll<HTMLElement>('[data-reached]')) delete each.dataset['reached'];
    for (const each of document.querySelectorAll<HTMLElement>('[data-first]')) delete each.dataset['first'];
    const edge = document.createElement('span');
    edge.tabIndex = -1;
    if (from === 'Tab') document.body.prepend(edge);
    else document.body.append(edge);
    edge.focus();
    edge.addEventListener('blur', () => edge.remove());
  }, key);
  const seen: (Stop & { readonly picture: Buffer })[] = [];
  for (let step = 0; ; step += 1) {
    if (step > 80) throw new Error(`Tab does not come to an end: ${seen.map(({ name }) => name).join(', ')}`);
    await page.keyboard.press(key);
    const stop = await page.evaluate(stopHere, pressable);
    // Past the end the browser begins anew, or leaves the page.
    if (stop === undefined || stop.isFirst) break;
    seen.push({ ...stop, picture: await page.screenshot({ clip: stop.clip }) });
  }
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
  const unmarked: string[] = [];
  for (const { name, clip, picture } of seen) if (picture.equals(await page.screenshot({ clip }))) unmarked.push(name);
  return { stops: seen.map(({ name }) => name), unmarked, missed: await page.evaluate(missedHere, pressable) };
}

/** What has the focus, and where it is with its edge; undefined where it is nowhere. Marks what can be reached from it. */
const stopHere = (selector: string): Stop | undefined => {
  const element = document.activeElement;
  if (element === null || element === document.body) return undefined;
  const isFirst = element.hasAttribute('data-first');
  if (document.querySelector('[data-first]') === null) element.setAttribute('data-first', '');
  element.closest(selector)?.setAttribute('data-reached', '');
  // Arrows choose in a group of radios.
  for (const radio of element.closest('[role="radiogroup"]')?.querySelectorAll('[role="radio"]') ?? [])
    radio.setAttribute('data-reached', '');
  const { left, top, right, bottom } = element.getBoundingClientRect();
  const [x, y] = [Math.max(0, left - 4), Math.max(0, top - 4)];
  const words = (element.getAttribute('aria-label') ?? element.textContent ?? '').replaceAll(/\s+/g, ' ').trim();
  return {
    name: words === '' ? element.id || element.outerHTML.slice(0, 80) : words,
    isFirst,
    clip: { x, y, width: Math.min(innerWidth, right + 4) - x, height: Math.min(innerHeight, bottom + 4) - y },
  };
};

const missedHere = (selector: string): string[] =>
  [...document.querySelectorAll<HTMLElement>(selector)]
    .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .filter((element) => !element.matches(':disabled, [disabled], [data-reached]'))
    .map((element) => element.getAttribute('aria-label') ?? element.outerHTML.slice(0, 100));
