import { describe, expect, test } from 'vitest';
import { helpsteerRubric } from '../../src/core/index.js';
import type { UnsureToken } from '../../src/core/index.js';
import type { LabelingSettings, PromptView, ToLabelingPage } from '../../src/protocol.js';
import { labelingPages } from './labelingPage.js';
import type { LabelingTab } from './labelingPage.js';
import { id, opening, prompt } from './sample.js';

const open = labelingPages();

const texts = [
  'The first real measurement came from the astronomer **Ole Rømer** in 1676. He gave no speed himself.',
  'The first real measurement came from Rømer in 1676, in Paris. He gave no speed himself.',
  'Galileo first measured it in 1638 with two lanterns. He found a value of 301,000 miles a second.',
];

const measured = (some: readonly string[] = texts, name = 'p1'): PromptView =>
  prompt(some.length, name, {
    messages: [{ role: 'user', content: 'Who first measured the speed of light?' }],
    answers: some.map((text, index) => ({ candidateId: id('ABCDEFGH'[index] ?? '', name), state: 'complete', text })),
  });

/** What a highlight marks, in the order of the page. */
const marked = (tab: LabelingTab, name: string) => tab.marked(name);

const aids = async (tab: LabelingTab) => {
  await tab.type('{Shift+Backspace}1111111{Enter}');
  return (await tab.lastSubmit())?.aids;
};

describe('differences', () => {
  test('are off until V, from the focused answer, and a letter chooses another', async () => {
    const tab = await open({ prompt: measured() });
    expect(await marked(tab, 'differences')).toEqual([]);
    await tab.type('v');
    await expect
      .poll(() => marked(tab, 'differences'))
      .toEqual([
        'A: the astronomer Ole',
        'B: in Paris',
        'C: Galileo first measured it in 1638 with two lanterns',
        'C: He found a value of 301,000 miles a second',
      ]);
    expect(await tab.said()).toBe('Differences from A. A letter compares with another answer, V ends');
    await tab.type('b');
    await expect.poll(async () => (await marked(tab, 'differences'))[0]).toBe('A: the astronomer Ole');
    expect(await tab.text('.legend')).toBe('Not in B');
    expect(await tab.board()).toBe('[1st]');
    await tab.type('b');
    expect(await tab.board()).toBe('[1st B] > [2nd]');
    await tab.type('v');
    expect(await marked(tab, 'differences')).toEqual([]);
    expect(await aids(tab)).toEqual(['differences']);
    await tab.expectQuiet();
  });

  test('of two answers are those of the pair, and a letter is a letter', async () => {
    const tab = await open({ prompt: measured(['It is old.', 'It is new.']) });
    await tab.type('v');
    await expect.poll(() => marked(tab, 'differences')).toEqual(['A: old', 'B: new']);
    await tab.type('b');
    expect(await tab.board()).toContain('[1st B]');
  });

  test('end with their prompt, and change no element and no place', async () => {
    const tab = await open({ prompt: measured() });
    const look = () => tab.page.$eval('.cards', (cards) => [cards.innerHTML, cards.scrollHeight].join());
    const before = await look();
    await tab.type('v');
    await expect.poll(async () => (await marked(tab, 'differences')).length).toBe(4);
    expect(await look()).toBe(before);
    await tab.host({ type: 'prompt-show', prompt: measured(texts, 'p2') });
    expect(await marked(tab, 'differences')).toEqual([]);
  });

  test('stay where code gets its colours later', async () => {
    const code = (value: number) => `\`\`\`js\nlet a = ${value};\n\`\`\``;
    const tab = await open({ prompt: measured([code(1), code(2)]) });
    await tab.type('v');
    await tab.page.waitForSelector('[data-letter="B"] code.coloured span');
    await expect.poll(() => marked(tab, 'differences')).toEqual(['A: 1', 'B: 2']);
  });

  test('of answers of 100 kB leave the keys alive', async () => {
    const long = (word: string) =>
      Array.from({ length: 2200 }, (_, index) => `Line ${index} of ${word} says ${(index * 7919) % 1000} things.`).join(
        '\n\n',
      );
    const tab = await open({ prompt: measured([long('one'), long('two'), long('three')]) });
    await tab.type('v');
    await tab.type('{Escape}b');
    expect(await tab.board()).toContain('[1st B]');
    await expect.poll(async () => (await marked(tab, 'differences')).length, { timeout: 20_000 }).toBeGreaterThan(100);
    await tab.expectQuiet();
  });
});

const token = (text: string, word: string, probability: number, others: Record<string, number> = {}): UnsureToken => ({
  start: text.indexOf(word),
  end: text.indexOf(word) + word.length,
  probability,
  alternatives: [
    { text: word, probability, isChosen: true },
    ...Object.entries(others).map(([other, value]) => ({ text: other, probability: value, isChosen: false })),
  ].sort((one, other) => other.probability - one.probability),
});

const unsure = (): ToLabelingPage => ({
  type: 'unsure-show',
  promptId: measured().promptId,
  answers: {
    [id('A')]: [
      token(texts[0] ?? '', 'Ole', 0.62, { Giovanni: 0.21 }),
      token(texts[0] ?? '', '1676', 0.31, { '1675': 0.18, '<img src=x>': 0.1 }),
    ],
    [id('C')]: [token(texts[2] ?? '', '301', 0.04, { a: 0.33 })],
  },
});

describe('unsure tokens', () => {
  test('are asked for by T, marked in bands, and stored as seen', async () => {
    const tab = await open({ prompt: measured() });
    expect(await tab.sent('unsure-ask')).toEqual([]);
    await tab.type('t');
    expect(await tab.sent('unsure-ask')).toEqual([{ type: 'unsure-ask', promptId: measured().promptId }]);
    await tab.host(unsure());
    await expect.poll(() => marked(tab, 'unsure-1')).toEqual(['A: Ole']);
    expect(await marked(tab, 'unsure-2')).toEqual(['A: 1676']);
    expect(await marked(tab, 'unsure-3')).toEqual(['C: 301']);
    expect(await tab.text('.legend')).toContain('Chance of the token: over 90%');
    await tab.type('t');
    expect(await marked(tab, 'unsure-1')).toEqual([]);
    expect(await aids(tab)).toEqual(['tokens']);
    await tab.expectQuiet();
  });

  test('show what else could have been written, under the pointer', async () => {
    const tab = await open({ prompt: measured(), then: [] });
    await tab.type('t');
    await tab.host(unsure());
    await expect.poll(() => marked(tab, 'unsure-2')).toEqual(['A: 1676']);
    const box = await tab.page.evaluate(() => {
      const range = [...(CSS.highlights.get('unsure-2') ?? [])][0];
      const { x, y, width, height } = range instanceof Range ? range.getBoundingClientRect() : new DOMRect();
      return { x: x + width / 2, y: y + height / 2 };
    });
    await tab.page.mouse.move(box.x, box.y);
    await tab.settle();
    expect(await tab.text('[role="tooltip"]')).toBe(
      'The model wrote 1676 at 31%. It could have written167631%167518%<img src=x>10%',
    );
    expect(
      await tab.page
        .locator('[role="tooltip"] rect')
        .evaluateAll((bars) => bars.map((bar) => bar.getAttribute('width'))),
    ).toEqual(['31', '18', '10']);
    await tab.page.mouse.move(2, 2);
    await tab.settle();
    expect(await tab.page.locator('[role="tooltip"]').isVisible()).toBe(false);
    await tab.expectQuiet();
  });

  test('Shift and an arrow go from one to the next, read aloud; Escape closes', async () => {
    const tab = await open({ prompt: measured() });
    await tab.type('t');
    await tab.host(unsure());
    await expect.poll(() => marked(tab, 'unsure-1')).toEqual(['A: Ole']);
    await tab.type('{Shift+ArrowRight}');
    expect(await marked(tab, 'unsure-now')).toEqual(['A: Ole']);
    expect(await tab.said()).toBe('Ole, 62%. It could have been Giovanni 21%.');
    await tab.type('{Shift+ArrowRight}');
    expect(await marked(tab, 'unsure-now')).toEqual(['A: 1676']);
    expect(await tab.page.getAttribute('[role="tooltip"]', 'aria-label')).toBe('1676');
    await tab.type('{Shift+ArrowLeft}');
    expect(await marked(tab, 'unsure-now')).toEqual(['A: Ole']);
    await tab.type('{Escape}');
    expect(await tab.page.locator('[role="tooltip"]').isVisible()).toBe(false);
    expect(await tab.focused()).toBe('A');
  });

  test('that no server gave: the key and the button say why', async () => {
    const tab = await open({ prompt: measured() });
    await tab.type('t');
    await tab.host({ type: 'unsure-show', promptId: measured().promptId, answers: {} });
    expect(await tab.said()).toBe('No log-probabilities came with these answers');
    const button = tab.page.locator('.top button[aria-label="Unsure tokens"]');
    expect(await button.getAttribute('title')).toBe('Unsure tokens: No log-probabilities came with these answers');
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    expect(await button.getAttribute('aria-pressed')).toBe('false');
  });

  test('in high contrast nothing is filled behind text', async () => {
    const tab = await open({ prompt: measured(), theme: 'high-contrast' });
    await tab.type('tv');
    await tab.host(unsure());
    await expect.poll(() => marked(tab, 'unsure-2')).toEqual(['A: 1676']);
    for (const name of ['unsure-1', 'unsure-2', 'unsure-3', 'differences', 'unsure-now']) {
      const [fill, line] = await tab.page.evaluate((highlight) => {
        const text = document.querySelector('[data-letter="A"] .md p');
        const style = text ? getComputedStyle(text, `::highlight(${highlight})`) : undefined;
        return [style?.backgroundColor, style?.textDecorationLine];
      }, name);
      expect([name, fill, line]).toEqual([name, 'rgba(0, 0, 0, 0)', 'underline']);
    }
  });
});

describe('only one says this', () => {
  test('a dotted line and a note, worded as a hint, stored as seen', async () => {
    const tab = await open({ prompt: measured() });
    expect(await tab.page.locator('.note').count()).toBe(0);
    await tab.type('{Shift+T}');
    await expect.poll(() => marked(tab, 'only-one')).toContain('C: He found a value of 301,000 miles a second.');
    const notes = await tab.page
      .locator('[data-letter="C"] .note')
      .evaluateAll((all) => all.map((note) => note.textContent));
    expect(notes).toContain('Only 1 of 3 says “1638”. Nothing alike in A and B. A hint, not a verdict.');
    await tab.type('{Shift+T}');
    expect(await tab.page.locator('.note').count()).toBe(0);
    expect(await aids(tab)).toEqual(['only-one']);
    await tab.expectQuiet();
  });
});

describe('guidelines beside the work', () => {
  const show = (version: string | null, isChanged = false): ToLabelingPage => ({
    type: 'guidelines-show',
    guidelines: {
      version,
      isChanged,
      text: '# How to judge\n\n- Be **kind**\n\n<img src=https://evil.test/x onerror="window.pwned=1">',
    },
  });

  test('W opens and closes them; they stay over prompts and reloads', async () => {
    const tab = await open({ prompt: measured() });
    await tab.type('w');
    expect(await tab.sent('guidelines-ask')).toHaveLength(1);
    await tab.host(show('abcdef012345'));
    expect(await tab.text('.guidelines .md')).toContain('How to judge Be kind <img src=https://evil.test/x');
    expect(await tab.text('.guidelines header')).toContain('version abcdef0');
    const [pane, cards] = await Promise.all(
      ['.guidelines', '.cards'].map((selector) => tab.page.locator(selector).boundingBox()),
    );
    expect(pane && cards && pane.x >= cards.x + cards.width).toBe(true);
    await tab.host({ type: 'prompt-show', prompt: measured(texts, 'p2') });
    expect(await tab.page.locator('.guidelines').count()).toBe(1);
    await tab.type('w');
    expect(await tab.page.locator('.guidelines').count()).toBe(0);
    expect(await tab.hasFocus()).toBe('A');
    await tab.expectQuiet();
  });

  describe('in a panel too narrow for them beside the answers', () => {
    const isOpen = async (tab: LabelingTab) => (await tab.page.locator('.guidelines').count()) === 1;
    const covered = async (width = 480, settings: Partial<LabelingSettings> = {}) => {
      const tab = await open({
        prompt: measured(),
        width,
        settings,
        then: [{ type: 'prompts-ahead', prompts: [measured(texts, 'p2')] }],
      });
      await tab.type('w');
      await tab.host(show('abcdef012345'));
      expect(await isOpen(tab)).toBe(true);
      return tab;
    };

    test('Escape closes them, wherever the focus is', async () => {
      const tab = await covered();
      expect(await tab.said()).toBe('Guidelines cover the answers. Esc closes them.');
      await tab.type('{Escape}');
      expect(await isOpen(tab)).toBe(false);
      expect(await tab.hasFocus()).toBe('A');
      await tab.expectQuiet();
    });

    const judging: [mode: LabelingSettings['mode'], keys: string[]][] = [
      ['rank', ['a', '1', '0', '{Enter}', 's', 'u']],
      ['pair', ['1', '7']],
      ['best', ['b']],
      ['rate', ['3']],
      ['thumbs', ['1']],
      ['steps', ['1']],
    ];
    test.each(judging)('a key that judges only closes them: %s', async (mode, keys) => {
      const tab = await covered(480, { mode, rubric: helpsteerRubric });
      for (const key of keys) {
        await tab.type(key);
        expect(await tab.said()).toBe('Guidelines closed: nothing was judged');
        expect(await isOpen(tab)).toBe(false);
        await tab.type('w');
      }
      await tab.host({ type: 'do', action: 'submit' });
      expect(await isOpen(tab)).toBe(false);
      for (const type of ['draft-change', 'judgement-submit', 'prompt-skip', 'submit-undo'] as const)
        expect(await tab.sent(type)).toEqual([]);
      await tab.expectQuiet();
    });

    test('keys that only look leave them; the next prompt is seen, and so is the one after a reload', async () => {
      const tab = await covered();
      await tab.type('{ArrowRight}z');
      expect(await isOpen(tab)).toBe(true);
      await tab.host({ type: 'prompt-show', prompt: measured(texts, 'p2') });
      expect(await isOpen(tab)).toBe(false);
      await tab.type('w');
      await tab.page.reload();
      await tab.host(...opening(measured(texts, 'p2')));
      await tab.page.waitForSelector('.card');
      expect(await isOpen(tab)).toBe(false);
    });

    test('they cover from where the styles have it', async () => {
      for (const width of [719, 720]) {
        const tab = await covered(width);
        const [pane, cards] = await Promise.all(
          ['.guidelines', '.answers'].map((selector) => tab.page.locator(selector).boundingBox()),
        );
        const isCovering = (pane?.x ?? 0) < (cards?.x ?? 0) + (cards?.width ?? 0);
        expect(isCovering).toBe(width === 719);
        await tab.type('a');
        expect(await isOpen(tab)).toBe(!isCovering);
      }
    });
  });

  test('a change is announced once', async () => {
    const tab = await open({ prompt: measured() });
    await tab.host(show('aaaaaaaaaaaa', true));
    expect(await tab.said()).toBe('The guidelines have changed. W shows them');
    expect(await tab.side()).toContain('The guidelines have changed');
    await tab.type('b');
    await tab.host(show('aaaaaaaaaaaa', true));
    expect(await tab.side()).not.toContain('guidelines');
    await tab.host(show('bbbbbbbbbbbb', true));
    expect(await tab.side()).toContain('The guidelines have changed');
    await tab.type('a');
    await tab.host(show('cccccccccccc', false)); // nothing was judged since the last that the labeler saw
    expect(await tab.side()).toContain('The guidelines have changed');
  });

  test('a project without them says so', async () => {
    const tab = await open({ prompt: measured(), width: 600 });
    await tab.type('w');
    await tab.host(show(null));
    expect(await tab.text('.guidelines')).toContain('This project has no guidelines.');
    const box = await tab.page.locator('.guidelines').boundingBox();
    expect(box?.width).toBeGreaterThan(500);
  });
});

test('Alt+Z lets code scroll instead of breaking, and back', async () => {
  const tab = await open({ prompt: measured([`\`\`\`\n${'x'.repeat(400)} ${'y'.repeat(400)}\n\`\`\``, 'b']) });
  const wraps = () => tab.page.$eval('[data-letter="A"] pre', (pre) => getComputedStyle(pre).whiteSpace);
  expect(await wraps()).toBe('pre-wrap');
  await tab.type('{Alt+z}');
  expect(await wraps()).toBe('pre');
  await tab.type('{Alt+z}');
  expect(await wraps()).toBe('pre-wrap');
});
