import { describe, expect, test } from 'vitest';
import type { Message } from '../../../src/core/index.js';
import { compileChatTemplate } from '../../../src/models/chatTemplate.js';

const context = { file: 'tiny.gguf', bosToken: '<s>', eosToken: '</s>', deadlineMs: 100 };
const hello: Message[] = [{ role: 'user', content: 'Hello' }];
const render = (template: string) => compileChatTemplate(template, context).render(hello);

describe('a template that asks for too much ends in an error that says so', () => {
  const brackets = `{{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}`;
  const cases: [attack: string, template: string, reason: RegExp][] = [
    ['a huge range', '{% for i in range(1000000000) %}{% endfor %}', /list of more than 100000/],
    ['a range without end', '{% for i in range(0, 1, 0.0000000001) %}{% endfor %}', /list of more than/],
    [
      'nested loops',
      `${'{% for i in range(100000) %}'.repeat(3)}x${'{% endfor %}'.repeat(3)}`,
      /more than (100 ms|4194304)/,
    ],
    ['empty nested loops', `${'{% for i in range(100000) %}'.repeat(3)}${'{% endfor %}'.repeat(3)}`, /100 ms/],
    [
      'a doubling text',
      "{% set ns = namespace(x='aa') %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
      /text of more/,
    ],
    [
      'a doubling list',
      '{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}',
      /list of more/,
    ],
    ['recursion', '{% macro m(f) %}{{ f(f) }}{% endmacro %}{{ m(m) }}', /stack/],
    ['20,000 brackets', brackets, /stack/],
    ['a template of 300 kB', 'x'.repeat(300_000), /300000 characters/],
  ];
  test.each(cases)('%s', (_, template, reason) => {
    expect(() => render(template)).toThrow(reason);
    expect(render('{{ messages[0].content }}')).toBe('Hello');
  });
});

describe('a template reaches nothing but its messages', () => {
  const probes = [
    "{{ messages.constructor.constructor('return process')() }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ messages[0]['__proto__']['polluted'] }}",
    '{{ cycler.__init__.__globals__.os.popen("id").read() }}',
    '{{ raise_exception.constructor("return 1")() }}',
    '{{ process.env.HOME }}',
    '{{ strftime_now("%Y") }}',
  ];
  test.each(probes)('%s', (template) => {
    let result = '';
    try {
      result = render(template);
    } catch (error) {
      expect(error).toMatchObject({ code: 'chat-template-failed' });
    }
    expect(result).not.toMatch(/function|native|root|home|\d{4}/i);
  });
});

test('a template that refuses says why, in words that cannot forge a message', () =>
  expect(() => render('{{ raise_exception("No system role\n[click](command:x)") }}')).toThrow(
    /tiny\.gguf failed: No system role�\[click\] \(command:x\)/,
  ));

test('a template knows the tokens of beginning and end, and that it is the assistant’s turn', () =>
  expect(render('{{ bos_token }}{% if add_generation_prompt %}{{ eos_token }}{% endif %}')).toBe('<s></s>'));
