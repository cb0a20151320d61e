/** Selecting text with the mouse: waits for the first selection in an answer, then loads the menu and shows it beside. */
import './selection.css';
import type { CandidateId } from '../../src/core/index.js';
import type { Bindings } from './keys.js';
import type { selectedText, SelectedText, SelectionItem, SelectionMenu, ShownText } from './selectionMenu.js';
import { answerAt, correctionOf } from './state.js';
import type { PageState } from './state.js';
import type { PageEvent } from './step.js';
import { t } from './strings.js';

/** What selecting needs of the page. */
export interface Selectable {
  readonly parent: HTMLElement;
  readonly state: () => PageState;
  readonly bindings: () => Bindings;
  readonly textOf: (candidateId: CandidateId) => HTMLElement;
  readonly send: (event: PageEvent) => void;
}

export class Selecting {
  readonly #page: Selectable;
  #menu: Promise<SelectionMenu | undefined> | undefined;
  #selectedText: typeof selectedText | undefined;

  constructor(page: Selectable) {
    this.#page = page;
    document.addEventListener('pointerup', (event) => {
      // The browser settles the selection after it has told of the button: a click on a selection takes it away.
      setTimeout(() => void this.#open(event));
    });
  }

  async #open(pointer: PointerEvent): Promise<void> {
    const isInMenu = pointer.target instanceof Element && pointer.target.closest('.selection-menu') !== null;
    if (isInMenu || pointer.button !== 0 || getSelection()?.isCollapsed !== false) return;
    this.#menu ??= import('./selectionMenu.js').then(
      (module) => {
        this.#selectedText = module.selectedText;
        return new module.SelectionMenu(
          this.#page.parent,
          (letter) => this.#shownText(letter),
          () => this.#items(),
        );
      },
      () => undefined, // the keys do the same
    );
    const menu = await this.#menu;
    if (menu === undefined) this.#menu = undefined;
    else menu.open(pointer);
  }

  /** What the mouse has selected in an answer; nothing before a first selection has loaded what can tell. */
  get selected(): SelectedText | undefined {
    return this.#selectedText?.((letter) => this.#shownText(letter));
  }

  #shownText(letter: string): ShownText | undefined {
    const { shown } = this.#page.state();
    const answer = shown ? answerAt(shown.view, letter) : undefined;
    if (!shown || !answer) return undefined;
    const improved = shown.improvedShown.includes(letter) ? correctionOf(shown, letter)?.text : undefined;
    const { candidateId } = answer;
    // Where steps are judged, each is an element of its own.
    const steps = `.card[data-letter="${letter}"] .steps :is(.fold .plain, .stepText > .md)`;
    const parts = [...this.#page.parent.querySelectorAll(steps)];
    const element = parts.length > 0 ? parts : this.#page.textOf(candidateId);
    return { letter, candidateId, text: improved ?? answer.text, element };
  }

  #items(): readonly SelectionItem[] {
    const copy = { label: t('Copy'), key: '', run: () => void document.execCommand('copy') };
    const { settings } = this.#page.state();
    const quote = {
      label: t('Quote'),
      key: this.#page.bindings().label('quote'),
      run: (selected: SelectedText) => this.#page.send({ type: 'compose', does: { do: 'quote-text', ...selected } }),
    };
    const others = settings.mode === 'steps' ? [copy] : [quote, copy];
    if (settings.flags.length === 0) return others;
    const run = () => this.#page.send({ type: 'act', action: { do: 'mark' } });
    return [{ label: t('Mark'), key: this.#page.bindings().label('mark'), run }, ...others];
  }
}
