/** Each step of an answer's reasoning: good, neutral or wrong. One answer at a time; the first wrong step ends it. */
import { html } from 'lit/html.js';
import { boardOf, lettersOf, reduceBoard } from '../../../src/core/index.js';
import type { JudgedStep } from '../../../src/core/index.js';
import type { LabelingSettings } from '../../../src/protocol.js';
import { answerAt, cardLetter, isWriting, writtenNames } from '../state.js';
import type { PageState, Shown, Work } from '../state.js';
import { joined, t } from '../strings.js';
import type { Completeness, Mode, Reply } from './mode.js';
import { firstWrong, isDone, judgedAt, stepsAt } from './judgedSteps.js';
import { stepsAnswer, stepsKeys, stepsVerdict } from './stepsView.js';

type Label = JudgedStep['label'];
const labels: readonly Label[] = ['good', 'neutral', 'wrong'];

export const steps: Mode = {
  hasBoard: false,

  act(shown, action, settings) {
    const { work } = shown;
    const letter = cardLetter(shown);
    const nSteps = stepsAt(shown, letter, settings).length;
    switch (action.do) {
      case 'place': {
        const label = labels[action.place - 1];
        return label === undefined ? undefined : judge(shown, letter, work.at, label, settings);
      }
      case 'letter':
        return { work: goTo(shown, action.letter, settings) };
      case 'focus-left':
      case 'focus-right': {
        const step = action.do === 'focus-left' ? -1 : 1;
        const { focused } = reduceBoard(work.board, { type: 'focus-beside', step });
        return { work: goTo(shown, focused, settings) };
      }
      case 'part-down':
        return { work: { ...work, at: Math.max(0, Math.min(work.at + 1, nSteps - 1)) } };
      case 'part-up':
        return { work: { ...work, at: Math.max(work.at - 1, 0) } };
      case 'leave-out':
        return { work: cutAt(shown, letter, work.at) };
      case 'take-back':
        return { work: cutAt(shown, letter, Math.max(0, judgedAt(shown, letter).length - 1)) };
      case 'clear':
        return { work: cutAt(shown, letter, 0) };
      case 'rationale':
        return judgedAt(shown, letter)[work.at] === undefined
          ? { notice: t('Judge the step, then say why') }
          : undefined;
      default:
        return undefined;
    }
  },

  choose(shown, { letter, at, value }, settings) {
    const label = labels[value];
    return label === undefined ? {} : judge(shown, letter, at, label, settings);
  },

  draft: (_view, { own }) => ({
    mode: 'steps',
    ranking: [],
    ...(own.steps !== undefined && Object.keys(own.steps).length > 0 && { steps: own.steps }),
  }),

  work(view, { steps: said, corrections = [] }) {
    const board = boardOf(view.answers.length, { written: writtenNames(view, corrections) });
    return { board, at: 0, own: said === undefined ? {} : { steps: said } };
  },

  completeness,

  reason: {
    of: (shown) => {
      const step = judgedAt(shown, cardLetter(shown))[shown.work.at];
      return step && (step.reason ?? '');
    },
    with(shown, text) {
      const letter = cardLetter(shown);
      const said = judgedAt(shown, letter);
      const step = said[shown.work.at];
      if (step === undefined) return shown.work;
      const { reason: _before, ...bare } = step;
      const changed = text.trim() === '' ? bare : { ...bare, reason: text };
      return withSteps(shown, letter, said.with(shown.work.at, changed));
    },
    label: ({ work }) => t('Why is step {0} so?', work.at + 1),
    isGiven: ({ own }) =>
      Object.values(own.steps ?? {}).some((said) => said.some(({ reason }) => (reason ?? '') !== '')),
  },

  sentence({ settings }, shown) {
    const letter = cardLetter(shown);
    const all = stepsAt(shown, letter, settings);
    const said = judgedAt(shown, letter);
    const here = said[shown.work.at];
    const words = { good: t('good'), neutral: t('neutral'), wrong: t('wrong') };
    const place = t('{0}, step {1} of {2}', letter, shown.work.at + 1, all.length);
    const parts = [here === undefined ? `${place}.` : `${place}: ${words[here.label]}.`];
    if (isDone(shown, letter, settings)) parts.push(t('{0} is judged.', letter));
    return parts.join(' ');
  },

  choices: stepsVerdict,
  answers: stepsAnswer,

  nextStep(shown, settings) {
    const letter = cardLetter(shown);
    const answer = answerAt(shown.view, letter);
    if (answer === undefined || isWriting(answer)) return t('{0} is still being written', letter);
    const step = firstWrong(shown, letter) ?? judgedAt(shown, letter).length;
    const last = stepsAt(shown, letter, settings)[step - 1];
    return { step, end: step === 0 ? 0 : (last?.end ?? 0) };
  },

  button: (_shown, { send, bindings }) =>
    html`<vscode-button
      appearance="secondary"
      id="nextStep"
      title=${t('The model offers another step after the last right one')}
      @click=${() => send({ type: 'act', action: { do: 'next-step' } })}
      >${t('Another step')} <kbd aria-hidden="true">${bindings.label('next-step')}</kbd></vscode-button
    >`,

  // What is right would tell of the steps whether they lead there.
  hidesReference: (shown, settings) => notDone(shown, settings).length > 0,

  submitLabel: (state, shown) =>
    isDone(shown, cardLetter(shown), state.settings) && notDone(shown, state.settings).length > 0
      ? t('Next answer')
      : undefined,

  badge(shown, letter) {
    const wrong = firstWrong(shown, letter);
    return wrong === undefined ? undefined : t('wrong: {0}', wrong + 1);
  },

  spoken: (shown, letter) => {
    const n = judgedAt(shown, letter).length;
    return n === 0 ? '' : `, ${n === 1 ? t('1 step judged') : t('{0} steps judged', n)}`;
  },

  keys: stepsKeys,
};

const notDone = (shown: Shown, settings: LabelingSettings): readonly string[] =>
  lettersOf(shown.work.board).filter((letter) => !isDone(shown, letter, settings));

function judge(shown: Shown, letter: string, at: number, label: Label, settings: LabelingSettings): Reply {
  const answer = answerAt(shown.view, letter);
  const all = stepsAt(shown, letter, settings);
  const step = all[at];
  if (answer === undefined || step === undefined) return { notice: t('There is no step to judge') };
  if (isWriting(answer)) return { notice: t('{0} is still being written', letter) };
  const said = judgedAt(shown, letter);
  // Steps build on each other, and a data set takes them from the first one on.
  if (at > said.length)
    return { work: { ...shown.work, at: said.length }, notice: t('Step {0} comes first', said.length + 1) };
  const judged: JudgedStep = { ...said[at], text: step.text, label };
  const next = at < said.length ? said.with(at, judged) : [...said, judged];
  const isEnd = (label === 'wrong' && !settings.steps.judgeAll) || at + 1 >= all.length;
  return { work: { ...withSteps(shown, letter, next), at: isEnd ? at : at + 1 } };
}

/** This step is not judged after all, nor any after it. */
const cutAt = (shown: Shown, letter: string, at: number): Work => ({
  ...withSteps(shown, letter, judgedAt(shown, letter).slice(0, at)),
  at,
});

function withSteps({ view, work }: Shown, letter: string, said: readonly JudgedStep[]): Work {
  const id = answerAt(view, letter)?.candidateId;
  if (id === undefined) return work;
  const { [id]: _before, ...others } = work.own.steps ?? {};
  const all = said.length > 0 ? { ...others, [id]: [...said] } : others;
  return { ...work, own: Object.keys(all).length > 0 ? { steps: all } : {} };
}

/** To another answer, at the step where it is to be gone on with. */
function goTo(shown: Shown, letter: string, settings: LabelingSettings): Work {
  const { work } = shown;
  const board = reduceBoard(work.board, { type: 'focus', letter });
  if (board.focused === work.board.focused) return work;
  const wrong = settings.steps.judgeAll ? undefined : firstWrong(shown, letter);
  const last = Math.max(0, stepsAt(shown, letter, settings).length - 1);
  return { ...work, board, at: wrong ?? Math.min(judgedAt(shown, letter).length, last) };
}

function completeness(state: PageState, shown: Shown): Completeness {
  const { settings } = state;
  if (Object.keys(shown.work.own.steps ?? {}).length === 0)
    return { is: 'missing', text: t('No step is judged yet. 1 good, 2 neutral, 3 wrong') };
  const left = notDone(shown, settings);
  if (left.length === 0 || state.notice?.confirms.includes('unplaced') === true)
    return { is: 'complete', work: shown.work };
  const letter = cardLetter(shown);
  const next = left.find((other) => other > letter) ?? left[0];
  if (next !== undefined && !left.includes(letter)) return { is: 'go-on', work: goTo(shown, next, settings) };
  if (settings.partial === 'forbid')
    return { is: 'missing', text: t('{0}: steps left. This project asks for all', joined(left)) };
  return {
    is: 'to-confirm',
    confirmation: 'unplaced',
    text: t('{0}: steps left. Enter again submits without them', joined(left)),
  };
}
