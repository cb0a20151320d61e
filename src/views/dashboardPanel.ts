import * as vscode from 'vscode';
import { commandIds, dashboardPanelType } from '../contributions/index.js';
import { dashboardOf, dashboardReport, webviewHtml, webviewOptions } from '../labeling/index.js';
import { FromDashboardPage, type DashboardPeriod, type DashboardView, type ToDashboardPage } from '../protocol.js';
import type { ActiveProject } from './activeProject.js';
import { command, showError } from './edge.js';
import type { Settings } from './settings.js';

export interface DashboardOptions {
  readonly extensionUri: vscode.Uri;
  readonly projects: ActiveProject;
  readonly settings: Settings;
  readonly log: vscode.LogOutputChannel;
}

/** Rows arrive in bursts; the numbers are worked out once after each. */
const restMs = 500;

/** The dashboard's panel, one a window, and the report. */
export class DashboardPanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #options: DashboardOptions;
  readonly #subscriptions: vscode.Disposable[];
  #panel: vscode.WebviewPanel | undefined;
  #period: DashboardPeriod = 'week';
  #redraw: NodeJS.Timeout | undefined;

  constructor(options: DashboardOptions) {
    this.#options = options;
    const { log, projects } = options;
    this.#subscriptions = [
      vscode.window.registerWebviewPanelSerializer(dashboardPanelType, this),
      command(commandIds.openDashboard, log, () => this.open()),
      command(commandIds.writeReport, log, () => this.writeReport()),
      projects.onDidChange(() => this.#post()),
      projects.onDidChangeContent(() => this.#postSoon()),
    ];
  }

  async open(): Promise<void> {
    if (this.#panel !== undefined) return this.#panel.reveal();
    await this.#adopt(
      vscode.window.createWebviewPanel(
        dashboardPanelType,
        vscode.l10n.t('Dashboard'),
        vscode.ViewColumn.Active,
        webviewOptions(this.#options.extensionUri),
      ),
    );
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    panel.webview.options = webviewOptions(this.#options.extensionUri);
    if (this.#panel !== undefined) panel.dispose();
    else await this.#adopt(panel);
  }

  /** Opens the numbers as a Markdown document, to be saved or sent. */
  async writeReport(): Promise<vscode.TextDocument | undefined> {
    const view = this.view();
    if (view === undefined) return undefined;
    const document = await vscode.workspace.openTextDocument({
      language: 'markdown',
      content: dashboardReport(view, new Date()),
    });
    await vscode.window.showTextDocument(document);
    return document;
  }

  view(): DashboardView | undefined {
    const { projects, settings } = this.#options;
    if (projects.project === undefined) return undefined;
    return dashboardOf(projects.project, {
      labeler: settings.labeler(),
      period: this.#period,
      now: new Date(),
      locale: vscode.env.language,
    });
  }

  dispose(): void {
    clearTimeout(this.#redraw);
    this.#panel?.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #adopt(panel: vscode.WebviewPanel): Promise<void> {
    this.#panel = panel;
    panel.iconPath = {
      light: vscode.Uri.joinPath(this.#options.extensionUri, 'media', 'label-light.svg'),
      dark: vscode.Uri.joinPath(this.#options.extensionUri, 'media', 'label-dark.svg'),
    };
    const listening = panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message));
    const looking = panel.onDidChangeViewState(() => this.#postSoon());
    panel.onDidDispose(() => {
      listening.dispose();
      looking.dispose();
      this.#panel = undefined;
    });
    panel.webview.html = await webviewHtml(panel.webview, this.#options.extensionUri, 'dashboard');
  }

  async #receive(raw: unknown): Promise<void> {
    const message = FromDashboardPage.safeParse(raw).data;
    if (message === undefined) {
      this.#options.log.warn('A message of the dashboard was not understood and dropped.');
      return;
    }
    try {
      switch (message.type) {
        case 'page-ready':
          return this.#post();
        case 'period':
          this.#period = message.period;
          return this.#post();
        case 'prompt-open':
          return await vscode.commands.executeCommand(commandIds.openPrompt, message.promptId);
        case 'action': {
          const commands = {
            label: commandIds.startLabeling,
            export: commandIds.exportDataSet,
            report: commandIds.writeReport,
          };
          return await vscode.commands.executeCommand(commands[message.action]);
        }
      }
    } catch (error) {
      await showError(error, this.#options.log);
    }
  }

  #postSoon(): void {
    if (this.#panel?.visible !== true) return;
    this.#redraw ??= setTimeout(() => this.#post(), restMs);
  }

  #post(): void {
    clearTimeout(this.#redraw);
    this.#redraw = undefined;
    if (this.#panel === undefined) return;
    const message: ToDashboardPage = {
      type: 'dashboard',
      view: this.view() ?? null,
      strings: vscode.l10n.bundle ?? {},
      locale: vscode.env.language,
    };
    void this.#panel.webview.postMessage(message);
  }
}
