import { describe, expect, test } from 'vitest';
import { jsonFaultOf, maxJsonDepth } from '../../../src/core/index.js';

describe('what may be given to JSON.parse', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  const cases: [title: string, text: string, fault: ReturnType<typeof jsonFaultOf>][] = [
    ['an ordinary object', '{"prompt": "a [ b"}', undefined],
    ['brackets inside a string do not nest', `["${'['.repeat(100)}"]`, undefined],
    ['the deepest that is allowed', nested(maxJsonDepth), undefined],
    ['one deeper', nested(maxJsonDepth + 1), { kind: 'too-deep', offset: maxJsonDepth }],
    ['a quote that is escaped does not end a string', '["\\"[[[["]', undefined],
    ['an escaped pair', '["\\ud83d\\ude00"]', undefined],
    ['a pair as such', '["😀"]', undefined],
    ['an escaped backslash before a u', '["\\\\ud83d"]', undefined],
    ['half a pair, escaped', '["ab\\ud83d"]', { kind: 'lone-surrogate', offset: 4 }],
    ['the second half first', '["\\ude00\\ud83d"]', { kind: 'lone-surrogate', offset: 2 }],
    ['half a pair as such', '["\ud83d"]', { kind: 'lone-surrogate', offset: 2 }],
    ['a high half before another character', '["\\ud83dx\\ude00"]', { kind: 'lone-surrogate', offset: 2 }],
  ];
  test.each(cases)('%s', (_title, text, fault) => expect(jsonFaultOf(text)).toEqual(fault));
});
