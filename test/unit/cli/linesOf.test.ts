import { expect, test } from 'vitest';
import { linesOf } from '../../../src/cli/linesOf.js';

async function* chunks(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(Buffer.from(part));
}
const read = async (maxBytes: number, ...parts: (string | Uint8Array)[]) => {
  const lines: string[] = [];
  for await (const line of linesOf(chunks(...parts), maxBytes)) lines.push('text' in line ? line.text : '(too long)');
  return lines;
};

test('lines come whole, wherever the chunks end', async () =>
  expect(await read(100, 'a', 'b\nc', 'd\n\n', 'e')).toEqual(['ab', 'cd', '', 'e']));
test('a character that is cut between two chunks is one character', async () => {
  const bytes = Buffer.from('한\n');
  expect(await read(100, bytes.subarray(0, 2), bytes.subarray(2))).toEqual(['한']);
});
test('Windows line ends are read', async () => expect(await read(100, 'a\r\nb\r\n')).toEqual(['a', 'b']));
test('a line that is too long is skipped, the next one is read', async () =>
  expect(await read(4, 'aaaa\n', 'bbb', 'bb', 'bb\nc\n')).toEqual(['aaaa', '(too long)', 'c']));
