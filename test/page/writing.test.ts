import { describe, expect, test } from 'vitest';
import type { AnswerView, ToLabelingPage } from '../../src/protocol.js';
import { labelingPages } from './labelingPage.js';
import { answers, id, prompt } from './sample.js';

const open = labelingPages();

/** Four answers of which the last is still being written. */
const writing = (text = '', state: AnswerView['state'] = 'writing') =>
  prompt(4, 'p1', { answers: answers(4).map((answer, index) => (index === 3 ? { ...answer, text, state } : answer)) });

const delta = (at: number, text: string): ToLabelingPage => ({ type: 'answer-delta', candidateId: id('D'), at, text });

describe('an answer that is being written', () => {
  test('only grows: closed blocks stay the same elements, the last is drawn again', async () => {
    const tab = await open({ prompt: writing() });
    const text = 'First paragraph.\n\n- one\n- two\n\n1. a\n2. b\n\n```\ncode *not* bold\n```\n\nLast *words*.';
    await tab.host(delta(0, text.slice(0, 40)));
    await tab.page.waitForTimeout(80);
    await tab.page.evaluate(() => {
      const first = document.querySelector('[data-letter="D"] .md > p');
      if (first) Object.assign(first, { isOld: true });
    });
    for (let at = 40; at < text.length; at += 3) await tab.host(delta(at, text.slice(at, at + 3)));
    await tab.host({ type: 'answer-state', candidateId: id('D'), state: 'complete' });
    await tab.page.waitForTimeout(80);
    const blocks = await tab.page
      .locator('[data-letter="D"] .md > *')
      .evaluateAll((all) => all.map((e) => `${e.tagName}:${e.textContent?.trim().replace(/\s+/g, ' ')}`));
    expect(blocks).toEqual(['P:First paragraph.', 'UL:one two', 'OL:a b', 'PRE:code *not* bold', 'P:Last words.']);
    const isOld = await tab.page.evaluate(() => {
      const first = document.querySelector('[data-letter="D"] .md > p');
      return first !== null && 'isOld' in first;
    });
    expect(isOld).toBe(true);
  });

  test('is painted at most 20 times a second and never scrolls', async () => {
    const tab = await open({ prompt: writing() });
    await tab.page.evaluate(() => {
      const text = document.querySelector('[data-letter="D"] .md');
      Object.assign(window, { paints: 0 });
      if (text)
        new MutationObserver(() => {
          (window as unknown as { paints: number }).paints += 1;
        }).observe(text, { childList: true, subtree: true, characterData: true });
    });
    await tab.page.evaluate(
      () =>
        new Promise((done) => {
          let at = 0;
          const timer = setInterval(() => {
            window.postMessage({ type: 'answer-delta', candidateId: 'c-p1-D', at, text: 'word\n\n' }, '*');
            at += 6;
            if (at >= 6 * 200) {
              clearInterval(timer);
              done(undefined);
            }
          }, 5);
        }),
    );
    const paints = await tab.page.evaluate(() => (window as unknown as { paints: number }).paints);
    expect(paints).toBeLessThanOrEqual(60);
    expect(await tab.page.locator('[data-letter="D"] .text').evaluate((text) => text.scrollTop)).toBe(0);
  });

  test('its header tells the state in words', async () => {
    const tab = await open({ prompt: writing('', 'queued') });
    const meta = () => tab.text('[data-letter="D"] .meta');
    expect(await meta()).toBe('waiting');
    await tab.host(delta(0, 'One two three'));
    await tab.page.waitForTimeout(80);
    expect(await meta()).toBe('3 words, writing');
    await tab.host({ type: 'answer-state', candidateId: id('D'), state: 'length', maxTokens: 512 });
    expect(await meta()).toBe('3 words, cut off at 512 tokens');
    await tab.host({ type: 'answer-state', candidateId: id('D'), state: 'cut' });
    expect(await meta()).toBe('3 words, stopped');
    await tab.host({ type: 'answer-state', candidateId: id('D'), state: 'complete' });
    expect(await meta()).toBe('3 words');
    expect(await tab.said()).not.toContain('writing');
  });

  test('what lies below the fold stands in the header', async () => {
    const tab = await open({ height: 420 });
    expect(await tab.text('[data-letter="B"] .meta')).toMatch(/^\d+ words, \d+ below$/);
    await tab.host({ type: 'prompt-show', prompt: writing('word '.repeat(400)) });
    const meta = () => tab.text('[data-letter="D"] .meta');
    await expect.poll(meta).toMatch(/^400 words, writing, \d+ below$/);
    await tab.host(delta(2000, 'word '.repeat(50)));
    await expect.poll(meta).toMatch(/^450 words, writing, \d+ below$/);
    await tab.host({ type: 'answer-state', candidateId: id('D'), state: 'length', maxTokens: 512 });
    expect(await meta()).toMatch(/^450 words, cut off at 512 tokens, \d+ below$/);
  });

  test('has its place beside the others before its first word, and none of them moves', async () => {
    const tab = await open({ prompt: writing('', 'queued'), width: 1280 });
    const places = () =>
      tab.page.evaluate(() =>
        [...document.querySelectorAll('.card')].map((card) => {
          const { x, y, width, height } = card.getBoundingClientRect();
          return [card.getAttribute('data-letter'), x, y, width, height].join(' ');
        }),
      );
    const before = await places();
    expect(before).toHaveLength(4);
    expect(new Set(before.map((place) => place.split(' ')[2])).size).toBe(1);
    expect(await tab.page.locator('.grown').count()).toBe(0);
    await tab.type('abc{Enter}');
    expect(await tab.side()).toContain('D still writing');
    expect(
      await tab.page.locator('[data-letter="D"]').evaluate((card) => card.getBoundingClientRect().bottom),
    ).toBeLessThan(await tab.page.evaluate(() => innerHeight));
    await tab.host(delta(0, 'The first words.'));
    await tab.host({ type: 'answer-state', candidateId: id('D'), state: 'complete' });
    await expect.poll(() => tab.page.locator('[data-letter="D"] .md').textContent()).toContain('first words');
    expect(await places()).toEqual(before);
  });

  test('can be judged at once; the chip shows that it changed; Enter asks before it stops it', async () => {
    const tab = await open({ prompt: writing('One two') });
    await tab.type('dbac');
    await tab.host(delta(7, ' three'));
    await tab.page.waitForTimeout(80);
    expect(await tab.board()).toBe('[1st D~] > [2nd B] > [3rd A] > [4th C]');
    expect(await tab.side()).toBe('D still writing');
    await tab.type('{Enter}');
    expect(await tab.side()).toBe('D still writing. Enter again stops it and submits what is shown');
    await tab.type('{Enter}');
    expect(await tab.lastSubmit()).toMatchObject({ cut: ['c-p1-D'], words: { 'c-p1-D': 3 } });
  });

  test('one that comes to its end answers the question whether it is to be stopped', async () => {
    const tab = await open({ prompt: writing('One two') });
    await tab.type('bac{Enter}');
    expect(await tab.side()).toContain('D still writing');
    await tab.host({ type: 'answer-state', candidateId: id('D'), state: 'complete' });
    expect(await tab.side()).toBe('D goes last. Enter accepts');
    await tab.type('{Enter}');
    expect(await tab.lastSubmit()).toMatchObject({ cut: [] });
  });

  test('one that is stopped before its first word gets no place, however it was judged', async () => {
    const ways = [
      ['rank', 'dbac{Enter}{Enter}', 'B > A > C'],
      ['rank', 'bac{Enter}{Enter}', 'B > A > C'],
      ['best', 'b{Enter}{Enter}', 'B > A = C'],
    ] as const;
    for (const [mode, keys, ranking] of ways) {
      const tab = await open({ prompt: writing('', 'queued'), settings: { mode } });
      await tab.type(keys);
      expect([mode, keys, await tab.lastRanking()]).toEqual([mode, keys, ranking]);
      expect(await tab.lastSubmit()).toMatchObject({ cut: ['c-p1-D'] });
    }
    const nothing = await open({ prompt: writing('', 'queued') });
    await nothing.type('d{Enter}{Enter}{Enter}');
    expect(await nothing.sent('judgement-submit')).toEqual([]);
    expect(await nothing.side()).toBe('D was not written: it gets no place');
  });

  test('one that failed gets no place, by no key, and loses what it had', async () => {
    const tab = await open({ prompt: writing('One two') });
    await tab.type('dbxh');
    await tab.host({ type: 'answer-state', candidateId: id('D'), state: 'failed', error: 'Out of memory.' });
    expect(await tab.board()).toBe('[1st B] > [2nd]');
    await tab.type('d');
    expect(await tab.side()).toBe('D was not written: it gets no place');
    await tab.page.focus('#order');
    await tab.page.keyboard.insertText(' d');
    await tab.settle();
    expect(await tab.text('.problem')).toBe('D was not written: it gets no place');
    await tab.type('{Escape}u{Shift+U}uuuuu{Shift+U}{Shift+U}');
    expect(await tab.board()).not.toContain('D');
    // By place the focus goes on to the next one that there is.
    await tab.type('{Shift+Backspace}c3');
    expect(await tab.focused()).toBe('A');
  });

  test('a full stop stops the focused one', async () => {
    const tab = await open({ prompt: writing('One') });
    await tab.type('.');
    expect(await tab.sent('candidate-cut')).toEqual([]);
    await tab.type('{ArrowLeft}.');
    expect(await tab.sent('candidate-cut')).toEqual([{ type: 'candidate-cut', candidateId: 'c-p1-D' }]);
  });

  test('a hole in the stream makes the page ask for everything again, an overlap does not', async () => {
    const tab = await open({ prompt: writing('One') });
    await tab.host(delta(1, 'ne two'));
    await tab.page.waitForTimeout(80);
    expect(await tab.text('[data-letter="D"] .md')).toBe('One two');
    expect(await tab.sent('page-ready')).toHaveLength(1);
    await tab.host(delta(20, 'lost'));
    expect(await tab.sent('page-ready')).toHaveLength(2);
  });

  test('one that failed says why and can be written again; it needs no place', async () => {
    const view = writing();
    const failed = { ...view.answers[3]!, state: 'failed' as const, error: 'Out of memory.' };
    const tab = await open({ prompt: { ...view, answers: [...view.answers.slice(0, 3), failed] } });
    expect(await tab.text('[data-letter="D"] .failed')).toBe('Out of memory. Write again');
    await tab.page.click('[data-letter="D"] .failed button');
    expect(await tab.sent('generate-again')).toMatchObject([{ promptId: 'p1', candidateId: 'c-p1-D' }]);
    await tab.type('ba');
    expect(await tab.side()).toBe('C goes last. Enter accepts');
  });

  test('thoughts are folded to a line with their length', async () => {
    const tab = await open({ prompt: writing('<think>\none two three') });
    expect(await tab.text('[data-letter="D"] summary')).toBe('Thinking, 3 words');
    await tab.host(delta(21, ' four</think>\n\nThe *answer*.'));
    await tab.page.waitForTimeout(80);
    expect(await tab.text('[data-letter="D"] summary')).toBe('Thoughts, 4 words');
    expect(await tab.text('[data-letter="D"] .md > p')).toBe('The answer.');
    expect(await tab.page.locator('[data-letter="D"] .thoughts > div').isVisible()).toBe(false);
  });

  test('a very long text is shown plain and cut, with a button', async () => {
    const view = prompt(2, 'p1', {
      answers: answers(2).map((answer) => ({ ...answer, text: `# no heading\n${'x'.repeat(300_000)}` })),
    });
    const tab = await open({ prompt: view });
    const length = () => tab.page.locator('[data-letter="A"] .plain').evaluate((e) => e.textContent.length);
    expect(await length()).toBe(200_000);
    await tab.page.click('[data-letter="A"] .textButton');
    expect(await length()).toBe(300_013);
  });
});
