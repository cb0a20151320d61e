import { expect, test } from 'vitest';
import { escapedJson } from '../../../src/cli/terminal.js';

test('JSON for machines holds no raw control character and reads back as it was', () => {
  const text = Array.from({ length: 0xa1 }, (_, code) => String.fromCharCode(code)).join('') + '\u2028\u2029\u001b[31m';
  const json = escapedJson({ text });
  // eslint-disable-next-line no-control-regex
  expect(json).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
  expect(JSON.parse(json)).toEqual({ text });
});
