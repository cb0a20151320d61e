import * as vscode from 'vscode';
import { commandIds, playgroundPanelType } from '../contributions/index.js';
import { defaultSampling, plainText, Sampling } from '../core/index.js';
import { Playground, webviewHtml, webviewOptions } from '../labeling/index.js';
import { FromPlaygroundPage, type PlaygroundView, type ToPlaygroundPage } from '../protocol.js';
import type { ActiveProject } from './activeProject.js';
import type { AnswersAhead } from './answersAhead.js';
import { command, showError } from './edge.js';
import type { LabelingDesk } from './labelingDesk.js';
import type { Models } from './models.js';
import type { Settings } from './settings.js';

export interface PlaygroundOptions {
  readonly extensionUri: vscode.Uri;
  readonly projects: ActiveProject;
  readonly models: Models;
  readonly answers: AnswersAhead;
  readonly desk: LabelingDesk;
  readonly settings: Settings;
  readonly log: vscode.LogOutputChannel;
}

/** The playground's panel: one a window. It carries messages between the page and the conversation. */
export class PlaygroundPanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #options: PlaygroundOptions;
  readonly #playground: Playground;
  readonly #subscriptions: vscode.Disposable[];
  #panel: vscode.WebviewPanel | undefined;
  #model: string | undefined;
  /** Gives the model back to the queue. */
  #resume: (() => void) | undefined;

  constructor(options: PlaygroundOptions) {
    this.#options = options;
    const { models, projects, settings } = options;
    this.#playground = new Playground({
      generator: () => models.generatorNamed(this.#model),
      sampling: () => Sampling.parse({ ...defaultSampling, ...projects.project?.config.sampling }),
      project: () => projects.project,
      labeler: () => settings.labeler(),
      now: () => new Date(),
      post: (message) => this.#post(message),
      onChange: () => this.#show(),
    });
    this.#subscriptions = [
      vscode.window.registerWebviewPanelSerializer(playgroundPanelType, this),
      command(commandIds.openPlayground, options.log, () => this.open()),
      models.onDidChange(() => this.#show()),
      projects.onDidChange(() => this.#show()),
    ];
  }

  /** For our own suite. */
  get playground(): Playground {
    return this.#playground;
  }

  async open(): Promise<void> {
    if (this.#panel !== undefined) return this.#panel.reveal();
    await this.#adopt(
      vscode.window.createWebviewPanel(
        playgroundPanelType,
        vscode.l10n.t('Playground'),
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

  async receive(raw: unknown): Promise<void> {
    const message = FromPlaygroundPage.safeParse(raw).data;
    if (message === undefined) {
      this.#options.log.warn('A message of the playground was not understood and dropped.');
      return;
    }
    try {
      await this.#answer(message);
    } catch (error) {
      await showError(error, this.#options.log);
    }
  }

  dispose(): void {
    this.#playground.stop();
    this.#panel?.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #adopt(panel: vscode.WebviewPanel): Promise<void> {
    this.#panel = panel;
    panel.iconPath = {
      light: vscode.Uri.joinPath(this.#options.extensionUri, 'media', 'label-light.svg'),
      dark: vscode.Uri.joinPath(this.#options.extensionUri, 'media', 'label-dark.svg'),
    };
    const listening = panel.webview.onDidReceiveMessage((message: unknown) => this.receive(message));
    panel.onDidDispose(() => {
      listening.dispose();
      this.#playground.stop();
      this.#panel = undefined;
    });
    await this.#options.models.load();
    panel.webview.html = await webviewHtml(panel.webview, this.#options.extensionUri, 'playground');
  }

  async #answer(message: FromPlaygroundPage): Promise<void> {
    const playground = this.#playground;
    switch (message.type) {
      case 'page-ready':
        return this.#show();
      case 'send':
        return this.#whileQueueRests(() => playground.send(message.text));
      case 'again':
        return this.#whileQueueRests(() => playground.again(message.turn));
      case 'stop':
        return playground.stop();
      case 'clear':
        return playground.clear();
      case 'system':
        return playground.setSystem(message.text);
      case 'model':
        if (this.#options.models.names.includes(message.name)) this.#model = message.name;
        return this.#show();
      case 'link-open':
        return this.#options.desk.openLink(message.url);
      case 'thumb':
        return this.#thumb(message.turn, message.thumb);
    }
  }

  async #thumb(turn: number, thumb: 'up' | 'down'): Promise<void> {
    const kept = await this.#playground.thumb(turn, thumb);
    if (kept === undefined) return;
    if (thumb === 'up') {
      this.#post({ type: 'announce', message: vscode.l10n.t('Kept as a good answer.') });
      return;
    }
    await vscode.commands.executeCommand(commandIds.openPrompt, kept.promptId);
    await this.#options.desk.improve(kept.promptId, kept.candidateId);
  }

  /** The person waits here; answers that are written ahead can wait. */
  async #whileQueueRests(work: () => Promise<void>): Promise<void> {
    this.#resume ??= this.#options.answers.pause();
    try {
      await work();
    } finally {
      if (!this.#playground.isWriting) {
        this.#resume?.();
        this.#resume = undefined;
      }
    }
  }

  #show(): void {
    if (this.#panel !== undefined) this.#post({ type: 'playground', view: this.#view() });
  }

  #post(message: ToPlaygroundPage): void {
    void this.#panel?.webview.postMessage(message);
  }

  #view(): PlaygroundView {
    const { models, projects } = this.#options;
    const { availability, names } = models;
    const hasProject = projects.project !== undefined;
    const notice = !availability.canWrite
      ? availability.reason
      : hasProject
        ? undefined
        : vscode.l10n.t('No project is open: you can ask, but answers are kept in a project only.');
    return {
      models: names.map(plainText),
      model: this.#model ?? names[0] ?? '',
      system: this.#playground.system,
      turns: this.#playground.turns,
      ...(notice === undefined ? {} : { notice }),
      canAsk: availability.canWrite,
      canKeep: hasProject,
      strings: vscode.l10n.bundle ?? {},
      locale: vscode.env.language,
    };
  }
}
