import * as vscode from 'vscode';
import { commandIds, settingNames } from '../contributions/index.js';
import { checkName, describeProblem, plainText } from '../core/index.js';
import { initProject } from '../store/index.js';
import type { ActiveProject } from './activeProject.js';
import { command } from './edge.js';
import type { LabelingDesk } from './labelingDesk.js';
import type { Models } from './models.js';
import type { Settings } from './settings.js';

export interface ProjectCommandsOptions {
  readonly projects: ActiveProject;
  readonly models: Models;
  readonly desk: LabelingDesk;
  readonly settings: Settings;
  readonly version: string;
  readonly log: vscode.LogOutputChannel;
}

/** Making a project, and looking at the insides. */
export function registerProjectCommands(options: ProjectCommandsOptions): vscode.Disposable {
  const { projects, log } = options;
  return vscode.Disposable.from(
    command(commandIds.createProject, log, () => createProject(projects)),
    command(commandIds.showLog, log, () => log.show()),
    command(commandIds.showDiagnostics, log, async () => {
      const document = await vscode.workspace.openTextDocument({
        language: 'markdown',
        content: await diagnosticsText(options),
      });
      await vscode.window.showTextDocument(document);
    }),
  );
}

async function createProject(projects: ActiveProject): Promise<void> {
  const folder = await projectFolder();
  if (folder === undefined) return;
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Create project'),
    prompt: vscode.l10n.t('Name of the project. A touchstone.json is written to {0}.', folder.fsPath),
    value: folder.path.split('/').at(-1) ?? '',
    validateInput: checkName,
  });
  if (name === undefined) return;
  const file = await initProject(folder.fsPath, { name });
  if (vscode.workspace.getWorkspaceFolder(folder) === undefined) {
    await vscode.commands.executeCommand('vscode.openFolder', folder);
    return;
  }
  await projects.reload();
  await vscode.window.showTextDocument(vscode.Uri.file(file));
}

async function projectFolder(): Promise<vscode.Uri | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  if (folders.length === 1) return folders[0]?.uri;
  if (folders.length > 1) return (await vscode.window.showWorkspaceFolderPick())?.uri;
  const picked = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: vscode.l10n.t('Create project here'),
  });
  return picked?.[0];
}

/** What a bug report needs. No prompt, answer, key or folder outside of the project is in it. */
async function diagnosticsText({ projects, models, desk, settings, version }: ProjectCommandsOptions): Promise<string> {
  await models.load();
  const project = await projects.opened();
  const { state } = models.engine;
  const lines = [
    '# Touchstone diagnostics',
    '',
    `- Touchstone ${version}, VS Code ${vscode.version} (${vscode.env.appHost}), Node ${process.versions.node}`,
    `- ${process.platform} ${process.arch}`,
    `- trusted folder: ${vscode.workspace.isTrusted ? 'yes' : 'no'}`,
    `- device wanted: ${settings.get('device')}; ahead: ${settings.get('ahead')}`,
    '',
    '## Model process',
    '',
    `- ${state.status}${state.device === undefined ? '' : `, ${state.device}`}`,
    ...(state.reason === undefined ? [] : [`- ${state.reason}`]),
    ...(state.tokensPerSecond === undefined ? [] : [`- ${Math.round(state.tokensPerSecond)} tokens a second`]),
    ...models.installed.map(
      ({ name, architecture, sizeBytes, sha256 }) => `- ${name}: ${architecture}, ${sizeBytes} bytes, ${sha256}`,
    ),
    ...(models.server === undefined ? [] : [`- a server is used (${settingNames.serverAddress} is set)`]),
    '',
    '## Project',
    '',
    ...(project === undefined
      ? [`- none open${projects.problem === undefined ? '' : `: ${projects.problem}`}`]
      : [
          `- ${project.promptIds.length} prompts, writer ${project.writer}, ${project.nUnsaved} rows not saved`,
          `- ${JSON.stringify(desk.session?.queue.counts ?? {})}`,
          `- messages of the page that were dropped: ${desk.nDropped}`,
          ...project.problems.slice(0, 50).map((problem) => `- ${describeProblem(problem)}`),
        ]),
    '',
  ];
  return plainText(lines.join('\n'));
}
