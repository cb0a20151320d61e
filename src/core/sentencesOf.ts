import type { TextRange } from './textRange.js';

const segmenter = new Intl.Segmenter('und', { granularity: 'sentence' });
const words = new Intl.Segmenter('und', { granularity: 'word' });

/**
 * The sentences of a text in Markdown, in their order, without the marks of lists, quotes and headings before them. A line
 * ends a sentence: items, rows and lines of code are statements of their own.
 */
export function sentencesOf(text: string): TextRange[] {
  const sentences: TextRange[] = [];
  let lineStart = 0;
  for (const line of text.split('\n')) {
    const mark = lineMark.exec(line)?.[0].length ?? 0;
    for (const { segment, index } of segmenter.segment(line.slice(mark))) {
      const start = lineStart + mark + index + (segment.length - segment.trimStart().length);
      const end = lineStart + mark + index + segment.trimEnd().length;
      if (end > start) sentences.push({ start, end });
    }
    lineStart += line.length + 1;
  }
  return sentences;
}

const lineMark = /^[\s>]*(?:(?:[-*+•]|\d{1,3}[.)]|#{1,6})\s+)?/;

/** A word, without the signs and spaces around it. */
export interface Word extends TextRange {
  readonly word: string;
}

/** The words of a part of a text, and the signs that say something by themselves: emoji, arithmetic, money. */
export function wordsOf(text: string, { start, end }: TextRange = { start: 0, end: text.length }): Word[] {
  const found: Word[] = [];
  for (const match of text.slice(start, end).matchAll(word)) {
    const [run] = match;
    const at = start + match.index;
    if (!unspaced.test(run)) found.push({ word: run, start: at, end: at + run.length });
    else
      for (const { segment, index } of words.segment(run))
        found.push({ word: segment, start: at + index, end: at + index + segment.length });
  }
  return found;
}

/** A word where words are written between spaces: far faster than a dictionary, which only the others need. */
const word =
  /[\p{L}\p{N}\p{M}_](?:[\p{L}\p{N}\p{M}_\u200c\u200d]|[.,:'’](?=[\p{L}\p{N}]))*|\p{Extended_Pictographic}(?:[\ufe0f\p{Emoji_Modifier}]|\u200d\p{Extended_Pictographic})*|\p{Regional_Indicator}{2}|[\p{Sc}+=<>≠≤≥±×÷√∞→←]/gu;

const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
