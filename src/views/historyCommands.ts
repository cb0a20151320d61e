import * as vscode from 'vscode';
import { commandIds, contextKeys } from '../contributions/index.js';
import { plainLabel, plainLine, type JudgementStatus } from '../core/index.js';
import { judgementWords, type HistoryEntry } from '../labeling/index.js';
import { command } from './edge.js';
import type { LabelingDesk } from './labelingDesk.js';
import type { Settings } from './settings.js';

export interface HistoryCommandsOptions {
  readonly desk: LabelingDesk;
  readonly settings: Settings;
  readonly log: vscode.LogOutputChannel;
}

/** How long what a command did stands in the status bar, milliseconds. */
const tellMs = 8000;

/** What was said of the prompt on the screen, and a lead's word as its gold. */
export function registerHistoryCommands({ desk, settings, log }: HistoryCommandsOptions): vscode.Disposable {
  const isLead = (): boolean => desk.project?.config.leads.includes(settings.labeler()) === true;
  const showLead = (): void =>
    void vscode.commands.executeCommand('setContext', contextKeys.lead, desk.project !== undefined && isLead());
  showLead();
  return vscode.Disposable.from(
    desk.onDidChangeSession(showLead),
    desk.onDidChangeSettings(showLead),
    command(commandIds.showHistory, log, () => showHistory(desk)),
    command(commandIds.useAsGold, log, () => useAsGold(desk, isLead())),
  );
}

async function showHistory({ session }: LabelingDesk): Promise<void> {
  const promptId = session?.current;
  if (session === undefined || promptId === undefined) return;
  const order = session.history.orderOf(promptId);
  const entries = session.history.of(promptId);
  if (entries.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Nothing was said of this prompt before.'));
    return;
  }
  const itemOf = (entry: HistoryEntry): vscode.QuickPickItem & { readonly entry: HistoryEntry } => {
    const { judgement, isOwn, holds } = entry;
    const when = new Date(judgement.at).toLocaleString(vscode.env.language);
    const who = isOwn ? statusWords(judgement.status) : plainLabel(plainLine(judgement.labeler));
    return {
      label: `${who}, ${when}`,
      ...(isOwn && holds ? { description: vscode.l10n.t('holds') } : {}),
      detail: plainLabel(plainLine(judgementWords(judgement, order))),
      entry,
    };
  };
  const others = entries.filter(({ isOwn }) => !isOwn);
  const separator = { label: vscode.l10n.t('What others say, to look at'), kind: vscode.QuickPickItemKind.Separator };
  const picked = await vscode.window.showQuickPick(
    [
      ...entries.filter(({ isOwn }) => isOwn).map(itemOf),
      ...(others.length > 0 ? [separator] : []),
      ...others.map(itemOf),
    ],
    {
      title: vscode.l10n.t('History'),
      placeHolder: vscode.l10n.t('One of your own becomes the draft again'),
      matchOnDetail: true,
      ignoreFocusOut: true,
    },
  );
  if (picked === undefined || !('entry' in picked)) return;
  await session.history.open(promptId, picked.entry.judgement.id);
  await vscode.commands.executeCommand(commandIds.startLabeling);
}

function statusWords(status: JudgementStatus): string {
  switch (status) {
    case 'draft':
      return vscode.l10n.t('Taken back');
    case 'submitted':
      return vscode.l10n.t('Submitted');
    case 'skipped':
      return vscode.l10n.t('Skipped');
    case 'discarded':
      return vscode.l10n.t('Discarded');
  }
}

async function useAsGold({ session }: LabelingDesk, isLead: boolean): Promise<void> {
  const promptId = session?.current;
  if (session === undefined || promptId === undefined || !isLead) return;
  switch (await session.history.makeGold(promptId)) {
    case 'made':
      vscode.window.setStatusBarMessage(vscode.l10n.t('Your judgement is the gold of this prompt'), tellMs);
      return;
    case 'taken-away':
      vscode.window.setStatusBarMessage(vscode.l10n.t('This prompt has no gold any more'), tellMs);
      return;
    case 'not-judged':
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Submit your own judgement of this prompt first, then open it from the queue.'),
      );
      return;
    case 'says-nothing':
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Your judgement says nothing of the answers that others could be compared with.'),
      );
  }
}
