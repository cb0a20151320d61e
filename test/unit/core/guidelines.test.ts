import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { guidelinesVersion } from '../../../src/core/index.js';

test('the version of guidelines is the beginning of their bytes’ SHA-256', () => {
  const bytes = Buffer.from('# How to judge\n\n도움이 되는가\n');
  expect(guidelinesVersion(bytes)).toBe(createHash('sha256').update(bytes).digest('hex').slice(0, 12));
});

test('one other byte is another version', () =>
  expect(guidelinesVersion(Buffer.from('a\n'))).not.toBe(guidelinesVersion(Buffer.from('a\r\n'))));
