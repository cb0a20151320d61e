import { expect, test } from 'vitest';
import { payloads } from '../../hostile/payloads.js';
import { plainLabel, plainLine, plainMessage, plainText } from '../../../src/core/index.js';

const cases: [name: string, text: string, shown: string][] = [
  ['ordinary text', 'Hello, 세계\tnew\nline', 'Hello, 세계\tnew\nline'],
  ['colour', 'a\u001b[31mred\u001b[0mb', 'aredb'],
  ['cursor moves', 'a\u001b[2J\u001b[1;1Hb', 'ab'],
  ['a window title', 'a\u001b]0;owned\u0007b', 'ab'],
  ['the clipboard (OSC 52)', 'a\u001b]52;c;ZXZpbA==\u001b\\b', 'ab'],
  ['a hyperlink (OSC 8)', '\u001b]8;;http://evil\u001b\\here\u001b]8;;\u001b\\', 'here'],
  ['DECRQSS', 'a\u001bP$q"p\u001b\\b', 'ab'],
  ['APC, PM and SOS', 'a\u001b_x\u001b\\b\u001b^y\u001b\\c\u001bXz\u001b\\d', 'abcd'],
  ['C1 forms', 'a\u009b31mb\u009d0;t\u009cc\u0090q\u009cd', 'abcd'],
  ['bell, backspace, carriage return, delete', 'a\u0007\b\r\u007fb', 'ab'],
  ['a character set switch', 'a\u001b(0b', 'ab'],
  ['an unfinished string sequence', 'a\u001b]0;b', 'a0;b'],
  ['an unfinished CSI', 'a\u001b[', 'a'],
  ['a sequence inside a sequence', 'a\u001b]0;\u001b[31mb', 'ab'],
];
test.each(cases)('%s cannot reach a terminal', (_, text, shown) => expect(plainText(text)).toBe(shown));

test('no control but tab and newline is ever left', () => {
  for (let code = 0; code < 0xa0; code += 1)
    for (const text of [`x${String.fromCharCode(code)}y`, `\u001b${String.fromCharCode(code)}y`])
      // eslint-disable-next-line no-control-regex
      expect(plainText(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
});

const hidden: [name: string, text: string, shown: string][] = [
  ['a right-to-left override', 'invoice\u202efdp.exe', 'invoice[RLO]fdp.exe'],
  ['zero-width characters', 'ad\u200bmin\u2060', 'ad[ZWSP]min[WJ]'],
  ['tag letters', 'hi\u{e0041}', 'hi[TAG A]'],
  ['half of a character', 'a\ud800b', 'a[U+D800]b'],
];
test.each(hidden)('%s is made visible', (_, text, shown) => {
  expect(plainText(text)).toBe(shown);
  expect(plainLine(text)).toBe(shown);
});

test('an emoji sequence and a Persian word stay whole', () => {
  const text = '\u{1f468}\u200d\u{1f469} \u0645\u06cc\u200c\u062e';
  expect(plainLine(text)).toBe(text);
});

test('a line stays one line', () => expect(plainLine('a\nb\tc\u2028d')).toBe('a b c d'));

test('a name cannot draw an icon', () => {
  expect(plainLabel('$(verified) model $(sync~spin)')).toBe('\\$(verified) model \\$(sync~spin)');
  expect(plainLabel('costs $(5 or so) $()')).toBe('costs $(5 or so) $()');
});

test('a name cannot become a link', () => {
  expect(plainMessage('[Trust](command:workbench.trust.manage)')).toBe('(Trust)(command:workbench.trust.manage)');
});

test('no hostile text runs, links, draws or hides anything in a tree, a quick pick, a message or a terminal', () => {
  expect(payloads.length).toBeGreaterThanOrEqual(500);
  for (const payload of payloads) {
    const all = `${payload} \u202e\u200b\u{e0041}\u001b[31m\u001b]8;;https://evil.test\u0007`;
    for (const text of [plainText(all), plainLine(all), plainLabel(all), plainMessage(all)])
      expect(text).not.toMatch(
        // eslint-disable-next-line no-control-regex
        /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u,
      );
    expect(plainLine(all)).not.toContain('\n');
    expect(plainLabel(all)).not.toMatch(/(?<!\\)\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/);
    expect(plainMessage(all)).not.toMatch(/[[\]]\(/);
  }
});
