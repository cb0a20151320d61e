/** Rank two to eight answers: by name, by place, by dragging, or as a line of text. */
import { boardOf, notPlaced, placeOf, reduceBoard, tierIndexOf, writtenNotPlaced } from '../../../src/core/index.js';
import type { Board, BoardAction, CandidateId } from '../../../src/core/index.js';
import type { KeyAction } from '../keys.js';
import { boardToJudge, correctionMark, idOf, impliedLetter, isMissingAt, nameOf, writtenNames } from '../state.js';
import type { PageState, Shown, Work } from '../state.js';
import { joined, ordinalWord, t } from '../strings.js';
import type { Completeness, Mode, Reply } from './mode.js';
import { rankBadge, rankChoices, rankKeys } from './rankView.js';

export const rank: Mode = {
  hasBoard: true,

  act(shown, action) {
    const { view, work } = shown;
    const { board } = work;
    const placed = action.do === 'letter' ? action.letter : action.do === 'place' ? board.focused : '';
    if (isMissingAt(view, placed))
      return {
        work: { ...work, board: reduceBoard(board, { type: 'focus', letter: placed }) },
        notice: t('{0} was not written: it gets no place', placed),
      };
    if (action.do === 'best' && !canBeBest(board)) return { notice: t('Best marks one of a tie in first place') };
    if (action.do === 'place-improved') {
      const letter = correctionMark(board.focused.slice(0, 1));
      if (board.written?.includes(letter) !== true)
        return { notice: t('{0} has no improved form yet', letter.slice(0, 1)) };
      return onBoard(work, { type: 'letter', letter });
    }
    const boardAction = boardActionOf(action);
    if (boardAction?.type !== 'place' && boardAction?.type !== 'leave-out')
      return boardAction && onBoard(work, boardAction);
    // On to the next one that there is.
    const next = reduceBoard(boardToJudge(shown), boardAction);
    const leftOut = next.leftOut.filter((letter) => board.leftOut.includes(letter) || !isMissingAt(view, letter));
    return { work: { ...work, board: { ...next, leftOut } } };
  },

  choose: ({ work }, { letter }) => onBoard(work, { type: 'letter', letter }),

  draft(view, { board, corrections }) {
    const ids = (names: readonly string[]): CandidateId[] =>
      names.flatMap((name) => idOf(view, corrections, name) ?? []);
    const best = board.best === null ? undefined : idOf(view, corrections, board.best);
    return {
      ranking: board.tiers.map((tier) => ids(tier.letters)).filter((tier) => tier.length > 0),
      ...(board.line !== null && { line: board.line }),
      ...(board.leftOut.length > 0 && { leftOut: ids(board.leftOut) }),
      ...(best !== undefined && { best }),
    };
  },

  work(view, draft) {
    const corrections = draft.corrections ?? [];
    const names = (ids: readonly string[]) =>
      ids.flatMap((id) => nameOf(view, corrections, id) ?? []).filter((name) => !isMissingAt(view, name));
    const tiers = draft.ranking.map(names);
    const line = draft.line === undefined ? null : tiers.slice(0, draft.line).filter((tier) => tier.length > 0).length;
    const board = boardOf(view.answers.length, {
      order: { tiers: tiers.filter((tier) => tier.length > 0), line },
      leftOut: names(draft.leftOut ?? []),
      best: draft.best === undefined ? null : (names([draft.best])[0] ?? null),
      written: writtenNames(view, corrections),
    });
    return { board, own: {}, at: 0 };
  },

  completeness,
  sentence: boardSentence,
  choices: rankChoices,
  badge: rankBadge,
  spoken({ work: { board } }, letter) {
    const index = tierIndexOf(board, letter);
    return index < 0 ? '' : `, ${ordinalWord(placeOf(board, index))}`;
  },
  keys: rankKeys,
};

const onBoard = (work: Work, action: BoardAction): Reply => ({
  work: { ...work, board: reduceBoard(work.board, action) },
});

function boardActionOf(action: KeyAction): BoardAction | undefined {
  switch (action.do) {
    case 'letter':
      return { type: 'letter', letter: action.letter, isTied: action.isTied };
    case 'place':
      // Places go to eight; a nine means nothing here.
      return action.place > 8 ? undefined : { type: 'place', place: action.place };
    case 'tie':
    case 'line':
    case 'leave-out':
    case 'take-back':
    case 'clear':
    case 'best':
      return { type: action.do };
    case 'move-up':
      return { type: 'shift', to: 'up' };
    case 'move-down':
      return { type: 'shift', to: 'down' };
    default:
      return undefined;
  }
}

function canBeBest(board: Board): boolean {
  const first = board.tiers[0]?.letters ?? [];
  return first.length > 1 && first.includes(board.focused);
}

function completeness(state: PageState, shown: Shown): Completeness {
  const { partial } = state.settings;
  const judged = boardToJudge(shown);
  const left = notPlaced(judged);
  let { board } = shown.work;

  if (board.tiers.length === 0 && !saysSomethingElse(shown.work, left))
    return {
      is: 'missing',
      text:
        left.length === 0
          ? t('All are left out. Flag what is wrong, or skip the prompt')
          : t('Nothing is placed yet. Type the order, best first'),
    };

  const implied = impliedLetter(state);
  if (implied !== undefined) board = reduceBoard({ ...judged, leftOut: board.leftOut }, { type: 'imply' });
  else if (left.length > 0) {
    const names = left.join(', ');
    if (partial === 'forbid')
      return { is: 'missing', text: t('{0}: no place yet. This project asks for a place for each', names) };
    if (state.notice?.confirms.includes('unplaced') !== true)
      return {
        is: 'to-confirm',
        confirmation: 'unplaced',
        text:
          partial === 'last'
            ? t('{0}: no place. Enter again puts them last', names)
            : t('{0}: no place. Enter again submits without them', names),
      };
    if (partial === 'last')
      for (const [index, letter] of left.entries())
        board = reduceBoard(board, { type: 'letter', letter, isTied: index > 0 });
  }
  return { is: 'complete', work: { ...shown.work, board } };
}

/** All were left out on purpose, and flags, marks or an improved answer say why. */
const saysSomethingElse = (work: Work, left: readonly string[]): boolean =>
  left.length === 0 &&
  (work.corrections.length > 0 ||
    [...Object.values(work.flags), ...Object.values(work.spans)].some((list) => list.length > 0));

/** "B first. A and D second. C not placed." */
function boardSentence(state: PageState, shown: Shown): string {
  const board = boardToJudge(shown);
  const parts = board.tiers.map((tier, index) =>
    t('{0} {1}.', joined(tier.letters), ordinalWord(placeOf(board, index))),
  );
  if (board.line !== null) {
    const last = board.line === 0 ? undefined : ordinalWord(placeOf(board, board.line - 1));
    parts.push(last === undefined ? t('Good-enough line before all.') : t('Good-enough line after {0}.', last));
  }
  if (board.best !== null) parts.push(t('{0} is the best.', board.best));
  const implied = impliedLetter(state);
  const left = notPlaced(board);
  if (implied !== undefined) parts.push(t('{0} goes last. Enter accepts.', implied));
  else if (left.length > 0) parts.push(t('{0} not placed.', joined(left)));
  const written = writtenNotPlaced(board);
  if (written.length > 0) parts.push(t('{0} can be placed.', joined(written)));
  if (shown.work.board.leftOut.length > 0) parts.push(t('{0} left out.', joined(shown.work.board.leftOut)));
  return parts.join(' ');
}
