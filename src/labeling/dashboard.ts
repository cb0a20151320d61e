import * as l10n from '@vscode/l10n';
import {
  agreementMeasures,
  countWords,
  currentJudgements,
  isDiscarded,
  goldAgreement,
  pacePerHour,
  plainLine,
  rubricOf,
  selfAgreement,
  timePerPrompt,
  type AgreementMeasure,
  type AgreementPrompt,
  type Attribute,
  type GoldAgreement,
  type Judgement,
  type ProjectConfig,
  type PromptId,
} from '../core/index.js';
import type { DashboardPeriod, DashboardView, LabelerRow } from '../protocol.js';
import type { Project } from '../store/index.js';
import { agreementChart, lengthChart, positionChart, timeChart } from './dashboardCharts.js';
import { secondLookOf } from './dashboardSecondLook.js';
import { percent, seconds } from './dashboardWords.js';

export type DashboardSource = Pick<
  Project,
  'config' | 'promptIds' | 'prompt' | 'candidatesOf' | 'judgementsOf' | 'goldOf'
>;

export interface DashboardOptions {
  readonly labeler: string;
  readonly period: DashboardPeriod;
  readonly now: Date;
  /** Of the person who reads, e.g. `ko`. */
  readonly locale: string;
}

const dayMs = 24 * 3_600_000;
const nDays = 7;
const maxSecondLook = 50;

interface JudgedPrompt extends AgreementPrompt {
  readonly id: PromptId;
  /** The rows that hold, of everybody, within the period. */
  readonly holding: readonly Judgement[];
  /** All rows, of any time: what came again is compared with a word that may be older than the period. */
  readonly everything: readonly Judgement[];
}

/** For what compares a labeler's words on the same prompt. */
const withEverything = (judged: readonly JudgedPrompt[]): AgreementPrompt[] =>
  judged.map(({ candidates, everything }) => ({ candidates, judgements: everything }));

/**
 * How the labeling of a project goes: progress, pace, agreement, bias, each number with its interval and its sentence.
 * Names of labelers are in it for the lead only; everybody sees their own row.
 */
export function dashboardOf(project: DashboardSource, options: DashboardOptions): DashboardView {
  const { config } = project;
  const { labeler, period, now } = options;
  const rubric = rubricOf(config);
  const judged = judgedPrompts(project, sinceOf(period, now));
  const submitted = judged.flatMap(({ holding }) => holding.filter(({ status }) => status === 'submitted'));
  const isLead = config.leads.includes(labeler);
  const measures = agreementMeasures(judged, { rubric });
  const second = secondLookOf(project, isLead ? judged : judged.filter(isOver(labeler, config.overlap)), isLead);
  const hasGold = project.promptIds.some((id) => project.goldOf(id) !== undefined);
  const gold = hasGold ? { agreement: goldAgreement(judged, { rubric }) } : undefined;
  return {
    name: plainLine(config.name),
    subtitle: subtitleOf(config),
    period,
    progress: progressOfAll(project),
    cards: [
      ...cardsOf(judged, submitted, measures, { rubric, period }),
      ...(gold === undefined ? [] : [goldCard(gold.agreement)]),
    ],
    days: daysOf(project, now, options.locale),
    charts: [
      agreementChart(measures, isLead),
      positionChart(judged, rubric),
      lengthChart(judged, rubric),
      timeChart(submitted),
    ].flatMap((chart) => chart ?? []),
    labelers: labelersOf(judged, { rubric, now, gold: gold?.agreement, only: isLead ? undefined : labeler }),
    isLead,
    secondLook: second.slice(0, maxSecondLook),
    nSecondLook: second.length,
  };
}

const localDay = (date: Date): number => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

function sinceOf(period: DashboardPeriod, now: Date): number {
  if (period === 'all') return -Infinity;
  return period === 'today' ? localDay(now) : localDay(new Date(now.getTime() - (nDays - 1) * dayMs));
}

function judgedPrompts(project: DashboardSource, since: number): JudgedPrompt[] {
  return project.promptIds.flatMap((id) => {
    const all = project.judgementsOf(id);
    if (all.length === 0) return [];
    const judgements = all.filter(({ at }) => Date.parse(at) >= since);
    if (judgements.length === 0) return [];
    const holding = currentJudgements(judgements);
    const gold = project.goldOf(id);
    return [{ id, candidates: project.candidatesOf(id), judgements, holding, everything: all, gold }];
  });
}

/** What others said of a prompt is hidden until one's own word is in, or no more is wanted; gold comes to everybody. */
const isOver =
  (labeler: string, overlap: number) =>
  ({ holding, gold }: JudgedPrompt): boolean => {
    const submitted = holding.filter(({ status }) => status === 'submitted');
    return submitted.some((row) => row.labeler === labeler) || (gold === undefined && submitted.length >= overlap);
  };

function subtitleOf({ mode, candidates, overlap }: ProjectConfig): string {
  const ways: Readonly<Record<ProjectConfig['mode'], string>> = {
    rank: l10n.t('ranking'),
    pair: l10n.t('pairs'),
    best: l10n.t('best of several'),
    rate: l10n.t('rating'),
    steps: l10n.t('steps'),
    thumbs: l10n.t('thumbs'),
    compose: l10n.t('composing'),
  };
  const labelers = overlap === 1 ? l10n.t('1 labeler each') : l10n.t('{0} labelers each', overlap);
  const answers = candidates === 1 ? l10n.t('1 answer a prompt') : l10n.t('{0} answers a prompt', candidates);
  return [ways[mode], answers, labelers].join(', ');
}

/** Where the prompts stand now, whatever period the other figures are of. */
function progressOfAll(project: DashboardSource): DashboardView['progress'] {
  const { overlap } = project.config;
  let [nDone, nPartly, nSkipped, nDiscarded, nJudgements] = [0, 0, 0, 0, 0];
  for (const id of project.promptIds) {
    const holding = currentJudgements(project.judgementsOf(id));
    const gold = project.goldOf(id);
    const nSubmitted = holding.filter(({ status }) => status === 'submitted').length;
    // Everybody judges the gold prompts, however many the project wants of the others.
    nJudgements += gold === undefined ? nSubmitted : Math.min(nSubmitted, overlap);
    if (nSubmitted >= overlap) nDone += 1;
    else if (nSubmitted > 0) nPartly += 1;
    else if (isDiscarded(holding)) nDiscarded += 1;
    else if (holding.length > 0) nSkipped += 1;
  }
  const nPrompts = project.promptIds.length;
  return {
    nPrompts,
    nDone,
    nPartly,
    nSkipped,
    nDiscarded,
    nLeft: nPrompts - nDone - nPartly - nSkipped - nDiscarded,
    nJudgements,
    nWanted: (nPrompts - nDiscarded) * overlap,
  };
}

function cardsOf(
  judged: readonly JudgedPrompt[],
  submitted: readonly Judgement[],
  measures: readonly AgreementMeasure[],
  { rubric, period }: { readonly rubric: readonly Attribute[]; readonly period: DashboardPeriod },
): DashboardView['cards'] {
  const pace = pacePerHour(submitted);
  const time = timePerPrompt(submitted);
  const [first] = measures;
  const alpha = first?.alpha;
  const self = selfAgreement(withEverything(judged), { rubric });
  return [
    {
      title: l10n.t('Pace'),
      value: pace === undefined ? '–' : pace.value.toFixed(0),
      unit: l10n.t('an hour'),
      note:
        time === undefined || pace === undefined
          ? l10n.t('no times yet')
          : l10n.t(
              '95 % interval {0} to {1} · median {2} a prompt, half of them {3} to {4}',
              pace.low.toFixed(0),
              pace.high.toFixed(0),
              seconds(time.value),
              seconds(time.low),
              seconds(time.high),
            ),
    },
    {
      title: l10n.t('Agreement'),
      value: alpha === undefined ? '–' : alpha.value.toFixed(2),
      unit: l10n.t('alpha'),
      note:
        alpha === undefined || first?.percent === undefined
          ? period === 'all'
            ? l10n.t('no prompt that two labelers judged')
            : l10n.t('no prompt that two labelers judged in this time')
          : l10n.t(
              '95 % interval {0} to {1} · {2} of pairs alike',
              alpha.low.toFixed(2),
              alpha.high.toFixed(2),
              percent(first.percent.value),
            ),
    },
    {
      title: l10n.t('With oneself'),
      value: self === undefined ? '–' : percent(self.value),
      unit: self === undefined ? '' : l10n.t('of {0}', countWords.pairs(self.n)),
      note:
        self === undefined
          ? l10n.t('no prompt came again yet')
          : l10n.t(
              'the same prompt again, order turned; 95 % interval {0} to {1}',
              percent(self.low),
              percent(self.high),
            ),
    },
  ];
}

function goldCard(agreement: GoldAgreement | undefined): DashboardView['cards'][number] {
  const all = agreement?.all;
  return {
    title: l10n.t('With gold'),
    value: all === undefined ? '–' : percent(all.value),
    unit: all === undefined ? '' : l10n.t('of {0}', countWords.comparisons(all.n)),
    note:
      all === undefined
        ? l10n.t('no gold prompt is judged yet')
        : l10n.t('what is known to be right; 95 % interval {0} to {1}', percent(all.low), percent(all.high)),
  };
}

function daysOf(project: DashboardSource, now: Date, locale: string): DashboardView['days'] {
  const format = new Intl.DateTimeFormat(locale, { weekday: 'short' });
  const counts = dayCounts(
    project.promptIds.flatMap((id) => currentJudgements(project.judgementsOf(id))),
    now,
  );
  return counts.map((n, index) => ({
    label: format.format(new Date(now.getTime() - (nDays - 1 - index) * dayMs)),
    n,
  }));
}

/** Submitted judgements of the last seven days, oldest first. */
function dayCounts(rows: readonly Judgement[], now: Date): number[] {
  const counts = new Array<number>(nDays).fill(0);
  const today = localDay(now);
  for (const { status, at } of rows) {
    if (status !== 'submitted') continue;
    // A day may have 23 or 25 hours: rounding takes it for one.
    const place = nDays - 1 - Math.round((today - localDay(new Date(at))) / dayMs);
    if (place >= 0 && place < nDays) counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
}

function labelersOf(
  judged: readonly JudgedPrompt[],
  {
    rubric,
    now,
    gold,
    only,
  }: { rubric: readonly Attribute[]; now: Date; gold: GoldAgreement | undefined; only: string | undefined },
): LabelerRow[] {
  const names = new Set(judged.flatMap(({ holding }) => holding.map(({ labeler }) => labeler)));
  return [...names]
    .filter((name) => only === undefined || name === only)
    .map((labeler): LabelerRow => {
      const own = judged.flatMap(({ holding }) =>
        holding.filter((row) => row.labeler === labeler && row.status === 'submitted'),
      );
      const shared = judged.filter(({ holding }) => holding.some((row) => row.labeler === labeler));
      const withOthers = shareWithOthers(shared, labeler, rubric);
      const self = selfAgreement(
        shared.map(({ candidates, everything }) => ({
          candidates,
          judgements: everything.filter((row) => row.labeler === labeler),
        })),
        { rubric },
      );
      const time = timePerPrompt(own);
      const right = gold?.labelers.find((each) => each.labeler === labeler);
      return {
        labeler: plainLine(labeler),
        nDone: own.length,
        medianTime: time === undefined ? '' : seconds(time.value),
        withOthers: withOthers === undefined ? '' : percent(withOthers),
        withSelf: self === undefined ? '' : percent(self.value),
        ...(right === undefined
          ? {}
          : {
              withGold: l10n.t('{0} ({1} to {2})', percent(right.value), percent(right.low), percent(right.high)),
            }),
        days: dayCounts(own, now),
      };
    })
    .sort((a, b) => b.nDone - a.nDone || (a.labeler < b.labeler ? -1 : 1));
}

/** Of all pairs of answers that this labeler and another one compared, the share with the same outcome. */
function shareWithOthers(
  shared: readonly JudgedPrompt[],
  labeler: string,
  rubric: readonly Attribute[],
): number | undefined {
  // A prompt for each other labeler, with the two of them.
  const pairs = shared.flatMap((prompt) => {
    const own = prompt.holding.filter((row) => row.labeler === labeler);
    return prompt.holding
      .filter((row) => row.labeler !== labeler)
      .map((other) => ({ ...prompt, judgements: [...own, other] }));
  });
  // The share alone is read: no interval is worked out for it.
  return agreementMeasures(pairs, { rubric, nResamples: 0 })[0]?.percent?.value;
}
