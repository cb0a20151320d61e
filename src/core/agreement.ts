import { alike, equalOutcomes, outcome } from './alike.js';
import type { Candidate } from './candidate.js';
import { clusteredShare, type BootstrapOptions, type Figure } from './figure.js';
import type { Gold } from './gold.js';
import type { CandidateId } from './ids.js';
import { ranksOf, tiersOf } from './judgedPrompt.js';
import { currentJudgements, isRepeat, type Judgement } from './judgement.js';
import { cohenFigure, fleissFigure, percentAgreement, type ValuePair } from './kappa.js';
import { alphaFigure, type Measurement } from './krippendorff.js';
import { randomIndex, seededRandom } from './random.js';
import type { Attribute } from './rubric.js';

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
    const rankings = currentJudgements(rows).flatMap((row) =>
      row.status === 'submitted' && row.ranking !== undefined ? [ranksOf(row.ranking)] : [],
    );
    rankings.forEach((one, index) => {
      for (const other of rankings.slice(index + 1)) {
        const [equal, compared] = equalOutcomes(one, other);
        nEqual += equal;
        nCompared += compared;
      }
    });
  }
  return { nCompared, nEqual, share: nCompared === 0 ? undefined : nEqual / nCompared };
}

/** A prompt as far as agreement goes. */
export interface AgreementPrompt {
  readonly candidates: readonly Candidate[];
  /** All rows, oldest first. */
  readonly judgements: readonly Judgement[];
  /** What is right to say, where it is known. */
  readonly gold?: Gold | undefined;
}

/** What labelers may agree on. */
export type AgreementTopic = 'ranking' | 'strength' | 'rating' | 'steps' | 'thumbs' | 'flags';

/** How far labelers agree on one thing, by several measures. Undefined where a measure can't be taken. */
export interface AgreementMeasure {
  readonly on: AgreementTopic;
  /** Of a `rating`, the attribute. */
  readonly attribute?: string;
  readonly measurement: Measurement;
  /** Krippendorff's, of all labelers; for a ranking of the places of the candidates. `n`: things that two or more judged. */
  readonly alpha: Figure | undefined;
  /** Share of pairs of labelers who said the same; for a ranking of which of two candidates is better, or a tie. */
  readonly percent: Figure | undefined;
  /** Fleiss' kappa of the things judged by as many labelers as most were. */
  readonly fleiss: (Figure & { readonly nLabelers: number }) | undefined;
  /** Cohen's kappa of two labelers, at most ten pairs, most things in common first; squares weighed where values have an order. */
  readonly cohen: readonly (Figure & { readonly labelers: readonly [string, string] })[];
}

/**
 * Agreement on everything that two or more labelers judged, each with a 95 % bootstrap interval over prompts. Topics that
 * nobody touched are left out. Of more than 20,000 prompts with two judgements so many are drawn; `n` says what was measured.
 *
 * @param options `nResamples`: of the bootstrap; 0 where the values alone are wanted.
 */
export function agreementMeasures(
  prompts: Iterable<AgreementPrompt>,
  {
    rubric = [],
    seed = 0,
    nResamples,
  }: { readonly rubric?: readonly Attribute[]; readonly seed?: number; readonly nResamples?: number } = {},
): AgreementMeasure[] {
  const found = new Map<string, { places: Values[]; outcomes: Values[] }>();
  const cluster = (key: string, places: Values, outcomes: Values = places): void => {
    if (places.length === 0 && outcomes.length === 0) return;
    const topic = found.get(key) ?? { places: [], outcomes: [] };
    found.set(key, topic);
    topic.places.push(places);
    topic.outcomes.push(outcomes);
  };
  for (const { candidates, holding } of sharedPrompts(prompts, seed)) {
    const rankings = rankingsIn(holding, candidates, rubric);
    if (rankings.length > 1) cluster('ranking', placesIn(rankings), outcomesIn(rankings, candidates));
    cluster('strength', strengthsIn(holding));
    cluster('steps', stepsIn(holding));
    cluster('thumbs', thumbsIn(holding));
    cluster('flags', flagsIn(holding, candidates));
    for (const attribute of new Set(holding.flatMap((row) => Object.values(row.ratings ?? {}).flatMap(Object.keys))))
      cluster(`rating ${attribute}`, ratingsIn(holding, attribute));
  }
  return [...found]
    .filter(
      ([key, { places }]) => key !== 'flags' || places.some((values) => values.some((said) => said.values.includes(1))),
    )
    .map(([key, { places, outcomes }]): AgreementMeasure => {
      const [topic = '', ...attribute] = key.split(' ');
      const on = topics.find((each) => each === topic) ?? 'rating';
      const measurement = on === 'thumbs' || on === 'flags' ? 'nominal' : 'ordinal';
      const options = { seed: `${seed} ${key}`, ...(nResamples === undefined ? {} : { nResamples }) };
      const units = outcomes.map((values) => values.map((said) => said.values));
      const nLabelers = commonest(
        units
          .flat()
          .map((unit) => unit.length)
          .filter((length) => length > 1),
      );
      const fleiss = nLabelers === undefined ? undefined : fleissFigure(units, nLabelers, options);
      return {
        on,
        ...(on === 'rating' ? { attribute: attribute.join(' ') } : {}),
        measurement,
        alpha: alphaFigure(
          places.map((values) => values.map((said) => said.values)),
          measurement,
          options,
        ),
        percent: percentAgreement(units, options),
        fleiss: fleiss === undefined || nLabelers === undefined ? undefined : { ...fleiss, nLabelers },
        cohen: cohenOf(outcomes, measurement, options),
      };
    })
    .filter(({ percent }) => percent !== undefined)
    .sort(
      (a, b) => topics.indexOf(a.on) - topics.indexOf(b.on) || ((a.attribute ?? '') < (b.attribute ?? '') ? -1 : 1),
    );
}

/** Beyond this many the third digit stands, while time and memory grow. */
const maxSharedPrompts = 20_000;

interface SharedPrompt {
  readonly candidates: readonly Candidate[];
  /** One of each labeler. */
  readonly holding: readonly Judgement[];
}

/** The prompts that two or more labelers judged, drawn by reservoir where there are too many (Vitter 1985, algorithm R). */
function sharedPrompts(prompts: Iterable<AgreementPrompt>, seed: number): SharedPrompt[] {
  const random = seededRandom(`${seed} shared`);
  const drawn: SharedPrompt[] = [];
  let nShared = 0;
  for (const { candidates, judgements } of prompts) {
    if (judgements.length < 2) continue;
    const holding = currentJudgements(judgements).filter(({ status }) => status === 'submitted');
    if (holding.length < 2) continue;
    const at = nShared < maxSharedPrompts ? nShared : randomIndex(nShared + 1, random);
    nShared += 1;
    if (at < maxSharedPrompts) drawn[at] = { candidates, holding };
  }
  return drawn;
}

const topics: readonly AgreementTopic[] = ['ranking', 'strength', 'rating', 'steps', 'thumbs', 'flags'];

/** What was said of one thing, by whom; `labelers` may be shared by many things. */
interface Said {
  readonly labelers: readonly string[];
  readonly values: readonly number[];
}
/** Of each thing in a prompt. */
type Values = readonly Said[];

/** Collects what labelers say of things with a key. */
class Collected {
  readonly #said = new Map<string, { labelers: string[]; values: number[] }>();

  add(key: string, labeler: string, value: number): void {
    const said = this.#said.get(key) ?? { labelers: [], values: [] };
    this.#said.set(key, said);
    said.labelers.push(labeler);
    said.values.push(value);
  }

  get values(): Values {
    return [...this.#said.values()];
  }
}

/** The tiers of each labeler who compared at least two candidates: of a ranking, or what stands for one (see `tiersOf`). */
function rankingsIn(
  holding: readonly Judgement[],
  candidates: readonly Candidate[],
  rubric: readonly Attribute[],
): { readonly labeler: string; readonly tiers: readonly (readonly CandidateId[])[] }[] {
  const ids = new Set(candidates.map(({ id }) => id));
  return holding.flatMap((row) => {
    const tiers = tiersOf(row, candidates, 'allow', rubric)
      .map((tier) => tier.filter((id) => ids.has(id)))
      .filter((tier) => tier.length > 0);
    return tiers.flat().length < 2 ? [] : [{ labeler: row.labeler, tiers }];
  });
}

/**
 * The place of each candidate, from 1, ties with the mean of their places. Only candidates that all labelers placed count, as
 * others would shift places without any disagreement; a labeler who would leave fewer than two is left out.
 */
function placesIn(rankings: ReturnType<typeof rankingsIn>): Values {
  let common: readonly CandidateId[] | undefined;
  const taken: typeof rankings = [];
  for (const ranking of rankings.toSorted((a, b) => b.tiers.flat().length - a.tiers.flat().length)) {
    const placed = ranking.tiers.flat();
    const left: readonly CandidateId[] = common?.filter((id) => placed.includes(id)) ?? placed;
    if (left.length < 2) continue;
    common = left;
    taken.push(ranking);
  }
  if (common === undefined || taken.length < 2) return [];
  const labelers = taken.map(({ labeler }) => labeler);
  const among = new Set(common);
  const places = taken.map(({ tiers }) => meanPlaces(tiers, among));
  return common.map((id) => ({ labelers, values: places.map((each) => each.get(id) ?? 0) }));
}

function meanPlaces(
  tiers: readonly (readonly CandidateId[])[],
  among: ReadonlySet<CandidateId>,
): ReadonlyMap<CandidateId, number> {
  const places = new Map<CandidateId, number>();
  let nAbove = 0;
  for (const tier of tiers) {
    const here = tier.filter((id) => among.has(id));
    for (const id of here) places.set(id, nAbove + (here.length + 1) / 2);
    nAbove += here.length;
  }
  return places;
}

/** Of every two candidates, by those who placed both: -1 where the first is better, 0 for a tie, 1. */
function outcomesIn(rankings: ReturnType<typeof rankingsIn>, candidates: readonly Candidate[]): Values {
  const ranked = rankings.map(({ labeler, tiers }) => ({ labeler, ranks: ranksOf(tiers) }));
  return candidates.flatMap(({ id: one }, index) =>
    candidates.slice(index + 1).map(({ id: other }) => {
      const both = ranked.filter(({ ranks }) => ranks.has(one) && ranks.has(other));
      return {
        labelers: both.map(({ labeler }) => labeler),
        values: both.map(({ ranks }) => outcome(ranks, one, other)),
      };
    }),
  );
}

/** The strength of a pair, from the side of the candidate whose id is first: places on the screen differ. */
function strengthsIn(holding: readonly Judgement[]): Values {
  const pairs = new Collected();
  for (const { strength, shown, labeler } of holding) {
    const [one, other] = shown?.order ?? [];
    if (strength === undefined || one === undefined || other === undefined) continue;
    // Not -0, which is a value of its own when printed.
    pairs.add([one, other].sort().join(' '), labeler, one < other || strength === 0 ? strength : -strength);
  }
  return pairs.values;
}

const stepValue = { wrong: -1, neutral: 0, good: 1 } as const;

/** Each step that two labelers cut alike. */
function stepsIn(holding: readonly Judgement[]): Values {
  const said = new Collected();
  for (const { steps = {}, labeler } of holding)
    for (const [id, list] of Object.entries(steps))
      for (const [index, { text, label }] of list.entries())
        said.add(JSON.stringify([id, index, text]), labeler, stepValue[label]);
  return said.values;
}

function thumbsIn(holding: readonly Judgement[]): Values {
  const said = new Collected();
  for (const { thumbs = {}, labeler } of holding)
    for (const [id, isGood] of Object.entries(thumbs)) said.add(id, labeler, isGood ? 1 : 0);
  return said.values;
}

/** Whether each candidate of a prompt is flagged at all. */
function flagsIn(holding: readonly Judgement[], candidates: readonly Candidate[]): Values {
  const labelers = holding.map(({ labeler }) => labeler);
  return candidates.map(({ id }) => ({
    labelers,
    values: holding.map(({ flags }) => ((flags?.[id]?.length ?? 0) > 0 ? 1 : 0)),
  }));
}

function ratingsIn(holding: readonly Judgement[], attribute: string): Values {
  const said = new Collected();
  for (const { ratings = {}, labeler } of holding)
    for (const [id, scores] of Object.entries(ratings)) {
      const score = scores[attribute];
      if (score !== undefined) said.add(id, labeler, score);
    }
  return said.values;
}

/** More labelers make hundreds of pairs, which nobody reads. */
const maxCohenPairs = 10;

function cohenOf(
  clusters: readonly Values[],
  measurement: Measurement,
  options: BootstrapOptions,
): AgreementMeasure['cohen'] {
  const byLabelers = new Map<string, { labelers: readonly [string, string]; clusters: ValuePair[][]; n: number }>();
  for (const values of clusters) {
    const here = new Map<string, ValuePair[]>();
    for (const { labelers, values: spoken } of values)
      labelers.forEach((one, index) => {
        for (let place = index + 1; place < labelers.length; place += 1) {
          const [other = '', first = 0, second = 0] = [labelers[place], spoken[index], spoken[place]];
          const isTurned = other < one;
          const names: readonly [string, string] = isTurned ? [other, one] : [one, other];
          const key = names.join('\n');
          const entry = byLabelers.get(key) ?? { labelers: names, clusters: [], n: 0 };
          byLabelers.set(key, entry);
          entry.n += 1;
          const pairs = here.get(key) ?? [];
          if (pairs.length === 0) {
            here.set(key, pairs);
            entry.clusters.push(pairs);
          }
          pairs.push(isTurned ? [second, first] : [first, second]);
        }
      });
  }
  return [...byLabelers.values()]
    .sort((a, b) => b.n - a.n)
    .slice(0, maxCohenPairs)
    .flatMap(({ labelers, clusters: pairs }) => {
      const figure = cohenFigure(pairs, measurement === 'nominal' ? 'none' : 'quadratic', options);
      return figure === undefined ? [] : [{ ...figure, labelers }];
    });
}

/**
 * How often a labeler who got a prompt again, with the answers in another order, said the same as before. A row with a `pass`
 * is compared with the word that its labeler had given by then; of rows without, with the one before it.
 */
export function selfAgreement(
  prompts: Iterable<AgreementPrompt>,
  { rubric = [], seed = 0 }: { readonly rubric?: readonly Attribute[]; readonly seed?: number } = {},
): Figure | undefined {
  const clusters: [number, number][] = [];
  for (const { candidates, judgements } of prompts) {
    if (judgements.length < 2) continue;
    const twice = saidTwice(judgements).map(([one, other]) => alike(one, other, candidates, rubric));
    clusters.push([
      twice.reduce((sum, [nEqual]) => sum + nEqual, 0),
      twice.reduce((sum, [, nCompared]) => sum + nCompared, 0),
    ]);
  }
  return clusteredShare(clusters, { seed: `${seed} self` });
}

/** Of each labeler, what was said at first and what when the prompt came again. */
function saidTwice(judgements: readonly Judgement[]): (readonly [Judgement, Judgement])[] {
  const words = new Map<string, Judgement>();
  const turned: (readonly [Judgement, Judgement])[] = [];
  const repeats = new Map<string, readonly [Judgement, Judgement]>();
  for (const row of judgements) {
    const before = words.get(row.labeler);
    const key = `${row.pass} ${row.labeler}`;
    if (!isRepeat(row)) {
      if (row.status !== 'submitted') continue;
      words.set(row.labeler, row);
      // The same order is a judgement that was changed, not one that was given again.
      if (before !== undefined && isTurned(before, row)) turned.push([before, row]);
    } else if (row.status === 'submitted' && before !== undefined) repeats.set(key, [before, row]);
    else repeats.delete(key);
  }
  return [...turned, ...repeats.values()];
}

function isTurned({ shown: before }: Judgement, { shown: after }: Judgement): boolean {
  if (before === undefined || after === undefined || before.order.length !== after.order.length) return false;
  return before.order.some((id, place) => after.order[place] !== id);
}

/** The number that occurs most, of several the larger. */
function commonest(numbers: readonly number[]): number | undefined {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return [...counts].sort(([a, nA], [b, nB]) => nB - nA || b - a)[0]?.[0];
}
