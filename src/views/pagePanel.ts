import * as vscode from 'vscode';
import type { z } from 'zod';
import { pageMessage, panelIcon, webviewHtml, webviewOptions, type PageName } from '../labeling/index.js';
import { showError } from './edge.js';

export interface PagePanelOptions<Incoming> {
  readonly extensionUri: vscode.Uri;
  readonly page: PageName;
  readonly viewType: string;
  readonly title: string;
  readonly incoming: z.ZodType<Incoming>;
  /** What is thrown is shown. */
  readonly receive: (message: Incoming) => unknown;
  /** Waited for before the page is loaded. */
  readonly prepare?: () => Promise<void>;
  readonly onDidShow?: () => void;
  readonly onDidClose?: () => void;
  readonly log: vscode.LogOutputChannel;
}

/** A page in a panel, one a window: opened, brought back after a reload, its messages checked. */
export class PagePanel<Incoming, Outgoing> implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #options: PagePanelOptions<Incoming>;
  readonly #serializer: vscode.Disposable;
  #panel: vscode.WebviewPanel | undefined;

  constructor(options: PagePanelOptions<Incoming>) {
    this.#options = options;
    this.#serializer = vscode.window.registerWebviewPanelSerializer(options.viewType, this);
  }

  get isOpen(): boolean {
    return this.#panel !== undefined;
  }

  get isVisible(): boolean {
    return this.#panel?.visible === true;
  }

  async open(): Promise<void> {
    if (this.#panel !== undefined) return this.#panel.reveal();
    const { viewType, title, extensionUri } = this.#options;
    await this.#adopt(
      vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Active, webviewOptions(extensionUri)),
    );
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    panel.webview.options = webviewOptions(this.#options.extensionUri);
    if (this.#panel !== undefined) panel.dispose();
    else await this.#adopt(panel);
  }

  post(message: Outgoing): void {
    void this.#panel?.webview.postMessage(message);
  }

  dispose(): void {
    this.#panel?.dispose();
    this.#serializer.dispose();
  }

  async #adopt(panel: vscode.WebviewPanel): Promise<void> {
    const { extensionUri, page, prepare, onDidShow, onDidClose } = this.#options;
    this.#panel = panel;
    panel.iconPath = panelIcon(extensionUri);
    const listening = vscode.Disposable.from(
      panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message)),
      panel.onDidChangeViewState(() => {
        if (panel.visible) onDidShow?.();
      }),
    );
    panel.onDidDispose(() => {
      listening.dispose();
      this.#panel = undefined;
      onDidClose?.();
    });
    await prepare?.();
    panel.webview.html = await webviewHtml(panel.webview, extensionUri, page);
  }

  async #receive(raw: unknown): Promise<void> {
    const { incoming, receive, page, log } = this.#options;
    const message = pageMessage(incoming, raw);
    if (message === undefined) {
      log.warn(`A message of the page ${page} was not understood and dropped.`);
      return;
    }
    try {
      await receive(message);
    } catch (error) {
      await showError(error, log);
    }
  }
}
