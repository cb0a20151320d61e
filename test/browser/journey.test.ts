import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { filesBelow, unexpectedFiles } from '../../scripts/package.mjs';
import { root } from '../../scripts/setup.mjs';
import { axeFindings } from '../page/watched.js';
import { eventually, jsonLines, Workbench } from './workbench.js';

const trainer = path.join(root, 'test', 'fixtures', 'fineTune', 'trainer.cjs');
const takesScreenshots = process.env['TOUCHSTONE_SCREENSHOTS'] === '1';

let workbench: Workbench;
let panel: Frame;

beforeAll(async () => {
  workbench = await Workbench.open({
    'touchstone.labeler': 'kim',
    'touchstone.device': 'cpu',
    'touchstone.fineTune.customCommand': [process.execPath, trainer, '${dataset}', '${output}'],
  });
});
afterAll(async () => {
  await workbench?.close();
});
beforeEach(({ onTestFailed }) => {
  onTestFailed(async () => {
    const file = path.join(root, 'out', 'test', 'browser.png');
    await workbench.page.screenshot({ path: file });
    console.log(`What was on the screen: ${file}`);
  });
});

/** Types into the panel, one key after the other, as a person's fingers would. */
async function type(...keys: string[]): Promise<void> {
  for (const key of keys) await workbench.page.keyboard.press(key, { delay: 20 });
}

const lastUserText = () => panel.locator('.prompt .turnText').last().innerText();

/** Waits until a prompt other than `former` is on the screen with all its answers written. */
async function answered(former: string): Promise<string> {
  await eventually('the next prompt', async () => ((await lastUserText()) === former ? undefined : true));
  await eventually('its answers', async () => {
    const cards = await panel.locator('.card').count();
    const writing = await panel.locator('.card .meta', { hasText: /writing|waiting/ }).count();
    return cards === 4 && writing === 0 ? true : undefined;
  });
  return lastUserText();
}

const submitted = () => workbench.journal('judgements').filter(({ status }) => status === 'submitted');

describe('from prompts to a fine-tune, by keys and clicks', () => {
  let prompt = '';

  test('the installed extension holds what the list of its files says, nothing else', () => {
    // The installer adds its own manifest.
    const files = filesBelow(workbench.installed).filter((file) => file !== '.vsixmanifest');
    expect(unexpectedFiles(files)).toEqual([]);
    expect(files).toContain('dist/extension.cjs');
  });

  test('the side bar shows the queue and the model', async () => {
    const { page } = workbench;
    await page.click('.activitybar [aria-label^="Touchstone"]');
    await page
      .getByRole('treeitem', { name: /capital of Australia/ })
      .first()
      .waitFor();
    await page
      .getByRole('treeitem', { name: /smollm2|SmolLM2/ })
      .first()
      .waitFor();
  });

  test('Start Labeling shows four answers of the local model, streaming in', async () => {
    await workbench.command('Touchstone: Start Labeling');
    panel = await workbench.frame('.card');
    await panel.waitForSelector('.card:nth-of-type(4)');
    const lengths: number[] = [];
    prompt = await eventually('four answers', async () => {
      lengths.push((await panel.locator('.cards').innerText()).length);
      const writing = await panel.locator('.card .meta', { hasText: /writing|waiting/ }).count();
      return writing === 0 ? lastUserText() : undefined;
    });
    expect(new Set(lengths).size).toBeGreaterThan(2);
    const texts = await panel.locator('.card .text').allInnerTexts();
    expect(texts).toHaveLength(4);
    for (const text of texts) expect(text.length).toBeGreaterThan(10);
    // Blind: no name of a model is in the page.
    expect(await panel.content()).not.toMatch(/smollm/i);
  });

  test('four keys rank and submit, and the judgement is on disk', async () => {
    await panel
      .locator('.card')
      .first()
      .click({ position: { x: 200, y: 100 } });
    await type('b', 'a', 'd');
    expect(await axeFindings(panel, { 'scrollable-region-focusable': { enabled: false } })).toEqual([]);
    await type('Enter');
    const former = prompt;
    const [row] = await eventually('the judgement', () => (submitted().length === 1 ? submitted() : undefined));
    expect(row?.['labeler']).toBe('kim');
    const order = (row?.['shown'] as { order: string[] }).order;
    const [a, b, c, d] = order;
    expect(row?.['ranking']).toEqual([[b], [a], [d], [c]]);
    prompt = await answered(former);
  });

  test('ties, the good-enough line, a flag and a rationale go along', async () => {
    await type('a', 'Shift+B', '-', 'c', 'd', 'x', 'h');
    await type('r');
    await workbench.page.keyboard.type('A and B say the same.');
    await type('Escape', 'Enter');
    const rows = await eventually('the judgement', () => (submitted().length === 2 ? submitted() : undefined));
    const row = rows.find(({ rationale }) => rationale === 'A and B say the same.');
    const [a, b, c, d] = (row?.['shown'] as { order: string[] }).order;
    expect(row?.['ranking']).toEqual([[a, b], [c], [d]]);
    expect(row?.['line']).toBe(1);
    expect(row?.['flags']).toEqual({ [d ?? '']: ['hallucination'] });
    prompt = await answered(prompt);
  });

  test('an answer improved in the diff editor becomes a correction', async () => {
    const { page } = workbench;
    await type('b', 'i');
    const lines = page.locator('.editor.modified .view-lines');
    await eventually('the text of the answer', async () => ((await lines.innerText()).length > 20 ? true : undefined));
    await lines.click();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('An answer that I would have wanted to read.');
    await eventually('the typed text', async () =>
      (await lines.innerText()).replaceAll('\u00a0', ' ').trim() === 'An answer that I would have wanted to read.'
        ? true
        : undefined,
    );
    await page.keyboard.press('Control+S');
    await workbench.command('Touchstone: Use This Answer');
    panel = await workbench.frame('.card');
    await panel.locator('[data-letter="B"] .pill', { hasText: 'improved' }).waitFor();
    await panel
      .locator('.card')
      .first()
      .click({ position: { x: 200, y: 100 } });
    await type('a', 'c', 'd', 'Enter');
    const rows = await eventually('the judgement', () => (submitted().length === 3 ? submitted() : undefined));
    const row = rows.find(({ corrections }) => corrections !== undefined);
    expect(row?.['corrections']).toMatchObject([{ text: 'An answer that I would have wanted to read.' }]);
    prompt = await answered(prompt);
  });

  test('a skipped prompt says so in the journal', async () => {
    await type('s');
    await eventually('the skip', () =>
      workbench.journal('judgements').some(({ status }) => status === 'skipped') ? true : undefined,
    );
    prompt = await answered(prompt);
  });

  test('undo takes the last submit back, and it can be submitted again', async () => {
    await type('a', 'b', 'c', 'd', 'Enter');
    await eventually('the judgement', () => (submitted().length === 4 ? true : undefined));
    const former = prompt;
    await answered(former);
    await type('u');
    await eventually('the prompt again', async () => ((await lastUserText()) === former ? true : undefined));
    await eventually('the row that takes it back', () =>
      workbench.journal('judgements').some(({ status }) => status === 'draft') ? true : undefined,
    );
    await type('Shift+Backspace', 'd', 'c', 'b', 'a', 'Enter');
    const rows = await eventually('the second judgement', () => (submitted().length === 5 ? submitted() : undefined));
    const [first, second] = rows.filter(({ promptId }) => promptId === rows.at(-1)?.['promptId']);
    expect(second?.['ranking']).toEqual([...(first?.['ranking'] as string[][])].reverse());
  });

  // Not a test that may be left out: it tests nothing.
  if (takesScreenshots)
    test('pictures for the README are taken', async () => {
      const { page } = workbench;
      const picture = (name: string) =>
        page.screenshot({ path: path.join(root, 'media', 'screenshots', `labeling-${name}.png`) });
      await type('b', 'a', 'Shift+D', '-', 'c');
      await page.mouse.move(24, 600);
      for (const [kind, name] of [
        ['vscode-light', 'light'],
        ['vscode-dark', 'dark'],
      ] as const) {
        await workbench.theme(kind, panel);
        await picture(name);
      }
      await page.emulateMedia({ colorScheme: 'dark', forcedColors: 'active' });
      await panel.waitForFunction(() => document.body.classList.contains('vscode-high-contrast'));
      await picture('high-contrast');
      await page.emulateMedia({ colorScheme: 'dark', forcedColors: 'none' });
      await panel.waitForFunction(() => !document.body.classList.contains('vscode-high-contrast'));
      await workbench.command('View: Toggle Primary Side Bar Visibility');
      await page.setViewportSize({ width: 540, height: 900 });
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await picture('480');
      await page.setViewportSize({ width: 1440, height: 900 });
      await workbench.command('View: Toggle Primary Side Bar Visibility');
      await panel
        .locator('.card')
        .first()
        .click({ position: { x: 200, y: 100 } });
      await type('Shift+Backspace');
    });

  test('Export Data Set writes the files with their manifest', async () => {
    const { page } = workbench;
    await workbench.command('Touchstone: Export Data Set');
    const formats = await workbench.quickInput('Formats');
    await formats.locator('.monaco-button', { hasText: 'OK' }).click();
    await workbench.quickInput('Share of the prompts');
    await page.locator('.quick-input-widget .monaco-list-row', { hasText: 'None' }).click();
    await workbench.acceptInput('Name of the data set');
    const folder = path.join(workbench.project, 'datasets', 'v1');
    await eventually('the manifest', () => (existsSync(path.join(folder, 'manifest.json')) ? true : undefined));
    const preferences = jsonLines(path.join(folder, 'trl-preference', 'train.jsonl'));
    for (const row of preferences)
      expect(Object.keys(row)).toEqual(expect.arrayContaining(['prompt', 'chosen', 'rejected']));
    // 6 pairs of a whole ranking; 5 with one tie; the correction beats its parent beside the 6; 6 of the one submitted again.
    expect(preferences.length).toBeGreaterThanOrEqual(23);
    const sft = jsonLines(path.join(folder, 'trl-sft', 'train.jsonl'));
    expect(JSON.stringify(sft)).toContain('An answer that I would have wanted to read.');
  });

  test('Fine-Tune runs a program of one’s own as a task and keeps its record', async () => {
    const { page, project } = workbench;
    await workbench.command('Touchstone: Fine-Tune');
    await workbench.quickInput('Fine-Tune: what to do');
    await page.locator('.quick-input-widget .monaco-list-row', { hasText: 'A program of your own' }).click();
    await workbench.quickInput('Fine-Tune: data set');
    await page.locator('.quick-input-widget .monaco-list-row', { hasText: 'v1' }).click();
    await workbench.acceptInput('Fine-Tune: model');
    await page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Run' }).click();
    const folder = await eventually('the end of the run', () => {
      const file = filesBelow(project).find((name) => name.endsWith('/run.json'));
      if (file === undefined) return undefined;
      const record = JSON.parse(readFileSync(path.join(project, file), 'utf8')) as Record<string, unknown>;
      return record['endedAt'] === undefined ? undefined : path.dirname(path.join(project, file));
    });
    expect(JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8'))).toMatchObject({
      exitCode: 0,
      preset: 'custom',
    });
    const tuned = filesBelow(folder).find((name) => name.endsWith('tuned.txt'));
    const rows = jsonLines(path.join(project, 'datasets', 'v1', 'trl-preference', 'train.jsonl'));
    expect(readFileSync(path.join(folder, tuned ?? ''), 'utf8')).toBe(String(rows.length));
    await page.locator('.pane-body .monaco-list-row', { hasText: /custom-1.*exit code 0/ }).waitFor();
  });
});
