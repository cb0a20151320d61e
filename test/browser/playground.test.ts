import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { root } from '../../scripts/setup.mjs';
import { axeFindings } from '../page/watched.js';
import { eventually, jsonLines, Workbench } from './workbench.js';

const takesScreenshots = process.env['TOUCHSTONE_SCREENSHOTS'] === '1';

let workbench: Workbench;
let chat: Frame;

beforeAll(async () => {
  workbench = await Workbench.open({ 'touchstone.labeler': 'kim', 'touchstone.device': 'cpu' });
});
afterAll(async () => {
  await workbench?.close();
});
beforeEach(({ onTestFailed }) => {
  onTestFailed(async () => {
    const file = path.join(root, 'out', 'test', 'playground.png');
    mkdirSync(path.dirname(file), { recursive: true });
    await workbench.page.screenshot({ path: file });
    console.log(`What was on the screen: ${file}`);
  });
});

/** The answers of the conversation; resolves when the last one is whole. */
async function answers(nAnswers: number): Promise<string[]> {
  return eventually(`answer ${nAnswers}`, async () => {
    const all = chat.locator('.answered');
    if ((await all.count()) !== nAnswers) return undefined;
    if ((await chat.locator('.chatTools', { hasText: 'writing' }).count()) > 0) return undefined;
    return all.locator('.md').allInnerTexts();
  });
}

/** What the playground wrote into the project. */
function keptPrompts(): Record<string, unknown>[] {
  const folder = path.join(workbench.project, 'prompts');
  return readdirSync(folder)
    .filter((name) => name.startsWith('playground'))
    .flatMap((name) => jsonLines(path.join(folder, name)));
}

describe('the playground, by keys', () => {
  let answer = '';

  test('a question gets an answer of the local model', async () => {
    await workbench.command('Touchstone: Open Playground');
    chat = await workbench.frame('#ask');
    await chat.locator('#ask').click();
    await workbench.page.keyboard.type('How many legs does a spider have?');
    await workbench.page.keyboard.press('Enter');
    [answer = ''] = await answers(1);
    expect(answer.length).toBeGreaterThan(3);
    expect(await axeFindings(chat)).toEqual([]);
    if (takesScreenshots)
      await workbench.page.screenshot({ path: path.join(root, 'media', 'screenshots', 'playground-dark.png') });
  });

  test('2 puts it into the queue and opens the editor for the right answer', async () => {
    const { page } = workbench;
    await page.keyboard.press('Escape');
    await chat.locator('.answered:focus').waitFor();
    await page.keyboard.press('2');
    const lines = page.locator('.editor.modified .view-lines');
    await eventually('the text of the answer', async () => ((await lines.innerText()).length > 3 ? true : undefined));
    await lines.click();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('A spider has eight legs.');
    await eventually('the typed text', async () =>
      (await lines.innerText()).replaceAll('\u00a0', ' ').trim() === 'A spider has eight legs.' ? true : undefined,
    );
    await workbench.command('Touchstone: Use This Answer');
    const panel = await workbench.frame('.card');
    expect(await panel.locator('.prompt .turnText').last().innerText()).toBe('How many legs does a spider have?');

    const [row] = keptPrompts();
    expect(row).toMatchObject({ messages: [{ role: 'user', content: 'How many legs does a spider have?' }] });
    const kept = workbench.journal('candidates').filter(({ metadata }) => JSON.stringify(metadata).includes('"down"'));
    expect(kept).toMatchObject([{ promptId: row?.['id'], origin: 'model', finishReason: expect.any(String) }]);
    await panel.locator('.pill', { hasText: 'improved' }).first().waitFor();
  });

  test('1 keeps an answer as a good one, at once', async () => {
    const { page } = workbench;
    await workbench.command('Touchstone: Open Playground');
    chat = await workbench.frame('#ask');
    await chat.locator('#ask').click();
    await page.keyboard.type('Say hello.');
    await page.keyboard.press('Enter');
    await answers(2);
    await page.keyboard.press('Escape');
    await chat.locator('.answered:focus').waitFor();
    await page.keyboard.press('1');
    const [row] = await eventually('the judgement', () => {
      const rows = workbench.journal('judgements').filter(({ status }) => status === 'submitted');
      return rows.length === 1 ? rows : undefined;
    });
    const [good] = workbench.journal('candidates').filter(({ metadata }) => JSON.stringify(metadata).includes('"up"'));
    expect(row).toMatchObject({ labeler: 'kim', mode: 'thumbs', thumbs: { [String(good?.['id'])]: true } });
    // Its prompt is the whole conversation before it.
    const asked = keptPrompts().find(({ id }) => id === good?.['promptId']);
    expect((asked?.['messages'] as unknown[]).length).toBe(3);
  });

  test('the dashboard counts it, and axe finds nothing serious there either', async () => {
    await workbench.command('Touchstone: Open Dashboard');
    const dashboard = await workbench.frame('.cards4');
    await dashboard.locator('.cards4', { hasText: /\b1 of \d+ judgements/ }).waitFor();
    expect(await axeFindings(dashboard)).toEqual([]);
  });
});
