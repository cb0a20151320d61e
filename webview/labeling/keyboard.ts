import type { AidsLayer } from './aids/aidsLayer.js';
import { Bindings } from './keys.js';
import { addressOf } from './markdown.js';
import type { Selecting } from './selecting.js';
import type { SpanLayer } from './spans/spanLayer.js';
import { cardLetter } from './state.js';
import type { PageState } from './state.js';
import type { PageEvent } from './step.js';

/** What keys are read against, and where they go. */
export interface KeyboardPage {
  readonly root: HTMLElement;
  readonly surface: HTMLElement;
  readonly aids: AidsLayer;
  readonly spans: SpanLayer;
  readonly state: () => PageState;
  readonly bindings: () => Bindings;
  readonly selected: () => Selecting['selected'];
  readonly card: () => HTMLElement | null;
  /** Guidelines stand over the answers. */
  readonly isCovered: () => boolean;
  /** A part of the page that was asked for is still being loaded. */
  readonly isLoading: () => boolean;
  /** What had the focus before a text field took it; once. */
  readonly takeBefore: () => HTMLElement | undefined;
  readonly send: (event: PageEvent) => void;
}

/** Reads keys: those of chords, marks, aids and text fields first, then what the labeler has bound. */
export class Keyboard {
  readonly #page: KeyboardPage;

  constructor(page: KeyboardPage) {
    this.#page = page;
  }

  /** Keys of ours stop here: VS Code's own listener stands further out and would take them as its commands. */
  onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented) return;
    const own = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    const active = document.activeElement;
    // An input method has the field: its Escape, too, is not ours.
    if (event.isComposing && isTextField(active)) return;
    if (this.#page.state().isKeysOpen) {
      if (event.key === '?') own();
      if (event.key === '?') this.#page.send({ type: 'keys-close' });
      if (event.key === 'Escape') event.stopPropagation();
      return;
    }
    if (this.#page.state().chordOn !== null && !isModifier(event)) {
      if (event.key !== 'Tab' && !isWorkbenchKey(event)) return this.#onChordKey(event, own);
      // The menu makes room for what is not its own.
      this.#page.send({ type: 'chord-close' });
    }
    if (this.#page.state().marking !== null && !isTextField(active)) return this.#page.spans.onKey(event, own);
    if (!isTextField(active) && this.#page.aids.onKey(event)) return own();
    if (event.key === 'Escape') {
      if (this.#escape()) own();
      return;
    }
    if (isTextField(active)) return this.#onFieldKey(event, own);
    const press = this.#page.bindings().actionOf(event);
    if (!press) return;
    const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
    const isBare = !hasModifier;
    if (isBare && !hasBareKeys(this.#page.state())) return;
    // A button takes its own keys.
    const isPressing = event.key === 'Enter' || event.key === ' ';
    if (isBare && isPressing && active?.closest('button, vscode-button, summary, a, [role="link"]')) {
      if (active.getAttribute('role') === 'link') {
        own();
        openLink(active, this.#page.send);
      } else event.stopPropagation();
      return;
    }
    own();
    if (
      event.repeat &&
      press.do !== 'page-down' &&
      press.do !== 'page-up' &&
      press.do !== 'line-down' &&
      press.do !== 'line-up' &&
      press.do !== 'part-down' &&
      press.do !== 'part-up'
    )
      return;
    const selected = press.do === 'quote' ? this.#page.selected() : undefined;
    if (selected) this.#page.send({ type: 'compose', does: { do: 'quote-text', ...selected } });
    else this.#page.send({ type: 'act', action: mirrored(press, this.#page.root) });
  }

  #onFieldKey(event: KeyboardEvent, own: () => void): void {
    const active = document.activeElement;
    const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey;
    if (event.key === 'Enter' && active?.id === 'skipReason') {
      own();
      if (!event.repeat && active && 'value' in active && typeof active.value === 'string')
        this.#page.send({ type: 'skip', reason: active.value });
      return;
    }
    if (event.key === 'Enter' && active?.matches('.score')) {
      // What stands in the field is rated before anything is submitted, and Enter goes on to the next one.
      active.dispatchEvent(new Event('change', { bubbles: true }));
      const fields = [...this.#page.surface.querySelectorAll<HTMLElement>('.score')];
      if (!isCommand) (fields.find((_, at) => fields[at - 1] === active) ?? this.#page.card())?.focus();
    }
    if (event.key === 'Enter' && (isCommand || active?.id === 'order')) {
      own();
      if (!event.repeat) this.#page.send({ type: 'act', action: { do: 'submit' } });
      return;
    }
    if (event.key === 'Enter') {
      own();
      return;
    }
    // The preload takes these as the workbench's; without this nothing would happen in a field on macOS.
    const action = isCommand ? defaultBindings.actionOf(event)?.do : undefined;
    if (action === 'undo' || action === 'redo') {
      own();
      document.execCommand(action);
    }
  }

  #onChordKey(event: KeyboardEvent, own: () => void): void {
    const items = [...this.#page.surface.querySelectorAll<HTMLElement>('.chord button')];
    const at = items.findIndex((item) => item === document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (at >= 0 && (event.key === 'Enter' || event.key === ' ')) {
      event.stopPropagation();
      return;
    }
    own();
    if (event.repeat && step === undefined) return; // X that is held for a moment opens, and does not close
    if (step !== undefined) {
      items[(at + step + items.length) % items.length]?.focus();
      return;
    }
    const { shown, settings, chordOn } = this.#page.state();
    const byPlace = /^(?:Key|Digit)(.)$/.exec(event.code)?.[1]?.toLowerCase();
    const flagOf = (key: string | undefined) => settings.flags.find((flag) => flag.key.toLowerCase() === key);
    const flag = flagOf(event.key.toLowerCase()) ?? flagOf(byPlace);
    if (flag && shown)
      this.#page.send({ type: 'flag', letter: chordOn === 'prompt' ? null : cardLetter(shown), flag: flag.id });
    else this.#page.send({ type: 'chord-close' });
  }

  /** Leaves the innermost thing; never discards. */
  #escape(): boolean {
    if (this.#page.state().isAskingSkipReason) {
      this.#page.send({ type: 'skip-reason-close' });
      return true;
    }
    if (this.#page.state().shown?.seeing.isChoosing === true) {
      this.#page.send({ type: 'choosing-close' });
      return true;
    }
    const active = document.activeElement;
    if (isTextField(active) && active instanceof HTMLElement) {
      active.blur();
      (this.#page.takeBefore() ?? this.#page.card())?.focus({ preventScroll: true });
      return true;
    }
    const { isGuidelinesOpen } = this.#page.state().beside;
    if (this.#page.isCovered() || (isGuidelinesOpen && document.activeElement?.closest('.guidelines'))) {
      this.#page.send({ type: 'act', action: { do: 'guidelines' } });
      return true;
    }
    if (this.#page.isLoading() || this.#page.state().shown?.composing) {
      if (document.activeElement?.closest('.composed')) this.#page.card()?.focus({ preventScroll: true });
      else this.#page.send({ type: 'compose', does: { do: 'close' } });
      return true;
    }
    if (this.#page.state().isZoomed) {
      this.#page.send({ type: 'zoom-off' });
      return true;
    }
    return false;
  }
}

/** Single keys would take the screen reader's own. */
export const hasBareKeys = ({ settings }: PageState): boolean => settings.singleKeys && !isReadOut();

/** A screen reader is used, as VS Code says. */
export const isReadOut = (): boolean => document.body.classList.contains('vscode-using-screen-reader');

const isModifier = ({ key }: KeyboardEvent): boolean => ['Shift', 'Control', 'Alt', 'AltGraph', 'Meta'].includes(key);

/** Ctrl+P, F1 and their like: never those of a menu. */
export const isWorkbenchKey = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean =>
  ctrlKey || metaKey || altKey || /^F\d/.test(key);

/** In a text field undo and redo are the field's, on their usual keys. */
const defaultBindings = new Bindings({});

export function openLink(element: Element, send: KeyboardPage['send']): void {
  const url = addressOf(element);
  if (url !== undefined) send({ type: 'link', url });
}

export const isTextField = (element: Element | null): boolean =>
  element !== null && /^(?:INPUT|TEXTAREA|VSCODE-TEXT-FIELD)$/.test(element.tagName);

/** In right-to-left interfaces the answer on the left is the next one. */
function mirrored<T extends { readonly do: string }>(action: T, root: HTMLElement): T {
  if (getComputedStyle(root).direction !== 'rtl') return action;
  if (action.do === 'focus-left') return { ...action, do: 'focus-right' };
  return action.do === 'focus-right' ? { ...action, do: 'focus-left' } : action;
}
