import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { cacheFolder, openGguf, tokenizerOf } from '../../src/models/index.js';

/** Made with node-llama-cpp 3.22.1: `model.tokenize(text, false)` on the default model. Half a character is not in UTF-8. */
const Reference = z.array(z.object({ text: z.string(), ids: z.array(z.number()) }));
const reference = Reference.parse(JSON.parse(readFileSync('test/fixtures/models/smollm2Ids.json', 'utf8')));

const parameters = await openGguf(path.join(cacheFolder(), 'models', 'SmolLM2-135M-Instruct.Q4_1.gguf'));
afterAll(() => parameters.close());
const tokenizer = tokenizerOf(parameters);
const textOf = (ids: Iterable<number>) => Buffer.concat([...ids].map((id) => tokenizer.bytesOf(id))).toString('utf8');

describe('the default model’s tokenizer', () => {
  test.each(reference)('gives llama.cpp’s ids for $text', ({ text, ids }) =>
    expect([...tokenizer.encodeText(text)]).toEqual(ids),
  );

  test.each(reference)('gives $text back', ({ text, ids }) => expect(textOf(ids)).toBe(Buffer.from(text).toString()));

  test('has 49,152 tokens and ends a turn with <|im_end|> or <|endoftext|>', () => {
    expect(tokenizer.nVocabulary).toBe(49_152);
    expect([...tokenizer.endOfTurn].sort()).toEqual([0, 2]);
  });

  test('a message never becomes a control token, whatever it says', () => {
    const turn = (content: string) => [...tokenizer.encodeChat([{ role: 'user', content }])].filter((id) => id < 17);
    const expected = turn('Hello');
    for (const { text } of reference) expect(turn(text), text).toEqual(expected);
  });

  test('a chat is encoded as a whole, after the template’s own system turn', () => {
    const ids = tokenizer.encodeChat([{ role: 'user', content: 'Hello, world!' }]);
    expect([...ids.slice(0, 4)]).toEqual([1, 9690, 198, 2683]);
    expect([...ids.slice(-13)]).toEqual([1, 4093, 198, 19556, 28, 905, 17, 2, 198, 1, 520, 9531, 198]);
  });
});
