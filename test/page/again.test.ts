import { describe, expect, test } from 'vitest';
import { labelingPages } from './labelingPage.js';
import { answers, id, opening, prompt } from './sample.js';

const open = labelingPages();

describe('a prompt that comes again', () => {
  const turned = prompt(4, 'p1', { pass: 1, index: 129, answers: answers(4).toReversed() });

  test('looks as if it was new, and nothing of the first time comes back by undo', async () => {
    const tab = await open({ then: [{ type: 'prompts-ahead', prompts: [turned] }] });
    await tab.type('bad{Enter}');
    expect(await tab.text('.top .num')).toBe('129 of 500');
    expect(await tab.board()).toBe('[1st]');
    expect(await tab.page.locator('.standing').count()).toBe(0);
    await tab.type('u');
    expect(await tab.board()).toBe('[1st]');
    expect(await tab.sent('submit-undo')).toHaveLength(1);
  });

  test('says in every message that it is the second time', async () => {
    const tab = await open({ then: [{ type: 'prompts-ahead', prompts: [turned, prompt(4, 'p2')] }] });
    await tab.type('bad{Enter}a{Enter}{Enter}');
    const [first, second] = await tab.sent('judgement-submit');
    expect([first?.pass, second?.pass]).toEqual([undefined, 1]);
    // The letters are those of the second time: A is what was D.
    expect(second?.draft.ranking).toEqual([[id('D')]]);
    expect((await tab.sent('draft-change')).map(({ pass }) => pass)).toEqual([undefined, undefined, undefined, 1]);
    await tab.host({ type: 'prompt-show', prompt: turned });
    // It is on its way to the disk: the page has gone on.
    expect(await tab.text('.top .num')).toBe('128 of 500');
    expect(await tab.board()).toBe('[1st]');
  });

  test('keeps what was begun over a reload, and not for the first time', async () => {
    const tab = await open({ prompt: turned });
    await tab.type('ba');
    await tab.page.reload();
    await tab.host(...opening(prompt(4, 'p1', { status: 'submitted', draft: { ranking: [[id('C')]] } })));
    expect(await tab.board()).toBe('[1st C] > [2nd]');
    await tab.page.reload();
    await tab.host(...opening(turned));
    expect(await tab.board()).toBe('[1st B] > [2nd A] > [3rd]');
  });
});

describe('a prompt that is not judged', () => {
  const ahead = { type: 'prompts-ahead' as const, prompts: [prompt(4, 'p2', { index: 129 })] };

  test('is discarded by Shift+N, or for a reason beside skipping', async () => {
    const tab = await open({ then: [ahead] });
    await tab.type('{Shift+N}');
    expect(await tab.sent('prompt-discard')).toMatchObject([{ promptId: 'p1' }]);
    expect(await tab.said()).toBe('Discarded. Prompt 129 of 500, 4 answers.');
    expect(await tab.page.locator('#discard').count()).toBe(0);
    await tab.type('{Shift+S}');
    await tab.page.locator('#skipReason').locator('input').pressSequentially('no question');
    await tab.page.click('#discard');
    expect((await tab.sent('prompt-discard')).at(-1)).toMatchObject({ promptId: 'p2', reason: 'no question' });
    expect(await tab.sent('prompt-skip')).toEqual([]);
  });

  test('says where it stands when it is looked at again', async () => {
    const tab = await open({ prompt: prompt(4, 'p1', { status: 'discarded' }) });
    expect(await tab.text('.standing')).toBe('discarded');
    await tab.expectQuiet();
  });
});

describe('an earlier judgement', () => {
  const submitted = { status: 'submitted' as const, draft: { ranking: [[id('B')], [id('A')]] } };

  test('opens as a draft: changed, it is sent as any other', async () => {
    const tab = await open({ prompt: prompt(4, 'p1', submitted) });
    expect(await tab.text('.standing')).toBe('submitted');
    expect(await tab.board()).toBe('[1st B] > [2nd A] > [3rd]');
    await tab.type('c{Enter}');
    expect(await tab.lastRanking()).toBe('B > A > C > D');
  });

  test('says when it was made by guidelines that have changed since', async () => {
    const tab = await open({ prompt: prompt(4, 'p1', { ...submitted, isPastGuidelines: true }) });
    expect(await tab.text('.standing')).toBe('submitted, by earlier guidelines');
  });

  test('is no draft before anything is changed', async () => {
    const tab = await open({ prompt: prompt(2, 'p1', submitted) });
    expect(await tab.side()).toBe('Complete');
  });

  test('from the history takes the place of what is on the board', async () => {
    const tab = await open({ prompt: prompt(4, 'p1', submitted) });
    await tab.type('c');
    const draft = { ranking: [[id('D')], [id('C')]] };
    const revision = Date.now() + 1000;
    await tab.host({ type: 'prompt-show', prompt: prompt(4, 'p1', { status: 'draft', draft, revision }) });
    expect(await tab.board()).toBe('[1st D] > [2nd C] > [3rd]');
    await tab.type('a');
    expect((await tab.sent('draft-change')).at(-1)?.revision).toBeGreaterThan(revision);
  });

  test('has the names of the models where the host sends them', async () => {
    const named = answers(2).map((answer, index) => ({ ...answer, reveal: `model ${index} <b>x</b>` }));
    const tab = await open({ prompt: prompt(2, 'p1', { ...submitted, answers: named }) });
    expect(await tab.text('.card[data-letter="A"] header')).toContain('model 0 <b>x</b>');
    await tab.expectQuiet();
  });
});

describe('what somebody else said', () => {
  test('can be looked at, not changed', async () => {
    const who = 'lee <img src=x onerror=alert(1)>';
    const theirs = { status: 'submitted' as const, readOnly: who, draft: { ranking: [[id('C')], [id('A')]] } };
    const tab = await open({ prompt: prompt(4, 'p1', { status: 'submitted', draft: { ranking: [[id('B')]] } }) });
    await tab.host({ type: 'prompt-show', prompt: prompt(4, 'p1', theirs) });
    expect(await tab.board()).toBe('[1st C] > [2nd A] > [3rd]');
    expect(await tab.text('.standing')).toBe(`what ${who} said, to look at`);
    for (const keys of [
      'b',
      '2',
      '{Shift+D}',
      '-',
      '{Backspace}',
      'u',
      's',
      '{Shift+N}',
      'x',
      'i',
      '{Enter}',
      '{Enter}',
    ])
      await tab.type(keys);
    await tab.page.click('#skip');
    await tab.page.click('.card[data-letter="D"] .letter');
    expect(await tab.board()).toBe('[1st C] > [2nd A] > [3rd]');
    expect(await tab.side()).toBe(`${who} said this: it can be looked at, not changed`);
    for (const type of [
      'draft-change',
      'judgement-submit',
      'prompt-skip',
      'prompt-discard',
      'submit-undo',
      'improve-open',
    ])
      expect(await tab.sent(type as 'draft-change')).toEqual([]);
    await tab.type('{ArrowRight}n');
    expect(await tab.sent('prompt-go')).toHaveLength(1);
    await tab.host({
      type: 'prompt-show',
      prompt: prompt(4, 'p1', { status: 'submitted', draft: { ranking: [[id('B')]] } }),
    });
    expect(await tab.board()).toBe('[1st B] > [2nd]');
    await tab.type('a');
    expect((await tab.sent('draft-change')).at(-1)?.draft.ranking).toEqual([[id('B')], [id('A')]]);
    await tab.expectQuiet();
  });
});
