import { describe, expect, test } from 'vitest';
import { checkName, isSameName, safeFileName } from '../../../src/core/index.js';

describe('names of labelers, data sets and models', () => {
  test.each(['kim', 'Ana Müller', '김민준', 'a.b_c-d', 'x'.repeat(64)])('%s is fine', (name) =>
    expect(checkName(name)).toBeUndefined(),
  );
  test.each([
    '',
    '.',
    '..',
    '../x',
    'a/b',
    'a\\b',
    '-rf',
    ' x',
    'x ',
    'x.',
    'con',
    'NUL.txt',
    'a\nb',
    'a\u202Eb',
    'x'.repeat(65),
  ])('%j is refused with a reason', (name) => expect(checkName(name)).toMatch(/^The name .*\.$/));
  test('case and spelling of accents make no other name', () => {
    expect(isSameName('Ana', 'ana')).toBe(true);
    expect(isSameName('\u00e9', 'e\u0301')).toBe(true);
  });
});

describe('file names of names', () => {
  test('a plain lower-case name stays as it is', () => expect(safeFileName('kim-2')).toBe('kim-2'));
  test('names that differ only in case get files of their own, also where case is folded', () =>
    expect(safeFileName('Ana').toLowerCase()).not.toBe(safeFileName('ana').toLowerCase()));
  test('one name in two spellings gives one file', () => expect(safeFileName('\u00e9')).toBe(safeFileName('e\u0301')));
  test.each([
    '../../etc/passwd',
    '..',
    '.',
    '',
    '-x',
    'a/b',
    'C:\\x',
    'con',
    'COM1.txt',
    '\u0000',
    'x'.repeat(500),
    '%PATH%',
    '$(rm)',
  ])('%j gives a harmless file name', (name) => {
    const file = safeFileName(name);
    expect(file).toMatch(/^[\p{L}\p{N}_][\p{L}\p{N}._-]*[0-9a-f]{6}$/u);
    expect(checkName(file)).toBeUndefined();
  });
});
