import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

const korean = z
  .record(z.string(), z.string())
  .parse(JSON.parse(readFileSync(path.join('l10n', 'bundle.l10n.ko.json'), 'utf8')));

/** Texts given to `t(…)` or `l10n.t(…)`; calls whose text is not written out where it stands are told apart. */
function textsIn(file: string): { readonly texts: string[]; readonly unreadable: string[] } {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const texts: string[] = [];
  const unreadable: string[] = [];
  const visit = (node: ts.Node): void => {
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

const isTranslation = (called: ts.Expression): boolean =>
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

describe('translations', () => {
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
