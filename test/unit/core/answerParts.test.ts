import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerParts, partText } from '../../../src/core/index.js';

const parts = (text: string): string[] =>
  answerParts(text).map(({ kind, start, end }) => `${kind}: ${text.slice(start, end)}`);

describe('the parts of an answer', () => {
  const cases: [what: string, text: string, parts: string[]][] = [
    ['nothing', '  \n\n', []],
    ['paragraphs', 'One,\nin two lines.\n\nTwo.\n', ['paragraph: One,\nin two lines.', 'paragraph: Two.']],
    ['list items, each with its lines', '- a\n  more\n- b\n3) c', ['item: - a\n  more', 'item: - b', 'item: 3) c']],
    ['nested items', '1. a\n   - b\n   - c', ['item: 1. a', 'item: - b', 'item: - c']],
    ['a list right under a paragraph', 'Check:\n1. a\n2. b', ['paragraph: Check:', 'item: 1. a', 'item: 2. b']],
    [
      'a block of code, whatever is in it',
      'Run:\n```sh\n# not a heading\n\n- a\n```\nthen',
      ['paragraph: Run:', 'code: ```sh\n# not a heading\n\n- a\n```', 'paragraph: then'],
    ],
    [
      'code in an item',
      '1. Look:\n   ```\n   df -i\n   ```\n2. b',
      ['item: 1. Look:', 'code: ```\n   df -i\n   ```', 'item: 2. b'],
    ],
    ['code on the line of its item', '- ```\n  a\n  ```\n- b', ['item: - ```\n  a\n  ```', 'item: - b']],
    ['code without an end', '~~~\na\n\nb', ['code: ~~~\na\n\nb']],
    ['indented code', 'a\n\n    b\n    c', ['paragraph: a', 'code:     b\n    c']],
    [
      'a table row by row',
      'T:\n\n| a | b |\n| - | - |\n| 1 | 2 |\n3 | 4\n\nend',
      ['paragraph: T:', 'head: | a | b |\n| - | - |', 'row: | 1 | 2 |', 'row: 3 | 4', 'paragraph: end'],
    ],
    [
      'headings and rules',
      '# A\ntext\n***\nB\n===',
      ['heading: # A', 'paragraph: text', 'paragraph: ***', 'paragraph: B\n==='],
    ],
    ['a quote by its paragraphs', '> a\n>\n> b', ['paragraph: > a', 'paragraph: > b']],
    ['a formula with empty lines', '$$\nx\n\ny\n$$\nthen', ['code: $$\nx\n\ny\n$$', 'paragraph: then']],
    ['a dollar sign that is none', '$$ is money\n\nand more', ['paragraph: $$ is money', 'paragraph: and more']],
    ['lines of another system', 'a\r\n\r\n- b\r\n', ['paragraph: a', 'item: - b']],
  ];
  test.each(cases)('%s', (_what, text, expected) => expect(parts(text)).toEqual(expected));

  test('begin after the thoughts', () => {
    const text = '<think>\na\n\nb</think>\n\nc';
    expect(answerParts(text, text.indexOf('</think>') + 8)).toEqual([
      { kind: 'paragraph', start: text.length - 1, end: text.length },
    ]);
  });

  test('an indented one stands alone without its indentation', () => {
    const text = '1. Look:\n   ```\n     df\n   ```';
    const [, code] = answerParts(text);
    expect(code && partText(text, code)).toBe('```\n  df\n```');
  });

  const line = fc.oneof(
    fc.constantFrom(
      '',
      ' ',
      '- a',
      '  - b',
      '1. c',
      '```',
      '~~~~',
      '> q',
      '| a | b |',
      '|-|-|',
      '# h',
      '$$',
      '\\[',
      '***',
      '    x',
    ),
    fc.string(),
  );
  test('follow one another, touch no other, and hold every word', () => {
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const text = lines.join('\n');
        let at = 0;
        for (const { start, end } of answerParts(text)) {
          expect(text.slice(at, start)).toMatch(/^[\s>]*$/);
          expect(end).toBeGreaterThan(start);
          at = end;
        }
        expect(text.slice(at)).toMatch(/^[\s>]*$/);
      }),
    );
  });

  test.each([
    ['spaces', ' '.repeat(200_000) + 'x'],
    ['fences', '```a\n'.repeat(20_000)],
    ['formulas', '\\[\n'.repeat(20_000)],
    ['dashes', `a|b\n${'- '.repeat(100_000)}x`],
    ['bars', '|'.repeat(200_000)],
    ['stars', `${'* '.repeat(100_000)}x`],
  ])('of many %s are found without delay', (_what, text) => {
    expect(answerParts(text).length).toBeGreaterThan(0);
  });
});
