import fc from 'fast-check';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { currentJudgements, InterchangeRecord, interchangeRecordOf, preferencesOf } from '../../../src/core/index.js';
import { importFiles, promptFileReader } from '../../../src/prompts/index.js';
import { initProject, openProject, type Project } from '../../../src/store/index.js';
import { unsyncedFiles } from '../store/unsyncedFiles.js';
import { testFolder } from './folder.js';
import { memoryProject } from './memoryProject.js';
import { arbitraryRecord, preferencesInRecord } from './records.js';

const folder = testFolder();
const { signal } = new AbortController();

const lines = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const exported = (project: Project) => lines(project.promptIds.map((id) => interchangeRecordOf(project, id)));
const counts = ({ nPrompts, nCandidates, nJudgements, nDuplicates }: Awaited<ReturnType<typeof importFiles>>) =>
  `${nPrompts} prompts, ${nCandidates} candidates, ${nJudgements} judgements, ${nDuplicates} duplicates`;

async function imported(rows: readonly unknown[], project: Project = memoryProject()) {
  const report = await importFiles(project, [folder.put('records.jsonl', lines(rows))], { signal });
  return {
    project,
    report,
    problems: report.problems.map(({ line, code, field }) => `${line} ${code} ${field ?? ''}`),
  };
}

const user = (content: string) => [{ role: 'user', content }];
const record = {
  prompt: { id: 'p1', messages: user('Why is the sky blue?'), reference: 'Rayleigh', metadata: { topic: 'sky' } },
  candidates: [
    { id: 'a', text: 'Air scatters blue light most.', model: { name: 'm' }, sampling: { temperature: 0.8, seed: 3 } },
    { id: 'b', text: 'It reflects the sea.', logprobs: [{ token: 'It', logprob: -0.5, top: [['It', -0.5]] }] },
    { id: 'c', text: 'It does not.', parent: 'b', origin: 'human', branch: { from: 'a', at: 3, token: 1 } },
  ],
  judgements: [
    {
      labeler: 'kim',
      ranking: [['a'], ['b', 'c']],
      line: 1,
      best: 'a',
      ratings: { a: { helpfulness: 4 } },
      flags: { b: ['hallucination'] },
      shown: { order: ['b', 'a', 'c'], words: { a: 5 } },
      rationale: 'Only a explains it.',
    },
    {
      labeler: 'ana',
      ranking: [['fix'], ['a']],
      leftOut: ['c'],
      corrections: [
        { id: 'fix', parent: 'a', text: 'Better.' },
        { parent: 'b', text: 'Also better.' },
      ],
    },
    { labeler: 'ana', status: 'skipped', reason: 'too hard' },
  ],
};

describe('an interchange record', () => {
  test('goes in with ids of the project and keeps its own in the metadata', async () => {
    const { project, report, problems } = await imported([record]);
    expect(problems).toEqual([]);
    expect(counts(report)).toBe('1 prompts, 3 candidates, 3 judgements, 0 duplicates');
    const id = project.promptIds[0];
    if (id === undefined) throw new Error('nothing was imported');
    expect(project.prompt(id)).toMatchObject({
      reference: 'Rayleigh',
      metadata: { topic: 'sky', touchstone: { id: 'p1' } },
      source: { file: 'records.jsonl', line: 1 },
    });
    const [a, b, c] = project.candidatesOf(id);
    expect([a, b, c].map((row) => row?.metadata)).toEqual([
      { touchstone: { id: 'a' } },
      { touchstone: { id: 'b' } },
      { touchstone: { id: 'c' } },
    ]);
    expect(c).toMatchObject({ parent: b?.id, origin: 'human', branch: { from: a?.id, at: 3, token: 1 } });
    const [kim, ana, skipped] = project.judgementsOf(id);
    expect(kim).toMatchObject({
      at: '1970-01-01T00:00:00.000Z',
      status: 'submitted',
      ranking: [[a?.id], [b?.id, c?.id]],
      best: a?.id,
      ratings: { [a?.id ?? '']: { helpfulness: 4 } },
      flags: { [b?.id ?? '']: ['hallucination'] },
      shown: { order: [b?.id, a?.id, c?.id], words: { [a?.id ?? '']: 5 } },
    });
    expect(ana?.ranking?.[0]).toEqual([ana?.corrections?.[0]?.id]);
    expect(ana?.corrections?.map((row) => row.parent)).toEqual([a?.id, b?.id]);
    expect(skipped).toMatchObject({ at: '1970-01-01T00:00:00.002Z', status: 'skipped' });
  });

  test('imported twice adds nothing', async () => {
    const { project } = await imported([record]);
    const { report } = await imported([record], project);
    expect(counts(report)).toBe('0 prompts, 0 candidates, 0 judgements, 1 duplicates');
  });

  test('of our own export keeps all its ids', async () => {
    const first = await imported([record]);
    const second = await imported([JSON.parse(exported(first.project))]);
    expect(exported(second.project)).toBe(exported(first.project));
  });

  test('with a prompt that another one has already brings its candidates and judgements to it', async () => {
    const other = {
      ...record,
      prompt: { ...record.prompt, id: 'else' },
      candidates: [
        { id: 'a', text: 'New.' },
        { id: 'b', text: 'Newer.' },
      ],
      judgements: [{ labeler: 'bo', ranking: [['b'], ['a']] }],
    };
    const { project, report } = await imported([record, other]);
    expect(counts(report)).toBe('1 prompts, 5 candidates, 4 judgements, 1 duplicates');
    expect(project.judgementsOf(project.promptIds[0] ?? fail()).at(-1)?.labeler).toBe('bo');
  });

  test('with judgements alone may name the candidates that are here, if its prompt is ours', async () => {
    const { project } = await imported([record]);
    const own = InterchangeRecord.parse(JSON.parse(exported(project)));
    const { report, problems } = await imported(
      [{ prompt: own.prompt, judgements: [{ labeler: 'bo', ranking: [[own.candidates?.[1]?.id]] }] }],
      project,
    );
    expect(problems).toEqual([]);
    expect(report.nJudgements).toBe(1);
  });

  const ranked = (ranking: string[][], more = {}) => ({
    ...record,
    judgements: [
      { labeler: 'kim', ranking, ...more },
      { labeler: 'ana', ranking: [['a'], ['b']] },
    ],
  });
  const bad: [title: string, record: unknown, problem: string, left: string][] = [
    ['an unknown candidate in a ranking', ranked([['a'], ['x']]), '1 unknown-reference judgements[0].ranking', '1 3 1'],
    [
      'a prototype’s name as a candidate',
      ranked([['a'], ['constructor']]),
      '1 unknown-reference judgements[0].ranking',
      '1 3 1',
    ],
    [
      'an unknown candidate among the flags',
      ranked([['a']], { flags: { x: ['unsafe'] } }),
      '1 unknown-reference judgements[0].flags',
      '1 3 1',
    ],
    [
      'an unknown parent of a correction',
      ranked([['a']], { corrections: [{ parent: 'x', text: 'T' }] }),
      '1 unknown-reference judgements[0].corrections[0].parent',
      '1 3 1',
    ],
    [
      'a correction with a candidate’s id',
      ranked([['a']], { corrections: [{ id: 'b', text: 'T' }] }),
      '1 duplicate-id judgements[0].corrections',
      '1 3 1',
    ],
    ['a candidate in two tiers', ranked([['a'], ['a']]), '1 unusable-judgement judgements[0]', '1 3 1'],
    [
      'a marked place behind the end of its answer',
      ranked([['a']], { spans: { a: [{ start: 2, end: 999, flag: 'unsafe' }] } }),
      '1 unusable-judgement judgements[0]',
      '1 3 1',
    ],
    ['a line below the ranking', ranked([['a']], { line: 2 }), '1 unusable-judgement judgements[0]', '1 3 1'],
    ['a time that is none', ranked([['a']], { at: 'yesterday' }), '1 invalid-field judgements[0].at', '1 3 1'],
    ['no labeler', { ...record, judgements: [{ ranking: [['a']] }] }, '1 invalid-field judgements[0].labeler', '1 3 0'],
    [
      'two candidates of one id',
      {
        ...record,
        candidates: [
          { id: 'a', text: 'A' },
          { id: 'a', text: 'B' },
        ],
      },
      '1 duplicate-id candidates',
      '0 0 0',
    ],
    [
      'two judgements of one id',
      {
        ...record,
        judgements: [
          { id: 'j', labeler: 'a', ranking: [['a']] },
          { id: 'j', labeler: 'b', ranking: [['a']] },
        ],
      },
      '1 duplicate-id judgements',
      '0 0 0',
    ],
    [
      'a candidate without a text',
      {
        ...record,
        candidates: [{ id: 'a' }, { id: 'b', text: 'B' }],
        judgements: [{ labeler: 'kim', ranking: [['b']] }],
      },
      '1 invalid-field candidates[0].text',
      '1 1 1',
    ],
    [
      'an answer inside the prompt',
      { prompt: { messages: [...user('Q'), { role: 'assistant', content: 'A' }] } },
      '1 invalid-field prompt.messages',
      '0 0 0',
    ],
  ];
  test.each(bad)('with %s is reported, and the rest goes in', async (_title, row, problem, left) => {
    const { report, problems } = await imported([row]);
    expect(problems).toEqual([problem]);
    expect(`${report.nPrompts} ${report.nCandidates} ${report.nJudgements}`).toBe(left);
  });
});

describe('import', () => {
  test('writes candidates and judgements first, the prompts last', async () => {
    const project = memoryProject();
    await imported([record], project);
    expect(project.log).toEqual(['candidates 3', 'judgements 3', 'prompts records 1']);
  });

  test('strict writes nothing when any row of any file is bad', async () => {
    const project = memoryProject();
    const files = [folder.put('good.jsonl', '{"prompt":"Q"}\n'), folder.put('bad.jsonl', '{"topic":"x"}\n')];
    const report = await importFiles(project, files, { strict: true, signal });
    expect(report).toMatchObject({
      isWritten: false,
      nPrompts: 1,
      problems: [{ file: files[1], line: 1, code: 'no-prompt' }],
    });
    expect(project.log).toEqual([]);
  });

  test('answers in columns become candidates, equal ones once, and remember their column', async () => {
    const row = { prompt: 'Q', chosen: 'A', rejected: 'B', responses: ['A', { text: 'C', model: 'm', score: 2 }] };
    const { project, report } = await imported([row]);
    expect(counts(report)).toBe('1 prompts, 3 candidates, 0 judgements, 0 duplicates');
    const candidates = project.candidatesOf(project.promptIds[0] ?? fail());
    expect(candidates.map(({ text, origin, model, metadata }) => ({ text, origin, model, metadata }))).toEqual([
      { text: 'A', origin: 'import', model: undefined, metadata: { touchstone: { column: 'responses[0]' } } },
      {
        text: 'C',
        origin: 'import',
        model: { name: 'm' },
        metadata: { score: 2, touchstone: { column: 'responses[1]' } },
      },
      { text: 'B', origin: 'import', model: undefined, metadata: { touchstone: { column: 'rejected' } } },
    ]);
  });

  const exports: [tool: string, row: unknown][] = [
    ['Label Studio', [{ id: 1, data: { prompt: 'Q' }, annotations: [] }]],
    ['Argilla', { id: 'r1', fields: { prompt: 'Q' }, responses: {}, suggestions: {} }],
    ['Prodigy', { text: 'Q', _input_hash: 1, _task_hash: 2, answer: 'accept' }],
    ['batch', { id: 'x', custom_id: 'p', response: null, error: 'no' }],
  ];
  test.each(exports)('names an export of %s instead of taking half of it', async (tool, row) => {
    const { report, problems } = await imported(Array.isArray(row) ? row : [row]);
    expect(problems).toEqual(['1 format-unsupported ']);
    expect(report.problems[0]?.message).toContain(tool);
  });

  test('a file may be named as what it is', async () => {
    const project = memoryProject();
    const file = folder.put('as.jsonl', '{"prompt":"Q"}\n');
    await importFiles(project, [file], { as: 'lines', signal });
    expect(project.prompt(project.promptIds[0] ?? fail())?.messages[0]?.content).toBe('{"prompt":"Q"}');
    const report = await importFiles(project, [file], { as: 'touchstone', signal });
    expect(report.problems.map((problem) => problem.code)).toEqual(['wrong-kind']);
  });

  test('a file that is missing is told before anything is written', async () => {
    const project = memoryProject();
    const good = folder.put('good.jsonl', '{"prompt":"Q"}\n');
    await expect(importFiles(project, [good, '/nowhere.jsonl'], { signal })).rejects.toMatchObject({
      code: 'file-missing',
    });
    expect(project.log).toEqual([]);
  });

  test('stops when it is cancelled and writes nothing', async () => {
    const project = memoryProject();
    await expect(
      importFiles(project, [folder.put('c.jsonl', '{"prompt":"Q"}\n')], { signal: AbortSignal.abort() }),
    ).rejects.toThrow('abort');
    expect(project.log).toEqual([]);
  });
});

describe('the round trip through the interchange record', () => {
  test('300 records: the same preferences, and the same bytes from then on', async () => {
    const records = fc.sample(arbitraryRecord, { numRuns: 300, seed: 20260101 });
    const first = await imported(records);
    expect(first.problems).toEqual([]);
    const once = exported(first.project);
    const out = once
      .trimEnd()
      .split('\n')
      .map((line) => InterchangeRecord.parse(JSON.parse(line)));
    const expected = new Map(records.map((each) => [JSON.stringify(each.prompt.messages), preferencesInRecord(each)]));
    for (const each of out)
      expect(preferencesInRecord(each)).toEqual(expected.get(JSON.stringify(each.prompt.messages)));
    expect(out).toHaveLength(records.length);

    const second = await imported(out);
    expect(second.problems).toEqual([]);
    expect(exported(second.project)).toBe(once);
    expect(counts((await imported(out, second.project)).report)).toContain('0 prompts, 0 candidates, 0 judgements');
  });

  test('through projects on disk, read anew', async () => {
    const records = fc.sample(arbitraryRecord, { numRuns: 40, seed: 7 });
    const open = async (name: string) => {
      const path = join(folder.path, name);
      return openProject(path, { readPromptFile: promptFileReader(path), files: unsyncedFiles });
    };
    const make = async (name: string, rows: readonly unknown[]) => {
      mkdirSync(join(folder.path, name));
      await initProject(join(folder.path, name), { files: unsyncedFiles });
      const project = await open(name);
      await imported(rows, project);
      const before = exported(project);
      await project.close();
      const again = await open(name);
      expect(again.problems).toEqual([]);
      expect(exported(again) === before).toBe(true);
      await again.close();
      return before;
    };
    const once = await make('first', records);
    expect(
      await make(
        'second',
        once
          .trimEnd()
          .split('\n')
          .map((line) => InterchangeRecord.parse(JSON.parse(line))),
      ),
    ).toBe(once);
    const inMemory = await imported(records);
    expect(once).toBe(exported(inMemory.project));
  });

  test('the preferences that hold are those of each labeler’s last word', async () => {
    const { project } = await imported([record]);
    const id = project.promptIds[0] ?? fail();
    const words = currentJudgements(project.judgementsOf(id));
    expect(words.map((row) => `${row.labeler} ${row.status} ${preferencesOf(row.ranking ?? []).length}`)).toEqual([
      'kim submitted 2',
      'ana skipped 0',
    ]);
  });
});

const fail = (): never => {
  throw new Error('no prompt was imported');
};
