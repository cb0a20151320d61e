/** What is read out: one message at a time, after the last key. The sentences are those of the interaction spec, section 7. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ToLabelingPage } from '../../src/protocol.js';
import { labelingPages } from './labelingPage.js';
import { answers, id, prompt } from './sample.js';

const open = labelingPages();
const korean = JSON.parse(readFileSync('l10n/bundle.l10n.ko.json', 'utf8')) as Record<string, string>;
const ahead: ToLabelingPage = { type: 'prompts-ahead', prompts: [prompt(4, 'p2', { index: 129 })] };
const writing = prompt(4, 'p1', {
  answers: answers(4).map((answer, index) => (index === 3 ? { ...answer, state: 'writing' } : answer)),
});

test('text fields are named for what is written in them, in the language of the page', async () => {
  for (const strings of [{}, korean]) {
    const named = (name: string) => (strings === korean ? (korean[name] ?? '') : name);
    const tab = await open({ settings: { strings } });
    // Both the element and the field inside of it, which has the focus.
    const names = () =>
      tab.page
        .locator('.act vscode-text-field')
        .evaluateAll((all) => all.flatMap((one) => [one.ariaLabel, one.shadowRoot?.querySelector('input')?.ariaLabel]));
    await expect.poll(names).toEqual([named('Rationale'), named('Rationale')]);
    await tab.type('{Shift+S}');
    await expect.poll(names).toEqual([named('Why skip it?'), named('Why skip it?')]);
  }
});

describe('the live region', () => {
  test('is polite, and says only the end of fast typing', async () => {
    const tab = await open({ settings: { impliedLast: false } });
    await tab.page.evaluate(() => {
      const heard: string[] = [];
      Object.assign(window, { heard });
      new MutationObserver(([record]) => heard.push(record?.target.textContent ?? '')).observe(
        document.querySelector('[aria-live="polite"]') ?? document.body,
        { childList: true, characterData: true, subtree: true },
      );
    });
    await tab.type('ba=d');
    expect(await tab.said()).toBe('B first. A and D second. C not placed.');
    const heard = await tab.page.evaluate(() => (window as unknown as { heard: string[] }).heard);
    expect(heard.length).toBeLessThan(4);
  });

  test('the good-enough line', async () => {
    const tab = await open({ settings: { impliedLast: false } });
    await tab.type('ba=d-');
    expect(await tab.said()).toContain('Good-enough line after second.');
  });

  test('undo and redo of what the order does not tell', async () => {
    const tab = await open();
    await tab.type('bxh');
    expect(await tab.said()).toBe('Flagged B: hallucination.');
    await tab.type('u');
    expect(await tab.said()).toBe('Taken back.');
    await tab.type('{Shift+U}');
    expect(await tab.said()).toBe('Done again.');
    await tab.type('uu');
    expect(await tab.said()).toBe('A, B, C and D not placed.');
  });

  test('the last one, implied', async () => {
    const tab = await open();
    await tab.type('bad');
    expect(await tab.said()).toContain('C goes last. Enter accepts.');
  });

  test('submitted, skipped, taken back', async () => {
    const tab = await open({ then: [ahead] });
    await tab.type('bad{Enter}');
    expect(await tab.said()).toBe('Submitted. Prompt 129 of 500, 4 answers.');
    await tab.type('s');
    expect(await tab.said()).toBe('Skipped.');
    await tab.host({ type: 'prompt-show', prompt: prompt(4, 'p1', { status: 'draft' }), reopened: true });
    expect(await tab.said()).toBe('Taken back: prompt 128 is open again.');
  });

  test('an answer that is complete, never one that is being written', async () => {
    const tab = await open({ prompt: writing });
    const text = writing.answers[3]?.text ?? '';
    await tab.host({ type: 'answer-delta', candidateId: id('D'), at: text.length, text: ' word' });
    expect(await tab.said()).toBe('');
    await tab.host({ type: 'answer-state', candidateId: id('D'), state: 'complete' });
    expect(await tab.said()).toMatch(/^D complete, \d+ words\.$/);
  });

  test('a flag', async () => {
    const tab = await open();
    await tab.type('{ArrowRight}{ArrowRight}xh');
    expect(await tab.said()).toBe('Flagged C: hallucination.');
  });

  test('a draft that could not be saved, at once', async () => {
    const tab = await open();
    await tab.type('b');
    const revision = (await tab.sent('draft-change')).at(-1)?.revision ?? 0;
    await tab.host({ type: 'draft-failed', promptId: prompt().promptId, revision, message: 'The disk is full.' });
    expect(await tab.text('[aria-live="assertive"]')).toBe('Draft could not be saved.');
  });

  test('in Korean', async () => {
    const tab = await open({ settings: { locale: 'ko', strings: korean }, then: [ahead] });
    const names = await tab.page.locator('.sr[aria-live]').evaluateAll((all) => all.map(({ ariaLabel }) => ariaLabel));
    expect(names).toEqual([korean['Messages'], korean['Messages']]);
    await tab.type('bad');
    expect(await tab.said()).toContain('C: 마지막입니다. Enter로 확정.');
    await tab.type('{Enter}');
    expect(await tab.said()).toBe('제출했습니다. 프롬프트 500개 중 129번, 답변 4개.');
    await tab.type('s');
    expect(await tab.said()).toBe('건너뛰었습니다.');
  });
});
