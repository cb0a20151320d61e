/** A new labeler's first day: a stranger's folder in Restricted Mode, then an empty one and the walkthrough, then a reload. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { root } from '../../scripts/setup.mjs';
import { eventually, Workbench } from './workbench.js';

let workbench: Workbench;
let panel: Frame;

beforeAll(async () => {
  workbench = await Workbench.open({ 'touchstone.labeler': 'kim', 'touchstone.device': 'cpu' }, { isTrusted: false });
});
afterAll(async () => {
  await workbench?.close();
});
beforeEach(({ onTestFailed }) => {
  onTestFailed(async () => {
    const file = path.join(root, 'out', 'test', 'firstDay.png');
    mkdirSync(path.dirname(file), { recursive: true });
    await workbench.page.screenshot({ path: file });
    console.log(`What was on the screen: ${file}`);
  });
});

const openSideBar = () => workbench.page.click('.activitybar [aria-label^="Touchstone"]');

/** By the status bar, as a person does. */
async function trustFolder(): Promise<void> {
  const { page } = workbench;
  await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).click();
  await page.locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ }).click();
  await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({ state: 'hidden' });
}

const submitted = () => workbench.journal('judgements').filter(({ status }) => status === 'submitted');

describe('a folder that is not trusted', () => {
  test('can be labeled, and says why no model runs', async () => {
    const records = ['Why is the sky blue?', 'Who was first on the moon?'].map((content, index) => ({
      prompt: { messages: [{ role: 'user', content }] },
      ...(index === 0 && {
        candidates: ['Because of dust.', 'Because air scatters it.'].map((text, place) => ({ id: 'ab'[place], text })),
      }),
    }));
    panel = await workbench.label('theirs', records, { name: 'Theirs', candidates: 2 });
    await panel.locator('.card').first().press('b');
    await panel.locator('.card').first().press('Enter');
    await eventually('the judgement', () => (submitted().length === 1 ? true : undefined));
    await panel.locator('body', { hasText: 'This folder is open in Restricted Mode' }).waitFor();
    await openSideBar();
    await workbench.page.getByText('Models stay off in Restricted Mode.').waitFor();
  });
});

describe('the walkthrough', () => {
  const step = (id: string) => workbench.page.locator(`.getting-started-step[data-step-id$="#${id}"]`);
  const done = (id: string) => workbench.page.locator(`[data-done-step-id$="#${id}"].complete`);

  /**
   * Presses a button of a step, which is unfolded if it is not. A walkthrough that was left for another editor comes back
   * as the list of all walkthroughs.
   */
  async function press(id: string, title: string): Promise<void> {
    const { page } = workbench;
    const button = step(id).locator('.monaco-button', { hasText: title });
    await eventually(`the step ${id}`, async () => {
      if (await button.isVisible()) return true;
      const ways = [
        page.locator('.tab:not(.active)', { hasText: 'Welcome' }),
        page.locator('.getting-started-category:enabled', { hasText: 'From prompts to training data' }),
        page.locator(`.getting-started-step:enabled[data-step-id$="#${id}"][aria-expanded="false"]`),
      ];
      for (const way of ways) if (await way.first().isVisible()) await way.first().click({ timeout: 5000 });
      return undefined;
    });
    await button.click();
  }

  test('leads from a folder with a file of questions to the first judgement', async () => {
    const { page } = workbench;
    const folder = mkdtempSync(path.join(workbench.scratch, 'mine-'));
    const questions = path.join(folder, 'questions.jsonl');
    writeFileSync(questions, '{"prompt": "Why is the sky blue?"}\n{"prompt": "Who was first on the moon?"}\n');
    await workbench.switchTo(folder);
    await trustFolder();
    const startMs = Date.now();
    await openSideBar();
    await page.locator('.pane-body .monaco-button', { hasText: 'Open Walkthrough' }).click();
    await press('project', 'Create Project');
    await workbench.acceptInput('Create project');
    await press('prompts', 'Import Prompts');
    const dialog = page.locator('.quick-input-widget:visible');
    await eventually('the import', async () => {
      if ((await page.getByRole('treeitem', { name: /Why is the sky blue/ }).count()) > 0) return true;
      // The dialog is gone before the prompts are there.
      if (!(await dialog.isVisible())) return undefined;
      await dialog.locator('input').first().fill(questions, { timeout: 5000 });
      await dialog.locator('input').first().press('Enter', { timeout: 5000 });
      return undefined;
    });
    await press('label', 'Start Labeling');
    panel = await workbench.frame('.card');
    await panel.locator('.card').nth(3).waitFor();
    await eventually('four answers', async () =>
      (await panel.locator('.card .meta', { hasText: /writing|waiting/ }).count()) === 0 ? true : undefined,
    );
    for (const letter of ['b', 'a', 'd', 'Enter']) await panel.locator('.card.focused').press(letter);
    await eventually('the judgement', () => (submitted().length === 1 ? true : undefined));
    console.log(`From the walkthrough to the first judgement: ${Math.round((Date.now() - startMs) / 1000)} s`);
    await page.locator('.tab', { hasText: 'Welcome' }).click();
    for (const id of ['project', 'prompts', 'label']) await done(id).waitFor();
  });
});

/** Whether what the workbench keeps of its editors holds this text. A browser writes it every few seconds, not when it is left. */
const isKept = (text: string): Promise<true | undefined> =>
  workbench.page.evaluate(async (wanted) => {
    const answer = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () =>
          reject(new Error('The state of the workbench cannot be read', { cause: request.error }));
      });
    for (const { name = '' } of await indexedDB.databases()) {
      if (!name.startsWith('vscode-web-state-db')) continue;
      const database = await answer(indexedDB.open(name));
      const table = database.transaction('ItemTable').objectStore('ItemTable');
      const editors: unknown = await answer(table.get('memento/workbench.parts.editor'));
      database.close();
      if (String(editors).includes(wanted)) return true;
    }
    return undefined;
  }, text);

test('after a reload of the window the panel is there, with what was begun', async () => {
  const { page } = workbench;
  await workbench.command('Touchstone: Start Labeling');
  panel = await workbench.frame('.card');
  await panel.locator('.card').nth(3).waitFor();
  await panel.locator('.card.focused').press('c');
  await panel.locator('.board .tier .chip', { hasText: 'C' }).waitFor();
  const prompt = await panel.locator('.prompt .turnText').last().innerText();
  await page.getByRole('treeitem', { name: /^Drafts.*1/ }).waitFor();
  await eventually('what the workbench keeps', () => isKept('touchstone.label'));
  await page.reload();
  await page.locator('.tab', { hasText: 'Label' }).click();
  panel = await workbench.frame('.card');
  await panel.locator('.board .tier .chip', { hasText: 'C' }).waitFor();
  expect(await panel.locator('.prompt .turnText').last().innerText()).toBe(prompt);
});
