/** What the host says, taken into the state. */
import { lettersOf, reduceBoard, tierIndexOf } from '../../src/core/index.js';
import type { Board, CandidateId } from '../../src/core/index.js';
import type { AnswerView, LabelingSettings, PromptView, ToLabelingPage } from '../../src/protocol.js';
import { act, commandOf } from './act.js';
import { actOnAids, chosen, receiveAid } from './aids/seeing.js';
import { newComposing } from './compose/registry.js';
import { draftOf, isSameWork, workOf } from './draft.js';
import { change, changed } from './editing.js';
import { leave, show } from './goingOn.js';
import { modeOf } from './modes/index.js';
import { grown } from './moreAnswers.js';
import {
  cardLetter,
  correctionMark,
  isWriting,
  letterOf,
  lettersWriting,
  showingOf,
  withoutAnswer,
  writtenNames,
} from './state.js';
import type { PageState, Shown } from './state.js';
import { also, keep, post, quiet, say, still } from './step.js';
import type { Env, Step } from './step.js';
import { joined, t } from './strings.js';
import { lengthWords, textLength } from './textLength.js';

export function receive(state: PageState, message: ToLabelingPage, env: Env): Step {
  switch (message.type) {
    case 'settings':
      return changeSettings(state, message.settings);
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
      return changeAnswerState(state, message, env);
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
    case 'notice':
      return say({ ...state, notice: { text: message.text, confirms: [] } }, message.text);
    case 'strip':
      return still({ ...state, strip: message.strip });
    case 'unsure-show':
    case 'guidelines-show':
      return receiveAid(state, message);
    case 'do': {
      const action = commandOf(message.action);
      return action === undefined ? still(state) : (actOnAids(state, action, env) ?? act(chosen(state), action, env));
    }
  }
}

/** With another way to judge, what was said before is read as that way reads it. */
function changeSettings(state: PageState, settings: LabelingSettings): Step {
  const next = { ...state, settings };
  if (!state.shown || settings.mode === state.settings.mode) return still(next);
  const { view, work } = state.shown;
  const draft = { ...view.draft, ...draftOf(modeOf(state.settings), view, work) };
  return show({ ...next, shown: null, stacks: {} }, { ...view, draft });
}

/** The host's word on what is on the screen; it may come after the page has already gone there by itself. */
function showFromHost(state: PageState, view: PromptView, isReopened: boolean, env: Env): Step {
  const isThis = (other: { readonly promptId: string | null; readonly pass?: number | undefined }) =>
    showingOf(other) === showingOf(view);
  const isSubmitted = state.pending.some((pending) => isThis(pending.message));
  // The page has gone on from this prompt already; the host will hear of it in a moment.
  if (isSubmitted && !isReopened) return still(state);
  const pending = isReopened ? state.pending.filter(({ message }) => !isThis(message)) : state.pending;
  const base = { ...state, pending };
  const mode = modeOf(state.settings);
  const { shown, kept } = state;
  if (shown && isThis(shown.view) && shown.view.readOnly === view.readOnly && !isReopened) {
    const isPageNewer = shown.revision > Math.max(shown.savedRevision, view.revision ?? 0);
    const isSame = isPageNewer || isSameWork(mode, view, shown.work, workOf(mode, view));
    const isGrown = shown.view.answers.every(({ candidateId }, at) => view.answers[at]?.candidateId === candidateId);
    if (isSame && isGrown) {
      const next = still({ ...base, screen: { on: 'prompt' }, shown: grown(shown, view) });
      const nMore = view.answers.length - shown.view.answers.length;
      if (nMore === 0) return next;
      const text = t(
        '{0} is there: it stands behind the others',
        joined(lettersOf(next.state.shown?.work.board ?? shown.work.board).slice(-nMore)),
      );
      return also({ ...next, state: { ...next.state, notice: { text, confirms: [] } } }, { type: 'say', text });
    }
  }
  if (!isReopened && kept?.work && isThis(kept) && kept.mode === state.settings.mode) {
    const isPageNewer = kept.revision > Math.max(kept.savedRevision, view.revision ?? 0);
    if (isPageNewer && kept.work.board.nAnswers === view.answers.length) {
      const step = show(base, view);
      return step.state.shown ? changed(step, { ...step.state.shown, work: kept.work }, env) : step;
    }
  }
  const step = show(base, view, !isReopened && state.screen.on === 'loading' && state.pending.length > 0);
  if (!isReopened) return step;
  return also(step, { type: 'say', text: t('Taken back: prompt {0} is open again.', view.index) });
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

function changeAnswerState(
  state: PageState,
  message: Extract<ToLabelingPage, { type: 'answer-state' }>,
  env: Env,
): Step {
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
  if (answer.state === 'failed') {
    const work = withoutAnswer(next.shown.view, next.shown.work, candidateId);
    const isSame = isSameWork(modeOf(next.settings), next.shown.view, work, next.shown.work);
    const step = isSame ? still(next) : changed(still(next), { ...next.shown, work }, env);
    return also(step, { type: 'say', text: t('{0} failed.', letter) });
  }
  const length = textLength(answer.text);
  // What Enter was to stop has come to its end.
  const isAsked = next.notice?.confirms.includes('writing') === true && lettersWriting(next.shown).length === 0;
  const said = say(isAsked ? quiet(next) : next, t('{0} complete, {1}.', letter, lengthWords(length)));
  // Its unsure tokens are known from now on.
  if (!next.shown.seeing.isUnsure) return said;
  return also(said, { type: 'post', message: { type: 'unsure-ask', promptId: next.shown.view.promptId } });
}

function replaceAnswer(state: PageState, promptId: string, old: CandidateId, answer: AnswerView, env: Env): Step {
  const isShown = state.shown?.view.promptId === promptId;
  const letter = state.shown ? letterOf(state.shown.view, old) : undefined;
  const next = onAnswers(state, (view) => (view.promptId === promptId ? withAnswer(view, old, () => answer) : view));
  if (!isShown || !next.shown || letter === undefined) return still(next);
  // What was said of the old answer doesn't hold for the new one.
  const { [old]: _flags, ...flags } = next.shown.work.flags;
  const { [old]: _spans, ...spans } = next.shown.work.spans;
  const off = (from: Board, name: string) => reduceBoard(from, { type: 'drop', letter: name, target: { on: 'tray' } });
  const improved = correctionMark(letter);
  const { written = [] } = next.shown.work.board;
  const board = {
    ...off(off(next.shown.work.board, improved), letter),
    written: written.filter((name) => name !== improved),
  };
  const work = { ...next.shown.work, flags, spans, board: { ...board, focused: cardLetter(next.shown) } };
  const shown = { ...next.shown, past: [], future: [] };
  return tierIndexOf(next.shown.work.board, letter) < 0 && _flags === undefined && _spans === undefined
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
  if (message.parent === undefined) return addOwnAnswer(state, shown, message, env);
  const letter = letterOf(shown.view, message.parent);
  const correction = { id: message.correctionId, parent: message.parent, text: message.text };
  const corrections = [...shown.work.corrections.filter((other) => other.parent !== message.parent), correction];
  const improvedShown = letter === undefined ? shown.improvedShown : [...shown.improvedShown, letter];
  const written = writtenNames(shown.view, corrections);
  // The improved form has the focus, so that the next key places it.
  const focused = letter === shown.work.board.focused ? correctionMark(letter) : shown.work.board.focused;
  const board = { ...shown.work.board, written, focused };
  const step = change(state, { ...shown, improvedShown }, { ...shown.work, corrections, board }, env);
  return letter === undefined ? step : also(step, { type: 'say', text: t('{0} improved.', letter) });
}

/** Composed or written from nothing, it stands beside the answers. */
function addOwnAnswer(
  state: PageState,
  shown: Shown,
  { correctionId, text, parts }: Extract<ToLabelingPage, { type: 'correction-made' }>,
  env: Env,
): Step {
  const correction = { id: correctionId, text, ...(parts && { parts: [...parts] }) };
  const corrections = [...shown.work.corrections.filter(({ id }) => id !== correctionId), correction];
  const board = { ...shown.work.board, written: writtenNames(shown.view, corrections) };
  const work = { ...shown.work, corrections, board };
  const step = change(state, { ...shown, composing: shown.composing ?? newComposing }, work, env);
  return also(step, { type: 'say', text: t('The answer of your own stands.') });
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
  const isAway = here && showingOf(here.view) !== showingOf(view);
  const ahead = isAway
    ? [{ ...here.view, draft: draftOf(modeOf(state.settings), here.view, here.work) }, ...state.ahead]
    : state.ahead;
  const step = show({ ...state, pending, ahead }, view);
  const text = `${t('Not saved.')} ${message.message}`;
  const shown = step.state.shown;
  const back = shown ? changed(step, { ...shown, unsavedSince: env.now }, env) : step;
  return also(
    { ...back, state: { ...back.state, notSaved: { message: text } } },
    { type: 'say', text, isUrgent: true },
  );
}
