import type { AgreementPrompt } from './agreement.js';
import { clusteredShare, wilson, type Figure } from './figure.js';
import { tiersOf } from './judgedPrompt.js';
import { currentJudgements } from './judgement.js';
import type { Attribute } from './rubric.js';

/** Whether a place on the screen helps an answer: without bias each share is `1 / nShown`. */
export interface PositionBias {
  /** Answers on the screen. */
  readonly nShown: number;
  /** Share of judgements whose best answer stood there, place A first; `n` counts judgements. */
  readonly places: readonly Figure[];
}

interface BiasOptions {
  readonly rubric?: readonly Attribute[];
  readonly seed?: number;
}

/** Firsts by place, of judgements with one best answer, for each number of answers shown; most judgements first. */
export function positionBias(prompts: Iterable<AgreementPrompt>, { rubric = [] }: BiasOptions = {}): PositionBias[] {
  const firsts = new Map<number, number[]>();
  for (const { candidates, judgements } of prompts)
    for (const row of currentJudgements(judgements)) {
      const order = row.shown?.order ?? [];
      if (row.status !== 'submitted' || order.length < 2) continue;
      const [best, second] = tiersOf(row, candidates, 'allow', rubric)[0] ?? [];
      const place = best === undefined || second !== undefined ? -1 : order.indexOf(best);
      if (place < 0) continue;
      const counts = firsts.get(order.length) ?? order.map(() => 0);
      counts[place] = (counts[place] ?? 0) + 1;
      firsts.set(order.length, counts);
    }
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  return [...firsts]
    .sort(([, a], [, b]) => sum(b) - sum(a))
    .map(([nShown, counts]) => ({
      nShown,
      places: counts.flatMap((count) => wilson(count, sum(counts)) ?? []),
    }));
}

/** Whether length helps an answer: without bias the share is a half. */
export interface LengthBias {
  /** The longer answer has at least this many times the characters of the shorter one, and less than `below`. */
  readonly from: number;
  /** Undefined for the last. */
  readonly below: number | undefined;
  /** Share of pairs that the longer answer won; ties left out; `n` counts pairs of one labeler. */
  readonly longerWins: Figure | undefined;
}

const ratios = [1, 1.2, 1.5, 2];

/** Wins of the longer one of two candidates by how much longer it is; equally long ones are left out. */
export function lengthBias(
  prompts: Iterable<AgreementPrompt>,
  { rubric = [], seed = 0 }: BiasOptions = {},
): LengthBias[] {
  const clusters: [number, number][][] = ratios.map(() => []);
  for (const { candidates, judgements } of prompts) {
    const lengths = new Map(candidates.map(({ id, text }) => [id, text.length]));
    const counts = ratios.map((): [number, number] => [0, 0]);
    for (const row of currentJudgements(judgements)) {
      if (row.status !== 'submitted') continue;
      const tiers = tiersOf(row, candidates, 'allow', rubric).map((tier) =>
        tier.flatMap((id) => lengths.get(id) ?? []),
      );
      tiers.forEach((tier, rank) => {
        for (const better of tier)
          for (const worse of tiers.slice(rank + 1).flat()) {
            const ratio = Math.max(better, worse) / Math.min(better, worse);
            const count = counts[ratios.findLastIndex((from) => ratio >= from)];
            if (better === worse || count === undefined) continue;
            count[0] += better > worse ? 1 : 0;
            count[1] += 1;
          }
      });
    }
    counts.forEach((count, index) => {
      if (count[1] > 0) clusters[index]?.push(count);
    });
  }
  return ratios.map((from, index) => ({
    from,
    below: ratios[index + 1],
    longerWins: clusteredShare(clusters[index] ?? [], { seed: `${seed} length ${from}` }),
  }));
}
