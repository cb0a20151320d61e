import * as vscode from 'vscode';

/** What a person answers: labels of items to pick, texts to type, buttons to press, in the order in which they are asked. */
export interface Answers {
  readonly picks?: readonly RegExp[];
  readonly texts?: readonly string[];
  readonly buttons?: readonly RegExp[];
}

/** Everything that was shown while a person answered. */
export interface Seen {
  readonly titles: string[];
  readonly messages: string[];
}

/**
 * Does something while a person answers: a modal question cannot be answered by a command in a test host, so the window's
 * own functions are stood in for. What they would have shown is kept.
 */
export async function withPerson<T>(answers: Answers, task: () => Promise<T>): Promise<{ result: T; seen: Seen }> {
  const picks = [...(answers.picks ?? [])];
  const texts = [...(answers.texts ?? [])];
  const buttons = [...(answers.buttons ?? [])];
  const seen: Seen = { titles: [], messages: [] };
  const { window } = vscode;
  const former = {
    showQuickPick: window.showQuickPick,
    showInputBox: window.showInputBox,
    showInformationMessage: window.showInformationMessage,
    showWarningMessage: window.showWarningMessage,
    showErrorMessage: window.showErrorMessage,
  };
  const pick = async (given: unknown, options: { title?: string; canPickMany?: boolean } = {}): Promise<unknown> => {
    seen.titles.push(options.title ?? '');
    const items: unknown = await given;
    const wanted = picks.shift();
    if (wanted === undefined || !Array.isArray(items)) return undefined;
    const matching = items.filter((item: { label: string }) => wanted.test(item.label));
    return options.canPickMany === true ? matching : matching[0];
  };
  const message = async (text: string, ...rest: unknown[]): Promise<unknown> => {
    const [first] = rest;
    const detail = typeof first === 'object' && first !== null && 'detail' in first ? `\n${String(first.detail)}` : '';
    seen.messages.push(text + detail);
    const choices = rest.filter((each) => typeof each === 'string');
    const wanted = buttons[0];
    const choice = wanted === undefined ? undefined : choices.find((each) => wanted.test(each));
    if (choice !== undefined) buttons.shift();
    return choice;
  };
  Object.assign(window, {
    showQuickPick: pick,
    showInputBox: async (options: vscode.InputBoxOptions = {}) => {
      seen.titles.push(options.title ?? options.prompt ?? '');
      return texts.shift() ?? options.value;
    },
    showInformationMessage: message,
    showWarningMessage: message,
    showErrorMessage: message,
  });
  try {
    return { result: await task(), seen };
  } finally {
    Object.assign(window, former);
  }
}
