import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { withPerson } from './person.js';
import { drawTree, parts, until } from './window.js';

describe('the queue', () => {
  after(() => vscode.commands.executeCommand('touchstone.queue.clearFilter'));

  it('shows what a search finds, in its groups, and all again when the search is cleared', async () => {
    const { projects, views } = await parts();
    const nPrompts = projects.project?.promptIds.length ?? 0;
    assert(nPrompts > 10);
    const draw = () => drawTree(views.queue, { nLevels: 2 });
    await vscode.commands.executeCommand('touchstone.queue.search', 'MOONS of jupiter');
    const found = await draw();
    assert.equal(found.filter((line) => line.includes('Jupiter')).length, 1);
    assert.equal(found.filter((line) => line.startsWith('  ')).length, 1);
    await vscode.commands.executeCommand('touchstone.queue.search', 'nowhere at all');
    assert.deepEqual(
      (await draw()).map((line) => line.split(' | ')[1]),
      ['0', '0', '0', '0'],
    );
    await vscode.commands.executeCommand('touchstone.queue.clearFilter');
    await until('all prompts', async () => (await draw()).some((line) => line.startsWith('  ')));
    assert((await draw()).filter((line) => line.startsWith('  ')).length > 1);
  });

  it('tells the whole of a prompt when the pointer rests on its row', async () => {
    const { views } = await parts();
    await vscode.commands.executeCommand('touchstone.queue.search', 'MOONS of jupiter');
    const row = views.queue
      .getChildren()
      .flatMap((group) => views.queue.getChildren(group))
      .find(({ kind }) => kind === 'prompt');
    assert(row !== undefined);
    const shown = views.queue.resolveTreeItem(views.queue.getTreeItem(row), row);
    assert.match(String(shown.tooltip), /moons of Jupiter/i);
    await vscode.commands.executeCommand('touchstone.queue.clearFilter');
  });

  it('asks by what to filter, then which, says so above the tree, and shows all again', async () => {
    const { projects, views } = await parts();
    const [file = ''] = projects.project?.config.prompts ?? [];
    const filter = (...picks: RegExp[]) =>
      withPerson({ picks }, async () => vscode.commands.executeCommand('touchstone.queue.filter'));
    const groups = async () => (await drawTree(views.queue)).map((line) => line.split(' | ')[0]);
    const { seen } = await filter(/By status/, /Skipped/);
    assert.deepEqual(seen.titles, ['Filter the Queue', 'Filter the Queue']);
    assert.deepEqual(await groups(), ['Skipped']);
    await filter(/Show all/);
    assert((await groups()).includes('To label'));
    await filter(/By file/, new RegExp(file.replaceAll(/[.]/g, '\\.')));
    assert((await drawTree(views.queue, { nLevels: 2 })).some((line) => line.startsWith('  ')));
    const nOfFile = (await drawTree(views.queue, { nLevels: 2 })).length;
    await filter(/By flag/, /./);
    assert((await drawTree(views.queue, { nLevels: 2 })).length < nOfFile);
    // A dismissed question changes nothing.
    const narrowed = await drawTree(views.queue);
    await filter(/nothing of the kind/);
    assert.deepEqual(await drawTree(views.queue), narrowed);
    await vscode.commands.executeCommand('touchstone.queue.clearFilter');
  });

  it('sorts as it is told, and back', async () => {
    const { views } = await parts();
    const draw = () => drawTree(views.queue, { nLevels: 2 });
    const sort = (pick: RegExp) =>
      withPerson({ picks: [pick] }, async () => vscode.commands.executeCommand('touchstone.queue.sort'));
    const before = await draw();
    await sort(/disagreement/);
    assert.equal((await draw()).length, before.length);
    await sort(/order of the project/);
    assert.deepEqual(await draw(), before);
  });
});
