/**
 * What moves in a page after a prompt was shown, as the browser measures it (`layout-shift` entries). Stricter than its
 * cumulative score, which leaves out whatever follows a key: here a key may move nothing but the board, the badges and the tabs that it writes on.
 */
import type { Frame, Page } from 'playwright-core';

interface Shift {
  readonly value: number;
  readonly startTime: number;
  readonly sources?: readonly { readonly node?: Node | null }[];
}

declare global {
  interface Window {
    noted: {
      /** When another prompt was in the document, and when the frame that showed it was done; of the page's clock. */
      readonly shown: { readonly at: number; readonly painted: number }[];
      readonly shifts: { readonly value: number; readonly startTime: number; readonly what: string }[];
      /** When Enter was pressed. */
      readonly enters: number[];
    };
  }
}

/** Marks that a trace of the browser shows, too. */
export const shownMark = 'touchstone-shown';
export const enterMark = 'touchstone-enter';

/** From now on notes shifts, prompts and the key that sends them. @param selector of the prompt's texts, the last of which tells prompts apart */
export async function watchShifts(page: Frame | Page, selector = '.prompt .turnText'): Promise<void> {
  await page.evaluate(
    ([turns, shownName, enterName]) => {
      const noted: Window['noted'] = { shown: [{ at: 0, painted: performance.now() }], shifts: [], enters: [] };
      window.noted = noted;
      const nameOf = (node: Node | null | undefined): string => {
        if (!(node instanceof Element)) return node?.nodeName ?? 'gone';
        const name = `${node.tagName.toLowerCase()}.${node.className}`;
        // One without a class says where it is.
        return node.className === '' && node.parentElement !== null ? `${nameOf(node.parentElement)} > ${name}` : name;
      };
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const { value, startTime, sources = [] } = entry as unknown as Shift;
          // The board, the badges and the tabs answer each key: chips make way for the new one, and some are drawn anew.
          const isAnswer = ({ node }: { readonly node?: Node | null }): boolean =>
            node?.isConnected !== true ||
            (node instanceof Element ? node : node.parentElement)?.closest('.dock, .rank, .tabs') !== null;
          if (sources.every(isAnswer)) continue;
          noted.shifts.push({ value, startTime, what: sources.map(({ node }) => nameOf(node)).join(', ') });
        }
      }).observe({ type: 'layout-shift' });
      const text = (): string => [...document.querySelectorAll(turns)].at(-1)?.textContent ?? '';
      let former = text();
      new MutationObserver(() => {
        // Nothing is there while the page waits for the next one.
        if (text() === former || text() === '') return;
        former = text();
        const at = performance.now();
        performance.mark(shownName);
        requestAnimationFrame(() => setTimeout(() => noted.shown.push({ at, painted: performance.now() })));
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
      const press = (event: KeyboardEvent): void => {
        if (event.key !== 'Enter') return;
        noted.enters.push(performance.now());
        performance.mark(enterName);
      };
      window.addEventListener('keydown', press, true);
    },
    [selector, shownMark, enterMark] as const,
  );
}

/** Prompts that were shown since then. */
export const nShown = (page: Frame | Page): Promise<number> => page.evaluate(() => window.noted.shown.length - 1);

/** What moved while a prompt was read: after the frame that showed it, before the key that ended it. `value: elements` each. */
export const shiftsWhileRead = (page: Frame | Page): Promise<{ readonly sum: number; readonly what: string[] }> =>
  page.evaluate(() => {
    const { shown, shifts, enters } = window.noted;
    const seen = shifts.filter(({ startTime }) => {
      const from = shown.findLast(({ painted }) => painted <= startTime)?.painted ?? Infinity;
      const next = shown.find(({ painted }) => painted > startTime)?.at ?? Infinity;
      const sent = enters.find((at) => at > from && at <= next) ?? Infinity;
      // The shift that comes with the next prompt belongs to it.
      return startTime >= from && startTime < Math.min(sent, next);
    });
    return {
      sum: seen.reduce((sum, { value }) => sum + value, 0),
      what: seen.map(({ value, what }) => `${value.toFixed(4)}: ${what}`),
    };
  });
