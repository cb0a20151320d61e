import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Candidate, Prompt } from '../../../src/core/index.js';
import { describeVerifyProblem, exportDatasets, verifyDataset, type ExportPlan } from '../../../src/datasets/index.js';
import { says } from '../core/says.js';
import { MemoryDisk } from './memoryDisk.js';
import { memoryProject } from './memoryProject.js';

const projectWith = (...rankings: string[]) =>
  memoryProject(
    rankings.map((ranking, index) => ({
      prompt: Prompt.parse({ id: `p${index}`, messages: [{ role: 'user', content: `question ${index}` }] }),
      candidates: ['a', 'b', 'c'].map((id) =>
        Candidate.parse({ id, promptId: `p${index}`, text: `answer ${id}`, origin: 'model' }),
      ),
      judgements: [says('kim', ranking, {}, `p${index}`)],
    })),
  );
const project = projectWith('a > b | c', 'b > a |', 'c > b > a');
const signal = new AbortController().signal;

let folder: string;
let out: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'touchstone-folder-'));
  out = path.join(folder, 'data');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const exportTo = (to: string, plan: Partial<ExportPlan> = {}, from = project) =>
  exportDatasets(from, { formats: ['trl-sft'], out: to, ...plan }, { signal });
const namesIn = (at: string) => readdirSync(at).sort();

describe('the folder of a data set', () => {
  test('is made with its parents, and nothing is left beside it', async () => {
    await exportTo(path.join(folder, 'deep', 'data'));
    expect(namesIn(path.join(folder, 'deep'))).toEqual(['data']);
    expect(namesIn(path.join(folder, 'deep', 'data'))).toEqual(['README.md', 'manifest.json', 'provenance', 'trl-sft']);
  });

  test('may be there and empty', async () => {
    mkdirSync(out);
    await exportTo(out);
    expect((await verifyDataset(out)).problems).toEqual([]);
  });

  test('keeps its other formats when one is exported again', async () => {
    await exportTo(out, { formats: ['trl-sft', 'trl-kto'] });
    const kto = readFileSync(path.join(out, 'trl-kto', 'train.jsonl'), 'utf8');
    const { kept, findings } = await exportTo(out, { formats: ['trl-preference'] });
    expect(kept).toEqual(['trl-sft', 'trl-kto']);
    expect(findings).toEqual([]);
    expect(readFileSync(path.join(out, 'trl-kto', 'train.jsonl'), 'utf8')).toBe(kto);
    expect((await verifyDataset(out)).problems).toEqual([]);
    expect(namesIn(folder)).toEqual(['data']);
  });

  test('says so when what it keeps held out other prompts', async () => {
    await exportTo(out, { formats: ['trl-sft'] });
    const { findings } = await exportTo(out, { formats: ['trl-kto'], seed: 1 });
    expect(findings).toEqual([{ code: 'other-state', format: 'trl-sft' }]);
  });

  test('keeps the license that its owner wrote on the card', async () => {
    await exportTo(out);
    const card = path.join(out, 'README.md');
    writeFileSync(card, readFileSync(card, 'utf8').replace(/^# license.*$/m, 'license: cc-by-4.0'));
    await exportTo(out);
    expect(readFileSync(card, 'utf8')).toMatch(/^---\nlicense: cc-by-4.0\n/);
  });

  const refused: [title: string, prepare: () => void, message: RegExp][] = [
    [
      'holds something else',
      () => (mkdirSync(out), writeFileSync(path.join(out, 'thesis.tex'), 'x')),
      /not a data set of Touchstone.*Choose a new or empty folder/s,
    ],
    [
      'holds a manifest of somebody else',
      () => (mkdirSync(out), writeFileSync(path.join(out, 'manifest.json'), '{"name":"app"}')),
      /not a data set of Touchstone/,
    ],
    ['is a file', () => writeFileSync(out, 'x'), /not a data set of Touchstone/],
    [
      'is a link',
      () => (mkdirSync(path.join(folder, 'real')), symlinkSync(path.join(folder, 'real'), out)),
      /is a link/,
    ],
  ];
  test.each(refused)('is left as it is when it %s', async (_, prepare, message) => {
    prepare();
    const before = readdirSync(folder, { recursive: true });
    await expect(exportTo(out)).rejects.toThrow(message);
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });

  test('is left as it is when files of its owner lie in it', async () => {
    await exportTo(out);
    writeFileSync(path.join(out, 'notes.txt'), 'mine');
    await expect(exportTo(out)).rejects.toThrow(/notes\.txt.*Move them away/s);
    expect(readFileSync(path.join(out, 'notes.txt'), 'utf8')).toBe('mine');
  });

  test('is left as it is when a link was planted in it', async () => {
    await exportTo(out);
    const train = path.join(out, 'trl-sft', 'train.jsonl');
    rmSync(train);
    symlinkSync('/etc/hosts', train);
    await expect(exportTo(out, { formats: ['trl-kto'] })).rejects.toThrow(/trl-sft\/train\.jsonl/);
  });

  test('is left as it is when a format that it would keep was changed by hand', async () => {
    await exportTo(out);
    const train = path.join(out, 'trl-sft', 'train.jsonl');
    writeFileSync(train, readFileSync(train, 'utf8').replace('answer', 'ANSWER'));
    await expect(exportTo(out, { formats: ['trl-kto'] })).rejects.toThrow(/trl-sft\/train\.jsonl was changed/);
    await exportTo(out);
    expect((await verifyDataset(out)).problems).toEqual([]);
  });

  test('is as it was when the export is cancelled', async () => {
    await exportTo(out);
    const before = readFileSync(path.join(out, 'manifest.json'), 'utf8');
    const controller = new AbortController();
    const cancelled = exportDatasets(
      project,
      { formats: ['trl-kto'], out },
      { signal: controller.signal, onProgress: () => controller.abort() },
    );
    await expect(cancelled).rejects.toThrow(/abort/i);
    expect(readFileSync(path.join(out, 'manifest.json'), 'utf8')).toBe(before);
    expect(namesIn(folder)).toEqual(['data']);
  });
});

describe('when the disk fails at any call', () => {
  const at = path.resolve('/data');
  const exportOn = (disk: MemoryDisk) => exportDatasets(project, { formats: ['trl-kto'], out: at }, { signal, disk });

  test('the data set is the former one or the new one, whole, and the error says why', async () => {
    const whole = new MemoryDisk();
    await exportDatasets(project, { formats: ['trl-sft'], out: at }, { signal, disk: whole });
    const former = whole.filesBelow(at);
    const before = [...whole.entries];
    await exportOn(whole);
    const renewed = whole.filesBelow(at);

    for (let failAt = 1; ; failAt++) {
      const disk = new MemoryDisk();
      for (const [name, entry] of before) disk.entries.set(name, entry);
      disk.failAt = failAt;
      const error: unknown = await exportOn(disk).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (disk.nCalls < failAt) break;
      expect(String(error)).toMatch(/Cannot write the data set .*The disk is full/s);
      expect([former, renewed]).toContainEqual(disk.filesBelow(at));
      expect([...disk.entries.keys()].filter((name) => name.includes('.tmp-'))).toEqual([]);
    }
  });

  test('what was moved away by an export that was killed is put back by the next', async () => {
    const disk = new MemoryDisk();
    await exportDatasets(project, { formats: ['trl-sft'], out: at }, { signal, disk });
    await disk.rename(at, path.resolve('/.data.former'));
    await exportOn(disk);
    expect(Object.keys(disk.filesBelow(at))).toContain('trl-sft/train.jsonl');
  });

  test('a write that takes a few bytes at a time loses none', async () => {
    const [slow, quick] = [new MemoryDisk(), new MemoryDisk()];
    slow.writeAtMost = 7;
    await exportOn(slow);
    await exportOn(quick);
    expect(slow.filesBelow(at)).toEqual(quick.filesBelow(at));
  });
});

describe('verifying a data set', () => {
  const damages: [title: string, damage: (file: (name: string) => string) => void, expected: RegExp[]][] = [
    ['a missing file', (file) => rmSync(file('trl-sft/train.jsonl')), [/^trl-sft\/train\.jsonl: it is missing$/]],
    [
      'a file that does not belong',
      (file) => writeFileSync(file('trl-sft/more.jsonl'), ''),
      [/^trl-sft\/more\.jsonl: the manifest does not list it$/],
    ],
    [
      'a changed letter',
      (file) =>
        writeFileSync(
          file('trl-sft/train.jsonl'),
          readFileSync(file('trl-sft/train.jsonl'), 'utf8').replace('answer', 'ANSWER'),
        ),
      [/^trl-sft\/train\.jsonl: its content was changed: SHA-256 [0-9a-f]{64}, not [0-9a-f]{64}$/],
    ],
    [
      'a cut file',
      (file) =>
        writeFileSync(file('trl-sft/train.jsonl'), readFileSync(file('trl-sft/train.jsonl'), 'utf8').slice(0, -9)),
      [
        /it was changed: \d+ bytes, not \d+$/,
        /^trl-sft\/train\.jsonl:2: it is not a line of JSON$/,
        /:2: the last line does not end/,
      ],
    ],
    [
      'bad lines, each with its number',
      (file) => writeFileSync(file('trl-sft/train.jsonl'), '{"prompt":[]}\nno\n{"a":"\\ud83d"}\n'),
      [
        /was changed/,
        /it has 3 rows, not 2$/,
        /^trl-sft\/train\.jsonl:1: it is not a row of this format$/,
        /jsonl:2: it is not a line of JSON$/,
        /jsonl:3: it is not a line of JSON$/,
      ],
    ],
  ];
  test.each(damages)('finds %s', async (_, damage, expected) => {
    await exportTo(out);
    damage((name) => path.join(out, name));
    const found = (await verifyDataset(out)).problems.map(describeVerifyProblem);
    expect(found).toHaveLength(expected.length);
    expected.forEach((pattern, index) => expect(found[index]).toMatch(pattern));
  });

  test('counts what is whole', async () => {
    await exportTo(out, { formats: ['trl-sft', 'touchstone'] });
    expect(await verifyDataset(out)).toEqual({ folder: out, nFiles: 6, nRows: 6, problems: [] });
  });

  test('leaves the card to its owner', async () => {
    await exportTo(out);
    writeFileSync(path.join(out, 'README.md'), '# Mine');
    expect((await verifyDataset(out)).problems).toEqual([]);
  });

  test.each(['nowhere', 'empty'])('refuses a folder that is no data set: %s', async (name) => {
    mkdirSync(path.join(folder, 'empty'));
    await expect(verifyDataset(path.join(folder, name))).rejects.toThrow(/is no data set of Touchstone/);
  });
});

describe('a plan that makes no sense', () => {
  const plans: [plan: Partial<ExportPlan>, message: RegExp][] = [
    [{ formats: ['dpo'] }, /There is no format "dpo"\. Choose among trl-preference, trl-sft/],
    [{ split: 1 }, /A split of 1 cannot be held out/],
    [{ split: NaN }, /A split of NaN/],
    [{ seed: 0.5 }, /0\.5 is no seed/],
  ];
  test.each(plans)('%j is refused', async (plan, message) => expect(exportTo(out, plan)).rejects.toThrow(message));
  test('a project without prompts has nothing to export', async () =>
    expect(exportTo(out, {}, memoryProject([]))).rejects.toThrow(/has no prompts/));
});
