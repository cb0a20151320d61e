/** Colours of code by kinds of words, from the theme. Loaded when a text first has code in a language that it knows. */
import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import go from 'highlight.js/lib/languages/go';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import php from 'highlight.js/lib/languages/php';
import python from 'highlight.js/lib/languages/python';
import r from 'highlight.js/lib/languages/r';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import swift from 'highlight.js/lib/languages/swift';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';

const languages = {
  bash,
  c,
  cpp,
  csharp,
  css,
  diff,
  go,
  java,
  javascript,
  json,
  kotlin,
  php,
  python,
  r,
  ruby,
  rust,
  sql,
  swift,
  typescript,
  xml,
  yaml,
};
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);

/** Longer code stays plain: what a stranger wrote must not hold up the page. */
const maxColouredChars = 20_000;

/** Kinds that get a colour, by the highlighter's names for them; all others stay plain. */
const kinds = new Map<string, string>([
  ...['keyword', 'selector-tag', 'name', 'tag', 'literal'].map((name): [string, string] => [name, 'keyword']),
  ...['string', 'regexp', 'addition', 'char', 'symbol'].map((name): [string, string] => [name, 'string']),
  ...['number'].map((name): [string, string] => [name, 'number']),
  ...['comment', 'quote', 'doctag', 'meta'].map((name): [string, string] => [name, 'comment']),
  ...['title', 'section', 'built_in', 'type', 'attr', 'attribute', 'selector-class', 'selector-id'].map(
    (name): [string, string] => [name, 'name'],
  ),
]);

/** Colours the words of a block of code; its text stays the same. */
export function colourCode(code: Element, language: string): void {
  const text = code.textContent;
  // Hidden characters stand in boxes of their own, which colours would take away.
  if (code.childElementCount > 0 || text.length > maxColouredChars || hljs.getLanguage(language) === undefined) return;
  const { value } = hljs.highlight(text, { language, ignoreIllegals: true });
  const parsed = new DOMParser().parseFromString(value, 'text/html').body;
  if (parsed.textContent === text) code.replaceChildren(...piecesOf(parsed, undefined));
}

/** Made anew: a span and one word of ours for its kind, or plain text. */
function piecesOf(parent: Node, kind: string | undefined): Node[] {
  return [...parent.childNodes].flatMap((child) => {
    if (child instanceof Element) {
      const [, name = ''] = /^hljs-([\w-]+)/.exec(child.className) ?? [];
      return piecesOf(child, kinds.get(name) ?? kind);
    }
    const text = child.textContent ?? '';
    if (kind === undefined) return [document.createTextNode(text)];
    const span = document.createElement('span');
    span.className = `code-${kind}`;
    span.textContent = text;
    return [span];
  });
}
