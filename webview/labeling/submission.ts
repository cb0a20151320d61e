/** What Enter does, by state. A double Enter can never submit the next prompt: with nothing placed it only says so. */
import { lettersOf, notPlaced, reduceBoard } from '../../src/core/index.js';
import { answerAt, boardToJudge, impliedLetter, isWriting, lettersWriting } from './state.js';
import type { Confirmation, PageState, Shown, Work } from './state.js';
import type { CandidateId } from '../../src/core/index.js';
import { joined, t } from './strings.js';

export type SubmitDecision =
  | { readonly do: 'hint'; readonly text: string }
  | { readonly do: 'ask-rationale'; readonly text: string }
  | { readonly do: 'confirm'; readonly confirmation: Confirmation; readonly text: string }
  | { readonly do: 'submit'; readonly work: Work; readonly cut: readonly CandidateId[] };

export function decideSubmit(state: PageState, shown: Shown): SubmitDecision {
  const { settings } = state;
  const confirmed = state.notice?.confirms ?? [];
  const judged = boardToJudge(shown);
  const left = notPlaced(judged);
  let { board } = shown.work;

  if (board.tiers.length === 0 && !saysSomethingElse(shown.work, left))
    return { do: 'hint', text: t('Nothing is placed yet. Type the order, best first') };

  const implied = impliedLetter(state);
  if (implied !== undefined) board = reduceBoard({ ...judged, leftOut: board.leftOut }, { type: 'imply' });
  else if (left.length > 0) {
    const names = left.join(', ');
    if (settings.partial === 'forbid')
      return { do: 'hint', text: t('{0}: no place yet. This project asks for a place for each', names) };
    if (!confirmed.includes('unplaced'))
      return {
        do: 'confirm',
        confirmation: 'unplaced',
        text:
          settings.partial === 'last'
            ? t('{0}: no place. Enter again puts them last', names)
            : t('{0}: no place. Enter again submits without them', names),
      };
    if (settings.partial === 'last')
      for (const [index, letter] of left.entries())
        board = reduceBoard(board, { type: 'letter', letter, isTied: index > 0 });
  }

  if (settings.rationale === 'required' && shown.work.rationale.trim() === '')
    return { do: 'ask-rationale', text: t('This project asks for a reason') };

  const writing = lettersWriting(shown);
  if (writing.length > 0 && !confirmed.includes('writing'))
    return {
      do: 'confirm',
      confirmation: 'writing',
      text: t('{0} still writing. Enter again stops it and submits what is shown', joined(writing)),
    };
  return {
    do: 'submit',
    work: { ...shown.work, board },
    cut: lettersOf(board).flatMap((letter) => {
      const answer = answerAt(shown.view, letter);
      return answer && isWriting(answer) ? answer.candidateId : [];
    }),
  };
}

/** All were left out on purpose, and flags or an improved answer say why. */
const saysSomethingElse = (work: Work, left: readonly string[]): boolean =>
  left.length === 0 && (work.corrections.length > 0 || Object.values(work.flags).some((list) => list.length > 0));
