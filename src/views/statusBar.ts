import * as vscode from 'vscode';
import { commandIds } from '../contributions/index.js';
import { plainLabel, plainLine } from '../core/index.js';
import { progressOf } from '../labeling/index.js';
import type { LabelingDesk } from './labelingDesk.js';
import type { Models } from './models.js';
import { engineWords } from './modelsView.js';

/** Left: how far the labeling is. Right: what computes, while something does. */
export class StatusBar implements vscode.Disposable {
  readonly #desk: LabelingDesk;
  readonly #models: Models;
  readonly #progress = vscode.window.createStatusBarItem('touchstone.progress', vscode.StatusBarAlignment.Left, 10);
  readonly #engine = vscode.window.createStatusBarItem('touchstone.engine', vscode.StatusBarAlignment.Right, 10);
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(desk: LabelingDesk, models: Models) {
    this.#desk = desk;
    this.#models = models;
    this.#progress.name = vscode.l10n.t('Touchstone progress');
    this.#progress.command = commandIds.openDashboard;
    this.#engine.name = vscode.l10n.t('Touchstone model');
    this.#engine.command = commandIds.showDiagnostics;
    this.#subscriptions = [
      this.#progress,
      this.#engine,
      desk.onDidChange(() => this.#drawProgress()),
      models.onDidChange(() => this.#drawEngine()),
    ];
    this.#drawProgress();
    this.#drawEngine();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #drawProgress(): void {
    const { queue, outline } = this.#desk;
    if (queue === undefined || outline === undefined || outline.promptIds.length === 0) return this.#progress.hide();
    const { nPrompts, nSubmitted, perHour } = progressOf(queue, new Date());
    const done = vscode.l10n.t('{0} of {1}', nSubmitted, nPrompts);
    const { nUnsaved } = outline;
    this.#progress.text =
      nUnsaved > 0
        ? `$(warning) ${vscode.l10n.t('{0} not saved', nUnsaved)}`
        : `$(checklist) ${perHour === undefined ? done : `${done} · ${vscode.l10n.t('{0}/h', perHour)}`}`;
    this.#progress.tooltip = vscode.l10n.t(
      '{0}: prompts submitted. Open the dashboard.',
      plainLine(outline.config.name),
    );
    this.#progress.command = nUnsaved > 0 ? commandIds.retrySave : commandIds.openDashboard;
    this.#progress.backgroundColor =
      nUnsaved > 0 ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#progress.show();
  }

  #drawEngine(): void {
    const { server, engine } = this.#models;
    if (server !== undefined) {
      this.#engine.text = `$(server) ${plainLabel(server.model === '' ? server.address : server.model)}`;
      this.#engine.tooltip = vscode.l10n.t('Answers are written by the server at {0}.', plainLine(server.address));
      return this.#engine.show();
    }
    const { status, reason } = engine.state;
    if (status === 'off') return this.#engine.hide();
    const icon = status === 'starting' ? 'loading~spin' : status === 'failed' ? 'error' : 'chip';
    this.#engine.text = `$(${icon}) ${engineWords(engine.state)}`;
    this.#engine.tooltip = plainLine(reason ?? '');
    this.#engine.show();
  }
}
