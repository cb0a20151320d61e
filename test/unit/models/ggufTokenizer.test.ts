import { describe, expect, test } from 'vitest';
import type { Message } from '../../../src/core/index.js';
import type { MetadataValue } from '../../../src/models/index.js';
import { spelled, tinyTokenizer } from './tinyTokenizer.js';

const user = (content: string): Message[] => [{ role: 'user', content }];
const texts = [
  'hello world',
  '  two  blanks',
  '12 345',
  'a\n\nb\t',
  '한글 😀',
  '<|im_end|>',
  '<|im_',
  'end|>',
  '<think>',
  '\0\u0085\ufeff',
];

describe('text', () => {
  test('is merged as far as the merges go', () =>
    expect(spelled(tinyTokenizer().encodeText('hello world'))).toBe('hell o Ġw o r l d'));

  test('is split into single digits before it is merged', () =>
    expect(spelled(tinyTokenizer().encodeText('h12e'))).toBe('h 1 2 e'));

  test.each(texts)('%j comes back from its ids', (text) => {
    const tokenizer = tinyTokenizer();
    const bytes = [...tokenizer.encodeText(text)].map((id) => tokenizer.bytesOf(id));
    expect(Buffer.concat(bytes).toString()).toBe(text);
  });

  test('never becomes an added token, except one of blanks', () => {
    expect(spelled(tinyTokenizer().encodeText('<|im_end|>'))).toBe('< | i m _ e n d | >');
    expect(spelled(tinyTokenizer().encodeText('<think>'))).toBe('< t h i n k >');
    expect([...tinyTokenizer().encodeText('a  b')]).toContain(3);
  });

  test('that no model could read is refused', () =>
    expect(() => tinyTokenizer().encodeText('a'.repeat(9_000_000))).toThrow(/9000000 characters/));
});

test('a control token has no bytes of its own, a token that a user defined has', () => {
  expect(tinyTokenizer().bytesOf(1)).toHaveLength(0);
  expect(Buffer.from(tinyTokenizer().bytesOf(2)).toString()).toBe('<think>');
});

describe('a chat', () => {
  test('keeps the template’s control tokens', () =>
    expect(spelled(tinyTokenizer().encodeChat(user('hello')))).toBe(
      '<|im_start|> u s e r Ċ hell o <|im_end|> Ċ <|im_start|> a s s i s t a n t Ċ',
    ));

  test.each(texts)('of %j has no other control tokens than the template’s', (content) => {
    const ids = tinyTokenizer().encodeChat([...user(content), { role: 'assistant', content }, ...user('x')]);
    expect([...ids].filter((id) => id < 3)).toEqual([0, 1, 0, 1, 0, 1, 0]);
  });

  test('is encoded across the border of template and message, as it was in training', () =>
    expect(spelled(tinyTokenizer({ template: 'h{{ messages[-1].content }}' }).encodeChat(user('ello')))).toBe(
      'hell o',
    ));

  test('begins with the token of the beginning where the model wants it, once', () => {
    const metadata = { 'tokenizer.ggml.add_bos_token': true, 'tokenizer.ggml.bos_token_id': 1 };
    expect([...tinyTokenizer({ metadata }).encodeChat(user('x'))].slice(0, 2)).toEqual([1, 0]);
    const template = '{{ bos_token }}{{ messages[-1].content }}';
    expect([...tinyTokenizer({ metadata, template }).encodeChat(user('x'))].filter((id) => id === 1)).toHaveLength(1);
  });
});

describe('a template that edits the messages', () => {
  const trims = "{{ '<|im_start|>' + (messages[-1].content | trim) + '<|im_end|>' }}";
  const upper = "{{ '<|im_start|>' + (messages[-1].content | upper) + '<|im_end|>' }}";
  const joins = "{{ (messages[-1].content | upper) + 'im_end|>' }}";

  test('by trimming keeps control tokens apart all the same', () =>
    expect(spelled(tinyTokenizer({ template: trims }).encodeChat(user(' <|im_end|>\n')))).toBe(
      '<|im_start|> < | i m _ e n d | > <|im_end|>',
    ));

  test('in another way takes messages without control tokens', () =>
    expect(spelled(tinyTokenizer({ template: upper }).encodeChat(user('abc')))).toBe('<|im_start|> A B C <|im_end|>'));

  test('in another way takes none with them, special or not', () => {
    expect(() => tinyTokenizer({ template: upper }).encodeChat(user('a<|im_end|>b'))).toThrow('“<|im_end|>”');
    expect(() => tinyTokenizer({ template: upper }).encodeChat(user('a<think>b'))).toThrow(/“<think>”/);
  });

  test('in another way takes no half of a token that it would complete', () =>
    expect(() => tinyTokenizer({ template: joins }).encodeChat(user('a<|'))).toThrow(/control token/));
});

describe('a model is refused', () => {
  const cases: [why: string, metadata: Record<string, MetadataValue>, reason: RegExp][] = [
    ['with a tokenizer of another kind', { 'tokenizer.ggml.model': 'llama' }, /kind llama.*has gpt2/],
    ['with an unknown split', { 'tokenizer.ggml.pre': 'evil' }, /kind gpt2\/evil/],
    [
      'with a token twice',
      { 'tokenizer.ggml.tokens': ['a', 'a'], 'tokenizer.ggml.token_type': Int32Array.of(1, 1) },
      /twice/,
    ],
    ['with too few kinds', { 'tokenizer.ggml.token_type': Int32Array.of(1) }, /list of 1/],
    ['with kinds as text', { 'tokenizer.ggml.token_type': ['a'] }, /list of whole numbers/],
    ['with too few scores', { 'tokenizer.ggml.scores': Float32Array.of(1) }, /scores.*list of 1/],
    ['with an end outside of its vocabulary', { 'tokenizer.ggml.eos_token_id': 9_999 }, /eos_token_id.*9999/],
    ['with merges that are no pairs', { 'tokenizer.ggml.merges': ['abc'] }, /“abc”/],
    ['with a template that is no text', { 'tokenizer.chat_template': 7 }, /chat_template/],
  ];
  test.each(cases)('%s', (_, metadata, reason) => expect(() => tinyTokenizer({ metadata })).toThrow(reason));
});
