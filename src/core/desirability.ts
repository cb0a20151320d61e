import { CandidateId } from './ids.js';
import { answersOf, ranksOf, tiersOf, type JudgedPrompt, type PartialRule } from './judgedPrompt.js';
import type { Judgement } from './judgement.js';

/** One answer's label for unpaired preference learning (KTO, arXiv:2402.01306): is it desirable? */
export interface Desirability {
  readonly answer: CandidateId;
  readonly label: boolean;
  /** Those who voted, in the order of their judgements. */
  readonly labelers: readonly string[];
}

export interface Desirabilities {
  readonly labels: readonly Desirability[];
  /** Judgements that say which answer is better, but neither by a good-enough line nor by thumbs which is good. */
  readonly nWithoutLine: number;
  /** Answers on which as many labelers said yes as no. */
  readonly nEvenSplit: number;
}

/**
 * Answers in tiers above the good-enough line are desirable, those below it are not; a thumb on an answer says it outright
 * and comes before the line. A correction that was not ranked is desirable. Several labelers: the majority decides, an even
 * split gives no label. In the order of the answers.
 */
export function desirabilitiesOf(judged: JudgedPrompt, partial: PartialRule): Desirabilities {
  const votes = new Map<CandidateId, { balance: number; labelers: string[] }>();
  let nWithoutLine = 0;
  for (const judgement of judged.judgements) {
    const { goodness, isUnsaid } = goodnessIn(judgement, judged, partial);
    if (isUnsaid) nWithoutLine++;
    for (const [id, label] of goodness) {
      const { balance, labelers } = votes.get(id) ?? { balance: 0, labelers: [] };
      votes.set(id, { balance: balance + (label ? 1 : -1), labelers: [...labelers, judgement.labeler] });
    }
  }
  const labels: Desirability[] = [];
  let nEvenSplit = 0;
  for (const answer of answersOf(judged).keys()) {
    const found = votes.get(answer);
    if (found === undefined) continue;
    if (found.balance === 0) nEvenSplit++;
    else labels.push({ answer, label: found.balance > 0, labelers: found.labelers });
  }
  return { labels, nWithoutLine, nEvenSplit };
}

/**
 * Which answers one labeler finds good enough and which not.
 *
 * @returns `isUnsaid` when answers were compared and nothing was said of it.
 */
export function goodnessIn(
  judgement: Judgement,
  judged: JudgedPrompt,
  partial: PartialRule,
): { readonly goodness: ReadonlyMap<CandidateId, boolean>; readonly isUnsaid: boolean } {
  const goodness = new Map<CandidateId, boolean>();
  const { best: _, ...withoutBest } = judgement;
  const { line } = judgement;
  // The line counts the tiers of the ranking, so `best` does not open a tier of its own here.
  const counted = judgement.ranking === undefined ? judgement : withoutBest;
  const ranks = ranksOf(tiersOf(counted, judged.candidates, partial, judged.rubric));
  if (line !== undefined) for (const [id, rank] of ranks) goodness.set(id, rank < line);
  for (const { id } of judgement.corrections ?? []) if (!ranks.has(id)) goodness.set(id, true);
  const thumbs = Object.entries(judgement.thumbs ?? {});
  for (const [id, isGood] of thumbs) goodness.set(CandidateId.parse(id), isGood);
  return { goodness, isUnsaid: ranks.size > 0 && line === undefined && thumbs.length === 0 };
}
