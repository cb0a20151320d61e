/** A part of a text: `[start, end)` in UTF-16 units. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Makes ranges of a text wide enough to cut no grapheme: half a flag or a letter without its accent says something else. */
export function wholeGraphemes(text: string): (range: TextRange) => TextRange {
  if (plainLatin.test(text)) return (range) => range;
  const segments = graphemes.segment(text);
  return ({ start, end }) => {
    if (start >= end || plainLatin.test(text.slice(Math.max(0, start - 2), end + 2))) return { start, end };
    const last = segments.containing(end - 1);
    return {
      start: segments.containing(start)?.index ?? start,
      end: last === undefined ? end : Math.max(end, last.index + last.segment.length),
    };
  };
}

/** Here every character but a carriage return before a line feed is a grapheme. */
const plainLatin = /^[\t\n\x20-\xac\xae-\u02ff]*$/;
