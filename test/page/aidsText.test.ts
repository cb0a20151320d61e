import { describe, expect, test } from 'vitest';
import { labelingPages } from './labelingPage.js';
import type { LabelingTab } from './labelingPage.js';
import { id, prompt } from './sample.js';

const open = labelingPages();

const showing = (...texts: readonly string[]) => ({
  prompt: prompt(texts.length, 'p1', {
    answers: texts.map((text, index) => ({
      candidateId: id('ABCDEFGH'[index] ?? ''),
      state: 'complete' as const,
      text,
    })),
  }),
});

const a = '[data-letter="A"] .md';
const drawn = (tab: LabelingTab) => tab.page.waitForSelector(`${a}:not(.waiting) .math.drawn`);

describe('formulas', () => {
  const cases: [what: string, text: string, selector: string][] = [
    ['in a line, by $', 'The root $\\sqrt{x}$ of it.', `${a} p > .math:not(.display) math[display="inline"] msqrt`],
    ['in a line, by \\(', 'The root \\(\\frac{a}{b}\\) of it.', `${a} p > .math math mfrac`],
    [
      'alone, by $$',
      'So:\n\n$$\n\\sum_{i=1}^n i\n= \\frac{n(n+1)}{2}\n$$\n\nDone.',
      `${a} .math.display math[display="block"] munderover`,
    ],
    ['alone, by \\[', '\\[ E = mc^2 \\]', `${a} .math.display math[display="block"] msup`],
    ['of several rows', '$$\\begin{pmatrix}1&0\\\\0&1\\end{pmatrix}$$', `${a} math mtable mtr:nth-child(2) mtd`],
    ['in a table and a list', '- $a_1$\n\n| $b_2$ |\n|---|\n| x |', `${a} th math msub`],
  ];
  test.each(cases)('%s, become MathML without styles or fonts of ours', async (_what, text, selector) => {
    const tab = await open(showing(text, 'x'));
    await drawn(tab);
    expect(await tab.page.locator(selector).count()).toBeGreaterThan(0);
    expect(await tab.page.locator(`${a} [style]`).count()).toBe(0);
    await tab.expectQuiet();
  });

  test('money is none', async () => {
    const tab = await open(showing('It costs $5, or $10 with \\$2 off, and `$x$` is code.', 'x'));
    expect(await tab.page.locator(`${a} .math`).count()).toBe(0);
    expect(await tab.text(a)).toBe('It costs $5, or $10 with $2 off, and $x$ is code.');
  });

  test('one that does not parse shows its source with a wavy line', async () => {
    const tab = await open(showing('So $\\frac{a}{$ and $\\nosuch{x}$.', 'x'));
    await drawn(tab);
    expect(await tab.page.locator(`${a} .math.bad`).evaluateAll((all) => all.map((one) => one.textContent))).toContain(
      '$\\nosuch{x}$',
    );
    const line = await tab.page.$eval(`${a} .math.bad`, (one) => getComputedStyle(one).textDecorationStyle);
    expect(line).toBe('wavy');
  });

  test('are read out as they were written', async () => {
    const tab = await open(showing('$a+b$', 'x'));
    await drawn(tab);
    expect(await tab.page.getAttribute(`${a} math`, 'aria-label')).toBe('a+b');
  });

  test('nothing moves when they come', async () => {
    const tab = await open({ isSilent: true });
    await tab.page.evaluate(() => {
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          window.violations.push(`shift ${'value' in entry ? String(entry.value) : ''}`);
      }).observe({ type: 'layout-shift', buffered: false });
    });
    const { opening } = await import('./sample.js');
    await tab.host(...opening(showing('One\n\n$$\\frac{\\frac{a}{b}}{c}$$\n\nTwo', 'x').prompt));
    await drawn(tab);
    await tab.settle();
    await tab.expectQuiet();
  });

  test('while it is being written, a formula stays source until it ends', async () => {
    const tab = await open({
      prompt: prompt(2, 'p1', {
        answers: ['A', 'B'].map((letter) => ({ candidateId: id(letter), state: 'writing' as const, text: '' })),
      }),
    });
    const text = 'It is $\\frac{a}{b}$ of it.';
    for (let at = 0; at < text.length; at += 4)
      await tab.host({ type: 'answer-delta', candidateId: id('A'), at, text: text.slice(at, at + 4) });
    await tab.host({ type: 'answer-state', candidateId: id('A'), state: 'complete' });
    await drawn(tab);
    expect(await tab.page.locator(`${a} mfrac`).count()).toBe(1);
  });
});

describe('code', () => {
  test('has the colours of the theme, and the same text', async () => {
    const code = 'def f(x):\n    # twice\n    return "a" * 2\n';
    const tab = await open(showing(`\`\`\`python\n${code}\`\`\``, 'x'));
    await tab.page.waitForSelector(`${a} code.coloured span`);
    expect(await tab.page.$eval(`${a} code`, (element) => element.textContent)).toBe(code);
    const kinds = await tab.page
      .locator(`${a} code span`)
      .evaluateAll((all) => all.map((one) => `${one.className} ${one.textContent ?? ''}`));
    expect(kinds).toEqual(
      expect.arrayContaining([
        'code-keyword def',
        'code-name f',
        'code-comment # twice',
        'code-string "a"',
        'code-number 2',
      ]),
    );
    expect(await tab.page.locator(`${a} [style]`).count()).toBe(0);
    await tab.expectQuiet();
  });

  test('of no known language stays plain', async () => {
    const tab = await open(showing('```brainf\n+[->+<]\n```\n\n```js\nlet a = 1;\n```', 'x'));
    await tab.page.waitForSelector(`${a} code.coloured span`);
    expect(await tab.page.locator(`${a} pre:first-child span`).count()).toBe(0);
  });

  test('that hides characters keeps their boxes', async () => {
    const tab = await open(showing('```js\nif (admin\u200b) {}\n```', '```js\nlet a;\n```'));
    await tab.page.waitForSelector('[data-letter="B"] .md code.coloured span');
    expect(await tab.page.locator(`${a} .hidden-character`).count()).toBe(1);
  });
});

describe('thoughts', () => {
  test('are folded to one line with their length, and stay as they were put for the sitting', async () => {
    const tab = await open(showing('<think>\nOne two three four.\n</think>\nYes.', '<think>Five six.</think>No.'));
    expect(await tab.text(`${a} summary`)).toBe('Thoughts, 4 words');
    expect(await tab.page.locator(`${a} details[open]`).count()).toBe(0);
    await tab.page.click(`${a} summary`);
    const next = prompt(2, 'p2', {
      answers: ['A', 'B'].map((letter) => ({
        candidateId: id(letter, 'p2'),
        state: 'complete' as const,
        text: '<think>Six.</think>Yes.',
      })),
    });
    await tab.host({ type: 'prompt-show', prompt: next });
    expect(await tab.page.locator(`${a} details[open]`).count()).toBe(1);
  });
});

describe('long answers', () => {
  test('lay out only what is in sight', async () => {
    const long = Array.from({ length: 2000 }, (_, index) => `Paragraph ${index} says something.`).join('\n\n');
    const tab = await open(showing(long, 'short'));
    const of = (selector: string) => tab.page.$eval(selector, (element) => getComputedStyle(element).contentVisibility);
    expect(await of(`${a} > p`)).toBe('auto');
    expect(await of('[data-letter="B"] .md > p')).toBe('visible');
    await tab.type('{End}');
    expect(await tab.page.locator(`${a} > p`).last().isVisible()).toBe(true);
  });
});
