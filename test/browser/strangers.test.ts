/** A project made by a stranger, in the real workbench: what stands in trees, messages and editors, and a host that dies. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { root } from '../../scripts/setup.mjs';
import { payloadClasses } from '../hostile/payloads.js';
import { eventually, Workbench } from './workbench.js';

/** A link that runs a command, an icon, an element, and characters that cannot be seen. */
const name = '[x](command:workbench.action.closeWindow) $(verified) <img src=x onerror=window.pwned=1> \u202e\u200b';
const shown = '[x](command:workbench.action.closeWindow) $(verified) <img src=x onerror=window.pwned=1> [RLO][ZWSP]';
/** Some of each class: a row is drawn like the next. What becomes of every text is in the unit tests of `plainText`. */
const payloads = payloadClasses.flatMap(([, texts]) => texts.slice(0, 4));
const hidden = /[\u202a-\u202e\u2066-\u2069\u200b\u{e0020}-\u{e007f}]/u;

let workbench: Workbench;
let panel: Frame;
const outside: string[] = [];

beforeAll(async () => {
  workbench = await Workbench.open({
    'touchstone.labeler': 'kim',
    'touchstone.server.address': 'http://127.0.0.1:9/v1',
    'touchstone.server.model': name,
  });
  const records = payloads.map((text, index) => ({
    prompt: { messages: [{ role: 'user', content: `${text} ${index}` }] },
    // More answers would be as many lines to write and to read again.
    ...(index === 0 && {
      candidates: payloads.slice(0, 4).map((answer, place) => ({ id: 'abcd'[place], text: `${answer}\n${name}` })),
    }),
  }));
  panel = await workbench.label('strangers', records, { name, flags: [{ id: 'odd', label: name }] });
  workbench.page.on('request', (request) => {
    // A webview's own files have a made-up host: they come from the server through a service worker.
    const ours = /^(?:https?:\/\/127\.0\.0\.1|https:\/\/[^/]+\.vscode-resource\.vscode-cdn\.net\/|data:|blob:)/;
    if (!ours.test(request.url())) outside.push(request.url());
  });
  workbench.page.on('dialog', (dialog) => void dialog.dismiss().then(() => outside.push(dialog.message())));
  await workbench.page.click('.activitybar [aria-label^="Touchstone"]');
});
afterAll(async () => {
  await workbench?.close();
});
beforeEach(({ onTestFailed }) => {
  onTestFailed(async () => {
    const file = path.join(root, 'out', 'test', 'strangers.png');
    mkdirSync(path.dirname(file), { recursive: true });
    await workbench.page.screenshot({ path: file });
    console.log(`What was on the screen: ${file}`);
  });
});

/** Nothing ran in any frame, and nothing was asked for. */
async function expectQuiet(): Promise<void> {
  const ran = await Promise.all(
    workbench.page.frames().map((frame) => frame.evaluate(() => 'pwned' in window).catch(() => false)),
  );
  expect([ran.includes(true), outside]).toEqual([false, []]);
}

test('prompts in the queue are plain text, and nothing in it is hidden', async () => {
  const { page } = workbench;
  const tree = page.locator('.pane', { hasText: 'Queue' }).locator('.monaco-list').first();
  const rows = tree.locator('.monaco-list-row');
  await rows.filter({ hasText: /^1 / }).first().click();
  panel = await workbench.frame('.card');
  const seen = new Map<number, string>();
  const box = await tree.boundingBox();
  await page.mouse.move((box?.x ?? 0) + 60, (box?.y ?? 0) + 60);
  await eventually('every prompt', async () => {
    const labels = await tree.evaluate(
      (list) =>
        new Promise<string[]>((done) =>
          requestAnimationFrame(() =>
            requestAnimationFrame(() =>
              done([...list.querySelectorAll('.monaco-list-row .label-name')].map((label) => label.textContent ?? '')),
            ),
          ),
        ),
    );
    for (const label of labels) {
      const place = Number(/^\d+/.exec(label)?.[0]);
      if (place > 0) seen.set(place, label);
    }
    if (seen.size === payloads.length) return true;
    const more = rows.filter({ hasText: /^Show \d+ more/ });
    if ((await more.count()) > 0) await more.click();
    // By less than the rows that are in sight.
    else await page.mouse.wheel(0, (box?.height ?? 0) - 88);
    return undefined;
  });
  expect(seen.size).toBe(payloads.length);
  expect([...seen.values()].filter((label) => hidden.test(label))).toEqual([]);
  expect(await tree.locator('img, script, iframe, object, a[href^="command:"], .codicon-verified').count()).toBe(0);
  await expectQuiet();
});

test('a name in the status bar, in a tree and in a quick pick draws no icon, makes no link, hides nothing', async () => {
  const { page } = workbench;
  const status = page.locator('.statusbar-item', { hasText: 'closeWindow' });
  expect(await status.innerText()).toContain(shown);
  expect(await status.locator('.codicon-verified').count()).toBe(0);
  const model = page.locator('.monaco-list-row', { hasText: 'closeWindow' }).first();
  expect(await model.locator('.label-name').innerText()).toBe(shown);
  expect(await model.locator('.codicon-verified, a[href^="command:"]').count()).toBe(0);

  await workbench.command('Touchstone: Continue Conversation');
  const picks = await workbench.quickInput('Continue Conversation');
  const details = await eventually('four answers', async () => {
    const rows = await picks.locator('.quick-input-list .monaco-list-row').allInnerTexts();
    return rows.length === 4 ? rows : undefined;
  });
  for (const detail of details) expect(detail.replaceAll(/\s+/g, ' ')).toContain(shown);
  expect(await picks.locator('.codicon-verified, img, a[href^="command:"]').count()).toBe(0);
  await page.keyboard.press('Escape');
  await expectQuiet();
});

test('an answer in the editor is text', async () => {
  panel = await workbench.frame('.card');
  await panel.locator('.card').first().press('i');
  const { page } = workbench;
  await eventually('the text of the answer', async () =>
    (await page.locator('.editor.modified .view-lines').innerText()).includes('onerror') ? true : undefined,
  );
  // By its button: no key depends on where the focus is.
  await page.locator('.editor-actions [aria-label^="Discard"]').first().click();
  await page.locator('.editor.modified').waitFor({ state: 'hidden' });
  await expectQuiet();
});

test('a panel whose host died says so, keeps the judgement, and goes on with the host that came back', async () => {
  panel = await workbench.frame('.card');
  const card = panel.locator('.card').first();
  await card.press('b');
  workbench.killExtensionHost();
  await card.press('a');
  await eventually('the page to notice', async () => {
    await card.press('Home');
    return (await panel.locator('.hostGone').count()) > 0 ? true : undefined;
  });
  await card.press('d');
  await panel.locator('.hostGone a').press('Enter');
  const former = panel;
  panel = await eventually('another page with the judgement', async () => {
    const page = await workbench.frame('.board .chip');
    return page !== former && (await page.locator('.board .tier .chip:not(.implied)').count()) === 3 ? page : undefined;
  });
  expect(await workbench.page.locator('.tab', { hasText: 'Label' }).count()).toBe(1);
  await panel.locator('.card').first().press('Enter');
  const [row] = await eventually('the judgement', () => {
    const rows = workbench.journal('judgements').filter(({ status }) => status === 'submitted');
    return rows.length > 0 ? rows : undefined;
  });
  const [a, b, c, d] = (row?.['shown'] as { order: string[] }).order;
  expect(row?.['ranking']).toEqual([[b], [a], [d], [c]]);
});
