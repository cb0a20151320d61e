import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placesOf } from '../../../webview/labeling/aids/textMap.js';

/** The characters of the source at the places of those that are shown. */
const found = (shown: string, source: string) =>
  [...placesOf(shown, source, 0).places].map((place) => source[place] ?? '').join('');

describe('from the screen back into the Markdown', () => {
  const cases: [what: string, shown: string, source: string, places: number[]][] = [
    ['plain text stands where it is', 'ab', 'ab', [0, 1]],
    ['marks are skipped', 'ab c', '**ab** `c`', [2, 3, 6, 8]],
    ['a heading and its line break', 'T\nx', '## T\n\nx', [3, 4, 6]],
    ['a reference stands where it begins', 'a&b', 'a&amp;b', [0, 1, 6]],
    ['a line break is any space', 'a b', 'a\nb', [0, 1, 2]],
    ['what is not there stands where the text has come to', 'axb', 'ab', [0, 0, 1]],
  ];
  test.each(cases)('%s', (_what, shown, source, places) =>
    expect([...placesOf(shown, source, 0).places]).toEqual(places),
  );

  test('a text without marks is found character by character, whatever it is', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(found(text, text)).toBe(text);
      }),
    ));

  test('places never go back', () =>
    fc.assert(
      fc.property(fc.string(), fc.string(), (shown, source) => {
        const places = [...placesOf(shown, source, 0).places];
        expect(places).toEqual(places.toSorted((one, other) => one - other));
      }),
    ));
});
