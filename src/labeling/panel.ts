import * as vscode from 'vscode';
import { contextKeys, labelPanelType } from '../contributions/index.js';
import type { CandidateId, PromptId } from '../core/index.js';
import { FromLabelingPage, type GuidelinesView, type LabelingSettings, type ToLabelingPage } from '../protocol.js';
import { pageMessage } from './pageMessage.js';
import type { LabelingSession } from './session.js';
import { panelIcon, webviewHtml, webviewOptions } from './webviewHtml.js';

/** What the panel needs of the window around it. */
export interface PanelHost {
  /** Of the open project; undefined without one. */
  readonly session: LabelingSession | undefined;
  readonly onDidChangeSession: vscode.Event<void>;
  readonly onDidChangeSettings: vscode.Event<void>;
  readonly onDidChangeGuidelines: vscode.Event<void>;
  settings(): LabelingSettings;
  improve(promptId: PromptId, candidateId: CandidateId): Promise<void>;
  openLink(url: string): Promise<void>;
  guidelines(): GuidelinesView;
  openGuidelines(): Promise<void>;
  act(action: Extract<FromLabelingPage, { type: 'action' }>['action']): Promise<void>;
  readonly log: vscode.LogOutputChannel;
}

/**
 * The labeling panel: one a window. It carries messages between the page and the session, and decides nothing itself.
 * Everything from the page is parsed; what does not parse is dropped and counted.
 */
export class LabelingPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #host: PanelHost;
  readonly #registrations: vscode.Disposable[];
  #panel: LabelingPanel | undefined;

  constructor(extensionUri: vscode.Uri, host: PanelHost) {
    this.#extensionUri = extensionUri;
    this.#host = host;
    this.#registrations = [vscode.window.registerWebviewPanelSerializer(labelPanelType, this)];
  }

  /** Shows the panel, with this prompt if one is named. */
  async open(promptId?: PromptId): Promise<void> {
    if (promptId !== undefined) this.#host.session?.open(promptId);
    if (this.#panel !== undefined) {
      this.#panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      labelPanelType,
      vscode.l10n.t('Label'),
      vscode.ViewColumn.Active,
      webviewOptions(this.#extensionUri),
    );
    await this.#adopt(panel);
  }

  /** Called by VS Code after a reload of the window, with the panel that stood there. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    panel.webview.options = webviewOptions(this.#extensionUri);
    if (this.#panel !== undefined) panel.dispose();
    else await this.#adopt(panel);
  }

  /** Does in the page what a key would do. */
  act(action: string): void {
    this.#panel?.post({ type: 'do', action });
  }

  /** Messages of the page that were not understood. */
  get nDropped(): number {
    return this.#panel?.nDropped ?? 0;
  }

  dispose(): void {
    this.#panel?.dispose();
    for (const registration of this.#registrations) registration.dispose();
  }

  async #adopt(panel: vscode.WebviewPanel): Promise<void> {
    const adopted = new LabelingPanel(panel, this.#extensionUri, this.#host);
    this.#panel = adopted;
    panel.onDidDispose(() => {
      adopted.dispose();
      if (this.#panel === adopted) this.#panel = undefined;
    });
    await adopted.load();
  }
}

class LabelingPanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #extensionUri: vscode.Uri;
  readonly #host: PanelHost;
  readonly #subscriptions: vscode.Disposable[] = [];
  #session: LabelingSession | undefined;
  #stopSession: (() => void) | undefined;
  #isReady = false;
  #isDisposed = false;
  nDropped = 0;

  constructor(panel: vscode.WebviewPanel, extensionUri: vscode.Uri, host: PanelHost) {
    this.#panel = panel;
    this.#extensionUri = extensionUri;
    this.#host = host;
    panel.iconPath = panelIcon(extensionUri);
    this.#subscriptions.push(
      panel.webview.onDidReceiveMessage((message: unknown) => this.receive(message)),
      panel.onDidChangeViewState(() => {
        if (!panel.active) this.#setFocus(false, false);
      }),
      host.onDidChangeSession(() => this.#attach()),
      host.onDidChangeSettings(() => this.#postSettings()),
      host.onDidChangeGuidelines(() => this.#postGuidelines()),
    );
  }

  async load(): Promise<void> {
    this.#panel.webview.html = await webviewHtml(this.#panel.webview, this.#extensionUri, 'labeling');
  }

  reveal(): void {
    this.#panel.reveal();
  }

  post(message: ToLabelingPage): void {
    if (!this.#isDisposed) void this.#panel.webview.postMessage(message);
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#release();
    this.#setFocus(false, false);
    void setContext(contextKeys.labeling, false);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#panel.dispose();
  }

  receive(raw: unknown): void {
    const message = this.#parse(raw);
    if (message === undefined) return;
    this.#answer(message).catch((error: unknown) => {
      this.#host.log.error(error instanceof Error ? error : String(error));
      this.post({
        type: 'strip',
        strip: {
          kind: 'error',
          message: error instanceof Error ? error.message : String(error),
          action: { action: 'show-log', label: vscode.l10n.t('Show log') },
        },
      });
    });
  }

  #parse(raw: unknown): FromLabelingPage | undefined {
    const message = pageMessage(FromLabelingPage, raw);
    if (message !== undefined) return message;
    this.nDropped += 1;
    this.#host.log.warn(`A message of the labeling page was not understood and dropped (${this.nDropped} so far).`);
    return undefined;
  }

  async #answer(message: FromLabelingPage): Promise<void> {
    switch (message.type) {
      case 'page-ready':
        this.#isReady = true;
        return this.#attach();
      case 'improve-open':
        return this.#host.improve(message.promptId, message.candidateId);
      case 'link-open':
        return this.#host.openLink(message.url);
      case 'guidelines-open':
        return this.#host.openGuidelines();
      case 'guidelines-ask':
        return this.#postGuidelines();
      case 'action':
        return this.#host.act(message.action);
      case 'focus-change':
        return this.#setFocus(message.isFocused, message.isInText);
      default:
        return this.#session?.receive(message);
    }
  }

  /** The page gets all it needs; after a reload of the page, or when another project is open, again. */
  #attach(): void {
    if (!this.#isReady || this.#isDisposed) return;
    this.#release();
    this.#postSettings();
    this.#session = this.#host.session;
    if (this.#session === undefined) {
      this.post({ type: 'empty', reason: 'no-project' });
      return this.#showState();
    }
    this.#stopSession = this.#session.onDidChange(() => this.#showState());
    this.#session.attach((message) => this.post(message));
    this.#postGuidelines();
    this.#showState();
  }

  #release(): void {
    this.#stopSession?.();
    this.#stopSession = undefined;
    this.#session?.detach();
    this.#session = undefined;
  }

  #postSettings(): void {
    const settings = this.#host.settings();
    this.#panel.title =
      settings.projectName === '' ? vscode.l10n.t('Label') : vscode.l10n.t('Label: {0}', settings.projectName);
    if (this.#isReady) this.post({ type: 'settings', settings });
  }

  #postGuidelines(): void {
    if (this.#isReady && this.#session !== undefined)
      this.post({ type: 'guidelines-show', guidelines: this.#host.guidelines() });
  }

  #showState(): void {
    void setContext(contextKeys.labeling, this.#session?.isPromptShown === true);
    void setContext(contextKeys.writing, this.#session?.isWriting === true);
    void setContext(contextKeys.canUndo, this.#session?.canUndo === true);
  }

  #setFocus(isFocused: boolean, isInText: boolean): void {
    void setContext(contextKeys.labelFocus, isFocused);
    void setContext(contextKeys.inText, isFocused && isInText);
  }
}

const setContext = (key: string, value: boolean): Thenable<unknown> =>
  vscode.commands.executeCommand('setContext', key, value);
