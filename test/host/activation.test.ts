import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { commandIds, labelCommands } from '../../src/contributions/index.js';
import { drawTree, parts, until } from './window.js';

describe('activation', () => {
  it('opens the project of the folder and starts nothing else', async () => {
    const { projects, engine } = await parts();
    assert.equal(projects.project?.config.name, 'Everyday questions');
    assert.equal(engine.state.status, 'off');
    assert.deepEqual(
      childrenOf(process.pid).filter((name) => name.includes('engine.cjs')),
      [],
    );
  });

  it('registers every command of the manifest, and no other', async () => {
    await parts();
    const all = await vscode.commands.getCommands(true);
    const ours = all.filter(
      (id) => id.startsWith('touchstone.') && !/\.(focus|open|resetViewLocation|removeView|toggleVisibility)$/.test(id),
    );
    const expected = [...Object.values(commandIds), ...Object.keys(labelCommands)];
    const missing = expected.filter((id) => !all.includes(id));
    assert.deepEqual(missing, []);
    assert.deepEqual(
      ours.filter((id) => !expected.some((known) => known === id)),
      [],
    );
  });

  it('draws the queue with its counts', async () => {
    const { views, projects } = await parts();
    const nPrompts = projects.project?.promptIds.length ?? 0;
    assert(nPrompts >= 24, `${nPrompts} sample prompts`);
    const tree = await until('the queue', async () => {
      const lines = await drawTree(views.queue);
      return lines.length > 0 && lines;
    });
    assert.deepEqual(tree, [`To label | ${nPrompts}`, 'Drafts | 0', 'Skipped | 0', 'Submitted | 0']);
  });
});

/** Command lines of this process's children, from the system. */
function childrenOf(pid: number): string[] {
  try {
    const ids = readFileSync(path.join('/proc', String(pid), 'task', String(pid), 'children'), 'utf8')
      .trim()
      .split(' ');
    return ids.filter((id) => id !== '').map((id) => readFileSync(`/proc/${id}/cmdline`, 'utf8').replace(/\0/g, ' '));
  } catch {
    return [];
  }
}
