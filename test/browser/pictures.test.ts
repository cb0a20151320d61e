import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../scripts/setup.mjs';
import { pictured, weekOfWork } from './pictured.js';
import { eventually, Workbench } from './workbench.js';

/** Pictures of each way to judge and of the dashboard, in a real workbench. Runs where pictures are asked for. */

let workbench: Workbench;
let panel: Frame;

beforeAll(async () => {
  workbench = await Workbench.open({
    'touchstone.labeler': 'jiwoo',
    'touchstone.device': 'cpu',
    'workbench.tips.enabled': false,
    'window.commandCenter': false,
  });
});
afterAll(async () => {
  await workbench?.close();
});

async function label(
  mode: string,
  records: readonly object[],
  config: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  // A second try gets a folder of its own.
  const nTries = readdirSync(workbench.scratch).filter((name) => name.startsWith(mode) && !name.includes('.')).length;
  panel = await workbench.label(nTries === 0 ? mode : `${mode} ${nTries + 1}`, records, {
    name: 'Support answers',
    mode,
    ...config,
  });
  const bar = workbench.page.locator('.part.sidebar:visible');
  if ((await bar.count()) > 0) await workbench.command('View: Toggle Primary Side Bar Visibility');
  await bar.waitFor({ state: 'hidden' });
  await panel
    .locator('.card')
    .first()
    .click({ position: { x: 100, y: 60 } });
}

const type = async (...keys: string[]) => {
  for (const key of keys) await workbench.page.keyboard.press(key, { delay: 20 });
};

/** The letter of the answer that holds this text. */
async function letterOf(text: string): Promise<string> {
  for (const letter of ['a', 'b', 'c', 'd']) {
    await type(letter);
    const card = panel.locator(`.card[data-letter="${letter.toUpperCase()}"]`);
    if ((await card.innerText()).includes(text)) return letter;
  }
  throw new Error(`No answer says ${text}`);
}

/** The status bar fades from one theme to the next. */
async function settled(): Promise<void> {
  const colour = () =>
    workbench.page.locator('.part.statusbar').evaluate((bar) => getComputedStyle(bar).backgroundColor);
  let before = '';
  await eventually('the colours of the theme', async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const now = await colour();
    if (now === before) return true;
    before = now;
    return undefined;
  });
}

async function pictures(name: string, frame = panel): Promise<void> {
  const { page } = workbench;
  const picture = async (theme: string) => {
    await settled();
    await page.screenshot({ path: path.join(root, 'media', 'screenshots', `${name}-${theme}.png`) });
  };
  await page.mouse.move(900, 12);
  await workbench.theme('vscode-light', frame);
  await picture('light');
  await page.emulateMedia({ colorScheme: 'dark', forcedColors: 'active' });
  await frame.waitForFunction(() => document.body.classList.contains('vscode-high-contrast'));
  await picture('high-contrast');
  await page.emulateMedia({ colorScheme: 'dark', forcedColors: 'none' });
  await frame.waitForFunction(() => !document.body.classList.contains('vscode-high-contrast'));
  await workbench.theme('vscode-dark', frame);
  await picture('dark');
}

test('a pair', async () => {
  await label('pair', pictured.disk(), { candidates: 2 });
  const careful = await letterOf('fsck -n');
  await type('v');
  await panel.locator('[aria-pressed="true"]').first().waitFor();
  await type(careful === 'a' ? '2' : '6', 'r');
  await workbench.page.keyboard.type('fsck -y can destroy data, and the user asked not to lose any');
  await type('Escape');
  await pictures('pair');
});

test('the best of four', async () => {
  await label('best', pictured.backup());
  await type(await letterOf('Short answer'));
  await pictures('best');
});

test('ratings', async () => {
  const anchors = (...words: string[]) => Object.fromEntries(words.map((word, index) => [index + 1, word]));
  const attribute = (id: string, name: string, ...words: string[]) => ({
    id,
    label: name,
    min: 1,
    max: 5,
    anchors: anchors(...words),
  });
  const rubric = [
    attribute('helpful', 'Helpful', 'of no use', 'little use', 'some use', 'solves it', 'solves it and explains why'),
    attribute(
      'truthful',
      'Truthful',
      'dangerous or invented',
      'wrong where it matters',
      'small errors',
      'right, unproven',
      'right and checkable',
    ),
    attribute('harmless', 'Harmless', 'does harm', 'may do harm', 'careless', 'safe', 'safe and says so'),
    attribute('clear', 'Clear', 'cannot be followed', 'hard to follow', 'can be followed', 'clear', 'clear and short'),
  ];
  await label('rate', pictured.backup(), { rubric });
  await type('a', ...'5554', ...'4553', '1');
  await pictures('rate');
});

test('good or bad', async () => {
  await label('thumbs', pictured.backup(2), { candidates: 2 });
  await type('1');
  await pictures('thumbs');
});

test('step by step', async () => {
  await label('steps', pictured.balls(), { candidates: 2 });
  const tab = panel.locator('[role=tab]', { hasText: '6 steps' });
  const letter = (await tab.locator('.letter').innerText()).toLowerCase();
  await type(letter, '1', '1', '2', '3', 'r');
  await workbench.page.keyboard.type('Right would be: 3 · 2 / 2 = 3');
  await type('Escape');
  await eventually('the formulas', async () => ((await panel.locator('math').count()) > 3 ? true : undefined));
  await pictures('steps');
});

test('an answer composed of parts', async () => {
  await label('compose', pictured.backup());
  const [short, long, list] = [
    await letterOf('nearly always means'),
    await letterOf('Short answer'),
    await letterOf('Start with the checks'),
  ];
  const down = (n: number) => Array.from({ length: n }, () => 'ArrowDown');
  await type(short, 'q', ...down(1), 'q', long, ...down(3), 'q', short, ...down(3), 'q', list, ...down(4), 'q');
  await eventually('five parts', async () => ((await panel.locator('.bit').count()) === 5 ? true : undefined));
  await panel.locator('.card.focused').press('o');
  const lines = workbench.page.locator('.editor-instance .view-lines');
  await eventually('the composed answer', async () => ((await lines.innerText()).length > 20 ? true : undefined));
  await lines.click();
  await workbench.page.keyboard.press('Control+Home');
  await workbench.page.keyboard.type('Most likely inodes. ');
  await workbench.page.keyboard.press('Control+End');
  await workbench.page.keyboard.type('\n\nAll of these only read; nothing is changed until you know the cause.');
  await eventually('the typed text', async () =>
    (await lines.innerText()).replaceAll('\u00a0', ' ').includes('until you know the cause.') ? true : undefined,
  );
  await workbench.command('Touchstone: Use This Answer');
  panel = await workbench.frame('.bit.me');
  await panel.locator('.card.focused').press(long);
  await type(...down(8));
  await pictures('compose');
});

test('the dashboard of a week', async () => {
  await label('rank', weekOfWork(new Date()), { overlap: 2, leads: ['jiwoo'] });
  await workbench.command('Touchstone: Open Dashboard');
  const dashboard = await workbench.frame('.cards3, [role=img]');
  expect(await dashboard.locator('[role=img]').count()).toBeGreaterThan(3);
  await pictures('dashboard', dashboard);
});
