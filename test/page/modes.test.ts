import { describe, expect, test } from 'vitest';
import { helpsteerRubric } from '../../src/core/index.js';
import type { LabelingSettings, PromptView, ToLabelingPage } from '../../src/protocol.js';
import { labelingPages, rankingOf, type LabelingTab } from './labelingPage.js';
import { answers, id, prompt, settings } from './sample.js';

const open = labelingPages();

const ahead: ToLabelingPage = { type: 'prompts-ahead', prompts: [prompt(4, 'p2'), prompt(4, 'p3')] };
const scale = (label: string, min: number, max: number) => ({ id: label.toLowerCase(), label, min, max });
const rubric: LabelingSettings['rubric'] = [
  { ...scale('Helpful', 1, 5), anchors: { 1: 'of no use', 3: 'of some use', 5: 'all that was asked' } },
  { ...scale('Truthful', 1, 5), anchors: { 1: 'invented', 5: 'right and checkable' } },
];
const reasoning = ['Two red ones: 10 ways.', 'Two blue ones: 4 ways.', 'Same colour in 14 of 28 ways.', 'One half.'];
const stepped = (nAnswers: number, thoughts = ''): PromptView => {
  const text = thoughts + reasoning.join('\n\n');
  return prompt(nAnswers, 'p1', { answers: answers(nAnswers).map((answer) => ({ ...answer, text })) });
};

/** What was submitted, without ids: `A` stands for the candidate at the first place. */
async function submitted(tab: LabelingTab): Promise<unknown> {
  const draft = (await tab.lastSubmit())?.draft;
  if (draft === undefined) return undefined;
  const { ranking, ...said } = draft;
  const text = JSON.stringify({ ...(ranking.length > 0 && { ranking: rankingOf(ranking) }), ...said });
  return JSON.parse(text.replace(/c-p1-/g, '')) as unknown;
}

describe('compare two', () => {
  const pair = (points: 3 | 5 | 7, goOn: 'enter' | 'atOnce' = 'enter') =>
    open({ prompt: prompt(2), settings: { mode: 'pair', pair: { points, goOn } }, then: [ahead] });

  const cases: [keys: string, points: 3 | 5 | 7, strength: number, ranking: string, line?: number][] = [
    ['2', 7, 2, 'A > B'],
    ['7', 7, -3, 'B > A'],
    ['4', 7, 0, 'A = B'],
    ['=', 7, 0, 'A = B'],
    ['a', 7, 1, 'A > B'],
    ['aa', 7, 2, 'A > B'],
    ['aaaa', 7, 3, 'A > B'],
    ['aab', 7, -1, 'B > A'],
    ['1', 5, 2, 'A > B'],
    ['bbb', 5, -2, 'B > A'],
    ['3', 3, -1, 'B > A'],
    ['aa', 3, 1, 'A > B'],
    ['-', 7, 0, 'A = B', 0],
    ['-2', 7, 2, 'A > B'],
    ['2-', 7, 0, 'A = B', 0],
  ];
  test.each(cases)('%s on %d points', async (keys, points, strength, ranking, line) => {
    const tab = await pair(points);
    await tab.type(`${keys}{Enter}`);
    expect(await submitted(tab)).toEqual({ mode: 'pair', ranking, strength, ...(line !== undefined && { line }) });
    await tab.expectQuiet();
  });

  test('takes two keys, or one where the project goes on at once', async () => {
    const tab = await pair(7, 'atOnce');
    await tab.type('2');
    expect(await submitted(tab)).toEqual({ mode: 'pair', ranking: 'A > B', strength: 2 });
    await tab.type('aa');
    expect(await tab.sent('judgement-submit')).toHaveLength(1);
    await tab.type('{Enter}');
    expect(await tab.sent('judgement-submit')).toHaveLength(2);
  });

  test('is a group of radios, named, with arrows; both bad is a box beside', async () => {
    const tab = await pair(7);
    const scale = tab.page.locator('[role=radiogroup]');
    expect(await scale.getAttribute('aria-label')).toBe('Which is better, and by how much');
    await tab.type('2');
    expect(await tab.text('[role=radio][aria-checked=true]')).toBe('2A better');
    expect(await tab.said()).toBe('A better.');
    await tab.page.focus('[role=radio][aria-checked=true]');
    await tab.type('{ArrowRight}');
    expect(await tab.text('[role=radio][aria-checked=true]')).toBe('3A slightly');
    expect(await scale.locator('[tabindex="0"]').count()).toBe(1);
    await tab.page.click('#bothBad');
    expect(await scale.locator('[aria-checked=true]').count()).toBe(0);
    expect(await tab.page.getAttribute('#bothBad', 'aria-checked')).toBe('true');
    expect(await tab.said()).toBe('Both bad.');
  });

  test('Enter with nothing chosen only says so; undo takes a choice back; other letters mean nothing', async () => {
    const tab = await pair(7);
    await tab.type('{Enter}cd8');
    expect(await tab.sent('judgement-submit')).toEqual([]);
    await tab.type('2uu');
    expect(await tab.page.locator('[role=radio][aria-checked=true]').count()).toBe(0);
    expect(await tab.sent('submit-undo')).toHaveLength(1);
  });

  test('a draft of a ranking of two tells nothing of strength, one of a pair does', async () => {
    const ranked = prompt(2, 'p1', { draft: { ranking: [[id('A')], [id('B')]] } });
    const tab = await open({ prompt: ranked, settings: { mode: 'pair' } });
    expect(await tab.page.locator('[role=radio][aria-checked=true]').count()).toBe(0);
    const drafted = prompt(2, 'p1', { draft: { mode: 'pair', ranking: [[id('B')], [id('A')]], strength: -3 } });
    await tab.host({ type: 'prompt-show', prompt: drafted });
    expect(await tab.text('[role=radio][aria-checked=true]')).toBe('7B much better');
  });
});

describe('pick the best', () => {
  const best = () => open({ settings: { mode: 'best' }, then: [ahead] });

  const cases: [keys: string, expected: unknown][] = [
    ['b', { ranking: 'B > A = C = D', best: 'B' }],
    ['2', { ranking: 'B > A = C = D', best: 'B' }],
    ['bd', { ranking: 'D > A = B = C', best: 'D' }],
    ['-', { ranking: 'A = B = C = D', line: 0 }],
    ['-c', { ranking: 'C > A = B = D', best: 'C' }],
  ];
  test.each(cases)('%s', async (keys, expected) => {
    const tab = await best();
    await tab.type(`${keys}{Enter}`);
    expect(await submitted(tab)).toEqual({ mode: 'best', ...(expected as object) });
    await tab.expectQuiet();
  });

  test('takes two keys, wears a badge, and is said', async () => {
    const tab = await best();
    await tab.type('b');
    expect(await tab.text('[data-letter="B"] .rank')).toBe('best');
    expect(await tab.text('[role=radio][aria-checked=true]')).toBe('BB is the best');
    expect(await tab.said()).toBe('B is the best.');
    await tab.type('{Backspace}{Enter}');
    expect(await tab.sent('judgement-submit')).toEqual([]);
    await tab.page.click('[data-letter="C"] header .letter');
    await tab.type('{Enter}');
    expect(await submitted(tab)).toMatchObject({ best: 'C' });
  });
});

describe('rate', () => {
  test('all scores of a scale to ten can be seen in three columns', async () => {
    const tab = await open({
      width: 1084,
      prompt: prompt(3),
      settings: { mode: 'rate', rubric: [scale('Quality', 1, 10), scale('Length', 1, 3)] },
    });
    const ends = await tab.page.evaluate(() =>
      [...document.querySelectorAll('.card .scores')].map((scores) => {
        const [card, own, last] = [scores.closest('.card'), scores, scores.lastElementChild].map(
          (element) => element?.getBoundingClientRect().right ?? 0,
        );
        return { isInside: (last ?? 0) <= (card ?? 0), isClosed: Math.abs((own ?? 0) - (last ?? 0)) < 2 };
      }),
    );
    expect(ends).toEqual(Array.from({ length: 6 }, () => ({ isInside: true, isClosed: true })));
  });

  const rate = (changes: Partial<LabelingSettings> = {}, nAnswers = 2) =>
    open({ prompt: prompt(nAnswers), settings: { mode: 'rate', rubric, ...changes }, then: [ahead] });

  test('a digit rates and goes on to the next attribute, then the next answer; then Enter', async () => {
    const tab = await rate();
    await tab.type('5423{Enter}');
    expect(await submitted(tab)).toEqual({
      mode: 'rate',
      ratings: { A: { helpful: 5, truthful: 4 }, B: { helpful: 2, truthful: 3 } },
    });
    await tab.expectQuiet();
  });

  test('arrows and letters go where they say, and a score can be changed', async () => {
    const tab = await rate();
    await tab.type('54b{ArrowUp}1a{ArrowUp}3{Enter}');
    expect(await tab.sent('judgement-submit')).toEqual([]);
    expect(await tab.text('.tell')).toBe('1 of 4 ratings is missing. Enter again submits without it');
    await tab.type('{Enter}');
    expect(await submitted(tab)).toMatchObject({ ratings: { A: { helpful: 3, truthful: 4 }, B: { helpful: 1 } } });
  });

  test('the meaning of the scores stands beside, of the attribute under the keys', async () => {
    const tab = await rate();
    expect(await tab.text('.anchors')).toBe('Helpful 1 of no use3 of some use5 all that was asked');
    await tab.type('{ArrowDown}');
    expect(await tab.text('.anchors')).toContain('Truthful');
    expect(await tab.text('.count')).toBe('0 of 4. A digit rates and goes on');
    await tab.type('4');
    expect(await tab.said()).toBe('B, Helpful: not rated. 1 of 4 rated.');
  });

  test('0 clears, unless the scale has it; Backspace goes back; undo and the mouse do what they do elsewhere', async () => {
    const tab = await rate();
    await tab.type('5{ArrowUp}0');
    expect((await tab.sent('draft-change')).at(-1)?.draft.ratings).toBeUndefined();
    await tab.type('54{Backspace}');
    expect((await tab.sent('draft-change')).at(-1)?.draft.ratings).toEqual({ [id('A')]: { helpful: 5 } });
    await tab.type('u');
    expect((await tab.sent('draft-change')).at(-1)?.draft.ratings).toEqual({ [id('A')]: { helpful: 5, truthful: 4 } });
    await tab.page.click('[data-letter="B"] [aria-label="Truthful, answer B"] button:nth-child(2)');
    expect((await tab.sent('draft-change')).at(-1)?.draft.ratings?.[id('B')]).toEqual({ truthful: 2 });
    expect(await tab.focused()).toBe('B');
    const zero = await rate({ rubric: [scale('Helpfulness', 0, 4)] });
    await zero.type('04{Enter}');
    expect(await submitted(zero)).toMatchObject({ ratings: { A: { helpfulness: 0 }, B: { helpfulness: 4 } } });
    const ten = await rate({ rubric: [scale('Quality', 1, 10)] });
    await ten.type('09{Enter}');
    expect(await submitted(ten)).toMatchObject({ ratings: { A: { quality: 10 }, B: { quality: 9 } } });
  });

  test('the list of keys names the digits of the scales, and what takes a score back', async () => {
    const keysOf = async (rubric: LabelingSettings['rubric']) => {
      const tab = await rate({ rubric });
      await tab.type('?');
      const rows = await tab.page
        .locator('#keys section:first-child dl:first-of-type')
        .evaluate((list) =>
          [...list.querySelectorAll('dt')].map((key) =>
            `${key.textContent}: ${key.nextElementSibling?.textContent}`.replace(/\s+/g, ' ').trim(),
          ),
        );
      return rows.filter((row) => /rate|back/.test(row));
    };
    const rates = 'rate, on to the next attribute, then answer';
    expect(await keysOf([scale('Quality', 1, 5)])).toEqual([`1 … 5: ${rates}`, '0: take it back']);
    expect(await keysOf([scale('Quality', 0, 4)])).toEqual([`0 … 4: ${rates}`, 'Backspace: take it back']);
    expect(await keysOf([scale('Quality', 1, 10)])).toEqual([`1 … 9 0: ${rates}`, 'Backspace: take it back']);
    expect(await keysOf([scale('Quality', 0, 4), scale('Length', 1, 3)])).toEqual([
      `0 … 4: ${rates}`,
      'Backspace: take it back',
      '0: take it back, where that key gives no score',
    ]);
    expect(await keysOf([scale('Quality', 0, 100)])).toEqual(['0: take it back']);
  });

  test('in a narrow panel the meanings that have no room are all in the title', async () => {
    const tab = await open({ width: 480, settings: { mode: 'rate', rubric: helpsteerRubric } });
    const [first] = helpsteerRubric;
    const title = await tab.page.getAttribute('.anchors', 'title');
    for (const words of Object.values(first?.anchors ?? {})) expect(title).toContain(words);
  });

  test('ratings are groups of radios under their own answer, at every width', async () => {
    const tab = await rate({}, 4);
    const group = tab.page.locator('[data-letter="C"] [role=radiogroup]').first();
    expect(await group.getAttribute('aria-label')).toBe('Helpful, answer C');
    expect(await group.locator('[role=radio]').first().getAttribute('aria-label')).toBe('1, of no use');
    for (const width of [1280, 900, 480]) {
      await tab.page.setViewportSize({ width, height: 720 });
      await tab.settle();
      await tab.type('c');
      const card = await tab.page.locator('[data-letter="C"]').boundingBox();
      const box = await tab.page.locator('[data-letter="C"] .rates').boundingBox();
      expect(box?.x).toBeGreaterThanOrEqual((card?.x ?? 0) - 1);
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual((card?.y ?? 0) + (card?.height ?? 0) + 1);
    }
  });

  test('a number is typed where a scale is long: Enter rates and goes on, Ctrl+Enter rates and submits', async () => {
    const tab = await rate({ rubric: [scale('Quality', 0, 100)] });
    await tab.page.focus('[data-letter="A"] .score');
    await tab.type('75{Enter}');
    expect(await tab.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Quality, answer B');
    await tab.type('60{Control+Enter}');
    expect(await submitted(tab)).toMatchObject({ ratings: { A: { quality: 75 }, B: { quality: 60 } } });
  });

  test('a project can forbid gaps', async () => {
    const tab = await rate({ partial: 'forbid' });
    await tab.type('5{Enter}{Enter}');
    expect(await tab.sent('judgement-submit')).toEqual([]);
    expect(await tab.text('.tell')).toContain('This project asks for all');
  });
});

describe('good or bad', () => {
  test('a digit judges the focused answer and goes on', async () => {
    const tab = await open({ settings: { mode: 'thumbs' } });
    await tab.type('1221{Enter}');
    expect(await submitted(tab)).toEqual({ mode: 'thumbs', thumbs: { A: true, B: false, C: false, D: true } });
    await tab.expectQuiet();
  });

  test('one answer alone takes two keys; letters focus, 0 takes back, Enter asks for what is left', async () => {
    const one = await open({ prompt: prompt(1), settings: { mode: 'thumbs' } });
    await one.type('2{Enter}');
    expect(await submitted(one)).toEqual({ mode: 'thumbs', thumbs: { A: false } });
    const tab = await open({ settings: { mode: 'thumbs' } });
    await tab.type('{Enter}c1');
    expect(await tab.said()).toBe('C good. A, B and D not judged.');
    expect(await tab.focused()).toBe('D');
    await tab.type('2d0{Enter}');
    expect(await tab.sent('judgement-submit')).toEqual([]);
    await tab.type('{Enter}');
    expect(await submitted(tab)).toEqual({ mode: 'thumbs', thumbs: { C: true } });
  });
});

describe('step by step', () => {
  const steps = (changes: Partial<LabelingSettings> = {}, nAnswers = 1) =>
    open({ prompt: stepped(nAnswers), settings: { mode: 'steps', ...changes } });
  const of = (...said: string[]) => said.map((label, index) => ({ text: reasoning[index], label }));

  test('each digit judges a step and goes on; the first wrong one ends the answer', async () => {
    const tab = await steps();
    await tab.type('123');
    expect(await tab.text('.rubric p')).toBe(
      'First wrong step is 3. The steps after it need no judgement; the keys still work on them.',
    );
    await tab.type('{Enter}');
    expect(await submitted(tab)).toEqual({ mode: 'steps', steps: { A: of('good', 'neutral', 'wrong') } });
    await tab.expectQuiet();
  });

  test('unless the project wants all', async () => {
    const tab = await steps({ steps: { judgeAll: true, judgeThoughts: false } });
    await tab.type('131{Enter}');
    expect(await tab.sent('judgement-submit')).toEqual([]);
    await tab.type('1{Enter}');
    expect(await submitted(tab)).toEqual({ mode: 'steps', steps: { A: of('good', 'wrong', 'good', 'good') } });
  });

  test('the steps of thoughts come first where the project judges them, else they are folded', async () => {
    const thinking = stepped(1, '<think>First guess.\n\nSecond guess.</think>');
    const folded = await open({ prompt: thinking, settings: { mode: 'steps' } });
    expect(await folded.text('.steps summary')).toBe('Thoughts, 4 words · not judged');
    await folded.type('3{Enter}');
    expect(await submitted(folded)).toMatchObject({ steps: { A: of('wrong') } });
    const settings: Partial<LabelingSettings> = { mode: 'steps', steps: { judgeAll: false, judgeThoughts: true } };
    const judged = await open({ prompt: thinking, settings });
    await judged.type('113{Enter}');
    expect(await submitted(judged)).toMatchObject({
      steps: { A: [{ text: 'First guess.' }, { text: 'Second guess.' }, ...of('wrong')] },
    });
  });

  test('formulas and code are drawn as they are in a whole answer', async () => {
    const text = 'Ways: $\\frac{8 \\cdot 7}{2}$.\n\n```python\nreturn 28\n```';
    const answer = answers(1).map((one) => ({ ...one, text }));
    const tab = await open({ prompt: prompt(1, 'p1', { answers: answer }), settings: { mode: 'steps' } });
    await tab.page.locator('.step mfrac').waitFor({ state: 'attached' });
    await tab.page.locator('.step code.coloured').waitFor();
    await tab.expectQuiet();
  });

  test('the reference shows when all steps are judged, so that they are judged and not the result', async () => {
    const tab = await open({ prompt: { ...stepped(1), reference: 'One half <b>' }, settings: { mode: 'steps' } });
    const reference = () => tab.text('.prompt .reference');
    expect(await reference()).toBe('There is one. It shows when all steps are judged.');
    await tab.type('3');
    expect(await reference()).toContain('One half <b>');
    const ranked = await open({ prompt: { ...prompt(2), reference: 'One half' } });
    expect(await ranked.text('.prompt .reference summary')).toBe('One half');
  });

  test('Enter goes to the next answer that is not judged, then submits', async () => {
    const tab = await steps({}, 2);
    await tab.type('3');
    expect(await tab.text('#submit')).toBe('Next answer Enter');
    await tab.type('{Enter}');
    expect(await tab.focused()).toBe('B');
    expect(await tab.text('#submit')).toBe('Submit, next Enter');
    await tab.type('1111{Enter}');
    expect(await submitted(tab)).toEqual({
      mode: 'steps',
      steps: { A: of('wrong'), B: of('good', 'good', 'good', 'good') },
    });
  });

  test('R says why a step is wrong; steps come in their order; a label can be changed', async () => {
    const tab = await steps();
    await tab.type('r');
    expect(await tab.text('.tell')).toBe('Judge the step, then say why');
    await tab.type('{ArrowDown}{ArrowDown}1');
    expect(await tab.text('.tell')).toBe('Step 1 comes first');
    await tab.type('23r');
    await tab.page.keyboard.insertText('3 · 2 / 2 = 3');
    await tab.type('{Escape}{ArrowUp}1{Enter}');
    expect(await submitted(tab)).toEqual({
      mode: 'steps',
      steps: { A: [of('good')[0], { text: reasoning[1], label: 'wrong', reason: '3 · 2 / 2 = 3' }] },
    });
  });

  test('marks are groups of radios; what stands is said', async () => {
    const tab = await steps();
    await tab.type('1');
    expect(await tab.said()).toBe('A, step 2 of 4.');
    expect(await tab.page.locator('[role=radiogroup]').count()).toBe(4);
    await tab.page.click('[aria-label="Step 2"] button:nth-child(3)');
    expect(await tab.said()).toBe('A, step 2 of 4: wrong. A is judged.');
    expect(await tab.page.getAttribute('.verdict', 'aria-label')).toBe('1 Good, 2 Wrong, 2 not judged');
  });

  test('thoughts are folded and not judged', async () => {
    const text = `<think>so many steps</think>${reasoning.join('\n\n')}`;
    const view = prompt(1, 'p1', { answers: answers(1).map((answer) => ({ ...answer, text })) });
    const tab = await open({ prompt: view, settings: { mode: 'steps' } });
    expect(await tab.page.locator('.step').count()).toBe(4);
    expect(await tab.text('.fold summary')).toBe('Thoughts, 3 words · not judged');
  });
});

describe('in every way to judge', () => {
  const ways: [mode: LabelingSettings['mode'], nAnswers: number, keys: string][] = [
    ['pair', 2, '2-=aab'],
    ['best', 4, 'bd-c'],
    ['rate', 4, '54{ArrowUp}3b5{Backspace}'],
    ['thumbs', 4, '12c1{Backspace}'],
    ['steps', 2, '12{ArrowUp}3'],
  ];

  test.each(ways)('%s moves nothing that is read', async (mode, nAnswers, keys) => {
    const view = mode === 'steps' ? stepped(nAnswers) : prompt(nAnswers);
    const tab = await open({ prompt: view, settings: { mode, rubric } });
    await tab.page.waitForTimeout(100);
    await tab.page.evaluate(() => {
      Object.assign(window, { shifts: [] });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) (window as unknown as { shifts: unknown[] }).shifts.push(entry.toJSON());
      }).observe({ type: 'layout-shift' });
    });
    const boxes = () =>
      tab.page.locator('.md').evaluateAll((all) => all.map((e) => JSON.stringify(e.getBoundingClientRect())));
    const before = await boxes();
    await tab.type(`${keys}xh`);
    expect(await boxes()).toEqual(before);
    // Words in the dock change in the room that they have; nothing above it gives way.
    const above = await tab.page.evaluate(() => {
      const dock = document.querySelector('.dock')?.getBoundingClientRect().top ?? 0;
      const { shifts } = window as unknown as { shifts: { sources: { currentRect: DOMRectReadOnly }[] }[] };
      return shifts.flatMap(({ sources }) => sources.filter(({ currentRect }) => currentRect.top < dock));
    });
    expect(above).toEqual([]);
  });

  test.each(ways)('%s gives flags, a rationale and skipping their keys', async (mode, nAnswers) => {
    const view = mode === 'steps' ? stepped(nAnswers) : prompt(nAnswers);
    const tab = await open({ prompt: view, settings: { mode, rubric } });
    await tab.type('xh');
    expect((await tab.sent('draft-change')).at(-1)?.draft.flags).toEqual({ [id('A')]: ['hallucination'] });
    await tab.type('?');
    expect(await tab.text('dialog')).not.toContain('next best');
    await tab.type('{Escape}');
    await tab.type('s');
    expect(await tab.sent('prompt-skip')).toHaveLength(1);
  });

  test('a project that changes its way to judge is read anew', async () => {
    const tab = await open();
    await tab.type('ba');
    await tab.host({ type: 'settings', settings: { ...settings, mode: 'best' } });
    expect(await tab.text('[role=radio][aria-checked=true]')).toBe('BB is the best');
  });
});
