import { html, nothing } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import { live } from 'lit/directives/live.js';
import {
  nextPlaceOf,
  notPlaced,
  orderOf,
  placeOf,
  printOrder,
  tierIndexOf,
  writtenNotPlaced,
} from '../../../src/core/index.js';
import type { DropTarget } from '../../../src/core/index.js';
import { boardToJudge, impliedLetter, isChangedSincePlaced, lettersWriting } from '../state.js';
import type { PageState, Shown } from '../state.js';
import { joined, ordinal, ordinalWord, t } from '../strings.js';
import type { Drawing } from '../view.js';
import type { KeyRow } from './mode.js';

/** The order as text, the order as a board, what is left to do. */
export function rankChoices(state: PageState, shown: Shown, drawing: Drawing): TemplateResult {
  return html`<div class="order">
    ${orderField(state, shown, drawing)} ${board(state, shown, drawing)}
    <div
      class="side"
      @dragover=${(event: DragEvent) => drawing.drag.over(event)}
      @drop=${(event: DragEvent) => {
        const what = drawing.drag.drop(event);
        if (what === '-') drawing.send({ type: 'board', action: { type: 'drop-line', line: null } });
        else if (what !== undefined)
          drawing.send({ type: 'board', action: { type: 'drop', letter: what, target: { on: 'tray' } } });
      }}
    >
      ${side(state, shown, drawing)}
    </div>
  </div>`;
}

function orderField(state: PageState, shown: Shown, { send }: Drawing): TemplateResult {
  const last = 'ABCDEFGH'[shown.view.answers.length - 1] ?? 'H';
  return html`<div class="orderLine">
    <input
      class="field"
      id="order"
      type="text"
      spellcheck="false"
      autocomplete="off"
      maxlength="64"
      placeholder=${shown.view.answers.length > 3 ? 'b a = d c' : 'b a'}
      aria-label=${t('Order, best first')}
      aria-describedby="orderHelp"
      aria-invalid=${state.orderProblem === null ? nothing : 'true'}
      .value=${live(orderTextOf(state, shown))}
      @input=${(event: Event) => {
        if (event.target instanceof HTMLInputElement) send({ type: 'order-text', text: event.target.value });
      }}
      @blur=${() => send({ type: 'order-left' })}
    />
    <span class="sr" id="orderHelp"
      >${t('Letters A to {0}, best first; equals for a tie, minus for the good-enough line.', last)}
      ${state.orderProblem ?? ''}</span
    >
    ${state.orderProblem === null ? nothing : html`<span class="problem" aria-hidden="true">${state.orderProblem}</span>`}
  </div>`;
}

function board(state: PageState, shown: Shown, { send, drag, bindings }: Drawing): TemplateResult {
  const { work } = shown;
  const all = work.board;
  const { tiers, line } = all;
  const judged = boardToJudge(shown);
  const left = notPlaced(judged);
  const implied = impliedLetter(state);
  const zone = (target: DropTarget, lineAt: number | null) => ({
    over: (event: DragEvent) => drag.over(event),
    drop: (event: DragEvent) => {
      event.stopPropagation();
      const what = drag.drop(event);
      if (what === '-') {
        if (lineAt !== null) send({ type: 'board', action: { type: 'drop-line', line: lineAt } });
      } else if (what !== undefined) send({ type: 'board', action: { type: 'drop', letter: what, target } });
    },
  });
  const gap = (index: number) => {
    const at = zone({ on: 'gap', index }, index);
    if (line !== index)
      return html`<span class="gap" role="presentation" @dragover=${at.over} @drop=${at.drop}>›</span>`;
    const above = zone({ on: 'gap', index, isAboveLine: true }, index);
    return html`<span
      class="gap line"
      role="listitem"
      draggable="true"
      title="${t('Good-enough line')} (${bindings.label('line')})"
      @dragstart=${(event: DragEvent) => drag.start(event, '-')}
      ><span class="sr">${t('Good-enough line')}</span
      ><span aria-hidden="true" @dragover=${above.over} @drop=${above.drop}>${t('good enough')}</span
      ><span aria-hidden="true" @dragover=${at.over} @drop=${at.drop}>${t('not')}</span></span
    >`;
  };
  const end = zone({ on: 'gap', index: tiers.length }, tiers.length);
  const first = zone({ on: 'gap', index: 0 }, 0);
  return html`<div
    class="board"
    role="list"
    aria-label=${t('Ranking, best first')}
    @dragover=${end.over}
    @drop=${end.drop}
    @keydown=${moveInBoard}
  >
    ${tiers.length > 0 && line !== 0 ? html`<span class="gap edge" role="presentation" @dragover=${first.over} @drop=${first.drop}></span>` : nothing}
    ${tiers.map((tier, index) => {
      const place = placeOf(all, index);
      const onTier = zone({ on: 'tier', index }, null);
      const name =
        tier.letters.length > 1
          ? t('{0}, tied: {1}', ordinalWord(place), joined(tier.letters))
          : `${ordinalWord(place)}: ${joined(tier.letters)}`;
      return html`${index > 0 || line === 0 ? gap(index) : nothing}
        <div class="tier" role="listitem" @dragover=${onTier.over} @drop=${onTier.drop}>
          <span class="sr">${name}</span
          ><span class="place" aria-hidden="true">${ordinal(place)}</span>${tier.letters.map(
            (letter, letterIndex) =>
              html`${letterIndex > 0 ? html`<span class="eq" aria-hidden="true">=</span>` : nothing}${chip(shown, letter, '', { send, drag })}`,
          )}
        </div>`;
    })}
    ${
      tiers.length === 0 && line === 0
        ? gap(0)
        : tiers.length > 0 && (left.length > 0 || line === tiers.length)
          ? gap(tiers.length)
          : nothing
    }
    ${
      left.length > 0
        ? html`<div class="tier empty" role="listitem">
            <span class="place">${ordinal(nextPlaceOf(all))}</span>${
              implied === undefined ? nothing : chip(shown, implied, 'implied', { send, drag })
            }
          </div>`
        : nothing
    }
    ${
      tiers.length === 0 && line === null && state.settings.singleKeys
        ? html`<span class="start" role="presentation"
            ><span>${t('Type the order, best first:')} <kbd>B</kbd><kbd>A</kbd><kbd>=</kbd><kbd>D</kbd> …</span
            ><span>${t(', or each one’s place:')} <kbd>2</kbd><kbd>1</kbd> …</span><span>${t(', or drag')}</span></span
          >`
        : nothing
    }
  </div>`;
}

/** One stop of the tab order; arrows go from chip to chip. */
function moveInBoard(event: KeyboardEvent): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined || event.altKey || !(event.currentTarget instanceof HTMLElement)) return;
  const chips = [...event.currentTarget.querySelectorAll<HTMLElement>('.chip')];
  const at = chips.findIndex((other) => other === document.activeElement);
  const next = chips[(at + step + chips.length) % chips.length];
  if (at < 0 || !next) return;
  event.preventDefault();
  event.stopPropagation();
  next.focus();
}

function chip(
  shown: Shown,
  letter: string,
  kind: '' | 'implied',
  { send, drag }: Pick<Drawing, 'send' | 'drag'>,
): TemplateResult {
  const { board: all } = shown.work;
  const isFirst = all.tiers[0]?.letters[0] === letter;
  const isChanged = isChangedSincePlaced(shown, letter);
  return html`<button
    class="letter chip ${kind} ${isChanged ? 'changed' : ''}"
    draggable="true"
    tabindex=${isFirst ? 0 : -1}
    aria-current=${letter === all.focused ? 'true' : 'false'}
    aria-label=${isChanged ? t('{0}, changed since it was placed', letter) : letter}
    @dragstart=${(event: DragEvent) => drag.start(event, letter)}
    @click=${() => send({ type: 'board', action: { type: kind === '' ? 'focus' : 'letter', letter } })}
  >
    ${letter}
  </button>`;
}

function side(state: PageState, shown: Shown, { send, drag, bindings }: Drawing): unknown {
  if (state.notice) return html`<span class="notice">${state.notice.text}</span>`;
  const own = writtenNotPlaced(shown.work.board);
  const ownChips = own.map((name) => chip(shown, name, 'implied', { send, drag }));
  const implied = impliedLetter(state);
  if (implied !== undefined) {
    const [before = '', after = ''] = t('{0} goes last. {1} accepts', implied, '\0').split('\0');
    return html`<span class="goesLast"
        ><span>${before.trim()}</span> <span><kbd>${bindings.label('submit')}</kbd> ${after.trim()}</span></span
      >${ownChips}`;
  }
  const left = notPlaced(boardToJudge(shown));
  if (left.length > 0)
    return html`<span class="word">${t('Not placed')}</span
      >${left.map((letter) => chip(shown, letter, 'implied', { send, drag }))}${ownChips}`;
  if (own.length > 0) return html`<span class="word">${t('Yours to place')}</span>${ownChips}`;
  const writing = writingText(shown);
  if (writing !== undefined) return writing;
  // What was submitted and is only looked at is no draft.
  const isDraft = shown.past.length > 0 || shown.view.status === 'draft';
  return isDraft && shown.revision <= shown.savedRevision ? t('Complete. Draft saved') : t('Complete');
}

/** Neutral but for the first; nothing is there before the labeler placed something. */
export function rankBadge({ work: { board } }: Shown, letter: string): TemplateResult | typeof nothing {
  const index = tierIndexOf(board, letter);
  if (index < 0) return board.leftOut.includes(letter) ? html`<span class="badge">${t('left out')}</span>` : nothing;
  const place = ordinal(placeOf(board, index));
  const isTied = (board.tiers[index]?.letters.length ?? 0) > 1;
  const isBest = board.best === letter;
  return html`<span class="badge ${index === 0 ? 'first' : ''}"
    >${isTied ? t('{0} =', place) : place}${isBest ? html` <span title=${t('the best of the tie')}>★</span>` : nothing}</span
  >`;
}

/** The text of the order field. */
const orderTextOf = (state: PageState, { work: { board: all } }: Shown): string =>
  state.orderText ?? printOrder(orderOf(all)) + (all.isTiePending ? ' = ' : '');

/** Beside the board, when nothing else is to be said. */
function writingText(shown: Shown): string | undefined {
  const writing = lettersWriting(shown);
  return writing.length === 0 ? undefined : t('{0} still writing', joined(writing));
}

export function rankKeys({ shown }: PageState, { bindings }: Drawing): { title: string; rows: readonly KeyRow[] } {
  const key = (action: Parameters<typeof bindings.label>[0]) => html`<kbd>${bindings.label(action)}</kbd>`;
  const nAnswers = shown?.view.answers.length ?? 8;
  return {
    title: t('Rank'),
    rows: [
      [html`<kbd>A</kbd> … <kbd>${'ABCDEFGH'[nAnswers - 1] ?? 'H'}</kbd>`, t('next best; if placed, look at it')],
      [html`${key('tie')} ${t('or')} <kbd>Shift</kbd>+${t('letter')}`, t('tied with the one before')],
      [key('line'), t('good-enough line here')],
      [html`<kbd>1</kbd> … <kbd>${nAnswers}</kbd>`, t('place of the focused answer, on to the next')],
      [key('leave-out'), t('leave it out')],
      [html`<kbd>Alt</kbd>+<kbd>↑</kbd> <kbd>↓</kbd>`, t('half a tier up, down')],
      [key('best'), t('the best one of a tie')],
      [key('place-improved'), t('its improved form next best')],
      [key('take-back'), t('take back the last')],
      [key('clear'), t('clear all')],
    ],
  };
}
