import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

const korean = z
  .record(z.string(), z.string())
  .parse(JSON.parse(readFileSync(path.join('l10n', 'bundle.l10n.ko.json'), 'utf8')));

/** A call of `t` or `l10n.t`, with its first argument where that is a text that is written out. */
const call = /(?<![\w$.]|\bfunction )(?:[\w.]*\bl10n\.)?t\(\s*(?:(['"`])((?:(?!\1)[^\\]|\\[^])*)\1\s*[,)])?/g;

/** Texts given to `t(…)` or `l10n.t(…)`; calls whose text is not written out where it stands are told apart. */
function textsIn(file: string): { readonly texts: string[]; readonly unreadable: string[] } {
  const source = readFileSync(file, 'utf8');
  const texts: string[] = [];
  const unreadable: string[] = [];
  for (const { 1: quote, 2: text = '', index } of source.matchAll(call)) {
    const isWritten = quote !== undefined && !(quote === '`' && text.includes('${'));
    if (isWritten) texts.push(unescaped(text));
    else unreadable.push(`${file}: ${source.slice(index, source.indexOf('\n', index))}`);
  }
  return { texts, unreadable };
}

const unescaped = (text: string): string =>
  text.replace(/\\(?:u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2})|([^]))/gi, (_, ...codes: (string | undefined)[]) => {
    const [braced, four, two, letter = ''] = codes;
    const code = braced ?? four ?? two;
    return code === undefined ? (controls[letter] ?? letter) : String.fromCodePoint(Number.parseInt(code, 16));
  });
const controls: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

const found = ['src', 'webview']
  .flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => path.join(folder, String(name))))
  .filter((file) => file.endsWith('.ts'))
  .map(textsIn);
const texts = [...new Set(found.flatMap((file) => file.texts))];

/** `{0}`, `{1}`, … of a text, sorted. */
const placesIn = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{\d\}/g)].map(([place]) => place))].toSorted();

/** Plurals that a number can stand before; `countWords` has those of a project. */
const plural =
  /# ((?:prompt|candidate|judgement|row|file|answer|word|step|part|labeler|pair|comparison|token|byte|turn|line|text|character|correction)s)\b(?!\/s)/g;

/** What follows the place where a number is never 1: limits, sizes of models and of long texts, lists of several. */
const neverOne = [
  'Row # takes # bytes',
  'The prompt has # tokens',
  'There are # answers: no more have room',
  'This text has # characters',
  'Show all # characters',
  'Up to # tokens a request',
  'cut off at # tokens',
  'its header is larger than # bytes',
  '# bytes were expected',
  '# claims # bytes',
  '# needs # bytes',
  'it is one of # parts',
  'No candidate could be written for # prompts in a row',
  '# rows wait to be saved already',
  'kappa of # labelers',
  'there are two # turns in a row',
  'time for # words',
  'for # words',
];

describe('translations', () => {
  test('what counts has a text of its own for one', () => {
    const all = texts.map((text) => text.replace(/\{\d\}/g, '#'));
    const lacking = all.filter((text) =>
      [...text.matchAll(plural)].some(({ index, 1: noun = '' }) => {
        const before = text.slice(0, index);
        const ones = [`${before}1 ${noun.slice(0, -1)}`, `${before}a ${noun.slice(0, -1)}`].map((one) =>
          one.toLowerCase(),
        );
        return !all.some((other) => ones.some((one) => other.toLowerCase().startsWith(one)));
      }),
    );
    expect(lacking.filter((text) => !neverOne.some((known) => text.includes(known)))).toEqual([]);
  });

  test('every text is written out where it is asked for, so that it can be found', () =>
    expect(found.flatMap((file) => file.unreadable)).toEqual([]));

  test('every text of host, page and terminal has a Korean one', () =>
    expect(texts.filter((text) => !Object.hasOwn(korean, text))).toEqual([]));

  test('no Korean text is left over', () =>
    expect(Object.keys(korean).filter((text) => !texts.includes(text))).toEqual([]));

  test('both have the same places for values', () => {
    const differ = Object.entries(korean).filter(([text, words]) => placesIn(text).join() !== placesIn(words).join());
    expect(differ).toEqual([]);
  });
});
