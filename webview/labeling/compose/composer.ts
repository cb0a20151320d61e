/** Composing an answer of parts of others: keys and clicks. Loaded when it is first asked for. */
import {
  movedPart,
  ownAnswerName,
  reduceBoard,
  withoutPart,
  withParts,
  type ComposedAnswer,
} from '../../../src/core/index.js';
import { act as actOn } from '../act.js';
import { change } from '../editing.js';
import type { KeyAction } from '../keys.js';
import { rank } from '../modes/rank.js';
import type { Mode } from '../modes/mode.js';
import { answerAt, cardLetter } from '../state.js';
import type { PageState, Shown } from '../state.js';
import { also, keep, post, quiet, say, still } from '../step.js';
import type { Effect, Env, Step } from '../step.js';
import { t } from '../strings.js';
import { lengthWords, textLength } from '../textLength.js';
import {
  canQuote,
  chosenOf,
  composedOf,
  cursorIn,
  partsOf,
  placeOfQuote,
  quoteOf,
  withMarks,
  withComposed,
} from './composed.js';
import { composeKeys, composePane } from './composeView.js';
import { markParts } from './partMarks.js';
import { newComposing } from './registry.js';
import type { ComposeEvent, Composer, Composing } from './registry.js';

const composeMode: Mode = {
  ...rank,
  draft: (view, work) => ({ mode: 'compose', ...rank.draft(view, work) }),
  completeness(state, shown) {
    if (shown.work.board.tiers.length > 0) return rank.completeness(state, shown);
    if (shown.work.corrections.length > 0) return { is: 'complete', work: shown.work };
    return { is: 'missing', text: t('Nothing is composed yet. Q quotes a part, O writes freely') };
  },
  keys: (state, drawing) => composeKeys(state, drawing),
};

export const composer: Composer = {
  act,
  event,
  pane: (state, shown, drawing) =>
    shown.composing === null ? undefined : composePane(state, shown, shown.composing, drawing),
  sentence: (shown) => (shown.composing === null ? undefined : sentence(shown)),
  mark: markParts,
  mode: composeMode,
};

function act(state: PageState, shown: Shown, action: KeyAction, env: Env): Step | undefined {
  const { composing } = shown;
  if (action.do === 'compose') return open(state, shown);
  if (composing === null) return action.do === 'quote' ? begin(state, shown) : undefined;
  const composed = composedOf(shown.work);
  const chosen = chosenOf(composing, composed);
  const isAsked = state.settings.mode === 'compose';
  switch (action.do) {
    case 'quote':
      return quotePart(state, shown, composing, env);
    case 'part-down':
      return stepOver(state, shown, composing, 1);
    case 'part-up':
      return stepOver(state, shown, composing, -1);
    case 'move-up':
      return move(state, shown, chosen, chosen - 1, env);
    case 'move-down':
      return move(state, shown, chosen, chosen + 1, env);
    case 'remove-part':
    case 'take-back':
      return remove(state, shown, chosen, env);
    case 'letter':
      return focusAnswer(state, shown, action.letter);
    case 'focus-left':
    case 'focus-right':
      return focusBeside(state, shown, action.do === 'focus-right' ? 1 : -1);
    case 'submit':
      return isAsked ? undefined : use(state, shown);
    case 'rationale':
    case 'skip-reason':
      // Their fields stand in the dock, which comes back for them.
      return isAsked ? undefined : actOn({ ...state, shown: { ...shown, composing: null } }, action, env);
    case 'tie':
    case 'line':
    case 'leave-out':
    case 'clear':
    case 'best':
    case 'place':
    case 'place-improved': {
      const text = t('Esc goes back to the judgement, with the composed answer in it');
      return say({ ...state, notice: { text, confirms: [] } }, text);
    }
    default:
      return undefined;
  }
}

function event(state: PageState, shown: Shown, asked: ComposeEvent, env: Env): Step {
  const composing = shown.composing ?? newComposing;
  switch (asked.do) {
    case 'part': {
      const answer = answerAt(shown.view, asked.letter);
      if (!answer) return still(state);
      const step = at(state, shown, { ...composing, at: { ...composing.at, [answer.candidateId]: asked.index } });
      const there = step.state.shown;
      const focused = there && focusAnswer(step.state, there, asked.letter);
      const next = focused?.state.shown;
      if (!focused || !next?.composing || !asked.isQuoted) return focused ?? step;
      return quotePart(focused.state, next, next.composing, env);
    }
    case 'quote-text':
      return quoteText(state, { ...shown, composing }, asked, env);
    case 'choose':
      return at(state, shown, { ...composing, chosen: asked.index });
    case 'move':
      return also(move(state, shown, asked.index, asked.to, env), { type: 'focus', on: 'composed' });
    case 'remove':
      return also(remove(state, shown, asked.index, env), { type: 'focus', on: 'composed' });
    case 'leave': {
      const letter = asked.to === 'first' ? 'A' : 'ABCDEFGH'[shown.view.answers.length - 1];
      return also(focusAnswer(state, shown, letter ?? 'A'), { type: 'focus', on: 'first-answer' });
    }
    case 'close':
      return close(state, shown);
  }
}

// Looking --------------------------------------------------------------------------------------------------------------

/** A look, no change of what is said. */
const at = (state: PageState, shown: Shown, composing: Composing, effects: readonly Effect[] = []): Step =>
  keep({ ...quiet(state), shown: { ...shown, composing } }, effects);

/** Answers are quoted as the models wrote them: an improved form makes room. */
function begin(state: PageState, shown: Shown): Step {
  const { board } = shown.work;
  const work = { ...shown.work, board: { ...board, focused: cardLetter(shown) } };
  const step = at(state, { ...shown, work, improvedShown: [] }, newComposing, [{ type: 'focus', on: 'first-answer' }]);
  const next = step.state.shown;
  return next ? also(step, { type: 'say', text: `${sentence(next)} ${cursorSentence(next)}` }) : step;
}

/** O opens the composed answer beside the answers; there, or while there is none, in an editor. */
function open(state: PageState, shown: Shown): Step {
  const isThere = composedOf(shown.work).length > 0;
  if (shown.composing === null && isThere) return begin(state, shown);
  const step = shown.composing === null ? begin(state, shown) : still(quiet(state));
  return also(step, ...post(state, { type: 'compose-open', promptId: shown.view.promptId }).effects);
}

function close(state: PageState, shown: Shown): Step {
  return keep({ ...quiet(state), shown: { ...shown, composing: null } }, [{ type: 'focus', on: 'first-answer' }]);
}

/** Back to the way to judge, with the composed answer in hand: the next key places it. */
function use(state: PageState, shown: Shown): Step {
  if (composedOf(shown.work).length === 0) {
    const text = t('Nothing is composed yet. Q quotes a part, O writes freely');
    return say({ ...state, notice: { text, confirms: [] } }, text);
  }
  const { mode } = state.settings;
  const canBePlaced = mode === 'rank' || mode === 'compose' || mode === 'best';
  const board = canBePlaced
    ? reduceBoard(shown.work.board, { type: 'focus', letter: ownAnswerName })
    : shown.work.board;
  const step = close(state, { ...shown, work: { ...shown.work, board } });
  const text = canBePlaced
    ? t("The composed answer is {0}. ' places it next", ownAnswerName)
    : t('The composed answer is kept with the judgement');
  return also({ ...step, state: { ...step.state, notice: { text, confirms: [] } } }, { type: 'say', text });
}

function focusAnswer(state: PageState, shown: Shown, letter: string): Step {
  if (!answerAt(shown.view, letter)) return still(state);
  const board = reduceBoard(shown.work.board, { type: 'focus', letter });
  const next = { ...shown, work: { ...shown.work, board } };
  const step = keep({ ...quiet(state), shown: withChosen(next) }, [{ type: 'focus', on: 'answer' }]);
  return also(step, { type: 'say', text: cursorSentence(next) });
}

/** Beside the last answer stands the composed one. */
function focusBeside(state: PageState, shown: Shown, step: 1 | -1): Step {
  const letters = 'ABCDEFGH'.slice(0, shown.view.answers.length);
  const to = letters.indexOf(cardLetter(shown)) + step;
  const isOut = to < 0 || to >= letters.length;
  if (isOut && composedOf(shown.work).length > 0)
    return { state: quiet(state), effects: [{ type: 'focus', on: 'composed' }] };
  return focusAnswer(state, shown, letters.at(to % letters.length) ?? 'A');
}

function stepOver(state: PageState, shown: Shown, composing: Composing, by: 1 | -1): Step {
  const answer = answerAt(shown.view, cardLetter(shown));
  if (!answer) return still(state);
  const last = Math.max(0, partsOf(answer).length - 1);
  const to = Math.max(0, Math.min(last, cursorIn(composing, answer) + by));
  const moved = withChosen({
    ...shown,
    composing: { ...composing, at: { ...composing.at, [answer.candidateId]: to } },
  });
  const step = keep({ ...quiet(state), shown: moved }, [{ type: 'focus', on: 'answer' }]);
  return also(step, { type: 'say', text: cursorSentence(moved) });
}

/** On a part that is quoted, its place in the composed answer is the one that keys move and remove. */
function withChosen(shown: Shown): Shown {
  const { composing } = shown;
  const answer = answerAt(shown.view, cardLetter(shown));
  const block = composing && answer ? partsOf(answer)[cursorIn(composing, answer)] : undefined;
  if (!composing || !answer || !block) return shown;
  const chosen = placeOfQuote(composedOf(shown.work), answer.candidateId, block);
  return chosen < 0 ? shown : { ...shown, composing: { ...composing, chosen } };
}

// Changing -------------------------------------------------------------------------------------------------------------

function quotePart(state: PageState, shown: Shown, composing: Composing, env: Env): Step {
  const letter = cardLetter(shown);
  const answer = answerAt(shown.view, letter);
  const block = answer ? partsOf(answer)[cursorIn(composing, answer)] : undefined;
  if (!answer || !block) return still(state);
  const place = placeOfQuote(composedOf(shown.work), answer.candidateId, block);
  if (place < 0) return quoteText(state, { ...shown, composing }, { letter, ...block }, env);
  const text = t('It is quoted already, as part {0}', place + 1);
  return say({ ...state, notice: { text, confirms: [] }, shown: withChosen(shown) }, text);
}

/** All parts that a range touches, each as far as it lies in it. */
function quoteText(
  state: PageState,
  shown: Shown & { readonly composing: Composing },
  { letter, start, end }: { readonly letter: string; readonly start: number; readonly end: number },
  env: Env,
): Step {
  const answer = answerAt(shown.view, letter);
  if (!answer) return still(state);
  if (!canQuote(answer) || shown.improvedShown.includes(letter)) {
    const text = shown.improvedShown.includes(letter)
      ? t('Parts are quoted from {0} as it was written', letter)
      : t('{0} is not complete yet', letter);
    return say({ ...state, notice: { text, confirms: [] } }, text);
  }
  const quotes = partsOf(answer).flatMap((block) => {
    const range = { start: Math.max(start, block.start), end: Math.min(end, block.end) };
    return range.end > range.start && answer.text.slice(range.start, range.end).trim() !== ''
      ? [quoteOf(answer, withMarks(answer.text, range, block))]
      : [];
  });
  if (quotes.length === 0) return still(state);
  const composed = composedOf(shown.work);
  const place = composed.length === 0 ? 0 : chosenOf(shown.composing, composed) + 1;
  const next = withParts(composed, quotes, place);
  const last = place + quotes.length - 1;
  const text = t('Quoted from {0} as part {1} of {2}.', letter, last + 1, next.length);
  return changed(state, shown, next, last, text, env);
}

function move(state: PageState, shown: Shown, index: number, to: number, env: Env): Step {
  const composed = composedOf(shown.work);
  const next = movedPart(composed, index, to);
  if (next === composed) return still(quiet(state));
  return changed(state, shown, next, to, t('Part {0} of {1} now.', to + 1, next.length), env);
}

function remove(state: PageState, shown: Shown, index: number, env: Env): Step {
  const composed = composedOf(shown.work);
  const part = composed[index];
  if (part === undefined) return still(quiet(state));
  const next = withoutPart(composed, index);
  const text = `${t('Removed: {0}', excerpt(part.text))} ${next.length === 0 ? t('Nothing is left.') : ''}`.trim();
  return changed(state, shown, next, Math.min(index, next.length - 1), text, env);
}

function changed(
  state: PageState,
  shown: Shown,
  composed: ComposedAnswer,
  chosen: number,
  text: string,
  env: Env,
): Step {
  const composing = { ...(shown.composing ?? newComposing), chosen: composed.length === 0 ? Infinity : chosen };
  const step = change(quiet(state), { ...shown, composing }, withComposed(shown, composed), env);
  return also(step, { type: 'say', text });
}

// What is said ---------------------------------------------------------------------------------------------------------

/** "Composed answer: 3 parts of A and B, 118 words." */
function sentence(shown: Shown): string {
  const composed = composedOf(shown.work);
  if (composed.length === 0) return t('Composed answer: nothing yet.');
  const parts = composed.length === 1 ? t('1 part') : t('{0} parts', composed.length);
  return t('Composed answer: {0}, {1}.', parts, lengthWords(textLength(composed.map(({ text }) => text).join(''))));
}

/** "A, part 2 of 6, quoted from here: 1. Inodes…" */
function cursorSentence(shown: Shown): string {
  const { composing } = shown;
  const letter = cardLetter(shown);
  const answer = answerAt(shown.view, letter);
  if (!composing || !answer) return '';
  const parts = partsOf(answer);
  const index = cursorIn(composing, answer);
  const block = parts[index];
  if (!block) return t('{0} has no parts.', letter);
  const place = placeOfQuote(composedOf(shown.work), answer.candidateId, block);
  const words = excerpt(answer.text.slice(block.start, block.end));
  return place < 0
    ? t('{0}, part {1} of {2}: {3}', letter, index + 1, parts.length, words)
    : t('{0}, part {1} of {2}, quoted: {3}', letter, index + 1, parts.length, words);
}

const excerpt = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
};
