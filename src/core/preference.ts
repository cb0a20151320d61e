import type { CandidateId } from './ids.js';
import { answersOf, ranksOf, ratedMeans, tiersOf, type JudgedPrompt, type PartialRule } from './judgedPrompt.js';
import type { Correction, Judgement } from './judgement.js';
import type { Attribute } from './rubric.js';

/** A derived pair, never stored. */
export interface Preference {
  readonly chosen: CandidateId;
  readonly rejected: CandidateId;
  /**
   * By how much: the strength of a pair, or else the tiers between the two, or where there are only ratings the difference of
   * their means in points. The mean over several labelers, greater than 0.
   */
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
 * - Several labelers: the mean lead (see `Preference.margin`) over those who compared both decides, which for rankings is
 *   the mean rank; a mean of zero gives no preference.
 * - A correction beats the answer that it corrects, and a composed answer those that it has parts of, unless both were
 *   ranked: then their places speak. One that has the same text beats nothing.
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
  const answers = answersOf(judged);
  for (const judgement of judged.judgements) {
    const ranks = [...ranksOf(tiersOf(judgement, judged.candidates, partial, judged.rubric))];
    const leadOf = leadsIn(judgement, judged.rubric ?? []);
    ranks.forEach(([first, rank], index) => {
      for (const [second, otherRank] of ranks.slice(index + 1))
        compare(first, second, rank === otherRank ? 0 : leadOf(first, second, otherRank - rank), judgement.labeler);
    });
    const placed = new Set(ranks.map(([id]) => id));
    for (const correction of judgement.corrections ?? [])
      for (const source of sourcesOf(correction))
        if (!(placed.has(correction.id) && placed.has(source)) && answers.get(source)?.text !== correction.text)
          compare(correction.id, source, 1, judgement.labeler);
  }

  const order = [...answers.keys()];
  return order.flatMap((chosen) =>
    order.flatMap((rejected) => {
      const cell = compared.get(chosen)?.get(rejected);
      // Leads of ratings are floats: what cancels out may leave a rest.
      if (cell === undefined || cell.lead < 1e-9) return [];
      return [{ chosen, rejected, margin: cell.lead / cell.labelers.length, labelers: cell.labelers }];
    }),
  );
}

/** The answers that a labeler's own was made of. */
const sourcesOf = ({ parent, parts = [] }: Correction): ReadonlySet<CandidateId> =>
  new Set([parent, ...parts.map(({ from }) => from)].filter((id) => id !== undefined));

/** By how much a judgement puts one answer above another that stands `tiers` lower, in its own unit. */
function leadsIn(
  judgement: Judgement,
  rubric: readonly Attribute[],
): (better: CandidateId, worse: CandidateId, tiers: number) => number {
  const { ranking = [], strength = 0, best, shown } = judgement;
  const strong = Math.abs(strength);
  if (strong > 0 && shown?.order.length === 2)
    return (better, worse, tiers) =>
      shown.order.includes(better) && shown.order.includes(worse) ? Math.sign(tiers) * strong : tiers;
  if (ranking.length > 0 || best !== undefined) return (_better, _worse, tiers) => tiers;
  const means = ratedMeans(judgement, rubric);
  return (better, worse, tiers) => {
    const [above, below] = [means.get(better), means.get(worse)];
    return above === undefined || below === undefined ? tiers : above - below;
  };
}
