import * as l10n from '@vscode/l10n';
import { countWords } from '../core/index.js';
import type { DashboardPeriod, DashboardView, FigureChart } from '../protocol.js';
import { percent, seconds } from './dashboardWords.js';

/** The dashboard as Markdown, to be kept or sent. */
export function dashboardReport(view: DashboardView, at: Date): string {
  const { progress } = view;
  const line = (cells: readonly (string | number)[]) => `| ${cells.map(cellOf).join(' | ')} |`;
  const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
    [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
  const number = (value: number, scale: FigureChart['scale']) =>
    scale === 'share' ? percent(value) : scale === 'seconds' ? seconds(value * 1000) : value.toFixed(2);
  const parts = [
    `# ${escaped(view.name)}`,
    `${escaped(view.subtitle)} · ${periodWords(view.period)} · ${at.toISOString().slice(0, 10)}`,
    `## ${l10n.t('Progress')}`,
    l10n.t(
      '{0} of {1} done, {2} partly, {3} skipped, {4} discarded, {5} left; {6} of {7}.',
      progress.nDone,
      countWords.prompts(progress.nPrompts),
      progress.nPartly,
      progress.nSkipped,
      progress.nDiscarded,
      progress.nLeft,
      progress.nJudgements,
      countWords.judgements(progress.nWanted),
    ),
    ...view.cards.map(({ title, value, unit, note }) => `- **${escaped(title)}**: ${value} ${unit} (${note})`),
    ...view.charts.flatMap((chart) => [
      `## ${escaped(chart.title)}`,
      escaped(chart.sentence),
      table(
        ['', l10n.t('value'), l10n.t('95 % interval'), 'n'],
        [...chart.rows, ...(chart.more ?? [])].map(({ label, text, low, high, n, scale = chart.scale }) => [
          label,
          text,
          `${number(low, scale)} – ${number(high, scale)}`,
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
