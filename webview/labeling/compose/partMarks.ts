/**
 * The parts of the answers on the screen while an answer is composed: which one has the cursor, which are quoted and where
 * they stand. They are boxes behind the text, so nothing that is being read moves.
 */
import type { AnswerBlock } from '../../../src/core/index.js';
import type { AnswerView } from '../../../src/protocol.js';
import { TextMap } from '../aids/textMap.js';
import { textDrawnAnew } from '../aids/richText.js';
import { cardLetter, letterOf } from '../state.js';
import type { PageState } from '../state.js';
import { t } from '../strings.js';
import { canQuote, composedOf, cursorIn, partsOf, placeOfQuote } from './composed.js';
import type { Marking } from './registry.js';

interface Box {
  readonly top: number;
  readonly height: number;
}

const layers = new WeakMap<HTMLElement, PartMarks>();

/** After each drawing of the page, and when its size has changed. */
export function markParts(state: PageState, marking: Marking): void {
  let layer = layers.get(marking.surface);
  if (layer === undefined) layers.set(marking.surface, (layer = new PartMarks(marking)));
  layer.draw(state);
}

class PartMarks {
  readonly #marking: Marking;
  readonly #maps = new Map<string, { readonly look: string; readonly map: TextMap }>();
  readonly #sizes = new ResizeObserver(() => this.#draw());
  readonly #boxes = new Map<string, Box | undefined>();
  readonly #layers: HTMLElement[] = [];
  #state: PageState | undefined;
  #hovered: { readonly letter: string; readonly index: number } | undefined;

  constructor(marking: Marking) {
    this.#marking = marking;
    const { surface } = marking;
    surface.addEventListener(textDrawnAnew, () => {
      this.#maps.clear();
      this.#draw();
    });
    surface.addEventListener('click', (event) => this.#onClick(event));
    surface.addEventListener('mousemove', (event) => this.#hover(this.#partAt(event)));
    surface.addEventListener('mouseleave', () => this.#hover(undefined));
  }

  draw(state: PageState): void {
    this.#state = state;
    this.#draw();
  }

  #draw(): void {
    for (const layer of this.#layers.splice(0)) layer.remove();
    this.#boxes.clear();
    const { shown } = this.#state ?? {};
    if (!shown?.composing) {
      this.#sizes.disconnect();
      this.#maps.clear();
      return;
    }
    const composed = composedOf(shown.work);
    const focused = cardLetter(shown);
    for (const answer of shown.view.answers) {
      const letter = letterOf(shown.view, answer.candidateId) ?? '';
      if (!canQuote(answer) || shown.improvedShown.includes(letter)) continue;
      const cursor = letter === focused ? cursorIn(shown.composing, answer) : -1;
      const hovered = this.#hovered?.letter === letter ? this.#hovered.index : -1;
      const parts = partsOf(answer).map((block, index) => ({
        block,
        index,
        place: placeOfQuote(composed, answer.candidateId, block),
      }));
      const drawn = parts.filter(({ index, place }) => place >= 0 || index === cursor || index === hovered);
      const text = this.#textBox(answer);
      if (!text) continue;
      const element = this.#marking.textOf(answer.candidateId);
      this.#sizes.observe(element);
      if (drawn.length === 0) continue;
      const layer = document.createElement('div');
      layer.className = `parts hue-${letter.toLowerCase()}`;
      for (const { index, place } of drawn) {
        const box = this.#boxOf(answer, index);
        if (box === undefined) continue;
        const look = `${index === cursor ? 'cursor now' : ''} ${place >= 0 ? 'used' : ''}`;
        layer.append(boxElement(box, `part ${look}`), this.#tag(box, letter, index, place));
      }
      text.append(layer);
      this.#layers.push(layer);
    }
  }

  /** The place of a quoted part; a button for one that can be quoted. */
  #tag(box: Box, letter: string, index: number, place: number): HTMLElement {
    if (place >= 0) {
      const badge = boxElement({ top: box.top, height: 16 }, 'tag badge');
      badge.textContent = String(place + 1);
      return badge;
    }
    const button = document.createElement('button');
    placed(button, { top: box.top, height: 22 });
    button.className = 'tag icon codicon codicon-add';
    button.tabIndex = -1;
    button.title = t('Quote');
    button.setAttribute('aria-label', t('Quote part {0} of {1}', index + 1, letter));
    button.addEventListener('click', (event) => {
      event.stopPropagation();
      this.#marking.send({ type: 'compose', does: { do: 'part', letter, index, isQuoted: true } });
    });
    return button;
  }

  #textBox(answer: AnswerView): HTMLElement | null {
    return this.#marking.textOf(answer.candidateId).closest<HTMLElement>('.text');
  }

  #mapOf(answer: AnswerView): TextMap {
    const element = this.#marking.textOf(answer.candidateId);
    const look = `${answer.text.length} ${element.className}`;
    const known = this.#maps.get(answer.candidateId);
    if (known?.look === look) return known.map;
    const map = new TextMap(element, answer.text);
    this.#maps.set(answer.candidateId, { look, map });
    return map;
  }

  /** Where a part is in what scrolls; undefined where nothing of it is on the screen. */
  #boxOf(answer: AnswerView, index: number): Box | undefined {
    const key = `${index} ${answer.candidateId}`;
    if (this.#boxes.has(key)) return this.#boxes.get(key);
    const text = this.#textBox(answer);
    const block = partsOf(answer)[index];
    const box = text && block ? boxOf(this.#mapOf(answer), block, text) : undefined;
    this.#boxes.set(key, box);
    return box;
  }

  /** The part under the pointer. */
  #partAt({ target, clientY }: MouseEvent): { letter: string; index: number } | undefined {
    const { shown } = this.#state ?? {};
    const text = target instanceof Element ? target.closest<HTMLElement>('.card .text') : null;
    const letter = text?.closest<HTMLElement>('.card')?.dataset['letter'];
    if (!shown?.composing || !text || letter === undefined) return undefined;
    const answer = shown.view.answers['ABCDEFGH'.indexOf(letter)];
    if (!answer || !canQuote(answer) || shown.improvedShown.includes(letter)) return undefined;
    const y = clientY - text.getBoundingClientRect().top + text.scrollTop;
    const index = partsOf(answer).findIndex((_block, nth) => {
      const box = this.#boxOf(answer, nth);
      return box !== undefined && y >= box.top && y <= box.top + box.height;
    });
    return index < 0 ? undefined : { letter, index };
  }

  #onClick(event: MouseEvent): void {
    const isOnControl = event.target instanceof Element && event.target.closest('button, .link, summary') !== null;
    if (isOnControl || getSelection()?.isCollapsed === false) return;
    const part = this.#partAt(event);
    if (part) this.#marking.send({ type: 'compose', does: { do: 'part', ...part, isQuoted: false } });
  }

  #hover(part: { readonly letter: string; readonly index: number } | undefined): void {
    if (part?.letter === this.#hovered?.letter && part?.index === this.#hovered?.index) return;
    this.#hovered = part;
    this.#draw();
  }
}

/** A block of code and a row are their boxes, everything else the lines that it takes. */
function boxOf(map: TextMap, block: AnswerBlock, text: HTMLElement): Box | undefined {
  const range = map.rangeOf(block);
  if (range === undefined) return undefined;
  const around = range.commonAncestorContainer;
  const element = (around instanceof Element ? around : around.parentElement)?.closest('pre, tr, thead');
  const box = (element && text.contains(element) ? element : range).getBoundingClientRect();
  if (box.height === 0) return undefined;
  const top = box.top - text.getBoundingClientRect().top + text.scrollTop;
  return { top: top - 2, height: box.height + 4 };
}

function boxElement(box: Box, className: string): HTMLElement {
  const element = document.createElement('div');
  placed(element, box);
  element.className = className;
  return element;
}

function placed(element: HTMLElement, { top, height }: Box): void {
  element.style.setProperty('top', `${top}px`);
  element.style.setProperty('height', `${height}px`);
}
