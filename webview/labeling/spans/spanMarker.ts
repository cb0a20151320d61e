/** Chooses places by selection, word and sentence, and draws them as the browser's own highlights: no text moves. */
import { sentencesOf, wholeGraphemes, wordsOf } from '../../../src/core/index.js';
import type { TextRange } from '../../../src/core/index.js';
import { TextMap } from '../aids/textMap.js';
import { isWorkbenchKey } from '../keyboard.js';
import { answerAt, cardLetter } from '../state.js';
import type { PageState, Shown } from '../state.js';
import type { PageEvent } from '../step.js';
import { rangeOfMarking } from './index.js';
import type { Marking, SpanEvent } from './index.js';

/** An answer on the screen, with the places at which a caret can stand. */
interface Answer {
  readonly text: string;
  readonly isSource: boolean;
  readonly map: TextMap;
  readonly words: readonly TextRange[];
  readonly sentences: readonly TextRange[];
}

export class SpanMarker {
  readonly #surface: HTMLElement;
  readonly #send: (event: PageEvent) => void;
  /** Where the caret was last in each answer of this prompt. */
  readonly #carets = new Map<string, TextRange>();
  /** What the marks on the screen were made for. */
  #drawn = '';
  #answer: { readonly letter: string; readonly is: Answer } | undefined;

  constructor(surface: HTMLElement, send: (event: PageEvent) => void) {
    this.#surface = surface;
    this.#send = send;
  }

  begin(state: PageState): void {
    const { shown } = state;
    if (!shown) return;
    this.#answer = undefined;
    const selected = this.#selected(state, shown);
    const letter = selected?.letter ?? cardLetter(shown);
    if (shown.improvedShown.includes(letter)) return this.#send({ type: 'span', event: { do: 'refuse', letter } });
    if (selected) return this.#choose(selected, true);
    const answer = answerAt(shown.view, letter);
    if (!answer) return;
    const { words, map } = this.#answerAt(state, shown, letter);
    const last = this.#carets.get(answer.candidateId);
    const first = last ?? words.find((word) => this.#isInSight(letter, map.rangeOf(word)));
    if (first) this.#choose({ letter, candidateId: answer.candidateId, anchor: first, head: first }, true);
  }

  onKey(event: KeyboardEvent, state: PageState, own: () => void): void {
    const { marking, shown, settings } = state;
    if (!marking || !shown || event.key === 'Tab' || ['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return;
    // A button of the menu takes its own keys.
    const isPressing = event.key === 'Enter' || event.key === ' ';
    if (isPressing && document.activeElement?.closest('.marking button')) return event.stopPropagation();
    if (isWorkbenchKey(event)) return;
    own();
    const edit = (edit: SpanEvent) => this.#send({ type: 'span', event: edit });
    if (event.key === 'Escape') return edit({ do: 'close' });
    const move = {
      ArrowRight: ['words', 1],
      ArrowLeft: ['words', -1],
      ArrowDown: ['sentences', 1],
      ArrowUp: ['sentences', -1],
    }[event.key] as ['words' | 'sentences', 1 | -1] | undefined;
    if (move) return this.#move(state, shown, marking, move[0], move[1], event.shiftKey);
    if (event.repeat) return;
    const byPlace = /^(?:Key|Digit)(.)$/.exec(event.code)?.[1]?.toLowerCase();
    const flagOf = (key: string | undefined) => settings.flags.find((flag) => flag.key.toLowerCase() === key);
    const flag = flagOf(event.key.toLowerCase()) ?? flagOf(byPlace);
    if (flag) edit({ do: 'flag', flag: flag.id, hasNote: event.shiftKey });
  }

  draw(state: PageState): void {
    const { shown, marking } = state;
    // Finding places on the screen takes time in long answers, and the page is drawn at every key.
    const key = JSON.stringify([
      marking,
      shown?.work.spans,
      shown?.improvedShown,
      state.isSource,
      state.settings.mode === 'steps' && shown ? cardLetter(shown) : '',
      shown?.view.answers.map(({ candidateId, text, state: answerState }) => [candidateId, text.length, answerState]),
    ]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    if (!marking) this.#answer = undefined;
    const spans = Object.entries(shown?.work.spans ?? {});
    if (!shown || (spans.length === 0 && !marking)) {
      for (const name of ['span', 'span-now']) CSS.highlights.delete(name);
      return;
    }
    const ranges = shown.view.answers.flatMap(({ candidateId }, index) => {
      const letter = 'ABCDEFGH'[index] ?? '';
      const marked = shown.work.spans[candidateId] ?? [];
      if (marked.length === 0 || shown.improvedShown.includes(letter)) return [];
      const map = this.#mapOf(shown, letter);
      return marked.flatMap((span) => map.rangeOf(span) ?? []);
    });
    highlight('span', ranges);
    const now = marking ? this.#answerAt(state, shown, marking.letter).map.rangeOf(rangeOfMarking(marking)) : undefined;
    highlight('span-now', now ? [now] : []);
    if (marking && now) this.#bringIntoSight(marking.letter, now);
  }

  /** The words have become other nodes. */
  drawAnew(state: PageState): void {
    this.#drawn = '';
    this.#answer = undefined;
    this.draw(state);
  }

  forget(): void {
    this.#drawn = '';
    this.#carets.clear();
    this.#answer = undefined;
  }

  #choose(marking: Marking, isFirst: boolean): void {
    this.#carets.set(marking.candidateId, marking.head);
    this.#send({ type: 'span', event: { do: 'choose', marking, isFirst } });
  }

  /** To the next word or sentence that is on the screen; with Shift the other end stays. */
  #move(
    state: PageState,
    shown: Shown,
    marking: Marking,
    by: 'words' | 'sentences',
    direction: 1 | -1,
    isExtending: boolean,
  ): void {
    const { map, [by]: places } = this.#answerAt(state, shown, marking.letter);
    const { head } = marking;
    const now = map.rangeOf(head)?.startContainer.parentElement;
    const isMirrored = by === 'words' && now && getComputedStyle(now).direction === 'rtl';
    const step = isMirrored ? -direction : direction;
    const ahead = step > 0 ? places : places.toReversed();
    const next = ahead.find(
      (place) => (step > 0 ? place.start > head.start : place.start < head.start) && isShown(map.rangeOf(place)),
    );
    // Extending by sentence first takes the rest of the one in which the caret stands.
    const around = places.find(({ start, end }) => start <= head.start && end >= head.end);
    const isInside = by === 'sentences' && around && (step > 0 ? around.end > head.end : around.start < head.start);
    const to = isInside ? around : next;
    if (!to) return;
    this.#choose({ ...marking, anchor: isExtending ? marking.anchor : to, head: to }, false);
  }

  /** The selection, where it lies in one answer; no half characters, no spaces around. */
  #selected(state: PageState, shown: Shown): Marking | undefined {
    const selection = getSelection();
    if (!selection || selection.isCollapsed || selection.rangeCount === 0) return undefined;
    const range = selection.getRangeAt(0);
    const parent = range.commonAncestorContainer;
    const card = (parent instanceof Element ? parent : parent.parentElement)?.closest('.card');
    const letter = card?.getAttribute('data-letter') ?? '';
    const answer = answerAt(shown.view, letter);
    if (!answer || !card) return undefined;
    const { map, text } = this.#answerAt(state, shown, letter);
    const found = map.sourceOf(range);
    if (!found) return undefined;
    const words = text.slice(found.start, found.end);
    const start = found.start + words.length - words.trimStart().length;
    const end = found.end - (words.length - words.trimEnd().length);
    if (start >= end) return undefined;
    const place = wholeGraphemes(text)({ start, end });
    return { letter, candidateId: answer.candidateId, anchor: place, head: place };
  }

  #answerAt(state: PageState, shown: Shown, letter: string): Answer {
    const text = answerAt(shown.view, letter)?.text ?? '';
    const known = this.#answer;
    if (known?.letter === letter && known.is.text === text && known.is.isSource === state.isSource) return known.is;
    const map = this.#mapOf(shown, letter);
    const is = { text, isSource: state.isSource, map, words: wordsOf(text), sentences: sentencesOf(text) };
    this.#answer = { letter, is };
    return is;
  }

  #mapOf(shown: Shown, letter: string): TextMap {
    const box = this.#box(letter);
    // Where steps are judged, each is an element of its own.
    const parts = box?.classList.contains('steps') ? '.fold .plain, .stepText > .md' : ':scope > .md';
    return new TextMap([...(box?.querySelectorAll(parts) ?? [])], answerAt(shown.view, letter)?.text ?? '');
  }

  #box(letter: string): Element | null {
    return this.#surface.querySelector(`.card[data-letter="${letter}"] .text`);
  }

  #isInSight(letter: string, range: Range | undefined): boolean {
    const box = this.#box(letter)?.getBoundingClientRect();
    return range !== undefined && isShown(range) && range.getBoundingClientRect().bottom > (box?.top ?? 0);
  }

  /** Above the menu, which goes up where there is nothing to scroll. */
  #bringIntoSight(letter: string, range: Range): void {
    const box = this.#box(letter);
    const menu = this.#surface.querySelector('.marking');
    if (!box || !menu) return;
    menu.classList.remove('at-top');
    const { top, bottom } = box.getBoundingClientRect();
    const floor = Math.min(bottom, menu.getBoundingClientRect().top) - 8;
    const place = range.getBoundingClientRect();
    if (place.top < top) box.scrollTop += place.top - top - 8;
    else if (place.bottom > floor) box.scrollTop += Math.min(place.bottom - floor, place.top - top);
    if (range.getBoundingClientRect().bottom > floor + 8) menu.classList.add('at-top');
  }
}

/** Thoughts that are folded have their words, too. */
const isShown = (range: Range | undefined): boolean =>
  range?.startContainer.parentElement?.checkVisibility({ visibilityProperty: true }) === true;

function highlight(name: 'span' | 'span-now', ranges: readonly Range[]): void {
  if (ranges.length === 0) CSS.highlights.delete(name);
  else CSS.highlights.set(name, new Highlight(...ranges));
}
