import type { CandidateId } from './ids.js';

/** A derived pair, never stored. */
export interface Preference {
  readonly chosen: CandidateId;
  readonly rejected: CandidateId;
  /** Tiers between the two, at least 1. */
  readonly margin: number;
}

/**
 * All pairs of one ranking, best tier first. Ties give no preference: InstructGPT dropped them too (arXiv:2203.02155).
 * The same input gives the same pairs in the same order.
 */
export function preferencesOf(tiers: readonly (readonly CandidateId[])[]): Preference[] {
  return tiers.flatMap((tier, rank) =>
    tiers
      .slice(rank + 1)
      .flatMap((lower, below) =>
        tier.flatMap((chosen) => lower.map((rejected) => ({ chosen, rejected, margin: below + 1 }))),
      ),
  );
}
