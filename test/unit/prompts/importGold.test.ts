import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Gold, InterchangeRecord, interchangeRecordOf, JudgementId } from '../../../src/core/index.js';
import { importFiles, promptFileReader } from '../../../src/prompts/index.js';
import { initProject, openProject, type Project } from '../../../src/store/index.js';
import { unsyncedFiles as files } from '../store/unsyncedFiles.js';
import { testFolder } from './folder.js';
import { memoryProject } from './memoryProject.js';

const folder = testFolder();
const { signal } = new AbortController();
const lines = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const record = (gold: unknown) => ({
  prompt: { id: 'p1', messages: [{ role: 'user', content: 'Why is the sky blue?' }], gold },
  candidates: ['a', 'b', 'c'].map((id) => ({ id, text: `answer ${id}` })),
});

async function imported(rows: readonly unknown[], project: Project = memoryProject()) {
  const report = await importFiles(project, [folder.put('records.jsonl', lines(rows))], { signal });
  const [promptId] = project.promptIds;
  if (promptId === undefined) throw new Error('the prompt was expected to go in');
  const gold = project.goldOf(promptId);
  const letterOf = (id: string) =>
    project
      .candidatesOf(promptId)
      .find((row) => row.id === id)
      ?.text.at(-1) ?? id;
  return {
    project,
    report,
    promptId,
    gold,
    tiers: gold?.ranking?.map((tier) => tier.map(letterOf).join('=')).join(' '),
  };
}

describe('a gold that comes with its prompt', () => {
  test('is read as tiers, or in the fields of a judgement, in the ids of the record', async () => {
    expect(await imported([record([['b'], ['a', 'c']])])).toMatchObject({
      tiers: 'b a=c',
      report: { nGold: 1, problems: [] },
    });
    const found = await imported([
      record({ ranking: [['b'], ['a']], line: 1, labeler: 'lead', at: '2026-01-02T00:00:00Z', thumbs: { a: false } }),
    ]);
    expect(found).toMatchObject({ tiers: 'b a', gold: { line: 1, labeler: 'lead', at: '2026-01-02T00:00:00.000Z' } });
    expect(Object.values(found.gold?.thumbs ?? {})).toEqual([false]);
    expect(found.project.judgementsOf(found.promptId)).toEqual([]);
    const { gold, ...prompt } = record([['c'], ['a']]).prompt;
    expect(await imported([{ ...record(undefined), prompt, gold }])).toMatchObject({ tiers: 'c a' });
  });

  test('changes nothing of the prompt: its id and what is stored are as without', async () => {
    const [withGold, without] = [await imported([record([['a'], ['b']])]), await imported([record(undefined)])];
    expect(withGold.promptId).toBe(without.promptId);
    expect(withGold.project.prompt(withGold.promptId)).toEqual(without.project.prompt(without.promptId));
  });

  test.each([
    ['an unknown answer', [['x'], ['b']], 'unknown-reference', 'prompt.gold.ranking'],
    ['an answer twice', [['a'], ['a']], 'unusable-judgement', 'prompt.gold'],
    ['nothing that could be compared', { flags: { a: ['unsafe'] } }, 'unusable-judgement', 'prompt.gold'],
    ['a text', 'a > b', 'invalid-field', 'prompt.gold'],
    ['a time that is none', { ranking: [['a'], ['b']], at: 'soon' }, 'invalid-field', 'prompt.gold.at'],
    ['a field of another form', { ranking: [['a'], ['b']], line: 'one' }, 'invalid-field', 'prompt.gold.line'],
  ])('%s is listed, and the prompt goes in', async (_what, gold, code, field) => {
    const { report, gold: found } = await imported([record(gold)]);
    expect(report).toMatchObject({ nPrompts: 1, nCandidates: 3, nGold: 0, problems: [{ line: 1, code, field }] });
    expect(report.problems[0]?.message).not.toContain('judgement');
    expect(found).toBeUndefined();
  });

  test('comes in once, and comes back from an interchange record as it was', async () => {
    const first = await imported([record({ ranking: [['b'], ['a']], line: 1 })]);
    const out = interchangeRecordOf(first.project, first.promptId);
    expect(InterchangeRecord.parse(out).prompt.gold).toMatchObject({ ranking: expect.any(Array), line: 1 });
    const again = await imported([out], first.project);
    expect(again.report).toMatchObject({ nPrompts: 0, nGold: 0, problems: [] });
    const elsewhere = await imported([out]);
    expect(elsewhere.gold).toEqual(first.gold);
  });

  test('is no part of a prompt file that is read in its place', async () => {
    const file = folder.put('in-place.jsonl', lines([record([['a'], ['b']])]));
    const { rows, problems } = await promptFileReader(folder.path)(file);
    expect(problems).toEqual([]);
    expect(rows[0]).not.toHaveProperty('gold');
    expect(JSON.stringify(rows[0])).not.toContain('gold');
  });
});

describe('on the disk', () => {
  test('stands in the journal beside the judgements, survives, and the last one counts', async () => {
    const root = join(folder.path, 'project');
    mkdirSync(root);
    await initProject(root, { name: 'gold', files });
    const open = () => openProject(root, { readPromptFile: promptFileReader(root), files });
    const project = await open();
    const { promptId, gold } = await imported([record({ ranking: [['b'], ['a']] })], project);
    const promptFile = () => readFileSync(join(root, 'prompts', 'records.jsonl'), 'utf8');
    const before = promptFile();
    expect(before).not.toContain('gold');
    if (gold === undefined) throw new Error('a gold was expected');
    const next = { ...gold, id: JudgementId.parse('j2'), labeler: 'lead', at: new Date().toISOString() };
    await project.appendJudgements([Gold.parse({ ...next, ranking: gold.ranking?.toReversed() })]);
    await project.close();

    const again = await open();
    expect(again.goldOf(promptId)).toMatchObject({ labeler: 'lead', ranking: gold.ranking?.toReversed() });
    expect([...again.goldIds]).toEqual([promptId]);
    expect(again.judgementsOf(promptId)).toEqual([]);
    const { ranking: _, ...silent } = next;
    await again.appendJudgements([Gold.parse({ ...silent, id: 'j3' })]);
    expect(again.goldOf(promptId)).toBeUndefined();
    expect([...again.goldIds]).toEqual([]);
    await again.close();

    const journals = join(root, '.touchstone', 'judgements');
    const rows = readdirSync(journals).flatMap((name) => readFileSync(join(journals, name), 'utf8').trim().split('\n'));
    expect(rows.map((row) => z.object({ status: z.string() }).parse(JSON.parse(row)).status)).toEqual([
      'gold',
      'gold',
      'gold',
    ]);
    expect(promptFile()).toBe(before);
  });
});
