import { html, svg } from 'lit/html.js';
import type { SVGTemplateResult, TemplateResult } from 'lit/html.js';
import { visibleLine } from '../../src/core/index.js';
import type { FigureChart } from '../../src/protocol.js';
import { t } from '../labeling/strings.js';

/** Charts are drawn in these units and scale with their panel. */
const width = 320;
const rowHeight = 26;

/** A bar a day, its count above it. */
export function barChart(bars: readonly { readonly label: string; readonly n: number }[], sentence: string) {
  const height = 150;
  const [top, bottom] = [20, height - 22];
  const most = Math.max(1, ...bars.map(({ n }) => n));
  const step = width / Math.max(1, bars.length);
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label=${sentence}>
    <path class="axis" d="M0 ${bottom}H${width}"></path>
    ${bars.map(({ label, n }, index) => {
      const tall = ((bottom - top) * n) / most;
      const middle = (index + 0.5) * step;
      return svg`
        <rect class="fill" x=${middle - 12} y=${bottom - tall} width="24" height=${tall} rx="1"></rect>
        <text class="value" x=${middle} y=${bottom - tall - 5} text-anchor="middle">${n === 0 ? '' : n}</text>
        <text x=${middle} y=${height - 6} text-anchor="middle">${label}</text>`;
    })}
  </svg>`;
}

/** A row a figure: the value as a dot, its interval as a whisker, what is neutral as a dashed line. */
export function whiskerChart(chart: FigureChart): TemplateResult {
  const { rows, neutral, sentence } = chart;
  const [left, right] = [96, width - 44];
  const bottom = rows.length * rowHeight + 6;
  const ticks = axisTicks(chart);
  const [low = 0, high = 1] = [ticks[0], ticks.at(-1)];
  const x = (value: number) => left + ((value - low) / (high - low)) * (right - left);
  return html`<svg class="chart" viewBox="0 0 ${width} ${bottom + 20}" role="img" aria-label=${sentence}>
    ${ticks.map(
      (tick) =>
        svg`<path class="axis" d="M${x(tick)} 4V${bottom}"></path>
          <text x=${x(tick)} y=${bottom + 16} text-anchor="middle">${onScale(tick, chart)}</text>`,
    )}
    ${neutral === undefined ? '' : svg`<path class="neutral" d="M${x(neutral)} 0V${bottom}"></path>`}
    ${rows.map((row, index): SVGTemplateResult => {
      const y = index * rowHeight + 16;
      return svg`
        <text class="value" x="0" y=${y + 4}>${short(visibleLine(row.label))}<title>${visibleLine(row.label)}</title></text>
        <path class="whisker" d="M${x(row.low)} ${y}H${x(row.high)}M${x(row.low)} ${y - 4}v8M${x(row.high)} ${y - 4}v8"></path>
        <circle class="fill" cx=${x(row.value)} cy=${y} r="4"></circle>
        <text class="value" x=${width} y=${y + 4} text-anchor="end">${row.text}</text>`;
    })}
  </svg>`;
}

/** A value as it stands at an axis and in a table. */
export function onScale(value: number, { scale }: Pick<FigureChart, 'scale'>): string {
  switch (scale) {
    case 'share':
      return t('{0} %', Math.round(value * 100));
    case 'coefficient':
      return value.toFixed(2);
    case 'seconds':
      return t('{0} s', Math.round(value));
  }
}

/** Steps of round numbers, ascending; times of hours are far below the last. */
const steps = [0.05, ...[0.1, 1, 10, 100, 1000, 10_000].flatMap((power) => [power, 2 * power, 2.5 * power, 5 * power])];

/**
 * Round numbers around all intervals and what is neutral, inside the chart's range: two to six ticks, the ends of the axis
 * among them.
 */
export function axisTicks({ rows, range, neutral }: Pick<FigureChart, 'rows' | 'range' | 'neutral'>): number[] {
  const seen = [...rows.flatMap(({ low, high }) => [low, high]), ...(neutral === undefined ? [] : [neutral])];
  const [from, to] = [Math.max(range[0], Math.min(...seen)), Math.min(range[1], Math.max(...seen))];
  const step = steps.find((each) => (to - from) / each <= 4) ?? to - from;
  // A hundredth of a step is no more than a rounding error.
  const [first, last] = [Math.floor(from / step + 0.01), Math.ceil(to / step - 0.01)];
  return Array.from({ length: Math.max(last, first + 1) - first + 1 }, (_, index) => (first + index) * step);
}

/** A few days, without words; the numbers stand beside it. */
export function sparkBars(days: readonly number[]): TemplateResult {
  const most = Math.max(1, ...days);
  return html`<svg class="chart spark" viewBox="0 0 84 18" aria-hidden="true">
    ${days.map((n, index) => {
      const tall = Math.max(1, (18 * n) / most);
      return svg`<rect class="fill" x=${index * 12} y=${18 - tall} width="8" height=${tall}></rect>`;
    })}
  </svg>`;
}

const short = (label: string): string => (label.length > 15 ? `${label.slice(0, 14)}…` : label);
