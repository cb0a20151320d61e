/** Somebody else's judgement is looked at, not changed. */
import { isLook } from './keys.js';
import type { PageState } from './state.js';
import { say } from './step.js';
import type { PageEvent, Step } from './step.js';
import { t } from './strings.js';

const changes: ReadonlySet<string> = new Set(['choose', 'order-text', 'rationale', 'skip', 'flag', 'span', 'branch']);
const composedLooks: ReadonlySet<string> = new Set(['choose', 'leave', 'close']);

/** What a key or a choice comes to that would change it; undefined for all others. */
export function refusalOf(state: PageState, event: PageEvent): Step | undefined {
  const who = state.shown?.view.readOnly;
  if (who === undefined || state.screen.on !== 'prompt') return undefined;
  const isLooking =
    event.type === 'act'
      ? isLook(event.action.do)
      : event.type === 'board'
        ? event.action.type === 'focus' || event.action.type === 'focus-beside'
        : event.type === 'compose'
          ? composedLooks.has(event.does.do)
          : !changes.has(event.type);
  if (isLooking) return undefined;
  const text = t('{0} said this: it can be looked at, not changed', who);
  return say({ ...state, notice: { text, confirms: [] } }, text);
}
