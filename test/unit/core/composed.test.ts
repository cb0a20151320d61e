import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  answerParts,
  answerShares,
  CandidateId,
  composedCorrection,
  composedParts,
  editedParts,
  movedPart,
  partChanges,
  partText,
  withoutPart,
  withParts,
  type AnswerPart,
  type ComposedAnswer,
} from '../../../src/core/index.js';

const [a, b, own] = ['a', 'b', 'own'].map((id) => CandidateId.parse(id)) as [CandidateId, CandidateId, CandidateId];
const texts: Record<string, string> = {
  a: 'Check in this order:\n\n1. Inodes.\n2. The file system.\n3. Open files.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |',
  b: 'Backups with hard links use inodes every night.\n\n4. The mount.',
};
const textOf = (from: CandidateId) => texts[from];
const part = (from: CandidateId, index: number): AnswerPart => {
  const text = texts[from] ?? '';
  const block = answerParts(text)[index] ?? { start: 0, end: 0 };
  return { text: partText(text, block), from, start: block.start, end: block.end };
};
const quoted = (...parts: AnswerPart[]): ComposedAnswer =>
  parts.reduce<ComposedAnswer>((composed, next) => withParts(composed, [next], composed.length), []);
const textIn = (composed: ComposedAnswer): string => composed.map(({ text }) => text).join('');

describe('an answer composed of parts', () => {
  test('is its parts one after the other, with the spaces that Markdown needs', () => {
    const composed = quoted(part(a, 0), part(a, 1), part(a, 2), part(b, 0));
    expect(textIn(composed)).toBe(
      'Check in this order:\n\n1. Inodes.\n2. The file system.\n\nBackups with hard links use inodes every night.',
    );
    expect(composed.map(({ from }) => from)).toEqual(['a', 'a', 'a', 'b']);
  });

  test('numbers its items on, wherever they came from; each keeps its place in its source', () => {
    const composed = quoted(part(a, 1), part(b, 0), part(a, 3), part(b, 1));
    expect(textIn(composed)).toBe(
      '1. Inodes.\n\nBackups with hard links use inodes every night.\n\n2. Open files.\n3. The mount.',
    );
    const [, , files] = composed;
    expect(texts['a']?.slice(files?.start, files?.end)).toBe('3. Open files.');
  });

  test('keeps rows of a table under its head', () =>
    expect(textIn(quoted(part(a, 4), part(a, 6), part(b, 0)))).toBe(
      `| a | b |\n|---|---|\n| 3 | 4 |\n\n${part(b, 0).text}`,
    ));

  test('is moved and removed part by part', () => {
    const composed = quoted(part(a, 1), part(b, 0), part(a, 2));
    expect(textIn(movedPart(composed, 1, 0))).toBe(`${part(b, 0).text}\n\n1. Inodes.\n2. The file system.`);
    expect(textIn(withoutPart(composed, 0))).toBe(`${part(b, 0).text}\n\n1. The file system.`);
    expect(movedPart(composed, 2, 3)).toBe(composed);
    expect(withoutPart(quoted(part(a, 0)), 0)).toEqual([]);
  });

  test('is stored with its parts, and read back; with nothing in it there is none', () => {
    const composed = quoted(part(a, 0), part(b, 0));
    const stored = composedCorrection(own, composed);
    expect(stored).toEqual({ id: own, text: textIn(composed), parts: composed });
    expect(stored && composedParts(stored)).toEqual(composed);
    expect(composedCorrection(own, [])).toBeUndefined();
  });

  test('written from nothing it has a text and no parts', () => {
    const written = editedParts([], 'One.\n\n- two\n- three\n');
    expect(composedCorrection(own, written)).toEqual({ id: own, text: 'One.\n\n- two\n- three' });
  });

  test('stored with parts that are not its text it is the labeler’s own', () =>
    expect(composedParts({ text: 'One.\n\nTwo.', parts: [{ text: 'One.', from: a }] })).toEqual([
      { text: 'One.\n\n' },
      { text: 'Two.' },
    ]));
});

describe('edited as one text', () => {
  const composed = quoted(part(a, 0), part(a, 1), part(b, 0));
  const sources = (text: string) =>
    editedParts(composed, text).map(({ text: words, from }) => [words.trim(), from ?? 'own']);

  test('parts keep their source where they are still there, changed by less than half, or elsewhere', () =>
    expect(sources(`${part(b, 0).text}\n\nCheck it in this order:\n\n1. Inodes.\n\nAll of these only read.`)).toEqual([
      [part(b, 0).text, 'b'],
      ['Check it in this order:', 'a'],
      ['1. Inodes.', 'a'],
      ['All of these only read.', 'own'],
    ]));

  test('the text is what was typed, but for empty lines around it; later changes keep what stood between', () => {
    const text = 'Check:\n- one\n\n\n- two\n  - three';
    const edited = editedParts(composed, `\n${text}\n\n`);
    expect(textIn(edited)).toBe(text);
    expect(textIn(withParts(edited, [part(b, 0)], edited.length))).toBe(`${text}\n\n${part(b, 0).text}`);
  });

  test('any text stays what it is', () => {
    const line = fc.oneof(fc.constantFrom('', '- a', '  - b', '1. Inodes.', '```', '| a |', '|-|'), fc.string());
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const text = lines.join('\n').trim();
        expect(textIn(editedParts(composed, text))).toBe(text);
      }),
      // A quote of nothing is no part.
      { examples: [[['>']], [['', '> >', '']]] },
    );
  });
});

describe('what became of a part, word by word', () => {
  const changes = (after: string, before: string) => {
    const { added, removed } = partChanges(after, before);
    return {
      added: added.map(({ start, end }) => after.slice(start, end)),
      removed: removed.map(({ at, text }) => [text, after.slice(at).split(' ')[0]]),
    };
  };

  test.each([
    ['nothing', 'one two', 'one two', [], []],
    ['a mark of Markdown', '**one** two', 'one two', [], []],
    ['words added', 'links (rsync --link-dest) create', 'links create', ['rsync --link-dest'], []],
    ['another number', '2. Open files', '3. Open files', ['2'], [['3', '2.']]],
    ['words gone at the end', 'one', 'one two three', [], [['two three', '']]],
    ['all of it', 'new', 'old words', ['new'], [['old words', 'new']]],
    ['a word in Korean', '디스크를 확인하세요', '디스크를 보세요', ['확인하세요'], [['보세요', '확인하세요']]],
  ])('%s', (_what, after, before, added, removed) => expect(changes(after, before)).toMatchObject({ added, removed }));
});

describe('the shares of a composed answer', () => {
  test('are whole percents that make a hundred, the labeler last', () => {
    const composed = editedParts(
      quoted(part(b, 0), part(a, 1)),
      `${part(b, 0).text}\n\n1. Inodes.\n\nNothing is changed by that.`,
    );
    const shares = answerShares(composed, textOf);
    expect(shares.map(({ from }) => from)).toEqual(['b', 'a', undefined]);
    expect(shares.reduce((sum, { percent }) => sum + percent, 0)).toBe(100);
  });

  test('words that were changed in a quoted part are the labeler’s, its new number is nobody’s', () => {
    const composed = quoted(part(a, 1), part(a, 3));
    expect(answerShares(composed, textOf)).toEqual([{ from: a, percent: 100 }]);
    const edited = editedParts(composed, '1. Inodes.\n2. Open pipes.');
    expect(answerShares(edited, textOf)).toEqual([{ from: a, percent: 67 }, { percent: 33 }]);
  });

  test('of nothing are none', () => expect(answerShares([], textOf)).toEqual([]));
});
