import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { root } from '../../scripts/setup.mjs';
import { axeFindings } from '../page/watched.js';
import { eventually, jsonLines, touchstone, Workbench } from './workbench.js';

let workbench: Workbench;
let panel: Frame;

beforeAll(async () => {
  workbench = await Workbench.open({ 'touchstone.labeler': 'kim', 'touchstone.device': 'cpu' });
  await workbench.command('View: Toggle Primary Side Bar Visibility');
});
afterAll(async () => {
  await workbench?.close();
});
beforeEach(({ onTestFailed }) => {
  onTestFailed(async () => {
    const file = path.join(root, 'out', 'test', 'modes.png');
    mkdirSync(path.dirname(file), { recursive: true });
    await workbench.page.screenshot({ path: file });
    console.log(`What was on the screen: ${file}`);
  });
});

const questions = [
  'Name three primary colours.',
  'How many balls of one colour are there?',
  'What does HTTP stand for?',
];
const answers = [
  'Red, yellow and blue are the primary colours of painters.\n\nScreens mix red, green and blue.\n\nPrinters use three others.',
  'There are many colours.\n\nMost people like blue.\n\nSo the answer is blue.',
  'Primary colours cannot be mixed from others.\n\nThey are red, yellow and blue.\n\nThat makes three.',
  'Colours are light.\n\nLight is a wave.\n\nWaves have no colour.',
];

type Part = { readonly text: string; readonly from?: string; readonly start?: number; readonly end?: number };

/** Answers with parts of every kind. */
const inParts = [
  'Painters name three:\n\n1. **Red** is the first.\n2. **Yellow** is the second.\n3. **Blue** is the third.\n\nNone of them can be mixed from others.',
  'Screens add light, so theirs are others:\n\n1. Red, `#f00`.\n2. Green, `#0f0`.\n3. Blue, `#00f`.\n\nAll three together are white.',
  'A screen is told them by numbers:\n\n```css\na { color: #f00 }\nb { color: #0f0 }\n```\n\nThe third is left to the reader.',
  'It depends on what is mixed:\n\n- Paint takes light away.\n- A screen adds it.\n\n| mixed | primaries |\n| --- | --- |\n| paint | red, yellow, blue |\n| light | red, green, blue |',
];

/** A project of three prompts whose answers are there already, judged in this way; its panel is opened. */
async function judging(mode: string, nAnswers: number, config: object = {}, texts = answers): Promise<void> {
  const records = questions.map((content) => ({
    prompt: { messages: [{ role: 'user', content }] },
    candidates: texts.slice(0, nAnswers).map((text, index) => ({ id: 'abcd'[index], text })),
  }));
  panel = await workbench.label(mode, records, { name: 'Colours', mode, candidates: nAnswers, ...config });
}

/** Serious findings of axe in the real webview, as it is after the first choice. The answers are one stop, which axe cannot know. */
const findings = () => axeFindings(panel, { 'scrollable-region-focusable': { enabled: false } });

async function type(...keys: string[]): Promise<void> {
  for (const key of keys) await workbench.page.keyboard.press(key, { delay: 20 });
}

/** The first judgement of the journal, candidates as letters of their places on the screen. */
async function firstJudgement(): Promise<Record<string, unknown>> {
  const [row] = await eventually('the judgement', () => {
    const rows = workbench.journal('judgements').filter(({ status }) => status === 'submitted');
    return rows.length === 1 ? rows : undefined;
  });
  const { order } = row?.['shown'] as { order: string[] };
  let text = JSON.stringify(row);
  order.forEach((id, place) => (text = text.replaceAll(`"${id}"`, `"${'ABCD'[place]}"`)));
  return JSON.parse(text) as Record<string, unknown>;
}

/** What an export of this format holds; what was said of one prompt. */
function exported(format: string): Record<string, unknown>[] {
  touchstone(workbench.project, 'export', '--format', format, '--out', 'out');
  return jsonLines(path.join(workbench.project, 'out', format, 'train.jsonl'));
}

/** The text of an answer, by its place on the screen. */
async function textAt(letter: string): Promise<string> {
  const [row] = workbench.journal('judgements');
  const { order } = row?.['shown'] as { order: string[] };
  const candidate = workbench.journal('candidates').find(({ id }) => id === order['ABCD'.indexOf(letter)]);
  return String(candidate?.['text']);
}

describe('each way to judge, by keys alone, from the screen to the exported file', () => {
  test('a pair, with how much better', async () => {
    await judging('pair', 2);
    await type('2');
    expect(await findings()).toEqual([]);
    await type('Enter');
    expect(await firstJudgement()).toMatchObject({ mode: 'pair', strength: 2, ranking: [['A'], ['B']] });
    const [row] = exported('trl-reward');
    expect(row).toMatchObject({
      chosen: [{ role: 'assistant', content: await textAt('A') }],
      rejected: [{ role: 'assistant', content: await textAt('B') }],
      margin: 2,
    });
  });

  test('the best of four', async () => {
    await judging('best', 4);
    await type('b');
    expect(await findings()).toEqual([]);
    await type('Enter');
    expect(await firstJudgement()).toMatchObject({ mode: 'best', best: 'B', ranking: [['B'], expect.any(Array)] });
    const rows = exported('trl-preference');
    expect(rows).toHaveLength(3);
    for (const { chosen } of rows) expect(chosen).toEqual([{ role: 'assistant', content: await textAt('B') }]);
  });

  test('ratings on five attributes', async () => {
    await judging('rate', 2, { rubric: 'helpsteer' });
    await type('4', '3', '4', '1', '2');
    expect(await findings()).toEqual([]);
    await type('0', '1', '2', '3', '4', 'Enter');
    const ratings = (...scores: number[]) =>
      Object.fromEntries(
        ['helpfulness', 'correctness', 'coherence', 'complexity', 'verbosity'].map((id, index) => [id, scores[index]]),
      );
    const row = await firstJudgement();
    expect(row).toMatchObject({ mode: 'rate' });
    const { order } = (workbench.journal('judgements')[0] ?? {})['shown'] as { order: string[] };
    expect(workbench.journal('judgements')[0]?.['ratings']).toEqual({
      [order[0] ?? '']: ratings(4, 3, 4, 1, 2),
      [order[1] ?? '']: ratings(0, 1, 2, 3, 4),
    });
    const rows = exported('helpsteer');
    expect(rows).toContainEqual({
      prompt: expect.any(String),
      response: await textAt('A'),
      ...ratings(4, 3, 4, 1, 2),
    });
    expect(rows).toHaveLength(2);
  });

  test('thumbs', async () => {
    await judging('thumbs', 2);
    await type('1', '2');
    expect(await findings()).toEqual([]);
    await type('Enter');
    const row = await firstJudgement();
    expect(row).toMatchObject({ mode: 'thumbs' });
    const { order } = (workbench.journal('judgements')[0] ?? {})['shown'] as { order: string[] };
    expect(workbench.journal('judgements')[0]?.['thumbs']).toEqual({ [order[0] ?? '']: true, [order[1] ?? '']: false });
    const labels = exported('trl-kto').map(({ completion, label }) => [completion, label]);
    expect(labels).toEqual(
      expect.arrayContaining([
        [[{ role: 'assistant', content: await textAt('A') }], true],
        [[{ role: 'assistant', content: await textAt('B') }], false],
      ]),
    );
  });

  test('an answer composed of parts of three and words of one’s own', async () => {
    await judging('compose', 4, {}, inParts);
    await type('q', 'ArrowDown', 'q', 'b', 'q', 'd', 'ArrowDown', 'ArrowDown', 'q', 'Alt+ArrowUp');
    await eventually('four parts', async () => ((await panel.locator('.bit').count()) === 4 ? true : undefined));
    await panel.locator('.card.focused').press('o');
    const { page } = workbench;
    const lines = page.locator('.editor-instance .view-lines');
    await eventually('the composed answer', async () => ((await lines.innerText()).length > 20 ? true : undefined));
    await lines.click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('In short, by what is mixed.\n\n');
    await eventually('the typed text', async () =>
      (await lines.innerText()).replaceAll('\u00a0', ' ').startsWith('In short, by what is mixed.') ? true : undefined,
    );
    await workbench.command('Touchstone: Use This Answer');
    panel = await workbench.frame('.bit.me');
    expect(await panel.locator('.bit').count()).toBe(5);
    expect(await findings()).toEqual([]);
    await panel.locator('.card.focused').press('Enter');

    const row = await firstJudgement();
    expect(row).toMatchObject({ mode: 'compose', corrections: [{ id: expect.any(String) }] });
    const [own] = row['corrections'] as { text: string; parent?: string; parts: Part[] }[];
    expect(own?.parent).toBeUndefined();
    expect(own?.parts.map(({ from }) => from)).toEqual([undefined, 'A', 'A', 'D', 'B']);
    expect(own?.parts.map(({ text }) => text).join('')).toBe(own?.text);
    for (const { from, start, end, text } of own?.parts.slice(1) ?? []) {
      // An item of a list may have got another number.
      const source = (await textAt(String(from))).slice(start, end);
      expect(text.trim().replace(/^\d+/, '1')).toBe(source.replace(/^\d+/, '1'));
    }
    const answer = (content: string | undefined) => [{ role: 'assistant', content }];
    expect(exported('trl-sft')).toMatchObject([{ completion: answer(own?.text) }]);
    const pairs = exported('trl-preference').map(({ chosen, rejected }) => ({ chosen, rejected }));
    const sources = await Promise.all(['A', 'B', 'D'].map(textAt));
    expect(pairs).toHaveLength(3);
    expect(pairs).toEqual(
      expect.arrayContaining(sources.map((source) => ({ chosen: answer(own?.text), rejected: answer(source) }))),
    );
  });

  test('steps, to the first wrong one', async () => {
    await judging('steps', 2);
    await type('1', '3', 'Enter');
    expect(await findings()).toEqual([]);
    await type('1', '1');
    await type('1', 'Enter');
    const row = await firstJudgement();
    expect(row).toMatchObject({ mode: 'steps' });
    const [first, second] = [await textAt('A'), await textAt('B')].map((text) => text.split('\n\n'));
    const rows = exported('trl-stepwise');
    expect(rows.map(({ completions, labels }) => [completions, labels])).toEqual(
      expect.arrayContaining([
        [first?.slice(0, 2), [true, false]],
        [second, [true, true, true]],
      ]),
    );
  });
});
