import * as vscode from 'vscode';
import { commandIds } from '../contributions/index.js';
import { plainLabel, plainLine } from '../core/index.js';
import { continueConversation } from '../labeling/index.js';
import { command } from './edge.js';
import type { LabelingDesk } from './labelingDesk.js';

/** The prompt on the screen goes on: with one of its answers, and what the user says next. */
export function registerContinueCommand({
  desk,
  log,
}: {
  readonly desk: LabelingDesk;
  readonly log: vscode.LogOutputChannel;
}): vscode.Disposable {
  return command(commandIds.continueConversation, log, async () => {
    const { session, project } = desk;
    const promptId = session?.current;
    if (session === undefined || project === undefined || promptId === undefined) return undefined;
    // By letter, as on the screen, and improved where the labeler improved it: no model shows through.
    const shownAnswers = project
      .candidatesOf(promptId)
      .flatMap(({ id }) => {
        const shown = session.improvement(promptId, id);
        return shown === undefined ? [] : [{ candidateId: id, letter: shown.letter, text: shown.text }];
      })
      .sort((a, b) => (a.letter < b.letter ? -1 : 1));
    const own = session.ownAnswer(promptId);
    const composed =
      own === undefined || own.text.trim() === ''
        ? []
        : [{ candidateId: own.parent, letter: own.letter, text: own.text }];
    const answers = [...shownAnswers, ...composed];
    const title = vscode.l10n.t('Continue Conversation');
    const picked = await vscode.window.showQuickPick(
      answers.map((answer) => ({
        label: vscode.l10n.t('Answer {0}', answer.letter),
        detail: plainLabel(plainLine(answer.text).slice(0, 160)),
        answer,
      })),
      {
        title,
        placeHolder: vscode.l10n.t('The answer that the conversation goes on with'),
        matchOnDetail: true,
        ignoreFocusOut: true,
      },
    );
    if (picked === undefined) return undefined;
    const user = await vscode.window.showInputBox({
      title,
      prompt: vscode.l10n.t('What the user says next'),
      ignoreFocusOut: true,
      validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('Write the next turn.') : undefined),
    });
    if (user === undefined) return undefined;
    const { candidateId, text } = picked.answer;
    const next = await continueConversation(project, { promptId, candidateId, answer: text, user });
    await vscode.commands.executeCommand(commandIds.openPrompt, next);
    return next;
  });
}
