import { expect, test } from 'vitest';
import { inBatches, payloads as all } from '../hostile/payloads.js';
import { labelingPages } from './labelingPage.js';
import { id, opening, prompt } from './sample.js';

const open = labelingPages();

test('what the aids show of a stranger’s text runs nothing, loads nothing, covers nothing', async () => {
  const tab = await open({ isSilent: true });
  await tab.host(...opening(prompt()).slice(0, 2));
  for (const [at, some] of inBatches(all, 8).entries()) {
    const name = `p${at}`;
    const view = prompt(some.length, name, {
      answers: some.map((payload, index) => ({
        candidateId: id('ABCDEFGH'[index] ?? '', name),
        state: 'complete',
        // A fact that all share, and one that only this answer has: then it is quoted in a note.
        text: `In 1676 it was. ${payload} In ${1800 + index} Dr ${payload.slice(0, 40)} came.`,
      })),
    });
    await tab.host(
      { type: 'prompt-show', prompt: view },
      ...['differences', 'unsure', 'only-one'].map((action) => ({ type: 'do' as const, action })),
      {
        type: 'unsure-show',
        promptId: view.promptId,
        answers: Object.fromEntries(
          view.answers.map((answer) => [
            answer.candidateId,
            [
              {
                start: 3,
                end: 7,
                probability: 0.2,
                alternatives: some.map((text, index) => ({ text, probability: 0.2, isChosen: index === 0 })),
              },
            ],
          ]),
        ),
      },
      { type: 'guidelines-show', guidelines: { version: `v${at}`, text: some.join('\n\n'), isChanged: true } },
    );
    if (at === 0) await tab.type('w');
    await tab.type('{Shift+ArrowRight}');
    const found = await tab.page.evaluate(() => {
      const foreign = [...document.querySelectorAll('.token-popover *, .notes *, .guidelines .md *')].filter(
        (element) => /^(?:script|iframe|img|object|embed|style|link|form|input|a|meta|base)$/i.test(element.tagName),
      );
      const submit = document.querySelector('#submit');
      const box = submit?.getBoundingClientRect();
      const hit = box && document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      return {
        isPwned: 'pwned' in window,
        title: document.title,
        foreign: foreign.map((element) => element.outerHTML.slice(0, 100)),
        isSubmitFree: hit !== null && hit !== undefined && submit?.contains(hit) === true,
      };
    });
    expect([some, found]).toEqual([some, { isPwned: false, title: 'Label', foreign: [], isSubmitFree: true }]);
  }
  await tab.expectQuiet();
});
