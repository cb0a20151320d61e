import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type typescript from 'typescript';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

// An import would first search its 9 MB for the names that it exports.
const ts = createRequire(import.meta.url)('typescript') as typeof typescript;

const korean = z
  .record(z.string(), z.string())
  .parse(JSON.parse(readFileSync(path.join('l10n', 'bundle.l10n.ko.json'), 'utf8')));

/** Texts given to `t(…)` or `l10n.t(…)`; calls whose text is not written out where it stands are told apart. */
function textsIn(file: string): { readonly texts: string[]; readonly unreadable: string[] } {
  const code = readFileSync(file, 'utf8');
  if (!/\bt\s*[(<]/.test(code)) return { texts: [], unreadable: [] };
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const texts: string[] = [];
  const unreadable: string[] = [];
  const visit = (node: typescript.Node): void => {
    if (ts.isCallExpression(node) && isTranslation(node.expression)) {
      const [text] = node.arguments;
      if (text !== undefined && ts.isStringLiteralLike(text)) texts.push(text.text);
      else unreadable.push(`${file}: ${node.getText(source)}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { texts, unreadable };
}

const isTranslation = (called: typescript.Expression): boolean =>
  ts.isIdentifier(called)
    ? called.text === 't'
    : ts.isPropertyAccessExpression(called) &&
      called.name.text === 't' &&
      /(^|\.)l10n$/.test(called.expression.getText());

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
