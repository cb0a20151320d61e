import { html, nothing, render, svg } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import type {
  DashboardPeriod,
  DashboardView,
  FigureChart,
  FromDashboardPage,
  LabelerRow,
  ToDashboardPage,
} from '../../src/protocol.js';
import { LiveRegions } from '../labeling/liveRegions.js';
import { visibleNodes } from '../labeling/markdown.js';
import { number, t, useStrings } from '../labeling/strings.js';
import { HostWatch } from '../hostWatch.js';
import type { VsCodeApi } from '../vscodeApi.js';
import { barChart, onScale, sparkBars, whiskerChart } from './charts.js';

/** Charts beside the days; further ones stand below. */
const nInRow = 3;

/** Rows of others come one after the other: what they come to is said when they rest, milliseconds. */
const restMs = 2000;

const periods: readonly DashboardPeriod[] = ['today', 'week', 'all'];

/** Draws what the host sends, and says what of it is new. */
export class DashboardPage {
  readonly #root: HTMLElement;
  readonly #vscode: VsCodeApi;
  /** Made with the first view: their name is in the person's language. */
  #live: LiveRegions | undefined;
  #view: DashboardView | null | undefined;
  #saying: number | undefined;

  constructor(root: HTMLElement, vscode: VsCodeApi) {
    this.#root = root;
    this.#vscode = vscode;
  }

  start(): void {
    new HostWatch<ToDashboardPage>(this.#root, this.#vscode).start({
      receive: ({ view, strings, locale }) => {
        useStrings(strings, locale);
        document.documentElement.lang = locale;
        this.#live ??= new LiveRegions();
        render([view === null ? this.#noProject() : this.#page(view), ...this.#live.elements], this.#root);
        this.#sayChange(view);
        this.#view = view;
      },
    });
    this.#post({ type: 'page-ready' });
  }

  #post(message: FromDashboardPage): void {
    this.#vscode.postMessage(message);
  }

  /** How far the work is at first and when it has gone on; the figures of a period that was chosen. */
  #sayChange(view: DashboardView | null): void {
    const before = this.#view;
    if (view === null) return this.#say(t('No project is open.'), 0);
    const isOther = before === undefined || before === null || before.name !== view.name;
    if (!isOther && before.period !== view.period) {
      const figures = view.cards.map(({ title, value, unit }) => ` ${title}: ${value} ${unit}.`);
      return this.#say(`${periodWords()[view.period]}.${figures.join('')}`, 0);
    }
    const { nDone, nPrompts } = view.progress;
    if (isOther || before.progress.nDone !== nDone || before.progress.nPrompts !== nPrompts)
      this.#say(
        nPrompts === 1 ? t('{0} of 1 prompt done.', nDone) : t('{0} of {1} prompts done.', nDone, nPrompts),
        isOther ? 0 : restMs,
      );
  }

  #say(text: string, afterMs: number): void {
    clearTimeout(this.#saying);
    this.#saying = window.setTimeout(() => this.#live?.say(text, false), afterMs);
  }

  #noProject(): TemplateResult {
    return html`<main class="labeling dashboard"><p class="muted">${t('No project is open.')}</p></main>`;
  }

  #page(view: DashboardView): TemplateResult {
    return html`<main class="labeling dashboard">
      <header class="head">
        <h1>${visibleNodes(view.name)}</h1>
        <span class="muted">${visibleNodes(view.subtitle)}</span>
        <span class="grow"></span>
        ${this.#periods(view.period)}
        <vscode-button appearance="secondary" @click=${() => this.#post({ type: 'action', action: 'report' })}
          >${t('Report')}</vscode-button
        >
        <vscode-button appearance="secondary" @click=${() => this.#post({ type: 'action', action: 'export' })}
          >${t('Export…')}</vscode-button
        >
        <vscode-button @click=${() => this.#post({ type: 'action', action: 'label' })}>${t('Label')}</vscode-button>
      </header>
      <section class="cards4" aria-label=${t('In short')}>
        ${progressCard(view)}
        ${view.cards.map(
          ({ title, value, unit, note }) =>
            html`<div>
              <h2>${visibleNodes(title)}</h2>
              <div class="row"><span class="big">${value}</span><span class="muted">${unit}</span></div>
              <div class="small muted">${visibleNodes(note)}</div>
            </div>`,
        )}
      </section>
      <section class="charts" aria-label=${t('Charts')}>
        ${daysPanel(view)} ${view.charts.slice(0, nInRow).map((chart) => chartPanel(chart))}
      </section>
      <section class="lower">
        <div class="stacked">${labelersPanel(view)} ${view.charts.slice(nInRow).map((chart) => chartPanel(chart))}</div>
        ${this.#secondLook(view)}
      </section>
    </main>`;
  }

  #periods(chosen: DashboardPeriod): TemplateResult {
    const words = periodWords();
    const choose = (period: DashboardPeriod) => this.#post({ type: 'period', period });
    const onKey = (event: KeyboardEvent) => {
      const step = event.key === 'ArrowRight' || event.key === 'ArrowDown' ? 1 : /^Arrow/.test(event.key) ? -1 : 0;
      if (step === 0) return;
      event.preventDefault();
      const next = periods[(periods.indexOf(chosen) + step + periods.length) % periods.length];
      if (next === undefined) return;
      choose(next);
      this.#root.querySelector<HTMLElement>(`[data-period="${next}"]`)?.focus();
    };
    return html`<div class="seg" role="radiogroup" aria-label=${t('Period')} @keydown=${onKey}>
      ${periods.map(
        (period) =>
          html`<button
            role="radio"
            data-period=${period}
            aria-checked=${String(period === chosen)}
            tabindex=${period === chosen ? 0 : -1}
            @click=${() => choose(period)}
          >
            ${words[period]}
          </button>`,
      )}
    </div>`;
  }

  #secondLook({ secondLook, nSecondLook }: DashboardView): TemplateResult {
    return html`<section class="panel">
      <header>
        <h2>${t('Worth a second look')}</h2>
        <span class="grow"></span>
        <span class="badge">${number(nSecondLook)}</span>
      </header>
      ${
        secondLook.length === 0
          ? html`<p class="body muted">${t('Nothing.')}</p>`
          : html`<table class="list">
              <thead class="sr">
                <tr>
                  <th>${t('Prompt')}</th>
                  <th>${t('Reason')}</th>
                </tr>
              </thead>
              <tbody>
                ${secondLook.map(
                  ({ promptId, title, reason }) =>
                    html`<tr>
                      <td class="clip">
                        <button class="textButton clip" @click=${() => this.#post({ type: 'prompt-open', promptId })}>
                          ${visibleNodes(title)}
                        </button>
                      </td>
                      <td>${visibleNodes(reason)}</td>
                    </tr>`,
                )}
              </tbody>
            </table>`
      }
    </section>`;
  }
}

const periodWords = (): Readonly<Record<DashboardPeriod, string>> => ({
  today: t('Today'),
  week: t('7 days'),
  all: t('All'),
});

function progressCard({ progress }: DashboardView): TemplateResult {
  const { nPrompts, nDone, nPartly, nSkipped, nDiscarded, nLeft, nJudgements, nWanted } = progress;
  const parts = [
    { name: t('done'), n: nDone, look: 'done' },
    { name: t('partly'), n: nPartly, look: 'partly' },
    { name: t('skipped'), n: nSkipped, look: 'skipped' },
    { name: t('discarded'), n: nDiscarded, look: 'discarded' },
    { name: t('left'), n: nLeft, look: 'left' },
  ];
  let x = 0;
  return html`<div>
    <h2>${t('Progress')}</h2>
    <div class="row">
      <span class="big">${number(nDone)}</span>
      <span class="muted">
        ${nPrompts === 1 ? t('of 1 prompt done') : t('of {0} prompts done', nPrompts)} ·
        ${nWanted === 1 ? t('{0} of 1 judgement', nJudgements) : t('{0} of {1} judgements', nJudgements, nWanted)}
      </span>
    </div>
    <svg
      class="stack"
      viewBox="0 0 100 8"
      preserveAspectRatio="none"
      role="img"
      aria-label=${parts.map(({ name, n }) => `${name} ${n}`).join(', ')}
    >
      ${parts.map(({ n, look }) => {
        const width = nPrompts === 0 ? 0 : (100 * n) / nPrompts;
        const rect = bar(x, width, look);
        x += width;
        return rect;
      })}
    </svg>
    <div class="legend">
      ${parts.map(({ name, n, look }) => html`<span><i class="part ${look}"></i>${name} ${number(n)}</span>`)}
    </div>
  </div>`;
}

function daysPanel({ days }: DashboardView): TemplateResult {
  const n = days.reduce((sum, day) => sum + day.n, 0);
  const sentence =
    n === 1
      ? t('1 judgement in the last {0} days.', days.length)
      : t('{0} judgements in the last {1} days.', n, days.length);
  return html`<section class="panel">
    <header><h2>${t('Judgements a day')}</h2></header>
    <div class="body">
      <p class="say">${sentence}</p>
      ${barChart(days, sentence)}
      ${asTable(
        [t('Day'), t('Judgements')],
        days.map(({ label, n }) => [label, number(n)]),
      )}
    </div>
  </section>`;
}

function chartPanel(chart: FigureChart): TemplateResult {
  const icon = { fine: 'pass', warning: 'warning', neutral: 'info' }[chart.tone];
  return html`<section class="panel">
    <header>
      <h2>${visibleNodes(chart.title)}</h2>
      <span class="grow"></span>
      <span class="small muted">${chart.unit}</span>
    </header>
    <div class="body">
      <p class="say">
        <i class="codicon codicon-${icon} ${chart.tone}" aria-hidden="true"></i> ${visibleNodes(chart.sentence)}
      </p>
      ${whiskerChart(chart)}
      ${asTable(
        ['', t('value'), t('95 % interval'), 'n'],
        [...chart.rows, ...(chart.more ?? [])].map(({ label, text, low, high, n, scale = chart.scale }) => [
          label,
          text,
          `${onScale(low, { scale })} – ${onScale(high, { scale })}`,
          number(n),
        ]),
      )}
    </div>
  </section>`;
}

function asTable(head: readonly string[], rows: readonly (readonly string[])[]): TemplateResult {
  return html`<details class="asTable">
    <summary class="small muted">${t('As table')}</summary>
    <table class="list">
      <thead>
        <tr>
          ${head.map((cell) => html`<th>${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell) => html`<td>${visibleNodes(cell)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </details>`;
}

function labelersPanel({ labelers, isLead }: DashboardView): TemplateResult {
  const hasGold = labelers.some(({ withGold }) => withGold !== undefined);
  return html`<section class="panel">
    <header>
      <h2>${t('Labelers')}</h2>
      <span class="grow"></span>
      <span class="small muted">
        ${isLead ? t('names show only to the lead') : t('you; the names under “leads” in touchstone.json see all')}
      </span>
    </header>
    ${
      labelers.length === 0
        ? html`<p class="body muted">${t('Nothing.')}</p>`
        : html`<table class="list">
            <thead>
              <tr>
                <th>${t('Name')}</th>
                <th class="num">${t('Done')}</th>
                <th class="num">${t('Median time')}</th>
                <th class="num">${t('With others')}</th>
                <th class="num">${t('With self')}</th>
                ${hasGold ? html`<th class="num">${t('With gold')}</th>` : nothing}
                <th>${t('7 days')}</th>
              </tr>
            </thead>
            <tbody>
              ${labelers.map((row) => labelerRow(row, hasGold))}
            </tbody>
          </table>`
    }
  </section>`;
}

const labelerRow = (
  { labeler, nDone, medianTime, withOthers, withSelf, withGold, days }: LabelerRow,
  hasGold: boolean,
): TemplateResult =>
  html`<tr>
    <td>${visibleNodes(labeler)}</td>
    <td class="num">${number(nDone)}</td>
    <td class="num">${medianTime === '' ? nothing : medianTime}</td>
    <td class="num">${withOthers}</td>
    <td class="num">${withSelf}</td>
    ${hasGold ? html`<td class="num">${withGold ?? nothing}</td>` : nothing}
    <td>${sparkBars(days)}</td>
  </tr>`;

const bar = (x: number, width: number, look: string) =>
  svg`<rect class="part ${look}" x=${x} y="0" width=${width} height="8"></rect>`;
