import { html, nothing } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import { repeat } from 'lit/directives/repeat.js';
import { lettersOf } from '../../../src/core/index.js';
import type { JudgedStep, TextStep } from '../../../src/core/index.js';
import { chord, flagMarks } from '../flagsView.js';
import { enrich } from '../aids/richText.js';
import { splitThought } from '../answerText.js';
import { renderMarkdown, visibleNodes } from '../markdown.js';
import { spanPart } from '../spans/index.js';
import { answerAt, cardLetter, isWriting } from '../state.js';
import type { PageState, Shown } from '../state.js';
import { t } from '../strings.js';
import { languageOf, lengthWords, textLength } from '../textLength.js';
import { moveInTabs } from '../tabs.js';
import type { Drawing } from '../view.js';
import type { KeyRow } from './mode.js';
import { radios } from './radios.js';
import { firstWrong, isDone, judgedAt, stepsAt } from './judgedSteps.js';

/** Tabs of the answers, and the focused one's steps one below the other. */
export function stepsAnswer(state: PageState, shown: Shown, drawing: Drawing): TemplateResult {
  const letter = cardLetter(shown);
  const answer = answerAt(shown.view, letter);
  const all = stepsAt(shown, letter, state.settings);
  const thought = state.settings.steps.judgeThoughts ? '' : answer && splitThought(answer.text).thought;
  return html`<main class="stepped">
    <div class="tabs on" role="tablist" aria-label=${t('Answers')} @keydown=${moveInTabs}>
      ${lettersOf(shown.work.board).map((other) => tab(state, shown, other, other === letter, drawing))}
      <span class="said" role="presentation"
        >${answer ? flagMarks(state, shown.work.flags[answer.candidateId] ?? []) : nothing}</span
      >
    </div>
    <article
      class="card focused"
      data-letter=${letter}
      tabindex="0"
      aria-roledescription=${t('answer')}
      aria-label="${t('Answer {0}', letter)}, ${all.length === 1 ? t('1 step') : t('{0} steps', all.length)}"
    >
      <div class="text steps">
        ${
          thought === undefined || thought.trim() === ''
            ? nothing
            : html`<details class="fold muted">
                <summary>${t('Thoughts, {0}', lengthWords(textLength(thought)))} · ${t('not judged')}</summary>
                <div class="plain" dir="auto">${visibleNodes(thought.trim())}</div>
              </details>`
        }
        ${repeat(
          all,
          (step) => `${answer?.candidateId ?? ''} ${step.start}`,
          (step, at) => stepRow(state, shown, letter, step, at, drawing),
        )}
        ${answer && isWriting(answer) ? html`<p class="muted fold">${t('{0} is still being written', letter)}</p>` : nothing}
        ${
          answer?.state === 'failed' || answer?.state === 'filter'
            ? html`<p class="failed fold">
                <span class="muted" dir="auto">${visibleNodes(answer.error ?? t('It failed'))}</span>
                <button class="textButton" @click=${() => drawing.send({ type: 'write-again', letter })}>
                  ${t('Write again')}
                </button>
              </p>`
            : nothing
        }
        ${(answer && spanPart()?.spanList(state, shown, answer, letter, drawing)) ?? nothing}
      </div>
      ${state.chordOn === 'answer' && answer ? chord(state, shown, answer, letter, drawing) : nothing}
      ${(answer && spanPart()?.markingMenu(state, shown, answer, letter, drawing)) ?? nothing}
    </article>
  </main>`;
}

function tab(
  { settings }: PageState,
  shown: Shown,
  letter: string,
  isSelected: boolean,
  { send }: Drawing,
): TemplateResult {
  const nSteps = stepsAt(shown, letter, settings).length;
  const count = nSteps === 1 ? t('1 step') : t('{0} steps', nSteps);
  const isJudged = judgedAt(shown, letter).length > 0 && isDone(shown, letter, settings);
  return html`<button
    role="tab"
    tabindex=${isSelected ? 0 : -1}
    aria-selected=${String(isSelected)}
    @click=${() => send({ type: 'act', action: { do: 'letter', letter, isTied: false } })}
  >
    <span class="letter">${letter}</span><span class="small">${count}</span
    ><i class="codicon codicon-check ${isJudged ? '' : 'not'}" aria-hidden="true"></i
    ><span class="sr">${isJudged ? t('judged') : ''}</span>
  </button>`;
}

const marks = [
  ['good', 'check'],
  ['neutral', 'remove'],
  ['wrong', 'close'],
] as const;

const wordOf = (label: JudgedStep['label']): string =>
  ({ good: t('Good'), neutral: t('Neutral'), wrong: t('Wrong') })[label];

function stepRow(
  { settings }: PageState,
  shown: Shown,
  letter: string,
  step: TextStep,
  at: number,
  { send, hasBareKeys }: Drawing,
): TemplateResult {
  const said = judgedAt(shown, letter)[at];
  const wrong = firstWrong(shown, letter);
  const isNow = at === shown.work.at;
  const isAfter = wrong !== undefined && at > wrong && !settings.steps.judgeAll;
  return html`<div class="step ${isNow ? 'now' : ''} ${isAfter ? 'after' : ''}">
    <span class="n">${at + 1}</span>
    <div class="stepText">
      ${rendered(`${answerAt(shown.view, letter)?.candidateId ?? ''} ${step.start}`, step.text)}
      ${said?.reason === undefined ? nothing : html`<p class="why small muted" dir="auto">${visibleNodes(said.reason)}</p>`}
    </div>
    ${radios(
      t('Step {0}', at + 1),
      'seg',
      marks.map(([label, icon], value) => ({
        content: html`<i class="codicon codicon-${icon}" aria-hidden="true"></i><span>${wordOf(label)}</span>`,
        isChecked: said?.label === label,
        choose: () => send({ type: 'choose', choice: { letter, at, value } }),
      })),
      // Where single keys are off, nothing else goes to the other steps.
      { isStop: isNow || !hasBareKeys },
    )}
  </div>`;
}

/** A step's text is drawn once, however often the page is. */
const drawn = new Map<string, { readonly text: string; readonly element: HTMLElement }>();
const maxDrawn = 400;

function rendered(id: string, text: string): HTMLElement {
  const before = drawn.get(id);
  if (before?.text === text) return before.element;
  const element = document.createElement('div');
  element.className = 'md';
  const language = languageOf(text);
  if (language !== undefined) element.lang = language;
  element.append(renderMarkdown(text));
  enrich(element, false);
  if (drawn.size >= maxDrawn) drawn.clear();
  drawn.set(id, { text, element });
  return element;
}

/** A mark a step, and what follows from the first wrong one. */
export function stepsVerdict({ settings }: PageState, shown: Shown): TemplateResult {
  const letter = cardLetter(shown);
  const all = stepsAt(shown, letter, settings);
  const said = judgedAt(shown, letter);
  const wrong = firstWrong(shown, letter);
  const nLeft = all.length - said.length;
  const words = said.map(({ label }, at) => `${at + 1} ${wordOf(label)}`).join(', ');
  const name = [words, ...(nLeft > 0 ? [t('{0} not judged', nLeft)] : [])].filter((part) => part !== '').join(', ');
  return html`<div class="rubric">
    <span class="verdict" role="img" aria-label=${name}
      >${all.slice(0, 60).map((_step, at) => html`<i class=${said[at]?.label ?? ''}></i>`)}</span
    >
    <p>
      ${
        wrong === undefined
          ? html`<span class="muted"
              ><kbd>1</kbd> ${t('good')} <kbd>2</kbd> ${t('neutral')} <kbd>3</kbd> ${t('wrong')}</span
            >`
          : html`${t('First wrong step is {0}.', wrong + 1)}
            ${
              settings.steps.judgeAll || nLeft <= 0
                ? nothing
                : html`<span class="muted"
                    >${t('The steps after it need no judgement; the keys still work on them.')}</span
                  >`
            }`
      }
    </p>
  </div>`;
}

export function stepsKeys(
  { settings }: PageState,
  { bindings }: Drawing,
): { readonly title: string; readonly rows: readonly KeyRow[] } {
  return {
    title: t('Judge each step'),
    rows: [
      [html`<kbd>1</kbd> <kbd>2</kbd> <kbd>3</kbd>`, t('good, neutral, wrong; on to the next step')],
      ...(settings.steps.judgeAll ? [] : [[html`<kbd>3</kbd>`, t('the first wrong step ends the answer')] as const]),
      [html`<kbd>↑</kbd> <kbd>↓</kbd>`, t('step')],
      [html`<kbd>A</kbd> … <kbd>H</kbd>`, t('that answer')],
      [html`<kbd>${bindings.label('next-step')}</kbd>`, t('the model offers another step after the last right one')],
      [html`<kbd>${bindings.label('rationale')}</kbd>`, t('why this step is so')],
      [html`<kbd>${bindings.label('take-back')}</kbd>`, t('take back the last')],
      [html`<kbd>${bindings.label('clear')}</kbd>`, t('clear this answer')],
    ],
  };
}
