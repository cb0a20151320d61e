import { html, nothing } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import { repeat } from 'lit/directives/repeat.js';
import type { AnswerView } from '../../src/protocol.js';
import { visibleNodes } from './markdown.js';
import { chord, flagMarks } from './flagsView.js';
import { modeOf } from './modes/index.js';
import { spanPart } from './spans/index.js';
import { cardLetter, correctionMark, correctionOf, isWriting } from './state.js';
import type { PageState, Shown } from './state.js';
import { t } from './strings.js';
import { moveInTabs } from './tabs.js';
import { lengthWords, textLength } from './textLength.js';
import type { Drawing } from './view.js';

const letterAt = (index: number): string => 'ABCDEFGH'[index] ?? '';

/** One at a time: tabs above, the same place on the screen for every answer. */
export function tabs(state: PageState, shown: Shown, { send }: Drawing): TemplateResult {
  const { isZoomed, settings } = state;
  const focused = cardLetter(shown);
  const isOn = isZoomed || settings.layout === 'single';
  return html`<div class="tabs ${isOn ? 'on' : ''}" role="tablist" aria-label=${t('Answers')} @keydown=${moveInTabs}>
    ${shown.view.answers.map((answer, index) => {
      const letter = letterAt(index);
      const length = textLength(answer.text);
      return html`<button
        role="tab"
        tabindex=${letter === focused ? 0 : -1}
        aria-selected=${String(letter === focused)}
        @click=${() => send({ type: 'board', action: { type: 'focus', letter } })}
      >
        <span class="letter">${letter}</span>
        <span class="muted small">${length.isInCharacters ? t('{0} ch', length.value) : t('{0} w', length.value)}</span>
        ${flagMarks(state, shown.work.flags[answer.candidateId] ?? [])}
        ${
          answer.reveal === undefined
            ? nothing
            : html`<span class="muted small clip reveal" dir="auto">${visibleNodes(answer.reveal)}</span>`
        }
        ${modeOf(settings).badge?.(shown, letter) ?? nothing}
      </button>`;
    })}
  </div>`;
}

/** Answers as editor groups: equal widths, equal type, in the order in which the host shuffled them. */
export function answersArea(state: PageState, shown: Shown, drawing: Drawing): TemplateResult {
  const { answers } = shown.view;
  return html`<main class="cards" role="group" aria-label=${t('Answers, in a shuffled order')} @wheel=${scrollAll}>
    ${repeat(
      answers,
      (answer) => answer.candidateId,
      (answer, index) => card(state, shown, answer, letterAt(index), drawing),
    )}
  </main>`;
}

function card(state: PageState, shown: Shown, answer: AnswerView, letter: string, drawing: Drawing): TemplateResult {
  const { send, bindings, drag } = drawing;
  const isFocused = letter === cardLetter(shown);
  const correction = correctionOf(shown, letter);
  const isImproved = correction !== undefined && shown.improvedShown.includes(letter);
  const length = textLength(answer.text);
  const mode = modeOf(state.settings);
  // What is on the screen is what keys and clicks are about: the answer, or its improved form in the same place.
  const shownName = isImproved ? correctionMark(letter) : letter;
  const place = mode.spoken(shown, shownName);
  const lengthText = lengthWords(length);
  const name = t('Answer {0}', shownName);
  const focus = () => send({ type: 'board', action: { type: 'focus', letter: shownName } });
  const placeNext = (event: Event) => {
    event.stopPropagation();
    send({ type: 'act', action: { do: 'letter', letter: shownName, isTied: false } });
  };
  const act = (action: 'flag' | 'mark' | 'improve') => () => {
    focus();
    send({ type: 'act', action: { do: action } });
  };
  return html`<article
    class="card ${isFocused ? 'focused' : ''} ${isWriting(answer) ? 'writing' : ''}"
    data-letter=${letter}
    tabindex=${isFocused ? 0 : -1}
    aria-roledescription=${t('answer')}
    aria-label="${name}, ${lengthText}${isWriting(answer) ? `, ${t('writing')}` : ''}${place}"
    @click=${focus}
  >
    <header
      draggable=${String(mode.hasBoard)}
      @dragstart=${(event: DragEvent) => drag.start(event, shownName)}
      @dblclick=${(event: Event) => {
        const isOnHeader = event.target instanceof Element && !event.target.closest('button, .rank');
        if (isOnHeader) send({ type: 'act', action: { do: 'zoom' } });
      }}
    >
      <button
        class="letter"
        tabindex="-1"
        title=${t('Place it next')}
        aria-label=${t('Place {0} next', shownName)}
        @click=${placeNext}
      >
        ${shownName}
      </button>
      <h3 class="sr">${name}, ${lengthText}${place}</h3>
      ${meta(answer, lengthText, drawing.belowOf(answer.candidateId))}
      ${answer.reveal === undefined ? nothing : html`<span class="muted small clip reveal" dir="auto">${visibleNodes(answer.reveal)}</span>`}
      ${flagMarks(state, shown.work.flags[answer.candidateId] ?? [])}
      ${
        correction
          ? html`<button
              class="pill"
              tabindex="-1"
              aria-pressed=${String(isImproved)}
              title=${isImproved ? t('Show the answer as it was') : t('Show the improved answer')}
              @click=${(event: Event) => {
                event.stopPropagation();
                send({ type: 'improved-toggle', letter });
              }}
            >
              ${correctionMark(letter)} ${t('improved')}
            </button>`
          : nothing
      }
      <span class="grow"></span>
      <span class="tools">
        ${
          state.settings.flags.length > 0
            ? html`<button
                  class="icon"
                  tabindex=${isFocused ? 0 : -1}
                  title="${t('Flag')} (${bindings.label('flag')})"
                  aria-label=${t('Flag {0}', letter)}
                  @click=${act('flag')}
                >
                  <i class="codicon codicon-warning" aria-hidden="true"></i>
                </button>
                <button
                  class="icon"
                  tabindex=${isFocused ? 0 : -1}
                  title="${t('Mark a span')} (${bindings.label('mark')})"
                  aria-label=${t('Mark a span of {0}', letter)}
                  @mousedown=${keepSelection}
                  @click=${act('mark')}
                >
                  <i class="codicon codicon-list-selection" aria-hidden="true"></i>
                </button>`
            : nothing
        }
        <button
          class="icon"
          tabindex=${isFocused ? 0 : -1}
          title="${t('Improve in an editor')} (${bindings.label('improve')})"
          aria-label=${t('Improve {0}', letter)}
          @click=${act('improve')}
        >
          <i class="codicon codicon-edit" aria-hidden="true"></i>
        </button>
      </span>
      ${mode.badge ? html`<span class="rank" @click=${placeNext}>${mode.badge(shown, shownName) ?? nothing}</span>` : nothing}
    </header>
    ${isWriting(answer) ? html`<div class="strip" aria-hidden="true"></div>` : nothing}
    <div
      class="text"
      tabindex=${drawing.hasBareKeys ? -1 : 0}
      aria-label=${drawing.hasBareKeys ? nothing : name}
      role=${drawing.hasBareKeys ? nothing : 'region'}
      @focus=${() => {
        // By mouse the click does it: moving the focus while the button is down would end a selection before it begins.
        if (!drawing.hasBareKeys) focus();
      }}
    >
      ${drawing.textOf(answer.candidateId)} ${drawing.notesOf(answer.candidateId)}
      ${spanPart()?.spanList(state, shown, answer, letter, drawing) ?? nothing}
      ${
        answer.state === 'failed' || answer.state === 'filter'
          ? html`<p class="failed">
              <span class="muted" dir="auto"
                >${visibleNodes(
                  answer.error ??
                    (answer.state === 'filter' ? t('Refused by the filter of the server') : t('It failed')),
                )}</span
              >
              <button class="textButton" @click=${() => send({ type: 'write-again', letter })}>
                ${t('Write again')}
              </button>
            </p>`
          : nothing
      }
    </div>
    ${shown.composing ? nothing : (mode.under?.(state, shown, answer, letter, drawing) ?? nothing)}
    ${state.chordOn === 'answer' && isFocused ? chord(state, shown, answer, letter, drawing) : nothing}
    ${spanPart()?.markingMenu(state, shown, answer, letter, drawing) ?? nothing}
  </article>`;
}

/** What is selected is what is to be marked. */
const keepSelection = (event: Event): void => event.preventDefault();

/** Its length, and what else is to be known of it: a narrow column leaves that out. */
function meta(answer: AnswerView, length: string, below: number): TemplateResult {
  const facts = [...factsOf(answer, length), ...(below > 0 ? [t('{0} below', below)] : [])];
  return html`<span class="meta" title=${facts.join(', ')}
    >${facts.map((fact, index) => html`<span>${index === 0 ? '' : ', '}${fact}</span>`)}</span
  >`;
}

function factsOf(answer: AnswerView, length: string): readonly [first: string, more?: string] {
  switch (answer.state) {
    case 'queued':
      return [t('waiting')];
    case 'writing':
      return answer.text === '' ? [t('writing')] : [length, t('writing')];
    case 'length':
      return [length, answer.maxTokens === undefined ? t('cut off') : t('cut off at {0} tokens', answer.maxTokens)];
    case 'cut':
      return [length, t('stopped')];
    case 'failed':
      return [t('failed')];
    case 'filter':
      return answer.text === '' ? [t('refused')] : [length];
    case 'complete':
    case 'imported':
    case 'improved':
      return [length];
  }
}

/** `Alt` and the wheel scroll all answers by the same share of their length. */
function scrollAll(event: WheelEvent): void {
  if (!event.altKey || !(event.currentTarget instanceof HTMLElement) || !(event.target instanceof Element)) return;
  const texts = [...event.currentTarget.querySelectorAll('.text')];
  const own = event.target.closest('.card')?.querySelector('.text') ?? texts[0];
  const range = own ? own.scrollHeight - own.clientHeight : 0;
  if (range <= 0) return;
  event.preventDefault();
  const share = event.deltaY / range;
  for (const text of texts) text.scrollTop += share * (text.scrollHeight - text.clientHeight);
}
