import { describe, expect, test } from 'vitest';
import { labelingPages, type LabelingTab } from './labelingPage.js';
import { otherPages } from './otherPages.js';
import { opening, prompt } from './sample.js';

declare global {
  interface Window {
    isHostGone?: boolean;
    /** Addresses of links that were clicked. */
    followed: string[];
  }
}

const openLabeling = labelingPages();
const said = 'The extension does not answer. What you do is kept here.';

/** With time in our hands. */
async function open(): Promise<LabelingTab> {
  const tab = await openLabeling({ isSilent: true });
  await tab.page.clock.install();
  await tab.page.reload();
  await tab.host(...opening(prompt()));
  return tab;
}

/** The host ends; a minute goes by. */
async function lose(tab: LabelingTab): Promise<void> {
  await tab.page.evaluate(() => {
    window.isHostGone = true;
  });
  await tab.page.clock.fastForward(31_000);
  await tab.page.clock.fastForward(6_000);
}

/** What the successor was called with: view type, name of the page, what it has kept. */
async function calls(tab: Pick<LabelingTab, 'page'>): Promise<unknown[]> {
  const links = await tab.page.evaluate(() => window.followed);
  return links.map((link) => {
    const { protocol, pathname, search } = new URL(link);
    expect(protocol + pathname).toBe('command:touchstone.resumePanel');
    return JSON.parse(decodeURIComponent(search.slice(1))) as unknown;
  });
}

describe('a labeling page whose host is gone', () => {
  test('says so, keeps what is judged, and is taken up by a link with it', async () => {
    const tab = await open();
    await tab.type('ba');
    await lose(tab);
    expect(await tab.text('.hostGone[role="alert"] p')).toBe(said);
    await tab.type('d');
    expect(await tab.board()).toBe('[1st B] > [2nd A] > [3rd D] > [4th C?]');
    await tab.page.getByRole('link', { name: 'Go on' }).press('Enter');
    const [called] = await calls(tab);
    expect(called).toMatchObject(['touchstone.labeling', 'page-1', { promptId: 'p1' }]);
    expect(called).toHaveProperty('2.work.board.tiers', [
      expect.objectContaining({ letters: ['B'] }),
      expect.objectContaining({ letters: ['A'] }),
      expect.objectContaining({ letters: ['D'] }),
    ]);
    expect(await tab.sent('judgement-submit')).toEqual([]);
  });

  test('hears of a host that was only slow, and sends again what it owes', async () => {
    const tab = await open();
    await tab.type('bad{Enter}');
    await lose(tab);
    const before = await tab.sent('judgement-submit');
    await tab.host({ type: 'progress', progress: { nPrompts: 500, nSubmitted: 127, nToday: 46 } });
    expect(await tab.page.locator('.hostGone').count()).toBe(0);
    const after = await tab.sent('judgement-submit');
    expect(after).toEqual([...before, ...before]);
  });

  test('is taken up by another page: the same judgement, and what was not saved is sent', async () => {
    const tab = await open();
    await tab.type('bad{Enter}');
    await tab.host({ type: 'prompt-show', prompt: prompt(4, 'p2') });
    await tab.type('ca');
    await lose(tab);
    const kept: unknown = await tab.page.evaluate(() => acquireVsCodeApi().getState());
    const owed = await tab.sent('judgement-submit');
    expect(owed).toHaveLength(1);

    await tab.page.evaluate(() => sessionStorage.clear());
    await tab.page.reload();
    await tab.page.evaluate((state) => window.postMessage({ type: 'resume', kept: state }, '*'), kept);
    await tab.host(...opening(prompt(4, 'p2')));
    expect(await tab.board()).toBe('[1st C] > [2nd A] > [3rd]');
    expect(await tab.sent('judgement-submit')).toEqual(owed);
    expect((await tab.sent('draft-change')).at(-1)?.draft.ranking).toEqual([['c-p2-C'], ['c-p2-A']]);
    expect(await tab.page.evaluate(() => acquireVsCodeApi().getState())).toMatchObject({ promptId: 'p2' });
    await tab.expectQuiet();
  });

  test('that answers is not asked for while nothing happens', async () => {
    const tab = await open();
    await tab.page.clock.fastForward(31_000);
    await tab.settle();
    await tab.page.clock.fastForward(6_000);
    expect(await tab.page.locator('.hostGone').count()).toBe(0);
    expect(await calls(tab)).toEqual([]);
  });
});

describe.each(['dashboard', 'playground'] as const)('the page %s', (name) => {
  const openOther = otherPages(name);
  test('says so too', async () => {
    const page = await openOther();
    await page.page.clock.install();
    await page.page.reload();
    await page.page.waitForFunction(() => window.sent.length > 0);
    await page.page.clock.fastForward(6_000);
    await page.page.getByRole('alert').filter({ hasText: said }).waitFor();
    expect(await page.findings()).toEqual([]);
    await page.page.getByRole('link', { name: 'Go on' }).click();
    expect(await calls(page)).toEqual([[`touchstone.${name}`, 'page-1', null]]);
  });
});
