import * as vscode from 'vscode';
import { commandIds, viewIds } from '../contributions/index.js';
import { plainLabel } from '../core/index.js';
import { isLanguageModelName } from '../generation/index.js';
import type { InstalledModel } from '../models/index.js';
import type { ActiveProject } from './activeProject.js';
import { command, signalOf } from './edge.js';
import type { Models } from './models.js';
import { megabytes } from './modelsView.js';

export interface ModelCommandsOptions {
  readonly models: Models;
  readonly projects: ActiveProject;
  readonly log: vscode.LogOutputChannel;
}

/** What can answer: a catalogue entry, a file, a server, a language model of VS Code. Only in a trusted folder, and only when asked. */
export function registerModelCommands({ models, projects, log }: ModelCommandsOptions): vscode.Disposable {
  const addModel = async (given: unknown): Promise<InstalledModel | undefined> => {
    refuseUntrusted();
    const asked = typeof given === 'string' ? given : await pickSource(models);
    const source = asked === fileSource ? await askFile() : asked;
    if (source === undefined) return undefined;
    if (source === server) return vscode.commands.executeCommand(commandIds.useServer);
    if (source === languageModel) return vscode.commands.executeCommand(commandIds.useLanguageModel);
    return vscode.window.withProgress(
      { location: { viewId: viewIds.models }, title: vscode.l10n.t('Adding the model'), cancellable: true },
      (progress, token) =>
        models.add(source, signalOf(token), ({ step, doneBytes, totalBytes }) =>
          progress.report({
            message: totalBytes > 0 ? `${step} ${Math.floor((100 * doneBytes) / totalBytes)}%` : step,
          }),
        ),
    );
  };

  const useServer = async (): Promise<void> => {
    refuseUntrusted();
    const address = await vscode.window.showInputBox({
      title: vscode.l10n.t('Use a server (1 of 3)'),
      prompt: vscode.l10n.t('Address of an OpenAI-compatible server: vLLM, SGLang, llama.cpp, Ollama, LM Studio'),
      value: models.server?.address ?? 'http://127.0.0.1:8000/v1',
      ignoreFocusOut: true,
      validateInput: addressProblem,
    });
    if (address === undefined) return;
    const model = await vscode.window.showInputBox({
      title: vscode.l10n.t('Use a server (2 of 3)'),
      prompt: vscode.l10n.t('Name of the model on the server'),
      value: models.server?.model ?? '',
      ignoreFocusOut: true,
      validateInput: (name) => (name.trim() === '' ? vscode.l10n.t('The server wants a name.') : undefined),
    });
    if (model === undefined) return;
    const key = await vscode.window.showInputBox({
      title: vscode.l10n.t('Use a server (3 of 3)'),
      prompt: vscode.l10n.t(
        'Key, if the server wants one. It is kept in the secret storage and sent to {0} only.',
        originOf(address),
      ),
      password: true,
      ignoreFocusOut: true,
    });
    if (key === undefined) return;
    await models.useServer({ address: address.trim(), model: model.trim() }, key);
  };

  const useLocalModel = async (): Promise<void> => {
    await models.load();
    const picked =
      models.installed.length < 2
        ? { name: undefined }
        : await vscode.window.showQuickPick(
            models.installed.map((model) => ({
              label: plainLabel(model.title),
              description: megabytes(model.sizeBytes),
              name: model.isDefault ? undefined : model.name,
            })),
            { title: vscode.l10n.t('Use local model') },
          );
    if (picked === undefined) return;
    const project = await projects.opened();
    const { lineUp } = project?.config ?? { lineUp: [] };
    const others = lineUp.filter((name) => !isLanguageModelName(name));
    if (others.length < lineUp.length) await project?.updateConfig({ lineUp: others });
    await models.useLocalModel(picked.name);
  };

  return vscode.Disposable.from(
    command(commandIds.addModel, log, addModel),
    command(commandIds.useServer, log, useServer),
    command(commandIds.useLocalModel, log, useLocalModel),
  );
}

export function refuseUntrusted(): void {
  if (!vscode.workspace.isTrusted)
    throw new Error(vscode.l10n.t('This folder is open in Restricted Mode. Trust it first: Manage Workspace Trust.'));
}

/** Stands for "a server" among the sources. */
const server = '\0server';
/** Stands for "a language model of VS Code". */
const languageModel = '\0language model';
/** Stands for a file that is asked for; links name it too. */
const fileSource = 'file:';

async function pickSource(models: Models): Promise<string | undefined> {
  await models.load();
  const picked = await vscode.window.showQuickPick(
    [
      ...models.catalogue.map((entry) => ({
        label: `$(cloud-download) ${plainLabel(entry.title)}`,
        description: megabytes(entry.sizeBytes),
        detail: models.installed.some(({ sha256 }) => sha256 === entry.sha256)
          ? vscode.l10n.t('{0}, on this machine', plainLabel(entry.license))
          : plainLabel(entry.license),
        source: entry.name,
      })),
      { label: `$(folder-opened) ${vscode.l10n.t('A model on this disk…')}`, description: 'GGUF', source: fileSource },
      {
        label: `$(server) ${vscode.l10n.t('A server…')}`,
        description: 'vLLM, SGLang, llama.cpp, Ollama, LM Studio',
        source: server,
      },
      {
        label: `$(cloud) ${vscode.l10n.t('A language model of VS Code…')}`,
        description: vscode.l10n.t('GitHub Copilot, and others that extensions bring'),
        source: languageModel,
      },
    ],
    { title: vscode.l10n.t('Choose a model that answers'), matchOnDescription: true },
  );
  return picked?.source;
}

async function askFile(): Promise<string | undefined> {
  const files = await vscode.window.showOpenDialog({
    canSelectMany: false,
    openLabel: vscode.l10n.t('Add'),
    filters: { GGUF: ['gguf'], [vscode.l10n.t('All files')]: ['*'] },
  });
  return files?.[0]?.fsPath;
}

function addressProblem(text: string): string | undefined {
  try {
    const { protocol, username, password } = new URL(text.trim());
    if (protocol !== 'http:' && protocol !== 'https:')
      return vscode.l10n.t('The address begins with http:// or https://.');
    if (username !== '' || password !== '')
      return vscode.l10n.t('Leave name and password out of the address; the key comes next.');
    return undefined;
  } catch {
    return vscode.l10n.t('This is no address, e.g. http://127.0.0.1:8000/v1.');
  }
}

function originOf(address: string): string {
  return new URL(address.trim()).origin;
}
