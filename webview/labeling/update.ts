/** The page's one reducer: a state and what happened give the next state and what is to be done outside of it. */
import { parseOrder, printOrder, orderOf, reduceBoard, tierIndexOf } from '../../src/core/index.js';
import type { BoardAction, CandidateId, OrderProblem } from '../../src/core/index.js';
import type { AnswerView, FromLabelingPage, PromptView, ToLabelingPage } from '../../src/protocol.js';
import { labelActions } from './keys.js';
import type { KeyAction } from './keys.js';
import { boardSentence, correctionMark } from './sentences.js';
import {
  answerAt,
  correctionOf,
  draftOf,
  isSameWork,
  isWriting,
  keptOf,
  letterOf,
  lettersWriting,
  workOf,
} from './state.js';
import type { Kept, PageState, Pending, Shown, Submission, Work } from './state.js';
import { joined, t } from './strings.js';
import { decideSubmit } from './submission.js';
import { textLength } from './textLength.js';

/** No word from the host for so long means that it is gone, not slow. */
export const answerTimeoutMs = 5000;
/** A pause in typing ends an entry of the undo stack. */
const rationalePauseMs = 1000;

export type PageEvent =
  | { readonly type: 'message'; readonly message: ToLabelingPage }
  | { readonly type: 'act'; readonly action: KeyAction }
  | { readonly type: 'board'; readonly action: BoardAction }
  | { readonly type: 'order-text'; readonly text: string }
  | { readonly type: 'order-left' }
  | { readonly type: 'rationale'; readonly text: string }
  | { readonly type: 'skip'; readonly reason: string }
  | { readonly type: 'flag'; readonly letter: string; readonly flag: string }
  | { readonly type: 'chord-close' }
  | { readonly type: 'keys-close' }
  | { readonly type: 'skip-reason-close' }
  | { readonly type: 'zoom-off' }
  | { readonly type: 'improved-toggle'; readonly letter: string }
  | { readonly type: 'write-again'; readonly letter: string }
  | { readonly type: 'link'; readonly url: string }
  | { readonly type: 'button'; readonly action: Extract<FromLabelingPage, { type: 'action' }>['action'] }
  | { readonly type: 'strip-button' }
  /** Time has passed: is an answer of the host overdue? */
  | { readonly type: 'tick' };

/** `answer`: unless the focus is on something else, such as a field. `first-answer`: in any case. */
export type FocusTarget = 'answer' | 'first-answer' | 'rationale' | 'skip-reason' | 'chord' | 'keys';

export type Effect =
  | { readonly type: 'post'; readonly message: FromLabelingPage }
  | { readonly type: 'focus'; readonly on: FocusTarget }
  | { readonly type: 'say'; readonly text: string; readonly isUrgent?: boolean }
  | { readonly type: 'keep'; readonly kept: Kept }
  | { readonly type: 'scroll'; readonly how: 'page-down' | 'page-up' | 'line-down' | 'line-up' | 'start' | 'end' }
  /** The prompt on the screen is another one: time and scroll positions start anew. */
  | { readonly type: 'prompt-changed' };

/** What the reducer may not find out for itself. */
export interface Env {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly newId: string;
  /** Time with the page visible, focused and used since the prompt came up, in milliseconds. */
  readonly activeMs: number;
}

export interface Step {
  readonly state: PageState;
  readonly effects: readonly Effect[];
}

export function update(state: PageState, event: PageEvent, env: Env): Step {
  switch (event.type) {
    case 'message':
      return receive(state, event.message, env);
    case 'act':
      return act(state, event.action, env);
    case 'board':
      return onBoard(state, event.action, env);
    case 'order-text':
      return editOrder(state, event.text, env);
    case 'order-left':
      return { state: { ...state, orderText: null, orderProblem: null }, effects: [] };
    case 'rationale':
      return editRationale(state, event.text, env);
    case 'skip':
      return skip(state, event.reason, env);
    case 'flag':
      return flag(state, event.letter, event.flag, env);
    case 'chord-close':
      return { state: { ...state, isChordOpen: false }, effects: [{ type: 'focus', on: 'answer' }] };
    case 'keys-close':
      return { state: { ...state, isKeysOpen: false }, effects: [{ type: 'focus', on: 'answer' }] };
    case 'skip-reason-close':
      return { state: { ...state, isAskingSkipReason: false }, effects: [{ type: 'focus', on: 'answer' }] };
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
    case 'strip-button':
      return pressStrip(state, env);
    case 'tick':
      return checkAnswered(state, env);
  }
}

// From the host ----------------------------------------------------------------------------------------------------------

function receive(state: PageState, message: ToLabelingPage, env: Env): Step {
  switch (message.type) {
    case 'settings':
      return still({ ...state, settings: message.settings });
    case 'progress':
      return still({ ...state, progress: message.progress });
    case 'prompt-show':
      return showFromHost(state, message.prompt, message.reopened ?? false, env);
    case 'prompts-ahead':
      return still({ ...state, ahead: message.prompts });
    case 'empty':
      return still({
        ...leave(state),
        shown: null,
        screen: { on: 'empty', reason: message.reason, detail: message.detail },
      });
    case 'answer-delta':
      return appendText(state, message);
    case 'answer-state':
      return changeAnswerState(state, message);
    case 'answer-replace':
      return replaceAnswer(state, message.promptId, message.old, message.answer, env);
    case 'correction-made':
      return addCorrection(state, message, env);
    case 'draft-saved':
      return draftSaved(state, message.promptId, message.revision);
    case 'draft-failed':
      return draftFailed(state, message.promptId, message.revision, message.message);
    case 'judgement-saved': {
      const pending = state.pending.filter((other) => other.message.requestId !== message.requestId);
      return keep({ ...state, pending, notSaved: pending.length === 0 ? null : state.notSaved });
    }
    case 'judgement-failed':
      return submitFailed(state, message, env);
    case 'nothing-to-undo':
      return say({ ...state, notice: { text: t('Nothing to undo'), confirms: [] } }, t('Nothing to undo'));
    case 'strip':
      return still({ ...state, strip: message.strip });
    case 'do': {
      const action = commandOf(message.action);
      return action === undefined ? still(state) : act(state, action, env);
    }
  }
}

/** The host's word on what is on the screen; it may come after the page has already gone there by itself. */
function showFromHost(state: PageState, view: PromptView, isReopened: boolean, env: Env): Step {
  const isSubmitted = state.pending.some((pending) => pending.message.promptId === view.promptId);
  // The page has gone on from this prompt already; the host will hear of it in a moment.
  if (isSubmitted && !isReopened) return still(state);
  const pending = isReopened
    ? state.pending.filter(({ message }) => message.promptId !== view.promptId)
    : state.pending;
  const base = { ...state, pending };
  const { shown, kept } = state;
  if (shown && shown.view.promptId === view.promptId && !isReopened) {
    const isPageNewer = shown.revision > Math.max(shown.savedRevision, view.revision ?? 0);
    const isSame = isPageNewer || isSameWork(view, shown.work, workOf(view));
    if (isSame) return still({ ...base, screen: { on: 'prompt' }, shown: { ...shown, view } });
  }
  if (!isReopened && kept?.work && kept.promptId === view.promptId) {
    const isPageNewer = kept.revision > Math.max(kept.savedRevision, view.revision ?? 0);
    if (isPageNewer && kept.work.board.nAnswers === view.answers.length) {
      const step = show(base, view);
      return step.state.shown ? changed(step, { ...step.state.shown, work: kept.work }, env) : step;
    }
  }
  const step = show(base, view);
  if (!isReopened) return step;
  return also(step, { type: 'say', text: t('Taken back: prompt {0} is open again.', view.index) });
}

/** Puts a prompt on the screen, with the undo stack that it had. */
function show(state: PageState, view: PromptView): Step {
  const left = leave(state);
  const work = workOf(view);
  const stack = Object.hasOwn(left.stacks, view.promptId) ? left.stacks[view.promptId] : undefined;
  const isSameStack = stack !== undefined && isSameWork(view, stack.work, work);
  const shown: Shown = {
    view,
    work: isSameStack ? stack.work : work,
    past: isSameStack ? stack.past : [],
    future: isSameStack ? stack.future : [],
    rationaleAt: null,
    revision: view.revision ?? 0,
    savedRevision: view.revision ?? 0,
    unsavedSince: null,
    placedAt: {},
    improvedShown: [],
    aids: state.isSource ? ['source'] : [],
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
function leave(state: PageState): PageState {
  const { shown } = state;
  const stacks = Object.entries(state.stacks).slice(-20);
  if (shown) stacks.push([shown.view.promptId, { work: shown.work, past: shown.past, future: shown.future }]);
  return {
    ...state,
    stacks: Object.fromEntries(stacks),
    isChordOpen: false,
    isAskingSkipReason: false,
    orderText: null,
    orderProblem: null,
    notice: null,
  };
}

function onAnswers(state: PageState, edit: (view: PromptView) => PromptView): PageState {
  const view = state.shown ? edit(state.shown.view) : undefined;
  return {
    ...state,
    shown: state.shown && view && view !== state.shown.view ? { ...state.shown, view } : state.shown,
    ahead: state.ahead.map(edit),
  };
}

const withAnswer = (view: PromptView, id: CandidateId, edit: (answer: AnswerView) => AnswerView): PromptView =>
  view.answers.some((answer) => answer.candidateId === id)
    ? { ...view, answers: view.answers.map((answer) => (answer.candidateId === id ? edit(answer) : answer)) }
    : view;

function appendText(state: PageState, delta: Extract<ToLabelingPage, { type: 'answer-delta' }>): Step {
  let isMissingText = false;
  const next = onAnswers(state, (view) =>
    withAnswer(view, delta.candidateId, (answer) => {
      if (delta.at > answer.text.length) {
        isMissingText = true;
        return answer;
      }
      const text = answer.text + delta.text.slice(answer.text.length - delta.at);
      return { ...answer, text, state: answer.state === 'queued' ? 'writing' : answer.state };
    }),
  );
  // A hole can't be filled here: asking for everything again can.
  return isMissingText ? post(state, { type: 'page-ready' }) : still(next);
}

function changeAnswerState(state: PageState, message: Extract<ToLabelingPage, { type: 'answer-state' }>): Step {
  const { candidateId, state: answerState, error, maxTokens } = message;
  const before = state.shown?.view.answers.find((answer) => answer.candidateId === candidateId);
  const next = onAnswers(state, (view) =>
    withAnswer(view, candidateId, (answer) => ({
      ...answer,
      state: answerState,
      ...(error !== undefined && { error }),
      ...(maxTokens !== undefined && { maxTokens }),
    })),
  );
  const answer = next.shown?.view.answers.find((other) => other.candidateId === candidateId);
  if (!next.shown || !before || !answer || !isWriting(before) || isWriting(answer)) return still(next);
  const letter = letterOf(next.shown.view, candidateId) ?? '';
  if (answer.state === 'failed') return say(next, t('{0} failed.', letter));
  const length = textLength(answer.text);
  return say(
    next,
    length.isInCharacters
      ? t('{0} complete, {1} characters.', letter, length.value)
      : t('{0} complete, {1} words.', letter, length.value),
  );
}

function replaceAnswer(state: PageState, promptId: string, old: CandidateId, answer: AnswerView, env: Env): Step {
  const isShown = state.shown?.view.promptId === promptId;
  const letter = state.shown ? letterOf(state.shown.view, old) : undefined;
  const next = onAnswers(state, (view) => (view.promptId === promptId ? withAnswer(view, old, () => answer) : view));
  if (!isShown || !next.shown || letter === undefined) return still(next);
  // What was said of the old answer doesn't hold for the new one.
  const { [old]: _flags, ...flags } = next.shown.work.flags;
  const board = reduceBoard(next.shown.work.board, { type: 'drop', letter, target: { on: 'tray' } });
  const work = { ...next.shown.work, flags, board: { ...board, focused: next.shown.work.board.focused } };
  const shown = { ...next.shown, past: [], future: [] };
  return tierIndexOf(next.shown.work.board, letter) < 0 && _flags === undefined
    ? still({ ...next, shown })
    : changed(still(next), { ...shown, work }, env);
}

function addCorrection(
  state: PageState,
  message: Extract<ToLabelingPage, { type: 'correction-made' }>,
  env: Env,
): Step {
  const { shown } = state;
  if (!shown || shown.view.promptId !== message.promptId) return still(state);
  const letter = letterOf(shown.view, message.parent);
  const correction = { id: message.correctionId, parent: message.parent, text: message.text };
  const corrections = [...shown.work.corrections.filter((other) => other.parent !== message.parent), correction];
  const improvedShown = letter === undefined ? shown.improvedShown : [...shown.improvedShown, letter];
  const step = change(state, { ...shown, improvedShown }, { ...shown.work, corrections }, env);
  return letter === undefined ? step : also(step, { type: 'say', text: t('{0} improved.', letter) });
}

function draftSaved(state: PageState, promptId: string, revision: number): Step {
  const { shown } = state;
  if (!shown || shown.view.promptId !== promptId) return still(state);
  const savedRevision = Math.max(shown.savedRevision, revision);
  const isSaved = savedRevision >= shown.revision;
  return keep({
    ...state,
    shown: { ...shown, savedRevision, unsavedSince: isSaved ? null : shown.unsavedSince },
    notSaved: isSaved && state.pending.length === 0 ? null : state.notSaved,
  });
}

function draftFailed(state: PageState, promptId: string, revision: number, message: string): Step {
  const { shown } = state;
  if (!shown || shown.view.promptId !== promptId || revision < shown.revision) return still(state);
  const text = `${t('Draft could not be saved.')} ${message}`;
  const next = { ...state, shown: { ...shown, unsavedSince: null }, notSaved: { message: text } };
  return also(still(next), { type: 'say', text: t('Draft could not be saved.'), isUrgent: true });
}

/** A failed write brings the prompt back with its judgement. */
function submitFailed(
  state: PageState,
  message: Extract<ToLabelingPage, { type: 'judgement-failed' }>,
  env: Env,
): Step {
  const failed = state.pending.find((pending) => pending.message.requestId === message.requestId);
  if (!failed) return still(state);
  const pending = state.pending.filter((other) => other !== failed);
  const draft = failed.message.type === 'judgement-submit' ? failed.message.draft : message.view.draft;
  const view: PromptView = { ...message.view, draft };
  const here = state.shown;
  const isAway = here && here.view.promptId !== view.promptId;
  const ahead = isAway ? [{ ...here.view, draft: draftOf(here.view, here.work) }, ...state.ahead] : state.ahead;
  const step = show({ ...state, pending, ahead }, view);
  const text = `${t('Not saved.')} ${message.message}`;
  const shown = step.state.shown;
  const back = shown ? changed(step, { ...shown, unsavedSince: env.now }, env) : step;
  return also(
    { ...back, state: { ...back.state, notSaved: { message: text } } },
    { type: 'say', text, isUrgent: true },
  );
}

// From the labeler -------------------------------------------------------------------------------------------------------

/** Commands of the palette are named like the keys' actions; letters and places are `letter-a`, `tie-a` and `place-1`. */
function commandOf(name: string): KeyAction | undefined {
  const [, kind, what = ''] = /^(letter|tie|place)-([a-h1-8])$/.exec(name) ?? [];
  if (kind === 'place') return { do: 'place', place: Number(what) };
  if (kind !== undefined) return { do: 'letter', letter: what.toUpperCase(), isTied: kind === 'tie' };
  const action = labelActions.find((other) => other === name);
  return action === undefined ? undefined : { do: action };
}

function act(state: PageState, action: KeyAction, env: Env): Step {
  const { shown } = state;
  switch (action.do) {
    case 'keys':
      return { state: { ...state, isKeysOpen: true }, effects: [{ type: 'focus', on: 'keys' }] };
    case 'guidelines':
      return post(state, { type: 'guidelines-open' });
    case 'zoom':
      return keep({ ...state, isZoomed: !state.isZoomed });
    default:
      break;
  }
  if (!shown || state.screen.on !== 'prompt') return still(state);
  const { view, work } = shown;
  const { focused } = work.board;
  const focusedId = answerAt(view, focused)?.candidateId;
  switch (action.do) {
    case 'letter':
      return onBoard(state, { type: 'letter', letter: action.letter, isTied: action.isTied }, env);
    case 'place':
      return onBoard(state, { type: 'place', place: action.place }, env);
    case 'tie':
    case 'line':
    case 'leave-out':
    case 'take-back':
    case 'clear':
      return onBoard(state, { type: action.do }, env);
    case 'best':
      return markBest(state, shown, env);
    case 'move-up':
      return onBoard(state, { type: 'shift', to: 'up' }, env);
    case 'move-down':
      return onBoard(state, { type: 'shift', to: 'down' }, env);
    case 'focus-left':
      return onBoard(state, { type: 'focus-beside', step: -1 }, env);
    case 'focus-right':
      return onBoard(state, { type: 'focus-beside', step: 1 }, env);
    case 'page-down':
    case 'page-up':
    case 'line-down':
    case 'line-up':
      return { state: quiet(state), effects: [{ type: 'scroll', how: action.do }] };
    case 'scroll-start':
      return { state: quiet(state), effects: [{ type: 'scroll', how: 'start' }] };
    case 'scroll-end':
      return { state: quiet(state), effects: [{ type: 'scroll', how: 'end' }] };
    case 'source': {
      const isSource = !state.isSource;
      const aids = isSource && !shown.aids.includes('source') ? [...shown.aids, 'source'] : shown.aids;
      return keep({ ...quiet(state), isSource, shown: { ...shown, aids } });
    }
    case 'flag': {
      if (state.settings.flags.length === 0) return still(state);
      const choices = state.settings.flags.map(({ key, label }) => `${key.toUpperCase()} ${label}`).join(', ');
      return {
        state: { ...quiet(state), isChordOpen: true },
        effects: [
          { type: 'focus', on: 'chord' },
          { type: 'say', text: `${t('Flag {0}', focused)}: ${choices}` },
        ],
      };
    }
    case 'improve':
      return focusedId === undefined
        ? still(state)
        : post(quiet(state), { type: 'improve-open', promptId: view.promptId, candidateId: focusedId });
    case 'cut': {
      const answer = answerAt(view, focused);
      return answer && isWriting(answer)
        ? post(quiet(state), { type: 'candidate-cut', candidateId: answer.candidateId })
        : still(state);
    }
    case 'rationale':
      return state.settings.rationale === 'off'
        ? still(state)
        : { state: quiet(state), effects: [{ type: 'focus', on: 'rationale' }] };
    case 'skip-reason':
      return { state: { ...quiet(state), isAskingSkipReason: true }, effects: [{ type: 'focus', on: 'skip-reason' }] };
    case 'skip':
      return skip(state, '', env);
    case 'submit':
      return submit(state, shown, env);
    case 'next':
    case 'previous':
      return post(quiet(state), { type: 'prompt-go', to: action.do, from: view.promptId });
    case 'undo':
      return undo(state, shown, env);
    case 'redo':
      return redo(state, shown, env);
  }
}

function onBoard(state: PageState, action: BoardAction, env: Env): Step {
  const { shown } = state;
  if (!shown) return still(state);
  const before = shown.work.board;
  const board = reduceBoard(before, action);
  const isMoved = board.focused !== before.focused;
  const focusEffects: Effect[] = isMoved ? [{ type: 'focus', on: 'answer' }] : [];
  const next = { ...quiet(state), orderText: null, orderProblem: null };
  const isOnlyLook = board === before || isSameWork(shown.view, shown.work, { ...shown.work, board });
  if (isOnlyLook) {
    const seen = isMoved ? seenComplete(shown, board.focused) : shown;
    return keep({ ...next, shown: { ...seen, work: { ...shown.work, board } } }, focusEffects);
  }
  const placedAt = placedWhileWriting(shown, board);
  const step = change(next, { ...shown, placedAt }, { ...shown.work, board }, env);
  return also(step, ...focusEffects, { type: 'say', text: boardSentence(step.state) });
}

/** Looking at an answer once it is complete takes the mark of "changed since placed" away. */
function seenComplete(shown: Shown, letter: string): Shown {
  const answer = answerAt(shown.view, letter);
  if (!answer || isWriting(answer) || !(letter in shown.placedAt)) return shown;
  const { [letter]: _seen, ...placedAt } = shown.placedAt;
  return { ...shown, placedAt };
}

function placedWhileWriting(shown: Shown, board: Work['board']): Shown['placedAt'] {
  const placedAt: Record<string, number> = {};
  for (const letter of board.tiers.flatMap((tier) => tier.letters)) {
    const answer = answerAt(shown.view, letter);
    if (!answer) continue;
    const isMoved = tierIndexOf(board, letter) !== tierIndexOf(shown.work.board, letter);
    const before = shown.placedAt[letter];
    if (isWriting(answer) && (isMoved || before === undefined)) placedAt[letter] = answer.text.length;
    else if (before !== undefined && !(isMoved && letter === board.focused)) placedAt[letter] = before;
  }
  return placedAt;
}

function markBest(state: PageState, shown: Shown, env: Env): Step {
  const { board } = shown.work;
  const first = board.tiers[0]?.letters ?? [];
  if (first.length < 2 || !first.includes(board.focused)) {
    const text = t('Best marks one of a tie in first place');
    return say({ ...state, notice: { text, confirms: [] } }, text);
  }
  return onBoard(state, { type: 'best' }, env);
}

function editOrder(state: PageState, text: string, env: Env): Step {
  const { shown } = state;
  if (!shown) return still(state);
  const parsed = parseOrder(text, shown.view.answers.length);
  if ('problem' in parsed) {
    const isUnfinished = parsed.problem.code === 'incomplete';
    const orderProblem = isUnfinished ? null : problemText(parsed.problem);
    const next = { ...quiet(state), orderText: text, orderProblem };
    return orderProblem === null ? still(next) : say(next, orderProblem);
  }
  const step = onBoard(state, { type: 'order', order: parsed.order }, env);
  return {
    state: { ...step.state, orderText: text },
    effects: step.effects.filter((effect) => effect.type !== 'focus'),
  };
}

function problemText(problem: Exclude<OrderProblem, { code: 'incomplete' }>): string {
  switch (problem.code) {
    case 'no-such-answer':
      return t('There is no answer {0}', problem.found);
    case 'named-twice':
      return t('{0} stands in two places', problem.found);
    case 'two-lines':
      return t('There is one good-enough line');
    case 'unexpected':
      return t('Unexpected {0}. Letters, = for a tie, - for the good-enough line', problem.found);
  }
}

function editRationale(state: PageState, text: string, env: Env): Step {
  const { shown } = state;
  if (!shown || shown.work.rationale === text) return still(state);
  const isGoingOn = shown.rationaleAt !== null && env.now - shown.rationaleAt < rationalePauseMs;
  const work = { ...shown.work, rationale: text };
  const step = isGoingOn
    ? changed(still(quiet(state)), { ...shown, work, future: [] }, env)
    : change(quiet(state), shown, work, env);
  const next = step.state.shown;
  return next ? { ...step, state: { ...step.state, shown: { ...next, rationaleAt: env.now } } } : step;
}

function flag(state: PageState, letter: string, flagId: string, env: Env): Step {
  const { shown } = state;
  const id = shown ? answerAt(shown.view, letter)?.candidateId : undefined;
  const closed = { ...quiet(state), isChordOpen: false };
  if (!shown || id === undefined) return still(closed);
  const before = shown.work.flags[id] ?? [];
  const isOn = !before.includes(flagId);
  const list = isOn ? [...before, flagId] : before.filter((other) => other !== flagId);
  const { [id]: _before, ...others } = shown.work.flags;
  const flags = list.length > 0 ? { ...others, [id]: list } : others;
  const label = state.settings.flags.find((other) => other.id === flagId)?.label ?? flagId;
  return also(
    change(closed, shown, { ...shown.work, flags }, env),
    { type: 'focus', on: 'answer' },
    {
      type: 'say',
      text: isOn ? t('Flagged {0}: {1}.', letter, label) : t('No longer flagged {0}: {1}.', letter, label),
    },
  );
}

function toggleImproved(state: PageState, letter: string): Step {
  const { shown } = state;
  if (!shown || !correctionOf(shown, letter)) return still(state);
  const isOn = shown.improvedShown.includes(letter);
  const improvedShown = isOn
    ? shown.improvedShown.filter((other) => other !== letter)
    : [...shown.improvedShown, letter];
  const text = isOn ? t('Answer {0} as it was', letter) : t('Answer {0}, improved', correctionMark(letter));
  return say({ ...state, shown: { ...shown, improvedShown } }, text);
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

// Undo -------------------------------------------------------------------------------------------------------------------

function undo(state: PageState, shown: Shown, env: Env): Step {
  const before = shown.past.at(-1);
  if (!before) return post(quiet(state), { type: 'submit-undo' });
  const next: Shown = {
    ...shown,
    work: before,
    past: shown.past.slice(0, -1),
    future: [shown.work, ...shown.future],
    rationaleAt: null,
  };
  const step = changed(still(quiet(state)), next, env);
  return also(step, { type: 'focus', on: 'answer' }, { type: 'say', text: boardSentence(step.state) });
}

function redo(state: PageState, shown: Shown, env: Env): Step {
  const [after, ...future] = shown.future;
  if (!after) return still(quiet(state));
  const next: Shown = { ...shown, work: after, past: [...shown.past, shown.work], future, rationaleAt: null };
  const step = changed(still(quiet(state)), next, env);
  return also(step, { type: 'focus', on: 'answer' }, { type: 'say', text: boardSentence(step.state) });
}

/** A new entry of the undo stack, sent to the host at once. */
function change(state: PageState, shown: Shown, work: Work, env: Env): Step {
  const past = [...shown.past, shown.work].slice(-500);
  return changed(still(state), { ...shown, work, past, future: [], rationaleAt: null }, env);
}

/** Sends what is on the board as a draft. */
function changed(step: Step, shown: Shown, env: Env): Step {
  const revision = Math.max(shown.revision + 1, env.now);
  const next: Shown = { ...shown, revision, unsavedSince: shown.unsavedSince ?? env.now };
  const state = { ...step.state, shown: next };
  const draft = draftOf(next.view, next.work);
  return {
    state,
    effects: [
      ...step.effects,
      { type: 'post', message: { type: 'draft-change', promptId: next.view.promptId, draft, revision } },
      { type: 'keep', kept: keptOf(state) },
    ],
  };
}

// Submit and skip --------------------------------------------------------------------------------------------------------

function submit(state: PageState, shown: Shown, env: Env): Step {
  const decision = decideSubmit(state, shown);
  switch (decision.do) {
    case 'hint':
      return say({ ...state, notice: { text: decision.text, confirms: [] } }, decision.text);
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
      return send(state, env, {
        type: 'judgement-submit',
        requestId: env.newId,
        promptId: view.promptId,
        draft: draftOf(view, decision.work),
        aids: [...shown.aids],
        words: Object.fromEntries(words),
        activeMs: env.activeMs,
        cut: [...decision.cut],
      });
    }
  }
}

function skip(state: PageState, reason: string, env: Env): Step {
  if (!state.shown) return still(state);
  return send(state, env, {
    type: 'prompt-skip',
    requestId: env.newId,
    promptId: state.shown.view.promptId,
    ...(reason.trim() !== '' && { reason: reason.trim().slice(0, 2000) }),
  });
}

/** The next prompt is on the screen before this one is on disk; what is not acknowledged is kept until it is. */
function send(state: PageState, env: Env, message: Submission): Step {
  const pending: Pending[] = [...state.pending, { message, sentAt: env.now }];
  const isGone = (view: PromptView) => pending.some((other) => other.message.promptId === view.promptId);
  const next = state.ahead.find((view) => !isGone(view));
  const left: PageState = { ...leave(state), pending, ahead: state.ahead.filter((view) => !isGone(view)) };
  const step: Step = next
    ? show(left, next)
    : { state: { ...left, shown: null, kept: null, screen: { on: 'loading' } }, effects: [] };
  const done = message.type === 'prompt-skip' ? t('Skipped.') : t('Submitted.');
  const where =
    next && state.progress
      ? ` ${t('Prompt {0} of {1}, {2} answers.', next.index, state.progress.nPrompts, next.answers.length)}`
      : '';
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

function checkAnswered(state: PageState, env: Env): Step {
  const since = [...state.pending.map(({ sentAt }) => sentAt), state.shown?.unsavedSince ?? env.now];
  if (state.notSaved || env.now - Math.min(...since) < answerTimeoutMs) return still(state);
  const what = state.pending.length > 0 ? t('Not saved.') : t('Draft not saved.');
  const text = t('The extension does not answer. Your work is kept here; reloading the window starts it again.');
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

// Small words ------------------------------------------------------------------------------------------------------------

const still = (state: PageState): Step => ({ state, effects: [] });
const quiet = (state: PageState): PageState => (state.notice === null ? state : { ...state, notice: null });
const also = (step: Step, ...effects: Effect[]): Step => ({ ...step, effects: [...step.effects, ...effects] });
const say = (state: PageState, text: string): Step => ({ state, effects: [{ type: 'say', text }] });
const post = (state: PageState, message: FromLabelingPage): Step => ({ state, effects: [{ type: 'post', message }] });
const keep = (state: PageState, effects: readonly Effect[] = []): Step => ({
  state,
  effects: [...effects, { type: 'keep', kept: keptOf(state) }],
});

/** The text of the order field. */
export const orderTextOf = (state: PageState): string =>
  state.orderText ??
  (state.shown ? printOrder(orderOf(state.shown.work.board)) + (state.shown.work.board.isTiePending ? ' = ' : '') : '');

/** Beside the board, when nothing else is to be said. */
export const writingText = (shown: Shown): string | undefined => {
  const writing = lettersWriting(shown);
  return writing.length === 0 ? undefined : t('{0} still writing', joined(writing));
};
