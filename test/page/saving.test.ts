import { describe, expect, test } from 'vitest';
import type { EmptyReason, ToLabelingPage } from '../../src/protocol.js';
import { labelingPages } from './labelingPage.js';
import type { LabelingTab } from './labelingPage.js';
import { id, opening, prompt } from './sample.js';

const open = labelingPages();
const ahead: ToLabelingPage = {
  type: 'prompts-ahead',
  prompts: [prompt(4, 'p2', { index: 129 }), prompt(2, 'p3', { index: 130 })],
};

/** The host's word that everything so far is on disk. */
async function acknowledge(tab: LabelingTab): Promise<void> {
  for (const { requestId, promptId } of await tab.sent('judgement-submit'))
    await tab.host({ type: 'judgement-saved', requestId, promptId });
  const last = (await tab.sent('draft-change')).at(-1);
  if (last) await tab.host({ type: 'draft-saved', promptId: last.promptId, revision: last.revision });
}

const reload = async (tab: LabelingTab, ...messages: ToLabelingPage[]) => {
  await tab.page.reload();
  await tab.host(...messages);
};

describe('a draft', () => {
  test('goes to the host at every change, with growing revisions', async () => {
    const tab = await open();
    await tab.type('ba=d');
    const drafts = await tab.sent('draft-change');
    expect(drafts.map(({ draft }) => draft.ranking.map((tier) => tier.map((one) => one.at(-1)).join('')))).toEqual([
      ['B'],
      ['B', 'A'],
      ['B', 'AD'],
    ]);
    const revisions = drafts.map(({ revision }) => revision);
    expect(revisions).toEqual([...new Set(revisions)].sort((one, other) => one - other));
    await acknowledge(tab);
    await tab.type('c');
    expect(await tab.side()).toBe('Complete');
    await acknowledge(tab);
    expect(await tab.side()).toBe('Complete. Draft saved');
  });

  test('is on the board when the host shows its prompt', async () => {
    const draft = {
      ranking: [[id('B')], [id('A'), id('D')]],
      line: 1,
      flags: { [id('C')]: ['unsafe'] },
      rationale: 'kept',
    };
    const tab = await open({ prompt: prompt(4, 'p1', { draft }) });
    expect(await tab.board()).toBe('[1st B] - [2nd A=D] > [4th C?]');
    expect(await tab.text('[data-letter="C"] .flag')).toBe('unsafe');
    expect(await tab.page.locator('#rationale').evaluate((field) => (field as HTMLInputElement).value)).toBe('kept');
    expect(await tab.sent('draft-change')).toEqual([]);
  });

  test('that the host has not seen survives a reload and is sent again', async () => {
    const tab = await open();
    await tab.type('ba');
    await acknowledge(tab);
    await tab.type('2'); // gives A a typed place; never acknowledged
    await tab.type('d');
    await reload(tab, ...opening(prompt()));
    expect(await tab.board()).toContain('D');
    expect(await tab.sent('draft-change')).toHaveLength(1);
  });

  test('that the host has newer loses to the host’s', async () => {
    const tab = await open();
    await tab.type('ba');
    await acknowledge(tab);
    const newer = prompt(4, 'p1', { draft: { ranking: [[id('C')]] } });
    await reload(tab, ...opening(newer));
    expect(await tab.board()).toBe('[1st C] > [2nd]');
  });

  test('stays when the host shows the prompt that is on the screen already', async () => {
    const tab = await open();
    await tab.type('ba');
    await tab.host({ type: 'prompt-show', prompt: prompt() });
    expect(await tab.board()).toBe('[1st B] > [2nd A] > [3rd]');
  });

  test('that could not be written says so at once, and is sent again when asked', async () => {
    const tab = await open();
    await tab.type('b');
    const { promptId, revision } = (await tab.sent('draft-change'))[0]!;
    await tab.host({ type: 'draft-failed', promptId, revision, message: 'The disk is full.' });
    expect(await tab.text('.message p')).toBe('Draft could not be saved. The disk is full.');
    expect(await tab.text('[aria-live="assertive"]')).toBe('Draft could not be saved.');
    await tab.page.click('.message button');
    expect(await tab.page.locator('.message').count()).toBe(0);
    expect(await tab.sent('draft-change')).toHaveLength(2);
  });
});

describe('a submit', () => {
  test('shows the next prompt before it is on disk, the first answer in focus, at its start', async () => {
    const tab = await open({ then: [ahead], height: 420 });
    await tab.type('{ArrowRight}{Space}bad{Enter}');
    expect(await tab.text('.top .num')).toBe('129 of 500');
    expect(await tab.board()).toBe('[1st]');
    expect(await tab.hasFocus()).toBe('A');
    expect(await tab.page.locator('.text').evaluateAll((all) => all.map((text) => text.scrollTop))).toEqual([
      0, 0, 0, 0,
    ]);
    expect(await tab.said()).toBe('Submitted. Prompt 129 of 500, 4 answers.');
    await tab.host({ type: 'prompt-show', prompt: prompt(4, 'p2', { index: 129 }) });
    expect(await tab.text('.top .num')).toBe('129 of 500');
  });

  test('the next prompt is painted in the frame after Enter', async () => {
    const tab = await open({ then: [ahead] });
    await tab.type('bad');
    const seen = await tab.page.evaluate(
      () =>
        new Promise<string | null | undefined>((done) => {
          document
            .querySelector('.card.focused')
            ?.dispatchEvent(
              new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true }),
            );
          requestAnimationFrame(() => done(document.querySelector('.top .num')?.textContent));
        }),
    );
    expect(seen?.replace(/\s+/g, ' ').trim()).toBe('129 of 500');
  });

  test('a second Enter never submits the next prompt, also where a draft of it is complete', async () => {
    const ranked = { ranking: [[id('C', 'p2')], [id('A', 'p2')], [id('D', 'p2')], [id('B', 'p2')]] };
    const begun = prompt(4, 'p2', { index: 129, draft: ranked, status: 'draft' });
    const tab = await open({ then: [{ type: 'prompts-ahead', prompts: [begun] }] });
    await tab.type('bad{Enter}{Enter}');
    expect((await tab.sent('judgement-submit')).map(({ promptId }) => promptId)).toEqual(['p1']);
    expect(await tab.side()).toBe('You began this one before. Enter again submits your draft');
    await tab.type('{Enter}');
    expect((await tab.sent('judgement-submit')).map(({ promptId }) => promptId)).toEqual(['p1', 'p2']);
  });

  test('a prompt that the page has left is not shown again by a late message', async () => {
    const tab = await open({ then: [ahead] });
    await tab.type('bad{Enter}bad{Enter}');
    await tab.host({ type: 'prompt-show', prompt: prompt(4, 'p2', { index: 129 }) });
    expect(await tab.text('.top .num')).toBe('130 of 500');
  });

  test('that failed brings the prompt back with its judgement; the one on the screen keeps its own', async () => {
    const tab = await open({ then: [ahead] });
    await tab.type('bad{Enter}c');
    const { requestId, promptId } = (await tab.lastSubmit())!;
    const failed = { requestId, promptId, message: 'The disk is full.', view: prompt() };
    await tab.host({ type: 'judgement-failed', ...failed });
    expect(await tab.text('.top .num')).toBe('128 of 500');
    expect(await tab.board()).toBe('[1st B] > [2nd A] > [3rd D] > [4th C]');
    expect(await tab.text('.message p')).toBe('Not saved. The disk is full.');
    await tab.type('{Enter}');
    expect(await tab.text('.top .num')).toBe('129 of 500');
    expect(await tab.board()).toBe('[1st C] > [2nd]');
  });

  test('without an answer says so after five seconds, and is sent again with the same id', async () => {
    const tab = await open({ then: [ahead] });
    await tab.type('bad{Enter}');
    expect(await tab.page.locator('.message').count()).toBe(0);
    await tab.page.waitForSelector('.message', { timeout: 8000 });
    expect(await tab.text('.message p')).toContain('Not saved.');
    await tab.page.click('.message button');
    const [first, second] = await tab.sent('judgement-submit');
    expect(second).toEqual(first);
    await acknowledge(tab);
    expect(await tab.page.locator('.message').count()).toBe(0);
  });

  test('that was not acknowledged is sent again after a reload, and its prompt does not come back', async () => {
    const tab = await open({ then: [ahead] });
    await tab.type('bad{Enter}');
    const before = await tab.lastSubmit();
    await reload(tab, ...opening(prompt()));
    expect(await tab.lastSubmit()).toEqual(before);
    expect(await tab.page.locator('.card').count()).toBe(0);
    await tab.host({ type: 'prompt-show', prompt: prompt(4, 'p2') });
    await acknowledge(tab);
    await reload(tab, ...opening(prompt(4, 'p2')));
    expect(await tab.sent('judgement-submit')).toEqual([]);
  });
});

describe('undo', () => {
  test('goes back step by step, and forward again', async () => {
    const tab = await open();
    await tab.type('ba=d-xh');
    const steps = ['[1st B] > [2nd A=D] - [4th C?]', '[1st B] > [2nd A=D] > [4th C?]', '[1st B] > [2nd A] > [3rd]'];
    await tab.type('u');
    expect(await tab.page.locator('.flag').count()).toBe(0);
    for (const step of steps) {
      expect(await tab.board()).toBe(step);
      await tab.type('{Control+z}');
    }
    expect(await tab.board()).toBe('[1st B] > [2nd]');
    await tab.type('{Shift+U}{Control+Shift+Z}{Control+y}');
    expect(await tab.board()).toBe(steps[0]);
    expect((await tab.sent('draft-change')).at(-1)?.draft.line).toBe(2);
  });

  test('takes a rationale back as one entry a pause', async () => {
    const tab = await open();
    await tab.type('br');
    await tab.type('short and clear{Escape}u');
    expect((await tab.sent('draft-change')).at(-1)?.draft).toEqual({ ranking: [['c-p1-B']] });
  });

  test('beyond the first step takes the last submit back', async () => {
    const tab = await open({ then: [ahead] });
    await tab.type('bad{Enter}u');
    expect(await tab.sent('submit-undo')).toHaveLength(1);
    const draft = { ranking: [[id('B')], [id('A')], [id('D')], [id('C')]] };
    await tab.host({ type: 'prompt-show', prompt: prompt(4, 'p1', { draft, status: 'draft' }), reopened: true });
    expect(await tab.board()).toBe('[1st B] > [2nd A] > [3rd D] > [4th C]');
    expect(await tab.said()).toBe('Taken back: prompt 128 is open again.');
  });

  test('of the last prompt there is asks nothing before it is submitted again', async () => {
    const tab = await open();
    await tab.type('bad{Enter}u');
    const draft = { ranking: [[id('B')], [id('A')], [id('D')], [id('C')]] };
    await tab.host({ type: 'prompt-show', prompt: prompt(4, 'p1', { draft, status: 'draft' }), reopened: true });
    await tab.type('{Enter}');
    expect(await tab.sent('judgement-submit')).toHaveLength(2);
  });

  test('goes on step by step in a prompt that was taken back, from the place that went without saying', async () => {
    const tab = await open({ then: [ahead] });
    await tab.type('bad{Enter}u');
    const draft = { ranking: [[id('B')], [id('A')], [id('D')], [id('C')]] };
    await tab.host({ type: 'prompt-show', prompt: prompt(4, 'p1', { draft, status: 'draft' }), reopened: true });
    await tab.type('uu');
    expect(await tab.board()).toBe('[1st B] > [2nd A] > [3rd]');
    expect(await tab.sent('submit-undo')).toHaveLength(1);
  });

  test('where there is nothing says so', async () => {
    const tab = await open();
    await tab.type('u');
    await tab.host({ type: 'nothing-to-undo' });
    expect(await tab.side()).toBe('Nothing to undo');
  });

  test('is kept for a prompt that was left and shown again', async () => {
    const tab = await open();
    await tab.type('ban');
    await tab.host({ type: 'prompt-show', prompt: prompt(4, 'p2') });
    await tab.host({
      type: 'prompt-show',
      prompt: prompt(4, 'p1', { draft: { ranking: [[id('B')], [id('A')]] }, status: 'draft' }),
    });
    await tab.type('u');
    expect(await tab.board()).toBe('[1st B] > [2nd]');
  });
});

describe('when there is nothing to judge', () => {
  const cases: [reason: EmptyReason, title: string, action: string][] = [
    ['no-project', 'Open a labeling project', 'import-prompts'],
    ['no-prompts', 'Add prompts', 'import-prompts'],
    ['no-model', 'Choose a model that answers', 'add-model'],
    ['restricted', 'Models stay off in Restricted Mode', 'manage-trust'],
    ['all-done', 'Nothing is left in your queue', 'export'],
  ];
  test('the page says what is missing and offers the next step', async () => {
    const tab = await open();
    for (const [reason, title, action] of cases) {
      await tab.host({ type: 'empty', reason });
      expect(await tab.text('.mid h2')).toBe(title);
      await tab.page.click('.mid vscode-button');
      expect((await tab.sent('action')).at(-1)?.action).toBe(action);
    }
    await tab.host({ type: 'empty', reason: 'all-done', detail: '479 submitted, 21 skipped.' });
    expect(await tab.text('.mid p')).toBe('479 submitted, 21 skipped.');
    await tab.host({
      type: 'empty',
      reason: 'no-project',
      detail: 'Cannot read touchstone.json: mode: Invalid option.',
    });
    expect(await tab.text('.mid')).toMatch(/The project cannot be opened\s+Cannot read touchstone\.json: mode/);
    expect(await tab.text('.mid vscode-button')).toBe('Open touchstone.json');
    await tab.page.click('.mid vscode-button');
    expect((await tab.sent('action')).at(-1)?.action).toBe('open-project-file');
    await tab.type('ba{Enter}su'); // no key does harm here
    expect(await tab.sent('judgement-submit')).toEqual([]);
  });

  test('while it loads nothing shows for 150 ms, then headers only', async () => {
    const tab = await open({ isSilent: true });
    await tab.page.waitForSelector('.slow .skeleton');
    expect(await tab.page.locator('.card').count()).toBe(0);
  });

  test('a message of the host stands in the toolbar, with its step', async () => {
    const tab = await open();
    await tab.host({
      type: 'strip',
      strip: {
        kind: 'warning',
        message: 'The CPU is used: same answers, slower.',
        details: 'WebGPU gave other numbers.',
        action: { action: 'show-log', label: 'Show log' },
      },
    });
    expect(await tab.page.getAttribute('.message', 'role')).toBe('status');
    await tab.page.click('.message .textButton');
    expect((await tab.sent('action')).at(-1)).toEqual({ type: 'action', action: 'show-log' });
    await tab.host({ type: 'strip', strip: null });
    expect(await tab.page.locator('.message').count()).toBe(0);
  });
});
