/** In a narrow panel open guidelines cover the prompt and its answers: nothing is judged that cannot be seen. */
import { commandOf } from '../act.js';
import { isLook } from '../keys.js';
import type { PageState } from '../state.js';
import { also, keep, say } from '../step.js';
import type { Env, PageEvent, Step } from '../step.js';
import { t } from '../strings.js';

/** Narrower than so many pixels there is no room beside the answers: as `@container panel` of aids.css has it. */
const besideFrom = 720;

export const isNarrow = (panel: HTMLElement): boolean => panel.clientWidth < besideFrom;

export const isCovered = ({ beside, screen }: PageState, env: Env): boolean =>
  beside.isGuidelinesOpen && screen.on === 'prompt' && env.isNarrow();

/** What would judge takes the cover away, and does nothing else; undefined for all others. */
export function uncovered(state: PageState, event: PageEvent, env: Env): Step | undefined {
  if (!isCovered(state, env) || !judges(event)) return undefined;
  const text = t('Guidelines closed: nothing was judged');
  const step = say({ ...withoutGuidelines(state), notice: { text, confirms: [] } }, text);
  return also(keep(step.state, step.effects), { type: 'focus', on: 'answer' });
}

/** A prompt that comes on the screen is seen. */
export function inSight(step: Step, env: Env): Step {
  if (!isCovered(step.state, env) || !step.effects.some(({ type }) => type === 'prompt-changed')) return step;
  return keep(withoutGuidelines(step.state), step.effects);
}

const withoutGuidelines = (state: PageState): PageState => ({
  ...state,
  beside: { ...state.beside, isGuidelinesOpen: false },
});

function judges(event: PageEvent): boolean {
  switch (event.type) {
    case 'act':
      return !isLook(event.action.do);
    case 'message': {
      const action = event.message.type === 'do' ? commandOf(event.message.action) : undefined;
      return action !== undefined && !isLook(action.do);
    }
    case 'board':
      return event.action.type !== 'focus' && event.action.type !== 'focus-beside';
    case 'choose':
    case 'order-text':
    case 'skip':
    case 'flag':
      return true;
    default:
      return false;
  }
}
