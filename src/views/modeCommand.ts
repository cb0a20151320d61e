import * as vscode from 'vscode';
import { commandIds } from '../contributions/index.js';
import { JudgingMode, judgingModes, usualCandidates, type ProjectConfig } from '../core/index.js';
import type { ActiveProject } from './activeProject.js';
import { command } from './edge.js';

/**
 * *Choose How to Judge*: writes the way into `touchstone.json`, for all who work on the project. What was judged in another
 * way stays as it is.
 */
export function registerModeCommand(projects: ActiveProject, log: vscode.LogOutputChannel): vscode.Disposable {
  return command(commandIds.chooseMode, log, async (wanted?: unknown) => {
    const project = await projects.opened();
    if (project === undefined) return undefined;
    const mode = JudgingMode.safeParse(wanted).data ?? (await askMode(project.config.mode));
    if (mode === undefined || mode === project.config.mode) return mode;
    await project.updateConfig(changeTo(mode, project.config));
    return mode;
  });
}

/** The number of candidates goes along where it was the former way's own; ratings need a rubric. */
function changeTo(mode: JudgingMode, config: ProjectConfig): Partial<ProjectConfig> {
  return {
    mode,
    ...(config.candidates === usualCandidates(config.mode) && { candidates: usualCandidates(mode) }),
    ...(mode === 'rate' && config.rubric === undefined && { rubric: 'helpsteer' as const }),
  };
}

async function askMode(now: JudgingMode): Promise<JudgingMode | undefined> {
  const words: Readonly<Record<JudgingMode, readonly [label: string, detail: string]>> = {
    rank: [vscode.l10n.t('Rank'), vscode.l10n.t('Put all answers in order, ties and a good-enough line included')],
    pair: [vscode.l10n.t('Pair'), vscode.l10n.t('Say which of two answers is better, and by how much')],
    best: [vscode.l10n.t('Best of several'), vscode.l10n.t('Pick the best answer')],
    rate: [
      vscode.l10n.t('Rate'),
      vscode.l10n.t('Score attributes of each answer; HelpSteer’s five unless “rubric” says else'),
    ],
    steps: [vscode.l10n.t('Steps'), vscode.l10n.t('Judge each step of the reasoning, up to the first wrong one')],
    thumbs: [vscode.l10n.t('Thumbs'), vscode.l10n.t('Say good or bad of each answer')],
    compose: [vscode.l10n.t('Compose'), vscode.l10n.t('Make the right answer of parts of the others, or write it')],
  };
  const items = judgingModes.map((mode) => ({
    label: words[mode][0],
    description: mode === now ? vscode.l10n.t('{0}, as now', mode) : mode,
    detail: words[mode][1],
    mode,
  }));
  const title = vscode.l10n.t('Choose How to Judge');
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true, matchOnDetail: true }))?.mode;
}
