import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { type Prompt, promptIdOf } from '../../../src/core/index.js';
import { readPromptFile } from '../../../src/prompts/index.js';
import { testFolder } from './folder.js';

const folder = testFolder();

/** A prompt in short: `system: …`, `user: …`, one turn after the other. */
const short = (prompt: Prompt) => prompt.messages.map(({ role, content }) => `${role}: ${content}`).join(' | ');

async function read(name: string, content: string | Uint8Array) {
  const { rows, problems } = await readPromptFile(folder.put(name, content), { folder: folder.path });
  return {
    rows,
    prompts: rows.map(short),
    lines: rows.map((row) => row.source?.line),
    problems: problems.map(({ line, code }) => `${line} ${code}`),
  };
}

const utf16 = (text: string, encoding: 'le' | 'be') => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return encoding === 'le' ? bytes : bytes.swap16();
};

describe('files of every syntax give the same prompts', () => {
  const two = ['user: Why?', 'user: How?'];
  const jsonl = '{"prompt":"Why?"}\n{"prompt":"How?"}\n';
  const cases: [title: string, name: string, content: string | Uint8Array, lines: number[]][] = [
    ['JSON Lines', 'a.jsonl', jsonl, [1, 2]],
    ['JSON Lines without a last line end', 'b.jsonl', jsonl.trimEnd(), [1, 2]],
    ['JSON Lines with blank lines', 'c.jsonl', '\n{"prompt":"Why?"}\n\n{"prompt":"How?"}\n\n', [2, 4]],
    ['JSON Lines with a byte order mark and CRLF', 'd.jsonl', `\ufeff${jsonl.replaceAll('\n', '\r\n')}`, [1, 2]],
    ['JSON Lines in UTF-16, little end first', 'e.jsonl', utf16(jsonl, 'le'), [1, 2]],
    ['JSON Lines in UTF-16, big end first', 'f.jsonl', utf16(jsonl, 'be'), [1, 2]],
    ['JSON Lines in a file called .json', 'g.json', jsonl, [1, 2]],
    ['a JSON list', 'h.json', '[{"prompt":"Why?"},\n {"prompt":"How?"}]', [1, 2]],
    ['a JSON list in a file called .jsonl', 'i.jsonl', '[\n{"prompt":"Why?"},{"prompt":"How?"}\n]', [2, 2]],
    [
      'a list under "data"',
      'j.json',
      '{"version": {"a": [1]},\n"data":\n[{"prompt":"Why?"},\n{"prompt":"How?"}], "n": 2}',
      [3, 4],
    ],
    ['CSV', 'k.csv', 'prompt,topic\nWhy?,a\nHow?,b\n', [2, 3]],
    ['CSV with semicolons', 'l.csv', 'topic;prompt\na;Why?\nb;How?\n', [2, 3]],
    ['TSV', 'm.tsv', 'prompt\ttopic\r\nWhy?\ta\r\nHow?\tb\r\n', [2, 3]],
    ['plain lines', 'n.txt', 'Why?\n\n  How?  \n', [1, 3]],
    ['a Markdown list', 'o.md', '# Prompts\n\n- Why?\n2. How?\n', [3, 4]],
    ['a file of no known name', 'p.data', jsonl, [1, 2]],
    [
      'request lines of the Batch API',
      'q.jsonl',
      ['Why?', 'How?']
        .map((content, index) =>
          JSON.stringify({
            custom_id: `r${index}`,
            method: 'POST',
            url: '/v1/chat/completions',
            body: { model: 'm', messages: [{ role: 'user', content }] },
          }),
        )
        .join('\n'),
      [1, 2],
    ],
    [
      'interchange records',
      'r.jsonl',
      ['Why?', 'How?']
        .map((content) => JSON.stringify({ prompt: { id: content, messages: [{ role: 'user', content }] } }))
        .join('\n'),
      [1, 2],
    ],
  ];
  test.each(cases)('%s', async (_title, name, content, lines) => {
    const found = await read(name, content);
    expect(found).toMatchObject({ prompts: two, lines, problems: [] });
    expect(found.rows[0]?.source?.file).toBe(name);
  });

  test('Parquet, with lists of objects, 64-bit numbers and compression', async () => {
    const chat = (content: string) => [{ role: 'user', content }];
    const buffer = parquetWriteBuffer({
      columnData: [
        { name: 'messages', data: [chat('Why?'), chat('How?')], type: 'JSON' },
        { name: 'score', data: [1n, 9007199254740993n], type: 'INT64' },
      ],
      codec: 'SNAPPY',
    });
    const found = await read('t.parquet', new Uint8Array(buffer));
    expect(found).toMatchObject({ prompts: two, lines: [1, 2], problems: [] });
    expect(found.rows.map((row) => row.metadata?.['score'])).toEqual([1, '9007199254740993']);
  });
});

describe('columns', () => {
  const cases: [title: string, row: unknown, prompt: string, reference?: string][] = [
    [
      'messages',
      {
        messages: [
          { role: 'system', content: 'S' },
          { role: 'user', content: 'Q' },
        ],
      },
      'system: S | user: Q',
    ],
    [
      'from and value',
      {
        conversations: [
          { from: 'human', value: 'Q' },
          { from: 'gpt', value: 'A' },
          { from: 'human', value: 'R' },
        ],
      },
      'user: Q | assistant: A | user: R',
    ],
    [
      'a trailing assistant turn is an answer',
      {
        messages: [
          { role: 'user', content: 'Q' },
          { role: 'assistant', content: 'A' },
        ],
      },
      'user: Q',
    ],
    ['messages go before prompt', { prompt: 'P', messages: [{ role: 'user', content: 'Q' }] }, 'user: Q'],
    ['a prompt that is a chat', { prompt: [{ role: 'user', content: 'Q' }], chosen: [], rejected: [] }, 'user: Q'],
    [
      'instruction and input',
      { instruction: 'Translate', input: 'Hallo', output: 'Hello' },
      'user: Translate\nHallo',
      'Hello',
    ],
    ['instruction and an empty input', { instruction: 'Sing', input: '' }, 'user: Sing'],
    ['question and answer', { question: 'Q', answer: 42 }, 'user: Q', '42'],
    ['context that is a text is not the prompt', { context: 'some', question: 'Q' }, 'user: Q'],
    [
      'context that is a chat is',
      { context: [{ role: 'user', content: 'Q' }], response1: 'a', response2: 'b' },
      'user: Q',
    ],
    ['a system column', { system: 'Be brief.', prompt: 'Q' }, 'system: Be brief. | user: Q'],
    ['an empty system column', { system_prompt: '', prompt: 'Q' }, 'user: Q'],
    [
      'a developer turn',
      {
        messages: [
          { role: 'developer', content: 'S' },
          { role: 'user', content: 'Q' },
        ],
      },
      'system: S | user: Q',
    ],
    [
      'content in parts',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Q' },
              { type: 'text', text: 'R' },
            ],
          },
        ],
      },
      'user: QR',
    ],
    [
      'OpenAI preference rows',
      {
        input: { messages: [{ role: 'user', content: 'Q' }] },
        preferred_output: [{ role: 'assistant', content: 'A' }],
        non_preferred_output: [],
      },
      'user: Q',
    ],
    [
      'the prompt that chosen and rejected share',
      {
        chosen: [
          { role: 'user', content: 'Q' },
          { role: 'assistant', content: 'A' },
        ],
        rejected: [
          { role: 'user', content: 'Q' },
          { role: 'assistant', content: 'B' },
        ],
      },
      'user: Q',
    ],
    ['a prompt that looks like a list is a text', { prompt: '[1, 2, 3]' }, 'user: [1, 2, 3]'],
    [
      'columns without a value are not there',
      { messages: null, prompt: 'Q', reference: null, answer: 'A' },
      'user: Q',
      'A',
    ],
  ];
  test.each(cases)('%s', async (_title, row, prompt, reference) => {
    const found = await read('row.jsonl', JSON.stringify(row));
    expect(found).toMatchObject({ prompts: [prompt], problems: [] });
    expect(found.rows[0]?.reference).toBe(reference);
    expect(found.rows[0]?.id).toBe(promptIdOf({ messages: found.rows[0]?.messages, reference }));
  });

  test('chats in a cell may be JSON or what Python writes', async () => {
    const python = `"[{'role': 'user', 'content': ""it's\\n\\u00e9""}]"`;
    const json = `"[{""role"":""user"",""content"":""Q""}]"`;
    const found = await read('cells.csv', `messages,n\n${json},1\n${python},2\n`);
    expect(found).toMatchObject({ prompts: ['user: Q', "user: it's\né"], problems: [] });
  });

  test('every other column becomes metadata, the row’s id beside it', async () => {
    const { rows } = await read(
      'meta.jsonl',
      '{"id":"x1","prompt":"Q","topic":"sky","metadata":{"level":2},"__proto__":{"polluted":true}}',
    );
    expect(rows[0]?.metadata).toEqual({ level: 2, topic: 'sky', touchstone: { id: 'x1' } });
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted');
  });

  test('a line that Touchstone wrote comes back as it was', async () => {
    const messages = [{ role: 'user' as const, content: 'Q' }];
    const prompt = {
      id: promptIdOf({ messages, reference: 'A' }),
      messages,
      reference: 'A',
      metadata: { answer: 'x' },
      source: { file: 'old.csv', line: 7 },
      newer: true,
    };
    const { rows } = await read('own.jsonl', `${JSON.stringify(prompt)}\n`);
    expect(rows).toEqual([prompt]);
  });

  test('a prompt that stands in a file twice comes once', async () => {
    expect((await read('twice.jsonl', '{"prompt":"Q"}\n{"prompt":"Q","topic":"a"}\n')).lines).toEqual([1]);
  });
});

describe('bad rows are listed with their place, the good ones go in', () => {
  const good = '{"prompt":"Q"}';
  const chat = (...turns: string[]) =>
    JSON.stringify({
      messages: turns.map((turn) => ({ role: turn.split(' ')[0], content: turn.split(' ')[1] ?? '' })),
    });
  const cases: [title: string, line: string | Uint8Array, code: string][] = [
    ['not JSON', '{"prompt": oops}', 'not-json'],
    ['half a line', '{"prompt": "a', 'not-json'],
    ['not an object', '[1]', 'no-prompt'],
    ['a number', '5', 'not-an-object'],
    ['no prompt', '{"topic":"x"}', 'no-prompt'],
    ['an empty prompt', '{"prompt":"  "}', 'empty-prompt'],
    ['too deep', `{"prompt":"a","x":${'['.repeat(70)}${']'.repeat(70)}}`, 'too-deep'],
    ['half a character', '{"prompt":"\\ud83d"}', 'lone-surrogate'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'not-utf8'],
    ['two user turns in a row', chat('user a', 'user b'), 'bad-turns'],
    ['a late system turn', chat('user a', 'assistant b', 'system c', 'user d'), 'bad-turns'],
    ['an assistant that begins', chat('assistant a', 'user b'), 'bad-turns'],
    ['only a system turn', chat('system a'), 'bad-turns'],
    ['a role that is not known', chat('tool a'), 'bad-turn'],
    ['content that is not a text', '{"messages":[{"role":"user","content":null}]}', 'bad-turn'],
    ['an image', '{"messages":[{"role":"user","content":[{"type":"image_url"}]}]}', 'bad-turn'],
    [
      'two system prompts',
      '{"system":"a","messages":[{"role":"system","content":"b"},{"role":"user","content":"c"}]}',
      'two-systems',
    ],
  ];
  test.each(cases)('%s', async (_title, line, code) => {
    const content = Buffer.concat([Buffer.from(`${good}\n`), Buffer.from(line), Buffer.from('\n{"prompt":"R"}\n')]);
    const found = await read('bad.jsonl', content);
    // A row that is a list of JSON Lines is a list of rows elsewhere; here it is one bad row.
    expect(found.prompts).toEqual(['user: Q', 'user: R']);
    expect(found.problems.map((problem) => problem.split(' ')[0])).toEqual(['2']);
    if (line !== '[1]') expect(found.problems).toEqual([`2 ${code}`]);
  });

  test('a line beyond the limit is passed over without being held', async () => {
    const long = Buffer.alloc(17 * 1024 * 1024, 0x61);
    const found = await read('long.jsonl', Buffer.concat([long, Buffer.from(`\n${good}\n`)]));
    expect(found).toMatchObject({ prompts: ['user: Q'], problems: ['1 line-too-long'] });
  });

  test('one broken element of a JSON list does not lose the others', async () => {
    const found = await read('bad.json', `[{"prompt":"Q"},\n{"prompt":},\n{"prompt":"R"}]`);
    expect(found).toMatchObject({ prompts: ['user: Q', 'user: R'], problems: ['2 not-json'] });
  });

  test('a table names the line of a row with too many cells and of an open quote', async () => {
    const found = await read('bad.csv', 'prompt,topic\n"a\nb",x\nc,d,e\nf,"g\n');
    expect(found).toMatchObject({ prompts: ['user: a\nb'], lines: [2], problems: ['4 bad-table', '5 bad-table'] });
  });

  test('a table without a prompt column says which names it looks for', async () => {
    const { problems } = await readPromptFile(folder.put('names.csv', 'foo,bar\n1,2\n'));
    expect(problems[0]?.message).toBe(
      'No prompt in this row. Name its column one of messages, conversations, conversation, context, prompt, instruction, question, query, input, text, problem. Found: foo, bar.',
    );
  });

  test('a missing file, a folder and a broken Parquet file are worded errors', async () => {
    await expect(readPromptFile('/nowhere/a.jsonl')).rejects.toMatchObject({
      name: 'InputError',
      code: 'file-missing',
    });
    await expect(readPromptFile(folder.path)).rejects.toMatchObject({ name: 'InputError' });
    const lying = Buffer.concat([
      Buffer.from('PAR1'),
      Buffer.alloc(40, 0x7f),
      Buffer.from([0xff, 0xff, 0xff, 0x7f]),
      Buffer.from('PAR1'),
    ]);
    await expect(readPromptFile(folder.put('lying.parquet', lying))).rejects.toMatchObject({
      code: 'parquet-unreadable',
    });
  });
});
