import { html, nothing, render } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import { visibleLine } from '../../src/core/index.js';
import type { FromPlaygroundPage, PlaygroundTurn, PlaygroundView, ToPlaygroundPage } from '../../src/protocol.js';
import { AnswerText } from '../labeling/answerText.js';
import { addressOf, visibleNodes } from '../labeling/markdown.js';
import { LiveRegions } from '../labeling/liveRegions.js';
import { t, useStrings } from '../labeling/strings.js';
import { lengthWords, textLength } from '../labeling/textLength.js';
import { HostWatch } from '../hostWatch.js';
import type { VsCodeApi } from '../vscodeApi.js';

/** Text that arrives is painted at most 20 times a second. */
const paintEveryMs = 50;

/**
 * A chat with a model. One key on an answer keeps it: `1` good, `2` not good, then the right answer is written. Everything
 * that stays is the host's; the page keeps the text of its field over a reload.
 */
export class PlaygroundPage {
  readonly #root: HTMLElement;
  readonly #vscode: VsCodeApi;
  readonly #texts: AnswerText[] = [];
  #view: PlaygroundView | undefined;
  #turns: PlaygroundTurn[] = [];
  #paint: number | undefined;
  /** Made with the first view: their name is in the person's language. */
  #live: LiveRegions | undefined;

  constructor(root: HTMLElement, vscode: VsCodeApi) {
    this.#root = root;
    this.#vscode = vscode;
  }

  start(): void {
    new HostWatch<ToPlaygroundPage>(this.#root, this.#vscode).start({
      receive: (message) => this.#receive(message),
      resume: (kept) => this.#vscode.setState(kept),
    });
    document.addEventListener('keydown', (event) => this.#onKey(event));
    document.addEventListener('click', ({ target }) => this.#openLink(target));
    this.#post({ type: 'page-ready' });
  }

  #receive(message: ToPlaygroundPage): void {
    switch (message.type) {
      case 'playground': {
        const former = this.#view;
        const nAsked = this.#nAsked;
        if (former !== undefined) this.#sayChange({ ...former, turns: this.#turns }, message.view);
        this.#view = message.view;
        this.#turns = [...message.view.turns];
        useStrings(message.view.strings, message.view.locale);
        document.documentElement.lang = message.view.locale;
        this.#texts.length = Math.min(this.#texts.length, this.#turns.length);
        this.#draw();
        if (former === undefined) this.#restoreField();
        else if (this.#nAsked > nAsked) this.#showAsked();
        return;
      }
      case 'turn-delta': {
        const turn = this.#turns[message.turn];
        if (turn === undefined || turn.text.length !== message.at) return;
        this.#turns[message.turn] = { ...turn, text: turn.text + message.text };
        this.#paint ??= window.setTimeout(() => this.#draw(), paintEveryMs);
        return;
      }
      case 'announce':
        this.#say(message.message);
    }
  }

  get #isWriting(): boolean {
    return this.#turns.some(({ state }) => state === 'writing');
  }

  get #nAsked(): number {
    return this.#turns.filter(({ role }) => role === 'user').length;
  }

  #say(text: string, isUrgent = false): void {
    this.#live?.say(text, isUrgent);
  }

  /** What has changed without the focus going there. Nothing of an answer that is still being written. */
  #sayChange(before: PlaygroundView, now: PlaygroundView): void {
    if (before.turns.length > 0 && now.turns.length === 0) this.#say(t('New conversation.'));
    if (now.notice !== undefined && now.notice !== before.notice) this.#say(now.notice);
    now.turns.forEach((turn, index) => {
      if (before.turns[index]?.state !== 'writing' || turn.state === 'writing') return;
      if (turn.state === 'failed') this.#say(t('No answer: {0}', turn.error ?? t('failed')), true);
      else this.#say(endWords(turn));
    });
  }

  /** The question that was just asked, at the top: its answer grows below it. Nothing moves by itself after that. */
  #showAsked(): void {
    this.#root
      .querySelectorAll('.asked')
      .item(this.#nAsked - 1)
      ?.scrollIntoView({ block: 'start' });
  }

  #post(message: FromPlaygroundPage): void {
    this.#vscode.postMessage(message);
  }

  #draw(): void {
    clearTimeout(this.#paint);
    this.#paint = undefined;
    const view = this.#view;
    if (view === undefined) return;
    this.#turns.forEach((turn, index) => {
      const text = (this.#texts[index] ??= new AnswerText());
      text.show({ text: turn.text, isWriting: turn.state === 'writing', isSource: false });
    });
    render(this.#page(view), this.#root);
  }

  #page(view: PlaygroundView): TemplateResult {
    const isWriting = this.#isWriting;
    this.#live ??= new LiveRegions();
    return html`<div class="labeling playground">
      <header class="chatTop">
        <label class="row">
          <span class="muted">${t('Model')}</span>
          <select
            class="field"
            aria-label=${t('Model')}
            ?disabled=${isWriting || view.models.length === 0}
            @change=${(event: Event) => this.#post({ type: 'model', name: valueOf(event) })}
          >
            ${view.models.map((name) => html`<option value=${name} ?selected=${name === view.model}>${visibleLine(name)}</option>`)}
          </select>
        </label>
        <span class="grow"></span>
        <button
          class="icon"
          title=${t('New conversation')}
          aria-label=${t('New conversation')}
          @click=${() => this.#post({ type: 'clear' })}
        >
          <i class="codicon codicon-clear-all" aria-hidden="true"></i>
        </button>
      </header>
      ${view.notice === undefined ? nothing : html`<p class="chatNotice">${visibleNodes(view.notice)}</p>`}
      <main class="chat" aria-label=${t('Conversation')}>
        <details class="chatSystem">
          <summary class="small muted">${t('System message')}</summary>
          <textarea
            class="field"
            rows="3"
            aria-label=${t('System message')}
            .value=${view.system}
            @change=${(event: Event) => this.#post({ type: 'system', text: valueOf(event) })}
          ></textarea>
        </details>
        ${
          this.#turns.length === 0
            ? html`<p class="muted chatEmpty">
                ${t('Ask what your users ask. What goes wrong here becomes training data with one key.')}
              </p>`
            : this.#turns.map((turn, index) => this.#turn(turn, index, view))
        }
      </main>
      <footer class="chatDock">
        <textarea
          id="ask"
          class="field"
          rows="3"
          aria-label=${t('Message')}
          placeholder=${t('Message. Enter sends, Shift+Enter begins a new line')}
          ?disabled=${!view.canAsk}
          @input=${(event: Event) => this.#vscode.setState({ field: valueOf(event) })}
        ></textarea>
        <div class="row">
          <span class="small muted grow">
            <kbd>1</kbd> ${t('good answer')} <kbd>2</kbd> ${t('not good: write the right one')} <kbd>↑</kbd><kbd>↓</kbd>
            ${t('another answer')}
          </span>
          ${
            isWriting
              ? html`<vscode-button appearance="secondary" @click=${() => this.#stop()}
                  >${t('Stop')} <kbd>Esc</kbd></vscode-button
                >`
              : html`<vscode-button ?disabled=${!view.canAsk} @click=${() => this.#ask()}
                  >${t('Send')} <kbd>Enter</kbd></vscode-button
                >`
          }
        </div>
      </footer>
      ${this.#live.elements}
    </div>`;
  }

  #turn(turn: PlaygroundTurn, index: number, view: PlaygroundView): TemplateResult {
    const text = this.#texts[index]?.element;
    if (turn.role === 'user')
      return html`<section class="turn asked">
        <h2>${t('You')}</h2>
        ${text}
      </section>`;
    const isKeepable = view.canKeep && turn.text !== '' && turn.state !== 'writing';
    const thumb = (which: 'up' | 'down', label: string, icon: string, key: string) =>
      html`<button
        class="icon"
        title="${label} (${key})"
        aria-label=${label}
        aria-pressed=${String(turn.thumb === which)}
        ?disabled=${!isKeepable}
        @click=${() => this.#post({ type: 'thumb', turn: index, thumb: which })}
      >
        <i class="codicon codicon-${icon}" aria-hidden="true"></i>
      </button>`;
    return html`<article class="turn answered" tabindex="0" data-turn=${index} aria-label=${t('Answer')}>
      <h2>${t('Model')}</h2>
      ${text} ${turn.error === undefined ? nothing : html`<p class="chatError">${visibleNodes(turn.error)}</p>`}
      <div class="row chatTools">
        ${thumb('up', t('Good answer'), 'thumbsup', '1')}
        ${thumb('down', t('Not good: write the right answer'), 'thumbsdown', '2')}
        <button
          class="icon"
          title=${t('Write again')}
          aria-label=${t('Write again')}
          ?disabled=${this.#isWriting}
          @click=${() => this.#again(index)}
        >
          <i class="codicon codicon-refresh" aria-hidden="true"></i>
        </button>
        <span class="small muted">${stateWords(turn)}</span>
      </div>
    </article>`;
  }

  /** The focus goes to the field: the button gives its place to another one. */
  #ask(): void {
    const field = this.#field();
    if (field === undefined) return;
    field.focus();
    if (field.value.trim() === '') return;
    if (this.#isWriting) return this.#say(t('The answer is still being written. Esc stops it.'));
    this.#post({ type: 'send', text: field.value });
    field.value = '';
    this.#vscode.setState({ field: '' });
  }

  #stop(): void {
    this.#post({ type: 'stop' });
    this.#field()?.focus();
  }

  /** The button cannot be pressed while it is written: the focus goes to the answer. */
  #again(turn: number): void {
    this.#root.querySelector<HTMLElement>(`[data-turn="${turn}"]`)?.focus();
    this.#post({ type: 'again', turn });
  }

  #field(): HTMLTextAreaElement | undefined {
    return this.#root.querySelector<HTMLTextAreaElement>('#ask') ?? undefined;
  }

  #restoreField(): void {
    const field = this.#field();
    if (field === undefined) return;
    const kept = this.#vscode.getState();
    if (typeof kept === 'object' && kept !== null && 'field' in kept) field.value = String(kept.field);
    field.focus();
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const { target } = event;
    if (!(target instanceof HTMLElement)) return;
    const isOwn =
      target instanceof HTMLTextAreaElement ? this.#onKeyInField(event, target) : this.#onKeyOutside(event, target);
    if (!isOwn) return;
    event.preventDefault();
    // Keys that go on are forwarded to the workbench.
    event.stopPropagation();
  }

  #onKeyInField(event: KeyboardEvent, field: HTMLTextAreaElement): boolean {
    if (event.key === 'Escape') {
      if (this.#isWriting) this.#post({ type: 'stop' });
      else this.#focusAnswer(-1);
      return true;
    }
    if (field.id !== 'ask' || event.key !== 'Enter' || event.shiftKey) return false;
    if (!event.repeat) this.#ask();
    return true;
  }

  #onKeyOutside(event: KeyboardEvent, target: HTMLElement): boolean {
    if (target instanceof HTMLSelectElement || target.closest('a, button, summary, vscode-button') !== null)
      return false;
    if (event.key === 'Enter' && target.closest('.link') !== null) return this.#openLink(target);
    const place = Number(target.closest<HTMLElement>('[data-turn]')?.dataset['turn'] ?? NaN);
    switch (event.key) {
      case '1':
      case '2':
        if (!Number.isInteger(place) || event.repeat) return false;
        this.#post({ type: 'thumb', turn: place, thumb: event.key === '1' ? 'up' : 'down' });
        return true;
      case 'ArrowUp':
      case 'ArrowDown':
        return this.#focusBeside(place, event.key === 'ArrowUp' ? -1 : 1);
      case 'Escape':
        if (this.#isWriting) this.#post({ type: 'stop' });
        else this.#field()?.focus();
        return true;
      default:
        return false;
    }
  }

  #answers(): HTMLElement[] {
    return [...this.#root.querySelectorAll<HTMLElement>('[data-turn]')];
  }

  #focusAnswer(index: number): void {
    this.#answers().at(index)?.focus();
  }

  /** Below the last answer comes the field. */
  #focusBeside(place: number, step: 1 | -1): boolean {
    const answers = this.#answers();
    const index = answers.findIndex((answer) => Number(answer.dataset['turn']) === place);
    if (index < 0) return false;
    const next = answers[index + step];
    if (next !== undefined) next.focus();
    else if (step > 0) this.#field()?.focus();
    return true;
  }

  #openLink(target: EventTarget | null): boolean {
    const url = target instanceof Element ? addressOf(target) : undefined;
    if (url !== undefined) this.#post({ type: 'link-open', url });
    return url !== undefined;
  }
}

/** How an answer ended, to be read out. */
function endWords({ state, text }: PlaygroundTurn): string {
  if (state === 'filter') return t('The server refused to answer.');
  const length = lengthWords(textLength(text));
  if (state === 'length') return t('Answer cut off at its length, {0}.', length);
  return state === 'cut' ? t('Answer stopped, {0}.', length) : t('Answer complete, {0}.', length);
}

function stateWords({ state, thumb }: PlaygroundTurn): string {
  if (thumb === 'up') return t('Kept as a good answer');
  if (thumb === 'down') return t('In the queue: write the right answer');
  switch (state) {
    case 'writing':
      return t('writing');
    case 'length':
      return t('cut off at its length');
    case 'cut':
      return t('stopped');
    case 'filter':
      return t('refused by the server');
    case 'failed':
      return t('failed');
    case 'complete':
      return '';
  }
}

const valueOf = (event: Event): string =>
  event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLSelectElement ? event.target.value : '';
