import { userInfo } from 'node:os';
import * as vscode from 'vscode';
import { z } from 'zod';
import { guardedSettings, settingNames, settingsSection } from '../contributions/index.js';
import { checkName, safeFileName } from '../core/index.js';
import type { DeviceChoice } from '../engine/index.js';
import { maxLanguageModelName } from '../generation/index.js';
import type { LabelingSettings } from '../protocol.js';

interface SettingValues {
  readonly labeler: string;
  readonly model: string;
  readonly device: DeviceChoice;
  readonly serverAddress: string;
  readonly serverModel: string;
  readonly serverConcurrency: number;
  readonly languageModels: readonly string[];
  readonly python: string;
  readonly customCommand: readonly string[];
  readonly ahead: number;
  readonly keys: Readonly<Record<string, string>>;
  readonly singleKeys: boolean;
  readonly impliedLast: boolean;
  readonly pairGoOn: LabelingSettings['pair']['goOn'];
  readonly layout: LabelingSettings['layout'];
  readonly readingWidth: number;
  readonly fontSize: number;
  readonly hints: boolean;
}
type SettingName = keyof SettingValues & keyof typeof settingNames;

/** What `settings.json` may hold for each setting; anything else counts as the default. */
const schemas: { readonly [Name in SettingName]: z.ZodType<SettingValues[Name]> } = {
  labeler: z.string().max(64),
  model: z.string().max(256),
  device: z.enum(['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml']),
  serverAddress: z.string().max(2048),
  serverModel: z.string().max(256),
  serverConcurrency: z.int().min(1).max(64),
  languageModels: z.array(z.string().max(maxLanguageModelName)).max(64),
  python: z.string().max(4096),
  customCommand: z.array(z.string().max(4096)).max(256),
  ahead: z.int().min(0).max(100),
  // `keys.single` is a setting of its own, which VS Code folds into the value of `keys`.
  keys: z
    .record(z.string(), z.unknown())
    .transform((keys) =>
      Object.fromEntries(
        Object.entries(keys).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      ),
    ),
  singleKeys: z.boolean(),
  impliedLast: z.boolean(),
  pairGoOn: z.enum(['enter', 'atOnce']),
  layout: z.enum(['auto', 'columns', 'stack', 'single']),
  readingWidth: z.int().min(40).max(200),
  fontSize: z.int().min(0).max(40),
  hints: z.boolean(),
};

/** The user's settings. Those that name a program, an address, a device or a person are read past any workspace. */
export class Settings implements vscode.Disposable {
  readonly #onDidChange = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#onDidChange.event;
  readonly #subscription = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(settingsSection)) this.#onDidChange.fire();
  });

  get<Name extends SettingName>(name: Name): SettingValues[Name] {
    const section = vscode.workspace.getConfiguration(settingsSection);
    const key = settingNames[name];
    const inspected = section.inspect(key);
    const raw = guardedSettings.includes(key) ? inspected?.globalValue : section.get(key);
    const schema = schemas[name];
    return (raw === undefined ? undefined : schema.safeParse(raw).data) ?? schema.parse(inspected?.defaultValue);
  }

  /** In the user's settings, never in a workspace's. */
  async set<Name extends SettingName>(name: Name, value: SettingValues[Name] | undefined): Promise<void> {
    await vscode.workspace
      .getConfiguration(settingsSection)
      .update(settingNames[name], value, vscode.ConfigurationTarget.Global);
  }

  /** The name in the judgements: the setting, else the account's name on this machine; one that can name a file. */
  labeler(): string {
    const name = this.get('labeler').trim().normalize('NFC') || accountName() || 'labeler';
    return checkName(name) === undefined ? name : safeFileName(name);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#onDidChange.dispose();
  }
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // No account of this number, as in some containers.
    return '';
  }
}
