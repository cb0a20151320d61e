import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

/** Texts of the repository: what git tracks, less pictures and lock file. */
const texts = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' })
  .split('\0')
  .filter((file) => /\.(ts|js|mjs|cjs|json|jsonl|md|css|html|svg|py|sh|yml)$/.test(file) && existsSync(file))
  .filter((file) => file !== 'package-lock.json' && !file.startsWith('test/fixtures/'));

/** Bidirectional overrides and isolates, zero-width, tag and other characters that hide what a source says. */
const hidden = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]|\udb40[\udc00-\udc7f]/u;

describe('what the repository holds', () => {
  test('no text hides characters from its reader', () => {
    const found = texts.flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((line, index) => (hidden.test(line) ? [`${file}:${index + 1}`] : [])),
    );
    expect(found).toEqual([]);
  });
});
