import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visibleLine, visiblePieces } from '../../../src/core/index.js';
import { anyText } from '../anyText.js';

const marks = (text: string): string[] =>
  visiblePieces(text).flatMap((piece) => (typeof piece === 'string' ? [] : [piece.code]));

describe('hidden characters', () => {
  const shown: [what: string, text: string, line: string][] = [
    ['a right-to-left override', 'a\u202eb', 'a[RLO]b'],
    ['isolates', '\u2066x\u2069', '[LRI]x[PDI]'],
    ['zero-width space', 'pass\u200bword', 'pass[ZWSP]word'],
    ['a byte order mark inside', 'a\ufeffb', 'a[BOM]b'],
    ['a soft hyphen', 'co\u00adop', 'co[SHY]op'],
    ['a joiner between Latin letters', 'a\u200db', 'a[ZWJ]b'],
    ['tag letters', 'hi\u{e0068}\u{e0069}', 'hi[TAG h][TAG i]'],
    ['a bell', 'a\u0007b', 'a[U+0007]b'],
    ['a C1 control', 'a\u009bb', 'a[U+009B]b'],
    ['a null', 'a\0b', 'a[U+0000]b'],
    ['a lone carriage return', 'a\rb', 'a[U+000D]b'],
    ['a lone surrogate', 'a\ud800b', 'a[U+D800]b'],
    ['a noncharacter', 'a\ufdd0b', 'a[U+FDD0]b'],
    ['a variation selector after a letter', 'a\ufe01b', 'a[VS]b'],
    ['hidden bytes in selectors', 'x\u{e0110}\u{e0150}', 'x[VS][VS]'],
    ['a selector after a digit that is no keycap', '1\ufe0f2', '1[VS]2'],
    ['a Hangul filler', 'a\u3164b', 'a[HF]b'],
    ['a word joiner and an invisible times', '2\u2062x\u2060', '2[IT]x[WJ]'],
  ];
  test.each(shown)('%s is marked', (_what, text, line) => expect(visibleLine(text)).toBe(line));

  const plain: [what: string, text: string][] = [
    ['line feed and tab', 'a\n\tb'],
    ['a line end of Windows', 'a\r\nb'],
    ['accents, composed or not', 'é e\u0301'],
    ['Korean', '안녕하세요'],
    ['a family emoji', '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}'],
    ['a heart in emoji style', '\u2764\ufe0f'],
    ['a keycap', '1\ufe0f\u20e3'],
    ['a variant of an ideograph', '\u8fbb\u{e0100}'],
    ['a Persian word with a non-joiner', '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645'],
    ['no-break space', '40\u00a0GB'],
  ];
  test.each(plain)('%s is not', (_what, text) => expect(visibleLine(text)).toBe(text));

  test('no character is hidden only beside others', () => {
    for (let code = 0; code < 0x110000; code += 1) {
      // Of planes 4 to 13, where no character is assigned, some and the last two.
      const isEmptyPlane = code >= 0x40000 && code < 0xe0000;
      if (isEmptyPlane && code % 101 !== 0 && (code & 0xfffe) !== 0xfffe) continue;
      const character = String.fromCodePoint(code);
      const isMarkedAlone = visibleLine(character) !== character;
      if (isMarkedAlone !== (visibleLine(`\u200b${character}`) !== `[ZWSP]${character}`)) expect(code).toBe(undefined);
    }
  });

  test('each hidden character has its own mark', () =>
    expect(marks(`\u200b`.repeat(50) + '\u{e0041}'.repeat(50))).toHaveLength(100));

  test('nothing but hidden characters is taken out of the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const back = visiblePieces(text).map((piece) =>
          typeof piece === 'string' ? piece : String.fromCodePoint(Number.parseInt(piece.code.slice(2), 16)),
        );
        expect(back.join('')).toBe(text);
      }),
    );
  });

  test('a text that differs in hidden characters only looks different', () =>
    expect(visibleLine('admin')).not.toBe(visibleLine('adm\u200bin')));
});
