import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { root } from '../../scripts/setup.mjs';
import { eventually, Workbench } from './workbench.js';

let workbench: Workbench;
let panel: Frame;

const texts = [
  'It was measured by Ole Rømer in 1676, as $c = \\frac{d}{t}$.',
  'It was measured by Rømer in 1676.\n\n```python\nreturn d / t\n```',
  'It was measured by Galileo in 1638.',
];
const guidelines = '# How to judge\n\nTrue before all.\n';

beforeAll(async () => {
  workbench = await Workbench.open({ 'touchstone.labeler': 'kim', 'touchstone.device': 'cpu' });
  const records = ['Who measured the speed of light?', 'And when?'].map((content) => ({
    prompt: { messages: [{ role: 'user', content }] },
    candidates: texts.map((text, index) => ({
      id: 'abc'[index],
      text,
      logprobs: text.split(/(?= )|(?<=\d)(?=[.,])/).map((token) => ({
        token,
        logprob: /\d{4}/.test(token) ? Math.log(0.3) : -0.01,
        top: /\d{4}/.test(token) ? [[' 1675', Math.log(0.2)]] : [],
      })),
    })),
  }));
  panel = await workbench.label(
    'aids',
    records,
    { name: 'Light', candidates: 3, guidelines: 'guidelines.md', sampling: { maxTokens: 40 } },
    { 'guidelines.md': guidelines },
  );
});
afterAll(async () => {
  await workbench?.close();
});
beforeEach(({ onTestFailed }) => {
  onTestFailed(async () => {
    const file = path.join(root, 'out', 'test', 'aids.png');
    mkdirSync(path.dirname(file), { recursive: true });
    await workbench.page.screenshot({ path: file });
    console.log(`What was on the screen: ${file}`);
  });
});

const press = async (...keys: string[]) => {
  for (const key of keys) await workbench.page.keyboard.press(key, { delay: 20 });
};

const marked = (name: string) =>
  eventually(`marks "${name}"`, async () => {
    const found = await panel.evaluate((highlight) => {
      const ranges = [...(CSS.highlights.get(highlight) ?? [])];
      return ranges.map((range) => (range instanceof Range ? range.toString() : ''));
    }, name);
    return found.length > 0 ? found.sort() : undefined;
  });

test('parts of the page are loaded in the real webview when they are needed', async () => {
  await panel.waitForSelector('.math.drawn mfrac', { state: 'attached' });
  await panel.waitForSelector('code.coloured .code-keyword', { state: 'attached' });
});

test('V, T and Shift+T mark what they are for, W shows the guidelines', async () => {
  await press('v', 'Escape');
  expect((await marked('differences')).join()).toContain('Galileo');
  await press('t');
  expect(await marked('unsure-2')).toEqual(['1638', '1676', '1676']);
  await press('Shift+ArrowRight');
  expect(await panel.textContent('[role="tooltip"]')).toContain('1675');
  await press('Escape', 'Shift+T');
  expect((await marked('only-one')).join()).toContain('1638');
  await press('w');
  await panel.waitForSelector('.guidelines >> text=True before all.');
});

test('the judgement says what was seen and by which guidelines; a change of them is announced', async () => {
  await press('1', '1', '1', 'Enter');
  const row = await eventually('the judgement', () =>
    workbench.journal('judgements').find(({ status }) => status === 'submitted'),
  );
  expect(row).toMatchObject({
    shown: { aids: ['differences', 'tokens', 'only-one'] },
    guidelinesVersion: createHash('sha256').update(guidelines).digest('hex').slice(0, 12),
  });
  writeFileSync(path.join(workbench.project, 'guidelines.md'), `${guidelines}\nShort where it can be.\n`);
  await panel.waitForSelector('.guidelines >> text=Short where it can be.');
  await eventually('the announcement', async () =>
    (await panel.textContent('.dock'))?.includes('The guidelines have changed') === true ? true : undefined,
  );
});

test('from an alternative of an unsure token the model goes on in one answer more', async () => {
  const card = panel.locator('.card').first();
  const tool = panel.locator('.top button[aria-label="Unsure tokens"]');
  await eventually('the unsure tokens', async () => {
    if ((await tool.getAttribute('aria-pressed')) !== 'true') await card.press('t');
    return (await panel.evaluate(() => CSS.highlights.get('unsure-2')?.size ?? 0)) > 0 ? true : undefined;
  });
  await eventually('an alternative', async () => {
    await card.press('Shift+ArrowRight');
    await card.press('Shift+ArrowDown');
    return (await panel.locator('.token-popover .now', { hasText: '1675' }).count()) === 1 ? true : undefined;
  });
  await card.press('Shift+Enter');
  await panel.locator('.card[data-letter="D"]').waitFor();
  const row = await eventually('the new answer in the journal', () =>
    workbench.journal('candidates').find(({ branch }) => branch !== undefined),
  );
  const { from, at } = row['branch'] as { from: string; at: number };
  const parent = workbench.journal('candidates').find(({ id }) => id === from);
  expect(String(row['text'])).toMatch(/ 1675/);
  expect(String(row['text']).slice(0, at)).toBe(String(parent?.['text']).slice(0, at));
  expect(row).toMatchObject({ origin: 'model', promptId: parent?.['promptId'], finishReason: expect.any(String) });
  // The beginning is rated, too.
  const tokens = (row['logprobs'] as { token: string }[]).map(({ token }) => token).join('');
  expect(tokens.slice(0, 6)).toBe(String(row['text']).slice(0, 6));
});

test('M marks words with a flag, and the judgement holds where they stand', async () => {
  const nMarked = (name: string) => panel.evaluate((highlight) => CSS.highlights.get(highlight)?.size ?? 0, name);
  const card = panel.locator('.card').first();
  if ((await panel.locator('.spans').count()) === 0) {
    await eventually('a word to mark', async () => {
      if ((await nMarked('span-now')) > 0) return true;
      await card.press('m');
      return undefined;
    });
    await card.press('Shift+ArrowRight');
    await card.press('h');
  }
  await panel.locator('.spans', { hasText: 'Hallucination “It was”' }).waitFor();
  expect(await nMarked('span')).toBe(1);
  for (let nPlaced = 0; nPlaced < 4; nPlaced += 1) await panel.locator('.card.focused').press('1');
  await panel.locator('.card.focused').press('Enter');
  const row = await eventually('the judgement', () =>
    workbench.journal('judgements').find(({ status, spans }) => status === 'submitted' && spans !== undefined),
  );
  expect(Object.values(row['spans'] as object)).toEqual([[{ start: 0, end: 6, flag: 'hallucination' }]]);
});
