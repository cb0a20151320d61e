import { html, nothing } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import { live } from 'lit/directives/live.js';
import type { AnswerView } from '../../../src/protocol.js';
import { visibleNodes } from '../markdown.js';
import type { PageState, Shown } from '../state.js';
import { t } from '../strings.js';
import type { Drawing } from '../view.js';
import { rangeOfMarking } from './index.js';
import type { SpanEvent } from './index.js';
import { labelOf, quoted } from './spanEdits.js';

/** The marks of an answer under its text, each with its note and a way to take it back. */
export function spanList(
  state: PageState,
  shown: Shown,
  { candidateId }: AnswerView,
  letter: string,
  { send }: Drawing,
): TemplateResult | typeof nothing {
  const spans = shown.work.spans[candidateId] ?? [];
  if (spans.length === 0) return nothing;
  const edit = (event: SpanEvent) => send({ type: 'span', event });
  return html`<ol
    class="spans"
    aria-label=${t('Marks in {0}', letter)}
    @click=${(event: Event) => event.stopPropagation()}
    @dblclick=${(event: Event) => event.stopPropagation()}
  >
    ${spans.map((span, index) => {
      const place = { candidateId, index };
      const words = quoted(shown, candidateId, span);
      const isNoting = state.spanNote?.candidateId === candidateId && state.spanNote.index === index;
      return html`<li>
        <i class="codicon codicon-warning" aria-hidden="true"></i>
        <span class="grow" dir="auto"
          ><b>${visibleNodes(labelOf(state, span.flag))}</b> ${visibleNodes(words)}${
            isNoting || span.note === undefined ? nothing : html`<span class="said">: ${visibleNodes(span.note)}</span>`
          }</span
        >
        ${spanButton('comment', t('Note'), t('Note on {0}', words), () => edit({ do: 'note-open', place }))}
        ${spanButton('close', t('Take the mark away'), t('Take the mark {0} away', words), () => edit({ do: 'remove', place }))}
        ${
          isNoting
            ? html`<vscode-text-field
                id="spanNote"
                maxlength="2000"
                placeholder=${t('What is wrong with it? Enter goes on')}
                aria-label=${t('Note on {0}', words)}
                .value=${live(span.note ?? '')}
                @input=${(event: Event) => {
                  const { target } = event;
                  if (target instanceof HTMLElement && 'value' in target && typeof target.value === 'string')
                    edit({ do: 'note', text: target.value });
                }}
                @keydown=${(event: KeyboardEvent) => {
                  if (event.key !== 'Enter' || event.isComposing || event.ctrlKey || event.metaKey) return;
                  event.preventDefault();
                  event.stopPropagation();
                  edit({ do: 'note-close', isByKey: true });
                }}
                @blur=${() => edit({ do: 'note-close', isByKey: false })}
              ></vscode-text-field>`
            : nothing
        }
      </li>`;
    })}
  </ol>`;
}

const spanButton = (icon: string, title: string, name: string, press: () => void): TemplateResult =>
  html`<button class="icon" title=${title} aria-label=${name} @click=${press}>
    <i class="codicon codicon-${icon}" aria-hidden="true"></i>
  </button>`;

/** What a chosen place can be marked with: the flags, by letter or click. */
export function markingMenu(
  state: PageState,
  shown: Shown,
  { candidateId }: AnswerView,
  letter: string,
  { send }: Drawing,
): TemplateResult | typeof nothing {
  const { marking, settings } = state;
  if (!marking || marking.candidateId !== candidateId) return nothing;
  const title = t('Mark in {0}: {1}', letter, quoted(shown, candidateId, rangeOfMarking(marking)));
  return html`<div
    class="menu chord marking"
    role="group"
    aria-label=${title}
    @click=${(event: Event) => event.stopPropagation()}
    @mousedown=${(event: Event) => event.preventDefault()}
  >
    <h3 class="clip" dir="auto">${visibleNodes(title)}</h3>
    <div class="choices">
      ${settings.flags.map(
        ({ id, key, label }) =>
          html`<button
            @click=${(event: MouseEvent) =>
              send({ type: 'span', event: { do: 'flag', flag: id, hasNote: event.shiftKey } })}
          >
            <span class="clip" dir="auto">${visibleNodes(label)}</span><kbd>${key.toUpperCase()}</kbd>
          </button>`,
      )}
    </div>
    <p class="muted small how">
      <span><kbd>←</kbd> <kbd>→</kbd> ${t('word')}</span> <span><kbd>↑</kbd> <kbd>↓</kbd> ${t('sentence')}</span>
      <span><kbd>Shift</kbd> ${t('extends; with a letter: and a note')}</span>
      <span><kbd>Esc</kbd> ${t('closes')}</span>
    </p>
  </div>`;
}
