import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findProject, initProject, openProject, thisMachine, type Project } from '../../../src/store/index.js';
import { candidateOf, judgementOf, promptOf, readJsonLines } from './samples.js';

let folder: string;
const opened: Project[] = [];
const open = async () => {
  const project = await openProject(folder, { readPromptFile: readJsonLines });
  opened.push(project);
  return project;
};
const reopen = async (project: Project) => {
  await project.close();
  return open();
};
const inProject = (...parts: string[]) => path.join(folder, ...parts);
const journals = (kind: string) => readdir(inProject('.touchstone', kind));

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'touchstone-store-'));
  await initProject(folder, { name: 'sample' });
});
afterEach(async () => {
  for (const project of opened.splice(0)) await project.close();
  await rm(folder, { recursive: true });
});

const prompt = promptOf('What is the capital of France?');
const other = promptOf('What is the capital of Korea?');

describe('a new project', () => {
  test('is a readable touchstone.json, with journals that git joins and a local folder that git ignores', async () => {
    expect(JSON.parse(await readFile(inProject('touchstone.json'), 'utf8'))).toMatchObject({
      version: 1,
      name: 'sample',
    });
    expect(await readFile(inProject('.gitattributes'), 'utf8')).toBe('*.jsonl merge=union text eol=lf\n');
    expect(await readFile(inProject('.touchstone', '.gitignore'), 'utf8')).toBe('local/\n');
  });

  test('is never made over an old one', async () => {
    await expect(initProject(folder)).rejects.toMatchObject({ code: 'project-exists' });
  });

  test('is found from any folder below it', async () => {
    await mkdir(inProject('a', 'b'), { recursive: true });
    expect(await findProject(inProject('a', 'b'))).toBe(folder);
    await expect(findProject('/')).rejects.toMatchObject({ code: 'project-not-found' });
  });
});

describe('what was saved is there when the project is opened again', () => {
  test('prompts, candidates and judgements', async () => {
    const project = await open();
    expect(await project.addPrompts([prompt, other, prompt], { name: 'capitals' })).toEqual({
      nAdded: 2,
      nDuplicates: 1,
    });
    await project.appendCandidates([candidateOf('c1', prompt.id, 'Paris'), candidateOf('c2', prompt.id, '파리')]);
    await project.appendJudgements([judgementOf('j1', prompt.id, { reason: 'too easy' })]);

    const again = await reopen(project);
    expect(again.promptIds).toEqual([prompt.id, other.id]);
    expect(again.prompt(prompt.id)?.messages).toEqual(prompt.messages);
    expect(again.candidatesOf(prompt.id).map((candidate) => candidate.text)).toEqual(['Paris', '파리']);
    expect(again.promptOf(candidateOf('c1', prompt.id).id)).toBe(prompt.id);
    expect(again.judgementsOf(prompt.id)).toEqual([judgementOf('j1', prompt.id, { reason: 'too easy' })]);
    expect(again.problems).toEqual([]);
  });

  test('rows whose id is there already are left out', async () => {
    const project = await open();
    const rows = [judgementOf('j1', prompt.id), judgementOf('j1', prompt.id)];
    await Promise.all([project.appendJudgements(rows), project.appendJudgements(rows)]);
    await project.appendJudgements(rows);
    await project.appendCandidates([candidateOf('c1', prompt.id)]);
    await project.appendCandidates([candidateOf('c1', prompt.id, 'again')]);
    const again = await reopen(project);
    expect(again.judgementsOf(prompt.id)).toHaveLength(1);
    expect(again.candidatesOf(prompt.id).map((candidate) => candidate.text)).toEqual(['answer c1']);
    const [journal = ''] = await journals('judgements');
    expect((await readFile(inProject('.touchstone', 'judgements', journal), 'utf8')).match(/\n/g)).toHaveLength(1);
  });

  test('unknown fields of touchstone.json and of rows are kept', async () => {
    const file = inProject('touchstone.json');
    await writeFile(file, JSON.stringify({ name: 'n', future: { a: [1] } }));
    const project = await open();
    await project.updateConfig({ overlap: 3 });
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ name: 'n', future: { a: [1] }, overlap: 3 });
    await project.appendJudgements([{ ...judgementOf('j1', prompt.id), future: 'kept' }]);
    expect((await reopen(project)).judgementsOf(prompt.id)[0]?.['future']).toBe('kept');
  });

  test('drafts, one a labeler and prompt', async () => {
    const project = await open();
    const draft = (content: unknown) => ({
      promptId: prompt.id,
      labeler: 'kim',
      at: '2026-11-24T12:00:00.000Z',
      content,
    });
    void project.drafts.set(draft(1));
    void project.drafts.set(draft(2));
    await project.drafts.set(draft(3));
    await project.drafts.set({ ...draft('mine'), labeler: 'Kim' });
    const again = await reopen(project);
    expect(again.drafts.get('kim', prompt.id)?.content).toBe(3);
    expect(again.drafts.all()).toHaveLength(2);
    void again.drafts.set(draft(4));
    await again.drafts.delete('kim', prompt.id);
    expect((await reopen(again)).drafts.all().map((one) => one.content)).toEqual(['mine']);
  });

  test('a draft set just before closing', async () => {
    const project = await open();
    void project.drafts.set({ promptId: prompt.id, labeler: 'kim', at: '', content: 'last words' });
    expect((await reopen(project)).drafts.get('kim', prompt.id)?.content).toBe('last words');
  });
});

describe('several writers', () => {
  test('two open projects never write one file, and each sees the other after a refresh', async () => {
    const [one, two] = [await open(), await open()];
    expect(one.writer).not.toBe(two.writer);
    await Promise.all([
      one.appendJudgements([judgementOf('j1', prompt.id)]),
      two.appendJudgements([judgementOf('j2', prompt.id, { at: '2026-11-24T11:00:00.000Z' })]),
    ]);
    await Promise.all([one.refresh(), two.refresh()]);
    expect(one.judgementsOf(prompt.id).map((row) => row.id)).toEqual(['j2', 'j1']);
    expect(two.judgementsOf(prompt.id)).toEqual(one.judgementsOf(prompt.id));
    expect(await journals('judgements')).toHaveLength(2);
  });

  test('the name of a writer that is gone is used again, so that files do not multiply', async () => {
    for (let n = 0; n < 5; n += 1) {
      const project = await open();
      await project.appendJudgements([judgementOf(`j${n}`, prompt.id)]);
      await project.close();
    }
    expect(await journals('judgements')).toHaveLength(1);
    expect((await open()).judgementsOf(prompt.id)).toHaveLength(5);
  });

  test('no two of twenty that open at once get one name', async () => {
    const first = await open();
    await first.close();
    const projects = await Promise.all(Array.from({ length: 20 }, open));
    expect(new Set(projects.map((project) => project.writer)).size).toBe(20);
  });

  test('labelers that differ only in case have files of their own', async () => {
    const project = await open();
    await project.appendJudgements(
      ['Ana', 'ana'].map((labeler) => judgementOf(`j-${labeler}`, prompt.id, { labeler })),
    );
    const names = (await journals('judgements')).map((name) => name.toLowerCase());
    expect(new Set(names).size).toBe(2);
  });

  test('a thousand appends at once are all there, in order, and share their syncs', async () => {
    const project = await open();
    const ids = Array.from({ length: 1000 }, (_, n) => `j${n}`);
    await Promise.all(ids.map((id) => project.appendJudgements([judgementOf(id, prompt.id)])));
    expect((await reopen(project)).judgementsOf(prompt.id).map((row) => row.id)).toEqual(ids);
  });

  test('imports at the same time are both listed', async () => {
    const [one, two] = [await open(), await open()];
    await Promise.all([
      one.addPrompts([prompt], { name: 'same' }),
      one.addPrompts([promptOf('third')], { name: 'same' }),
      two.addPrompts([other], { name: 'same' }),
    ]);
    const third = await open();
    expect(third.config.prompts).toHaveLength(3);
    expect(third.promptIds).toHaveLength(3);
  });

  test('prompts that come one by one stand in one file of each writer', async () => {
    const [one, two] = [await open(), await open()];
    const third = promptOf('third');
    for (const added of [prompt, third]) await one.addPrompts([added], { name: 'chats', to: 'own-file' });
    await two.addPrompts([other], { name: 'chats', to: 'own-file' });
    expect(one.promptIds).toEqual([prompt.id, third.id]);
    await Promise.all([one.refresh(), two.refresh()]);
    const files = [one, two].map(({ writer }) => `prompts/chats.${writer}.jsonl`);
    for (const project of [one, two, await open()]) {
      expect(project.config.prompts).toEqual(files);
      expect(project.promptIds).toEqual([prompt.id, third.id, other.id]);
      expect(project.problems).toEqual([]);
    }
    const lines = (await readFile(inProject(files[0] ?? ''), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual([prompt.id, third.id]);
  });

  test.each([
    ['half a line', '{"id":"p12', false],
    ['a line that lacks its newline', JSON.stringify(promptOf('whole')), true],
  ])('%s that a crash has left stands in nobody’s way', async (_what, remains, isKept) => {
    const project = await open();
    await project.addPrompts([prompt], { name: 'chat', to: 'own-file' });
    const file = inProject('prompts', `chat.${project.writer}.jsonl`);
    await appendFile(file, remains);
    await project.addPrompts([other], { name: 'chat', to: 'own-file' });
    const ids = [prompt.id, ...(isKept ? [promptOf('whole').id] : []), other.id];
    expect(project.promptIds).toEqual(ids);
    expect(project.problems).toEqual([]);
    const torn = inProject('.touchstone', 'local', 'torn', `chat.${project.writer}.jsonl.1`);
    if (!isKept) expect(await readFile(torn, 'utf8')).toBe(remains);
    expect((await reopen(project)).promptIds).toEqual(ids);
  });

  test('rows of others arrive by themselves', async () => {
    const watching = await openProject(folder, { readPromptFile: readJsonLines, watch: 'on' });
    opened.push(watching);
    const changed = new Promise((resolve) => watching.onDidChange(resolve));
    await (await open()).appendJudgements([judgementOf('j1', prompt.id)]);
    expect(await changed).toEqual({ kind: 'judgements', promptIds: [prompt.id] });
  });
});

describe('the world around the files', () => {
  const journalOf = async (project: Project) => {
    await project.appendJudgements(['j1', 'j2', 'j3'].map((id) => judgementOf(id, prompt.id)));
    const [name = ''] = await journals('judgements');
    return inProject('.touchstone', 'judgements', name);
  };
  const codes = (project: Project) => project.problems.map((problem) => `${problem.code}:${problem.line}`);

  test('a torn last line of our own file is set aside and reported, the rest loads', async () => {
    const project = await open();
    const file = await journalOf(project);
    await project.close();
    await appendFile(file, '{"id":"j4","promp');
    const again = await open();
    expect(codes(again)).toEqual(['journal-torn:4']);
    expect(again.judgementsOf(prompt.id)).toHaveLength(3);
    const [torn = ''] = await readdir(inProject('.touchstone', 'local', 'torn'));
    expect(await readFile(inProject('.touchstone', 'local', 'torn', torn), 'utf8')).toBe('{"id":"j4","promp');
    await again.appendJudgements([judgementOf('j4', prompt.id)]);
    expect((await reopen(again)).judgementsOf(prompt.id)).toHaveLength(4);
  });

  test("another writer's unfinished line is left alone and read when it is whole", async () => {
    const project = await open();
    const theirs = await open();
    const file = await journalOf(theirs);
    const whole = await readFile(file);
    await theirs.close();
    await writeFile(file, whole.subarray(0, whole.length - 10));
    await project.refresh();
    expect(project.judgementsOf(prompt.id)).toHaveLength(2);
    expect(codes(project)).toEqual([]);
    expect((await readFile(file)).length).toBe(whole.length - 10);
    await appendFile(file, whole.subarray(whole.length - 10));
    await project.refresh();
    expect(project.judgementsOf(prompt.id)).toHaveLength(3);
  });

  test('every flipped bit of a row is seen; the line is reported, kept and skipped', async () => {
    const project = await open();
    const file = await journalOf(project);
    await project.close();
    const bytes = await readFile(file);
    const start = bytes.indexOf('\n') + 1;
    const end = bytes.indexOf('\n', start);
    for (const at of [start, start + 9, Math.floor((start + end) / 2), end - 30, end - 12, end - 1]) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
      await writeFile(file, flipped);
      const again = await open();
      expect(again.judgementsOf(prompt.id).map((row) => row.id)).toEqual(['j1', 'j3']);
      expect(again.problems.map((problem) => problem.line)).toEqual([2]);
      await again.close();
      expect(await readFile(file)).toEqual(flipped);
    }
  });

  test('conflict markers are recognised and both sides are read; a row merged twice counts once', async () => {
    const project = await open();
    const file = await journalOf(project);
    await project.close();
    const [a, b, c] = (await readFile(file, 'utf8')).trimEnd().split('\n');
    await writeFile(file, `${a}\n<<<<<<< HEAD\n${b}\n=======\n${b}\n${c}\n>>>>>>> theirs\n`);
    const again = await open();
    expect(again.judgementsOf(prompt.id).map((row) => row.id)).toEqual(['j1', 'j2', 'j3']);
    expect(codes(again)).toEqual(['journal-conflict:2']);
  });

  test('Windows line ends, a byte order mark and blank lines are read', async () => {
    const project = await open();
    const file = await journalOf(project);
    await project.close();
    await writeFile(file, `\uFEFF${(await readFile(file, 'utf8')).replaceAll('\n', '\r\n\r\n')}`);
    const again = await open();
    expect(again.judgementsOf(prompt.id)).toHaveLength(3);
    expect(again.problems).toEqual([]);
  });

  test.each(['kim.x (1).jsonl', 'kim.x conflicted copy 2026.jsonl', 'kim.x-DESKTOP-AB.jsonl', 'kim.x 2.jsonl'])(
    'a copy named %s is a journal of its own, in any order of files the project is the same',
    async (name) => {
      const project = await open();
      const file = await journalOf(project);
      const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
      await project.close();
      await writeFile(file, `${lines[0]}\n${lines[2]}\n`);
      await writeFile(path.join(path.dirname(file), name), `${lines[1]}\n${lines[0]}\n`);
      expect((await open()).judgementsOf(prompt.id).map((row) => row.id)).toEqual(['j1', 'j2', 'j3']);
    },
  );

  test('rows that a replaced journal has lost are kept in memory and can be saved again', async () => {
    const project = await open();
    const file = await journalOf(project);
    const [first] = (await readFile(file, 'utf8')).split('\n');
    await writeFile(`${file}.new`, `${first}\n`);
    await rename(`${file}.new`, file);
    await project.refresh();
    expect(codes(project)).toEqual(['journal-shrunk:1']);
    expect(project.nUnsaved).toBe(2);
    await project.retry();
    expect(project.nUnsaved).toBe(0);
    expect((await reopen(project)).judgementsOf(prompt.id).map((row) => row.id)).toEqual(['j1', 'j2', 'j3']);
  });

  test('an append meets a file that git replaced a moment ago', async () => {
    const project = await open();
    const file = await journalOf(project);
    await writeFile(`${file}.new`, '');
    await rename(`${file}.new`, file);
    await project.appendJudgements([judgementOf('j4', prompt.id)]);
    expect((await reopen(project)).judgementsOf(prompt.id)).toHaveLength(4);
  });

  test('a row of a newer version is kept, skipped and reported', async () => {
    const project = await open();
    await project.appendJudgements([judgementOf('j1', prompt.id)]);
    // What a newer version writes: a status that this one does not know.
    const newer = { ...judgementOf('j2', prompt.id), status: 'pondered' };
    await project.close();
    const { encodeLine } = await import('../../../src/store/journalLine.js');
    const file = inProject('.touchstone', 'judgements', 'ana.ffffff.jsonl');
    await writeFile(file, encodeLine(newer, { writer: 'ffffff', seq: 1 }));
    const again = await open();
    expect(again.judgementsOf(prompt.id).map((row) => row.id)).toEqual(['j1']);
    expect(codes(again)).toEqual(['journal-row:1']);
  });

  test('a clock that is set back does not change the order of one writer', async () => {
    const project = await open();
    await project.appendJudgements([judgementOf('late', prompt.id, { at: '2026-11-24T12:00:00Z' })]);
    await project.appendJudgements([judgementOf('early', prompt.id, { at: '2026-11-24T10:00:00Z' })]);
    expect((await reopen(project)).judgementsOf(prompt.id).map((row) => row.id)).toEqual(['late', 'early']);
  });

  test('a prompt file outside the project, or a link that leads there, is not read', async () => {
    const secret = await mkdtemp(path.join(tmpdir(), 'touchstone-secret-'));
    await writeFile(path.join(secret, 'p.jsonl'), `${JSON.stringify(prompt)}\n`);
    await symlink(path.join(secret, 'p.jsonl'), inProject('link.jsonl'));
    const names = [path.join(secret, 'p.jsonl'), '../x.jsonl', 'link.jsonl', 'gone.jsonl'];
    await writeFile(inProject('touchstone.json'), JSON.stringify({ name: 'n', prompts: names }));
    const project = await open();
    expect(project.promptIds).toEqual([]);
    expect(project.problems.map((problem) => problem.code)).toEqual([
      'prompt-file-outside',
      'prompt-file-outside',
      'prompt-file-outside',
      'prompt-file-missing',
    ]);
    await rm(secret, { recursive: true });
  });

  test('a link in place of a journal folder is refused; one in place of a journal is not read', async () => {
    await mkdir(inProject('.touchstone', 'candidates'));
    await symlink('/etc/passwd', inProject('.touchstone', 'candidates', 'evil.jsonl'));
    const project = await open();
    expect(codes(project)).toEqual(['journal-not-a-file:1']);
    await symlink(tmpdir(), inProject('.touchstone', 'judgements'));
    await expect(open()).rejects.toMatchObject({ code: 'outside-project' });
  });

  test.each([
    ['{', 'project-file-invalid'],
    ['[]', 'project-file-invalid'],
    ['{"name": ""}', 'project-file-invalid'],
    ['{"name": "n", "version": 2}', 'project-file-newer'],
  ])('touchstone.json with %s is refused with the reason', async (text, code) => {
    await writeFile(inProject('touchstone.json'), text);
    await expect(open()).rejects.toMatchObject({ code });
  });

  const forbiddenId = '{"name": "n", "rubric": [{"id": "__proto__", "label": "P", "min": 1, "max": 5}]}';
  test.each([
    ['no object', '[]', 'expected record, received array'],
    ['a rubric of no such name', '{"name": "n", "rubric": "helpster"}', 'rubric: Invalid input: expected "helpsteer"'],
    ['an id that no object can have', forbiddenId, 'rubric.0.id: cannot be empty or __proto__'],
    ['an attribute without a label', '{"name": "n", "rubric": [{"id": "a", "min": 1, "max": 5}]}', 'rubric.0.label: '],
  ])('what is wrong with %s is said in words, with its place', async (_what, text, reason) => {
    await writeFile(inProject('touchstone.json'), text);
    const error = await open().catch((thrown: unknown) => thrown);
    expect(String(error)).toContain(reason);
    expect(String(error)).not.toMatch(/Invalid input\.|invalid_type/);
  });

  test('a change of touchstone.json in an editor is seen', async () => {
    const project = await open();
    await project.addPrompts([prompt], { name: 'a' });
    const config = JSON.parse(await readFile(inProject('touchstone.json'), 'utf8'));
    await writeFile(inProject('touchstone.json'), JSON.stringify({ ...config, overlap: 2, prompts: [] }));
    await project.refresh();
    expect(project.config.overlap).toBe(2);
    expect(project.promptIds).toEqual([]);
  });

  test.each([
    ['a comma too many', '{\n  "name": "n",\n}\n', 'JSON', { line: 2, column: 0 }],
    ['its end missing', '{\n  "name": "n"\n', 'JSON', { line: 2, column: 0 }],
    ['a way to judge that is none', '{\n  "name": "n",\n  "mode": "guess"\n}\n', 'mode: ', { line: 2, column: 2 }],
    ['nothing in it', '{}', 'name: ', { line: 0, column: 0 }],
  ])(
    'touchstone.json with %s: what held goes on holding, and what is wrong is told with its place',
    async (_what, text, reason, place) => {
      const project = await open();
      await project.addPrompts([prompt], { name: 'a' });
      await project.updateConfig({ overlap: 2 });
      const good = await readFile(inProject('touchstone.json'), 'utf8');
      const told: (string | undefined)[] = [];
      project.onDidChange(({ kind }) => {
        if (kind === 'config') told.push(project.fileProblem?.message);
      });

      await writeFile(inProject('touchstone.json'), text);
      await expect(project.refresh()).rejects.toMatchObject({ code: 'project-file-invalid' });
      expect(project.config.overlap).toBe(2);
      expect(project.promptIds).toEqual([prompt.id]);
      expect(project.fileProblem).toMatchObject(place);
      expect(project.fileProblem?.message).toContain(reason);
      // Told once, not at every look.
      await expect(project.refresh()).rejects.toThrow();
      expect(told).toHaveLength(1);
      // A change would be made of what nobody can read.
      await expect(project.updateConfig({ overlap: 3 })).rejects.toThrow();
      expect(await readFile(inProject('touchstone.json'), 'utf8')).toBe(text);
      // Work goes on.
      await project.appendCandidates([candidateOf('c0000000000000001', prompt.id, 'Paris.')]);

      await writeFile(inProject('touchstone.json'), good);
      await project.refresh();
      expect(project.fileProblem).toBeUndefined();
      expect(told).toEqual([expect.stringContaining(reason), undefined]);
    },
  );

  test('touchstone.json is changed also while it is being read', async () => {
    const project = await open();
    for (let n = 1; n <= 20; n += 1) {
      const looks = [project.refresh(), project.refresh()];
      // In the middle of a look, after as many turns as it may take to come there.
      for (let turn = 0; turn < n; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      await Promise.all([
        ...looks,
        project.updateConfig({ overlap: n }),
        project.updateConfig({ guidelines: `${n}.md` }),
      ]);
      expect(project.config).toMatchObject({ overlap: n, guidelines: `${n}.md` });
    }
    expect(JSON.parse(await readFile(inProject('touchstone.json'), 'utf8'))).toMatchObject({ overlap: 20 });
    await project.close();
  });

  test('a lock of a living process is respected, one of a copied folder is not taken over', async () => {
    const project = await open();
    const { writer } = project;
    await project.close();
    const dead = { ...thisMachine, pid: 99_999_999 };
    const elsewhere = await openProject(folder, {
      readPromptFile: readJsonLines,
      machine: { ...dead, host: 'elsewhere' },
    });
    expect(elsewhere.writer).not.toBe(writer);
    await elsewhere.close();
  });
});
