import { describe, expect, test } from 'vitest';
import { visiblePieces } from '../../src/core/index.js';
import type { PromptView, ToLabelingPage } from '../../src/protocol.js';
import { inBatches, payloadClasses as classes, payloads as all } from '../hostile/payloads.js';
import { labelingPages } from './labelingPage.js';
import type { LabelingTab } from './labelingPage.js';
import { id, opening, prompt, settings } from './sample.js';

const open = labelingPages();

/** Eight payloads as answers, and all of them together as the prompt, its source, its reason and names. */
function hostilePrompt(payloads: readonly string[], name: string): PromptView {
  const text = payloads.join('\n\n');
  const clean = text.slice(0, 1000);
  return prompt(8, name, {
    messages: [
      { role: 'system', content: text },
      { role: 'user', content: text },
      { role: 'assistant', content: text },
      { role: 'user', content: text },
    ],
    source: clean,
    answers: [0, 1, 2, 3, 4, 5, 6, 7].map((index) => ({
      candidateId: id('ABCDEFGH'[index] ?? '', name),
      state: index === 7 ? 'failed' : 'complete',
      text: payloads[index] ?? text,
      reveal: clean,
      ...(index === 7 && { error: clean }),
    })),
    draft: {
      ranking: [],
      flags: { [id('A', name)]: ['evil', clean] },
      rationale: clean,
      corrections: [{ id: id('X', name), parent: id('B', name), text }],
    },
  });
}

/** The buttons can be seen and pressed: what lies at their middle is they. A message of ours takes the toolbar's place. */
const covered = () =>
  [
    '#submit',
    '#skip',
    '#order',
    document.querySelector('.message') ? '.message .grow' : '.top .tools button',
    '.card.focused header .letter',
  ].filter((selector) => {
    const button = document.querySelector(selector);
    const box = button?.getBoundingClientRect();
    if (!button || !box) return true;
    const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return !hit || !(button === hit || button.contains(hit) || hit.contains(button));
  });

/** Elements and attributes that have no business in a stranger's text. */
const foreign = () =>
  [...document.querySelectorAll('.md, .md *')]
    .filter((element) => {
      const isOurs =
        /^(?:DIV|SPAN|P|BR|HR|H4|STRONG|EM|S|CODE|PRE|SAMP|BLOCKQUOTE|UL|OL|LI|TABLE|THEAD|TBODY|TR|TH|TD|DETAILS|SUMMARY|BUTTON)$/;
      const allowed = ['class', 'dir', 'lang', 'role', 'tabindex', 'title', 'start', 'open', 'aria-hidden'];
      const isFormula =
        /^(?:math|mrow|mi|mn|mo|mtext|mspace|mfrac|msqrt|mroot|msub|msup|msubsup|munder|mover|munderover|mmultiscripts|mprescripts|none|mtable|mtr|mtd|mstyle|menclose)$/;
      const ofFormula =
        /^(?:class|display|aria-label|mathvariant|form|scriptlevel|linethickness|notation|stretchy|fence|separator|accent|accentunder|movablelimits|largeop|symmetric|displaystyle|width|height|depth|lspace|rspace|minsize|maxsize)$/;
      if (element.namespaceURI === 'http://www.w3.org/1998/Math/MathML')
        return !isFormula.test(element.tagName) || element.getAttributeNames().some((name) => !ofFormula.test(name));
      return !isOurs.test(element.tagName) || element.getAttributeNames().some((name) => !allowed.includes(name));
    })
    .map((element) => element.outerHTML.slice(0, 200));

async function expectHarmless(tab: LabelingTab, payloads: readonly string[]): Promise<void> {
  const found = await tab.page.evaluate(() => ({ pwned: 'pwned' in window, title: document.title }));
  expect([payloads, found]).toEqual([payloads, { pwned: false, title: 'Label' }]);
  expect([payloads, await tab.page.evaluate(covered)]).toEqual([payloads, []]);
  expect([payloads, await tab.page.evaluate(foreign)]).toEqual([payloads, []]);
}

const hostileSettings = (payload: string): ToLabelingPage => ({
  type: 'settings',
  settings: {
    ...settings,
    projectName: payload,
    flags: [{ id: 'evil', key: 'h', label: payload.slice(0, 300) }],
    keys: { submit: payload.slice(0, 40), [payload.slice(0, 40)]: 'x' },
    strings: { Prompt: payload.slice(0, 100), ['__proto__']: payload },
  },
});

test('there are at least 500 payloads', () => expect(new Set(all).size).toBeGreaterThanOrEqual(500));

test('the watch would notice a payload that works', async () => {
  const tab = await open();
  await tab.page.evaluate(() => {
    const text = document.querySelector('[data-letter="A"] .md');
    if (text) text.innerHTML = '<img src="https://evil.test/x.png" onerror="window.pwned=1"><div id="cover">x</div>';
    const cover = document.querySelector<HTMLElement>('#cover');
    if (cover) document.body.append(Object.assign(cover, { className: 'labeling mid' }));
    cover?.style.setProperty('position', 'fixed');
    cover?.style.setProperty('inset', '0');
  });
  await expect.poll(() => tab.page.evaluate(() => window.violations.length)).toBeGreaterThan(0);
  expect(await tab.page.evaluate(covered)).toContain('#submit');
  expect(await tab.page.evaluate(foreign)).toHaveLength(1);
  await expect(tab.expectQuiet()).rejects.toThrow();
});

describe('a stranger’s text runs nothing, loads nothing, covers nothing', () => {
  test.each(classes)('%s', async (_name, payloads) => {
    const tab = await open({ isSilent: true });
    await tab.host(...opening(prompt()).slice(0, 2));
    let nth = 0;
    for (const some of inBatches(payloads, 8)) {
      nth += 1;
      await tab.host(
        hostileSettings(some[0] ?? ''),
        { type: 'prompt-show', prompt: hostilePrompt(some, `p${nth}`) },
        { type: 'strip', strip: { kind: 'error', message: some.join(' ').slice(0, 500), details: some.join('\n') } },
      );
      await expectHarmless(tab, some);
      await tab.page.evaluate(() => document.querySelector<HTMLElement>('.pill')?.click()); // the improved text
      await tab.page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
        for (const link of document.querySelectorAll<HTMLElement>('.link')) link.click();
      });
      await tab.host({ type: 'strip', strip: null });
      if (nth > 1) continue;
      await tab.type('x'); // the flags, whose names are hostile too
      await expectHarmless(tab, some);
      await tab.type('{Escape}');
    }
    const links = (await tab.sent('link-open')).map(({ url }) => url);
    expect(links.filter((url) => !/^(?:https?:|mailto:)/.test(url))).toEqual([]);
    expect(await tab.page.evaluate(() => location.pathname + location.hash)).toBe('/');
    await tab.expectQuiet();
  });

  test('nor while it is being written, a few characters at a time', async () => {
    const tab = await open({ isSilent: true });
    const text = all.filter((payload) => payload.length < 200).join('\n\n');
    const view = prompt(2, 'p1', {
      answers: ['A', 'B'].map((letter) => ({ candidateId: id(letter), state: 'writing', text: '' })),
    });
    await tab.host(...opening(view));
    const step = 97;
    for (let at = 0; at < text.length; at += step * 4) {
      const deltas = [0, 1, 2, 3].map((index) => at + index * step);
      await tab.page.evaluate(
        (list) => window.fromHost(...list),
        deltas
          .map((from) => ({
            type: 'answer-delta' as const,
            candidateId: id('A'),
            at: from,
            text: text.slice(from, from + step),
          }))
          .filter((delta) => delta.text !== ''),
      );
    }
    await tab.page.waitForTimeout(120);
    await expectHarmless(tab, ['all of them']);
    await tab.expectQuiet();
  });

  test('nor as source text or in the empty states', async () => {
    const tab = await open({ isSilent: true });
    const view = prompt(4, 'p1', {
      answers: ['A', 'B', 'C', 'D'].map((letter) => ({
        candidateId: id(letter),
        state: 'complete',
        text: all.join('\n'),
      })),
    });
    await tab.host(...opening(view));
    await tab.type('l');
    await expectHarmless(tab, ['all as source']);
    await tab.host({ type: 'empty', reason: 'all-done', detail: all.join(' ').slice(0, 20_000) });
    expect(await tab.page.evaluate(() => 'pwned' in window)).toBe(false);
    await tab.expectQuiet();
  });
});

describe('hidden characters', () => {
  const hidden = classes.find(([name]) => name === 'hidden')?.[1] ?? [];

  test('each has its own mark, rendered or as source', async () => {
    const tab = await open({ isSilent: true });
    // Links show their host beside their text and code spans may lose spaces, so plain paragraphs are counted.
    const texts = hidden.filter((text) => !text.includes('](') && !text.includes('`') && !text.includes('<'));
    for (const [index, text] of texts.entries()) {
      const name = `h${index}`;
      const view = prompt(2, name, {
        messages: [{ role: 'user', content: 'x' }],
        answers: ['A', 'B'].map((letter) => ({ candidateId: id(letter, name), state: 'complete', text })),
      });
      await tab.host(...opening(view));
      const marks = () => tab.page.locator('[data-letter="A"] .hidden-character').count();
      const nHidden = visiblePieces(text).filter((piece) => typeof piece !== 'string').length;
      expect([text, await marks()]).toEqual([text, nHidden]);
      await tab.type('l');
      expect([text, await marks()]).toEqual([text, nHidden]);
      await tab.type('l');
    }
  });

  test('two texts that differ in nothing else look different, and stay as they are', async () => {
    const tab = await open();
    const correction = { promptId: prompt().promptId, correctionId: id('X'), parent: id('A'), text: 'adm\u200bin' };
    await tab.host({ type: 'correction-made', ...correction });
    expect(await tab.text('[data-letter="A"] .md')).toBe('admZWSPin');
    expect((await tab.sent('draft-change')).at(-1)?.draft.corrections?.[0]?.text).toBe('adm\u200bin');
  });
});

describe('plain Markdown is still shown right', () => {
  const cases: [markdown: string, html: string][] = [
    ['*a* **b** ~~c~~ `d`', '<p><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>'],
    ['# T\n\n## U', '<h4>T</h4><h4>U</h4>'],
    ['- a\n- b', '<ul><li>a</li><li>b</li></ul>'],
    ['3. a\n4. b', '<ol start="3"><li>a</li><li>b</li></ol>'],
    ['> q', '<blockquote><p>q</p></blockquote>'],
    ['```\nlet a = 1 < 2;\n```', '<pre><code>let a = 1 &lt; 2;\n</code></pre>'],
    [
      'See https://example.org/a_(b), or (https://example.org/c).',
      '<p>See <span role="link" tabindex="0">https://example.org/a_(b)</span>, or (<span role="link" tabindex="0">https://example.org/c</span>).</p>',
    ],
    ['AT&amp;T &copy; &notit; &#x41;', '<p>AT&amp;T © &amp;notit; A</p>'],
    ['```\nnot closed', '<pre><code>not closed</code></pre>'],
    ['a\n\n---\n\nb', '<p>a</p><hr><p>b</p>'],
    [
      '| h |\n|---|\n| c |',
      '<div><table><thead><tr><th>h</th></tr></thead><tbody><tr><td>c</td></tr></tbody></table></div>',
    ],
    ['a <b>c</b> & d', '<p>a &lt;b&gt;c&lt;/b&gt; &amp; d</p>'],
    ['costs $5 and $10, \\$x$', '<p>costs $5 and $10, $x$</p>'],
    ['![alt](https://example.org/a.png)', '<p><samp>picture, not loaded: alt · https://example.org/a.png</samp></p>'],
  ];
  test('block by block', async () => {
    const tab = await open({ isSilent: true });
    for (const [index, [text, html]] of cases.entries()) {
      const name = `m${index}`;
      const view = prompt(2, name, {
        answers: ['A', 'B'].map((letter) => ({ candidateId: id(letter, name), state: 'complete', text })),
      });
      await tab.host(...opening(view));
      const shown = await tab.page.evaluate(() => {
        const copy = document.querySelector('[data-letter="A"] .md')?.cloneNode(true);
        if (!(copy instanceof Element)) return '';
        for (const element of copy.querySelectorAll('*'))
          for (const attribute of ['dir', 'class', 'title']) element.removeAttribute(attribute);
        return copy.innerHTML.replace(/>\n+</g, '><').trim();
      });
      expect(shown).toBe(html);
    }
  });
});
