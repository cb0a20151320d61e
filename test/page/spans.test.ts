import { describe, expect, test } from 'vitest';
import type { PromptView } from '../../src/protocol.js';
import { labelingPages } from './labelingPage.js';
import type { LabelingTab, OpenOptions } from './labelingPage.js';
import { id, prompt, settings } from './sample.js';
import { axeFindings } from './watched.js';

const open = labelingPages();

const texts = [
  'The first real measurement came from the astronomer **Ole Rømer** in 1676. He gave no speed himself.\n\nLater ones did.',
  '빛의 속도는 1676년에 처음 측정되었습니다. 그는 값을 말하지 않았습니다.',
  'It is 🇰🇷👩\u200d🔬 fast.',
];

const measured = (some: readonly string[] = texts, extra: Partial<PromptView> = {}): PromptView =>
  prompt(some.length, 'p1', {
    messages: [{ role: 'user', content: 'Who first measured the speed of light?' }],
    answers: some.map((text, index) => ({ candidateId: id('ABCDEFGH'[index] ?? ''), state: 'complete', text })),
    ...extra,
  });

const start = (options: OpenOptions = {}) => open({ prompt: measured(), ...options });

/** What a highlight marks, in the order of the page. */
const marked = (tab: LabelingTab, name = 'span') => tab.marked(name);

/** What is being chosen; the part of the page that does it is loaded at the first M. */
const chosen = (tab: LabelingTab, words: string) => expect.poll(() => marked(tab, 'span-now')).toEqual([words]);

/** The spans of the last draft: answer's letter, marked source, flag, note. */
async function drafted(tab: LabelingTab, some: readonly string[] = texts): Promise<string[]> {
  const spans = (await tab.sent('draft-change')).at(-1)?.draft.spans ?? {};
  return Object.entries(spans).flatMap(([candidate, list]) => {
    const letter = candidate.at(-1) ?? '';
    return list.map(({ start, end, flag, note }) =>
      [letter, some['ABCDEFGH'.indexOf(letter)]?.slice(start, end), flag, note].filter(Boolean).join(' | '),
    );
  });
}

/** As if the mouse had dragged from a place to another. */
async function select(tab: LabelingTab, letter: string, from: string, to: string): Promise<void> {
  await tab.page.evaluate(
    ([card = '', first = '', last = '']) => {
      const nodes = document.createTreeWalker(
        document.querySelector(`[data-letter="${card}"] .md`) ?? document.body,
        NodeFilter.SHOW_TEXT,
      );
      const range = document.createRange();
      let isStarted = false;
      for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
        const text = node.textContent ?? '';
        if (!isStarted && text.includes(first)) range.setStart(node, text.indexOf(first));
        isStarted ||= text.includes(first);
        if (isStarted && text.includes(last)) {
          range.setEnd(node, text.indexOf(last) + last.length);
          break;
        }
      }
      getSelection()?.removeAllRanges();
      getSelection()?.addRange(range);
    },
    [letter, from, to],
  );
}

describe('by keys', () => {
  test('M begins at the first word in sight; arrows go by word, Shift extends, a letter marks', async () => {
    const tab = await start();
    await tab.type('m');
    await chosen(tab, 'A: The');
    expect(await tab.said()).toBe(
      'Mark in A: “The”. Arrow keys go by word and sentence, Shift extends, a letter marks: ' +
        'H Hallucination, U Unsafe, R Refusal, O Off topic, I Prompt injection, P Personal data',
    );
    await tab.type('{ArrowRight}{ArrowRight}');
    expect(await marked(tab, 'span-now')).toEqual(['A: real']);
    expect(await tab.said()).toBe('“real”');
    await tab.type('{ArrowLeft}{Shift+ArrowRight}{Shift+ArrowRight}');
    expect(await marked(tab, 'span-now')).toEqual(['A: first real measurement']);
    await tab.type('{Shift+ArrowLeft}h');
    expect(await marked(tab, 'span-now')).toEqual([]);
    expect(await marked(tab)).toEqual(['A: first real']);
    expect(await drafted(tab)).toEqual(['A | first real | hallucination']);
    expect(await tab.said()).toBe('Marked A: Hallucination, “first real”.');
    expect(await tab.text('[data-letter="A"] .spans')).toBe('Hallucination “first real”');
    expect(await tab.hasFocus()).toBe('A');
    await tab.expectQuiet();
  });

  test('up and down go by sentence, through marks of Markdown', async () => {
    const tab = await start();
    await tab.type('m');
    await chosen(tab, 'A: The');
    await tab.type('{Shift+ArrowDown}');
    expect(await marked(tab, 'span-now')).toEqual([
      'A: The first real measurement came from the astronomer Ole Rømer in 1676.',
    ]);
    await tab.type('{ArrowDown}');
    expect(await marked(tab, 'span-now')).toEqual(['A: He gave no speed himself.']);
    await tab.type('{ArrowUp}u');
    expect(await drafted(tab)).toEqual([`A | ${texts[0]?.split(' He')[0] ?? ''} | unsafe`]);
  });

  test('are those of the place alone: letters of answers and Enter do nothing, Escape leaves', async () => {
    const tab = await start();
    await tab.type('bm');
    await chosen(tab, 'B: 빛의');
    await tab.type('a{Enter}1');
    expect(await tab.board()).toContain('[1st B]');
    expect(await tab.sent('judgement-submit')).toEqual([]);
    await tab.type('{Escape}');
    expect(await marked(tab, 'span-now')).toEqual([]);
    await tab.type('a');
    expect(await tab.board()).toContain('[1st B] > [2nd A]');
    expect(await tab.page.locator('.spans').count()).toBe(0);
  });

  test('begin again where the caret was', async () => {
    const tab = await start();
    await tab.type('m');
    await chosen(tab, 'A: The');
    await tab.type('{ArrowRight}{ArrowRight}hm');
    await chosen(tab, 'A: real');
  });

  test("a project's own flag has its digit, also on a Korean layout", async () => {
    const flags = [...settings.flags, { id: 'tone', key: '1', label: 'Tone' }];
    const tab = await start({ settings: { flags } });
    await tab.type('m');
    await chosen(tab, 'A: The');
    await tab.type('1m');
    await chosen(tab, 'A: The');
    await tab.page.keyboard.press('ArrowRight');
    await tab.page.evaluate(() =>
      document.activeElement?.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'ㅗ', code: 'KeyH', bubbles: true, cancelable: true }),
      ),
    );
    await expect.poll(() => drafted(tab)).toEqual(['A | The | tone', 'A | first | hallucination']);
  });

  test('with Shift the letter asks for a note, which is one entry of the undo stack', async () => {
    const tab = await start();
    await tab.type('m');
    await chosen(tab, 'A: The');
    await tab.type('{Shift+H}');
    await expect.poll(() => tab.hasFocus()).toBe('spanNote');
    await tab.type('no one');
    expect(await drafted(tab)).toEqual(['A | The | hallucination | no one']);
    await tab.page.locator('#spanNote').press('Enter');
    await expect.poll(() => tab.hasFocus()).toBe('A');
    expect(await tab.text('[data-letter="A"] .spans')).toBe('Hallucination “The”: no one');
    await tab.type('u');
    expect(await drafted(tab)).toEqual(['A | The | hallucination']);
    await tab.type('u');
    expect(await drafted(tab)).toEqual([]);
    expect(await marked(tab)).toEqual([]);
    await tab.type('{Shift+U}{Shift+U}');
    expect(await drafted(tab)).toEqual(['A | The | hallucination | no one']);
    await tab.expectQuiet();
  });

  test('the same place with the same flag is taken back', async () => {
    const tab = await start();
    await tab.type('m');
    await chosen(tab, 'A: The');
    await tab.type('hm');
    await chosen(tab, 'A: The');
    await tab.type('h');
    expect(await drafted(tab)).toEqual([]);
    expect(await tab.said()).toBe('No longer marked A: Hallucination, “The”.');
  });

  test('step by words of Korean, and never into a character', async () => {
    const tab = await start();
    await tab.type('bm');
    await chosen(tab, 'B: 빛의');
    await tab.type('{ArrowRight}{Shift+ArrowRight}p');
    expect(await drafted(tab)).toEqual(['B | 속도는 1676년에 | personal-data']);
    await tab.type('cm');
    await chosen(tab, 'C: It');
    await tab.type('{ArrowRight}{ArrowRight}{Shift+ArrowRight}o');
    expect(await drafted(tab)).toContain('C | 🇰🇷👩\u200d🔬 | off-topic');
  });

  test('work where answers are judged step by step', async () => {
    const steps = ['There are 8 balls.\n\nTwo of 8 make 28 ways.', 'None.'];
    const tab = await start({ prompt: measured(steps), settings: { mode: 'steps' } });
    await tab.type('m');
    await chosen(tab, 'A: There');
    await tab.type('{ArrowDown}{ArrowDown}h');
    expect(await drafted(tab, steps)).toEqual(['A | Two of 8 make 28 ways. | hallucination']);
    expect(await marked(tab)).toEqual(['A: Two of 8 make 28 ways.']);
    expect(await tab.text('.spans')).toBe('Hallucination “Two of 8 make 28 ways.”');
    await tab.page.locator('.stepText p', { hasText: 'There' }).dblclick({ position: { x: 6, y: 8 } });
    await tab.page.click('.selection-menu button:has-text("Mark")');
    await chosen(tab, 'A: There');
    await tab.expectQuiet();
  });
});

describe('by mouse', () => {
  test('what is selected is marked, over bold words and with its source', async () => {
    const tab = await start();
    await select(tab, 'A', 'astronomer', 'Rømer');
    await tab.type('m');
    await chosen(tab, 'A: astronomer Ole Rømer');
    await tab.page.click('.marking button:has-text("Hallucination")');
    await tab.settle();
    expect(await drafted(tab)).toEqual(['A | astronomer **Ole Rømer | hallucination']);
    expect(await marked(tab)).toEqual(['A: astronomer Ole Rømer']);
  });

  test('the tool of an answer and the menu of the selection do what M does', async () => {
    const tab = await start();
    await select(tab, 'A', 'gave', 'speed');
    await tab.page.click('[data-letter="A"] button[aria-label="Mark a span of A"]');
    await chosen(tab, 'A: gave no speed');
    await tab.page.mouse.click(640, 60);
    await expect.poll(() => marked(tab, 'span-now')).toEqual([]);

    const box = await tab.page.evaluate(() => {
      const node = document.querySelector('[data-letter="A"] .md p:last-child')?.firstChild;
      const range = document.createRange();
      if (node) range.selectNodeContents(node);
      const { left, right, top, height } = range.getBoundingClientRect();
      return { left, right, y: top + height / 2 };
    });
    await tab.page.mouse.move(box.left + 1, box.y);
    await tab.page.mouse.down();
    await tab.page.mouse.move(box.right + 2, box.y, { steps: 4 });
    await tab.page.mouse.up();
    await tab.page.click('.selection-menu button:has-text("Mark")');
    await chosen(tab, 'A: Later ones did.');
    await tab.expectQuiet();
  });

  test('half a character is marked whole', async () => {
    const tab = await start();
    await tab.page.evaluate(() => {
      const node = document.querySelector('[data-letter="C"] .md p')?.firstChild;
      const range = document.createRange();
      if (node) range.setStart(node, 6);
      if (node) range.setEnd(node, 8);
      getSelection()?.removeAllRanges();
      getSelection()?.addRange(range);
    });
    await tab.type('m');
    await chosen(tab, 'C: 🇰🇷');
  });

  test('a mark is taken away beside it, and noted later', async () => {
    const tab = await start();
    await tab.type('m');
    await chosen(tab, 'A: The');
    await tab.type('h');
    await tab.page.click('.spans button[aria-label="Note on “The”"]');
    await expect.poll(() => tab.hasFocus()).toBe('spanNote');
    await tab.type('<img src=x onerror=alert(1)>');
    await tab.page.locator('#spanNote').press('Escape');
    expect(await tab.text('.spans')).toBe('Hallucination “The”: <img src=x onerror=alert(1)>');
    await tab.page.click('.spans button[aria-label="Take the mark “The” away"]');
    await tab.settle();
    expect(await drafted(tab)).toEqual([]);
    expect(await tab.page.locator('.spans').count()).toBe(0);
    await tab.expectQuiet();
  });
});

describe('what is marked', () => {
  const draft = {
    ranking: [],
    spans: { [id('A')]: [{ start: 10, end: 26, flag: 'hallucination', note: 'who says so' }] },
  };

  test('comes back with the draft, and goes out with the judgement', async () => {
    const tab = await start({ prompt: measured(texts, { draft, revision: 1 }) });
    await expect.poll(() => marked(tab)).toEqual(['A: real measurement']);
    await expect.poll(() => tab.text('.spans')).toBe('Hallucination “real measurement”: who says so');
    await tab.type('1111{Enter}');
    expect((await tab.lastSubmit())?.draft.spans).toEqual(draft.spans);
  });

  test('moves no text, and the menu covers no word that is being marked', async () => {
    const long = Array.from({ length: 60 }, (_, index) => `Sentence ${index} is here.`).join(' ');
    const tab = await start({ prompt: measured([long, long, long]), height: 520 });
    const place = () =>
      tab.page.$eval('[data-letter="A"] .md p', (text) => {
        const { top, height, width } = text.getBoundingClientRect();
        return [top, height, width];
      });
    const before = await place();
    await tab.type('m');
    await chosen(tab, 'A: Sentence');
    expect(await place()).toEqual(before);
    for (let step = 0; step < 20; step += 1) await tab.page.keyboard.press('ArrowDown');
    await tab.settle();
    const [words, menu] = await tab.page.evaluate(() => {
      const range = [...(CSS.highlights.get('span-now') ?? [])][0];
      return [range instanceof Range ? range.getBoundingClientRect() : null, document.querySelector('.marking')]
        .map((box) => (box instanceof Element ? box.getBoundingClientRect() : box))
        .map((box) => ({ top: box?.top ?? 0, bottom: box?.bottom ?? 0 }));
    });
    const isApart = (words?.bottom ?? 0) <= (menu?.top ?? 0) || (words?.top ?? 0) >= (menu?.bottom ?? 0);
    expect([isApart, words, menu]).toEqual([true, words, menu]);
  });

  test('in high contrast nothing is filled behind it', async () => {
    const tab = await start({ prompt: measured(texts, { draft }), theme: 'high-contrast' });
    await expect.poll(() => marked(tab)).toEqual(['A: real measurement']);
    await tab.type('m');
    await chosen(tab, 'A: The');
    const fills = await tab.page.evaluate(() =>
      ['span', 'span-now'].map((name) => {
        const style = getComputedStyle(document.querySelector('.md p') ?? document.body, `::highlight(${name})`);
        return [style.backgroundColor, style.textDecorationLine];
      }),
    );
    expect(fills).toEqual([
      ['rgba(0, 0, 0, 0)', 'underline'],
      ['rgba(0, 0, 0, 0)', 'underline'],
    ]);
  });

  test.each(['dark-modern', 'light-modern', 'high-contrast'] as const)('is found fine by axe in %s', async (theme) => {
    const tab = await start({ prompt: measured(texts, { draft }), theme });
    await tab.type('bm');
    await chosen(tab, 'B: 빛의');
    expect(await axeFindings(tab.page, { 'scrollable-region-focusable': { enabled: false } })).toEqual([]);
    await tab.type('{Shift+H}');
    await expect.poll(() => tab.hasFocus()).toBe('spanNote');
    expect(await axeFindings(tab.page, { 'scrollable-region-focusable': { enabled: false } })).toEqual([]);
  });

  test('of an answer that is written again is forgotten with it', async () => {
    const tab = await start({ prompt: measured(texts, { draft, revision: 1 }) });
    await expect.poll(() => marked(tab)).toEqual(['A: real measurement']);
    const answer = { candidateId: id('X'), state: 'complete' as const, text: 'Another one.' };
    await tab.host({ type: 'answer-replace', promptId: measured().promptId, old: id('A'), answer });
    expect(await marked(tab)).toEqual([]);
    expect(await drafted(tab)).toEqual([]);
  });

  test('without flags there is nothing to mark with', async () => {
    const tab = await start({ settings: { flags: [] } });
    await tab.type('m');
    expect(await marked(tab, 'span-now')).toEqual([]);
    expect(await tab.page.locator('button[aria-label="Mark a span of A"]').count()).toBe(0);
  });
});
