/** The composed answer in the page's state: which parts it has, which parts an answer has, what a change makes of them. */
import {
  answerParts,
  composedCorrection,
  composedParts,
  itemMark,
  ownAnswerName,
  partText,
  reduceBoard,
} from '../../../src/core/index.js';
import type {
  AnswerBlock,
  AnswerPart,
  CandidateId,
  ComposedAnswer,
  Correction,
  TextRange,
} from '../../../src/core/index.js';
import type { AnswerView } from '../../../src/protocol.js';
import { thoughtEnd } from '../answerText.js';
import { isWriting, letterOf, writtenNames } from '../state.js';
import type { Shown, Work } from '../state.js';
import type { Composing } from './registry.js';

/** The answer that the labeler composed or wrote from nothing. */
export const ownCorrection = ({ corrections }: Work): Correction | undefined =>
  corrections.findLast(({ parent }) => parent === undefined);

let read: { readonly correction: Correction; readonly composed: ComposedAnswer } | undefined;

export function composedOf(work: Work): ComposedAnswer {
  const correction = ownCorrection(work);
  if (correction === undefined) return [];
  if (read?.correction !== correction) read = { correction, composed: composedParts(correction) };
  return read.composed;
}

/** What is said with this composed answer; with nothing in it there is none, and it stands nowhere in the order. */
export function withComposed(shown: Shown, composed: ComposedAnswer): Work {
  const { view, work } = shown;
  const before = ownCorrection(work);
  const own = composedCorrection(before?.id ?? view.ownId, composed);
  const others = work.corrections.filter((correction) => correction !== before);
  const corrections = own === undefined ? others : [...others, own];
  const off =
    own === undefined
      ? reduceBoard(work.board, { type: 'drop', letter: ownAnswerName, target: { on: 'tray' } })
      : work.board;
  const focused = work.board.focused === ownAnswerName && own === undefined ? 'A' : work.board.focused;
  return { ...work, corrections, board: { ...off, focused, written: writtenNames(view, corrections) } };
}

const blocks = new Map<string, readonly AnswerBlock[]>();

/** The parts of an answer; those of the last few texts are kept. */
export function partsOf({ text }: Pick<AnswerView, 'text'>): readonly AnswerBlock[] {
  let found = blocks.get(text);
  if (found === undefined) {
    found = answerParts(text, thoughtEnd(text));
    if (blocks.size > 32) blocks.clear();
    blocks.set(text, found);
  }
  return found;
}

/** Whether an answer stands as it is: what is still written, or failed, can change. */
export const canQuote = (answer: AnswerView): boolean => !isWriting(answer) && answer.state !== 'failed';

export const quoteOf = ({ candidateId, text }: AnswerView, { start, end }: TextRange): AnswerPart => ({
  text: partText(text, { start, end }),
  from: candidateId,
  start,
  end,
});

/** What is selected has no marks of Markdown on the screen: those around it are taken along, and those of the whole part. */
export function withMarks(text: string, { start, end }: TextRange, block: TextRange): TextRange {
  const before = text.slice(block.start, start);
  const after = text.slice(end, block.end);
  const isFromStart = !/[\p{L}\p{N}]/u.test(before.slice(itemMark(before).length));
  const isToEnd = !/[\p{L}\p{N}]/u.test(after);
  return {
    start: isFromStart ? block.start : start - (/[*_`~]+$/.exec(before)?.[0].length ?? 0),
    end: isToEnd ? block.end : end + (/^[*_`~]+/.exec(after)?.[0].length ?? 0),
  };
}

/** The place in the composed answer of what was quoted from here, 0-based; -1 where nothing was. */
export const placeOfQuote = (composed: ComposedAnswer, from: CandidateId, { start, end }: TextRange): number =>
  composed.findIndex(
    (part) =>
      part.from === from && part.start !== undefined && part.end !== undefined && part.start < end && part.end > start,
  );

export const chosenOf = (composing: Composing, composed: ComposedAnswer): number =>
  Math.max(0, Math.min(composing.chosen, composed.length - 1));

/** The part of an answer that has the cursor. */
export const cursorIn = (composing: Composing, answer: AnswerView): number =>
  Math.max(0, Math.min(composing.at[answer.candidateId] ?? 0, partsOf(answer).length - 1));

/** The source of a part, if it is on the screen. */
export const sourceText = ({ view }: Shown, from: CandidateId): string | undefined =>
  view.answers.find(({ candidateId }) => candidateId === from)?.text;

/** Letter of the answer that a part was taken from; undefined for the labeler's own words, and for an answer that is gone. */
export const sourceLetter = ({ view }: Shown, { from }: Pick<AnswerPart, 'from'>): string | undefined =>
  from === undefined ? undefined : letterOf(view, from);
