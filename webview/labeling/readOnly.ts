/** Somebody else's judgement is looked at, not changed. */
import type { PageState } from './state.js';
import { say } from './step.js';
import type { PageEvent, Step } from './step.js';
import { t } from './strings.js';

const looks: ReadonlySet<string> = new Set([
  'next',
  'previous',
  'zoom',
  'source',
  'guidelines',
  'differences',
  'unsure',
  'only-one',
  'wrap',
  'keys',
  'focus-left',
  'focus-right',
  'page-down',
  'page-up',
  'line-down',
  'line-up',
  'part-down',
  'part-up',
  'scroll-start',
  'scroll-end',
]);
const changes: ReadonlySet<string> = new Set(['choose', 'order-text', 'rationale', 'skip', 'flag', 'span', 'branch']);
const composedLooks: ReadonlySet<string> = new Set(['choose', 'leave', 'close']);

/** What a key or a choice comes to that would change it; undefined for all others. */
export function refusalOf(state: PageState, event: PageEvent): Step | undefined {
  const who = state.shown?.view.readOnly;
  if (who === undefined || state.screen.on !== 'prompt') return undefined;
  const isLook =
    event.type === 'act'
      ? looks.has(event.action.do)
      : event.type === 'board'
        ? event.action.type === 'focus' || event.action.type === 'focus-beside'
        : event.type === 'compose'
          ? composedLooks.has(event.does.do)
          : !changes.has(event.type);
  if (isLook) return undefined;
  const text = t('{0} said this: it can be looked at, not changed', who);
  return say({ ...state, notice: { text, confirms: [] } }, text);
}
