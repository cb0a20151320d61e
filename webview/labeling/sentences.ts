/** What the page says aloud, for people who don't see the board. */
import { notPlaced, placeOf } from '../../src/core/index.js';
import { boardToJudge, impliedLetter } from './state.js';
import type { PageState } from './state.js';
import { joined, ordinalWord, t } from './strings.js';

/** The improved answer of C is C′. */
export const correctionMark = (letter: string): string => `${letter}\u2032`;

/** "B first. A and D second. C not placed." */
export function boardSentence(state: PageState): string {
  const { shown } = state;
  if (!shown) return '';
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
  if (shown.work.board.leftOut.length > 0) parts.push(t('{0} left out.', joined(shown.work.board.leftOut)));
  return parts.join(' ');
}
