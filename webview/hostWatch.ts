import type { FromAnyPage, ToAnyPage } from '../src/protocol.js';
import { t } from './labeling/strings.js';
import type { VsCodeApi } from './vscodeApi.js';

/** A page that is used after so long without a word of its host asks for one, milliseconds. */
const silenceMs = 2_000;
/** A page in sight asks so often by itself. One that nobody sees asks nothing. */
const inSightMs = 30_000;
/** No word for so long means that the host is gone, not slow. */
const patienceMs = 5_000;

/**
 * Whether the process behind a page still answers. When it is gone a strip says so. Its successor knows nothing of this page
 * and cannot reach it: a link of the strip asks it, through VS Code itself, for another page that goes on with what this one
 * has kept. VS Code follows links that a person has pressed, no others.
 */
export class HostWatch<Message extends { readonly type: string }> {
  readonly #root: HTMLElement;
  readonly #vscode: VsCodeApi;
  readonly #strip = document.createElement('div');
  #heardAt = Date.now();
  #overdue: number | undefined;

  /** @param root carries the names that the host gave to this page. */
  constructor(root: HTMLElement, vscode: VsCodeApi) {
    this.#root = root;
    this.#vscode = vscode;
    this.#strip.className = 'hostGone';
    this.#strip.setAttribute('role', 'alert');
  }

  /**
   * Begins with a host that owes an answer to `page-ready`.
   *
   * @param handlers `receive` gets every message of the host's for this page; `resume`, before them, what another page had
   * kept; `back` is called when a host that was silent answers after all.
   */
  start(handlers: { receive(message: Message): void; resume?(kept: unknown): void; back?(): void }): void {
    addEventListener('message', ({ data }: MessageEvent<Message | ToAnyPage>) => {
      if (typeof data?.type !== 'string') return;
      if (this.#heard()) handlers.back?.();
      if (isToAnyPage(data)) {
        if (data.type === 'resume') handlers.resume?.(data.kept);
      } else handlers.receive(data);
    });
    const isUsed = () => {
      if (Date.now() - this.#heardAt > silenceMs) this.#ask();
    };
    for (const type of ['keydown', 'pointerdown', 'focus']) addEventListener(type, isUsed, { capture: true });
    document.addEventListener('visibilitychange', isUsed);
    setInterval(() => {
      if (document.visibilityState === 'visible') this.#ask();
    }, inSightMs);
    this.#expect();
  }

  get #isGone(): boolean {
    return this.#strip.isConnected;
  }

  #ask(): void {
    const message: FromAnyPage = { type: 'host-ask' };
    this.#vscode.postMessage(message);
    if (!this.#isGone) this.#expect();
  }

  #expect(): void {
    this.#overdue ??= window.setTimeout(() => this.#miss(), patienceMs);
  }

  /** @returns whether it had been silent for too long. */
  #heard(): boolean {
    const wasGone = this.#isGone;
    this.#heardAt = Date.now();
    clearTimeout(this.#overdue);
    this.#overdue = undefined;
    this.#strip.remove();
    return wasGone;
  }

  #miss(): void {
    this.#overdue = undefined;
    const text = document.createElement('p');
    text.textContent = t('The extension does not answer. What you do is kept here.');
    const again = document.createElement('a');
    again.className = 'textButton';
    again.textContent = t('Go on');
    again.href = this.#address;
    // With what was done up to now. VS Code starts the extension for it, if need be, and waits for it.
    again.addEventListener('click', () => {
      again.href = this.#address;
      this.#ask();
    });
    this.#strip.replaceChildren(text, again);
    this.#root.append(this.#strip);
  }

  get #address(): string {
    const { command = '', viewType, id } = this.#root.dataset;
    const given = [viewType, id, this.#vscode.getState() ?? null];
    return `command:${command}?${encodeURIComponent(JSON.stringify(given))}`;
  }
}

const isToAnyPage = (message: { readonly type: string }): message is ToAnyPage =>
  message.type === 'host-here' || message.type === 'resume';
