/** The composed answer beside the answers: its parts with their letters, what was changed in them, whose it is. */
import { html, svg } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import { repeat } from 'lit/directives/repeat.js';
import { answerShares, type AnswerPart, type AnswerShare, type ComposedAnswer } from '../../../src/core/index.js';
import { actions } from '../dockView.js';
import type { LabelAction } from '../keys.js';
import type { KeyRow } from '../modes/mode.js';
import type { PageState, Shown } from '../state.js';
import { joined, t } from '../strings.js';
import { lengthWords, textLength } from '../textLength.js';
import type { Drawing } from '../view.js';
import { chosenOf, composedOf, sourceLetter, sourceText } from './composed.js';
import { drawnPart } from './drawnPart.js';
import type { ComposeEvent, Composing } from './registry.js';

export function composePane(state: PageState, shown: Shown, composing: Composing, drawing: Drawing): TemplateResult {
  const { bindings, send } = drawing;
  const composed = composedOf(shown.work);
  const chosen = chosenOf(composing, composed);
  const length = textLength(composed.map(({ text }) => text).join(''));
  const seen = new Map<string, number>();
  return html`<aside class="composed" aria-label=${t('Composed answer')}>
    <header>
      <h2>${t('Composed answer')}</h2>
      <span class="muted small">${lengthWords(length)}</span>
      <span class="grow"></span>
      ${iconButton('go-to-file', t('Open in an editor'), bindings.label('compose'), () =>
        send({ type: 'act', action: { do: 'compose' } }),
      )}
      ${iconButton('close', t('Close'), 'Esc', () => ask(drawing, { do: 'close' }))}
    </header>
    ${
      composed.length === 0
        ? html`<div class="made"><p class="muted">${emptyText(drawing)}</p></div>`
        : html`<ol
            class="made"
            aria-label=${t('Parts in their order; Alt and arrows move, Delete removes')}
            @keydown=${(event: KeyboardEvent) => onListKey(event, drawing, chosen, composed.length)}
          >
            ${repeat(
              composed.map((part, index) => ({ part, index, key: keyOf(part, seen) })),
              ({ key }) => key,
              ({ part, index, key }) => bit(shown, part, index, { isChosen: index === chosen, key }, drawing),
            )}
          </ol>`
    }
    <footer>${sharesBar(shown)} ${footer(state, shown, drawing)}</footer>
  </aside>`;
}

const ask = ({ send }: Drawing, does: ComposeEvent): void => send({ type: 'compose', does });

const iconButton = (icon: string, label: string, key: string, press: () => void): TemplateResult =>
  html`<button class="icon" title="${label} (${key})" aria-label=${label} @click=${press}>
    <i class="codicon codicon-${icon}" aria-hidden="true"></i>
  </button>`;

/** The same part twice is two elements. */
function keyOf({ from, start, text }: AnswerPart, seen: Map<string, number>): string {
  const key = JSON.stringify([from ?? '', start ?? 0, text.trim()]);
  const nth = (seen.get(key) ?? 0) + 1;
  seen.set(key, nth);
  return `${nth} ${key}`;
}

let dragged: number | undefined;

function bit(
  shown: Shown,
  part: AnswerPart,
  index: number,
  { isChosen, key }: { readonly isChosen: boolean; readonly key: string },
  drawing: Drawing,
): TemplateResult {
  const letter = sourceLetter(shown, part);
  const source = part.from === undefined ? undefined : sourceText(shown, part.from)?.slice(part.start, part.end);
  const name = letter ?? (part.from === undefined ? t('you') : t('gone'));
  return html`<li
    class="bit ${letter === undefined ? 'me' : `hue-${letter.toLowerCase()}`} ${isChosen ? 'cursor' : ''}"
    tabindex=${isChosen ? 0 : -1}
    aria-current=${String(isChosen)}
    draggable="true"
    @focus=${() => {
      if (!isChosen) ask(drawing, { do: 'choose', index });
    }}
    @click=${() => ask(drawing, { do: 'choose', index })}
    @dragstart=${(event: DragEvent) => {
      dragged = index;
      event.dataTransfer?.setData('text/plain', part.text);
    }}
    @dragend=${() => {
      dragged = undefined;
    }}
    @dragover=${(event: DragEvent) => {
      if (dragged !== undefined) event.preventDefault();
    }}
    @drop=${(event: DragEvent) => {
      event.preventDefault();
      if (dragged !== undefined) ask(drawing, { do: 'move', index: dragged, to: index });
      dragged = undefined;
    }}
  >
    ${letter === undefined ? html`<span class="small muted">${name}</span>` : html`<span class="letter small">${name}</span>`}
    ${drawnPart(key, part.text.trimEnd(), source)}
    <button
      class="icon"
      tabindex=${isChosen ? 0 : -1}
      title="${t('Remove')} (${drawing.bindings.label('remove-part')})"
      aria-label=${t('Remove part {0}', index + 1)}
      @click=${(event: Event) => {
        event.stopPropagation();
        ask(drawing, { do: 'remove', index });
      }}
    >
      <i class="codicon codicon-close" aria-hidden="true"></i>
    </button>
  </li>`;
}

/** The list is a stop of the tab order with keys of its own, so that it works where single keys are off. */
function onListKey(event: KeyboardEvent, drawing: Drawing, chosen: number, nParts: number): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !(event.target instanceof Element)) return;
  const isOnButton = event.target.closest('button') !== null;
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const asked = ((): ComposeEvent | undefined => {
    if (by !== undefined && event.altKey) return { do: 'move', index: chosen, to: chosen + by };
    if (event.altKey || isOnButton) return undefined;
    if (by !== undefined) return { do: 'choose', index: Math.max(0, Math.min(nParts - 1, chosen + by)) };
    if (event.key === 'Delete' || event.key === 'Backspace') return { do: 'remove', index: chosen };
    if (event.key === 'ArrowLeft') return { do: 'leave', to: 'last' };
    return event.key === 'ArrowRight' ? { do: 'leave', to: 'first' } : undefined;
  })();
  if (asked === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  const list = event.currentTarget;
  ask(drawing, asked);
  if (asked.do === 'choose' && list instanceof Element) list.querySelector<HTMLElement>('.bit.cursor')?.focus();
}

function emptyText({ bindings }: Drawing): unknown {
  const [before = '', middle = '', after = ''] = t(
    'Nothing is quoted yet. {0} quotes the part under the cursor, {1} opens an editor to write in.',
    '\0',
    '\0',
  ).split('\0');
  return html`${before}<kbd>${bindings.label('quote')}</kbd>${middle}<kbd>${bindings.label('compose')}</kbd>${after}`;
}

// Whose it is ----------------------------------------------------------------------------------------------------------

/** In the order of the letters, the labeler last. */
const placeOf = (letter: string | undefined): number => (letter === undefined ? 8 : 'ABCDEFGH'.indexOf(letter));

const known = new WeakMap<ComposedAnswer, readonly AnswerShare[]>();

/** Computed once a change: the page is drawn at every key. */
function sharesOf(shown: Shown, composed: ComposedAnswer): readonly AnswerShare[] {
  const shares = known.get(composed) ?? answerShares(composed, (from) => sourceText(shown, from));
  known.set(composed, shares);
  return shares;
}

/** What comes from where, by letters: of an answer that is gone nothing can be told. */
function sharesBar(shown: Shown): TemplateResult {
  const composed = composedOf(shown.work);
  const shares = sharesOf(shown, composed)
    .map((share) => ({ percent: share.percent, letter: sourceLetter(shown, share) }))
    .sort((a, b) => placeOf(a.letter) - placeOf(b.letter));
  const name = ({ letter, percent }: (typeof shares)[number]) => t('{0} {1}%', letter ?? t('you'), percent);
  const label = shares.length === 0 ? t('Nothing yet') : t('From {0}', joined(shares.map(name)));
  const hue = ({ letter }: (typeof shares)[number]) =>
    letter === undefined ? 'hue-me' : `hue-${letter.toLowerCase()}`;
  let x = 0;
  return html`<svg class="from" role="img" aria-label=${label} viewBox="0 0 100 6" preserveAspectRatio="none">
      ${shares.map((share) => {
        const left = x;
        x += share.percent;
        return svg`<rect class=${hue(share)} x=${left} width=${share.percent} height="6"></rect>`;
      })}
    </svg>
    <div class="shares small muted" aria-hidden="true">
      ${shares.map((share) => html`<span><i class=${hue(share)}></i>${name(share)}</span>`)}
    </div>`;
}

// What is to be done ---------------------------------------------------------------------------------------------------

function footer(state: PageState, shown: Shown, drawing: Drawing): TemplateResult {
  const isAsked = state.settings.mode === 'compose';
  return html`<div class="tellRow small">${tell(state, drawing)}</div>
    ${isAsked ? actions(state, shown, drawing) : useButton(shown, drawing)}`;
}

function tell({ notice, settings }: PageState, { bindings }: Drawing): TemplateResult {
  if (notice) return html`<span class="notice">${notice.text}</span>`;
  if (!settings.hints || !settings.singleKeys) return html``;
  const key = (action: LabelAction) => html`<kbd>${bindings.label(action)}</kbd>`;
  return html`<span class="hint">${key('quote')} ${t('quote')}</span>
    <span class="hint">${key('part-up')} ${key('part-down')} ${t('step')}</span>
    <span class="hint">${key('move-up')} ${key('move-down')} ${t('move')}</span>
    <span class="hint">${key('remove-part')} ${t('remove')}</span>
    <span class="hint">${key('compose')} ${t('edit')}</span>`;
}

const useButton = (shown: Shown, { send, bindings }: Drawing): TemplateResult =>
  html`<div class="act">
    <span class="grow"></span>
    <vscode-button
      id="use"
      ?disabled=${composedOf(shown.work).length === 0}
      @click=${() => send({ type: 'act', action: { do: 'submit' } })}
      >${t('Use this answer')} <kbd aria-hidden="true">${bindings.label('submit')}</kbd></vscode-button
    >
  </div>`;

/** The rows of the list of all keys in projects that ask for the right answer. */
export function composeKeys(
  _state: PageState,
  { bindings }: Drawing,
): { readonly title: string; readonly rows: readonly KeyRow[] } {
  const key = (action: LabelAction) => html`<kbd>${bindings.label(action)}</kbd>`;
  return {
    title: t('Compose'),
    rows: [
      [html`${key('part-up')} ${key('part-down')}`, t('step over parts')],
      [key('quote'), t('quote the part under the cursor')],
      [html`${key('move-up')} ${key('move-down')}`, t('move the quoted part')],
      [key('remove-part'), t('remove the quoted part')],
      [key('compose'), t('edit freely; write from nothing')],
      [html`<kbd>A</kbd> … <kbd>H</kbd>`, t('that answer')],
      [html`<kbd>Esc</kbd>`, t('to the ranking, and {0} back', bindings.label('quote'))],
    ],
  };
}
