/**
 * The small menu at the end of what the mouse has selected in an answer. It never lies under the pointer, takes no focus, and
 * goes away with the selection. Loaded when the first text is selected.
 */
import type { CandidateId, TextRange } from '../../src/core/index.js';
import { TextMap } from './aids/textMap.js';
import { t } from './strings.js';

/** The text of an answer as it is on the screen. */
export interface ShownText {
  readonly letter: string;
  readonly candidateId: CandidateId;
  /** The source of what is shown: the answer, or its improved form. */
  readonly text: string;
  /** Or its parts in their order. */
  readonly element: Element | readonly Element[];
}

/** A selection inside of one answer: `start` and `end` are places in its source, in UTF-16 units. */
export interface SelectedText extends TextRange {
  readonly letter: string;
  readonly candidateId: CandidateId;
}

export interface SelectionItem {
  readonly label: string;
  /** The key that does the same, as it is bound; empty without one. */
  readonly key: string;
  run(selected: SelectedText): void;
}

/** What is selected in an answer; undefined where nothing is, or where it reaches out of the answer. */
export function selectedText(shownText: (letter: string) => ShownText | undefined): SelectedText | undefined {
  const selection = getSelection();
  if (selection === null || selection.isCollapsed || selection.rangeCount === 0) return undefined;
  const range = selection.getRangeAt(0);
  const { commonAncestorContainer: around } = range;
  const card = (around instanceof Element ? around : around.parentElement)?.closest<HTMLElement>('.card');
  const shown = shownText(card?.dataset['letter'] ?? '');
  if (shown === undefined) return undefined;
  const place = new TextMap(shown.element, shown.text).sourceOf(range);
  return place && { ...place, letter: shown.letter, candidateId: shown.candidateId };
}

export class SelectionMenu {
  readonly #box = document.createElement('div');
  readonly #shownText: (letter: string) => ShownText | undefined;
  readonly #items: () => readonly SelectionItem[];

  /** @param items asked for each time that the menu opens, so that keys and words are those of now. */
  constructor(
    parent: HTMLElement,
    shownText: (letter: string) => ShownText | undefined,
    items: () => readonly SelectionItem[],
  ) {
    this.#shownText = shownText;
    this.#items = items;
    this.#box.className = 'menu selection-menu';
    this.#box.setAttribute('role', 'menu');
    this.#box.hidden = true;
    // A press must not take the selection away before the click comes.
    this.#box.addEventListener('mousedown', (event) => event.preventDefault());
    parent.append(this.#box);
    document.addEventListener('selectionchange', () => {
      if (getSelection()?.isCollapsed !== false) this.close();
    });
    document.addEventListener('keydown', () => this.close(), { capture: true });
    document.addEventListener('scroll', () => this.close(), { capture: true, passive: true });
  }

  /** After the mouse has let go: beside what it has selected, if that is in an answer. */
  open(pointer: { readonly clientX: number; readonly clientY: number }): void {
    const selected = selectedText(this.#shownText);
    if (selected === undefined) return this.close();
    this.#box.setAttribute('aria-label', t('Selected text of {0}', selected.letter));
    this.#box.replaceChildren(
      ...this.#items().map(({ label, key, run }) => {
        const button = document.createElement('button');
        button.setAttribute('role', 'menuitem');
        button.append(label);
        if (key !== '') {
          const kbd = document.createElement('kbd');
          kbd.textContent = key;
          button.append(kbd);
        }
        button.addEventListener('click', (event) => {
          event.stopPropagation();
          run(selected);
          this.close();
        });
        return button;
      }),
    );
    this.#box.hidden = false;
    this.#putBeside(pointer);
  }

  close(): void {
    this.#box.hidden = true;
  }

  /** Under the last selected line; above it where the pointer is, or where there is no room. */
  #putBeside({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }): void {
    const range = getSelection()?.getRangeAt(0);
    const end = [...(range?.getClientRects() ?? [])].at(-1) ?? range?.getBoundingClientRect();
    if (end === undefined) return this.close();
    const { width, height } = this.#box.getBoundingClientRect();
    const left = Math.max(4, Math.min(end.right + 4, innerWidth - width - 4));
    const isUnderPointer = (top: number) =>
      clientX >= left - 4 && clientX <= left + width + 4 && clientY >= top - 4 && clientY <= top + height + 4;
    const below = end.bottom + 6;
    const isFree = below + height <= innerHeight - 4 && !isUnderPointer(below);
    this.#box.style.setProperty('top', `${isFree ? below : Math.max(4, end.top - height - 6)}px`);
    this.#box.style.setProperty('left', `${left}px`);
  }
}
