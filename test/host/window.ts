import { strict as assert } from 'node:assert';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { candidateIdOf, judgementIdOf, type PromptId } from '../../src/core/index.js';
import type { Parts } from '../../src/extension.js';

/** The folder that the window has open: a copy of the sample project. */
export const workspaceFolder = (): string => {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert(folder, 'a folder is open');
  return folder.uri.fsPath;
};

/** The parts of the extension, activated. */
export async function parts(): Promise<Parts> {
  const extension = vscode.extensions.getExtension<Parts>('touchstone.touchstone');
  assert(extension, 'the extension is installed');
  const exported = await extension.activate();
  assert(exported, 'the test host gets the parts');
  return exported;
}

/** Waits until `check` gives something, 30 s at most: machines may be busy. */
export async function until<T>(
  what: string,
  check: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  for (const end = Date.now() + 30_000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const value = await check();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`waited 30 s in vain for ${what}`);
  }
}

/** A file in a scratch folder inside the open project, gone after the test. */
export async function scratchFile(name: string, text: string): Promise<{ file: string; remove: () => Promise<void> }> {
  await mkdir(path.join(workspaceFolder(), 'scratch'), { recursive: true });
  const folder = await mkdtemp(path.join(workspaceFolder(), 'scratch', 'x-'));
  const file = path.join(folder, name);
  await writeFile(file, text);
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** A tree as a person sees it, an item a line: label, then the description. */
export async function drawTree<Item>(
  provider: vscode.TreeDataProvider<Item>,
  options: { readonly nLevels?: number; readonly maxItems?: number } = {},
): Promise<string[]> {
  const { nLevels = 1, maxItems = 6 } = options;
  const lines: string[] = [];
  const draw = async (item: Item | undefined, level: number) => {
    const children = (await provider.getChildren(item)) ?? [];
    for (const child of children.slice(0, maxItems)) {
      const { label, description } = await provider.getTreeItem(child);
      const name = typeof label === 'string' ? label : (label?.label ?? '');
      lines.push(
        `${'  '.repeat(level)}${name}${typeof description === 'string' && description !== '' ? ` | ${description}` : ''}`,
      );
      if (level + 1 < nLevels) await draw(child, level + 1);
    }
  };
  await draw(undefined, 0);
  return lines;
}

export const tabs = (): vscode.Tab[] => vscode.window.tabGroups.all.flatMap((group) => group.tabs);

export const labelTab = (): vscode.Tab | undefined =>
  tabs().find(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('touchstone.label'));

export const closeAllEditors = (): Thenable<unknown> =>
  vscode.commands.executeCommand('workbench.action.closeAllEditors');

/** Submitted judgements of two imported answers for three of the sample prompts. @returns their prompts. */
export async function judgeSome(name: string): Promise<PromptId[]> {
  const { projects } = await parts();
  const { project } = projects;
  assert(project);
  const promptIds = project.promptIds.slice(2, 5);
  for (const promptId of promptIds) {
    const ids = [0, 1].map((index) => candidateIdOf([name, promptId, index]));
    await project.appendCandidates(
      ids.map((id, index) => ({ id, promptId, text: `exported ${index}`, origin: 'import' as const })),
    );
    await project.appendJudgements([
      {
        id: judgementIdOf([name, promptId]),
        promptId,
        labeler: 'kim',
        at: new Date().toISOString(),
        status: 'submitted',
        ranking: ids.map((id) => [id]),
      },
    ]);
  }
  return promptIds;
}
