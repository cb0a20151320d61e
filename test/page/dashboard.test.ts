import { describe, expect, test } from 'vitest';
import { PromptId } from '../../src/core/index.js';
import type { DashboardView, ToDashboardPage } from '../../src/protocol.js';
import { otherPages, themes, type OtherPage } from './otherPages.js';
import { tabWalk } from './tabWalk.js';

const open = otherPages('dashboard');

const row = (label: string, value: number, half: number, text: string) => ({
  label,
  value,
  low: value - half,
  high: value + half,
  n: 120,
  text,
});
const view: DashboardView = {
  name: 'Support answers',
  subtitle: 'ranking, 4 answers a prompt, 2 labelers each',
  period: 'week',
  progress: {
    nPrompts: 500,
    nDone: 287,
    nPartly: 53,
    nSkipped: 21,
    nDiscarded: 4,
    nLeft: 135,
    nJudgements: 627,
    nWanted: 1000,
  },
  cards: [
    { title: 'Pace', value: '41', unit: 'an hour', note: 'median 71 s a prompt, half of them 52 s to 96 s' },
    { title: 'Agreement', value: '0.71', unit: 'alpha', note: '95 % interval 0.66 to 0.76 · 73 % of pairs alike' },
    { title: 'With oneself', value: '88 %', unit: 'of 150 pairs', note: 'the same prompt again, order turned' },
  ],
  days: [78, 96, 103, 12, 0, 88, 108].map((n, index) => ({ label: 'WTFSSMT'[index] ?? '', n })),
  charts: [
    {
      title: 'Agreement',
      unit: 'alpha, 95 %',
      sentence: 'Labelers read flags in different ways: talk it over, or make the guidelines clearer.',
      tone: 'warning',
      rows: [
        row('ranking', 0.71, 0.05, '0.71'),
        row('helpfulness', 0.64, 0.06, '0.64'),
        row('flags', 0.52, 0.09, '0.52'),
      ],
      range: [0, 1],
      scale: 'coefficient',
    },
    {
      title: 'Position bias',
      unit: 'firsts by place',
      sentence: 'None seen: every interval holds 25 %.',
      tone: 'fine',
      rows: ['A', 'B', 'C', 'D'].map((letter) => row(letter, 0.25, 0.05, '25 %')),
      neutral: 0.25,
      range: [0, 0.5],
      scale: 'share',
    },
    {
      title: 'Length bias',
      unit: 'the longer one wins',
      sentence: 'An answer over 2 × as long wins 68 %.',
      tone: 'warning',
      rows: [row('1 to 1.2 ×', 0.51, 0.05, '51 %'), row('over 2 ×', 0.68, 0.07, '68 %')],
      neutral: 0.5,
      range: [0, 1],
      scale: 'share',
    },
    {
      title: 'Time against length',
      unit: 'median time, by words on the screen',
      sentence: '81 s for 400–800 words.',
      tone: 'fine',
      rows: [row('100–200', 38, 6, '38 s'), row('400–800', 81, 9, '81 s')],
      range: [0, 90],
      scale: 'seconds',
    },
  ],
  labelers: [
    {
      labeler: 'jiwoo',
      nDone: 241,
      medianTime: '64 s',
      withOthers: '74 %',
      withSelf: '91 %',
      days: [30, 38, 41, 5, 0, 36, 20],
    },
    {
      labeler: 'sam',
      nDone: 198,
      medianTime: '82 s',
      withOthers: '72 %',
      withSelf: '90 %',
      days: [28, 34, 36, 7, 0, 30, 14],
    },
  ],
  isLead: true,
  secondLook: [
    {
      promptId: PromptId.parse('p1'),
      title: 'Why is the sky blue?',
      reason: 'the best of one labeler is the last of another',
    },
    {
      promptId: PromptId.parse('p2'),
      title: 'Where is my parcel?',
      reason: 'submitted after 4 s with 610 words on show',
    },
  ],
  nSecondLook: 14,
};

async function show(page: OtherPage, shown: DashboardView | null = view): Promise<void> {
  await page.host({ type: 'dashboard', view: shown, strings: {}, locale: 'en' } satisfies ToDashboardPage);
}

describe('the dashboard', () => {
  test.each(themes)('has no serious finding of axe in %s, and loads nothing from elsewhere', async (theme) => {
    const page = await open({ theme });
    await show(page);
    expect(await page.findings()).toEqual([]);
    expect(await page.whatWentWrong()).toEqual([]);
  });

  test('says each number with its unit, each chart with its sentence, and all of it as tables', async () => {
    const page = await open();
    await show(page);
    const text = await page.page.locator('main').innerText();
    for (const words of [
      '287',
      'of 500 prompts done',
      'discarded 4',
      '0.71',
      'None seen: every interval holds 25 %.',
      'jiwoo',
    ])
      expect(text).toContain(words);
    expect(await page.page.getByRole('img', { name: 'An answer over 2 × as long wins 68 %.' }).count()).toBe(1);
    await page.page.locator('summary', { hasText: 'As table' }).nth(1).click();
    expect(await page.page.locator('details[open] tbody').innerText()).toContain('0.66 – 0.76');
  });

  test('has gold beside the other figures, and by labeler, only where there is one', async () => {
    const page = await open();
    await show(page);
    expect(await page.page.locator('main').innerText()).not.toContain('With gold');
    const [first, ...others] = view.labelers;
    if (first === undefined) throw new Error('labelers were expected');
    await show(page, {
      ...view,
      cards: [
        ...view.cards,
        { title: 'With gold', value: '83 %', unit: 'of 60 comparisons', note: '95 % interval 72 % to 91 %' },
      ],
      labelers: [{ ...first, withGold: '83 % (72 % to 91 %)' }, ...others],
    });
    const tops = await page.page
      .locator('.cards4 > div')
      .evaluateAll((cards) => cards.map((card) => card.getBoundingClientRect().top));
    expect(new Set(tops).size).toBe(1);
    expect(tops).toHaveLength(5);
    expect(await page.page.getByRole('columnheader', { name: 'With gold' }).count()).toBe(1);
    expect(await page.page.getByRole('row', { name: 'jiwoo' }).innerText()).toContain('83 % (72 % to 91 %)');
    expect(await page.findings()).toEqual([]);
  });

  test('goes where it is asked to: by mouse, by Tab and by arrows', async () => {
    const page = await open();
    await show(page);
    await page.page.getByRole('radio', { name: '7 days' }).focus();
    await page.page.keyboard.press('ArrowRight');
    await page.page.getByRole('button', { name: 'Why is the sky blue?' }).click();
    await page.page.locator('vscode-button', { hasText: 'Export' }).click();
    expect(await page.sent()).toEqual([
      { type: 'page-ready' },
      { type: 'period', period: 'all' },
      { type: 'prompt-open', promptId: 'p1' },
      { type: 'action', action: 'export' },
    ]);
  });

  test('stays whole on a narrow panel', async () => {
    const page = await open({ width: 480, height: 900 });
    await show(page);
    const overflow = await page.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await page.findings()).toEqual([]);
  });

  test('shows names and prompts of strangers as text, hidden characters as boxes', async () => {
    const page = await open();
    const hostile = '<img src=x onerror=alert(1)>\u202etxt.exe';
    await show(page, {
      ...view,
      name: hostile,
      labelers: view.labelers.map((each) => ({ ...each, labeler: hostile })),
      secondLook: view.secondLook.map((each) => ({ ...each, title: hostile, reason: hostile })),
    });
    expect(await page.page.locator('main img').count()).toBe(0);
    expect(await page.page.locator('h1').innerText()).not.toContain('\u202e');
    expect(await page.whatWentWrong()).toEqual([]);
  });

  test('says so without a project', async () => {
    const page = await open();
    await show(page, null);
    expect(await page.page.locator('main').innerText()).toBe('No project is open.');
  });
});

describe('the dashboard, by keys alone', () => {
  const reading = [
    '7 days',
    ...['Report', 'Export…', 'Label'],
    // The days, three charts beside them, one below the labelers.
    ...Array.from({ length: 5 }, () => 'As table'),
    ...['Why is the sky blue?', 'Where is my parcel?'],
  ];

  test.each(themes)(
    'Tab reaches everything in the order in which it is read, and shows where it is, in %s',
    async (theme) => {
      const page = await open({ theme, height: 1200 });
      await show(page);
      expect(await tabWalk(page.page)).toEqual({ stops: reading, unmarked: [], missed: [] });
    },
  );

  test('and back the same way', async () => {
    const page = await open({ height: 1200 });
    await show(page);
    expect((await tabWalk(page.page, 'Shift+Tab')).stops).toEqual(reading.toReversed());
  });

  test('what a key does on a control is what a click does', async () => {
    const page = await open();
    await show(page);
    const { page: tab } = page;
    const controls = [
      ...['Report', 'Export', 'Label'].map((hasText) => tab.locator('vscode-button', { hasText })),
      tab.getByRole('button', { name: 'Where is my parcel?' }),
    ];
    for (const control of controls) {
      await control.click();
      await control.press('Enter');
      await control.press('Space');
    }
    const actions = [
      ...['report', 'export', 'label'].map((action) => ({ type: 'action', action })),
      { type: 'prompt-open', promptId: 'p2' },
    ];
    expect(await page.sent()).toEqual([{ type: 'page-ready' }, ...actions.flatMap((each) => [each, each, each])]);
    for (const key of ['Enter', 'Space']) {
      await tab.getByText('As table').first().press(key);
      expect(await tab.locator('details[open]').count()).toBe(key === 'Enter' ? 1 : 0);
    }
  });

  test('arrows choose the period, round and back, and the focus stays with the one that holds', async () => {
    const page = await open();
    await show(page);
    await page.page.getByRole('radio', { name: '7 days' }).focus();
    const chosen: string[] = [];
    for (const key of ['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp']) {
      await page.page.keyboard.press(key);
      const last = (await page.sent()).at(-1) as { period: DashboardView['period'] };
      chosen.push(last.period);
      await show(page, { ...view, period: last.period });
      expect(await page.page.locator('[role="radio"]:focus').getAttribute('aria-checked')).toBe('true');
    }
    expect(chosen).toEqual(['all', 'today', 'all', 'week']);
  });
});

describe('what the dashboard says to those who cannot see it', () => {
  test('how far the work is, once when it is worked out', async () => {
    const page = await open();
    await show(page);
    await expect.poll(() => page.said()).toBe('287 of 500 prompts done.');
  });

  test('the figures of another period', async () => {
    const page = await open();
    await show(page);
    await expect.poll(() => page.said()).not.toBe('');
    const [, ...others] = view.cards;
    await show(page, {
      ...view,
      period: 'today',
      cards: [{ title: 'Pace', value: '38', unit: 'an hour', note: '' }, ...others],
    });
    await expect
      .poll(() => page.said())
      .toBe('Today. Pace: 38 an hour. Agreement: 0.71 alpha. With oneself: 88 % of 150 pairs.');
  });

  test('what others have done, when they rest; nothing where the work is the same', async () => {
    const page = await open();
    await show(page);
    await expect.poll(() => page.said()).not.toBe('');
    await page.page.evaluate(() => {
      const heard: string[] = [];
      Object.assign(window, { heard });
      const region = document.querySelector('[aria-live="polite"]') ?? document.body;
      new MutationObserver(() => heard.push(region.textContent ?? '')).observe(region, { childList: true });
    });
    const done = (nDone: number) => show(page, { ...view, progress: { ...view.progress, nDone } });
    await done(287);
    await done(288);
    await done(289);
    await expect.poll(() => page.said()).toBe('289 of 500 prompts done.');
    expect(await page.page.evaluate(() => (window as unknown as { heard: string[] }).heard)).toEqual([
      '289 of 500 prompts done.',
    ]);
  });

  test('that there is no project any more', async () => {
    const page = await open();
    await show(page);
    await show(page, null);
    await expect.poll(() => page.said()).toBe('No project is open.');
  });

  test.each(themes)('and axe finds nothing serious for them in %s', async (theme) => {
    const page = await open({ theme });
    await page.page.evaluate(() => document.body.classList.add('vscode-using-screen-reader'));
    await show(page);
    for (const table of await page.page.getByText('As table').all()) await table.press('Enter');
    expect(await page.findings()).toEqual([]);
    await show(page, { ...view, labelers: [], secondLook: [], nSecondLook: 0, charts: [] });
    expect(await page.findings()).toEqual([]);
    await show(page, null);
    expect(await page.findings()).toEqual([]);
  });
});
