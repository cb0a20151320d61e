/** The same texts in every other place that shows a stranger's: each way to judge, the dashboard, the playground. */
import { describe, expect, test } from 'vitest';
import { PromptId, judgingModes, visibleLine } from '../../src/core/index.js';
import type { Attribute } from '../../src/core/index.js';
import type { DashboardView, PlaygroundView, PromptView, ToLabelingPage } from '../../src/protocol.js';
import { inBatches, payloads } from '../hostile/payloads.js';
import { labelingPages } from './labelingPage.js';
import { otherPages } from './otherPages.js';
import { id, opening, prompt, settings } from './sample.js';

const hidden = 'name \u202e\u200b\u{e0041}';
const batches = inBatches(payloads, 8);

/**
 * Runs in the page: shows one step after the other, and says of which something was wrong. What a stranger wrote may be
 * letters, sums and marks, never an element that can load, run or cover; the buttons lie where they are pressed.
 */
async function showAll(steps: { shown: readonly object[]; text: string }[]): Promise<string[]> {
  const wrong: string[] = [];
  const title = document.title;
  const page = document.querySelector('touchstone-labeling, touchstone-dashboard, touchstone-playground');
  const bad = 'script,iframe,frame,img,picture,object,embed,link,form,a,meta,base,video,audio,style,dialog:not(#keys)';
  for (const { shown, text } of steps) {
    for (const message of shown) window.postMessage(message, '*');
    await new Promise((done) => setTimeout(done, 0));
    await new Promise((done) => requestAnimationFrame(done));
    const found = [
      ...('pwned' in window ? ['it ran'] : []),
      ...(document.title === title ? [] : ['it changed the title']),
      ...[...(page?.querySelectorAll(bad) ?? [])].map((element) => element.outerHTML.slice(0, 100)),
      ...[...document.querySelectorAll('#submit, #skip, [role="radio"][tabindex="0"], .chatDock vscode-button')]
        .filter((button) => {
          const box = button.getBoundingClientRect();
          const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
          // What has to be scrolled to is under nothing of ours either.
          if (at.x < 0 || at.y < 0 || at.x > innerWidth || at.y > innerHeight) return false;
          const hit = document.elementFromPoint(at.x, at.y);
          // The menu of flags is ours, and was opened.
          return !(hit?.contains(button) === true || button.contains(hit) || hit?.closest('.chord'));
        })
        .map(
          (button) =>
            `covered: ${button.id || button.className || button.tagName} by ${document.elementFromPoint(button.getBoundingClientRect().x + 1, button.getBoundingClientRect().y + 1)?.className ?? ''}`,
        ),
      ...(/[\u202a-\u202e\u2066-\u2069\u200b\u{e0020}-\u{e007f}]/u.test(document.body.innerText)
        ? ['a hidden character was left as it is']
        : []),
    ];
    if (found.length > 0) wrong.push(`${text}\n  ${found.join('\n  ')}`);
  }
  return wrong;
}

describe('in each way to judge', () => {
  const open = labelingPages();
  // Rank is shown the whole of them in hostile.test.ts.
  test.each(judgingModes.filter((mode) => mode !== 'rank'))('%s', async (mode) => {
    const tab = await open({ isSilent: true });
    const nAnswers = mode === 'pair' || mode === 'steps' ? 2 : 8;
    const size = mode === 'rate' ? 8 : 16;
    const shown = inBatches(payloads, size).map((some, nth) => {
      const name = `p${nth}`;
      const answers = inBatches(some, size / nAnswers).map((texts, index) => ({
        candidateId: id('ABCDEFGH'[index] ?? '', name),
        state: 'complete' as const,
        text: texts.join('\n\n'),
      }));
      const view: PromptView = prompt(answers.length, name, {
        messages: [{ role: 'user', content: some[0] ?? '' }],
        answers,
      });
      const [first = ''] = some;
      const rubric: Attribute[] = some.slice(0, 4).map((text, index) => ({
        id: `a${index}`,
        label: text.slice(0, 80) + hidden,
        min: 0,
        max: 4,
        anchors: { 0: text.slice(0, 200) + hidden, 4: first.slice(0, 200) },
      }));
      const messages: ToLabelingPage[] = [
        {
          type: 'settings',
          settings: {
            ...settings,
            mode,
            rubric,
            projectName: first,
            flags: some.map((label, index) => ({
              id: `f${index}`,
              key: String(index + 1),
              label: label.slice(0, 80) + hidden,
            })),
          },
        },
        { type: 'prompt-show', prompt: { ...view, source: first + hidden } },
        { type: 'guidelines-show', guidelines: { version: name, text: some.join('\n\n'), isChanged: false } },
        { type: 'do', action: ['flag', 'flag-prompt', 'differences'][nth % 3] ?? '' },
      ];
      return { shown: messages, text: some.join('\n') };
    });
    await tab.host(...opening(prompt(nAnswers), { mode }));
    await tab.page.waitForSelector('#submit');
    expect(await tab.page.evaluate(showAll, shown)).toEqual([]);
    await tab.expectQuiet();
  });
});

describe('on the dashboard', () => {
  const open = otherPages('dashboard');
  test('in every name, sentence and label', async () => {
    const page = await open();
    const steps = batches.map((some) => {
      // What the host words itself (units, times) holds no hidden character.
      const worded = (index: number) => visibleLine((some[index] ?? some[0] ?? '').slice(0, 300));
      const at = (index: number) => worded(index) + hidden;
      const view: DashboardView = {
        name: at(0),
        subtitle: at(1),
        period: 'all',
        progress: {
          nPrompts: 1,
          nDone: 1,
          nPartly: 0,
          nSkipped: 0,
          nDiscarded: 0,
          nLeft: 0,
          nJudgements: 1,
          nWanted: 1,
        },
        cards: [{ title: at(2), value: '1', unit: worded(3), note: at(4) }],
        days: [{ label: worded(5), n: 1 }],
        charts: [
          {
            title: at(6),
            unit: worded(7),
            sentence: at(0),
            tone: 'fine',
            rows: [{ label: at(1), value: 0.5, low: 0.4, high: 0.6, n: 1, text: worded(2) }],
            range: [0, 1],
            scale: 'coefficient',
          },
        ],
        labelers: [
          { labeler: at(3), nDone: 1, medianTime: worded(4), withOthers: worded(5), withSelf: worded(6), days: [1] },
        ],
        isLead: true,
        secondLook: [{ promptId: PromptId.parse('p1'), title: at(7), reason: at(0) }],
        nSecondLook: 1,
      };
      return { shown: [{ type: 'dashboard', view, strings: {}, locale: 'en' }], text: some.join('\n') };
    });
    expect(await page.page.evaluate(showAll, steps)).toEqual([]);
    expect(await page.whatWentWrong()).toEqual([]);
  });
});

describe('in the playground', () => {
  const open = otherPages('playground');
  test('in questions, answers, errors and names of models', async () => {
    const page = await open();
    const steps = batches.map((some) => {
      const [first = ''] = some;
      const view: PlaygroundView = {
        models: some.map((text) => text + hidden),
        model: first + hidden,
        system: some.join('\n'),
        turns: some.map((text, index) => ({
          role: index % 2 === 0 ? 'user' : 'assistant',
          text,
          state: index === 7 ? 'failed' : 'complete',
          ...(index === 7 && { error: text + hidden }),
        })),
        notice: first + hidden,
        canAsk: true,
        canKeep: true,
        strings: {},
        locale: 'en',
      };
      return {
        shown: [
          { type: 'playground', view },
          { type: 'announce', message: visibleLine(first) },
        ],
        text: some.join('\n'),
      };
    });
    expect(await page.page.evaluate(showAll, steps)).toEqual([]);
    expect(await page.whatWentWrong()).toEqual([]);
  });
});
