import { diffArrays } from 'diff';
import { answerParts, itemMark, type PartKind } from './answerParts.js';
import type { CandidateId } from './ids.js';
import type { AnswerPart, Correction } from './judgement.js';
import { wordsOf, type Word } from './sentencesOf.js';
import type { TextRange } from './textRange.js';

/**
 * An answer that a labeler composes of parts of others and of words of their own. Its text is its parts' texts one after the
 * other: each holds the space up to the next one, so that every character has a source.
 */
export type ComposedAnswer = readonly AnswerPart[];

/** Share of words that a part and what became of it in an editor have in common at least. */
const alikeFrom = 0.5;
/** More parts than this are only found again where they are unchanged. */
const maxAlike = 400;
/** Steps of work for the words of one part: a long block of code stays under a tenth of a second. */
const editSteps = 1_000_000;

/** The parts of the labeler's own answer; one that was stored without them, or with others, is the labeler's own words. */
export function composedParts({ text, parts }: Pick<Correction, 'text' | 'parts'>): ComposedAnswer {
  const isWhole = parts !== undefined && parts.map((part) => part.text).join('') === text;
  return isWhole ? parts : piecesOf(text).map((piece) => ({ text: piece }));
}

/** What is stored of it. Undefined when nothing is left. Without any source it was written from nothing and has no parts. */
export function composedCorrection(id: CandidateId, composed: ComposedAnswer): Correction | undefined {
  const text = composed.map((part) => part.text).join('');
  if (text.trim() === '') return undefined;
  const parts = composed.map((part) => ({ ...part }));
  return parts.some(({ from }) => from !== undefined) ? { id, text, parts } : { id, text };
}

// How it changes -------------------------------------------------------------------------------------------------------

/** @param at the place that the new parts get, 0-based. */
export const withParts = (composed: ComposedAnswer, parts: readonly AnswerPart[], at: number): ComposedAnswer =>
  settled([...composed.slice(0, at), ...parts, ...composed.slice(at)], composed);

export const withoutPart = (composed: ComposedAnswer, index: number): ComposedAnswer =>
  settled(composed.toSpliced(index, 1), composed);

/** The same where the part is at the end already. */
export function movedPart(composed: ComposedAnswer, index: number, to: number): ComposedAnswer {
  const part = composed[index];
  if (part === undefined || to === index || to < 0 || to >= composed.length) return composed;
  return settled(composed.toSpliced(index, 1).toSpliced(to, 0, part), composed);
}

/**
 * After it was edited as one text: parts that are still there, word for word or half of them, keep their source; the rest is
 * the labeler's own.
 */
export function editedParts(composed: ComposedAnswer, text: string): ComposedAnswer {
  const pieces = piecesOf(text);
  const sources = composed.filter(({ from }) => from !== undefined);
  const found = new Map<number, AnswerPart>();
  const left = new Set(sources);
  for (const [index, piece] of pieces.entries()) {
    const same = [...left].find((part) => part.text.trim() === piece.trim());
    if (same === undefined) continue;
    found.set(index, same);
    left.delete(same);
  }
  if (pieces.length + left.size <= maxAlike) matchAlike(pieces, left, found);
  return pieces.map((piece, index) => ({ ...sourceOf(found.get(index)), text: piece }));
}

const sourceOf = ({ from, start, end }: Partial<AnswerPart> = {}): Omit<AnswerPart, 'text'> => ({
  ...(from !== undefined && { from }),
  ...(start !== undefined && { start }),
  ...(end !== undefined && { end }),
});

/** Most alike first, each used once. */
function matchAlike(pieces: readonly string[], left: ReadonlySet<AnswerPart>, found: Map<number, AnswerPart>): void {
  const pairs = pieces.flatMap((piece, index) => {
    if (found.has(index)) return [];
    const own = new Set(wordsOf(piece).map(({ word }) => word));
    return [...left].flatMap((part) => {
      const theirs = new Set(wordsOf(part.text).map(({ word }) => word));
      const nShared = [...own].filter((word) => theirs.has(word)).length;
      const share = (2 * nShared) / Math.max(1, own.size + theirs.size);
      return share >= alikeFrom ? [{ index, part, share }] : [];
    });
  });
  const taken = new Set<AnswerPart>();
  for (const { index, part } of pairs.sort((a, b) => b.share - a.share || a.index - b.index)) {
    if (found.has(index) || taken.has(part)) continue;
    found.set(index, part);
    taken.add(part);
  }
}

/** A text cut before each of its parts, every character kept but empty lines around it. */
function piecesOf(text: string): string[] {
  const whole = text.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd();
  const cuts = answerParts(whole).map(({ start }) => whole.lastIndexOf('\n', start - 1) + 1);
  if (cuts.length === 0 && whole !== '') return [whole];
  return cuts.map((cut, index) => whole.slice(index === 0 ? 0 : cut, cuts[index + 1]));
}

/**
 * Spaces between parts as Markdown needs them, and items numbered on. Parts that stood together before keep what stood
 * between them.
 */
function settled(parts: readonly AnswerPart[], before: ComposedAnswer): ComposedAnswer {
  const followers = new Map(before.map((part, index) => [part, before[index + 1]]));
  let isInTable = false;
  let number = 0;
  return parts.map((part, index) => {
    const next = parts[index + 1];
    const words = part.text.trimEnd();
    const kind = kindOf(words, isInTable);
    isInTable = kind === 'head' || kind === 'row';
    if (kind === 'heading') number = 0;
    const mark = /^(\d{1,9})([.)])/.exec(kind === 'item' ? words : '');
    if (mark !== null) number += 1;
    const numbered = mark === null ? words : `${number}${mark[2]}${words.slice(mark[0].length)}`;
    const gap = part.text.slice(words.length);
    const isKept = next !== undefined && followers.get(part) === next && gap.includes('\n');
    const text = numbered + (next === undefined ? '' : isKept ? gap : gapBefore(next, kind, isInTable));
    return { ...part, text };
  });
}

function gapBefore(next: AnswerPart, kind: PartKind, isInTable: boolean): string {
  const nextKind = kindOf(next.text.trimEnd(), isInTable);
  const isTogether = (kind === 'item' && nextKind === 'item') || (isInTable && nextKind === 'row');
  return isTogether ? '\n' : '\n\n';
}

/** A row alone looks like a paragraph: it is one under a table's other rows. */
function kindOf(text: string, isInTable: boolean): PartKind {
  const kind = answerParts(text)[0]?.kind ?? 'paragraph';
  return isInTable && kind === 'paragraph' && text.includes('|') && !text.includes('\n') ? 'row' : kind;
}

// What is whose --------------------------------------------------------------------------------------------------------

/** What became of a quoted part, word by word. */
export interface PartChanges {
  /** What is the labeler's own in the new text. */
  readonly added: readonly TextRange[];
  /** What is gone, before the word of the new text that begins at `at`. */
  readonly removed: readonly { readonly at: number; readonly text: string }[];
}

/** Signs and Markdown's marks between words don't count, as in `differences`. */
export function partChanges(after: string, before: string): PartChanges {
  const now = normalized(wordsOf(after));
  const then = normalized(wordsOf(before));
  const nWords = now.length + then.length;
  const words = (list: readonly Word[]) => list.map(({ word }) => word);
  const changes = diffArrays(words(then), words(now), {
    maxEditLength: Math.max(1, Math.min(nWords, Math.floor(editSteps / Math.max(1, nWords)))),
  });
  if (changes === undefined) {
    const known = new Set(words(then));
    return {
      added: joined(
        after,
        now.filter(({ word }) => !known.has(word)),
      ),
      removed: [],
    };
  }
  const added: TextRange[] = [];
  const removed: PartChanges['removed'][number][] = [];
  let [atNow, atThen] = [0, 0];
  for (const change of changes) {
    const nChanged = change.value.length;
    if (change.removed) {
      const [first, last] = [then[atThen], then[atThen + nChanged - 1]];
      const at = now[atNow]?.start ?? after.trimEnd().length;
      removed.push({ at, text: before.slice(first?.start, last?.end) });
    }
    if (change.added) added.push(...now.slice(atNow, atNow + nChanged));
    if (!change.added) atThen += nChanged;
    if (!change.removed) atNow += nChanged;
  }
  return { added: joined(after, added), removed };
}

const normalized = (words: readonly Word[]): Word[] =>
  words.map((word) => ({ ...word, word: word.word.normalize('NFC') }));

/** Ranges with nothing but spaces and signs between them become one. */
function joined(text: string, ranges: readonly TextRange[]): TextRange[] {
  const result: TextRange[] = [];
  for (const { start, end } of ranges) {
    const last = result.at(-1);
    if (last !== undefined && /^[^\n\p{L}\p{N}\p{S}*_[\]]{0,8}$/u.test(text.slice(last.end, start)))
      result[result.length - 1] = { start: last.start, end };
    else result.push({ start, end });
  }
  return result;
}

/** How much of a composed answer comes from where: whole percents that make a hundred. `from` is absent for the labeler. */
export interface AnswerShare {
  readonly from?: CandidateId;
  readonly percent: number;
}

/**
 * By the letters of the words; words that were changed in a quoted part are the labeler's. Numbers of items don't count.
 *
 * @param textOf the whole text of an answer that was quoted; undefined when it is not there any more.
 * @returns in the order of their first part, the labeler last; those that have nothing are left out.
 */
export function answerShares(
  composed: ComposedAnswer,
  textOf: (from: CandidateId) => string | undefined,
): readonly AnswerShare[] {
  const sums = new Map<CandidateId | undefined, number>();
  const add = (from: CandidateId | undefined, nLetters: number) => sums.set(from, (sums.get(from) ?? 0) + nLetters);
  for (const part of composed) {
    const { from } = part;
    const text = unmarked(part.text);
    const nLetters = lettersIn(wordsOf(text));
    const source = from === undefined ? undefined : textOf(from)?.slice(part.start, part.end);
    const nOwn = source === undefined ? 0 : lettersIn(ownWords(text, unmarked(source)));
    add(from, nLetters - nOwn);
    if (nOwn > 0) add(undefined, nOwn);
  }
  const shares = [...sums].filter(([, sum]) => sum > 0);
  const total = shares.reduce((all, [, sum]) => all + sum, 0);
  const floors = shares.map(([from, sum]) => ({
    from,
    percent: Math.floor((100 * sum) / total),
    rest: (100 * sum) % total,
  }));
  const nLeft = 100 - floors.reduce((all, { percent }) => all + percent, 0);
  const raised = new Set([...floors].sort((a, b) => b.rest - a.rest).slice(0, nLeft));
  return floors
    .map((share) => ({ from: share.from, percent: share.percent + (raised.has(share) ? 1 : 0) }))
    .sort((a, b) => Number(a.from === undefined) - Number(b.from === undefined))
    .map(({ from, percent }) => (from === undefined ? { percent } : { from, percent }));
}

const unmarked = (text: string): string => text.trimStart().slice(itemMark(text.trimStart()).length);

const ownWords = (text: string, source: string): Word[] =>
  partChanges(text, source).added.flatMap((range) => wordsOf(text, range));

const lettersIn = (words: readonly Word[]): number => words.reduce((sum, { word }) => sum + word.length, 0);
