import * as vscode from 'vscode';
import { commandIds, dashboardPanelType } from '../contributions/index.js';
import { dashboardOf, dashboardReport, PagePanel } from '../labeling/index.js';
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
export class DashboardPanel implements vscode.Disposable {
  readonly #options: DashboardOptions;
  readonly #subscriptions: vscode.Disposable[];
  readonly #panel: PagePanel<FromDashboardPage, ToDashboardPage>;
  #period: DashboardPeriod = 'week';
  #redraw: NodeJS.Timeout | undefined;

  constructor(options: DashboardOptions) {
    this.#options = options;
    const { extensionUri, log, projects } = options;
    this.#panel = new PagePanel({
      extensionUri,
      page: 'dashboard',
      viewType: dashboardPanelType,
      title: vscode.l10n.t('Dashboard'),
      incoming: FromDashboardPage,
      receive: (message) => this.#receive(message),
      onError: (error) => showError(error, log),
      onDidChangeView: ({ isVisible }) => {
        if (isVisible) this.#postSoon();
      },
      log,
    });
    this.#subscriptions = [
      this.#panel,
      command(commandIds.openDashboard, log, () => this.#panel.open()),
      command(commandIds.writeReport, log, () => this.writeReport()),
      projects.onDidChange(() => this.#post()),
      projects.onDidChangeContent(() => this.#postSoon()),
    ];
  }

  resume(id: string, kept: unknown): Promise<void> {
    return this.#panel.resume(id, kept);
  }

  /** Opens the numbers as a Markdown document, to be saved or sent. */
  async writeReport(): Promise<vscode.TextDocument | undefined> {
    await this.#options.projects.opened();
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
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #receive(message: FromDashboardPage): unknown {
    switch (message.type) {
      case 'page-ready':
        return this.#post();
      case 'period':
        this.#period = message.period;
        return this.#post();
      case 'prompt-open':
        return vscode.commands.executeCommand(commandIds.openPrompt, message.promptId);
      case 'action': {
        const commands = {
          label: commandIds.startLabeling,
          export: commandIds.exportDataSet,
          report: commandIds.writeReport,
        };
        return vscode.commands.executeCommand(commands[message.action]);
      }
    }
  }

  #postSoon(): void {
    if (!this.#panel.isVisible) return;
    this.#redraw ??= setTimeout(() => this.#post(), restMs);
  }

  #post(): void {
    clearTimeout(this.#redraw);
    this.#redraw = undefined;
    if (!this.#panel.isOpen) return;
    this.#panel.post({
      type: 'dashboard',
      view: this.view() ?? null,
      strings: vscode.l10n.bundle ?? {},
      locale: vscode.env.language,
    });
  }
}
