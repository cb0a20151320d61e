/** Each answer by itself: good or bad. All stand on the screen; a digit judges the focused one and goes on. */
import { boardOf, lettersOf, reduceBoard } from '../../../src/core/index.js';
import { html } from 'lit/html.js';
import { answerAt, cardLetter, isMissing, writtenNames } from '../state.js';
import type { Shown, Work } from '../state.js';
import { joined, t } from '../strings.js';
import type { Mode } from './mode.js';
import { radios } from './radios.js';

export const thumbs: Mode = {
  hasBoard: false,

  act(shown, action) {
    const { work } = shown;
    const letter = cardLetter(shown);
    switch (action.do) {
      case 'place':
        return action.place > 2 ? undefined : { work: goOn(shown, judged(shown, letter, action.place === 1)) };
      case 'leave-out':
      case 'take-back':
        return { work: judged(shown, letter, undefined) };
      case 'clear':
        return { work: { ...work, own: {} } };
      default:
        return undefined;
    }
  },

  choose: (shown, { letter, value }) => ({ work: judged(shown, letter, value === 1) }),

  draft: (_view, { own }) => ({
    mode: 'thumbs',
    ranking: [],
    ...(own.thumbs !== undefined && Object.keys(own.thumbs).length > 0 && { thumbs: own.thumbs }),
  }),

  work(view, { thumbs: said, corrections = [] }) {
    const board = boardOf(view.answers.length, { written: writtenNames(view, corrections) });
    return { board, at: 0, own: said === undefined ? {} : { thumbs: said } };
  },

  completeness(state, shown) {
    const left = notJudged(shown);
    if (Object.keys(shown.work.own.thumbs ?? {}).length === 0)
      return { is: 'missing', text: t('Nothing is judged yet. Type 1 for good, 2 for bad') };
    if (left.length === 0 || state.notice?.confirms.includes('unplaced') === true)
      return { is: 'complete', work: shown.work };
    if (state.settings.partial === 'forbid')
      return { is: 'missing', text: t('{0}: not judged. This project asks for all', left.join(', ')) };
    return {
      is: 'to-confirm',
      confirmation: 'unplaced',
      text: t('{0}: not judged. Enter again submits without them', left.join(', ')),
    };
  },

  sentence(_state, shown) {
    const said = (isGood: boolean) => lettersOf(shown.work.board).filter((letter) => thumbOf(shown, letter) === isGood);
    const parts = [
      [said(true), t('{0} good.', joined(said(true)))] as const,
      [said(false), t('{0} bad.', joined(said(false)))] as const,
      [notJudged(shown), t('{0} not judged.', joined(notJudged(shown)))] as const,
    ];
    return parts.flatMap(([letters, text]) => (letters.length > 0 ? [text] : [])).join(' ');
  },

  choices: (_state, shown) => {
    const nAll = lettersOf(shown.work.board).length;
    const left = notJudged(shown);
    return html`<div class="rubric">
      <p class="muted">
        <kbd>1</kbd> ${t('Good answer')} <kbd>2</kbd> ${t('Bad answer')} ·
        ${t('{0} of {1} judged', nAll - left.length, nAll)}
      </p>
    </div>`;
  },

  under: (_state, shown, _answer, letter, { send }) =>
    html`<div class="under">
      ${radios(
        t('Answer {0}', letter),
        'seg thumbs',
        [true, false].map((isGood) => ({
          content: html`<i class="codicon codicon-thumbs${isGood ? 'up' : 'down'}" aria-hidden="true"></i>
            <span>${isGood ? t('Good answer') : t('Bad answer')}</span><kbd aria-hidden="true">${isGood ? 1 : 2}</kbd>`,
          name: isGood ? t('Good answer') : t('Bad answer'),
          isChecked: thumbOf(shown, letter) === isGood,
          choose: () => send({ type: 'choose', choice: { letter, at: 0, value: isGood ? 1 : 0 } }),
        })),
        { isStop: letter === cardLetter(shown) },
      )}
    </div>`,

  badge: (shown, letter) => {
    const said = thumbOf(shown, letter);
    return said === undefined
      ? undefined
      : html`<span class="badge"
          ><i
            class="codicon codicon-thumbs${said ? 'up' : 'down'}"
            title=${said ? t('Good answer') : t('Bad answer')}
          ></i
        ></span>`;
  },

  spoken: (shown, letter) => {
    const said = thumbOf(shown, letter);
    return said === undefined ? '' : `, ${said ? t('Good answer') : t('Bad answer')}`;
  },

  keys: (_state, { bindings }) => ({
    title: t('Good or bad'),
    rows: [
      [html`<kbd>1</kbd> <kbd>2</kbd>`, t('the focused answer is good, bad; on to the next')],
      [html`<kbd>A</kbd> … <kbd>H</kbd>`, t('focus that answer')],
      [html`<kbd>${bindings.label('leave-out')}</kbd>`, t('take it back')],
      [html`<kbd>${bindings.label('clear')}</kbd>`, t('clear all')],
    ],
  }),
};

const thumbOf = ({ view, work }: Shown, letter: string): boolean | undefined =>
  work.own.thumbs?.[answerAt(view, letter)?.candidateId ?? ''];

/** Answers without a word have nothing to judge. */
const notJudged = (shown: Shown): readonly string[] =>
  lettersOf(shown.work.board).filter((letter) => {
    const answer = answerAt(shown.view, letter);
    return answer !== undefined && !isMissing(answer) && thumbOf(shown, letter) === undefined;
  });

function judged({ view, work }: Shown, letter: string, isGood: boolean | undefined): Work {
  const id = answerAt(view, letter)?.candidateId;
  if (id === undefined) return work;
  const { [id]: _before, ...others } = work.own.thumbs ?? {};
  const said = isGood === undefined ? others : { ...others, [id]: isGood };
  return { ...work, own: Object.keys(said).length > 0 ? { thumbs: said } : {} };
}

/** The next one that is not judged. */
function goOn(shown: Shown, work: Work): Work {
  const left = notJudged({ ...shown, work });
  const letter = cardLetter(shown);
  const next = left.find((other) => other > letter) ?? left[0];
  return next === undefined ? work : { ...work, board: reduceBoard(work.board, { type: 'focus', letter: next }) };
}
