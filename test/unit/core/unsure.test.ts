import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unsureBandOf, unsureTokens, type TokenLogprob } from '../../../src/core/index.js';

const token = (text: string, probability = 1, top: Record<string, number> = {}): TokenLogprob => ({
  token: text,
  logprob: Math.log(probability),
  top: Object.entries(top).map(([other, value]) => [other, Math.log(value)]),
});

/** The unsure parts with their percent: `Ole:62 22:44`. */
const drawn = (text: string, tokens: readonly TokenLogprob[]) =>
  unsureTokens(text, tokens)
    ?.map(({ start, end, probability }) => `${text.slice(start, end)}:${Math.round(probability * 100)}`)
    .join(' ');

describe('the bands', () => {
  const cases: [probability: number, band: number][] = [
    [1, 0],
    [0.901, 0],
    [0.9, 1],
    [0.5, 1],
    [0.499, 2],
    [0.1, 2],
    [0.099, 3],
    [0, 3],
  ];
  test.each(cases)('%d is band %d', (probability, band) => expect(unsureBandOf(probability)).toBe(band));
});

describe('tokens under the text', () => {
  test('sure ones are left out, spaces before a word too', () =>
    expect(drawn('in 1676 at last', [token('in'), token(' 1676', 0.7), token(' at', 0.95), token(' last', 0.05)])).toBe(
      '1676:70 last:5',
    ));

  test('special tokens are no part of it', () =>
    expect(drawn('Yes.', [token('<s>', 0.1), token('Yes', 0.4), token('.'), token('<|im_end|>', 0.2)])).toBe('Yes:40'));

  test('a space that was trimmed does no harm', () =>
    expect(drawn('Yes.', [token(' Yes', 0.4), token('.')])).toBe('Yes:40'));

  test('other signs for a space are known', () =>
    expect(drawn('go on', [token('go', 0.3), token('\u2581on', 0.6)])).toBe('go:30 on:60'));

  test('bytes of one character stand together', () =>
    expect(drawn('수도', [token('수'), token('\ufffd', 0.5), token('\ufffd', 0.5), token('\ufffd')])).toBe('도:25'));

  test('and before a token that is whole again', () =>
    expect(drawn('a🦊b', [token('a'), token('\ufffd', 0.5), token('\ufffd'), token('b', 0.6)])).toBe('🦊:50 b:60'));

  test('a grapheme is not cut', () =>
    expect(drawn('e\u0301', [token('e', 0.5), token('\u0301', 0.5)])).toBe('e\u0301:25'));

  test('a missing token leaves a gap, no more', () =>
    expect(drawn('one of the three', [token('one', 0.8), token(' the'), token(' three', 0.3)])).toBe(
      'one:80 three:30',
    ));

  test('tokens of another text give nothing', () =>
    expect(
      unsureTokens('Paris is the capital.', [token('Something'), token(' else'), token(' entirely')]),
    ).toBeUndefined());

  test('line breaks alone are not shown', () =>
    expect(drawn('a\n\nb', [token('a'), token('\n\n', 0.2), token('b', 0.5)])).toBe('b:50'));
});

describe('what it could have written', () => {
  test('the most likely first, with what it wrote among them', () => {
    const [first] = unsureTokens('301 miles', [token('301', 0.04, { a: 0.33, ' about': 0.21 }), token(' miles')]) ?? [];
    expect(first?.alternatives).toEqual([
      { text: 'a', probability: expect.closeTo(0.33) as number, isChosen: false },
      { text: 'about', probability: expect.closeTo(0.21) as number, isChosen: false },
      { text: '301', probability: expect.closeTo(0.04) as number, isChosen: true },
    ]);
  });

  test('it stands there once', () =>
    expect(unsureTokens('Ole', [token('Ole', 0.6, { Ole: 0.6, Giovanni: 0.2 })])?.[0]?.alternatives).toHaveLength(2));
});

test('any cut of a text into tokens gives ranges inside it, in order, whose text is the token’s', () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }),
          fc.double({ min: 0.01, max: 1, noNaN: true }),
        ),
      ),
      (parts) => {
        const text = parts.map(([part]) => part).join('');
        let last = 0;
        for (const { start, end, probability, alternatives } of unsureTokens(
          text,
          parts.map(([part, p]) => token(part, p)),
        ) ?? []) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
          expect(probability).toBeLessThanOrEqual(0.9);
          expect(alternatives.filter(({ isChosen }) => isChosen).map((own) => own.text)).toEqual([
            text.slice(start, end).trim(),
          ]);
          last = end;
        }
      },
    ),
  ));
