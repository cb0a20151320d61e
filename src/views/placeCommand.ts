import * as vscode from 'vscode';
import { commandIds } from '../contributions/index.js';
import { placeActionOf } from '../labeling/index.js';

/** Letters and digits of the labeling page as a command: with an argument a key can be bound to it, without one it asks. */
export const placeCommand = (act: (action: string) => void): vscode.Disposable =>
  vscode.commands.registerCommand(commandIds.placeAnswer, async (given: unknown) => {
    const prompt = vscode.l10n.t(
      'B places that answer next, =B ties it with the one before, 2 is the place of the focused answer.',
    );
    const typed =
      typeof given === 'string'
        ? given
        : await vscode.window.showInputBox({
            title: vscode.l10n.t('Place an answer'),
            prompt,
            validateInput: (value) => (value === '' || placeActionOf(value) !== undefined ? undefined : prompt),
          });
    const action = placeActionOf(typed ?? '');
    if (action !== undefined) act(action);
  });
