import * as vscode from 'vscode';
import { commandIds, labelCommands } from '../contributions/index.js';
import { plainText, PromptId, type CandidateId } from '../core/index.js';
import {
  ImproveEditor,
  LabelingPanels,
  LabelingQueue,
  LabelingSession,
  type AnswerSource,
  type PanelHost,
} from '../labeling/index.js';
import type { FromLabelingPage, GuidelinesView } from '../protocol.js';
import type { ActiveProject } from './activeProject.js';
import { Guidelines } from './guidelines.js';
import { pageSettings } from './pageSettings.js';
import { placeCommand } from './placeCommand.js';
import type { Settings } from './settings.js';

export interface LabelingDeskOptions {
  readonly extensionUri: vscode.Uri;
  readonly projects: ActiveProject;
  readonly answers: AnswerSource;
  readonly settings: Settings;
  readonly log: vscode.LogOutputChannel;
}

/** Schemes of links in answers and prompts that may be opened, after a question. */
const openable = new Set(['https', 'http', 'mailto']);

/** Where a labeler sits: the session over the open project, the panel, the improvement editor, and their commands. */
export class LabelingDesk implements PanelHost, vscode.Disposable {
  readonly log: vscode.LogOutputChannel;
  readonly #options: LabelingDeskOptions;
  readonly #onDidChangeSession = new vscode.EventEmitter<void>();
  readonly onDidChangeSession = this.#onDidChangeSession.event;
  readonly #onDidChangeSettings = new vscode.EventEmitter<void>();
  readonly onDidChangeSettings = this.#onDidChangeSettings.event;
  readonly #onDidChange = new vscode.EventEmitter<void>();
  /** The session, or where its prompts stand, has changed. */
  readonly onDidChange = this.#onDidChange.event;
  readonly #panels: LabelingPanels;
  readonly #improve: ImproveEditor;
  readonly #subscriptions: vscode.Disposable[];
  #session: LabelingSession | undefined;
  /** Of a project whose answers are being read: what its queue shows meanwhile. */
  #queue: LabelingQueue | undefined;
  readonly #guidelines: Guidelines;
  readonly onDidChangeGuidelines: vscode.Event<void>;
  #labeler = '';

  constructor(options: LabelingDeskOptions) {
    this.#options = options;
    this.log = options.log;
    this.#guidelines = new Guidelines(() => this.outline);
    this.onDidChangeGuidelines = this.#guidelines.onDidChange;
    this.#panels = new LabelingPanels(options.extensionUri, this);
    this.#improve = new ImproveEditor(
      () => this.#session,
      () => this.#panels.open(),
    );
    this.#subscriptions = [
      this.#guidelines,
      this.#panels,
      this.#improve,
      this.#onDidChangeSession,
      this.#onDidChangeSettings,
      this.#onDidChange,
      options.projects.onDidChange(() => this.#sitDown()),
      options.projects.onDidChangeContent(({ kind }) => {
        if (kind !== 'config') return;
        this.#onDidChangeSettings.fire();
        void this.#guidelines.read();
      }),
      options.settings.onDidChange(() => {
        if (options.settings.labeler() !== this.#labeler) this.#sitDown();
        this.#onDidChangeSettings.fire();
      }),
      vscode.commands.registerCommand(commandIds.startLabeling, () => this.#panels.open()),
      vscode.commands.registerCommand(commandIds.openPrompt, (id: unknown) => this.#openPrompt(id)),
      vscode.commands.registerCommand(commandIds.openGuidelines, () => this.openGuidelines()),
      vscode.commands.registerCommand(commandIds.writeAgain, () => this.#session?.writeAgain()),
      vscode.commands.registerCommand(commandIds.retrySave, () => this.#session?.retry()),
      placeCommand((action) => this.#panels.act(action)),
      ...Object.entries(labelCommands).map(([command, action]) =>
        vscode.commands.registerCommand(command, () => this.#panels.act(action)),
      ),
    ];
  }

  get session(): LabelingSession | undefined {
    return this.#session;
  }

  get problem(): string | undefined {
    return this.#options.projects.problem;
  }

  get fileProblem() {
    return this.#options.projects.fileProblem;
  }

  get project() {
    return this.#options.projects.project;
  }

  get outline() {
    return this.#options.projects.outline;
  }

  get isOpening(): boolean {
    return this.outline !== undefined && this.#session === undefined;
  }

  get queue(): LabelingQueue | undefined {
    return this.#session?.queue ?? this.#queue;
  }

  get current(): PromptId | undefined {
    return this.#session?.currentInQueue;
  }

  nAnswersOf(promptId: PromptId): number | undefined {
    return this.project?.nCandidatesOf(promptId);
  }

  resume(id: string, kept: unknown): Promise<void> {
    return this.#panels.resume(id, kept);
  }

  /** Messages of the page that were dropped, for the diagnostics. */
  get nDropped(): number {
    return this.#panels.nDropped;
  }

  settings() {
    return pageSettings(this.outline?.config, this.#options.settings);
  }

  improve(promptId: PromptId, candidateId: CandidateId): Promise<void> {
    return this.#improve.open(promptId, candidateId);
  }

  compose(promptId: PromptId): Promise<void> {
    return this.#improve.openOwn(promptId);
  }

  /** Asks, showing the whole address: the text around a link was written by a stranger. */
  async openLink(url: string): Promise<void> {
    const address = plainText(url);
    let uri: vscode.Uri;
    try {
      uri = vscode.Uri.parse(url, true);
    } catch {
      return;
    }
    if (!openable.has(uri.scheme)) return;
    const open = vscode.l10n.t('Open');
    const choice = await vscode.window.showWarningMessage(
      vscode.l10n.t('Open this address outside of the editor?'),
      { modal: true, detail: address },
      open,
    );
    if (choice === open) await vscode.env.openExternal(uri);
  }

  async openGuidelines(): Promise<void> {
    const file = await this.#guidelines.file();
    if (file === undefined)
      void vscode.window.showInformationMessage(
        vscode.l10n.t('This project has no guidelines. Name a Markdown file as "guidelines" in touchstone.json.'),
      );
    else await vscode.commands.executeCommand('markdown.showPreviewToSide', vscode.Uri.file(file));
  }

  /** As they are now, and whether the labeler judged by others before. */
  guidelines(): GuidelinesView {
    const { version, text } = this.#guidelines;
    const last = this.#session?.lastGuidelinesVersion;
    const isChanged = version !== undefined && last !== undefined && last !== version;
    return { version: version ?? null, text, isChanged };
  }

  async act(action: Extract<FromLabelingPage, { type: 'action' }>['action']): Promise<void> {
    switch (action) {
      case 'add-model':
        return vscode.commands.executeCommand(commandIds.addModel);
      case 'manage-trust':
        return vscode.commands.executeCommand('workbench.trust.manage');
      case 'import-prompts':
        return vscode.commands.executeCommand(commandIds.importPrompts);
      case 'export':
        return vscode.commands.executeCommand(commandIds.exportDataSet);
      case 'retry-save':
        return this.#session?.retry();
      case 'show-log':
        return this.log.show();
      case 'open-project-file':
        return this.#options.projects.openFile();
      case 'open-queue':
        return vscode.commands.executeCommand('touchstone.queue.focus');
    }
  }

  /** What is being saved is waited for. */
  async close(): Promise<void> {
    await this.#session?.dispose();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    void this.#session?.dispose();
  }

  /** Another project or another labeler: a new sitting. */
  #sitDown(): void {
    void this.#session?.dispose();
    this.#session = undefined;
    this.#queue = undefined;
    const { projects, answers, settings } = this.#options;
    this.#labeler = settings.labeler();
    if (projects.project === undefined && projects.outline !== undefined)
      this.#queue = new LabelingQueue(projects.outline, this.#labeler);
    if (projects.project !== undefined) {
      this.#session = new LabelingSession({
        project: projects.project,
        labeler: this.#labeler,
        answers,
        nAhead: () => settings.get('ahead'),
        now: () => new Date(),
        guidelinesVersion: () => this.#guidelines.version,
      });
      this.#session.onDidChange(() => this.#onDidChange.fire());
    }
    void this.#guidelines.read();
    this.#onDidChangeSession.fire();
    this.#onDidChange.fire();
  }

  async #openPrompt(id: unknown): Promise<void> {
    const promptId = PromptId.safeParse(id).data;
    if (promptId === undefined) return;
    const project = await this.#options.projects.opened();
    if (project?.prompt(promptId) !== undefined) await this.#panels.open(promptId);
  }
}
