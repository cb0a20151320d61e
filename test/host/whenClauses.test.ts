import { strict as assert } from 'node:assert';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { commandIds, contextKeys } from '../../src/contributions/index.js';
import { closeAllEditors, parts, until, workspaceFolder } from './window.js';

/** What `when` and `enablement` in package.json go by: VS Code tells nobody, so it is read on its way there. */
const context = new Map<string, unknown>();
const { commands } = vscode;
const { executeCommand } = commands;

describe('context keys', () => {
  before(async () => {
    await closeAllEditors();
    Object.assign(commands, {
      executeCommand: (command: string, ...given: unknown[]) => {
        if (command === 'setContext') context.set(String(given[0]), given[1]);
        return executeCommand(command, ...given);
      },
    });
  });
  after(async () => {
    await closeAllEditors();
    Object.assign(commands, { executeCommand });
  });

  it('tell whether a project is open and has prompts, when its file goes and comes', async () => {
    const { projects } = await parts();
    const file = path.join(workspaceFolder(), 'touchstone.json');
    await rename(file, `${file}.away`);
    try {
      await until('no project', () => context.get(contextKeys.project) === false);
      assert.equal(projects.project, undefined);
      assert.equal(context.get(contextKeys.hasPrompts), false);
      assert.equal(context.get(contextKeys.unreadable), false);
    } finally {
      await rename(`${file}.away`, file);
    }
    await until('the project', () => context.get(contextKeys.project) === true);
    // Its answers are read behind the opening.
    await projects.opened();
    assert.equal(context.get(contextKeys.hasPrompts), true);
  });

  it('tell whether the panel shows a prompt, and whether there is something to take back', async () => {
    const { desk, projects } = await parts();
    const configuration = vscode.workspace.getConfiguration('touchstone');
    // Somebody who has done nothing yet: the labeler of the other files has things to take back.
    await configuration.update('labeler', 'newcomer', vscode.ConfigurationTarget.Global);
    try {
      await commands.executeCommand(commandIds.openPrompt, projects.project?.promptIds.at(-1));
      await until('a prompt', () => context.get(contextKeys.labeling) === true);
      assert.equal(desk.session?.isPromptShown, true);
      assert.equal(context.get(contextKeys.canUndo), false);
      await commands.executeCommand('touchstone.label.skip');
      await until('something to take back', () => context.get(contextKeys.canUndo) === true);
      await commands.executeCommand('touchstone.label.undo');
      await until('nothing to take back', () => context.get(contextKeys.canUndo) === false);
      await closeAllEditors();
      await until('no panel', () => context.get(contextKeys.labeling) === false);
      assert.equal(context.get(contextKeys.labelFocus), false);
    } finally {
      await configuration.update('labeler', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('tell whether the queue is filtered, and whether the labeler is a lead', async () => {
    const { projects, settings } = await parts();
    await commands.executeCommand(commandIds.searchQueue, 'moons');
    await until('a filter', () => context.get(contextKeys.queueFiltered) === true);
    await commands.executeCommand(commandIds.clearQueueFilter);
    await until('no filter', () => context.get(contextKeys.queueFiltered) === false);
    const { project } = projects;
    assert(project);
    const { leads } = project.config;
    await project.updateConfig({ leads: [settings.labeler()] });
    await until('a lead', () => context.get(contextKeys.lead) === true);
    await project.updateConfig({ leads });
    await until('no lead', () => context.get(contextKeys.lead) === false);
  });
});
