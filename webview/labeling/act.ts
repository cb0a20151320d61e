/** Keys, buttons and commands. */
import { parseOrder, reduceBoard, tierIndexOf } from '../../src/core/index.js';
import type { BoardAction, OrderProblem } from '../../src/core/index.js';
import { composer } from './compose/registry.js';
import { isSameWork } from './draft.js';
import { change, redo, sentenceOf, undo } from './editing.js';
import { skip, submit } from './goingOn.js';
import { labelActions } from './keys.js';
import type { KeyAction } from './keys.js';
import { modeOf } from './modes/index.js';
import { nextStep } from './moreAnswers.js';
import type { Choice, Reply } from './modes/index.js';
import { answerAt, cardLetter, correctionOf, isMissingAt, isWriting, withoutMissing } from './state.js';
import type { PageState, Shown, Work } from './state.js';
import { also, keep, post, quiet, say, still } from './step.js';
import type { Effect, Env, Step } from './step.js';
import { t } from './strings.js';

/** Commands of the palette are named like the keys' actions; letters and places are `letter-a`, `tie-a` and `place-1`. */
export function commandOf(name: string): KeyAction | undefined {
  const [, kind, what = ''] = /^(letter|tie|place)-([a-h1-9])$/.exec(name) ?? [];
  if (kind === 'place') return { do: 'place', place: Number(what) };
  if (kind !== undefined) return { do: 'letter', letter: what.toUpperCase(), isTied: kind === 'tie' };
  const action = labelActions.find((other) => other === name);
  return action === undefined ? undefined : { do: action };
}

export function act(before: PageState, action: KeyAction, env: Env): Step {
  const state = before.marking === null ? before : { ...before, marking: null };
  const { shown } = state;
  switch (action.do) {
    case 'keys':
      if (!shown || state.screen.on !== 'prompt') return still(state); // the list is that of a way to judge
      return { state: { ...state, isKeysOpen: true }, effects: [{ type: 'focus', on: 'keys' }] };
    case 'guidelines':
    case 'wrap':
      return still(state); // the aids have done it
    case 'zoom':
      return keep({ ...state, isZoomed: !state.isZoomed });
    default:
      break;
  }
  // An empty page has nothing of its own to take back: the last judgement is meant.
  if (action.do === 'undo' && (!shown || state.screen.on !== 'prompt')) return post(state, { type: 'submit-undo' });
  if (!shown || state.screen.on !== 'prompt') return still(state);
  const { view } = shown;
  const focused = cardLetter(shown);
  const focusedId = answerAt(view, focused)?.candidateId;
  const composed = composer()?.act(state, shown, action, env);
  if (composed) return composed;
  const reply = modeOf(state.settings).act(shown, action, state.settings);
  if (reply) return answer(state, shown, reply, env);
  switch (action.do) {
    case 'letter':
      return onBoard(state, { type: 'focus', letter: action.letter }, env);
    case 'place':
    case 'tie':
    case 'line':
    case 'leave-out':
    case 'take-back':
    case 'clear':
    case 'best':
    case 'place-improved':
    case 'move-up':
    case 'move-down':
    case 'differences':
    case 'unsure':
    case 'only-one':
    case 'quote':
    case 'compose':
    case 'remove-part':
      return still(state);
    case 'part-down':
      return { state: quiet(state), effects: [{ type: 'scroll', how: 'line-down' }] };
    case 'part-up':
      return { state: quiet(state), effects: [{ type: 'scroll', how: 'line-up' }] };
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
    case 'flag':
    case 'flag-prompt': {
      if (state.settings.flags.length === 0) return still(state);
      const choices = state.settings.flags.map(({ key, label }) => `${key.toUpperCase()} ${label}`).join(', ');
      const title = action.do === 'flag' ? t('Flag {0}', focused) : t('Flag the prompt');
      return {
        state: { ...quiet(state), chordOn: action.do === 'flag' ? 'answer' : 'prompt' },
        effects: [
          { type: 'focus', on: 'chord' },
          { type: 'say', text: `${title}: ${choices}` },
        ],
      };
    }
    case 'mark':
      return state.settings.flags.length === 0 ? still(state) : { state: quiet(state), effects: [{ type: 'mark' }] };
    case 'improve':
      return focusedId === undefined
        ? still(state)
        : post(quiet(state), { type: 'improve-open', promptId: view.promptId, candidateId: focusedId });
    case 'next-step':
      return nextStep(state, shown);
    case 'cut': {
      const answer = answerAt(view, focused);
      return answer && isWriting(answer)
        ? post(quiet(state), { type: 'candidate-cut', candidateId: answer.candidateId })
        : still(state);
    }
    case 'rationale':
      return state.settings.rationale === 'off' && !modeOf(state.settings).reason
        ? still(state)
        : { state: quiet(state), effects: [{ type: 'focus', on: 'rationale' }] };
    case 'skip-reason':
      return { state: { ...quiet(state), isAskingSkipReason: true }, effects: [{ type: 'focus', on: 'skip-reason' }] };
    case 'skip':
      return skip(state, '', env);
    case 'discard':
      return skip(state, '', env, 'prompt-discard');
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

/** A drag, a click, or the keys that go from answer to answer: the same in all ways to judge. */
export function onBoard(state: PageState, action: BoardAction, env: Env): Step {
  const { shown } = state;
  if (!shown) return still(state);
  const board = withoutMissing(shown.view, reduceBoard(shown.work.board, action));
  return answer(state, shown, { work: { ...shown.work, board } }, env);
}

export function onChoice(state: PageState, choice: Choice, env: Env): Step {
  const { shown } = state;
  if (!shown) return still(state);
  return answer(state, shown, modeOf(state.settings).choose(shown, choice, state.settings), env);
}

/** What a way to judge replied, as a step: a change is an entry of the undo stack, a look is not. */
function answer(state: PageState, shown: Shown, { work = shown.work, notice, isSubmit }: Reply, env: Env): Step {
  if (notice !== undefined) {
    const told = { ...state, notice: { text: notice, confirms: [] }, shown: { ...shown, work } };
    return also(say(told, notice), { type: 'focus', on: 'answer' });
  }
  const { board } = work;
  const isMoved = board.focused !== shown.work.board.focused;
  const isElsewhere = isMoved || work.at !== shown.work.at;
  const focusEffects: Effect[] = isElsewhere ? [{ type: 'focus', on: 'answer' }] : [];
  const next = { ...quiet(state), orderText: null, orderProblem: null };
  if (isSameWork(modeOf(state.settings), shown.view, shown.work, work)) {
    const seen = isMoved ? seenComplete(lookedAt(shown, board.focused), board.focused) : shown;
    const step = keep({ ...next, shown: { ...seen, work } }, focusEffects);
    return isSubmit === true && step.state.shown ? submit(step.state, step.state.shown, env) : step;
  }
  const placedAt = placedWhileWriting(shown, board);
  const step = change(next, { ...(isMoved ? lookedAt(shown, board.focused) : shown), placedAt }, work, env);
  const said = also(step, ...focusEffects, { type: 'say', text: sentenceOf(step.state) });
  if (isSubmit !== true || !said.state.shown) return said;
  const submitted = submit(said.state, said.state.shown, env);
  return { state: submitted.state, effects: [...said.effects, ...submitted.effects] };
}

/** C shows the answer as it was written, C′ its improved form in the same place: a flicker comparison. */
function lookedAt(shown: Shown, name: string): Shown {
  const letter = name.slice(0, 1);
  if (!correctionOf(shown, letter)) return shown;
  const others = shown.improvedShown.filter((other) => other !== letter);
  return { ...shown, improvedShown: name === letter ? others : [...others, letter] };
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

export function editOrder(state: PageState, text: string, env: Env): Step {
  const { shown } = state;
  if (!shown) return still(state);
  const parsed = parseOrder(text, shown.view.answers.length, shown.work.board.written);
  if ('problem' in parsed) {
    const isUnfinished = parsed.problem.code === 'incomplete';
    const orderProblem = isUnfinished ? null : problemText(parsed.problem);
    const next = { ...quiet(state), orderText: text, orderProblem };
    return orderProblem === null ? still(next) : say(next, orderProblem);
  }
  const unwritten = parsed.order.tiers.flat().find((letter) => isMissingAt(shown.view, letter));
  if (unwritten !== undefined) {
    const orderProblem = t('{0} was not written: it gets no place', unwritten);
    return say({ ...quiet(state), orderText: text, orderProblem }, orderProblem);
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
