import type { CandidateId } from './ids.js';
import { currentJudgements, type Judgement, type Ranking } from './judgement.js';

/** How often several labelers said the same of the same two answers. */
export interface Agreement {
  /** Comparisons of two answers by two labelers. */
  readonly nCompared: number;
  /** Of those, with the same outcome: better, worse, or tied. */
  readonly nEqual: number;
  /** `nEqual / nCompared`; undefined when nothing was judged twice. */
  readonly share: number | undefined;
}

/**
 * Pairwise agreement: of each prompt, every two labelers that ranked it, every two answers that both ranked. Not corrected
 * for chance.
 *
 * @param judgements of each prompt, oldest first.
 */
export function pairwiseAgreement(judgements: Iterable<readonly Judgement[]>): Agreement {
  let nCompared = 0;
  let nEqual = 0;
  for (const rows of judgements) {
    const ranks = currentJudgements(rows).flatMap((row) =>
      row.status === 'submitted' && row.ranking !== undefined ? [ranksOf(row.ranking)] : [],
    );
    ranks.forEach((one, index) => {
      for (const other of ranks.slice(index + 1)) {
        const common = [...one.keys()].filter((id) => other.has(id));
        common.forEach((a, place) => {
          for (const b of common.slice(place + 1)) {
            nCompared += 1;
            if (outcome(one, a, b) === outcome(other, a, b)) nEqual += 1;
          }
        });
      }
    });
  }
  return { nCompared, nEqual, share: nCompared === 0 ? undefined : nEqual / nCompared };
}

const ranksOf = (ranking: Ranking): Map<CandidateId, number> =>
  new Map(ranking.flatMap((tier, rank) => tier.map((id) => [id, rank] as const)));

const outcome = (ranks: ReadonlyMap<CandidateId, number>, a: CandidateId, b: CandidateId): number =>
  Math.sign((ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
