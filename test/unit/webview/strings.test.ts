import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const korean = JSON.parse(readFileSync('l10n/bundle.l10n.ko.json', 'utf8')) as Record<string, string>;

/** Every text that the pages ask to be translated: the first argument of `t`. */
const texts = new Set(
  readdirSync('webview', { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [
      ...readFileSync(path.join('webview', file), 'utf8').matchAll(/\bt\(\s*(?:'((?:[^'\\]|\\.)*)'|"([^"]*)")/g),
    ])
    .map((match) => match[1] ?? match[2] ?? ''),
);
const placeholders = (text: string) => [...text.matchAll(/\{\d\}/g)].map(([found]) => found).sort();

describe('the words of the pages', () => {
  test('are all there in Korean', () => expect([...texts].filter((text) => !(text in korean))).toEqual([]));

  test('keep their values in translation', () => {
    const broken = [...texts].filter((text) => {
      const translated = korean[text] ?? text;
      return placeholders(text).join() !== placeholders(translated).join();
    });
    expect(broken).toEqual([]);
  });

  test('have no exclamation marks and no praise', () =>
    expect([...texts].filter((text) => /!|successfully|please|great/i.test(text))).toEqual([]));

  test('are found at all', () => expect(texts.size).toBeGreaterThan(120));
});
