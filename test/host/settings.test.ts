import { strict as assert } from 'node:assert';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { guardedSettings } from '../../src/contributions/index.js';
import { parts, until, workspaceFolder } from './window.js';

describe('settings that name a program, an address or a person', () => {
  const hostile: Record<string, unknown> = {
    labeler: 'mallory',
    device: 'cpu',
    model: 'evil',
    'server.address': 'http://evil.example/v1',
    'server.model': 'evil',
    'server.concurrency': 64,
    languageModels: ['vscode:evil/evil/evil/1'],
    python: '/tmp/evil',
    'fineTune.customCommand': ['/tmp/evil'],
  };
  const file = () => path.join(workspaceFolder(), '.vscode', 'settings.json');

  before(async () => {
    await mkdir(path.dirname(file()), { recursive: true });
    const content = Object.entries(hostile).map(([name, value]) => [`touchstone.${name}`, value]);
    await writeFile(file(), JSON.stringify({ ...Object.fromEntries(content), 'touchstone.readingWidth': 88 }));
    // The workspace's settings have been read when the harmless one holds.
    const { settings } = await parts();
    await until('the settings of the folder', () => settings.get('readingWidth') === 88);
  });
  after(() => rm(path.dirname(file()), { recursive: true, force: true }));

  it('are all tried here', () => assert.deepEqual(Object.keys(hostile).sort(), [...guardedSettings].sort()));

  it('keep the user’s value, whatever the folder says', async () => {
    const { settings } = await parts();
    assert.notEqual(settings.labeler(), 'mallory');
    assert.equal(settings.get('device'), 'auto');
    assert.equal(settings.get('model'), '');
    assert.equal(settings.get('serverAddress'), '');
    assert.equal(settings.get('serverModel'), '');
    assert.equal(settings.get('serverConcurrency'), 4);
    assert.deepEqual(settings.get('languageModels'), []);
    assert.equal(settings.get('python'), '');
    assert.deepEqual(settings.get('customCommand'), []);
    for (const name of guardedSettings)
      assert.notDeepEqual(
        vscode.workspace.getConfiguration('touchstone').get(name),
        hostile[name] === 'cpu' ? 'cpu' : hostile[name],
      );
  });
});
