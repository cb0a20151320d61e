import type { AgreementPrompt } from './agreement.js';
import { alike } from './alike.js';
import type { Candidate } from './candidate.js';
import { clusteredShare, type Figure } from './figure.js';
import type { Gold } from './gold.js';
import { currentJudgements, type Judgement } from './judgement.js';
import { ranksOf } from './judgedPrompt.js';
import type { Attribute } from './rubric.js';

/** How often labelers said what is right. `n` counts comparisons: pairs of answers, answers, steps. */
export interface GoldAgreement {
  readonly all: Figure;
  /** By name. */
  readonly labelers: readonly (Figure & { readonly labeler: string; readonly nPrompts: number })[];
}

/**
 * Judgements that hold against the gold of their prompts: which of two answers is better or that they are tied, whether an
 * answer is good enough by the line, whether it is good, what a step is. Undefined where nothing can be compared.
 */
export function goldAgreement(
  prompts: Iterable<AgreementPrompt>,
  { rubric = [], seed = 0 }: { readonly rubric?: readonly Attribute[]; readonly seed?: number } = {},
): GoldAgreement | undefined {
  const clusters: [number, number][] = [];
  const byLabeler = new Map<string, [number, number][]>();
  for (const { candidates, judgements, gold } of prompts) {
    if (gold === undefined) continue;
    let [nEqual, nCompared] = [0, 0];
    for (const row of currentJudgements(judgements)) {
      // The judgement that the gold was made of is no test of anybody.
      if (row.status !== 'submitted' || row.id === gold.from) continue;
      const [equal, compared] = againstGold(row, gold, candidates, rubric);
      if (compared === 0) continue;
      nEqual += equal;
      nCompared += compared;
      const own = byLabeler.get(row.labeler) ?? [];
      byLabeler.set(row.labeler, own);
      own.push([equal, compared]);
    }
    clusters.push([nEqual, nCompared]);
  }
  const all = clusteredShare(clusters, { seed: `${seed} gold` });
  if (all === undefined) return undefined;
  const labelers = [...byLabeler].flatMap(([labeler, own]) => {
    const figure = clusteredShare(own, { seed: `${seed} gold ${labeler}` });
    return figure === undefined ? [] : [{ ...figure, labeler, nPrompts: own.length }];
  });
  return { all, labelers: labelers.sort((a, b) => (a.labeler < b.labeler ? -1 : 1)) };
}

function againstGold(
  row: Judgement,
  gold: Gold,
  candidates: readonly Candidate[],
  rubric: readonly Attribute[],
): readonly [nEqual: number, nCompared: number] {
  const [nEqual, nCompared] = alike(gold, row, candidates, rubric);
  const [right, said] = [goodEnoughOf(gold), goodEnoughOf(row)];
  const both = [...right].filter(([id]) => said.has(id));
  return [nEqual + both.filter(([id, isGood]) => said.get(id) === isGood).length, nCompared + both.length];
}

/** Of each ranked answer whether it lies above the line; empty without one. */
function goodEnoughOf({ ranking = [], line }: Pick<Judgement, 'ranking' | 'line'>): Map<string, boolean> {
  if (line === undefined) return new Map();
  return new Map([...ranksOf(ranking)].map(([id, rank]) => [id, rank < line]));
}
