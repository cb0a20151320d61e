import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stepsOfText, endOfStep } from '../../../src/core/index.js';

describe('the steps of an answer', () => {
  const cases: [title: string, steps: string[], separators?: string][] = [
    ['one paragraph is one', ['6*7 is 42.\nSo there.']],
    ['paragraphs', ['6*7 is 42.', '42+1 is 43.']],
    ['paragraphs after several blank lines', ['One.', 'Two.'], '\n \n\t\n'],
    ['Windows lines', ['One.\r\nstill one', 'Two.'], '\r\n\r\n'],
    ['items of a list', ['1. First', '2. Then', '10) Last'], '\n'],
    ['items of a list that follows its sentence', ['We know:', '- a is 1', '* b is 2'], '\n'],
    [
      'an item with its lines, list and code',
      ['- one\n  more\n\n  - below\n\n  text', '- two\n  ```\n\n- x\n  ```'],
      '\n',
    ],
    ['numbered steps, with all that is below', ['Step 1: add\n\n- a\n- b', '**Step 2** multiply\n\ndone'], '\n\n'],
    ['numbered steps that are headings', ['## Step 1\nadd', '## Step 2\nmultiply'], '\n'],
    ['numbered steps in Korean', ['1단계: 더한다\n\n그리고', '2단계: 곱한다'], '\n'],
    ['what stands before the first numbered step', ['We go on.', 'Step 1. Add', 'Step 2. End'], '\n'],
    ['a lone numbered step is nothing special', ['Step 1 is easy.', 'The rest is not.']],
    ['a heading with what follows it', ['# Sum\n\n6*7', '## Rest\n42+1']],
    ['headings in a row with what follows them', ['# All\n## Sum\n\nx', 'y']],
    ['code with blank lines is not cut', ['Run:', '```py\nx = 1\n\n\n1. y\n# z\n```', 'Done.']],
    ['code in its paragraph', ['Run:\n```\na\n\nb\n```\nthen']],
    ['a shorter fence does not close', ['````\n```\n\na\n````', 'b']],
    ['tildes do not close backticks', ['```\n~~~\n\na\n```', 'b']],
    ['code that is never closed', ['Run:', '```\na\n\nb']],
    ['a numbered step in code is no step', ['```\nStep 1\n\nStep 2\n```', 'Step 3 is mine.']],
    ['stepping is no step', ['Steps 1 to 3.', 'Step 1abc']],
    ['emphasis is no list', ['*One* and', '-1 is less.', '**Two**']],
  ];
  test.each(cases)('%s', (_, steps, separator = '\n\n') => {
    const text = steps.join(separator);
    expect(stepsOfText(text).map((each) => each.text)).toEqual(steps);
  });
  test('nothing has none', () => expect(stepsOfText(' \n\n ')).toEqual([]));

  test('cover every text but white space, in order, at the places that they name', () => {
    const pieces = fc.constantFrom(
      'a b',
      '- x',
      '  y',
      '\n',
      '\n\n',
      '```',
      '~~~',
      'Step 1',
      'Step 2: z',
      '# h',
      '\t',
      '\r\n',
      '1. ',
      '😀',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 4 })), { maxLength: 14 }), (parts) => {
        const text = parts.join('');
        let at = 0;
        for (const { text: step, start, end } of stepsOfText(text)) {
          expect(text.slice(at, start).trim()).toBe('');
          expect(text.slice(start, end)).toBe(step);
          expect(step.trim()).toBe(step);
          expect(step).not.toBe('');
          at = end;
        }
        expect(text.slice(at).trim()).toBe('');
      }),
    );
  });
});

describe('where a step ends', () => {
  const cases: [text: string, from: number, end: string | undefined][] = [
    ['One.\n\nTwo', 6, undefined],
    ['One.\n\nTwo is\n\nThree', 6, 'Two is'],
    ['One.\n\nTwo\n\n', 4, undefined],
    ['- one\n- two\n- three', 6, '- two'],
    ['- one\n- two\n-', 6, undefined],
    ['Step 1: a\n\nmore', 0, undefined],
    ['Step 1: a\n\nmore\nStep 2: b', 0, 'Step 1: a\n\nmore'],
    ['One\n\n```\na\n\nb\n```\n\nThree', 5, '```\na\n\nb\n```'],
  ];
  test.each(cases)('of %j from %i: %j', (text, from, end) => {
    const found = endOfStep(text, from);
    expect(found === undefined ? undefined : text.slice(from, found).trim()).toBe(end);
  });
});
