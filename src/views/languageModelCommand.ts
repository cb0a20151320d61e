import * as vscode from 'vscode';
import { commandIds } from '../contributions/index.js';
import { plainLabel, plainLine, plainMessage } from '../core/index.js';
import { isLanguageModelName } from '../generation/index.js';
import type { Project } from '../store/index.js';
import type { ActiveProject } from './activeProject.js';
import { command, signalOf } from './edge.js';
import { refuseUntrusted } from './modelCommands.js';
import type { Models } from './models.js';

export interface LanguageModelCommandOptions {
  readonly models: Models;
  readonly projects: ActiveProject;
  readonly log: vscode.LogOutputChannel;
}

interface ModelItem extends vscode.QuickPickItem {
  readonly name: string;
  readonly title: string;
  readonly vendor: string;
}

/**
 * *Use a Language Model of VS Code*: which of them may be asked, kept with the user; and what of them writes the answers of
 * this project, kept in its line-up. Says once that prompts leave the machine, and has VS Code ask for its consent here, where
 * a person waits for it. Resolves to the names that are chosen now, undefined when nothing was.
 */
export function registerLanguageModelCommand(options: LanguageModelCommandOptions): vscode.Disposable {
  const { models, projects, log } = options;
  const { languageModels } = models;
  return command(commandIds.useLanguageModel, log, async (): Promise<readonly string[] | undefined> => {
    refuseUntrusted();
    const picked = await pickModels(models);
    if (picked === undefined) return undefined;
    const names = picked.map(({ name }) => name);
    const added = picked.filter(({ name }) => !languageModels.chosenNames.includes(name));
    if (added.length > 0) {
      if (!(await confirm(added))) return undefined;
      await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Asking the model'), cancellable: true },
        async (_, token) => {
          const signal = signalOf(token);
          for (const { name } of added) await languageModels.allow(name, signal);
        },
      );
    }
    await languageModels.choose(names);
    const project = await projects.opened();
    if (project !== undefined) await askLineUp(project, models, picked, added.length > 0);
    return names;
  });
}

async function pickModels({ languageModels }: Models): Promise<readonly ModelItem[] | undefined> {
  const offered = await languageModels.offered();
  const { chosen } = languageModels;
  const gone = chosen.filter(({ name }) => !offered.some((model) => model.name === name));
  const items: readonly ModelItem[] = [
    ...offered.map((model) => ({
      label: plainLabel(model.title),
      description: plainLabel([model.vendor, model.family, model.version].filter((word) => word !== '').join(' · ')),
      detail: vscode.l10n.t('Up to {0} tokens a request', model.maxInputTokens),
      picked: chosen.some(({ name }) => name === model.name),
      name: model.name,
      title: model.title,
      vendor: model.vendor,
    })),
    ...gone.map(({ name, title, vendor }) => ({
      label: plainLabel(title),
      description: plainLabel(vendor),
      detail: vscode.l10n.t('not there now'),
      picked: true,
      name,
      title,
      vendor,
    })),
  ];
  if (items.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'VS Code offers no language model here. Install an extension that brings some, such as GitHub Copilot Chat, sign in, and try again.',
      ),
    );
    return undefined;
  }
  return vscode.window.showQuickPick([...items], {
    canPickMany: true,
    title: vscode.l10n.t('Language models of VS Code that may answer'),
    placeHolder: vscode.l10n.t('Prompts are sent to the provider of each that you choose'),
    matchOnDescription: true,
  });
}

/** Said once for each model: what leaves the machine, and who decides what its answers are good for. */
async function confirm(added: readonly ModelItem[]): Promise<boolean> {
  const titles = added.map(({ title }) => plainLine(title)).join(', ');
  const vendors = [...new Set(added.map(({ vendor }) => plainLine(vendor)))].join(', ');
  const use = vscode.l10n.t('Use');
  const answer = await vscode.window.showWarningMessage(
    plainMessage(vscode.l10n.t('Let {0} answer prompts?', titles)),
    {
      modal: true,
      detail: [
        vscode.l10n.t(
          'Prompts leave this machine: each is sent, with the turns before it, to the provider ({0}) through the extension that brings the model.',
          vendors,
        ),
        vscode.l10n.t("The provider's terms decide whether its answers may be used to train a model."),
      ].join('\n\n'),
    },
    use,
  );
  return answer === use;
}

/** What writes the answers of this project. What is not chosen any more leaves its line-up in any case. */
async function askLineUp(
  project: Project,
  models: Models,
  chosen: readonly ModelItem[],
  hasAdded: boolean,
): Promise<void> {
  const names = chosen.map(({ name }) => name);
  const { lineUp } = project.config;
  const kept = lineUp.filter((name) => !isLanguageModelName(name) || names.includes(name));
  const now = kept.length > 0 ? kept : models.installed.slice(0, 1).map(({ name }) => name);
  const titles = chosen.map(({ title }) => plainLabel(title)).join(', ');
  const others = now.filter((name) => !names.includes(name));
  const picked = !hasAdded
    ? undefined
    : await vscode.window.showQuickPick(
        [
          { label: vscode.l10n.t('Only what I chose'), description: titles, lineUp: names },
          ...(others.length === 0
            ? []
            : [
                {
                  label: vscode.l10n.t('In turn with the others'),
                  description: [...others.map((name) => plainLabel(name)), titles].join(', '),
                  lineUp: [...others, ...names],
                },
              ]),
          { label: vscode.l10n.t('As before'), description: vscode.l10n.t('ask in the playground only'), lineUp: kept },
        ],
        { title: vscode.l10n.t('What writes the answers of {0}?', plainLine(project.config.name)) },
      );
  const wanted = picked?.lineUp ?? kept;
  if (wanted.join('\n') === lineUp.join('\n')) return;
  await project.updateConfig({ lineUp: [...wanted] });
  await models.useLineUp(wanted.some(isLanguageModelName));
}
