import * as vscode from 'vscode';
import { plainMessage, plainText, serializeError } from '../core/index.js';

/** The signal of a token: what is long takes a signal, wherever it runs. */
export function signalOf(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}

/**
 * The edge at which errors are shown: what a command throws becomes one message with the log a button away. Cancellation
 * shows nothing.
 */
export function command<Arguments extends unknown[], Result>(
  id: string,
  log: vscode.LogOutputChannel,
  execute: (...given: Arguments) => Result | Promise<Result>,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...given: Arguments) => {
    try {
      return await execute(...given);
    } catch (error) {
      if (isCancellation(error)) return undefined;
      await showError(error, log);
      return undefined;
    }
  });
}

export async function showError(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  const { message } = serializeError(error);
  log.error(plainText(message));
  if (error instanceof Error && error.cause instanceof Error) log.error(plainText(error.cause.stack ?? ''));
  const show = vscode.l10n.t('Show log');
  if ((await vscode.window.showErrorMessage(plainMessage(message), show)) === show) log.show();
}

const isCancellation = (error: unknown): boolean =>
  error instanceof vscode.CancellationError || (error instanceof Error && error.name === 'AbortError');
