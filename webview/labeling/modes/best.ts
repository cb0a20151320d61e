/** Which answer is the best; the others are tied below it. */
import { boardOf, lettersOf, reduceBoard } from '../../../src/core/index.js';
import { html } from 'lit/html.js';
import type { JudgementDraft, PromptView } from '../../../src/protocol.js';
import { answerAt, correctionMark, idOf, isMissing, nameOf, writtenNames } from '../state.js';
import type { Shown, Work } from '../state.js';
import { t } from '../strings.js';
import type { Mode, Reply } from './mode.js';
import { radios } from './radios.js';

export const best: Mode = {
  hasBoard: false,

  act(shown, action) {
    const { view, work } = shown;
    switch (action.do) {
      case 'letter':
        return pick(shown, action.letter);
      case 'place': {
        const letter = lettersOf(work.board)[action.place - 1];
        return letter === undefined ? undefined : pick(shown, letter);
      }
      case 'place-improved': {
        const name = correctionMark(work.board.focused.slice(0, 1));
        const id = idOf(view, work.corrections, name);
        return id === undefined ? { notice: t('{0} has no improved form yet', name.slice(0, 1)) } : pick(shown, name);
      }
      case 'line':
        return { work: { ...work, own: isNoneGood(work) ? {} : { line: 0 } } };
      case 'take-back':
      case 'clear':
      case 'leave-out':
        return { work: { ...work, own: {} } };
      default:
        return undefined;
    }
  },

  choose: (shown, { letter }) => pick(shown, letter),

  draft(view, work) {
    const others = answersToJudge(view);
    if (isNoneGood(work)) return { mode: 'best', ranking: others.length === 0 ? [] : [others], line: 0 };
    const { best: id } = work.own;
    if (id === undefined) return { mode: 'best', ranking: [] };
    const below = others.filter((other) => other !== id);
    return { mode: 'best', ranking: [[id], ...(below.length > 0 ? [below] : [])], best: id };
  },

  work(view, draft) {
    const board = boardOf(view.answers.length, { written: writtenNames(view, draft.corrections ?? []) });
    return { board, at: 0, own: ownOf(draft) };
  },

  completeness: (_state, { work }) =>
    work.own.best === undefined && !isNoneGood(work)
      ? { is: 'missing', text: t('Nothing is chosen yet. Type the letter of the best') }
      : { is: 'complete', work },

  sentence: (_state, { view, work }) => {
    if (isNoneGood(work)) return t('None is good.');
    const name = nameOfBest(view, work);
    return name === undefined ? t('Nothing is chosen.') : t('{0} is the best.', name);
  },

  choices(_state, shown, { send, bindings }) {
    const { view, work } = shown;
    const names = [...lettersOf(work.board), ...(work.board.written ?? [])].filter((name) => {
      const answer = answerAt(view, name);
      return answer === undefined || !isMissing(answer);
    });
    const picked = nameOfBest(view, work);
    const none = {
      content: html`<kbd aria-hidden="true">${bindings.label('line')}</kbd><span>${t('None is good')}</span>`,
      name: t('None is good'),
      isChecked: isNoneGood(work),
      look: 'middle',
      choose: () => send({ type: 'act', action: { do: 'line' } }),
    };
    return html`<div class="order">
      ${radios(t('The best answer'), 'scale bests', [
        ...names.map((name) => ({
          content: html`<kbd aria-hidden="true">${name}</kbd><span>${t('{0} is the best', name)}</span>`,
          name: t('{0} is the best', name),
          isChecked: name === picked,
          choose: () => send({ type: 'choose', choice: { letter: name, at: 0, value: 1 } }),
        })),
        none,
      ])}
    </div>`;
  },

  badge: ({ view, work }, name) =>
    nameOfBest(view, work) === name ? html`<span class="badge first">${t('best')}</span>` : undefined,

  spoken: ({ view, work }, name) => (nameOfBest(view, work) === name ? `, ${t('best')}` : ''),

  keys: ({ shown }, { bindings }) => ({
    title: t('Pick the best'),
    rows: [
      [html`<kbd>A</kbd> … <kbd>${'ABCDEFGH'[(shown?.view.answers.length ?? 8) - 1]}</kbd>`, t('this one is the best')],
      [html`<kbd>${bindings.label('place-improved')}</kbd>`, t('its improved form is the best')],
      [html`<kbd>${bindings.label('line')}</kbd>`, t('none is good')],
      [html`<kbd>${bindings.label('take-back')}</kbd>`, t('take it back')],
    ],
  }),
};

function pick({ view, work }: Shown, name: string): Reply {
  const id = idOf(view, work.corrections, name);
  const answer = answerAt(view, name);
  if (id === undefined || (answer !== undefined && isMissing(answer))) return { work };
  const board = reduceBoard(work.board, { type: 'focus', letter: name });
  return { work: { ...work, board, own: { best: id } } };
}

const isNoneGood = ({ own }: Work): boolean => own.line === 0;

const nameOfBest = (view: PromptView, { own, corrections }: Work): string | undefined =>
  own.best === undefined ? undefined : nameOf(view, corrections, own.best);

const answersToJudge = ({ answers }: PromptView) =>
  answers.filter((answer) => !isMissing(answer)).map(({ candidateId }) => candidateId);

/** Of a judgement that was made by ranking, the first alone in its tier is the best. */
function ownOf({ best: id, ranking, line }: JudgementDraft): Work['own'] {
  if (id !== undefined) return { best: id };
  if (line === 0) return { line };
  const [first] = ranking;
  const [only] = first ?? [];
  return only !== undefined && first?.length === 1 ? { best: only } : {};
}
