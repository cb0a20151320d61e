/**
 * The board: what a labeler has placed so far, and how each key or drop changes it. Letters stand for places on the screen.
 * Two habits meet here: by name, best first (`b a d c`), and by place while reading (`2` on A, `1` on B). Typed places may
 * leave gaps; they close in the order that is submitted.
 */
import { answerLetters, isSameOrder } from './order.js';
import type { Order } from './order.js';

export interface BoardTier {
  /** As typed, from 1; ascending along the board. */
  readonly place: number;
  /** In letter order. */
  readonly letters: readonly string[];
}

export interface Board {
  readonly nAnswers: number;
  /** Names of the labeler's own answers, `C′` for an improved C: placed like letters, but never missed where they are not. */
  readonly written?: readonly string[];
  readonly tiers: readonly BoardTier[];
  /** Tiers above the good-enough line; null when it isn't drawn. */
  readonly line: number | null;
  readonly leftOut: readonly string[];
  /** The best of a tied first tier. */
  readonly best: string | null;
  readonly focused: string;
  /** `=` was typed: the next letter ties with the last one. */
  readonly isTiePending: boolean;
  /** What Backspace takes back, oldest first: letters, and `-` for the line. */
  readonly typed: readonly string[];
}

/** Where a dragged letter is let go. Indexes are those of the tiers before the drop. */
export type DropTarget =
  | { readonly on: 'tier'; readonly index: number }
  /** A tier of its own before tier `index`; `isAboveLine` says on which side of a line that lies there. */
  | { readonly on: 'gap'; readonly index: number; readonly isAboveLine?: boolean }
  | { readonly on: 'tray' };

export type BoardAction =
  /** A letter: a new tier under the last, or tied with the one before. Already placed: only focus it. */
  | { readonly type: 'letter'; readonly letter: string; readonly isTied?: boolean }
  | { readonly type: 'tie' }
  | { readonly type: 'line' }
  /** Place of the focused answer, 1 to 8, and on to the next one not placed. */
  | { readonly type: 'place'; readonly place: number }
  | { readonly type: 'leave-out' }
  /** Half a tier: join the neighbour, then break out of it. */
  | { readonly type: 'shift'; readonly to: 'up' | 'down' }
  | { readonly type: 'take-back' }
  | { readonly type: 'clear' }
  | { readonly type: 'best' }
  | { readonly type: 'focus'; readonly letter: string }
  | { readonly type: 'focus-beside'; readonly step: 1 | -1 }
  | { readonly type: 'drop'; readonly letter: string; readonly target: DropTarget }
  /** Tiers above the line from now on; null takes it away. */
  | { readonly type: 'drop-line'; readonly line: number | null }
  /** The order field was edited. */
  | { readonly type: 'order'; readonly order: Order }
  /** The only answer without a place goes last. */
  | { readonly type: 'imply' };

/** An empty board of 2 to 8 answers, or one with what a draft holds. */
export function boardOf(
  nAnswers: number,
  said: {
    readonly order?: Order;
    readonly leftOut?: readonly string[];
    readonly best?: string | null;
    readonly written?: readonly string[];
  } = {},
): Board {
  const empty: Board = {
    nAnswers,
    written: said.written ?? [],
    tiers: [],
    line: null,
    leftOut: said.leftOut ?? [],
    best: null,
    focused: 'A',
    isTiePending: false,
    typed: said.leftOut ?? [],
  };
  return settle({ ...(said.order ? withOrder(empty, said.order) : empty), best: said.best ?? null });
}

/** Pure. The same board comes back when nothing changes. */
export function reduceBoard(board: Board, action: BoardAction): Board {
  switch (action.type) {
    case 'letter':
      return typeLetter(board, action.letter, action.isTied ?? false);
    case 'tie':
      return lastPlaced(board) === undefined || board.isTiePending ? board : { ...board, isTiePending: true };
    case 'line':
      return board.line === board.tiers.length ? withLine(board, null) : withLine(board, board.tiers.length);
    case 'place':
      return goOn(placeAt(board, board.focused, action.place));
    case 'leave-out':
      return goOn(leaveOut(board, board.focused));
    case 'shift':
      return settle(shift(board, action.to === 'up' ? -1 : 1));
    case 'take-back':
      return settle(takeBack(board));
    case 'clear':
      return isEmptyBoard(board)
        ? board
        : { ...boardOf(board.nAnswers, { written: writtenOf(board) }), focused: board.focused };
    case 'best':
      return markBest(board);
    case 'focus':
      return focus(board, action.letter);
    case 'focus-beside': {
      const all = lettersOf(board);
      const index = all.indexOf(board.focused.slice(0, 1)) + action.step + all.length;
      return focus(board, all[index % all.length] ?? board.focused);
    }
    case 'drop':
      return settle(drop(board, action.letter, action.target));
    case 'drop-line':
      return withLine(board, action.line);
    case 'order':
      return isSameOrder(orderOf(board), action.order) ? noTie(board) : settle(withOrder(board, action.order));
    case 'imply': {
      const letter = impliedLast(board);
      return letter === undefined ? board : settle(placeLast(board, letter));
    }
  }
}

// What a board says ----------------------------------------------------------------------------------------------------

export const lettersOf = (board: Board): readonly string[] => answerLetters.slice(0, board.nAnswers);

const writtenOf = (board: Board): readonly string[] => board.written ?? [];

/** Everything that has a name and can be placed. */
const isName = (board: Board, name: string): boolean =>
  lettersOf(board).includes(name) || writtenOf(board).includes(name);

/** The labeler's own answers that stand nowhere. */
export const writtenNotPlaced = (board: Board): readonly string[] =>
  writtenOf(board).filter((name) => tierIndexOf(board, name) < 0 && !board.leftOut.includes(name));

/** The order with its gaps closed: what is printed, drafted and submitted. */
export const orderOf = (board: Board): Order => ({ tiers: board.tiers.map((tier) => tier.letters), line: board.line });

export const tierIndexOf = (board: Board, letter: string): number =>
  board.tiers.findIndex((tier) => tier.letters.includes(letter));

/** Letters without a place that weren't left out on purpose. */
export const notPlaced = (board: Board): readonly string[] =>
  lettersOf(board).filter((letter) => tierIndexOf(board, letter) < 0 && !board.leftOut.includes(letter));

/** The place that a tier shows, as in sports: after `1 2 2` comes 4. A typed place shows while it leaves a gap. */
export const placeOf = (board: Board, tierIndex: number): number =>
  Math.max(rankAt(board.tiers, tierIndex), board.tiers[tierIndex]?.place ?? 1);

/** The place that the next letter would get. */
export const nextPlaceOf = (board: Board): number => Math.max((board.tiers.at(-1)?.place ?? 0) + 1, nPlaced(board) + 1);

/** The one answer whose place goes without saying: all others are placed without a gap, so it goes last. */
export function impliedLast(board: Board): string | undefined {
  const left = notPlaced(board);
  return left.length === 1 && board.tiers.length > 0 && !hasGap(board) ? left[0] : undefined;
}

export const isEmptyBoard = (board: Board): boolean =>
  board.tiers.length === 0 && board.line === null && board.leftOut.length === 0 && !board.isTiePending;

// How it changes -------------------------------------------------------------------------------------------------------

const rankAt = (tiers: readonly BoardTier[], tierIndex: number): number =>
  tiers.slice(0, tierIndex).reduce((sum, tier) => sum + tier.letters.length, 1);

const nPlaced = (board: Board): number => rankAt(board.tiers, board.tiers.length) - 1;

const noTie = (board: Board): Board => (board.isTiePending ? { ...board, isTiePending: false } : board);

const focus = (board: Board, letter: string): Board =>
  !isName(board, letter) || (letter === board.focused && !board.isTiePending)
    ? board
    : { ...noTie(board), focused: letter };

/** A typed place was left free, for an answer that is still to come. */
const hasGap = (board: Board): boolean => board.tiers.some((tier, index) => tier.place > rankAt(board.tiers, index));

/** Gaps closed: after moving by hand, typed places mean nothing any more. */
const renumber = (tiers: readonly BoardTier[]): BoardTier[] =>
  tiers.map((tier, index) => ({ ...tier, place: rankAt(tiers, index) }));

/** Only a tie in first place has a best. */
function settle(board: Board): Board {
  const first = board.tiers[0]?.letters ?? [];
  return board.best !== null && !(first.length > 1 && first.includes(board.best)) ? { ...board, best: null } : board;
}

function lastPlaced(board: Board): string | undefined {
  return board.typed.findLast((letter) => tierIndexOf(board, letter) >= 0);
}

function without(board: Board, letter: string): Board {
  const index = tierIndexOf(board, letter);
  const leftOut = board.leftOut.filter((other) => other !== letter);
  const typed = board.typed.filter((other) => other !== letter);
  if (index < 0) return { ...board, leftOut, typed };
  const isAlone = board.tiers[index]?.letters.length === 1;
  const tiers = board.tiers
    .map((tier) => ({ ...tier, letters: tier.letters.filter((other) => other !== letter) }))
    .filter((tier) => tier.letters.length > 0);
  const line = board.line !== null && isAlone && index < board.line ? board.line - 1 : board.line;
  return { ...board, tiers, line, leftOut, typed };
}

/** Taking a letter off the board makes no gap that nobody typed. */
function takenOff(board: Board, letter: string): Board {
  const clear = without(board, letter);
  return hasGap(board) ? clear : { ...clear, tiers: renumber(clear.tiers) };
}

/** `letter` must not be on the board. It comes to lie below a line that is exactly there, unless told otherwise. */
function insertTier(board: Board, letter: string, at: number, place: number, isAboveLine = false): Board {
  const isBefore = board.line !== null && (at < board.line || (at === board.line && isAboveLine));
  return {
    ...board,
    tiers: [...board.tiers.slice(0, at), { place, letters: [letter] }, ...board.tiers.slice(at)],
    line: board.line !== null && isBefore ? board.line + 1 : board.line,
    typed: [...board.typed, letter],
  };
}

/** `letter` must not be on the board. */
const joinTier = (board: Board, letter: string, tierIndex: number): Board => ({
  ...board,
  tiers: board.tiers.map((tier, index) =>
    index === tierIndex ? { ...tier, letters: [...tier.letters, letter].sort() } : tier,
  ),
  typed: [...board.typed, letter],
});

function placeLast(board: Board, letter: string): Board {
  const clear = without(board, letter);
  return { ...noTie(insertTier(clear, letter, clear.tiers.length, nextPlaceOf(clear))), focused: letter };
}

function typeLetter(board: Board, letter: string, isTied: boolean): Board {
  if (!isName(board, letter)) return board;
  if (tierIndexOf(board, letter) >= 0) return focus(board, letter);
  const before = lastPlaced(board);
  if ((isTied || board.isTiePending) && before !== undefined)
    return { ...noTie(joinTier(without(board, letter), letter, tierIndexOf(board, before))), focused: letter };
  return placeLast(board, letter);
}

function placeAt(board: Board, letter: string, place: number): Board {
  if (board.tiers[tierIndexOf(board, letter)]?.place === place) return noTie(board);
  const clear = noTie(without(board, letter));
  const same = clear.tiers.findIndex((tier) => tier.place === place);
  if (same >= 0) return settle(joinTier(clear, letter, same));
  const after = clear.tiers.findIndex((tier) => tier.place > place);
  return settle(insertTier(clear, letter, after < 0 ? clear.tiers.length : after, place));
}

function leaveOut(board: Board, letter: string): Board {
  if (board.leftOut.includes(letter)) return noTie(board);
  const clear = noTie(takenOff(board, letter));
  return settle({ ...clear, leftOut: [...clear.leftOut, letter].sort(), typed: [...clear.typed, letter] });
}

function goOn(board: Board): Board {
  const left = notPlaced(board);
  return { ...board, focused: left.find((letter) => letter > board.focused) ?? left[0] ?? board.focused };
}

function withLine(board: Board, line: number | null): Board {
  if (line === board.line) return board;
  const typed = board.typed.filter((other) => other !== '-');
  return { ...noTie(board), line, typed: line === null ? typed : [...typed, '-'] };
}

function shift(board: Board, step: 1 | -1): Board {
  const letter = board.focused;
  const index = tierIndexOf(board, letter);
  const tier = board.tiers[index];
  if (!tier) return board;
  const typed = board.typed;
  if (tier.letters.length > 1) {
    const clear = without(board, letter);
    // It stays on its side of the line: leaving a tie is a smaller step than crossing the line.
    const broken = insertTier(clear, letter, step < 0 ? index : index + 1, tier.place, step > 0);
    return { ...noTie(broken), tiers: renumber(broken.tiers), typed };
  }
  const neighbour = board.tiers[index + step]?.letters[0];
  if (neighbour === undefined) {
    const isAtLine = board.line === (step < 0 ? index : index + 1);
    return isAtLine ? withLine(board, step < 0 ? index + 1 : index) : board;
  }
  const clear = without(board, letter);
  const joined = joinTier(clear, letter, tierIndexOf(clear, neighbour));
  return { ...noTie(joined), tiers: renumber(joined.tiers), typed };
}

function takeBack(board: Board): Board {
  if (board.isTiePending) return noTie(board);
  const last = board.typed.at(-1);
  if (last === undefined) return board.line === null ? board : withLine(board, null);
  return last === '-' ? withLine(board, null) : { ...takenOff(board, last), focused: last };
}

function markBest(board: Board): Board {
  const first = board.tiers[0]?.letters ?? [];
  if (first.length < 2 || !first.includes(board.focused)) return board;
  return { ...board, best: board.best === board.focused ? null : board.focused };
}

function drop(board: Board, letter: string, target: DropTarget): Board {
  if (target.on === 'tray') return { ...noTie(takenOff(board, letter)), focused: letter };
  const from = tierIndexOf(board, letter);
  const isAlone = board.tiers[from]?.letters.length === 1;
  if (target.on === 'tier') {
    const other = board.tiers[target.index]?.letters.find((name) => name !== letter);
    if (other === undefined || from === target.index) return focus(board, letter);
    const clear = without(board, letter);
    const joined = joinTier(clear, letter, tierIndexOf(clear, other));
    return { ...noTie(joined), tiers: renumber(joined.tiers), focused: letter };
  }
  const at = isAlone && from < target.index ? target.index - 1 : target.index;
  const moved = insertTier(without(board, letter), letter, at, 0, target.isAboveLine ?? false);
  return { ...noTie(moved), tiers: renumber(moved.tiers), focused: letter };
}

function withOrder(board: Board, order: Order): Board {
  const placed = order.tiers.flat();
  const leftOut = board.leftOut.filter((letter) => !placed.includes(letter));
  return {
    ...board,
    tiers: renumber(order.tiers.map((letters) => ({ place: 0, letters: [...letters].sort() }))),
    line: order.line,
    leftOut,
    isTiePending: false,
    typed: [...leftOut, ...placed],
  };
}
