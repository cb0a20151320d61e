/** The page's one reducer: a state and what happened give the next state and what is to be done outside of it. */
import { inSight, uncovered } from './aids/covering.js';
import { actOnAids, chosen } from './aids/seeing.js';
import { act, editOrder, onBoard, onChoice } from './act.js';
import { editRationale, flag, toggleImproved } from './editing.js';
import { receive } from './fromHost.js';
import { checkAnswered, sendAgain, skip } from './goingOn.js';
import { composer } from './compose/registry.js';
import { branch } from './moreAnswers.js';
import { refusalOf } from './readOnly.js';
import { spanPart } from './spans/index.js';
import { answerAt } from './state.js';
import type { PageState } from './state.js';
import { keep, post, quiet, still } from './step.js';
import type { Env, PageEvent, Step } from './step.js';

export function update(state: PageState, event: PageEvent, env: Env): Step {
  return uncovered(state, event, env) ?? refusalOf(state, event) ?? inSight(updated(state, event, env), env);
}

function updated(state: PageState, event: PageEvent, env: Env): Step {
  switch (event.type) {
    case 'message':
      return receive(state, event.message, env);
    case 'act':
      return actOnAids(state, event.action, env) ?? act(chosen(state), event.action, env);
    case 'board':
      return onBoard(state, event.action, env);
    case 'choose':
      return onChoice(state, event.choice, env);
    case 'order-text':
      return editOrder(state, event.text, env);
    case 'order-left':
      return { state: { ...state, orderText: null, orderProblem: null }, effects: [] };
    case 'rationale':
      return editRationale(state, event.text, env);
    case 'skip':
      return skip(state, event.reason, env, event.isDiscard === true ? 'prompt-discard' : 'prompt-skip');
    case 'flag':
      return flag(state, event.letter, event.flag, env);
    case 'span':
      return spanPart()?.onSpans(state, event.event, env) ?? still(state);
    case 'compose':
      return state.shown ? (composer()?.event(state, state.shown, event.does, env) ?? still(state)) : still(state);
    case 'chord-close':
      return { state: { ...state, chordOn: null }, effects: [{ type: 'focus', on: 'before' }] };
    case 'keys-close':
      return { state: { ...state, isKeysOpen: false }, effects: [{ type: 'focus', on: 'answer' }] };
    case 'skip-reason-close':
      return { state: { ...state, isAskingSkipReason: false }, effects: [{ type: 'focus', on: 'before' }] };
    case 'zoom-off':
      return keep({ ...state, isZoomed: false });
    case 'improved-toggle':
      return toggleImproved(state, event.letter);
    case 'write-again':
      return writeAgain(state, event.letter);
    case 'link':
      return post(state, { type: 'link-open', url: event.url });
    case 'button':
      return post(state, { type: 'action', action: event.action });
    case 'branch':
      return branch(state, event.from);
    case 'choosing-close':
      return still(quiet(chosen(state)));
    case 'open-guidelines':
      return post(state, { type: 'guidelines-open' });
    case 'strip-button':
      return pressStrip(state, env);
    case 'tick':
      return checkAnswered(state, env);
  }
}

function writeAgain(state: PageState, letter: string): Step {
  const { shown } = state;
  const candidateId = shown ? answerAt(shown.view, letter)?.candidateId : undefined;
  if (!shown || candidateId === undefined) return still(state);
  return post(state, { type: 'generate-again', promptId: shown.view.promptId, candidateId });
}

function pressStrip(state: PageState, env: Env): Step {
  const { shown, strip } = state;
  if (state.notSaved) return sendAgain({ ...state, notSaved: null }, env);
  if (!strip?.action) return still(state);
  if (strip.action.action === 'generate-again')
    return shown ? post(state, { type: 'generate-again', promptId: shown.view.promptId }) : still(state);
  return post(state, { type: 'action', action: strip.action.action });
}
