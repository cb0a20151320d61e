import * as vscode from 'vscode';
import { contextKeys } from '../contributions/index.js';
import { plainText, serializeError } from '../core/index.js';
import type { Engine } from '../engine/index.js';
import { type CandidateGenerator, isLanguageModelName } from '../generation/index.js';
import type { AnswerSource } from '../labeling/index.js';
import type { AddProgress, CatalogueEntry, InstalledModel, ModelLibrary } from '../models/index.js';
import type { Initiative, LanguageModels } from './languageModels.js';
import type { Settings } from './settings.js';

/** An OpenAI-compatible server that the user named. */
export interface Server {
  readonly address: string;
  readonly model: string;
}

export interface ModelsOptions {
  readonly library: ModelLibrary;
  readonly engine: Engine;
  readonly languageModels: LanguageModels;
  readonly settings: Settings;
  readonly secrets: vscode.SecretStorage;
  readonly log: vscode.LogOutputChannel;
  readonly serverGenerator: (server: Server, key: string | undefined) => CandidateGenerator;
}

export interface Download {
  readonly name: string;
  readonly progress: AddProgress;
}

const nAtOnceElsewhere = 4;

/**
 * What can write candidates, and what does: a server if the user named one, else what the settings or the project's line-up
 * name: models of this machine, and language models of VS Code that the user chose.
 */
export class Models implements vscode.Disposable {
  readonly #options: ModelsOptions;
  readonly #onDidChange = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#onDidChange.event;
  readonly #downloads = new Map<string, Download>();
  readonly #subscriptions: vscode.Disposable[];
  #installed: readonly InstalledModel[] = [];
  /** It is known which are installed. */
  #isKnown = false;
  #loaded: Promise<void> | undefined;
  #ofServer: { readonly made: string; readonly generator: CandidateGenerator } | undefined;
  #device: string;
  /** How often the line-up was changed from here. */
  #nLineUps = 0;

  constructor(options: ModelsOptions) {
    this.#options = options;
    this.#device = options.settings.get('device');
    this.#subscriptions = [
      this.#onDidChange,
      options.settings.onDidChange(() => this.#onSettingsChange()),
      new vscode.Disposable(options.engine.onDidChange(() => this.#onDidChange.fire())),
      options.languageModels.onDidChange(() => this.#changed()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#changed()),
    ];
    this.#setContext();
  }

  /** As of the last `load`, default first. */
  get installed(): readonly InstalledModel[] {
    return this.#installed;
  }

  get catalogue(): readonly CatalogueEntry[] {
    return this.#options.library.catalogue;
  }

  get downloads(): readonly Download[] {
    return [...this.#downloads.values()];
  }

  get engine(): Engine {
    return this.#options.engine;
  }

  get languageModels(): LanguageModels {
    return this.#options.languageModels;
  }

  get server(): Server | undefined {
    const address = this.#options.settings.get('serverAddress').trim();
    return address === '' ? undefined : { address, model: this.#options.settings.get('serverModel').trim() };
  }

  /** Looks once which models are on this machine. */
  load(): Promise<void> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  /** Names what writes: when it changes, what was planned with the former does not hold. */
  get writer(): string {
    const { settings, languageModels } = this.#options;
    return JSON.stringify([
      this.server ?? null,
      settings.get('model').trim(),
      languageModels.signature,
      this.#nLineUps,
    ]);
  }

  /** Whether something can write; if not, why, as a sentence. Known after `load`. */
  get availability(): AnswerSource['availability'] {
    if (!vscode.workspace.isTrusted)
      return {
        canWrite: false,
        reason: vscode.l10n.t('This folder is open in Restricted Mode: models stay off until you trust it.'),
        isRestricted: true,
      };
    const hasOthers = this.server !== undefined || this.languageModels.chosenNames.length > 0;
    if (!hasOthers && this.#installed.length === 0)
      return { canWrite: false, reason: vscode.l10n.t('No model is on this machine yet.') };
    return { canWrite: true };
  }

  /**
   * What writes the answers of a project: the server, else the model of the setting, else the project's line-up, else the
   * default model of this machine. At least one. @throws ModelError, ServerError
   */
  async generators(lineUp: readonly string[], initiative: Initiative = 'ahead'): Promise<CandidateGenerator[]> {
    await this.load();
    const { availability } = this;
    if (!availability.canWrite) throw new Error(availability.reason);
    const { library, engine, settings, secrets, serverGenerator } = this.#options;
    const { server } = this;
    if (server !== undefined) {
      const key = await secrets.get(secretName(server.address));
      const made = JSON.stringify([server, key ?? null, settings.get('serverConcurrency')]);
      // One for all requests, so that its limit on requests at a time holds over all of them.
      if (this.#ofServer?.made !== made) this.#ofServer = { made, generator: serverGenerator(server, key) };
      return [this.#ofServer.generator];
    }
    const names = this.#namesOf(lineUp);
    if (names.length === 0) return [engine.generator(await library.find())];
    return Promise.all(names.map((name) => this.#generatorOf(name, initiative)));
  }

  /** Prompts to write at a time: where nothing computes here, the other side's limit on requests holds the rest back. */
  nAtOnce(lineUp: readonly string[]): number {
    const names = this.#namesOf(lineUp);
    const isElsewhere = this.server !== undefined || (names.length > 0 && names.every(isLanguageModelName));
    return isElsewhere ? nAtOnceElsewhere : 1;
  }

  #namesOf(lineUp: readonly string[]): readonly string[] {
    const chosen = this.#options.settings.get('model').trim();
    return chosen === '' ? lineUp : [chosen];
  }

  async #generatorOf(name: string, initiative: Initiative): Promise<CandidateGenerator> {
    const { library, engine, languageModels } = this.#options;
    if (isLanguageModelName(name)) return languageModels.generator(name, initiative);
    return engine.generator(await library.find(name));
  }

  /**
   * What can be asked by name: the server's model, else those on this machine, default first; then the language models of
   * VS Code that the user chose. Known after `load`.
   */
  get names(): readonly string[] {
    const { server } = this;
    const own = server === undefined ? this.#installed.map(({ name }) => name) : [server.model];
    return [...own, ...this.languageModels.chosenNames];
  }

  /** One of `names`, or the first that would write, for a person who asks it. @throws ModelError, ServerError */
  async generatorNamed(name: string | undefined): Promise<CandidateGenerator> {
    await this.load();
    const { availability } = this;
    if (!availability.canWrite) throw new Error(availability.reason);
    const hasOwn = this.server !== undefined || this.#installed.length > 0;
    const wanted = name ?? (hasOwn ? undefined : this.names[0]);
    if (wanted !== undefined && (this.server === undefined || isLanguageModelName(wanted)))
      return this.#generatorOf(wanted, 'person');
    const [first] = await this.generators([], 'person');
    if (first === undefined) throw new RangeError('nothing writes');
    return first;
  }

  /** @param source name of a catalogue entry, or the path of a parameter file. @throws ModelError */
  async add(source: string, signal: AbortSignal, onProgress: (progress: AddProgress) => void): Promise<InstalledModel> {
    try {
      const model = await this.#options.library.add(source, {
        signal,
        onProgress: (progress) => {
          this.#downloads.set(source, { name: source, progress });
          this.#onDidChange.fire();
          onProgress(progress);
        },
      });
      this.#options.log.info(plainText(`Added ${model.name} from ${model.source}.`));
      return model;
    } finally {
      this.#downloads.delete(source);
      this.#loaded = undefined;
      await this.load();
    }
  }

  /** The key belongs to the server's origin; an empty one is forgotten. */
  async useServer(server: Server, key: string): Promise<void> {
    const { settings, secrets } = this.#options;
    if (key === '') await secrets.delete(secretName(server.address));
    else await secrets.store(secretName(server.address), key);
    await settings.set('serverModel', server.model);
    await settings.set('serverAddress', server.address);
    this.#changed();
  }

  async useLocalModel(name: string | undefined): Promise<void> {
    await this.#options.settings.set('serverAddress', undefined);
    await this.#options.settings.set('model', name);
    this.#changed();
  }

  /** The line-up of the project has been changed. @param mustHold nothing else goes before it, a server neither. */
  async useLineUp(mustHold: boolean): Promise<void> {
    if (mustHold) {
      await this.#options.settings.set('serverAddress', undefined);
      await this.#options.settings.set('model', undefined);
    }
    this.#nLineUps += 1;
    this.#changed();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #onSettingsChange(): void {
    const device = this.#options.settings.get('device');
    // The process that runs now computes on the former device; the next prompt starts another one.
    if (device !== this.#device) void this.#options.engine.stop();
    this.#device = device;
    this.#changed();
  }

  async #load(): Promise<void> {
    // Nobody waits for it: another extension may take its time.
    void this.languageModels.look();
    try {
      this.#installed = await this.#options.library.list();
    } catch (error) {
      this.#options.log.warn(plainText(serializeError(error).message));
    }
    this.#isKnown = true;
    this.#changed();
  }

  #changed(): void {
    this.#setContext();
    this.#onDidChange.fire();
  }

  #setContext(): void {
    const set = (key: string, value: boolean) => void vscode.commands.executeCommand('setContext', key, value);
    set(contextKeys.modelsKnown, this.#isKnown);
    set(contextKeys.model, this.availability.canWrite);
    set(contextKeys.server, this.server !== undefined);
    set(contextKeys.languageModel, this.languageModels.chosenNames.length > 0);
  }
}

/** One key an origin: an address that is typed later elsewhere never gets it. */
const secretName = (address: string): string => `touchstone.server ${new URL(address).origin}`;
