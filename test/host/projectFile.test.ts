import { strict as assert } from 'node:assert';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { commandIds } from '../../src/contributions/index.js';
import { closeAllEditors, drawTree, parts, until, workspaceFolder } from './window.js';

describe('touchstone.json that cannot be read', () => {
  const file = path.join(workspaceFolder(), 'touchstone.json');
  let good = '';
  before(async () => {
    await closeAllEditors();
    good = await readFile(file, 'utf8');
  });
  after(async () => {
    await writeFile(file, good);
    const { projects } = await parts();
    await until('the good project', () => projects.project !== undefined && projects.fileProblem === undefined);
    await closeAllEditors();
  });
  const problems = () =>
    vscode.languages.getDiagnostics(vscode.Uri.file(file)).filter((d) => d.source === 'Touchstone');

  it('is among the problems with its place, and work goes on, until it is good again', async () => {
    const { desk, projects } = await parts();
    await vscode.commands.executeCommand(commandIds.startLabeling);
    const { session } = desk;
    await until('the page', () => session?.isPromptShown);
    const { mode } = desk.settings();

    const lines = good.split('\n');
    await writeFile(
      file,
      ['{', '  "mode": "guess",', ...lines.slice(1).filter((line) => !line.includes('"mode"'))].join('\n'),
    );
    // A look while the file is being written sees it empty, which is a problem of its own.
    const [problem] = await until('the problem', () => problems()[0]?.range.start.line === 1 && problems());
    assert.equal(problem?.severity, vscode.DiagnosticSeverity.Error);
    assert.deepEqual([problem?.range.start.line, problem?.range.start.character], [1, 2]);
    assert.match(problem?.message ?? '', /touchstone\.json: mode: /);
    assert.equal(desk.session, session);
    assert.equal(desk.settings().mode, mode);

    await desk.act('open-project-file');
    const editor = await until('its editor', () => vscode.window.activeTextEditor);
    assert.equal(editor.document.uri.fsPath, file);
    assert.equal(editor.selection.active.line, 1);

    await writeFile(file, good);
    await until('no problem', () => problems().length === 0);
    assert.equal(projects.fileProblem, undefined);
  });

  it('is what the queue shows of a project that it keeps from opening', async () => {
    const { projects, views } = await parts();
    await projects.close();
    await writeFile(file, '{ "name": ');
    await projects.reload();
    assert.equal(projects.project, undefined);
    assert.deepEqual(await drawTree(views.queue), ['Open touchstone.json']);
    assert.equal(problems().length, 1);

    await writeFile(file, good);
    await until('the project, without a reload', () => projects.project !== undefined);
    assert.equal(problems().length, 0);
    assert.notDeepEqual(await drawTree(views.queue), ['Open touchstone.json']);
  });
});
