/** Which of two answers is better, and by how much. */
import { boardOf, reduceBoard } from '../../../src/core/index.js';
import { html } from 'lit/html.js';
import type { LabelingSettings, PromptView } from '../../../src/protocol.js';
import { isMissing, writtenNames } from '../state.js';
import type { Work } from '../state.js';
import { t } from '../strings.js';
import type { Mode, Reply } from './mode.js';
import { radios } from './radios.js';

type Points = LabelingSettings['pair']['points'];

/** Strength of the first point of the scale, "A much better": 3 of seven points, 2 of five, 1 of three. */
const strongest = (points: Points): number => (points - 1) / 2;

export const pair: Mode = {
  hasBoard: false,

  act(shown, action, { pair: { points, goOn } }) {
    const { work } = shown;
    const isSubmit = goOn === 'atOnce';
    switch (action.do) {
      case 'place':
        return action.place > points
          ? undefined
          : { work: chosen(work, strongest(points) - action.place + 1), isSubmit };
      case 'letter': {
        if (action.letter !== 'A' && action.letter !== 'B') return undefined;
        // Harder each time: the choice may go on, so it never submits by itself.
        const side = action.letter === 'A' ? 1 : -1;
        const before = (work.own.strength ?? 0) * side;
        const strength = side * Math.min(Math.max(before, 0) + 1, strongest(points));
        return { work: chosen(focusOn(work, action.letter), strength) };
      }
      case 'tie':
        return { work: chosen(work, 0), isSubmit };
      case 'line':
        return { work: isBothBad(work) ? { ...work, own: {} } : bothBad(work), isSubmit: isSubmit && !isBothBad(work) };
      case 'take-back':
      case 'clear':
      case 'leave-out':
        return { work: { ...work, own: {} } };
      default:
        return undefined;
    }
  },

  choose({ work }, { value }, { pair: { goOn } }): Reply {
    return { work: chosen(work, value), isSubmit: goOn === 'atOnce' };
  },

  draft(view, work) {
    const { strength } = work.own;
    return {
      mode: 'pair',
      ranking: strength === undefined ? [] : rankingOf(view, strength),
      ...(strength !== undefined && { strength }),
      ...(isBothBad(work) && { line: 0 }),
    };
  },

  work(view, { strength, line, corrections = [] }) {
    const board = boardOf(view.answers.length, { written: writtenNames(view, corrections) });
    return { board, at: 0, own: { ...(strength !== undefined && { strength, ...(line === 0 && { line }) }) } };
  },

  completeness(
    {
      settings: {
        pair: { points },
      },
    },
    { view, work },
  ) {
    if (view.answers.length < 2 || view.answers.some(isMissing))
      return { is: 'missing', text: t('A pair needs two answers. Skip it, or write the other one again') };
    if (work.own.strength === undefined)
      return { is: 'missing', text: t('Nothing is chosen yet. Type 1 to {0}, or A or B', points) };
    return { is: 'complete', work };
  },

  sentence: (
    {
      settings: {
        pair: { points },
      },
    },
    { work },
  ) => {
    const { strength } = work.own;
    if (strength === undefined) return t('Nothing is chosen.');
    return isBothBad(work) ? t('Both bad.') : `${wordOf(strength, points)}.`;
  },

  choices(
    {
      settings: {
        pair: { points },
      },
    },
    { work },
    { send },
  ) {
    const strengths = Array.from({ length: points }, (_, index) => strongest(points) - index);
    return html`<div class="order">
      ${radios(
        t('Which is better, and by how much'),
        `scale points${points}`,
        strengths.map((strength, index) => ({
          content: html`<kbd aria-hidden="true">${index + 1}</kbd><span>${wordOf(strength, points)}</span>`,
          isChecked: work.own.strength === strength && !isBothBad(work),
          look: strength === 0 ? 'middle' : '',
          choose: () => send({ type: 'choose', choice: { letter: 'A', at: 0, value: strength } }),
        })),
      )}
    </div>`;
  },

  button: ({ work }, { send, bindings }) =>
    html`<button
      class="toggle"
      id="bothBad"
      role="checkbox"
      aria-checked=${String(isBothBad(work))}
      @click=${() => send({ type: 'act', action: { do: 'line' } })}
    >
      <span class="box" aria-hidden="true"></span>${t('Both bad')}
      <kbd aria-hidden="true">${bindings.label('line')}</kbd>
    </button>`,

  spoken: () => '',

  keys: (
    {
      settings: {
        pair: { points },
      },
    },
    { bindings },
  ) => ({
    title: t('Compare'),
    rows: [
      [html`<kbd>1</kbd> … <kbd>${points}</kbd>`, t('from A much better to B much better')],
      [html`<kbd>A</kbd> <kbd>B</kbd>`, t('that one is better; again: by more')],
      [html`<kbd>${bindings.label('tie')}</kbd>`, t('about equal')],
      [html`<kbd>${bindings.label('line')}</kbd>`, t('both bad')],
      [html`<kbd>${bindings.label('take-back')}</kbd>`, t('take it back')],
    ],
  }),
};

const chosen = (work: Work, strength: number): Work => ({ ...work, own: { strength: strength === 0 ? 0 : strength } });
const bothBad = (work: Work): Work => ({ ...work, own: { strength: 0, line: 0 } });
const isBothBad = ({ own }: Work): boolean => own.line === 0;

const focusOn = (work: Work, letter: string): Work => ({
  ...work,
  board: reduceBoard(work.board, { type: 'focus', letter }),
});

/** Ties of the first two: they are about equal. */
function rankingOf({ answers }: PromptView, strength: number) {
  const [a, b] = answers.map(({ candidateId }) => candidateId);
  if (a === undefined || b === undefined) return [];
  if (strength === 0) return [[a, b]];
  return strength > 0 ? [[a], [b]] : [[b], [a]];
}

function wordOf(strength: number, points: Points): string {
  const letter = strength > 0 ? 'A' : 'B';
  const size = Math.abs(strength);
  if (size === 0) return t('About equal');
  if (points > 3 && size === strongest(points)) return t('{0} much better', letter);
  return points === 7 && size === 1 ? t('{0} slightly', letter) : t('{0} better', letter);
}
