import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
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
});
