import * as vscode from 'vscode';
import { commandIds, playgroundPanelType } from '../contributions/index.js';
import { defaultSampling, Sampling } from '../core/index.js';
import { PagePanel, Playground } from '../labeling/index.js';
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
export class PlaygroundPanel implements vscode.Disposable {
  readonly #options: PlaygroundOptions;
  readonly #playground: Playground;
  readonly #subscriptions: vscode.Disposable[];
  readonly #panel: PagePanel<FromPlaygroundPage, ToPlaygroundPage>;
  #model: string | undefined;
  /** Gives the model back to the queue. */
  #resume: (() => void) | undefined;

  constructor(options: PlaygroundOptions) {
    this.#options = options;
    const { extensionUri, models, projects, settings, log } = options;
    this.#playground = new Playground({
      generator: () => models.generatorNamed(this.#model),
      sampling: () => Sampling.parse({ ...defaultSampling, ...projects.project?.config.sampling }),
      project: () => projects.project,
      labeler: () => settings.labeler(),
      now: () => new Date(),
      post: (message) => this.#panel.post(message),
      onChange: () => this.#show(),
    });
    this.#panel = new PagePanel({
      extensionUri,
      page: 'playground',
      viewType: playgroundPanelType,
      title: vscode.l10n.t('Playground'),
      incoming: FromPlaygroundPage,
      receive: (message) => this.#receive(message),
      onError: (error) => showError(error, log),
      prepare: () => models.load(),
      onDidClose: () => this.#playground.stop(),
      log,
    });
    this.#subscriptions = [
      this.#panel,
      command(commandIds.openPlayground, log, () => this.#panel.open()),
      models.onDidChange(() => this.#show()),
      projects.onDidChange(() => this.#show()),
    ];
  }

  /** For our own suite. */
  get playground(): Playground {
    return this.#playground;
  }

  resume(id: string, kept: unknown): Promise<void> {
    return this.#panel.resume(id, kept);
  }

  dispose(): void {
    this.#playground.stop();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #receive(message: FromPlaygroundPage): Promise<void> {
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
      this.#panel.post({ type: 'announce', message: vscode.l10n.t('Kept as a good answer.') });
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
    if (this.#panel.isOpen) this.#panel.post({ type: 'playground', view: this.#view() });
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
      models: names,
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
