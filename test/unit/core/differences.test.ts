import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differences, onlySaidIn } from '../../../src/core/index.js';
import { anyText } from '../anyText.js';

/** The text with what is marked in brackets. */
function marked(text: string, others: readonly string[]): string {
  const { ranges } = others.length === 1 ? differences(text, others[0] ?? '') : onlySaidIn(text, others);
  return ranges.reduceRight(
    (all, { start, end }) => `${all.slice(0, start)}[${all.slice(start, end)}]${all.slice(end)}`,
    text,
  );
}

describe('what only one answer says', () => {
  const cases: [what: string, text: string, other: string, marked: string][] = [
    [
      'nothing of the same text',
      'Paris is the capital. It is old.',
      'Paris is the capital. It is old.',
      'Paris is the capital. It is old.',
    ],
    [
      'a word that is another one',
      'The capital of France is Paris.',
      'The capital of France is Lyon.',
      'The capital of France is [Paris].',
    ],
    [
      'words that were added, as one',
      'The capital of sunny old France is Paris.',
      'The capital of France is Paris.',
      'The capital of [sunny old] France is Paris.',
    ],
    [
      'no sentence that only moved',
      'It is old. Paris is the capital.',
      'Paris is the capital. It is old.',
      'It is old. Paris is the capital.',
    ],
    [
      'a moved sentence with another word',
      'It is very old. Paris is the capital.',
      'Paris is the capital. It is old.',
      'It is [very] old. Paris is the capital.',
    ],
    [
      'a sentence that the other lacks, whole',
      'Paris is the capital. Bring an umbrella with you.',
      'Paris is the capital.',
      'Paris is the capital. [Bring an umbrella with you].',
    ],
    ['each only as often as it is missing', 'Yes. Yes. Yes.', 'Yes.', 'Yes. [Yes]. [Yes].'],
    [
      'no marks of Markdown',
      '- **Paris** is the capital\n- it is `old`',
      '1. Paris is the *capital*\n2. it is old',
      '- **Paris** is the capital\n- it is `old`',
    ],
    [
      'no punctuation, no line breaks',
      'Paris, the capital:\nold',
      'Paris, the capital.\n\nold',
      'Paris, the capital:\nold',
    ],
    ['a row of a table', '| a | 1 |\n| b | 2 |', '| a | 1 |\n| b | 3 |', '| a | 1 |\n| b | [2] |'],
    [
      'a Korean word',
      '수도는 파리입니다. 오래되었습니다.',
      '수도는 리옹입니다. 오래되었습니다.',
      '수도는 [파리입니다]. 오래되었습니다.',
    ],
    ['a Japanese word, found without spaces', '首都は東京です。', '首都は京都です。', '首都は[東京]です。'],
    ['a whole emoji, with its skin', 'Good 👍🏽 all of it', 'Good 👍 all of it', 'Good [👍🏽] all of it'],
    [
      'nothing where the same letter is composed otherwise',
      'caf\u00e9 in the old town',
      'cafe\u0301 in the old town',
      'caf\u00e9 in the old town',
    ],
    ['all of it against nothing', 'Paris is old.', '', '[Paris is old].'],
    ['nothing of nothing', '', 'Paris is old.', ''],
  ];
  test.each(cases)('%s', (_what, text, other, expected) => expect(marked(text, [other])).toBe(expected));

  test('against several, what none of them says', () =>
    expect(
      marked('The capital of sunny France is Paris.', [
        'The capital of France is Paris.',
        'The capital of sunny France is Lyon.',
        'The capital of France is Paris.',
      ]),
    ).toBe('The capital of sunny France is Paris.'));

  test('against several, a word that is nowhere else', () =>
    expect(
      marked('The capital of France is Paris.', ['The capital of France is Lyon.', 'The capital of France is Nice.']),
    ).toBe('The capital of France is [Paris].'));
});

const word = fc.constantFrom(
  'Paris',
  'is',
  'the',
  'old',
  'capital',
  '수도는',
  '👩\u200d👩\u200d👧',
  '🇰🇷',
  'e\u0301t\u00e9',
  '東京',
  'नमस्ते',
  '42',
  '**',
  '\r',
  'ᄒ\u1161\u11ab',
);
const sentence = fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => `${words.join(' ')}.`);
const text = fc.array(sentence, { maxLength: 5 }).map((sentences) => sentences.join(' '));

describe('always', () => {
  test('an answer differs in nothing from itself', () =>
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: 'grapheme' })), (one) => {
        expect(differences(one, one).ranges).toEqual([]);
      }),
    ));

  test('sentences in another order are no difference', () =>
    fc.assert(
      fc.property(fc.array(sentence, { maxLength: 6 }), (sentences) => {
        expect(differences(sentences.join('\n'), sentences.toReversed().join('\n')).ranges).toEqual([]);
      }),
    ));

  test('ranges lie inside the text, in order, apart from each other, and cut no grapheme', () => {
    const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
    fc.assert(
      fc.property(fc.oneof(text, anyText), text, (one, other) => {
        const boundaries = new Set([...graphemes.segment(one)].map(({ index }) => index).concat(one.length));
        let last = -1;
        for (const { start, end } of differences(one, other).ranges) {
          expect(start).toBeGreaterThan(last);
          expect(end).toBeGreaterThan(start);
          expect([boundaries.has(start), boundaries.has(end)]).toEqual([true, true]);
          last = end;
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('answers of 100 kB', () => {
  const words = Array.from({ length: 2000 }, (_, index) => `word${index}`);
  const long = (seed: number, end: string) => {
    let at = seed;
    let all = '';
    for (let n = 0; all.length < 100_000; n += 1) {
      at = (at * 16807) % 2147483647;
      all += `${words[at % words.length] ?? ''}${n % 12 === 11 ? end : ' '}`;
    }
    return all;
  };
  const cases: [what: string, one: string, other: string][] = [
    ['of other sentences', long(1, '.\n'), long(2, '.\n')],
    ['of one sentence', long(3, ' '), long(4, ' ')],
    ['of the same word', 'no '.repeat(33_000), 'no, '.repeat(25_000)],
    ['of the same short sentences', 'No way at all. '.repeat(6600), 'No way at last. '.repeat(6200)],
    ['of lines', 'a b c d e f\n'.repeat(8000), 'a b c d e g\n'.repeat(8000)],
  ];
  // Comparing all with all would take longer than any test may.
  test.each(cases)('%s are compared with bounded work', (_what, one, other) => {
    expect(() => differences(one, other)).not.toThrow();
  });

  test('say so when not all of it was compared', () => {
    expect(differences(long(3, ' '), long(4, ' ')).isComplete).toBe(false);
    expect(differences(long(1, '.\n'), long(1, '.\n')).isComplete).toBe(true);
  });
});
