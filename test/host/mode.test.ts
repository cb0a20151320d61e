import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { withPerson } from './person.js';
import { parts, until, workspaceFolder } from './window.js';

/** Members of `touchstone.json` as they stand in the file. */
async function config(): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(path.join(workspaceFolder(), 'touchstone.json'), 'utf8'));
}

describe('choosing how to judge', () => {
  it('writes the way into touchstone.json, with what it needs, and the panel follows', async () => {
    const { desk } = await parts();
    const before = await config();
    const { seen } = await withPerson({ picks: [/^Rate$/] }, () =>
      Promise.resolve(vscode.commands.executeCommand('touchstone.chooseMode')),
    );
    assert.deepEqual(seen.titles, ['Choose How to Judge']);
    assert.deepEqual(await config(), { ...before, mode: 'rate', rubric: 'helpsteer' });
    await until('the rubric', () => desk.settings().rubric.length === 5);
    await vscode.commands.executeCommand('touchstone.chooseMode', 'pair');
    await until('the pair', () => desk.settings().mode === 'pair');
    await vscode.commands.executeCommand('touchstone.chooseMode', 'rank');
    await until('the ranking', () => desk.settings().mode === 'rank');
    assert.equal((await config())['candidates'], before['candidates']);
  });
});
