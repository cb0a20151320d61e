import * as vscode from 'vscode';
import { commandIds, viewIds } from '../contributions/index.js';
import { defaultSampling, Sampling } from '../core/index.js';
import { generateCandidates, lackingPrompts, type GenerateReport } from '../generation/index.js';
import type { ActiveProject } from './activeProject.js';
import type { AnswersAhead } from './answersAhead.js';
import { command, signalOf } from './edge.js';
import { refuseUntrusted } from './modelCommands.js';
import type { Models } from './models.js';

export interface GenerateCommandOptions {
  readonly projects: ActiveProject;
  readonly models: Models;
  readonly answers: AnswersAhead;
  readonly log: vscode.LogOutputChannel;
}

/** Candidates for all prompts that lack them, with progress and a way to stop; what is there is kept. */
export function registerGenerateCommand({ projects, models, answers, log }: GenerateCommandOptions): vscode.Disposable {
  return command(commandIds.generateCandidates, log, async (limit: unknown): Promise<GenerateReport | undefined> => {
    refuseUntrusted();
    const project = await projects.opened();
    if (project === undefined) return undefined;
    const plan = {
      generators: await models.generators(project.config.lineUp, 'person'),
      nCandidates: project.config.candidates,
      sampling: Sampling.parse({ ...defaultSampling, ...project.config.sampling }),
      nAtOnce: models.nAtOnce(project.config.lineUp),
      ...(typeof limit === 'number' ? { limit } : {}),
    };
    const nLacking = lackingPrompts(project, plan).length;
    if (nLacking === 0) {
      void vscode.window.showInformationMessage(vscode.l10n.t('Every prompt has its candidates.'));
      return undefined;
    }
    const resume = answers.pause();
    try {
      return await vscode.window.withProgress(
        { location: { viewId: viewIds.queue }, title: vscode.l10n.t('Writing candidates'), cancellable: true },
        (progress, token) => {
          let nDone = 0;
          return generateCandidates(
            project,
            {
              ...plan,
              onEvent: (event) => {
                if (event.type !== 'prompt-end') return;
                nDone += 1;
                progress.report({
                  message: vscode.l10n.t('{0} of {1}', nDone, nLacking),
                  increment: 100 / nLacking,
                });
              },
            },
            signalOf(token),
          );
        },
      );
    } finally {
      resume();
    }
  });
}
