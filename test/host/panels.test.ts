import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { commandIds, dashboardPanelType, labelPanelType, playgroundPanelType } from '../../src/contributions/index.js';
import { closeAllEditors, parts, tabs, until } from './window.js';

const ofType = (viewType: string): vscode.Tab[] =>
  tabs().filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(viewType));

describe('a page that a former host has left', () => {
  before(closeAllEditors);
  after(closeAllEditors);

  it('is taken up by a new panel in its place, at the prompt that it had', async () => {
    const { desk, projects } = await parts();
    const promptId = projects.project?.promptIds[2];
    assert(promptId);
    await vscode.commands.executeCommand(commandIds.startLabeling);
    await until('the page', () => desk.session?.isPromptShown);
    const [left] = ofType(labelPanelType);
    const kept = { version: 1, promptId };
    await vscode.commands.executeCommand(commandIds.resumePanel, labelPanelType, 'left-1', kept);
    await until('the new panel alone', () => ofType(labelPanelType).length === 1 && ofType(labelPanelType)[0] !== left);
    // Called once more by a page that was in a hurry: nothing happens.
    const [taken] = ofType(labelPanelType);
    await vscode.commands.executeCommand(commandIds.resumePanel, labelPanelType, 'left-1', kept);
    assert.deepEqual(ofType(labelPanelType), [taken]);
    await until('its page', () => desk.session?.isPromptShown);
    assert.equal(desk.nDropped, 0);
  });

  it('goes for the dashboard and the playground too', async () => {
    for (const viewType of [dashboardPanelType, playgroundPanelType]) {
      await vscode.commands.executeCommand(commandIds.resumePanel, viewType, `left ${viewType}`, null);
      await until(viewType, () => ofType(viewType).length === 1);
    }
  });

  it('believes nothing of what does not look like a page of ours', async () => {
    const before = tabs().length;
    for (const given of [[], ['touchstone.other', 'x', null], [labelPanelType], [labelPanelType, '', null], [7, 7, 7]])
      await vscode.commands.executeCommand(commandIds.resumePanel, ...given);
    assert.equal(tabs().length, before);
  });
});
