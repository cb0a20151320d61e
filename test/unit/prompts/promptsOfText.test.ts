import { describe, expect, test } from 'vitest';
import { promptsOfText } from '../../../src/prompts/index.js';

const source = { file: 'notes.md', line: 10 };

describe('the prompts of a selection', () => {
  const cases: [title: string, text: string, languageId: string, found: string[]][] = [
    [
      'a text is one prompt',
      '\n  Why is the sky blue?\nAnd at night?\n',
      'markdown',
      ['11 Why is the sky blue?\nAnd at night?'],
    ],
    ['JSON Lines are a prompt each', '{"prompt":"a"}\n{"prompt":"b"}', 'jsonl', ['10 a', '11 b']],
    ['a JSON list too', '[\n{"prompt":"a"},\n{"question":"b"}]', 'json', ['11 a', '12 b']],
    ['rows in a text file too', '{"prompt":"a"}\n{"prompt":"b"}', 'plaintext', ['10 a', '11 b']],
    ['a question about JSON is a prompt', '{"a": 1} is this valid?', 'plaintext', ['10 {"a": 1} is this valid?']],
    ['JSON that holds no prompt is a prompt in a text', '{"a": 1}', 'plaintext', ['10 {"a": 1}']],
    ['the same prompt twice comes once', '{"prompt":"a"}\n{"prompt":"a"}', 'jsonl', ['10 a']],
  ];
  test.each(cases)('%s', (_title, text, languageId, found) => {
    const { rows, problems } = promptsOfText(text, { languageId, source });
    expect(rows.map((row) => `${row.source?.line} ${row.messages[0]?.content}`)).toEqual(found);
    expect(problems).toEqual([]);
  });

  const bad: [title: string, text: string, languageId: string, problem: string][] = [
    ['nothing', '  \n ', 'plaintext', '11 empty-prompt'],
    ['a broken row', '{"prompt":"a"}\n{oops}', 'jsonl', '11 not-json'],
    ['a row without a prompt, where the language is JSON', '{"a": 1}', 'json', '10 no-prompt'],
    ['half a character', 'a \ud83d b', 'plaintext', '10 lone-surrogate'],
  ];
  test.each(bad)('%s is a problem with its line in the document', (_title, text, languageId, problem) => {
    const { problems } = promptsOfText(text, { languageId, source });
    expect(problems.map(({ line, code, file }) => `${file} ${line} ${code}`)).toEqual([`notes.md ${problem}`]);
  });
});
