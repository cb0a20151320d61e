import type { CandidateId } from './ids.js';
import { answersOf, ranksOf, tiersOf, type JudgedPrompt, type PartialRule } from './judgedPrompt.js';

/** One answer's label for unpaired preference learning (KTO, arXiv:2402.01306): is it desirable? */
export interface Desirability {
  readonly answer: CandidateId;
  readonly label: boolean;
  /** Those who voted, in the order of their judgements. */
  readonly labelers: readonly string[];
}

export interface Desirabilities {
  readonly labels: readonly Desirability[];
  /** Judgements with a ranking but without a good-enough line: they say which answer is better, not which is good. */
  readonly nWithoutLine: number;
  /** Answers on which as many labelers said yes as no. */
  readonly nEvenSplit: number;
}

/**
 * Answers in tiers above the good-enough line are desirable, those below it are not. A correction that was not ranked is
 * desirable. Several labelers: the majority decides, an even split gives no label. In the order of the answers.
 */
export function desirabilitiesOf(judged: JudgedPrompt, partial: PartialRule): Desirabilities {
  const votes = new Map<CandidateId, { balance: number; labelers: string[] }>();
  const vote = (id: CandidateId, label: boolean, labeler: string) => {
    const { balance, labelers } = votes.get(id) ?? { balance: 0, labelers: [] };
    votes.set(id, { balance: balance + (label ? 1 : -1), labelers: [...labelers, labeler] });
  };
  let nWithoutLine = 0;
  for (const judgement of judged.judgements) {
    const { labeler, line, best: _, ...said } = judgement;
    // The line counts the tiers of the ranking, so `best` does not open a tier of its own here.
    const ranks = ranksOf(tiersOf({ ...said, labeler }, judged.candidates, partial));
    if (line !== undefined) for (const [id, rank] of ranks) vote(id, rank < line, labeler);
    else if (ranks.size > 0) nWithoutLine++;
    for (const { id } of judgement.corrections ?? []) if (!ranks.has(id)) vote(id, true, labeler);
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
