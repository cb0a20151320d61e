/** Between prompts: one comes on the screen, one is left, submitted or skipped, and what is not acknowledged is sent again. */
import type { PromptView } from '../../src/protocol.js';
import { seesNothing } from './aids/seeing.js';
import { newComposing } from './compose/registry.js';
import { isSameWork, workOf } from './draft.js';
import { changed, sentenceOf } from './editing.js';
import { modeOf } from './modes/index.js';
import { keptOf, showingOf } from './state.js';
import type { PageState, Pending, Shown, Submission } from './state.js';
import { also, keep, say, still } from './step.js';
import type { Effect, Env, Step } from './step.js';
import { t } from './strings.js';
import { decideSubmit } from './submission.js';
import { textLength } from './textLength.js';

/** No word from the host for so long means that it is gone, not slow. */
const answerTimeoutMs = 5000;

/**
 * Puts a prompt on the screen, with the undo stack that it had.
 *
 * @param isNext it comes by itself, after a submit.
 */
export function show(state: PageState, view: PromptView, isNext = false): Step {
  const left = leave(state);
  const mode = modeOf(state.settings);
  const work = workOf(mode, view);
  const key = showingOf(view);
  const stack = Object.hasOwn(left.stacks, key) && view.readOnly === undefined ? left.stacks[key] : undefined;
  const isSameSize = stack?.work.board.nAnswers === view.answers.length;
  const isSameStack = stack !== undefined && isSameSize && isSameWork(mode, view, stack.work, work);
  const shown: Shown = {
    view,
    nLaidOut: view.answers.length,
    work: isSameStack ? stack.work : work,
    past: isSameStack ? stack.past : [],
    future: isSameStack ? stack.future : [],
    typedAt: null,
    isWithDraft: isNext && !isSameWork(mode, view, work, workOf(mode, { ...view, draft: { ranking: [] } })),
    revision: view.revision ?? 0,
    savedRevision: view.revision ?? 0,
    unsavedSince: null,
    placedAt: {},
    improvedShown: [],
    aids: state.isSource ? ['source'] : [],
    seeing: seesNothing,
    // Where the right answer is what is asked for, it is written from the start.
    composing: state.settings.mode === 'compose' ? newComposing : null,
  };
  return {
    state: {
      ...left,
      screen: { on: 'prompt' },
      kept: null,
      shown: { ...shown, work: { ...shown.work, board: { ...shown.work.board, focused: 'A' } } },
      ahead: state.ahead.filter((other) => other.promptId !== view.promptId),
    },
    effects: [{ type: 'prompt-changed' }, { type: 'focus', on: 'first-answer' }],
  };
}

/** Closes what belongs to the prompt on the screen, and keeps its undo stack. */
export function leave(state: PageState): PageState {
  const { shown } = state;
  const stacks = Object.entries(state.stacks).slice(-20);
  if (shown && shown.view.readOnly === undefined)
    stacks.push([showingOf(shown.view), { work: shown.work, past: shown.past, future: shown.future }]);
  return {
    ...state,
    stacks: Object.fromEntries(stacks),
    chordOn: null,
    marking: null,
    spanNote: null,
    isAskingSkipReason: false,
    orderText: null,
    orderProblem: null,
    notice: null,
  };
}

export function submit(state: PageState, shown: Shown, env: Env): Step {
  // What stands in the order field is not what would be submitted.
  if (state.orderProblem !== null)
    return say({ ...state, notice: { text: state.orderProblem, confirms: [] } }, state.orderProblem);
  const decision = decideSubmit(state, shown);
  switch (decision.do) {
    case 'hint':
      return say({ ...state, notice: { text: decision.text, confirms: [] } }, decision.text);
    case 'go-on': {
      const next = { ...state, notice: null, shown: { ...shown, work: decision.work } };
      return also(keep(next), { type: 'focus', on: 'answer' }, { type: 'say', text: sentenceOf(next) });
    }
    case 'ask-rationale':
      return also(say({ ...state, notice: { text: decision.text, confirms: [] } }, decision.text), {
        type: 'focus',
        on: 'rationale',
      });
    case 'confirm': {
      const confirms = [...(state.notice?.confirms ?? []), decision.confirmation];
      return say({ ...state, notice: { text: decision.text, confirms } }, decision.text);
    }
    case 'submit': {
      const { view } = shown;
      const words = view.answers.map((answer) => [answer.candidateId, textLength(answer.text).value] as const);
      const { work } = decision;
      const isSaid = isSameWork(modeOf(state.settings), view, shown.work, work);
      const past = isSaid ? shown.past : [...shown.past, shown.work];
      return send({ ...state, shown: { ...shown, work, past } }, env, {
        type: 'judgement-submit',
        requestId: env.newId,
        promptId: view.promptId,
        ...passOf(view),
        draft: decision.draft,
        aids: [...shown.aids],
        words: Object.fromEntries(words),
        activeMs: env.activeMs,
        cut: [...decision.cut],
      });
    }
  }
}

/** @param type of the message: skipped for now, or discarded for good. */
export function skip(
  state: PageState,
  reason: string,
  env: Env,
  type: 'prompt-skip' | 'prompt-discard' = 'prompt-skip',
): Step {
  if (!state.shown) return still(state);
  return send(state, env, {
    type,
    requestId: env.newId,
    promptId: state.shown.view.promptId,
    ...passOf(state.shown.view),
    ...(reason.trim() !== '' && { reason: reason.trim().slice(0, 2000) }),
  });
}

const passOf = ({ pass }: PromptView) => (pass === undefined ? {} : { pass });

/** The next prompt is on the screen before this one is on disk; what is not acknowledged is kept until it is. */
function send(state: PageState, env: Env, message: Submission): Step {
  const pending: Pending[] = [...state.pending, { message, sentAt: env.now }];
  const isGone = (view: PromptView) => pending.some((other) => showingOf(other.message) === showingOf(view));
  const next = state.ahead.find((view) => !isGone(view));
  const left: PageState = { ...leave(state), pending, ahead: state.ahead.filter((view) => !isGone(view)) };
  const step: Step = next
    ? show(left, next, true)
    : { state: { ...left, shown: null, kept: null, screen: { on: 'loading' } }, effects: [] };
  const words = {
    'judgement-submit': t('Submitted.'),
    'prompt-skip': t('Skipped.'),
    'prompt-discard': t('Discarded.'),
  };
  const done = words[message.type];
  const where = next && state.progress ? ` ${placeWords(next, state.progress.nPrompts)}` : '';
  return {
    state: step.state,
    effects: [
      { type: 'post', message },
      { type: 'keep', kept: keptOf(step.state) },
      ...step.effects,
      { type: 'say', text: done + where },
    ],
  };
}

/** Everything that is not acknowledged, with the ids that it had: the host takes the same request once. */
export function sendAgain(state: PageState, env: Env): Step {
  const posts: Effect[] = state.pending.map(({ message }) => ({ type: 'post', message }));
  const pending = state.pending.map(({ message }) => ({ message, sentAt: env.now }));
  const step: Step = { state: { ...state, pending }, effects: posts };
  const { shown } = state;
  const isUnsaved = shown && shown.revision > shown.savedRevision;
  return isUnsaved ? changed(step, { ...shown, unsavedSince: env.now }, env) : step;
}

export function checkAnswered(state: PageState, env: Env): Step {
  const since = [...state.pending.map(({ sentAt }) => sentAt), state.shown?.unsavedSince ?? env.now];
  if (state.notSaved || env.now - Math.min(...since) < answerTimeoutMs) return still(state);
  const what = state.pending.length > 0 ? t('Not saved.') : t('Draft not saved.');
  const text = t('The extension does not answer. What you do is kept here.');
  return also(still({ ...state, notSaved: { message: `${what} ${text}` } }), {
    type: 'say',
    text: what,
    isUrgent: true,
  });
}

/** When to look again whether the host has answered; null when nothing is owed. */
export function nextDeadline(state: PageState): number | null {
  if (state.notSaved) return null;
  const since = state.pending.map(({ sentAt }) => sentAt);
  if (state.shown?.unsavedSince !== null && state.shown?.unsavedSince !== undefined)
    since.push(state.shown.unsavedSince);
  return since.length === 0 ? null : Math.min(...since) + answerTimeoutMs;
}

function placeWords({ index, answers }: PromptView, nPrompts: number): string {
  return answers.length === 1
    ? t('Prompt {0} of {1}, 1 answer.', index, nPrompts)
    : t('Prompt {0} of {1}, {2} answers.', index, nPrompts, answers.length);
}
