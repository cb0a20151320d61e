import * as l10n from '@vscode/l10n';
import {
  currentJudgements,
  isDiscarded,
  labelingFigures,
  pairwiseAgreement,
  plainLine,
  rubricOf,
  topicWords,
  type Agreement,
  type Figure,
  type LabelingFigures,
} from '../core/index.js';
import type { Project } from '../store/index.js';

export interface ProjectStats {
  readonly name: string;
  readonly prompts: number;
  readonly candidates: number;
  /** Prompts without any candidate. */
  readonly promptsWithoutCandidates: number;
  /** Those that hold, by status. */
  readonly submitted: number;
  readonly skipped: number;
  readonly discarded: number;
  /** Prompts that nobody submitted yet, and that were not discarded. */
  readonly open: number;
  readonly corrections: number;
  /** Prompts whose right answer is known. */
  readonly gold: number;
  readonly labelers: readonly LabelerStats[];
  readonly agreement: Agreement;
  /** Agreement by topic, with oneself, biases and times, with their intervals. */
  readonly figures: LabelingFigures;
  readonly unreadable: number;
  /** Prompts that were judged and that no file of the project has: their judgements count nowhere. */
  readonly unlisted: number;
}

export interface LabelerStats {
  readonly labeler: string;
  readonly submitted: number;
  readonly skipped: number;
  readonly discarded: number;
  /** Time with the panel in use, hours. */
  readonly activeHours: number;
  /** Submitted prompts an hour of active time; null where no time was taken. */
  readonly perHour: number | null;
}

const msPerHour = 3_600_000;

export function statsOf(project: Project): ProjectStats {
  const labelers = new Map<string, Record<'submitted' | 'skipped' | 'discarded' | 'timed' | 'activeMs', number>>();
  let [candidates, promptsWithoutCandidates, open, corrections] = [0, 0, 0, 0];
  for (const id of project.promptIds) {
    const nCandidates = project.nCandidatesOf(id);
    candidates += nCandidates;
    if (nCandidates === 0) promptsWithoutCandidates += 1;
    const holding = currentJudgements(project.judgementsOf(id));
    if (!isDiscarded(holding) && !holding.some((row) => row.status === 'submitted')) open += 1;
    for (const row of holding) {
      const entry = labelers.get(row.labeler) ?? { submitted: 0, skipped: 0, discarded: 0, timed: 0, activeMs: 0 };
      labelers.set(row.labeler, entry);
      corrections += row.corrections?.length ?? 0;
      if (row.status === 'skipped' || row.status === 'discarded') entry[row.status] += 1;
      if (row.status !== 'submitted') continue;
      entry.submitted += 1;
      if (row.activeMs !== undefined && row.activeMs > 0) {
        entry.timed += 1;
        entry.activeMs += row.activeMs;
      }
    }
  }
  const all = [...labelers].map(([labeler, { submitted, skipped, discarded, timed, activeMs }]) => ({
    labeler,
    submitted,
    skipped,
    discarded,
    activeHours: activeMs / msPerHour,
    perHour: activeMs === 0 ? null : timed / (activeMs / msPerHour),
  }));
  const sum = (key: 'submitted' | 'skipped' | 'discarded') => all.reduce((total, entry) => total + entry[key], 0);
  return {
    name: project.config.name,
    prompts: project.promptIds.length,
    candidates,
    promptsWithoutCandidates,
    submitted: sum('submitted'),
    skipped: sum('skipped'),
    discarded: sum('discarded'),
    open,
    corrections,
    gold: project.goldIds.size,
    labelers: all.toSorted((a, b) => b.submitted - a.submitted || (a.labeler < b.labeler ? -1 : 1)),
    agreement: pairwiseAgreement(project.promptIds.map((id) => project.judgementsOf(id))),
    figures: labelingFigures(
      project.promptIds.map((id) => ({
        candidates: project.candidatesOf(id),
        judgements: project.judgementsOf(id),
        gold: project.goldOf(id),
      })),
      { rubric: rubricOf(project.config) },
    ),
    unreadable: project.problems.length,
    unlisted: [...project.judgedIds()].filter((id) => project.prompt(id) === undefined).length,
  };
}

/** The figures as lines of text; those that nothing was measured of are left out. */
export function figureLines({
  agreement,
  self,
  gold,
  positionBias,
  lengthBias,
  timePerPrompt,
  pacePerHour,
  timeByLength,
}: LabelingFigures): string[] {
  const lines = agreement.flatMap((measure) => {
    const { alpha, percent, fleiss, cohen } = measure;
    const topic = topicWords(measure);
    return [
      ...(alpha === undefined ? [] : [l10n.t('{0}: alpha {1}', topic, decimal(alpha))]),
      ...(percent === undefined ? [] : [l10n.t('{0}: {1} alike', topic, percents(percent))]),
      ...(fleiss === undefined
        ? []
        : [l10n.t("{0}: Fleiss' kappa of {1} labelers {2}", topic, String(fleiss.nLabelers), decimal(fleiss))]),
      ...cohen.map((figure) =>
        l10n.t("{0}: Cohen's kappa of {1} {2}", topic, figure.labelers.join(', '), decimal(figure)),
      ),
    ];
  });
  if (self !== undefined) lines.push(l10n.t('with oneself, order turned: {0} alike', percents(self)));
  if (gold !== undefined) {
    lines.push(l10n.t('with gold: {0} alike', percents(gold.all)));
    for (const { labeler, ...figure } of gold.labelers)
      lines.push(l10n.t('with gold, {0}: {1} alike', plainLine(labeler), percents(figure)));
  }
  for (const { nShown, places } of positionBias)
    for (const [index, place] of places.entries())
      lines.push(l10n.t('best of {0} in place {1}: {2}', String(nShown), String(index + 1), percents(place)));
  for (const { from, below, longerWins } of lengthBias)
    if (longerWins !== undefined)
      lines.push(
        l10n.t(
          'longer one wins, {0} times as long: {1}',
          `${from}${below === undefined ? '+' : `–${below}`}`,
          percents(longerWins),
        ),
      );
  if (pacePerHour !== undefined) {
    const [pace = '', low = '', high = ''] = [pacePerHour.value, pacePerHour.low, pacePerHour.high].map((value) =>
      value.toFixed(0),
    );
    lines.push(l10n.t('pace: {0} an hour ({1} to {2}, n = {3})', pace, low, high, String(pacePerHour.n)));
  }
  if (timePerPrompt !== undefined) {
    const [middle, low, high] = [timePerPrompt.value, timePerPrompt.low, timePerPrompt.high].map(seconds);
    lines.push(l10n.t('time a prompt: median {0} s, middle half {1} to {2} s', middle ?? '', low ?? '', high ?? ''));
  }
  for (const { from, below, median } of timeByLength) {
    const words = `${from}${below === undefined ? '+' : `–${below}`}`;
    const [middle = '', low = '', high = ''] = [median.value, median.low, median.high].map(seconds);
    lines.push(
      l10n.t('time for {0} words: median {1} s ({2} to {3} s, n = {4})', words, middle, low, high, String(median.n)),
    );
  }
  return lines;
}

const decimal = ({ value, low, high, n }: Figure): string =>
  l10n.t('{0} ({1} to {2}, n = {3})', value.toFixed(2), low.toFixed(2), high.toFixed(2), String(n));

const percents = ({ value, low, high, n }: Figure): string =>
  l10n.t('{0} % ({1} to {2} %, n = {3})', percent(value), percent(low), percent(high), String(n));

const percent = (share: number): string => (share * 100).toFixed(0);
const seconds = (ms: number): string => (ms / 1000).toFixed(0);
