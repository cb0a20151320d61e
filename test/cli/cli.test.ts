import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  answersIn,
  inFolder,
  onlyProgress,
  record,
  shownIn,
  ShownPrompt,
  start,
  touchstone,
  wholeLines,
} from './touchstone.js';

/** A project with one prompt and four answers. */
const inProject = <R>(work: (folder: string, shown: ShownPrompt) => Promise<R>): Promise<R> =>
  inFolder(async (folder) => {
    await touchstone(folder, ['init']);
    await writeFile(path.join(folder, 'in.jsonl'), `${record}\n`);
    expect(await touchstone(folder, ['import', 'in.jsonl'])).toMatchObject({ code: 0, err: onlyProgress });
    return work(folder, await shownIn(folder));
  });

describe('the command line itself', () => {
  test.each([
    [[], /Usage: touchstone/],
    [['bogus'], /unknown command 'bogus'/],
    [['show', '--bogus'], /unknown option '--bogus'/],
    [['import'], /missing required argument 'files'/],
    [['export', '--out', 'x'], /required option '--format/],
    [['export', '--format', 'trl-nope', '--out', 'x'], /no format "trl-nope"/],
    [['export', '--format', 'trl-sft', '--out', 'x', '--split', '1'], /less than 1/],
    [['import', 'x', '--as', 'nope'], /nope/],
    [['generate', '--n', '0'], /whole number of 1 to 8/],
    [['generate', '--shard', '5/4'], /i\/n/],
    [['generate', '--temperature', 'hot'], /number/],
  ])('%j is wrong: exit code 2, the reason on stderr, nothing on stdout', async (args, reason) => {
    const { code, out, err } = await inFolder((folder) => touchstone(folder, args));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(reason);
  });

  test('help and version are answers: exit code 0, on stdout', async () => {
    expect(await inFolder((folder) => touchstone(folder, ['--version']))).toEqual({ code: 0, out: '0.1.0\n', err: '' });
    expect(await inFolder((folder) => touchstone(folder, ['export', '--help']))).toMatchObject({ code: 0, err: '' });
  });

  test.each([['show'], ['stats'], ['judge'], ['export', '--format', 'trl-sft', '--out', 'x']])(
    '%s without a project fails with exit code 1 and says what to do',
    async (...args) => {
      const { code, out, err } = await inFolder((folder) => touchstone(folder, args));
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toMatch(/no touchstone\.json .* "touchstone init"/s);
    },
  );
});

test('a language model of VS Code in the line-up is told to answer in the editor only; nothing is written', () =>
  inProject(async (folder) => {
    const file = path.join(folder, 'touchstone.json');
    const config = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(file, 'utf8')));
    await writeFile(file, JSON.stringify({ ...config, candidates: 8, lineUp: ['vscode:acme/big/big/1'] }));
    const { code, out, err } = await touchstone(folder, ['generate']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^vscode:acme\/big\/big\/1 is a language model of VS Code.*--model/);
  }));

describe('init, import, show, stats', () => {
  test('init writes a project once', () =>
    inFolder(async (folder) => {
      expect(await touchstone(folder, ['init', 'sub', '--name', 'capitals', '--json'])).toMatchObject({ code: 0 });
      expect(JSON.parse(await readFile(path.join(folder, 'sub', 'touchstone.json'), 'utf8'))).toMatchObject({
        name: 'capitals',
        prompts: [],
      });
      expect(await touchstone(folder, ['init', 'sub'])).toMatchObject({ code: 1, err: /is there already/ });
    }));

  test('init takes a way to judge, with as many candidates as it shows', () =>
    inFolder(async (folder) => {
      const written = async (mode: string) => {
        await touchstone(folder, ['init', mode, '--mode', mode]);
        return JSON.parse(await readFile(path.join(folder, mode, 'touchstone.json'), 'utf8')) as unknown;
      };
      expect(await written('pair')).toMatchObject({ mode: 'pair', candidates: 2 });
      expect(await written('thumbs')).toMatchObject({ mode: 'thumbs', candidates: 1 });
      expect(await written('rate')).toMatchObject({ mode: 'rate', candidates: 4, rubric: 'helpsteer' });
      expect(await touchstone(folder, ['init', 'x', '--mode', 'guess'])).toMatchObject({ code: 2 });
      // A file that does not say the number: as a person may write it.
      await writeFile(path.join(folder, 'touchstone.json'), '{"name":"by hand","mode":"pair"}');
      expect(JSON.parse((await touchstone(folder, ['stats', '--json'])).out)).toMatchObject({ name: 'by hand' });
    }));

  test('bad rows are listed as file:line: reason, the good ones go in; --strict writes nothing', () =>
    inFolder(async (folder) => {
      await touchstone(folder, ['init']);
      await writeFile(path.join(folder, 'p.jsonl'), '{"prompt":"one"}\nnot json\n{"prompt":"two"}\n');
      const strict = await touchstone(folder, ['import', 'p.jsonl', '--strict']);
      expect(strict).toMatchObject({ code: 1, out: '', err: expect.stringContaining('Nothing was written') });
      expect(JSON.parse((await touchstone(folder, ['stats', '--json'])).out)).toMatchObject({ prompts: 0 });
      const { code, err } = await touchstone(folder, ['import', 'p.jsonl']);
      expect(code).toBe(0);
      expect(err).toMatch(/p\.jsonl:2: /);
      expect(JSON.parse((await touchstone(folder, ['stats', '--json'])).out)).toMatchObject({ prompts: 2 });
      expect(JSON.parse((await touchstone(folder, ['import', 'p.jsonl', '--json'])).out)).toMatchObject({
        nPrompts: 0,
        nDuplicates: 2,
      });
    }));

  test('show lists ids and texts; of one prompt everything', () =>
    inProject(async (folder, { prompt, candidates }) => {
      const all = await touchstone(folder, ['show']);
      expect(all.out).toBe(
        [
          `${prompt.id}  What is the capital of France?`,
          ...candidates.map(({ id, text }) => `  ${id}  ${text}`),
          '',
        ].join('\n'),
      );
      const one = await touchstone(path.join(folder, 'prompts'), ['show', prompt.id, '--json']);
      expect(JSON.parse(one.out)).toMatchObject({ prompt: { id: prompt.id }, candidates });
      expect(await touchstone(folder, ['show', 'nope'])).toMatchObject({ code: 1, out: '' });
      expect(await touchstone('/', ['show', '--project', folder])).toMatchObject({ code: 0, out: all.out });
    }));

  test('stats tells of judgements whose prompts are in no file any more', () =>
    inFolder(async (folder) => {
      await touchstone(folder, ['init']);
      const judged = { ...JSON.parse(record), judgements: [{ labeler: 'kim', ranking: [['a'], ['b']] }] };
      await writeFile(path.join(folder, 'p.jsonl'), JSON.stringify(judged));
      await touchstone(folder, ['import', 'p.jsonl']);
      expect((await touchstone(folder, ['stats'])).err).toBe('');
      const file = path.join(folder, 'touchstone.json');
      await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), prompts: [] }));
      const { out, err } = await touchstone(folder, ['stats']);
      expect(out).toContain('0 judgements submitted');
      expect(err).toMatch(/in no file that touchstone\.json lists: 1 prompt\./);
    }));

  test('--json escapes every control of a hostile text', () =>
    inFolder(async (folder) => {
      await touchstone(folder, ['init']);
      const prompt = 'a\u001b]0;owned\u0007\u009b31m\u007f\u2028b';
      await writeFile(path.join(folder, 'p.jsonl'), JSON.stringify({ prompt }));
      await touchstone(folder, ['import', 'p.jsonl']);
      const { out } = await touchstone(folder, ['show', '--json']);
      // eslint-disable-next-line no-control-regex
      expect(out.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      expect((await shownIn(folder)).prompt.messages[0]?.content).toBe(prompt);
    }));
});

describe('judge', () => {
  test('takes every way to judge, and stats measures what two labelers said', () =>
    inProject(async (folder, { prompt, candidates }) => {
      const [a = '', b = ''] = candidates.map(({ id }) => id);
      const said: object[] = [
        { mode: 'rank', ranking: [[a], [b]] },
        { mode: 'pair', shown: { order: [b, a] }, strength: -2 },
        { mode: 'best', best: a },
        { mode: 'rate', ratings: { [a]: { helpfulness: 3 } } },
        { mode: 'steps', steps: { [a]: [{ text: 'One.', label: 'wrong', reason: 'It is two.' }] } },
        { mode: 'thumbs', thumbs: { [a]: true }, spans: { [a]: [{ start: 0, end: 2, flag: 'unsafe' }] } },
        { mode: 'compose', corrections: [{ text: 'ab', parts: [{ text: 'a', from: a, start: 0, end: 1 }] }] },
      ];
      const lines = said.map((each, index) =>
        JSON.stringify({ prompt: prompt.id, labeler: `labeler${index}`, ...each }),
      );
      const { code, out } = await touchstone(folder, ['judge'], lines.join('\n'));
      expect({ code, n: answersIn(out).filter(({ ok }) => ok).length }).toEqual({ code: 0, n: said.length });
      const { judgements = [] } = await shownIn(folder);
      expect(judgements).toMatchObject(said);

      const stats = await touchstone(folder, ['stats']);
      expect(stats.out).toMatch(/^ranking: 100 % \(.*n = 3\) alike$/m);
      expect(JSON.parse((await touchstone(folder, ['stats', '--json'])).out)).toMatchObject({
        agreement: { nCompared: 0 },
        figures: { agreement: [{ on: 'ranking', percent: { value: 1, n: 3 } }] },
      });
    }));

  test('refuses what a way to judge does not allow', () =>
    inProject(async (folder, { prompt, candidates }) => {
      const a = candidates[0]?.id ?? '';
      const cases: [said: object, reason: RegExp][] = [
        [{ strength: 2 }, /shown\.order/],
        [{ mode: 'guess', best: a }, /mode/],
        [{ steps: { [a]: [{ text: 'x', label: 'bad' }] } }, /label/],
        [{ spans: { [a]: [{ start: 2, end: 2, flag: 'unsafe' }] } }, /from 2 to 2/],
        [{ thumbs: { zzz: true } }, /thumbs: "zzz"/],
        [{ mode: 'thumbs', thumbs: {} }, /needs a ranking/],
      ];
      const lines = cases.map(([said]) => JSON.stringify({ prompt: prompt.id, labeler: 'kim', ...said }));
      expect(answersIn((await touchstone(folder, ['judge'], lines.join('\n'))).out)).toEqual(
        cases.map(([, reason]) => ({ ok: false, error: expect.stringMatching(reason) })),
      );
    }));

  test('refuses what lies off the scales of the project', () =>
    inProject(async (folder, { prompt, candidates }) => {
      const file = path.join(folder, 'touchstone.json');
      await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), mode: 'rate' }));
      const [a = ''] = candidates.map(({ id }) => id);
      const line = (helpfulness: number) =>
        JSON.stringify({ prompt: prompt.id, labeler: 'kim', ratings: { [a]: { helpfulness } } });
      const { out } = await touchstone(folder, ['judge'], [line(44), line(4)].join('\n'));
      expect(answersIn(out)).toMatchObject([
        { ok: false, error: 'ratings: helpfulness is 44, and its scale goes from 0 to 4' },
        { ok: true },
      ]);
    }));

  test('answers a line for each judgement, in order; bad ones are refused and the good ones go on', () =>
    inProject(async (folder, { prompt, candidates }) => {
      const [a, b, c, d] = candidates.map(({ id }) => id);
      const good = { prompt: prompt.id, labeler: 'kim', ranking: [[a], [b, c], [d]] };
      const input = [
        JSON.stringify(good),
        '{"prompt": ',
        JSON.stringify({ ...good, prompt: 'p0' }),
        JSON.stringify({ ...good, ranking: [['zzz']] }),
        JSON.stringify({ ...good, labeler: undefined }),
        JSON.stringify({ ...good, labeler: '../x' }),
        JSON.stringify({ prompt: prompt.id, labeler: 'kim' }),
        '',
        JSON.stringify({ ...good, id: 'j1', labeler: 'ana', corrections: [{ parent: b, text: 'Paris.' }], future: 7 }),
        JSON.stringify({ ...good, id: 'j1', labeler: 'ana', rationale: 'something else' }),
        JSON.stringify({ prompt: prompt.id, labeler: 'lee', status: 'skipped', reason: 'too easy' }),
      ].join('\n');
      const { code, out, err } = await touchstone(folder, ['judge'], input);
      expect({ code, err }).toEqual({ code: 1, err: '' });
      expect(answersIn(out)).toEqual([
        { ok: true, id: expect.stringMatching(/^j[0-9a-f]{16}$/) },
        { ok: false, error: expect.stringContaining('not JSON') },
        { ok: false, error: expect.stringContaining('no prompt "p0"') },
        { ok: false, error: expect.stringContaining('"zzz" is not a candidate') },
        { ok: false, error: expect.stringContaining('labeler') },
        { ok: false, error: expect.stringContaining('labeler') },
        { ok: false, error: expect.stringContaining('needs a ranking') },
        { ok: true, id: 'j1' },
        { ok: false, error: expect.stringContaining('"j1" is taken') },
        { ok: true, id: expect.any(String) },
      ]);
      const shown = await shownIn(folder);
      expect(shown.judgements).toHaveLength(3);
      const corrected = shown.judgements.find(({ id }) => id === 'j1');
      expect(corrected).toMatchObject({ status: 'submitted', future: 7 });
      expect(corrected?.corrections?.[0]).toMatchObject({ id: expect.stringMatching(/^c/), parent: b, text: 'Paris.' });
    }));

  test('a judgement sent again with its id is one judgement', () =>
    inProject(async (folder, { prompt, candidates }) => {
      const line = JSON.stringify({ id: 'j1', prompt: prompt.id, labeler: 'kim', ranking: [[candidates[0]?.id]] });
      expect(answersIn((await touchstone(folder, ['judge'], `${line}\n${line}\n`)).out)).toEqual([
        { ok: true, id: 'j1' },
        { ok: true, id: 'j1' },
      ]);
      expect(await touchstone(folder, ['judge'], line)).toMatchObject({ code: 0, out: '{"ok":true,"id":"j1"}\n' });
      const shown = await shownIn(folder);
      expect(shown.judgements).toHaveLength(1);
    }));

  test('answers at once, without waiting for the end of stdin', () =>
    inProject(async (folder, { prompt, candidates }) => {
      const child = start(['judge'], folder);
      const closed = new Promise((resolve) => child.once('close', resolve));
      const answered = new Promise((resolve) => child.stdout?.once('data', resolve));
      child.stdin?.write(`${JSON.stringify({ prompt: prompt.id, labeler: 'kim', ranking: [[candidates[0]?.id]] })}\n`);
      expect(String(await answered)).toMatch(/^\{"ok":true/);
      child.stdin?.end();
      expect(await closed).toBe(0);
    }));

  test('Ctrl-C ends it with exit code 130; what was acknowledged stays', () =>
    inProject(async (folder, { prompt, candidates }) => {
      const child = start(['judge'], folder);
      const closed = new Promise((resolve) => child.once('close', resolve));
      const answered = new Promise((resolve) => child.stdout?.once('data', resolve));
      child.stdin?.write(`${JSON.stringify({ prompt: prompt.id, labeler: 'kim', ranking: [[candidates[0]?.id]] })}\n`);
      await answered;
      child.kill('SIGINT');
      expect(await closed).toBe(130);
      expect((await shownIn(folder)).judgements).toHaveLength(1);
    }));

  test('5,000 judgements through one pipe share their syncs', () =>
    inProject(async (folder, { prompt, candidates }) => {
      const input = Array.from({ length: 5000 }, (_, n) =>
        JSON.stringify({ id: `j${n}`, prompt: prompt.id, labeler: 'kim', ranking: [[candidates[n % 4]?.id]] }),
      ).join('\n');
      const { code, out } = await touchstone(folder, ['judge'], input);
      expect(code).toBe(0);
      expect(answersIn(out)).toEqual(Array.from({ length: 5000 }, (_, n) => ({ ok: true, id: `j${n}` })));
    }));
});

describe('export and verify', () => {
  test('a data set is what its manifest says, until a byte of it changes', () =>
    inProject(async (folder, { prompt, candidates }) => {
      const ranking = candidates.map(({ id }) => [id]);
      await touchstone(folder, ['judge'], JSON.stringify({ prompt: prompt.id, labeler: 'kim', ranking }));
      const args = ['export', '--format', 'trl-preference,touchstone', '--out', 'ds', '--split', '0', '--json'];
      const report = await touchstone(folder, args);
      expect(report).toMatchObject({ code: 0 });
      const { formats } = z
        .object({ formats: z.array(z.object({ format: z.string() })) })
        .parse(JSON.parse(report.out));
      expect(formats.map(({ format }) => format)).toEqual(['trl-preference', 'touchstone']);
      expect(wholeLines(await readFile(path.join(folder, 'ds', 'trl-preference', 'train.jsonl'), 'utf8'))).toHaveLength(
        6,
      );
      expect(await touchstone(folder, ['verify', 'ds'])).toMatchObject({ code: 0, err: '' });
      await writeFile(path.join(folder, 'ds', 'trl-preference', 'train.jsonl'), '{}\n');
      const bad = await touchstone(folder, ['verify', 'ds']);
      expect(bad).toMatchObject({ code: 1, out: '' });
      expect(bad.err).toMatch(/trl-preference\/train\.jsonl/);
    }));

  test('the ids of an exported record are those that judge takes', () =>
    inProject(async (folder) => {
      await touchstone(folder, ['export', '--format', 'touchstone', '--out', 'ds', '--split', '0']);
      const [exported] = wholeLines(await readFile(path.join(folder, 'ds', 'touchstone', 'train.jsonl'), 'utf8'));
      const { prompt, candidates } = ShownPrompt.parse(exported);
      const line = JSON.stringify({ prompt: prompt.id, labeler: 'kim', ranking: [[candidates[0]?.id]] });
      expect(await touchstone(folder, ['judge'], line)).toMatchObject({ code: 0 });
    }));
});

test('many calls of judge leave one journal for each labeler', () =>
  inProject(async (folder, { prompt, candidates }) => {
    for (let n = 0; n < 5; n += 1)
      await touchstone(
        folder,
        ['judge'],
        JSON.stringify({ prompt: prompt.id, labeler: 'kim', ranking: [[candidates[0]?.id]] }),
      );
    expect(await readdir(path.join(folder, '.touchstone', 'judgements'))).toHaveLength(1);
  }));
