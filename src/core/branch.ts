/** Candidates that go on from the beginning of another one: from another token, or with another step. */
import { z } from 'zod';
import type { Candidate, TokenLogprob } from './candidate.js';
import { CandidateId } from './ids.js';
import { alternativeAt, tokenStarts } from './unsure.js';

/** Where a candidate leaves the one that it goes on from. Loose: fields of a newer version survive a round trip. */
export const Branch = z.looseObject({
  from: CandidateId,
  /** UTF-16 units that both share: what stands behind them is its own. */
  at: z.int().min(0),
  /** 0-based place, among the tokens of the other one, of that in whose place another stands. */
  token: z.int().min(0).optional(),
  /** 0-based: the step, after the shared ones, that it offers another of; it ends with that step. */
  step: z.int().min(0).optional(),
});
export type Branch = z.infer<typeof Branch>;

/** A beginning that a model is to go on from. */
export interface Beginning {
  /**
   * The beginning's text in pieces, each to be encoded by itself: where the other one's tokens are known each is a piece, so
   * that the model reads what it wrote, and not the same text cut into other tokens. Empty: an answer from its start.
   */
  readonly pieces: readonly string[];
  /** What the other one's model thought of the pieces that are its tokens, for a generator that cannot rate them. */
  readonly given: readonly TokenLogprob[];
  readonly branch: Branch;
}

type Written = Pick<Candidate, 'id' | 'text' | 'logprobs'>;

/**
 * The answer up to an unsure token, and one of the token's alternatives in its place.
 *
 * @param start of the token, @param alternative its place in the token's list, both as `unsureTokens` has them.
 * @returns undefined where there is no such token, or the alternative is the token itself or no text.
 */
export function branchAtToken(
  { id, text, logprobs = [] }: Written,
  start: number,
  alternative: number,
): Beginning | undefined {
  const other = alternativeAt(text, logprobs, start, alternative);
  if (other === undefined || isControlText(other.text)) return undefined;
  return {
    pieces: [...piecesBefore(text, logprobs, other.from), other.text],
    given: [...logprobs.slice(0, other.token), other.rated],
    branch: { from: id, at: other.from, token: other.token },
  };
}

/**
 * The answer up to the end of its shared steps, for another step to follow.
 *
 * @param end of the shared part in UTF-16 units. @param separator stands between it and the new step.
 */
export function branchAtStep(
  { id, text, logprobs = [] }: Written,
  { end, separator, step }: { readonly end: number; readonly separator: string; readonly step: number },
): Beginning {
  const pieces = [...piecesBefore(text, logprobs, end), ...(separator === '' ? [] : [separator])];
  const starts = tokenStarts(text, logprobs);
  const nShared = starts.filter((start) => start < end).length;
  // Tokens that share a character count as one: then which of them are shared is not known.
  const given = starts.length === logprobs.length ? logprobs.slice(0, nShared) : [];
  return { pieces, given, branch: { from: id, at: end, step } };
}

/** The text before `end`, cut where its tokens begin. */
function piecesBefore(text: string, logprobs: readonly TokenLogprob[], end: number): string[] {
  const starts = tokenStarts(text, logprobs).filter((start) => start > 0 && start < end);
  return [0, ...starts].flatMap((start, index) => {
    const piece = text.slice(start, starts[index] ?? end);
    return piece === '' ? [] : [piece];
  });
}

/** A server may name its control tokens as alternatives: the end of a turn is no text to go on from. */
const isControlText = (text: string): boolean =>
  /^\s*<(?:[|｜][^>]*[|｜]|\/?s|(?:start|end)_of_turn|\/?think)>\s*$/u.test(text);
