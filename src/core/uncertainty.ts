import type { Candidate } from './candidate.js';
import type { Judgement } from './judgement.js';
import { pairwiseAgreement } from './agreement.js';

/**
 * How unsure a model is of a prompt, 0 to 1: the mean of how unsure it was of its tokens (one minus the geometric mean of
 * their probabilities) and of how little its answers have in common (one minus the mean Jaccard index of their words, as in
 * sampling-based uncertainty, arXiv:2302.09664). What cannot be known is left out; 0 when nothing can.
 */
export function uncertaintyOf(candidates: readonly Pick<Candidate, 'text' | 'logprobs'>[]): number {
  const ofTokens = candidates.flatMap(({ logprobs }) => {
    if (logprobs === undefined || logprobs.length === 0) return [];
    return [1 - Math.exp(meanOf(logprobs.map(({ logprob }) => logprob)))];
  });
  const words = candidates.map(({ text }) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []));
  const ofAnswers = words.flatMap((one, index) => words.slice(index + 1).map((other) => 1 - jaccard(one, other)));
  const parts = [ofTokens, ofAnswers].filter((part) => part.length > 0).map(meanOf);
  return parts.length === 0 ? 0 : meanOf(parts);
}

/** How often several labelers said another thing of the same two answers, 0 to 1; 0 when nobody judged what another did. */
export const disagreementOf = (judgements: readonly Judgement[]): number =>
  1 - (pairwiseAgreement([judgements]).share ?? 1);

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function jaccard(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  if (one.size === 0 && other.size === 0) return 1;
  let nCommon = 0;
  for (const word of one) if (other.has(word)) nCommon += 1;
  return nCommon / (one.size + other.size - nCommon);
}
