import type { TokenLogprob } from './candidate.js';
import type { TextRange } from './textRange.js';

/** How sure the model was of a token. 0: over 90 %, 1: 50 to 90 %, 2: 10 to 50 %, 3: under 10 %. */
export type UnsureBand = 0 | 1 | 2 | 3;

/** @param probability of the chosen token, 0 to 1, before temperature. */
export function unsureBandOf(probability: number): UnsureBand {
  if (probability > 0.9) return 0;
  if (probability >= 0.5) return 1;
  return probability >= 0.1 ? 2 : 3;
}

/** A place in a text where the model could well have written something else. */
export interface UnsureToken extends TextRange {
  /** Of what it wrote, 0 to 1. */
  readonly probability: number;
  /** What it could have written instead and what it wrote, most likely first. */
  readonly alternatives: readonly { readonly text: string; readonly probability: number; readonly isChosen: boolean }[];
}

/** A token is looked for this far ahead: a server may leave out a token of its own, or a space. */
const searchedChars = 32;
/** With less of the text than this under tokens, they are of another text. */
const minCoverage = 0.7;

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * The tokens of a text of which the model was less sure than 90 %, in their order, without the spaces before them. Tokens
 * that share a character (bytes of one, parts of a grapheme) stand together, with the product of their probabilities.
 *
 * @param logprobs of the tokens that make up `text`; special ones and some missing ones do no harm.
 * @returns undefined when they don't fit the text.
 */
export function unsureTokens(text: string, logprobs: readonly TokenLogprob[]): UnsureToken[] | undefined {
  return unsurePlaces(text, logprobs)?.map(({ unsure }) => unsure);
}

interface UnsurePlace {
  readonly unsure: UnsureToken;
  /** Where its tokens begin, with the spaces before them. */
  readonly from: number;
  readonly tokens: readonly TokenLogprob[];
}

function unsurePlaces(text: string, logprobs: readonly TokenLogprob[]): UnsurePlace[] | undefined {
  const placed = placedTokens(text, logprobs);
  const nCovered = placed.reduce((sum, { start, end }) => sum + end - start, 0);
  if (text.trim() === '' || nCovered < minCoverage * text.length) return undefined;
  return merged(text, placed).flatMap(({ start, end, tokens }) => {
    const written = text.slice(start, end);
    const visibleStart = start + written.length - written.trimStart().length;
    const visibleEnd = start + written.trimEnd().length;
    const probability = Math.exp(tokens.reduce((sum, { logprob }) => sum + Math.min(0, logprob), 0));
    if (visibleEnd <= visibleStart || unsureBandOf(probability) === 0) return [];
    const range = { start: visibleStart, end: visibleEnd };
    const alternatives = alternativesOf(written.trim(), probability, tokens);
    return [{ unsure: { ...range, probability, alternatives }, from: start, tokens }];
  });
}

/** Where the tokens of a text begin, ascending; those that share a character count as one. */
export const tokenStarts = (text: string, logprobs: readonly TokenLogprob[]): number[] =>
  placedTokens(text, logprobs).map(({ start }) => start);

/**
 * What stands for an alternative of an unsure token: its text as the model would have written it, with its spaces.
 *
 * @param start of the token, @param index of the alternative, both as `unsureTokens` has them.
 * @returns `from`: where the token begins, spaces before it included; `token`: its place in `logprobs`; `rated`: what the
 * model thought of the alternative. Undefined where there
 * is no such alternative, and for the token itself.
 */
export function alternativeAt(
  text: string,
  logprobs: readonly TokenLogprob[],
  start: number,
  index: number,
): { readonly from: number; readonly token: number; readonly text: string; readonly rated: TokenLogprob } | undefined {
  const found = unsurePlaces(text, logprobs)?.find((place) => place.unsure.start === start);
  const chosen = found?.unsure.alternatives[index];
  const [token] = found?.tokens ?? [];
  if (found === undefined || chosen === undefined || chosen.isChosen || token === undefined) return undefined;
  const raw = token.top.find(([other]) => plainOf(token, other).trim() === chosen.text);
  if (raw === undefined) return undefined;
  const isWhole = text.startsWith(plainOf(token, token.token), found.from);
  const plain = plainOf(token, raw[0]);
  return {
    from: found.from,
    token: logprobs.indexOf(token),
    text: isWhole ? plain : plain.trimStart(),
    rated: { token: plain, logprob: raw[1], top: token.top },
  };
}

/** Some servers show a token's space by the sign that its vocabulary has for it. */
const plainOf = (token: TokenLogprob | undefined, text: string): string =>
  /^[\u2581\u0120]/.test(token?.token ?? '') ? withSpaces(text) : text;

const withSpaces = (token: string): string => token.replace(/[\u2581\u0120]/g, ' ');

interface Placed extends TextRange {
  readonly tokens: readonly TokenLogprob[];
}

function placedTokens(text: string, logprobs: readonly TokenLogprob[]): Placed[] {
  const placed: Placed[] = [];
  let at = 0;
  /** Tokens that are parts of a character: they end where the next whole one begins. */
  let parts: TokenLogprob[] = [];
  const put = (start: number, end: number, token: TokenLogprob): void => {
    if (parts.length > 0 && start > at) placed.push({ start: at, end: start, tokens: parts });
    parts = [];
    placed.push({ start, end, tokens: [token] });
    at = end;
  };
  for (const token of logprobs) {
    if (token.token === '') continue;
    if (token.token.includes('\ufffd') && !text.startsWith(token.token, at)) {
      parts.push(token);
      continue;
    }
    const spelling = [
      token.token,
      withSpaces(token.token),
      token.token.trimStart(),
      withSpaces(token.token).trimStart(),
    ].find((other) => other !== '' && text.startsWith(other, at) && parts.length === 0);
    if (spelling !== undefined) {
      put(at, at + spelling.length, token);
      continue;
    }
    const near = text.slice(at, at + searchedChars + token.token.length).indexOf(token.token);
    if (near >= 0 && (parts.length > 0 || token.token.trim().length > 1))
      put(at + near, at + near + token.token.length, token);
  }
  if (parts.length > 0 && at < text.length)
    placed.push({ start: at, end: Math.min(text.length, at + 4), tokens: parts });
  return placed;
}

/** Joins tokens that cut a grapheme. */
function merged(text: string, placed: readonly Placed[]): Placed[] {
  const boundaries = /^[\n\x20-\x7e]*$/.test(text)
    ? undefined
    : new Set([...graphemes.segment(text)].map(({ index }) => index).concat(text.length));
  const result: Placed[] = [];
  for (const { start, end, tokens } of placed) {
    const last = result.at(-1);
    if (last !== undefined && boundaries !== undefined && !boundaries.has(start) && last.end === start)
      result[result.length - 1] = { start: last.start, end, tokens: [...last.tokens, ...tokens] };
    else result.push({ start, end, tokens });
  }
  return result;
}

function alternativesOf(
  written: string,
  probability: number,
  tokens: readonly TokenLogprob[],
): UnsureToken['alternatives'] {
  const [only] = tokens.length === 1 ? tokens : [];
  const others = (only?.top ?? [])
    .map(([text, logprob]) => ({
      text: plainOf(only, text).trim(),
      probability: Math.exp(Math.min(0, logprob)),
      isChosen: false,
    }))
    .filter(({ text }) => text !== '' && text !== written && !text.includes('\ufffd'));
  const chosen = { text: written, probability, isChosen: true };
  return [chosen, ...others].toSorted((a, b) => b.probability - a.probability);
}
