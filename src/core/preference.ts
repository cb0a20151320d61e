import type { CandidateId } from './ids.js';
import { answersOf, ranksOf, tiersOf, type JudgedPrompt, type PartialRule } from './judgedPrompt.js';

/** A derived pair, never stored. */
export interface Preference {
  readonly chosen: CandidateId;
  readonly rejected: CandidateId;
  /** Tiers between the two, at least 1 for one labeler; the mean over several, greater than 0. */
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

/** A preference with those who hold it. */
export interface SharedPreference extends Preference {
  /** Labelers who compared the two, in the order of their judgements; one or more of them may have seen it the other way. */
  readonly labelers: readonly string[];
}

/**
 * The preferences of a prompt over all its labelers: all pairs of answers in different tiers.
 *
 * - Several labelers: the mean rank over those who ranked both decides; equal means give no preference.
 * - A correction beats the answer that it corrects, unless both were ranked: then their places speak.
 * - Ties, answers left out and answers placed nowhere (but see `tiersOf` for `last`) give none.
 *
 * In the order of the answers: candidates first, then corrections; the chosen one before the rejected one.
 */
export function preferencesOfPrompt(judged: JudgedPrompt, partial: PartialRule): SharedPreference[] {
  // Keyed by chosen, then rejected. `lead` is the sum of the tiers by which the first stands above the second.
  const compared = new Map<CandidateId, Map<CandidateId, { lead: number; labelers: string[] }>>();
  const compare = (better: CandidateId, worse: CandidateId, lead: number, labeler: string) => {
    for (const [above, below, signed] of [
      [better, worse, lead],
      [worse, better, -lead],
    ] as const) {
      const row = compared.get(above) ?? new Map<CandidateId, { lead: number; labelers: string[] }>();
      compared.set(above, row);
      const cell = row.get(below) ?? { lead: 0, labelers: [] };
      row.set(below, { lead: cell.lead + signed, labelers: [...cell.labelers, labeler] });
    }
  };
  for (const judgement of judged.judgements) {
    const ranks = [...ranksOf(tiersOf(judgement, judged.candidates, partial))];
    ranks.forEach(([first, rank], index) => {
      for (const [second, otherRank] of ranks.slice(index + 1))
        compare(first, second, otherRank - rank, judgement.labeler);
    });
    const placed = new Set(ranks.map(([id]) => id));
    for (const { id, parent } of judgement.corrections ?? [])
      if (parent !== undefined && !(placed.has(id) && placed.has(parent))) compare(id, parent, 1, judgement.labeler);
  }

  const order = [...answersOf(judged).keys()];
  return order.flatMap((chosen) =>
    order.flatMap((rejected) => {
      const cell = compared.get(chosen)?.get(rejected);
      if (cell === undefined || cell.lead <= 0) return [];
      return [{ chosen, rejected, margin: cell.lead / cell.labelers.length, labelers: cell.labelers }];
    }),
  );
}
