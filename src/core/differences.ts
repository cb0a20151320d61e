import { diffArrays } from 'diff';
import { sentencesOf, wordsOf, type Word } from './sentencesOf.js';
import { wholeGraphemes, type TextRange } from './textRange.js';

/** What a text says that another one doesn't. */
export interface Differences {
  /** In their order; none touches another. */
  readonly ranges: readonly TextRange[];
  /** False when the texts were too long to compare all of it: what is marked then may stand in the other text too. */
  readonly isComplete: boolean;
}

/** Share of words that two sentences have in common, from which on they are versions of each other. */
const alikeFrom = 0.5;
/** A word in more sentences than this says nothing of which sentence is meant. */
const commonFrom = 64;
/** Steps of work: a comparison of two answers of 100 kB stays well under a second. */
const alignmentSteps = 1_000_000;
const editSteps = 2_000_000;

/**
 * The parts of `text` that `other` doesn't say. Sentences are aligned first, so that a moved one is no difference, then the
 * words of sentences that are alike (Myers' algorithm). Signs and Markdown's marks between words don't count.
 */
export function differences(text: string, other: string): Differences {
  const mine = statementsOf(text);
  const theirs = statementsOf(other);
  const work: Work = { alignmentSteps, editSteps, isComplete: true };
  const left = withoutEqual(mine, theirs);
  const partners = alike(left.mine, left.theirs, work);
  const ranges = left.mine.flatMap((statement, index) => {
    const partner = partners.get(index);
    return partner === undefined ? [spanOf(statement.words)] : onlyIn(statement, partner, work);
  });
  return { ranges: joined(text, ranges), isComplete: work.isComplete };
}

/** What only `text` says: the parts that are missing in each of the others. */
export function onlySaidIn(text: string, others: readonly string[]): Differences {
  const [first, ...rest] = others.map((other) => differences(text, other));
  if (first === undefined) return { ranges: [], isComplete: true };
  const isComplete = [first, ...rest].every((each) => each.isComplete);
  return { ranges: rest.reduce((all, { ranges }) => overlap(all, ranges), first.ranges), isComplete };
}

interface Work {
  alignmentSteps: number;
  editSteps: number;
  isComplete: boolean;
}

interface Statement {
  readonly words: readonly Word[];
  readonly key: string;
}

function statementsOf(text: string): Statement[] {
  return sentencesOf(text).flatMap((sentence) => {
    const words = wordsOf(text, sentence).map((word) => ({ ...word, word: word.word.normalize('NFC') }));
    return words.length === 0 ? [] : [{ words, key: words.map(({ word }) => word).join(' ') }];
  });
}

/** Leaves out what stands in both, wherever it stands: one of `theirs` for one of `mine`. */
function withoutEqual(mine: readonly Statement[], theirs: readonly Statement[]) {
  const nTheirs = new Map<string, number>();
  for (const { key } of theirs) nTheirs.set(key, (nTheirs.get(key) ?? 0) + 1);
  const nEqual = new Map<string, number>();
  const left = mine.filter(({ key }) => {
    const n = nEqual.get(key) ?? 0;
    if (n >= (nTheirs.get(key) ?? 0)) return true;
    nEqual.set(key, n + 1);
    return false;
  });
  const theirsLeft = theirs.filter(({ key }) => {
    const n = nEqual.get(key) ?? 0;
    if (n > 0) nEqual.set(key, n - 1);
    return n === 0;
  });
  return { mine: left, theirs: theirsLeft };
}

/** Pairs of sentences that are versions of each other, most alike first, each used once. Index of mine to theirs. */
function alike(mine: readonly Statement[], theirs: readonly Statement[], work: Work): Map<number, Statement> {
  const sentencesWith = new Map<string, number[]>();
  const nDistinct = theirs.map(({ words }, index) => {
    const distinct = new Set(words.map(({ word }) => word));
    for (const word of distinct) {
      const list = sentencesWith.get(word);
      if (list === undefined) sentencesWith.set(word, [index]);
      else list.push(index);
    }
    return distinct.size;
  });
  const pairs: { readonly mine: number; readonly theirs: number; readonly share: number }[] = [];
  for (const [index, { words }] of mine.entries()) {
    const nShared = new Map<number, number>();
    const own = new Set(words.map(({ word }) => word));
    for (const word of own) {
      const found = sentencesWith.get(word) ?? [];
      // Where all sentences are of the same words, the first ones are as good as any.
      for (const sentence of found.slice(0, commonFrom)) nShared.set(sentence, (nShared.get(sentence) ?? 0) + 1);
      work.alignmentSteps -= Math.min(found.length, commonFrom) + 1;
    }
    if (work.alignmentSteps < 0) {
      work.isComplete = false;
      break;
    }
    for (const [sentence, n] of nShared) {
      const share = (2 * n) / (own.size + (nDistinct[sentence] ?? 0));
      if (share >= alikeFrom) pairs.push({ mine: index, theirs: sentence, share });
    }
  }
  pairs.sort((a, b) => b.share - a.share || a.mine - b.mine || a.theirs - b.theirs);
  const partners = new Map<number, Statement>();
  const taken = new Set<number>();
  for (const pair of pairs) {
    const partner = theirs[pair.theirs];
    if (partner === undefined || partners.has(pair.mine) || taken.has(pair.theirs)) continue;
    partners.set(pair.mine, partner);
    taken.add(pair.theirs);
  }
  return partners;
}

/** The words of a sentence that its version in the other text doesn't have at that place. */
function onlyIn(mine: Statement, theirs: Statement, work: Work): TextRange[] {
  const own = mine.words.map(({ word }) => word);
  const others = theirs.words.map(({ word }) => word);
  // Each edit may walk along all of the words that are alike.
  const nWords = own.length + others.length;
  const maxEditLength = Math.min(nWords, Math.floor(work.editSteps / nWords));
  const changes = diffArrays(own, others, { maxEditLength });
  if (changes === undefined) {
    work.isComplete = false;
    work.editSteps -= maxEditLength * nWords;
    const known = new Set(others);
    return mine.words.filter(({ word }) => !known.has(word));
  }
  let at = 0;
  let nEdits = 0;
  const only: TextRange[] = [];
  for (const { added, removed, value } of changes) {
    if (added || removed) nEdits += value.length;
    if (added) continue;
    if (removed) only.push(spanOf(mine.words.slice(at, at + value.length)));
    at += value.length;
  }
  work.editSteps -= nEdits * nWords;
  return only;
}

const spanOf = (words: readonly Word[]): TextRange => ({ start: words[0]?.start ?? 0, end: words.at(-1)?.end ?? 0 });

/** Ranges with nothing but spaces between them become one; no grapheme is cut. */
function joined(text: string, ranges: readonly TextRange[]): TextRange[] {
  const result: TextRange[] = [];
  const whole = wholeGraphemes(text);
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const { start, end } = whole(range);
    const last = result.at(-1);
    if (last !== undefined && (start <= last.end || /^[^\S\n]*$/.test(text.slice(last.end, start))))
      result[result.length - 1] = { start: last.start, end: Math.max(end, last.end) };
    else if (end > start) result.push({ start, end });
  }
  return result;
}

/** What lies in ranges of both; each list in order and without overlaps. */
function overlap(some: readonly TextRange[], others: readonly TextRange[]): TextRange[] {
  const result: TextRange[] = [];
  let at = 0;
  for (const { start, end } of some) {
    while ((others[at]?.end ?? Infinity) <= start) at += 1;
    for (let index = at; (others[index]?.start ?? Infinity) < end; index += 1) {
      const other = others[index];
      if (other !== undefined) result.push({ start: Math.max(start, other.start), end: Math.min(end, other.end) });
    }
  }
  return result;
}
