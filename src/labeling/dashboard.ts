import * as l10n from '@vscode/l10n';
import {
  agreementMeasures,
  currentJudgements,
  goldAgreement,
  lastUserText,
  lengthBias,
  pacePerHour,
  plainLine,
  positionBias,
  rubricOf,
  selfAgreement,
  timeByLength,
  timePerPrompt,
  topicWords,
  type AgreementMeasure,
  type AgreementPrompt,
  type Attribute,
  type Figure,
  type GoldAgreement,
  type Judgement,
  type ProjectConfig,
  type PromptId,
} from '../core/index.js';
import type { DashboardPeriod, DashboardView, FigureChart, FigureRow, LabelerRow } from '../protocol.js';
import type { Project } from '../store/index.js';

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
/** Faster than anybody reads, in words a second. */
const wordsPerSecond = 20;
/** Fewer cases than this are no reason to warn anybody. */
const fewCases = 20;

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
  const second = secondLookOf(project, judged, isLead);
  const hasGold = project.promptIds.some((id) => project.goldOf(id) !== undefined);
  const gold = hasGold ? { agreement: goldAgreement(judged, { rubric }) } : undefined;
  return {
    name: plainLine(config.name),
    subtitle: subtitleOf(config),
    period,
    progress: progressOfAll(project, judged),
    cards: [...cardsOf(judged, submitted, measures, rubric), ...(gold === undefined ? [] : [goldCard(gold.agreement)])],
    days: daysOf(project, now, options.locale),
    charts: [
      agreementChart(measures),
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
  return [ways[mode], l10n.t('{0} answers a prompt', candidates), labelers].join(', ');
}

function progressOfAll(project: DashboardSource, judged: readonly JudgedPrompt[]): DashboardView['progress'] {
  const { overlap } = project.config;
  let [nDone, nPartly, nSkipped, nJudgements] = [0, 0, 0, 0];
  for (const { holding, gold } of judged) {
    const nSubmitted = holding.filter(({ status }) => status === 'submitted').length;
    // Everybody judges the gold prompts, however many the project wants of the others.
    nJudgements += gold === undefined ? nSubmitted : Math.min(nSubmitted, overlap);
    if (nSubmitted >= overlap) nDone += 1;
    else if (nSubmitted > 0) nPartly += 1;
    else if (holding.length > 0) nSkipped += 1;
  }
  const nPrompts = project.promptIds.length;
  return {
    nPrompts,
    nDone,
    nPartly,
    nSkipped,
    nLeft: nPrompts - nDone - nPartly - nSkipped,
    nJudgements,
    nWanted: nPrompts * overlap,
  };
}

function cardsOf(
  judged: readonly JudgedPrompt[],
  submitted: readonly Judgement[],
  measures: readonly AgreementMeasure[],
  rubric: readonly Attribute[],
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
        time === undefined
          ? l10n.t('no times yet')
          : l10n.t(
              'median {0} a prompt, half of them {1} to {2}',
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
          ? l10n.t('no prompt that two labelers judged')
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
      unit: self === undefined ? '' : l10n.t('of {0} pairs', self.n),
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
    unit: all === undefined ? '' : l10n.t('of {0} comparisons', all.n),
    note:
      all === undefined
        ? l10n.t('no gold prompt is judged yet')
        : l10n.t('what is known to be right; 95 % interval {0} to {1}', percent(all.low), percent(all.high)),
  };
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const seconds = (ms: number): string => l10n.t('{0} s', Math.round(ms / 1000));

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

// The charts

function agreementChart(measures: readonly AgreementMeasure[]): FigureChart | undefined {
  const rows = measures.flatMap((measure) => {
    if (measure.alpha === undefined) return [];
    return [figureRow(plainLine(topicWords(measure)), measure.alpha, measure.alpha.value.toFixed(2))];
  });
  if (rows.length === 0) return undefined;
  const [weakest] = [...rows].sort((a, b) => a.value - b.value);
  const isWeak = weakest !== undefined && weakest.high < 0.667 && weakest.n >= fewCases;
  return {
    title: l10n.t('Agreement'),
    unit: l10n.t('alpha, 95 %'),
    // Krippendorff takes 0.667 for the least that allows even tentative conclusions (Content Analysis, 2004, p. 241).
    sentence: isWeak
      ? l10n.t('Labelers read {0} in different ways: talk it over, or make the guidelines clearer.', weakest.label)
      : l10n.t('Nothing is clearly below 0.67, the least that allows conclusions.'),
    tone: isWeak ? 'warning' : 'fine',
    rows,
    range: [Math.min(0, ...rows.map(({ low }) => low)), 1],
    scale: 'coefficient',
  };
}

function positionChart(judged: readonly JudgedPrompt[], rubric: readonly Attribute[]): FigureChart | undefined {
  const [found] = positionBias(judged, { rubric });
  if (found === undefined) return undefined;
  const { nShown } = found;
  const chance = 1 / nShown;
  const rows = found.places.map((place, index) =>
    figureRow(String.fromCharCode(65 + index), place, percent(place.value)),
  );
  const off = rows.filter(({ low, high }) => low > chance || high < chance);
  const [first] = off;
  return {
    title: l10n.t('Position bias'),
    unit: l10n.t('firsts by place'),
    sentence:
      first === undefined
        ? l10n.t('None seen: every interval holds {0}.', percent(chance))
        : l10n.t('Place {0} is first in {1}, where chance gives {2}.', first.label, first.text, percent(chance)),
    tone: first === undefined ? 'fine' : 'warning',
    rows,
    neutral: chance,
    range: [0, Math.min(1, Math.max(2 * chance, ...rows.map(({ high }) => high)))],
    scale: 'share',
  };
}

function lengthChart(judged: readonly JudgedPrompt[], rubric: readonly Attribute[]): FigureChart | undefined {
  const rows = lengthBias(judged, { rubric }).flatMap(({ from, below, longerWins }) => {
    if (longerWins === undefined) return [];
    const label = below === undefined ? l10n.t('over {0} ×', from) : l10n.t('{0} to {1} ×', from, below);
    return [figureRow(label, longerWins, percent(longerWins.value))];
  });
  if (rows.length === 0) return undefined;
  const off = rows.filter(({ low, high }) => low > 0.5 || high < 0.5);
  const strongest = [...off].sort((a, b) => Math.abs(b.value - 0.5) - Math.abs(a.value - 0.5))[0];
  return {
    title: l10n.t('Length bias'),
    unit: l10n.t('the longer one wins'),
    sentence:
      strongest === undefined
        ? l10n.t('None seen: every interval holds {0}.', percent(0.5))
        : l10n.t('An answer {0} as long wins {1}.', strongest.label, strongest.text),
    tone: strongest === undefined ? 'fine' : 'warning',
    rows,
    neutral: 0.5,
    range: [0, 1],
    scale: 'share',
  };
}

/** Time against length: who reads takes longer where there is more to read. */
function timeChart(submitted: readonly Judgement[]): FigureChart | undefined {
  const rows = timeByLength(submitted).map(({ from, below, median }) => {
    const label = below === undefined ? l10n.t('over {0} words', from) : l10n.t('{0} to {1} words', from, below);
    const { value, low, high, n } = median;
    return figureRow(label, { value: value / 1000, low: low / 1000, high: high / 1000, n }, seconds(value));
  });
  const [shortest, longest] = [rows[0], rows.at(-1)];
  if (shortest === undefined || longest === undefined) return undefined;
  const isFlat = shortest !== longest && longest.n >= fewCases && longest.low <= shortest.high;
  return {
    title: l10n.t('Time against length'),
    unit: l10n.t('median time, by words on the screen'),
    sentence: isFlat
      ? l10n.t(
          'More words take no more time: {0} for {1}, {2} for {3}.',
          shortest.text,
          shortest.label,
          longest.text,
          longest.label,
        )
      : l10n.t('{0} for {1}.', longest.text, longest.label),
    tone: isFlat ? 'warning' : 'fine',
    rows,
    range: [0, Math.max(1, ...rows.map(({ high }) => high))],
    scale: 'seconds',
  };
}

const figureRow = (label: string, { value, low, high, n }: Figure, text: string): FigureRow => ({
  label,
  value,
  low,
  high,
  n,
  text,
});

// People and prompts

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

function secondLookOf(
  project: DashboardSource,
  judged: readonly JudgedPrompt[],
  isLead: boolean,
): DashboardView['secondLook'] {
  return judged.flatMap(({ id, candidates, holding }) => {
    const rows = holding.filter(({ status }) => status === 'submitted');
    const reason =
      oppositeRankings(rows, isLead) ??
      bestIsFlagged(rows) ??
      (candidates.length > 0 && candidates.every(({ id: candidate }) => isFlagged(rows, candidate))
        ? l10n.t('all answers are flagged')
        : undefined) ??
      tooFast(rows);
    if (reason === undefined) return [];
    const prompt = project.prompt(id);
    return [{ promptId: id, title: prompt === undefined ? id : plainLine(lastUserText(prompt)).slice(0, 120), reason }];
  });
}

const bestOf = ({ ranking }: Judgement) => (ranking?.[0]?.length === 1 ? ranking[0][0] : undefined);
const worstOf = ({ ranking = [] }: Judgement) =>
  ranking.length > 1 && ranking.at(-1)?.length === 1 ? ranking.at(-1)?.[0] : undefined;

function oppositeRankings(rows: readonly Judgement[], isLead: boolean): string | undefined {
  for (const [index, one] of rows.entries())
    for (const other of rows.slice(index + 1)) {
      const isOpposite =
        (bestOf(one) !== undefined && bestOf(one) === worstOf(other)) ||
        (bestOf(other) !== undefined && bestOf(other) === worstOf(one));
      if (!isOpposite) continue;
      return isLead
        ? l10n.t('the best of one is the last of the other: {0}, {1}', plainLine(one.labeler), plainLine(other.labeler))
        : l10n.t('the best of one labeler is the last of another');
    }
  return undefined;
}

const isFlagged = (rows: readonly Judgement[], candidate: string): boolean =>
  rows.some(({ flags }) => (flags?.[candidate]?.length ?? 0) > 0);

function bestIsFlagged(rows: readonly Judgement[]): string | undefined {
  const isSo = rows.some((one) => {
    const best = bestOf(one);
    return (
      best !== undefined &&
      isFlagged(
        rows.filter((row) => row !== one),
        best,
      )
    );
  });
  return isSo ? l10n.t('the best of one labeler is flagged by another') : undefined;
}

function tooFast(rows: readonly Judgement[]): string | undefined {
  for (const { activeMs, shown } of rows) {
    const nWords = Object.values(shown?.words ?? {}).reduce((sum, words) => sum + words, 0);
    if (activeMs === undefined || activeMs === 0 || nWords === 0) continue;
    if (activeMs < (nWords / wordsPerSecond) * 1000)
      return l10n.t('submitted after {0} with {1} words on show', seconds(activeMs), nWords);
  }
  return undefined;
}

// The report

/** The dashboard as Markdown, to be kept or sent. */
export function dashboardReport(view: DashboardView, at: Date): string {
  const { progress } = view;
  const line = (cells: readonly (string | number)[]) => `| ${cells.map(cellOf).join(' | ')} |`;
  const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
    [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
  const number = (value: number, { scale }: FigureChart) =>
    scale === 'share' ? percent(value) : scale === 'seconds' ? seconds(value * 1000) : value.toFixed(2);
  const parts = [
    `# ${escaped(view.name)}`,
    `${escaped(view.subtitle)} · ${periodWords(view.period)} · ${at.toISOString().slice(0, 10)}`,
    `## ${l10n.t('Progress')}`,
    l10n.t(
      '{0} of {1} prompts done, {2} partly, {3} skipped, {4} left; {5} of {6} judgements.',
      progress.nDone,
      progress.nPrompts,
      progress.nPartly,
      progress.nSkipped,
      progress.nLeft,
      progress.nJudgements,
      progress.nWanted,
    ),
    ...view.cards.map(({ title, value, unit, note }) => `- **${escaped(title)}**: ${value} ${unit} (${note})`),
    ...view.charts.flatMap((chart) => [
      `## ${escaped(chart.title)}`,
      escaped(chart.sentence),
      table(
        ['', l10n.t('value'), l10n.t('95 % interval'), 'n'],
        chart.rows.map(({ label, text, low, high, n }) => [
          label,
          text,
          `${number(low, chart)} – ${number(high, chart)}`,
          n,
        ]),
      ),
    ]),
    `## ${l10n.t('Labelers')}`,
    table(
      [
        l10n.t('Name'),
        l10n.t('Done'),
        l10n.t('Median time'),
        l10n.t('With others'),
        l10n.t('With self'),
        l10n.t('With gold'),
      ],
      view.labelers.map((row) => [
        row.labeler,
        row.nDone,
        row.medianTime,
        row.withOthers,
        row.withSelf,
        row.withGold ?? '',
      ]),
    ),
    `## ${l10n.t('Worth a second look')}`,
    view.secondLook.length === 0
      ? l10n.t('Nothing.')
      : view.secondLook.map(({ title, reason }) => `- ${escaped(title)}: ${escaped(reason)}`).join('\n'),
  ];
  return `${parts.join('\n\n').replace(/(\n- [^\n]*)\n\n(?=- )/g, '$1\n')}\n`;
}

function periodWords(period: DashboardPeriod): string {
  switch (period) {
    case 'today':
      return l10n.t('Today');
    case 'week':
      return l10n.t('7 days');
    case 'all':
      return l10n.t('All');
  }
}

/** Words of strangers stay words in the report. */
const escaped = (text: string): string => text.replace(/[\\`*_{}[\]()<>#+!|~$&]/g, '\\$&');
const cellOf = (cell: string | number): string => (typeof cell === 'number' ? String(cell) : escaped(cell));
