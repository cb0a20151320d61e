import * as vscode from 'vscode';
import {
  candidateIdOf,
  defaultSampling,
  languageModelGone,
  languageModelNotAllowed,
  languageModelNotChosen,
  plainText,
} from '../core/index.js';
import {
  type CandidateGenerator,
  type LanguageModel,
  languageModelGenerator,
  languageModelName,
  languageModelSelector,
  type LanguageModelTurn,
  maxLanguageModelName,
  Slots,
} from '../generation/index.js';
import type { Settings } from './settings.js';

export interface LanguageModelsOptions {
  readonly settings: Settings;
  /** What the user has allowed us to ask. */
  readonly access: vscode.LanguageModelAccessInformation;
  readonly log: vscode.LogOutputChannel;
}

/** A model that VS Code offers now. All its words are those of the extension that brings it. */
export interface OfferedModel {
  /** As it stands in line-ups. */
  readonly name: string;
  readonly title: string;
  readonly vendor: string;
  readonly family: string;
  readonly version: string;
  /** Tokens that a request may hold. */
  readonly maxInputTokens: number;
}

/** One that the user chose. `looking`: VS Code has not said yet whether it is there. */
export interface ChosenModel {
  readonly name: string;
  readonly title: string;
  readonly vendor: string;
  readonly state: 'looking' | 'ready' | 'not-allowed' | 'gone';
  readonly offered?: OfferedModel;
}

/** By whose wish something is sent: only where a person waits for it may VS Code ask whether that is allowed. */
export type Initiative = 'person' | 'ahead';

/**
 * The language models that other extensions bring to VS Code, and those among them that the user chose. Only the chosen are
 * ever asked, whatever a project's line-up names; unless one is chosen, VS Code is not even asked which there are.
 */
export class LanguageModels implements vscode.Disposable {
  readonly #options: LanguageModelsOptions;
  readonly #onDidChange = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#onDidChange.event;
  readonly #subscriptions: readonly vscode.Disposable[];
  /** Undefined until VS Code has said what there is. */
  #there: ReadonlyMap<string, vscode.LanguageModelChat> | undefined;
  /** Of all that were ever seen, by name. */
  readonly #titles = new Map<string, string>();
  #nLooks = 0;
  #told: string;
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = -Infinity;
  /** Least time between two looks, milliseconds. */
  #pauseMs = 0;
  readonly #generators = new Map<string, CandidateGenerator>();
  #slots: { readonly max: number; readonly slots: Slots } | undefined;

  constructor(options: LanguageModelsOptions) {
    this.#options = options;
    this.#told = JSON.stringify(this.chosen);
    this.#subscriptions = [
      this.#onDidChange,
      vscode.lm.onDidChangeChatModels(() => this.#lookSoon()),
      options.access.onDidChange(() => this.#tell()),
      options.settings.onDidChange(() => this.#lookSoon()),
    ];
  }

  get chosenNames(): readonly string[] {
    const names = this.#options.settings.get('languageModels');
    return [...new Set(names)].filter((name) => languageModelSelector(name) !== undefined);
  }

  get chosen(): readonly ChosenModel[] {
    return this.chosenNames.map((name) => {
      const chat = this.#there?.get(name);
      const { vendor } = languageModelSelector(name) ?? { vendor: '' };
      const common = { name, title: this.#titleOf(name), vendor };
      if (this.#there === undefined) return { ...common, state: 'looking' };
      if (chat === undefined) return { ...common, state: 'gone' };
      return { ...common, state: this.#mayAsk(chat) ? 'ready' : 'not-allowed', offered: offeredOf(name, chat) };
    });
  }

  /** Changes when what can be asked does. What is not known yet counts as there. */
  get signature(): string {
    return JSON.stringify(this.chosen.map(({ name, state }) => [name, state === 'looking' ? 'ready' : state]));
  }

  /** Asks VS Code which of the chosen are there. */
  async look(): Promise<void> {
    const nth = ++this.#nLooks;
    this.#lookedAt = performance.now();
    try {
      const there = this.chosenNames.length === 0 ? undefined : await allThere();
      if (nth !== this.#nLooks) return;
      this.#see(there);
    } catch (error) {
      this.#options.log.warn(plainText(`Language models: ${error instanceof Error ? error.message : String(error)}`));
    }
    this.#tell();
  }

  /** All that VS Code offers, by vendor and name. For a person who wants to choose: a provider may be woken by it. */
  async offered(): Promise<readonly OfferedModel[]> {
    const there = await allThere();
    this.#see(there);
    this.#tell();
    return [...there]
      .map(([name, chat]) => offeredOf(name, chat))
      .toSorted((a, b) => a.vendor.localeCompare(b.vendor) || a.title.localeCompare(b.title));
  }

  /**
   * Has VS Code ask the person whether Touchstone may use this model, where it has not done so: that takes a request, so a
   * short one of our own is sent, without anything of a project. @throws, worded, when it may not be used
   */
  async allow(name: string, signal: AbortSignal): Promise<void> {
    const chat = await find(name);
    const title = chat?.name ?? this.#titleOf(name);
    if (chat === undefined) throw languageModelGone(title);
    if (this.#mayAsk(chat)) return;
    const request = {
      messages: [{ role: 'user' as const, content: 'Say yes.' }],
      candidateIds: [candidateIdOf(['consent', name])],
      sampling: { ...defaultSampling, maxTokens: 16 },
    };
    const generator = languageModelGenerator({ name, title, find: async () => portOf(chat) });
    for await (const event of generator.generate(request, signal)) {
      if (event.type === 'text-delta') break;
      // What it answers is of no interest, only that it may be asked.
      if (event.type === 'candidate-error' && !this.#mayAsk(chat)) throw new Error(event.error.message);
    }
  }

  async choose(names: readonly string[]): Promise<void> {
    await this.#options.settings.set('languageModels', names.length === 0 ? undefined : [...names]);
    await this.look();
  }

  /** @throws ServerError when the user has not chosen it */
  generator(name: string, initiative: Initiative): CandidateGenerator {
    if (!this.chosenNames.includes(name)) throw languageModelNotChosen(name);
    const max = this.#options.settings.get('serverConcurrency');
    // One limit on requests at a time for all models and prompts.
    if (this.#slots?.max !== max) {
      this.#slots = { max, slots: new Slots(max) };
      this.#generators.clear();
    }
    const key = `${initiative} ${name}`;
    const made = this.#generators.get(key);
    if (made !== undefined) return made;
    const title = this.#titleOf(name);
    const { slots } = this.#slots;
    const generator = languageModelGenerator({
      name,
      title,
      slots,
      find: () => this.#askable(name, title, initiative),
    });
    this.#generators.set(key, generator);
    return generator;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** The model as it is now, if it may be asked now. */
  async #askable(name: string, title: string, initiative: Initiative): Promise<LanguageModel | undefined> {
    if (!vscode.workspace.isTrusted)
      throw new Error(vscode.l10n.t('This folder is open in Restricted Mode: models stay off until you trust it.'));
    if (!this.chosenNames.includes(name)) throw languageModelNotChosen(name);
    const chat = await find(name);
    if (chat === undefined) return undefined;
    if (initiative === 'ahead' && !this.#mayAsk(chat)) throw languageModelNotAllowed(title);
    return portOf(chat);
  }

  #mayAsk(chat: vscode.LanguageModelChat): boolean {
    return this.#options.access.canSendRequest(chat) === true;
  }

  #titleOf(name: string): string {
    return this.#titles.get(name) ?? languageModelSelector(name)?.id ?? name;
  }

  #see(there: ReadonlyMap<string, vscode.LanguageModelChat> | undefined): void {
    this.#there = there;
    for (const [name, chat] of there ?? []) if (chat.name !== '') this.#titles.set(name, chat.name);
  }

  /** In some versions of VS Code a look itself tells of a change: looks that find none come ever more seldom, 5 s at most. */
  #lookSoon(): void {
    if (this.#timer !== undefined || (this.chosenNames.length === 0 && this.#there === undefined)) return;
    const waitMs = Math.max(0, this.#lookedAt + this.#pauseMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.look();
    }, waitMs);
  }

  #tell(): void {
    const now = JSON.stringify(this.chosen);
    this.#pauseMs = now === this.#told ? Math.min(5000, Math.max(125, this.#pauseMs * 2)) : 0;
    if (now === this.#told) return;
    this.#told = now;
    this.#onDidChange.fire();
  }
}

/** Those whose names are of a reasonable length, by name. */
async function allThere(): Promise<ReadonlyMap<string, vscode.LanguageModelChat>> {
  const chats = await vscode.lm.selectChatModels();
  const named = chats.map((chat): [string, vscode.LanguageModelChat] => [languageModelName(chat), chat]);
  return new Map(named.filter(([name]) => name.length <= maxLanguageModelName));
}

async function find(name: string): Promise<vscode.LanguageModelChat | undefined> {
  const selector = languageModelSelector(name);
  if (selector === undefined) return undefined;
  const chats = await vscode.lm.selectChatModels({ vendor: selector.vendor, id: selector.id });
  return chats.find((chat) => languageModelName(chat) === name);
}

const offeredOf = (name: string, chat: vscode.LanguageModelChat): OfferedModel => ({
  name,
  title: chat.name === '' ? chat.id : chat.name,
  vendor: chat.vendor,
  family: chat.family,
  version: chat.version,
  maxInputTokens: chat.maxInputTokens,
});

const portOf = (chat: vscode.LanguageModelChat): LanguageModel => ({
  send: (turns, options, signal) => stream(chat, turns, options, signal),
  countTokens: (text, signal) => tokensOf(chat, text, signal),
});

/** The text of one answer. Other parts (thoughts, calls of tools) are no part of it. */
async function* stream(
  chat: vscode.LanguageModelChat,
  turns: readonly LanguageModelTurn[],
  modelOptions: Readonly<Record<string, number>>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const messages = turns.map(({ role, content }) =>
    role === 'user'
      ? vscode.LanguageModelChatMessage.User(content)
      : vscode.LanguageModelChatMessage.Assistant(content),
  );
  const justification = vscode.l10n.t('Touchstone has it answer prompts, for people to judge the answers.');
  const { token, release } = tokenOf(signal);
  try {
    signal.throwIfAborted();
    const response = await chat.sendRequest(messages, { justification, modelOptions }, token);
    for await (const part of response.stream) if (part instanceof vscode.LanguageModelTextPart) yield part.value;
  } finally {
    release();
  }
}

async function tokensOf(chat: vscode.LanguageModelChat, text: string, signal: AbortSignal): Promise<number> {
  const { token, release } = tokenOf(signal);
  try {
    return await chat.countTokens(text, token);
  } finally {
    release();
  }
}

/** The token of a signal, until it is released. */
function tokenOf(signal: AbortSignal): { readonly token: vscode.CancellationToken; readonly release: () => void } {
  const source = new vscode.CancellationTokenSource();
  const cancel = (): void => source.cancel();
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  const release = (): void => {
    signal.removeEventListener('abort', cancel);
    source.dispose();
  };
  return { token: source.token, release };
}
