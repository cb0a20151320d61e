import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { PromptId } from '../../src/core/index.js';
import type { ExportReport } from '../../src/datasets/index.js';
import type { ImportReport } from '../../src/prompts/index.js';
import { withPerson, type Answers } from './person.js';
import { closeAllEditors, drawTree, judgeSome, parts, scratchFile, until, workspaceFolder } from './window.js';

describe('importing prompts', () => {
  it('takes the good lines in and shows the bad ones as diagnostics on the file', async () => {
    const { projects } = await parts();
    const before = projects.project?.promptIds.length ?? 0;
    const { file, remove } = await scratchFile(
      'mixed.jsonl',
      '{"prompt": "Is the moon hollow?"}\n{"prompt": 7}\nnot json\n{"prompt": "Why is rust red?"}\n',
    );
    const uri = vscode.Uri.file(file);
    const report = await vscode.commands.executeCommand<ImportReport>('touchstone.importPrompts', uri);
    assert.equal(report.nPrompts, 2);
    assert.equal(projects.project?.promptIds.length, before + 2);
    const lines = vscode.languages
      .getDiagnostics(uri)
      .filter(({ source }) => source === 'Touchstone')
      .map(({ range }) => range.start.line + 1);
    assert.deepEqual(lines, [2, 3]);
    await remove();
  });

  it('Label This File takes what stands in the editor, and opens the first of its prompts', async () => {
    const { projects, desk } = await parts();
    const { file, remove } = await scratchFile('to label.jsonl', '{"prompt": "Is glass a liquid?"}\n');
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(file));
    await editor.edit((edit) => edit.insert(new vscode.Position(1, 0), '{"prompt": "Who named the planets?"}\n'));
    assert(editor.document.isDirty);
    await vscode.commands.executeCommand('touchstone.labelFile');
    const { project } = projects;
    const textOf = (id: PromptId | undefined) => id && project?.prompt(id)?.messages.at(-1)?.content;
    assert.deepEqual(project?.promptIds.slice(-2).map(textOf), ['Is glass a liquid?', 'Who named the planets?']);
    await until('the first of its prompts', () => textOf(desk.session?.current) === 'Is glass a liquid?');
    // The sitting goes on at the beginning.
    await vscode.commands.executeCommand('touchstone.openPrompt', project?.promptIds[0]);
    await closeAllEditors();
    await remove();
  });

  it('the text that is selected in an editor becomes a prompt', async () => {
    const { projects } = await parts();
    const document = await vscode.workspace.openTextDocument({ content: 'before\nWhat is a lodestone?\nafter' });
    const editor = await vscode.window.showTextDocument(document);
    editor.selection = new vscode.Selection(1, 0, 1, 20);
    assert.equal(await vscode.commands.executeCommand('touchstone.addSelection'), 1);
    const { project } = projects;
    const texts = project?.promptIds.map((id) => project.prompt(id)?.messages.at(-1)?.content);
    assert(texts?.includes('What is a lodestone?'));
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});

describe('exporting a data set', () => {
  it('by the command writes files that are read back, and the view shows them', async () => {
    const { views } = await parts();
    await judgeSome('export test');
    const report = await vscode.commands.executeCommand<ExportReport>('touchstone.exportDataSet', {
      formats: ['trl-preference', 'trl-sft'],
      split: 0,
      name: 'host-test',
    });
    assert.deepEqual(
      report.formats.map(({ format, rows }) => [format, rows.train]),
      [
        ['trl-preference', 3],
        ['trl-sft', 3],
      ],
    );
    const rows = (await readFile(path.join(workspaceFolder(), 'datasets/host-test/trl-preference/train.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line): { chosen: unknown; rejected: unknown } => JSON.parse(line));
    assert.deepEqual(
      rows.map(({ chosen, rejected }) => [chosen, rejected]),
      rows.map(() => [[{ role: 'assistant', content: 'exported 0' }], [{ role: 'assistant', content: 'exported 1' }]]),
    );
    const tree = await until('the data set in the view', async () => {
      const lines = await drawTree(views.dataSets, { nLevels: 2 });
      return lines[0]?.startsWith('host-test') === true && lines;
    });
    assert.deepEqual(tree, [
      'host-test | trl-preference, trl-sft  today',
      '  trl-preference/train.jsonl | 3 rows',
      '  trl-sft/train.jsonl | 3 rows',
      '  card',
    ]);
  });

  it('asks for formats, share and name, and remembers them', async () => {
    const ask = (answers: Answers) =>
      withPerson(answers, () =>
        Promise.resolve(vscode.commands.executeCommand<ExportReport | undefined>('touchstone.exportDataSet')),
      );
    const { result } = await ask({ picks: [/^(trl-kto|touchstone)$/, /^None$/], texts: ['asked'] });
    assert.deepEqual(
      result?.formats.map(({ format }) => format),
      ['trl-kto', 'touchstone'],
    );
    // The name of last time stands in the box, and a person may just press Enter.
    const again = await ask({ picks: [/^touchstone$/, /^None$/] });
    assert.match(again.result?.out ?? '', /datasets.asked$/);
  });

  it('does not take a name that leads out of the project', async () => {
    const { result, seen } = await withPerson({}, () =>
      Promise.resolve(
        vscode.commands.executeCommand<ExportReport | undefined>('touchstone.exportDataSet', {
          formats: ['trl-sft'],
          split: 0,
          name: '../outside',
        }),
      ),
    );
    assert.equal(result, undefined);
    assert.deepEqual(seen.titles, ['Formats (1 of 3)']);
  });
});
