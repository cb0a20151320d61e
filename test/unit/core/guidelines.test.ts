import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { guidelinesVersion } from '../../../src/core/index.js';

test('the version of guidelines is the beginning of their bytes’ SHA-256', () => {
  const bytes = Buffer.from('# How to judge\n\n도움이 되는가\n');
  expect(guidelinesVersion(bytes)).toBe(createHash('sha256').update(bytes).digest('hex').slice(0, 12));
});

test('one other letter is another version', () =>
  expect(guidelinesVersion(Buffer.from('a\n'))).not.toBe(guidelinesVersion(Buffer.from('b\n'))));

test('what git makes of the line ends on Windows, and a byte-order mark, are not', () => {
  const version = guidelinesVersion(Buffer.from('a\nb\n'));
  expect(guidelinesVersion(Buffer.from('a\r\nb\r\n'))).toBe(version);
  expect(guidelinesVersion(Buffer.from('\ufeffa\nb\n'))).toBe(version);
  expect(guidelinesVersion(Buffer.from('a\rb\n'))).not.toBe(version);
});
