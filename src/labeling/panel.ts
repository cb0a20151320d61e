import * as vscode from 'vscode';
import { contextKeys, labelPanelType } from '../contributions/index.js';
import { plainText, PromptId, type CandidateId } from '../core/index.js';
import { FromLabelingPage, type GuidelinesView, type LabelingSettings, type ToLabelingPage } from '../protocol.js';
import { PagePanel } from './pagePanel.js';
import type { LabelingSession } from './session.js';

/** What the panel needs of the window around it. */
export interface PanelHost {
  /** Of the open project; undefined without one. */
  readonly session: LabelingSession | undefined;
  /** Its answers are being read; the session comes with them. */
  readonly isOpening: boolean;
  /** Why there is none although the folder has a project, worded. */
  readonly problem: string | undefined;
  readonly onDidChangeSession: vscode.Event<void>;
  readonly onDidChangeSettings: vscode.Event<void>;
  readonly onDidChangeGuidelines: vscode.Event<void>;
  settings(): LabelingSettings;
  improve(promptId: PromptId, candidateId: CandidateId): Promise<void>;
  compose(promptId: PromptId): Promise<void>;
  openLink(url: string): Promise<void>;
  guidelines(): GuidelinesView;
  openGuidelines(): Promise<void>;
  act(action: Extract<FromLabelingPage, { type: 'action' }>['action']): Promise<void>;
  readonly log: vscode.LogOutputChannel;
}

/** The labeling panel: one a window. It carries messages between the page and the session, and decides nothing itself. */
export class LabelingPanels implements vscode.Disposable {
  readonly #host: PanelHost;
  readonly #page: PagePanel<FromLabelingPage, ToLabelingPage>;
  readonly #subscriptions: vscode.Disposable[];
  #session: LabelingSession | undefined;
  #stopSession: (() => void) | undefined;
  #isReady = false;
  /** The prompt that the page had before its host was another one, or the window was reloaded. */
  #restored: PromptId | undefined;

  constructor(extensionUri: vscode.Uri, host: PanelHost) {
    this.#host = host;
    this.#page = new PagePanel({
      extensionUri,
      page: 'labeling',
      viewType: labelPanelType,
      title: vscode.l10n.t('Label'),
      incoming: FromLabelingPage,
      receive: (message) => this.#answer(message),
      onError: (error) => this.#showError(error),
      onDidChangeView: ({ isActive }) => {
        if (!isActive) this.#setFocus(false, false);
      },
      onDidClose: () => this.#close(),
      onDidRestore: (kept) => {
        this.#restored = promptIn(kept);
      },
      log: host.log,
    });
    this.#subscriptions = [
      this.#page,
      host.onDidChangeSession(() => this.#attach()),
      host.onDidChangeSettings(() => this.#postSettings()),
      host.onDidChangeGuidelines(() => this.#postGuidelines()),
    ];
  }

  /** Shows the panel, with this prompt if one is named. */
  async open(promptId?: PromptId): Promise<void> {
    if (promptId !== undefined) this.#host.session?.open(promptId);
    await this.#page.open();
  }

  resume(id: string, kept: unknown): Promise<void> {
    return this.#page.resume(id, kept);
  }

  /** Does in the page what a key would do. */
  act(action: string): void {
    this.#page.post({ type: 'do', action });
  }

  /** Messages of the page that were not understood. */
  get nDropped(): number {
    return this.#page.nDropped;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #close(): void {
    this.#isReady = false;
    this.#release();
    this.#setFocus(false, false);
    void setContext(contextKeys.labeling, false);
  }

  #showError(error: unknown): void {
    this.#host.log.error(error instanceof Error ? error : String(error));
    this.#page.post({
      type: 'strip',
      strip: {
        kind: 'error',
        message: error instanceof Error ? error.message : String(error),
        action: { action: 'show-log', label: vscode.l10n.t('Show log') },
      },
    });
  }

  async #answer(message: FromLabelingPage): Promise<void> {
    switch (message.type) {
      case 'page-ready':
        this.#isReady = true;
        return this.#attach();
      case 'improve-open':
        return this.#host.improve(message.promptId, message.candidateId);
      case 'compose-open':
        return this.#host.compose(message.promptId);
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
    if (!this.#isReady) return;
    this.#release();
    this.#postSettings();
    this.#session = this.#host.session;
    if (this.#session === undefined && this.#host.isOpening) return this.#showState();
    if (this.#session === undefined) {
      const { problem } = this.#host;
      this.#page.post({ type: 'strip', strip: null });
      this.#page.post({
        type: 'empty',
        reason: 'no-project',
        ...(problem === undefined ? {} : { detail: plainText(problem) }),
      });
      return this.#showState();
    }
    if (this.#restored !== undefined) this.#session.beginAt(this.#restored);
    this.#restored = undefined;
    this.#stopSession = this.#session.onDidChange(() => this.#showState());
    this.#session.attach((message) => this.#page.post(message));
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
    this.#page.title =
      settings.projectName === '' ? vscode.l10n.t('Label') : vscode.l10n.t('Label: {0}', settings.projectName);
    void setContext(contextKeys.mode, settings.mode);
    if (this.#isReady) this.#page.post({ type: 'settings', settings });
  }

  #postGuidelines(): void {
    if (this.#isReady && this.#session !== undefined)
      this.#page.post({ type: 'guidelines-show', guidelines: this.#host.guidelines() });
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

/** Where the page was, of what it had kept. */
function promptIn(kept: unknown): PromptId | undefined {
  return typeof kept === 'object' && kept !== null && 'promptId' in kept
    ? PromptId.safeParse(kept.promptId).data
    : undefined;
}

const setContext = (key: string, value: boolean | string): Thenable<unknown> =>
  vscode.commands.executeCommand('setContext', key, value);
