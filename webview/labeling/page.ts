/** Ties the reducer to the world: messages, keys, focus, time, the live region. It decides nothing itself. */
import { render } from 'lit/html.js';
import type { CandidateId } from '../../src/core/index.js';
import type { FromLabelingPage, ToLabelingPage } from '../../src/protocol.js';
import { HostWatch } from '../hostWatch.js';
import type { VsCodeApi } from '../vscodeApi.js';
import { ActiveTime } from './activeTime.js';
import { AidsLayer } from './aids/aidsLayer.js';
import { isCovered, isNarrow } from './aids/covering.js';
import { prepareFor } from './aids/richText.js';
import { AnswerText } from './answerText.js';
import type { Marking as ComposeMarking } from './compose/registry.js';
import { composer, loadComposer, needsComposer } from './compose/registry.js';
import { nextDeadline, sendAgain } from './goingOn.js';
import { hasBareKeys, isReadOut, isTextField, Keyboard, openLink } from './keyboard.js';
import { InSight } from './inSight.js';
import { Bindings } from './keys.js';
import { LiveRegions } from './liveRegions.js';
import { loadMode } from './modes/index.js';
import { ReadingPlaces } from './readingPlaces.js';
import { scrollBy } from './scrolling.js';
import { Selecting } from './selecting.js';
import { SpanLayer } from './spans/spanLayer.js';
import { correctionOf, initialState, isWriting, letterOf, readKept } from './state.js';
import type { PageState } from './state.js';
import type { Effect, FocusTarget, PageEvent } from './step.js';
import { t, useStrings } from './strings.js';
import { textLength } from './textLength.js';
import { update } from './update.js';
import { page } from './view.js';
import type { DragState, Drawing } from './view.js';

/** Text that is being written is painted at most 20 times a second. */
const paintEveryMs = 50;
/** What comes sooner is not worth a flicker. */
const skeletonAfterMs = 150;

export class LabelingPage {
  readonly #root: HTMLElement;
  readonly #vscode: VsCodeApi;
  readonly #surface = document.createElement('div');
  readonly #live = new LiveRegions();
  readonly #texts = new Map<string, AnswerText>();
  readonly #turns: AnswerText[] = [];
  readonly #below = new Map<string, number>();
  readonly #active = new ActiveTime();
  readonly #isNarrow = () => isNarrow(this.#surface);
  readonly #places: ReadingPlaces;
  readonly #inSight: InSight;
  readonly #aids: AidsLayer;
  readonly #spans: SpanLayer;
  #state: PageState;
  #bindings = new Bindings({});
  #paint: number | undefined;
  #deadline: number | undefined;
  /** Messages of the host that came while a part of the page was loaded. */
  #waiting: ToLabelingPage[] | undefined;
  /** What happened while a part of the page was loaded. */
  #held: PageEvent[] | undefined;
  #selecting: Selecting | undefined;
  #isDrawing = false;
  #dragged: string | undefined;
  #before: HTMLElement | undefined;
  #wasFocused: string | undefined;

  constructor(root: HTMLElement, vscode: VsCodeApi) {
    this.#root = root;
    this.#vscode = vscode;
    this.#state = initialState(readKept(vscode.getState()), Date.now());
    this.#surface.className = 'labeling';
    root.append(this.#surface, ...this.#live.elements);
    this.#places = new ReadingPlaces(this.#surface);
    this.#inSight = new InSight(this.#surface);
    this.#aids = new AidsLayer(
      this.#surface,
      (candidateId) => this.#textOf(candidateId).element,
      (text) => this.#live.say(text, false),
      (event) => this.#send(event),
    );
    this.#spans = new SpanLayer(
      this.#surface,
      (event) => this.#send(event),
      () => this.#draw(),
    );
  }

  start(): void {
    new HostWatch<ToLabelingPage>(this.#root, this.#vscode).start({
      receive: (message) => this.#receive(message),
      resume: (kept) => this.#resume(kept),
      back: () => this.#run(sendAgain(this.#state, this.#env())),
    });
    const keyboard = new Keyboard({
      root: this.#root,
      surface: this.#surface,
      aids: this.#aids,
      spans: this.#spans,
      state: () => this.#state,
      bindings: () => this.#bindings,
      selected: () => this.#selecting?.selected,
      card: () => this.#card,
      isCovered: () => isCovered(this.#state, this.#env()),
      isLoading: () => this.#held !== undefined,
      takeBefore: () => this.#takeBefore(),
      send: (event) => this.#send(event),
    });
    document.addEventListener('keydown', (event) => keyboard.onKey(event));
    document.addEventListener('click', (event) => this.#onClick(event));
    document.addEventListener('focusin', () => this.#tellFocus());
    document.addEventListener('focusout', () => this.#tellFocus());
    addEventListener('focus', () => this.#tellFocus());
    addEventListener('blur', () => this.#tellFocus());
    new ResizeObserver(() => {
      this.#measure();
      // The answers may stand in other rows now, of which not all are in sight.
      this.#card?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }).observe(this.#surface);
    // VS Code tells on the body whether a screen reader is used, at any time.
    new MutationObserver(() => this.#drawOtherwise()).observe(document.body, { attributeFilter: ['class'] });
    this.#selecting = new Selecting({
      parent: this.#root,
      state: () => this.#state,
      bindings: () => this.#bindings,
      textOf: (candidateId) => this.#textOf(candidateId).element,
      send: (event) => this.#send(event),
    });
    setTimeout(() => this.#surface.classList.add('slow'), skeletonAfterMs);
    this.#draw();
    this.#post({ type: 'page-ready' });
    // What the last page sent and never heard of again; the host takes each id once.
    this.#run(sendAgain(this.#state, this.#env()));
  }

  // Events -----------------------------------------------------------------------------------------------------------

  /** As if this were the page that had kept it. */
  #resume(kept: unknown): void {
    this.#vscode.setState(kept);
    this.#state = initialState(readKept(kept), Date.now());
    this.#run(sendAgain(this.#state, this.#env()));
  }

  #receive(message: ToLabelingPage): void {
    if (this.#waiting) {
      this.#waiting.push(message);
      return;
    }
    const loading = message.type === 'settings' ? loadMode(message.settings.mode) : undefined;
    if (loading) void this.#receiveAfter(loading, message);
    else this.#take(message);
  }

  /** Everything waits for the way to judge, in its order. */
  async #receiveAfter(loading: Promise<void>, first: ToLabelingPage): Promise<void> {
    const waiting = [first];
    this.#waiting = waiting;
    const problem = await loading.then(
      () => undefined,
      (error: unknown) => String(error),
    );
    this.#waiting = undefined;
    for (const message of waiting) this.#take(message);
    if (problem !== undefined) this.#tellUnread(problem);
  }

  #take(message: ToLabelingPage): void {
    if (message.type === 'settings') {
      useStrings(message.settings.strings, message.settings.locale);
      this.#live.name();
      this.#bindings = new Bindings(message.settings.keys);
    }
    if (message.type === 'prompts-ahead')
      prepareFor(message.prompts.flatMap(({ answers }) => answers.map(({ text }) => text)));
    this.#send({ type: 'message', message });
  }

  #send(event: PageEvent): void {
    // A field that leaves the screen says so while it is drawn away; drawing inside of drawing would lose the rest.
    if (this.#isDrawing) {
      queueMicrotask(() => this.#send(event));
      return;
    }
    if (this.#held) {
      this.#held.push(event);
      return;
    }
    const loading = needsComposer(event) ? loadComposer() : undefined;
    if (loading) {
      void this.#sendAfter(loading, event);
      return;
    }
    const isStream = event.type === 'message' && event.message.type === 'answer-delta';
    this.#run(update(this.#state, event, this.#env()), isStream);
  }

  /** Everything waits for the part of the page that an event needs, in its order. */
  async #sendAfter(loading: Promise<void>, first: PageEvent): Promise<void> {
    const held = [first];
    this.#held = held;
    const problem = await loading.then(
      () => undefined,
      (error: unknown) => String(error),
    );
    this.#held = undefined;
    for (const event of problem === undefined ? held : held.slice(1)) this.#send(event);
    if (problem !== undefined) this.#tellUnread(problem);
  }

  #tellUnread(details: string): void {
    const message = t('A part of this page could not be loaded. Reloading the window tries again.');
    this.#take({ type: 'strip', strip: { kind: 'error', message, details } });
  }

  #run({ state, effects }: { state: PageState; effects: readonly Effect[] }, isStream = false): void {
    const isChanged = state !== this.#state;
    this.#state = state;
    if (isStream) this.#paint ??= window.setTimeout(() => this.#draw(), paintEveryMs);
    else if (isChanged) this.#draw();
    for (const effect of effects) this.#do(effect);
    this.#schedule();
  }

  #env() {
    return { now: Date.now(), newId: crypto.randomUUID(), activeMs: this.#active.ms, isNarrow: this.#isNarrow };
  }

  #do(effect: Effect): void {
    switch (effect.type) {
      case 'post':
        return this.#post(effect.message);
      case 'keep':
        return this.#vscode.setState(effect.kept);
      case 'focus':
        return this.#focus(effect.on);
      case 'say':
        return this.#live.say(effect.text, effect.isUrgent ?? false);
      case 'scroll':
        return scrollBy(effect.how, this.#surface, this.#card);
      case 'mark':
        return void this.#spans.begin();
      case 'prompt-changed':
        this.#spans.forget();
        this.#active.restart();
        this.#places.forget();
        for (const text of this.#surface.querySelectorAll('.text, .prompt')) text.scrollTop = 0;
        return;
    }
  }

  #post(message: FromLabelingPage): void {
    this.#vscode.postMessage(message);
  }

  #schedule(): void {
    clearTimeout(this.#deadline);
    const deadline = nextDeadline(this.#state);
    if (deadline === null) return;
    this.#deadline = window.setTimeout(() => this.#send({ type: 'tick' }), Math.max(0, deadline - Date.now()) + 1);
  }

  // Drawing ----------------------------------------------------------------------------------------------------------

  #draw(): void {
    clearTimeout(this.#paint);
    this.#paint = undefined;
    const { settings, shown, screen, isZoomed, beside } = this.#state;
    const nAnswers = shown?.nLaidOut ?? 4;
    const isSingle = isZoomed || settings.layout === 'single';
    this.#surface.className = [
      'labeling',
      `n${nAnswers}`,
      `layout-${settings.layout}`,
      isSingle ? 'zoom' : '',
      beside.isGuidelinesOpen ? 'with-guidelines' : '',
      beside.isUnwrapped ? 'unwrapped' : '',
      nAnswers > 4 ? 'many' : '',
      shown && shown.view.answers.length > nAnswers ? 'grown' : '',
      shown?.composing && composer() ? 'composing' : '',
      `on-${screen.on}`,
      `mode-${settings.mode}`,
      this.#surface.classList.contains('slow') ? 'slow' : '',
      this.#dragged === undefined ? '' : 'dragging',
    ].join(' ');
    this.#surface.style.setProperty('--reading-width', `${settings.readingWidth}ch`);
    if (settings.fontSize > 0) this.#surface.style.setProperty('--text-size', `${settings.fontSize}px`);
    else this.#surface.style.removeProperty('--text-size');
    // Set again to what it is, it would have the browser look at the style of everything again.
    if (document.documentElement.lang !== settings.locale) document.documentElement.lang = settings.locale;
    this.#drawTexts();
    this.#render();
    this.#openDialog();
    // Links of the focused answer are stops of the tab order: those of all would stand between it and the dock.
    for (const stop of this.#surface.querySelectorAll<HTMLElement>('.card :is(.link, summary)'))
      stop.tabIndex = stop.closest('.focused') ? 0 : -1;
    composer()?.mark(this.#state, this.#marking);
    this.#aids.refresh(this.#state);
    this.#spans.refresh(this.#state);
    this.#measure();
  }

  /** What has the focus may stand in another place now. */
  #drawOtherwise(): void {
    const { id = '' } = document.activeElement ?? {};
    this.#draw();
    if (document.activeElement === document.body) document.getElementById(id)?.focus();
  }

  #render(): void {
    this.#isDrawing = true;
    try {
      render(page(this.#state, this.#drawing), this.#surface);
    } finally {
      this.#isDrawing = false;
    }
  }

  /** Texts draw themselves, so that only what was added is touched. */
  #drawTexts(): void {
    const { shown, isSource } = this.#state;
    if (!shown) return;
    const ids = new Set<string>(shown.view.answers.map((answer) => answer.candidateId));
    for (const id of this.#texts.keys()) if (!ids.has(id)) this.#texts.delete(id);
    for (const answer of shown.view.answers) {
      const letter = letterOf(shown.view, answer.candidateId) ?? '';
      const improved = shown.improvedShown.includes(letter) ? correctionOf(shown, letter)?.text : undefined;
      this.#textOf(answer.candidateId).show({
        text: improved ?? answer.text,
        isWriting: improved === undefined && isWriting(answer) && answer.state === 'writing',
        isSource,
      });
    }
    shown.view.messages.forEach((message, index) => {
      const turn = (this.#turns[index] ??= new AnswerText());
      turn.show({ text: message.content, isWriting: false, isSource });
    });
  }

  #textOf(candidateId: CandidateId): AnswerText {
    let text = this.#texts.get(candidateId);
    if (!text) this.#texts.set(candidateId, (text = new AnswerText()));
    return text;
  }

  readonly #drag: DragState = {
    start: (event, what) => {
      this.#dragged = what;
      event.dataTransfer?.setData('text/plain', what);
      if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
      this.#surface.classList.add('dragging');
      addEventListener('dragend', () => this.#endDrag(), { once: true });
    },
    over: (event) => {
      if (this.#dragged === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      if (!(event.currentTarget instanceof Element) || event.currentTarget.classList.contains('over')) return;
      for (const other of this.#surface.querySelectorAll('.over')) other.classList.remove('over');
      event.currentTarget.classList.add('over');
    },
    drop: (event) => {
      event.preventDefault();
      const what = this.#dragged;
      this.#endDrag();
      return what;
    },
  };

  #endDrag(): void {
    this.#dragged = undefined;
    this.#surface.classList.remove('dragging');
    for (const other of this.#surface.querySelectorAll('.over')) other.classList.remove('over');
  }

  readonly #marking: ComposeMarking = {
    surface: this.#surface,
    textOf: (candidateId) => this.#textOf(candidateId).element,
    send: (event) => this.#send(event),
  };

  get #drawing(): Drawing {
    return {
      send: (event) => this.#send(event),
      bindings: this.#bindings,
      textOf: (candidateId) => this.#textOf(candidateId).element,
      turnOf: (index) => (this.#turns[index] ??= new AnswerText()).element,
      notesOf: (candidateId) => this.#aids.notesOf(candidateId),
      belowOf: (candidateId) => this.#below.get(candidateId) ?? 0,
      drag: this.#drag,
      hasBareKeys: hasBareKeys(this.#state),
      isReadOut: isReadOut(),
    };
  }

  /** How much lies below the fold stands in the header, where it covers no text. */
  #measure(): void {
    const { shown } = this.#state;
    if (!shown) return;
    let isChanged = false;
    for (const answer of shown.view.answers) {
      const box = this.#texts.get(answer.candidateId)?.element.closest('.text');
      if (!box) continue;
      const share = box.scrollHeight > 0 ? (box.scrollHeight - box.clientHeight) / box.scrollHeight : 0;
      const nBelow = Math.round(share * textLength(answer.text).value);
      const below = nBelow > 8 ? nBelow : 0;
      if (below !== (this.#below.get(answer.candidateId) ?? 0)) isChanged = true;
      this.#below.set(answer.candidateId, below);
    }
    const prompt = this.#surface.querySelector<HTMLElement>('.prompt');
    if (prompt) prompt.tabIndex = prompt.scrollHeight > prompt.clientHeight ? 0 : -1;
    this.#places.restore();
    this.#inSight.refresh();
    if (isChanged) this.#render();
  }

  #openDialog(): void {
    const dialog = this.#surface.querySelector<HTMLDialogElement>('#keys');
    if (!dialog || dialog.open === this.#state.isKeysOpen) return;
    if (!this.#state.isKeysOpen) return dialog.close();
    // It gives the focus back to what has it: not to the button that the mouse pressed.
    if (document.activeElement?.matches(':focus-visible') !== true) this.#card?.focus({ preventScroll: true });
    dialog.showModal();
  }

  // Focus ------------------------------------------------------------------------------------------------------------

  #focus(on: FocusTarget): void {
    if (on === 'keys') return;
    // What closed has left nothing in focus; a field that was clicked meanwhile keeps it.
    if (on === 'before' && document.activeElement === document.body)
      return (this.#takeBefore() ?? this.#card)?.focus({ preventScroll: true });
    if (on === 'answer' || on === 'first-answer' || on === 'before') {
      const active = document.activeElement;
      // Letters typed elsewhere go to the board without moving the focus there.
      const isElsewhere = active !== null && active !== document.body && !active.closest('.card, dialog');
      if (on === 'first-answer' ? document.hasFocus() : !isElsewhere) this.#card?.focus({ preventScroll: true });
      // Where the answers don't fit (eight in a narrow panel, a list), the focused one comes into sight.
      this.#card?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      this.#card?.querySelector('.now')?.scrollIntoView({ block: 'nearest' });
      return;
    }
    const selector = {
      composed: '.made .bit.cursor',
      rationale: '#rationale',
      'skip-reason': '#skipReason',
      'span-note': '#spanNote',
      chord: '.chord button',
    }[on];
    const before = document.activeElement;
    // Back to what the mouse pressed last, and Enter would press it again.
    this.#before = before instanceof HTMLElement && before.matches(':focus-visible') ? before : undefined;
    this.#surface.querySelector<HTMLElement>(selector)?.focus();
  }

  get #card(): HTMLElement | null {
    return this.#surface.querySelector<HTMLElement>('.card.focused');
  }

  #takeBefore(): HTMLElement | undefined {
    const before = this.#before;
    this.#before = undefined;
    return before?.isConnected === true && !isTextField(before) ? before : undefined;
  }

  #tellFocus(): void {
    const isFocused = document.hasFocus();
    const told = `${isFocused} ${isTextField(document.activeElement)}`;
    if (told === this.#wasFocused) return;
    this.#wasFocused = told;
    this.#post({ type: 'focus-change', isFocused, isInText: isTextField(document.activeElement) });
  }

  // Clicks -----------------------------------------------------------------------------------------------------------

  #onClick(event: MouseEvent): void {
    // A hand that goes from the mouse to the keys means the board, not the button that it clicked last.
    const isByMouse = event.detail > 0 && event.target instanceof Element;
    if (
      isByMouse &&
      event.target.closest('.chip, .letter, .pill, .top button, .tabs button') &&
      !this.#state.isKeysOpen
    )
      this.#card?.focus({ preventScroll: true });
    if (event.target instanceof Element && event.target.closest('.link'))
      openLink(event.target, (event) => this.#send(event));
    if (
      this.#state.chordOn !== null &&
      event.target instanceof Element &&
      !event.target.closest('.chord, .card .tools')
    )
      this.#send({ type: 'chord-close' });
    if (
      this.#state.marking !== null &&
      event.target instanceof Element &&
      !event.target.closest('.chord, .card .tools, .selection-menu')
    )
      this.#send({ type: 'span', event: { do: 'close' } });
  }
}
