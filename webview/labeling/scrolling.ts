import type { Effect } from './step.js';

/** By how much keys scroll what is being read. */
export type ScrollStep = Extract<Effect, { type: 'scroll' }>['how'];

/**
 * Scrolls the focused answer; where it does not scroll itself, in a list, all of them; a long prompt or the guidelines while
 * they have the focus.
 */
export function scrollBy(how: ScrollStep, surface: HTMLElement, card: HTMLElement | null): void {
  const own = card?.querySelector('.text');
  const answers = own && own.scrollHeight > own.clientHeight + 1 ? own : surface.querySelector('.cards');
  const part = document.activeElement?.closest('.prompt, .guidelines') ?? answers;
  if (!part) return;
  const page = Math.round(0.85 * part.clientHeight);
  const by = { 'page-down': page, 'page-up': -page, 'line-down': 60, 'line-up': -60 };
  if (how === 'start') part.scrollTop = 0;
  else if (how === 'end') part.scrollTop = part.scrollHeight;
  else part.scrollTop += by[how];
}
