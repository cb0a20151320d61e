import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { z } from 'zod';
import { FromAnyPage, maxMessageChars, type ToAnyPage } from '../protocol.js';
import { pageMessage } from './pageMessage.js';
import { panelIcon, webviewHtml, webviewOptions, type PageName } from './webviewHtml.js';

export interface PagePanelOptions<Incoming> {
  readonly extensionUri: vscode.Uri;
  readonly page: PageName;
  readonly viewType: string;
  readonly title: string;
  readonly incoming: z.ZodType<Incoming>;
  readonly receive: (message: Incoming) => unknown;
  /** What `receive` has thrown. */
  readonly onError: (error: unknown) => unknown;
  /** Waited for before the page is loaded. */
  readonly prepare?: () => Promise<void>;
  readonly onDidChangeView?: (view: { readonly isVisible: boolean; readonly isActive: boolean }) => void;
  readonly onDidClose?: () => void;
  /** The page comes back with what it had kept: after a reload of the window, or when the former host is gone. */
  readonly onDidRestore?: (kept: unknown) => void;
  readonly log: vscode.LogOutputChannel;
}

/** A page in a panel, one a window: opened, brought back after a reload, its messages checked. */
export class PagePanel<Incoming extends { readonly type: string }, Outgoing>
  implements vscode.WebviewPanelSerializer, vscode.Disposable
{
  readonly #options: PagePanelOptions<Incoming>;
  readonly #serializer: vscode.Disposable;
  readonly #incoming: z.ZodType<Incoming | FromAnyPage>;
  /** Pages that a former host left behind, each taken up once. */
  readonly #resumed = new Set<string>();
  #panel: vscode.WebviewPanel | undefined;
  /** Names the page in the panel. */
  #id = '';
  /** Goes to the next page that is ready. */
  #kept: unknown;
  #nDropped = 0;

  constructor(options: PagePanelOptions<Incoming>) {
    this.#options = options;
    this.#incoming = z.union([FromAnyPage, options.incoming]);
    this.#serializer = vscode.window.registerWebviewPanelSerializer(options.viewType, this);
  }

  get isOpen(): boolean {
    return this.#panel !== undefined;
  }

  get isVisible(): boolean {
    return this.#panel?.visible === true;
  }

  /** Messages of the page that were not understood. */
  get nDropped(): number {
    return this.#nDropped;
  }

  set title(title: string) {
    if (this.#panel !== undefined) this.#panel.title = title;
  }

  async open(column = vscode.ViewColumn.Active): Promise<void> {
    if (this.#panel !== undefined) return this.#panel.reveal();
    const { viewType, title, extensionUri } = this.#options;
    await this.#adopt(vscode.window.createWebviewPanel(viewType, title, column, webviewOptions(extensionUri)));
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, kept: unknown): Promise<void> {
    panel.webview.options = webviewOptions(this.#options.extensionUri);
    if (this.#panel !== undefined) {
      panel.dispose();
      return;
    }
    this.#options.onDidRestore?.(kept);
    await this.#adopt(panel);
  }

  /**
   * Called by a page that hears nothing of its host. If that is another process, which has ended, the page's panel cannot
   * be had here: a new one takes its place and is given what the page had kept.
   */
  async resume(id: string, kept: unknown): Promise<void> {
    if (id === this.#id && this.#panel !== undefined) return this.#post({ type: 'host-here' });
    if (this.#resumed.has(id) || (JSON.stringify(kept) ?? '').length > maxMessageChars) return;
    this.#resumed.add(id);
    this.#panel?.dispose();
    const { viewType, onDidRestore } = this.#options;
    const groups = vscode.window.tabGroups.all.map(({ tabs, viewColumn }) => ({
      viewColumn,
      left: tabs.filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(viewType)),
    }));
    const column = groups.find(({ left }) => left.some(({ isActive }) => isActive))?.viewColumn;
    this.#kept = kept;
    onDidRestore?.(kept);
    await this.open(column);
    await vscode.window.tabGroups.close(
      groups.flatMap(({ left }) => left),
      true,
    );
  }

  post(message: Outgoing): void {
    this.#post(message);
  }

  dispose(): void {
    this.#panel?.dispose();
    this.#serializer.dispose();
  }

  #post(message: Outgoing | ToAnyPage): void {
    void this.#panel?.webview.postMessage(message);
  }

  async #adopt(panel: vscode.WebviewPanel): Promise<void> {
    const { extensionUri, page, viewType, title, prepare, onDidChangeView, onDidClose } = this.#options;
    this.#panel = panel;
    this.#id = randomUUID();
    panel.iconPath = panelIcon(extensionUri);
    const listening = vscode.Disposable.from(
      panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message)),
      panel.onDidChangeViewState(() => onDidChangeView?.({ isVisible: panel.visible, isActive: panel.active })),
    );
    panel.onDidDispose(() => {
      listening.dispose();
      if (this.#panel !== panel) return;
      this.#panel = undefined;
      onDidClose?.();
    });
    await prepare?.();
    panel.webview.html = await webviewHtml(panel.webview, extensionUri, { page, viewType, id: this.#id, title });
  }

  async #receive(raw: unknown): Promise<void> {
    const { receive, page, log, onError } = this.#options;
    const message = pageMessage(this.#incoming, raw);
    if (message === undefined) {
      this.#nDropped += 1;
      log.warn(`A message of the page ${page} was not understood and dropped (${this.#nDropped} so far).`);
      return;
    }
    if (isOfAnyPage(message)) return this.#post({ type: 'host-here' });
    if (message.type === 'page-ready' && this.#kept !== undefined) {
      this.#post({ type: 'resume', kept: this.#kept });
      this.#kept = undefined;
    }
    try {
      await receive(message);
    } catch (error) {
      await onError(error);
    }
  }
}

const isOfAnyPage = (message: { readonly type: string }): message is FromAnyPage => message.type === 'host-ask';
