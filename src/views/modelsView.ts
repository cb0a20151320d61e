import path from 'node:path';
import * as vscode from 'vscode';
import { viewIds } from '../contributions/index.js';
import { plainLine } from '../core/index.js';
import type { InstalledModel } from '../models/index.js';
import type { ChosenModel } from './languageModels.js';
import type { Download, Models, Server } from './models.js';

type ModelItem =
  | { readonly kind: 'server'; readonly server: Server }
  | { readonly kind: 'installed'; readonly model: InstalledModel }
  | { readonly kind: 'language-model'; readonly model: ChosenModel }
  | { readonly kind: 'download'; readonly download: Download };

/** Models: the server in use, those of this machine with what computes them, those of VS Code, downloads under way. */
export class ModelsView implements vscode.TreeDataProvider<ModelItem>, vscode.Disposable {
  readonly #models: Models;
  readonly #subscriptions: readonly vscode.Disposable[];
  readonly onDidChangeTreeData: vscode.Event<void>;

  constructor(models: Models) {
    this.#models = models;
    this.onDidChangeTreeData = models.onDidChange;
    this.#subscriptions = [vscode.window.createTreeView(viewIds.models, { treeDataProvider: this })];
  }

  async getChildren(item?: ModelItem): Promise<ModelItem[]> {
    if (item !== undefined || !vscode.workspace.isTrusted) return [];
    await this.#models.load();
    const { server, installed, downloads, languageModels } = this.#models;
    return [
      ...(server === undefined ? [] : [{ kind: 'server' as const, server }]),
      ...installed.map((model) => ({ kind: 'installed' as const, model })),
      ...languageModels.chosen.map((model) => ({ kind: 'language-model' as const, model })),
      ...downloads.map((download) => ({ kind: 'download' as const, download })),
    ];
  }

  getTreeItem(item: ModelItem): vscode.TreeItem {
    switch (item.kind) {
      case 'server':
        return serverItem(item.server);
      case 'installed':
        return this.#installedItem(item.model);
      case 'language-model':
        return languageModelItem(item.model);
      case 'download':
        return downloadItem(item.download);
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #installedItem(model: InstalledModel): vscode.TreeItem {
    const { state } = this.#models.engine;
    const isLoaded = state.model === model.name && state.status !== 'off';
    const item = new vscode.TreeItem(plainLine(model.title));
    item.id = `model ${model.name}`;
    item.iconPath = new vscode.ThemeIcon(isLoaded && state.status === 'ready' ? 'circle-filled' : 'package');
    item.description = isLoaded ? engineWords(state) : megabytes(model.sizeBytes);
    item.tooltip = [
      plainLine(model.title),
      vscode.l10n.t('Architecture: {0}', plainLine(model.architecture)),
      vscode.l10n.t('File: {0} ({1})', plainLine(path.basename(model.file)), megabytes(model.sizeBytes)),
      `SHA-256: ${model.sha256}`,
      vscode.l10n.t('From: {0}', plainLine(model.source)),
      ...(isLoaded && state.reason !== undefined ? [plainLine(state.reason)] : []),
    ].join('\n');
    item.contextValue = 'model';
    return item;
  }
}

/** `CPU, 220 tok/s`, or what the engine is at. */
export function engineWords(state: Models['engine']['state']): string {
  switch (state.status) {
    case 'off':
      return '';
    case 'starting':
      return vscode.l10n.t('loading');
    case 'failed':
      return vscode.l10n.t('failed');
    case 'ready': {
      const device = deviceName(state.device ?? 'cpu');
      return state.tokensPerSecond === undefined
        ? device
        : vscode.l10n.t('{0}, {1} tok/s', device, Math.round(state.tokensPerSecond));
    }
  }
}

const deviceName = (device: string): string => (device === 'webgpu' ? 'WebGPU' : plainLine(device).toUpperCase());

function serverItem({ address, model }: Server): vscode.TreeItem {
  const item = new vscode.TreeItem(plainLine(model === '' ? address : model));
  item.id = 'server';
  item.description = plainLine(address);
  item.tooltip = vscode.l10n.t('Answers are written by the server at {0}.', plainLine(address));
  item.iconPath = new vscode.ThemeIcon('server');
  item.contextValue = 'server';
  return item;
}

function languageModelItem({ name, title, vendor, state, offered }: ChosenModel): vscode.TreeItem {
  const item = new vscode.TreeItem(plainLine(title));
  item.id = `language model ${name}`;
  const words: Readonly<Record<ChosenModel['state'], string>> = {
    looking: '',
    ready: '',
    'not-allowed': vscode.l10n.t('not allowed yet'),
    gone: vscode.l10n.t('not there now'),
  };
  item.description = [plainLine(vendor), words[state]].filter((word) => word !== '').join(' · ');
  item.tooltip = [
    vscode.l10n.t(
      'A language model of VS Code. Prompts that it answers are sent to its provider ({0}).',
      plainLine(vendor),
    ),
    vscode.l10n.t("The provider's terms decide whether its answers may be used to train a model."),
    vscode.l10n.t('Name in a line-up: {0}', plainLine(name)),
    ...(offered === undefined
      ? []
      : [
          vscode.l10n.t('Family and version: {0}', plainLine([offered.family, offered.version].join(' '))),
          vscode.l10n.t('Up to {0} tokens a request', offered.maxInputTokens),
        ]),
  ].join('\n');
  item.iconPath = new vscode.ThemeIcon(state === 'gone' || state === 'not-allowed' ? 'warning' : 'cloud');
  item.contextValue = 'languageModel';
  return item;
}

function downloadItem({ name, progress }: Download): vscode.TreeItem {
  const item = new vscode.TreeItem(plainLine(path.basename(name)));
  item.id = `download ${name}`;
  const share = progress.totalBytes > 0 ? `${Math.floor((100 * progress.doneBytes) / progress.totalBytes)}%` : '';
  item.description = [plainLine(progress.step), share].filter((part) => part !== '').join(' ');
  item.iconPath = new vscode.ThemeIcon('cloud-download');
  item.contextValue = 'download';
  return item;
}

export const megabytes = (bytes: number): string => vscode.l10n.t('{0} MB', Math.round(bytes / 1_000_000));
