import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { answersIn, inFolder, ShownPrompt, touchstone, wholeLines } from './touchstone.js';

const record = (question: string, gold?: unknown) => ({
  prompt: { messages: [{ role: 'user', content: question }], ...(gold === undefined ? {} : { gold }) },
  candidates: ['a', 'b', 'c'].map((id) => ({ id, text: `${question} ${id}` })),
});
const Exported = z.looseObject({
  prompt: z.looseObject({ gold: z.unknown().optional() }),
  judgements: z.unknown().optional(),
});

test('gold prompts: taken in, measured by labeler, written back, and in no other format', () =>
  inFolder(async (folder) => {
    await touchstone(folder, ['init']);
    const rows = [record('one', [['a'], ['b'], ['c']]), record('two', { ranking: [['b'], ['x']] }), record('three')];
    await writeFile(path.join(folder, 'in.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const taken = await touchstone(folder, ['import', 'in.jsonl']);
    expect(taken.err).toMatch(/in\.jsonl:2: .*"x"/);
    expect(taken.out).toContain('New: 3 prompts, 9 candidates, 0 judgements. There already: 0 prompts.');
    expect(taken.out).toContain('With a gold now: 1 prompt.');

    const shown = z.array(ShownPrompt).parse(JSON.parse((await touchstone(folder, ['show', '--json'])).out));
    const promptOf = (question: string) =>
      shown.find(({ prompt }) => prompt.messages[0]?.content === question) ?? expect.fail(`no prompt ${question}`);
    const said = (question: string, labeler: string, letters: string, more: object = {}) => {
      const { prompt, candidates } = promptOf(question);
      const ids = [...letters].map((letter) => candidates.find(({ text }) => text.endsWith(letter))?.id);
      return JSON.stringify({
        prompt: prompt.id,
        labeler,
        ranking: ids.map((id) => [id]),
        shown: { order: ids },
        ...more,
      });
    };
    const judged = [
      said('one', 'kim', 'abc'),
      said('one', 'ana', 'acb'),
      said('three', 'kim', 'abc'),
      said('three', 'kim', 'acb', { pass: 1 }),
    ];
    const answers = answersIn((await touchstone(folder, ['judge'], judged.join('\n'))).out);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(judged.length);

    const stats = await touchstone(folder, ['stats']);
    expect(stats.out).toMatch(/^1 prompt with gold$/m);
    expect(stats.out).toMatch(/^with gold: 83 % \(.* to .*, n = 6\) alike$/m);
    expect(stats.out).toMatch(/^with gold, ana: 67 % \(.*n = 3\) alike$/m);
    expect(stats.out).toMatch(/^with gold, kim: 100 % \(.*n = 3\) alike$/m);
    expect(stats.out).toMatch(/^with oneself, order turned: 67 % \(.*n = 3\) alike$/m);
    const json = z
      .looseObject({ figures: z.unknown() })
      .parse(JSON.parse((await touchstone(folder, ['stats', '--json'])).out));
    // What came again is no judgement more.
    expect(json).toMatchObject({ gold: 1, submitted: 3, figures: { gold: { all: { n: 6 } }, self: { n: 3 } } });

    await touchstone(folder, ['export', '--format', 'touchstone,trl-preference', '--out', 'out', '--split', '0']);
    const read = async (format: string) =>
      wholeLines(await readFile(path.join(folder, 'out', format, 'train.jsonl'), 'utf8'));
    const records = (await read('touchstone')).map((row) => Exported.parse(row));
    expect(records.map(({ prompt }) => prompt.gold !== undefined)).toEqual([true, false, false]);
    expect(records[2]?.judgements).toMatchObject([{ labeler: 'kim' }, { labeler: 'kim', pass: 1 }]);
    const pairs = await read('trl-preference');
    // Three of kim's and ana's first prompt, of which one is undecided; three of kim's other, by the first word alone.
    expect(pairs).toHaveLength(5);
    expect(JSON.stringify(pairs)).not.toContain('gold');

    await touchstone(folder, ['init', 'other']);
    const other = path.join(folder, 'other');
    await touchstone(other, ['import', path.join(folder, 'out', 'touchstone', 'train.jsonl')]);
    expect(JSON.parse((await touchstone(other, ['stats', '--json'])).out)).toMatchObject({ figures: json.figures });
  }));
