/**
 * What may be given to `JSON.parse`: it takes 200,000 nested arrays without complaint, and `JSON.stringify` then overflows
 * the stack; it takes half a surrogate pair, which becomes another character on writing, so that a hash of the content no
 * longer matches. A scan before it refuses both, with their place.
 */

/** Longest line (or element of an array) of JSON that is read, in bytes: a chat of a million tokens fits four times. */
export const maxJsonLineBytes = 16 * 1024 * 1024;

/** Deepest nesting that is read; no data set comes near it. */
export const maxJsonDepth = 64;

/** `offset` is 0-based, in UTF-16 code units of the text that was scanned. */
export interface JsonFault {
  readonly kind: 'too-deep' | 'lone-surrogate';
  readonly offset: number;
}

/** The first thing in this JSON text that may not be read, or undefined. The text need not be valid JSON. */
export function jsonFaultOf(text: string): JsonFault | undefined {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (isSurrogate(code)) {
      if (!isHigh(code) || !isLow(text.charCodeAt(index + 1))) return { kind: 'lone-surrogate', offset: index };
      index += 1;
    } else if (isInString) {
      if (code === quote) isInString = false;
      else if (code === backslash) {
        const escaped = escapedUnit(text, index);
        if (escaped !== undefined && isSurrogate(escaped)) {
          const next = escapedUnit(text, index + 6);
          if (!isHigh(escaped) || next === undefined || !isLow(next)) return { kind: 'lone-surrogate', offset: index };
          index += 11;
        } else index += 1;
      }
    } else if (code === quote) isInString = true;
    else if (code === openBracket || code === openBrace) {
      depth += 1;
      if (depth > maxJsonDepth) return { kind: 'too-deep', offset: index };
    } else if (code === closeBracket || code === closeBrace) depth -= 1;
  }
  return undefined;
}

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const letterU = 0x75;

const isSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdfff;
const isHigh = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
const isLow = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;

/** The code unit that a `\uXXXX` at `index` stands for; undefined when there is none. */
function escapedUnit(text: string, index: number): number | undefined {
  if (text.charCodeAt(index) !== backslash || text.charCodeAt(index + 1) !== letterU) return undefined;
  const digits = text.slice(index + 2, index + 6);
  return /^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}
