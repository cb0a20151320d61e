import { describe, expect, test } from 'vitest';
import { labelingPages } from './labelingPage.js';
import { id, prompt } from './sample.js';

const open = labelingPages();

describe('four answers take four or five keys', () => {
  const paths: [habit: string, keys: string, nKeys: number, ranking: string][] = [
    ['by name, the last implied', 'bad{Enter}', 4, 'B > A > D > C'],
    ['by name, all typed', 'badc{Enter}', 5, 'B > A > D > C'],
    ['by name, with a tie', 'ba{Shift+D}{Enter}', 4, 'B > A = D > C'],
    ['by place, while reading', '2143{Enter}', 5, 'B > A > D > C'],
    ['all alike', '1111{Enter}', 5, 'A = B = C = D'],
  ];
  test.each(paths)('%s: %s', async (_habit, keys, nKeys, ranking) => {
    expect([...keys.replaceAll(/\{[^}]+\}/g, '.')]).toHaveLength(nKeys);
    const tab = await open();
    await tab.type(keys);
    expect(await tab.sent('judgement-submit')).toHaveLength(1);
    expect(await tab.lastRanking()).toBe(ranking);
    await tab.expectQuiet();
  });
});

describe('the board', () => {
  const cases: [keys: string, drawn: string, side: string][] = [
    ['', '[1st]', 'Not placedABCD'],
    ['b', '[1st B] > [2nd]', 'Not placedACD'],
    ['ba=d', '[1st B] > [2nd A=D] > [4th C?]', 'C goes last. Enter accepts'],
    ['ba=d-c', '[1st B] > [2nd A=D] - [4th C]', 'Complete'],
    ['ba=dc-', '[1st B] > [2nd A=D] > [4th C] -', 'Complete'],
    ['-b', '- [1st B] > [2nd]', 'Not placedACD'],
    ['2', '[2nd A] > [3rd]', 'Not placedBCD'],
    ['ba{Backspace}', '[1st B] > [2nd]', 'Not placedACD'],
    ['ba{Shift+Backspace}', '[1st]', 'Not placedABCD'],
    ['bad{Alt+ArrowUp}', '[1st B] > [2nd A=D] > [4th C?]', 'C goes last. Enter accepts'],
    ['bad{Alt+ArrowUp}{Alt+ArrowUp}', '[1st B] > [2nd D] > [3rd A] > [4th C?]', 'C goes last. Enter accepts'],
    ['ba=0', '[1st B] > [2nd]', 'Not placedCD'],
  ];
  test('draws what the keys say', async () => {
    const tab = await open();
    for (const [keys, drawn, side] of cases) {
      await tab.type(`{Shift+Backspace}a{Backspace}${keys}`);
      expect([keys, await tab.board(), (await tab.side()).replaceAll(' ', '').replace('.', '. ')]).toEqual([
        keys,
        drawn,
        side.replaceAll(' ', '').replace('.', '. '),
      ]);
    }
    await tab.expectQuiet();
  });

  test('each answer wears its place, neutral but for the first', async () => {
    const tab = await open();
    expect(await tab.page.locator('.card .badge').count()).toBe(0);
    await tab.type('ba=d');
    const badges = await tab.page.locator('.card').evaluateAll((cards) =>
      cards.map((card) => {
        const badge = card.querySelector('.badge');
        return `${badge?.textContent ?? '–'}${badge?.classList.contains('first') ? ' !' : ''}`;
      }),
    );
    expect(badges).toEqual(['2nd =', '1st !', '–', '2nd =']);
  });

  test('the best of a tie is marked with Y, and nothing else is', async () => {
    const tab = await open();
    await tab.type('b=ay');
    expect(await tab.text('[data-letter="A"] .badge')).toBe('1st = ★');
    expect((await tab.sent('draft-change')).at(-1)?.draft.best).toBe('c-p1-A');
    await tab.type('cy');
    expect(await tab.side()).toBe('Best marks one of a tie in first place');
  });

  test('is read out once the typing pauses', async () => {
    const tab = await open();
    await tab.type('ba=d');
    expect(await tab.said()).toBe('B first. A and D second. C goes last. Enter accepts.');
    await tab.type('-');
    expect(await tab.said()).toBe(
      'B first. A and D second. Good-enough line after second. C goes last. Enter accepts.',
    );
  });
});

describe('the order field', () => {
  test('is the same line: typed in, pasted into, left as it is printed', async () => {
    const tab = await open();
    await tab.page.focus('#order');
    await tab.page.keyboard.insertText('c = d - b');
    await tab.settle();
    expect(await tab.board()).toBe('[1st C=D] - [3rd B] > [4th A?]');
    await tab.type('{Escape}');
    expect(await tab.page.inputValue('#order')).toBe('C = D - B');
    await tab.type('a');
    expect(await tab.page.inputValue('#order')).toBe('C = D - B > A');
  });

  test('a text that is no order leaves the last good one and says why', async () => {
    const tab = await open();
    await tab.page.focus('#order');
    await tab.type('b a b');
    expect(await tab.board()).toBe('[1st B] > [2nd A] > [3rd]');
    expect(await tab.text('.problem')).toBe('B stands in two places');
    expect(await tab.page.getAttribute('#order', 'aria-invalid')).toBe('true');
    await tab.type('{Backspace}');
    expect(await tab.page.locator('.problem').count()).toBe(0);
  });

  test('Enter in it submits, so that a screen reader needs nothing else', async () => {
    const tab = await open();
    await tab.page.evaluate(() => document.body.classList.add('vscode-using-screen-reader'));
    await tab.type('bad');
    expect(await tab.board()).toBe('[1st]'); // bare keys are off
    await tab.page.focus('#order');
    await tab.type('b a = d c{Enter}');
    expect(await tab.lastRanking()).toBe('B > A = D > C');
  });

  test('with a text that is no order, Enter submits nothing and says why', async () => {
    const tab = await open();
    await tab.page.focus('#order');
    await tab.type('b a d c x{Enter}{Enter}');
    expect(await tab.sent('judgement-submit')).toEqual([]);
    expect(await tab.side()).toBe('There is no answer X');
    await tab.type('{Backspace}{Enter}');
    expect(await tab.lastRanking()).toBe('B > A > D > C');
  });
});

describe('Enter', () => {
  test('with nothing placed only says so, however often', async () => {
    const tab = await open();
    await tab.type('{Enter}{Enter}{Enter}');
    expect(await tab.side()).toBe('Nothing is placed yet. Type the order, best first');
    expect(await tab.sent('judgement-submit')).toEqual([]);
  });

  test('with all left out asks what is wrong with them, and takes it', async () => {
    const tab = await open();
    await tab.type('0000{Enter}');
    expect(await tab.side()).toBe('All are left out. Flag what is wrong, or skip the prompt');
    expect(await tab.sent('judgement-submit')).toEqual([]);
    await tab.type('xh{Enter}');
    expect((await tab.lastSubmit())?.draft).toMatchObject({
      ranking: [],
      leftOut: ['A', 'B', 'C', 'D'].map((l) => id(l)),
    });
  });

  test('with answers left asks once more, then submits without them', async () => {
    const tab = await open();
    await tab.type('ba{Enter}');
    expect(await tab.side()).toBe('C, D: no place. Enter again submits without them');
    expect(await tab.sent('judgement-submit')).toEqual([]);
    await tab.type('{Enter}');
    expect(await tab.lastRanking()).toBe('B > A');
  });

  test('another key between the two takes the question back', async () => {
    const tab = await open();
    await tab.type('b{Enter}a{Enter}');
    expect(await tab.sent('judgement-submit')).toEqual([]);
  });

  test('where the project asks for all, answers left forbid it; where they count as last, they do', async () => {
    const forbid = await open({ settings: { partial: 'forbid' } });
    await forbid.type('ba{Enter}{Enter}{Enter}');
    expect(await forbid.sent('judgement-submit')).toEqual([]);
    const last = await open({ settings: { partial: 'last' } });
    await last.type('ba{Enter}{Enter}');
    expect(await last.lastRanking()).toBe('B > A > C = D');
  });

  test('without the implied last every answer is typed', async () => {
    const tab = await open({ settings: { impliedLast: false } });
    await tab.type('bad{Enter}');
    expect(await tab.sent('judgement-submit')).toEqual([]);
  });

  test('held down submits once', async () => {
    const tab = await open({ then: [{ type: 'prompts-ahead', prompts: [prompt(4, 'p2'), prompt(4, 'p3')] }] });
    await tab.type('bad');
    await tab.page.keyboard.down('Enter');
    await tab.page.keyboard.down('Enter');
    await tab.page.keyboard.down('Enter');
    await tab.page.keyboard.up('Enter');
    expect(await tab.sent('judgement-submit')).toHaveLength(1);
  });

  test('on a button presses the button', async () => {
    const tab = await open();
    await tab.type('bad');
    await tab.page.focus('#skip');
    await tab.type('{Enter}');
    expect(await tab.sent('prompt-skip')).toHaveLength(1);
    expect(await tab.sent('judgement-submit')).toEqual([]);
  });

  test('a reason that the project asks for is asked for', async () => {
    const tab = await open({ settings: { rationale: 'required' } });
    await tab.type('bad{Enter}');
    expect(await tab.side()).toBe('This project asks for a reason');
    expect(await tab.hasFocus()).toBe('rationale');
    await tab.type('shorter{Control+Enter}');
    expect((await tab.lastSubmit())?.draft.rationale).toBe('shorter');
  });

  test('says more than a ranking: line, left out, flags, rationale, words, aids', async () => {
    const tab = await open();
    await tab.type('xhb-ad{ArrowLeft}0lr');
    await tab.type('too bold{Escape}{Enter}');
    expect(await tab.lastSubmit()).toMatchObject({
      promptId: 'p1',
      draft: {
        ranking: [['c-p1-B'], ['c-p1-A'], ['c-p1-D']],
        line: 1,
        leftOut: ['c-p1-C'],
        flags: { 'c-p1-A': ['hallucination'] },
        rationale: 'too bold',
      },
      aids: ['source'],
      words: { 'c-p1-C': expect.any(Number) },
      cut: [],
    });
  });
});

describe('reading', () => {
  test('arrows and letters move the focus; Space and J scroll only the focused answer', async () => {
    const tab = await open({ height: 420 });
    const scrolled = () =>
      tab.page.locator('.text').evaluateAll((texts) => texts.map((text) => Math.sign(text.scrollTop)));
    await tab.type('{ArrowRight}{Space}');
    expect(await tab.focused()).toBe('B');
    expect(await scrolled()).toEqual([0, 1, 0, 0]);
    await tab.type('{Shift+Space}');
    expect(await scrolled()).toEqual([0, 0, 0, 0]);
    await tab.type('{ArrowLeft}{End}');
    expect(await scrolled()).toEqual([1, 0, 0, 0]);
    await tab.type('{Home}jk');
    expect(await scrolled()).toEqual([0, 0, 0, 0]);
  });

  test('a long prompt in focus is what Space, J and K scroll', async () => {
    const messages = [{ role: 'user' as const, content: 'word '.repeat(4000) }];
    const tab = await open({ prompt: prompt(4, 'p1', { messages }), height: 420 });
    await tab.page.focus('.prompt');
    await tab.type(' j');
    expect(await tab.page.locator('.prompt').evaluate((part) => part.scrollTop)).toBeGreaterThan(60);
    expect(await tab.page.locator('[data-letter="A"] .text').evaluate((part) => part.scrollTop)).toBe(0);
  });

  test('one at a time shows the answers in the same place, each where it was scrolled to', async () => {
    const tab = await open({ height: 420 });
    await tab.type('z{ArrowRight}{Space}');
    const place = await tab.page.locator('[data-letter="B"] .text').evaluate((text) => text.scrollTop);
    expect(place).toBeGreaterThan(0);
    const boxOfB = await tab.page.locator('[data-letter="B"] .text').boundingBox();
    await tab.type('{ArrowLeft}');
    expect(await tab.page.locator('[data-letter="A"] .text').boundingBox()).toEqual(boxOfB);
    expect(await tab.page.locator('[data-letter="B"]').isVisible()).toBe(false);
    await tab.type('{ArrowRight}');
    expect(await tab.page.locator('[data-letter="B"] .text').evaluate((text) => text.scrollTop)).toBe(place);
    await tab.type('{Escape}');
    expect(await tab.page.locator('[data-letter="A"]').isVisible()).toBe(true);
  });

  test('L shows the text as it was written', async () => {
    const tab = await open();
    await tab.type('l');
    expect(await tab.text('[data-letter="B"] .md')).toContain('### In short');
    await tab.type('l');
    expect(await tab.text('[data-letter="B"] .md')).not.toContain('###');
  });

  test('W asks the host for the guidelines, I for an editor, N and P for a neighbour', async () => {
    const tab = await open();
    await tab.type('w{ArrowRight}inp');
    expect(await tab.sent('guidelines-ask')).toHaveLength(1);
    expect(await tab.sent('improve-open')).toMatchObject([{ promptId: 'p1', candidateId: 'c-p1-B' }]);
    expect((await tab.sent('prompt-go')).map(({ to }) => to)).toEqual(['next', 'previous']);
  });
});

describe('flags', () => {
  test('X opens them on the answer, a letter toggles one and closes', async () => {
    const tab = await open();
    await tab.type('{ArrowRight}x');
    expect(await tab.page.locator('.chord [role=menuitemcheckbox]').count()).toBe(6);
    expect(await tab.said()).toContain('Flag B: H Hallucination');
    await tab.type('h');
    expect(await tab.page.locator('.chord').count()).toBe(0);
    expect(await tab.text('[data-letter="B"] .flag')).toBe('hallucination');
    expect(await tab.hasFocus()).toBe('B');
    await tab.type('xh');
    expect(await tab.page.locator('.flag').count()).toBe(0);
  });

  test('Shift+X flags the prompt, in its own words, at the top; that alone can be submitted', async () => {
    const tab = await open();
    await tab.type('{Shift+X}');
    expect(await tab.said()).toContain('Flag the prompt: H Hallucination');
    await tab.type('p');
    expect(await tab.text('.top .flag')).toBe('personal data');
    expect((await tab.sent('draft-change')).at(-1)?.draft).toEqual({ ranking: [], promptFlags: ['personal-data'] });
    await tab.type('u');
    expect(await tab.page.locator('.top .flag').count()).toBe(0);
    await tab.type('{Shift+X}');
    await tab.type('p{Enter}');
    expect(await tab.side()).toBe('No answer is judged. Enter again submits what is said of the prompt');
    await tab.type('{Enter}');
    expect((await tab.lastSubmit())?.draft).toEqual({ ranking: [], promptFlags: ['personal-data'] });
  });

  test('a held X opens them; Tab and the keys of the workbench close them and do what they do', async () => {
    const tab = await open();
    for (let times = 0; times < 3; times += 1) await tab.page.keyboard.down('x');
    await tab.page.keyboard.up('x');
    expect(await tab.page.locator('.chord').count()).toBe(1);
    await tab.page.evaluate(() =>
      addEventListener('keydown', ({ key, ctrlKey }) => document.body.append(`${ctrlKey ? 'Ctrl+' : ''}${key} passed`)),
    );
    await tab.type('{Control+p}');
    expect(await tab.text('body')).toContain('Ctrl+p passed');
    await tab.type('x{F1}');
    expect(await tab.text('body')).toContain('F1 passed');
    await tab.type('x{Tab}');
    expect(await tab.page.locator('.chord').count()).toBe(0);
    expect(await tab.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Flag A');
    expect(await tab.page.locator('.flag').count()).toBe(0);
  });

  test('Escape and other keys close without a flag; arrows and Enter choose', async () => {
    const tab = await open();
    await tab.type('x{Escape}xz');
    expect(await tab.page.locator('.chord').count()).toBe(0);
    expect(await tab.sent('draft-change')).toEqual([]);
    await tab.type('x{ArrowDown}{Enter}');
    expect(await tab.text('[data-letter="A"] .flag')).toBe('unsafe');
  });
});

describe('skip', () => {
  test('S skips, Shift+S asks why first', async () => {
    const tab = await open({ then: [{ type: 'prompts-ahead', prompts: [prompt(4, 'p2')] }] });
    await tab.type('s');
    expect(await tab.sent('prompt-skip')).toMatchObject([{ promptId: 'p1' }]);
    await tab.type('{Shift+S}');
    expect(await tab.hasFocus()).toBe('skipReason');
    await tab.type('no sense{Enter}');
    expect((await tab.sent('prompt-skip')).at(-1)).toMatchObject({ promptId: 'p2', reason: 'no sense' });
  });

  test('Ctrl+Enter in the reason skips too: the judgement is not what was asked for', async () => {
    const tab = await open();
    await tab.type('badc{Shift+S}');
    await tab.type('no sense{Control+Enter}');
    expect(await tab.sent('judgement-submit')).toEqual([]);
    expect(await tab.sent('prompt-skip')).toMatchObject([{ reason: 'no sense' }]);
  });

  test('Escape goes back without skipping', async () => {
    const tab = await open();
    await tab.type('{Shift+S}well{Escape}');
    expect(await tab.sent('prompt-skip')).toEqual([]);
    expect(await tab.page.locator('#rationale').count()).toBe(1);
    expect(await tab.hasFocus()).toBe('A');
  });
});

describe('living beside VS Code', () => {
  test('keys of ours go no further than the document; all others pass untouched', async () => {
    const tab = await open();
    await tab.page.evaluate(() => {
      const passed: string[] = [];
      Object.assign(window, { passed });
      window.addEventListener('keydown', (event) => passed.push(`${event.key}${event.defaultPrevented ? '!' : ''}`));
    });
    await tab.type('ba=d-xhz{Escape}lu{Alt+ArrowUp}{Backspace}{Control+z}{Space}');
    await tab.type('{F1}{Control+p}{Control+Shift+P}{Control+Tab}{F6}q');
    const passed = await tab.page.evaluate(() => (window as unknown as { passed: string[] }).passed);
    expect(passed.filter((key) => !['Control', 'Shift', 'Alt'].includes(key))).toEqual(
      ['F1', 'p', 'P', 'Tab', 'F6'].filter((key) => passed.includes(key)),
    );
    expect(passed).toContain('F1');
  });

  test('letters name answers on Korean and Russian layouts, under an input method, and digits without Shift', async () => {
    const tab = await open();
    const press = (key: string, code: string) =>
      tab.page.evaluate(
        ([name, place]) =>
          document.body.dispatchEvent(new KeyboardEvent('keydown', { key: name, code: place, bubbles: true })),
        [key, code] as const,
      );
    await press('ㅠ', 'KeyB');
    await press('ф', 'KeyA');
    await press('Process', 'KeyD');
    expect(await tab.board()).toBe('[1st B] > [2nd A] > [3rd D] > [4th C?]');
    await press('à', 'Digit0');
    await press('&', 'Digit1');
    expect(await tab.board()).not.toBe('');
    await tab.type('{Shift+Backspace}a{Shift+Backspace}');
    await press("'", 'Digit4'); // the 4 of a French keyboard
    expect(await tab.board()).toBe('[4th A] > [5th]');
  });

  test('an input method that composes in a field has all keys, Escape too', async () => {
    const tab = await open();
    await tab.type('br');
    const pressed = { key: 'Escape', code: 'Escape', bubbles: true, composed: true, cancelable: true };
    await tab.page.evaluate((key) => {
      document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { ...key, isComposing: true }));
    }, pressed);
    expect(await tab.hasFocus()).toBe('rationale');
    await tab.type('{Escape}');
    expect(await tab.hasFocus()).toBe('B');
  });

  test('in the rationale letters are letters, Escape leaves, Ctrl+Enter submits', async () => {
    const tab = await open();
    await tab.type('badr');
    expect(await tab.hasFocus()).toBe('rationale');
    await tab.type('a cab');
    expect(await tab.board()).toBe('[1st B] > [2nd A] > [3rd D] > [4th C?]');
    expect(await tab.sent('judgement-submit')).toEqual([]);
    await tab.type('{Enter}');
    expect(await tab.sent('judgement-submit')).toEqual([]);
    await tab.type('{Escape}');
    expect(await tab.hasFocus()).toBe('D');
    await tab.type('r{Control+Enter}');
    expect((await tab.lastSubmit())?.draft).toMatchObject({ rationale: 'a cab' });
  });

  test('Ctrl+Z in a field is the field’s own undo', async () => {
    const tab = await open();
    await tab.type('br');
    await tab.page.keyboard.insertText('one');
    await tab.type('{Control+z}');
    expect((await tab.sent('draft-change')).at(-1)?.draft.rationale).toBeUndefined();
    expect(await tab.board()).toBe('[1st B] > [2nd]');
  });

  test('bare keys can be turned off and changed; letters and places stay what they are', async () => {
    const off = await open({ settings: { singleKeys: false } });
    await off.type('bad{Enter}s');
    expect(await off.board()).toBe('[1st]');
    expect(await off.sent('prompt-skip')).toEqual([]);
    const changed = await open({ settings: { keys: { skip: 'Shift+K', zoom: 'a', best: 'F2' } } });
    await changed.type('s');
    expect(await changed.sent('prompt-skip')).toEqual([]);
    await changed.type('a');
    expect(await changed.board()).toBe('[1st A] > [2nd]');
    expect(await changed.text('#skip')).toBe('Skip Shift+K');
    await changed.type('{Shift+K}');
    expect(await changed.sent('prompt-skip')).toHaveLength(1);
  });

  test('a command of the palette does what its key does', async () => {
    const tab = await open();
    await tab.host(
      { type: 'do', action: 'letter-b' },
      { type: 'do', action: 'tie-a' },
      { type: 'do', action: 'place-3' },
      { type: 'do', action: 'no-such-thing' },
    );
    expect(await tab.board()).toBe('[1st B] > [3rd A] > [4th]');
    await tab.host({ type: 'do', action: 'undo' }, { type: 'do', action: 'skip' });
    expect(await tab.sent('prompt-skip')).toHaveLength(1);
  });

  test('the host hears where the focus is', async () => {
    const tab = await open();
    await tab.type('r');
    expect((await tab.sent('focus-change')).at(-1)).toMatchObject({ isInText: true });
    await tab.type('{Escape}');
    expect((await tab.sent('focus-change')).at(-1)).toMatchObject({ isInText: false });
  });
});

describe('all keys', () => {
  test('? lists them as they are bound, Escape closes, the focus comes back', async () => {
    const tab = await open();
    await tab.type('b?');
    expect(await tab.page.locator('dialog[open]').count()).toBe(1);
    const text = await tab.text('dialog');
    for (const present of ['mark a place', 'quote into']) expect(text).toContain(present);
    await tab.type('a');
    expect(await tab.board()).toBe('[1st B] > [2nd]');
    await tab.type('{Escape}');
    expect(await tab.page.locator('dialog[open]').count()).toBe(0);
    expect(await tab.hasFocus()).toBe('B');
    await tab.type('??');
    expect(await tab.page.locator('dialog[open]').count()).toBe(0);
    await tab.page.click('[aria-label="All keys"]');
    await tab.type('{Escape}');
    expect(await tab.hasFocus()).toBe('B');
    // Where there is nothing to judge there is no list either, and none comes up with the next prompt.
    await tab.host({ type: 'empty', reason: 'all-done' });
    await tab.type('?u');
    expect(await tab.sent('submit-undo')).toHaveLength(1);
    await tab.host({ type: 'prompt-show', prompt: prompt(4, 'p2') });
    expect(await tab.page.locator('dialog[open]').count()).toBe(0);
  });
});
