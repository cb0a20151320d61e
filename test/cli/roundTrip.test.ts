import fc from 'fast-check';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { inFolder, onlyProgress, touchstone, wholeLines } from './touchstone.js';

/** What another program might bring: one labeler's ranking with ties, some answers corrected, some of those ranked. */
const arbitraryRecord = fc
  .record({
    question: fc.uuid(),
    texts: fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }), { minLength: 2, maxLength: 6 }),
    places: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 8, maxLength: 8 }),
    corrected: fc.array(fc.record({ parent: fc.nat({ max: 5 }), isRanked: fc.boolean() }), { maxLength: 2 }),
  })
  .map(({ question, texts, places, corrected }) => {
    const candidates = texts.map((text, index) => ({ id: `c${index}`, text: `${index} ${text}.` }));
    const corrections = corrected.map(({ parent, isRanked }, index) => ({
      id: `fix${index}`,
      parent: `c${parent % candidates.length}`,
      text: `Better ${index}.`,
      isRanked,
    }));
    const ranked = [...candidates, ...corrections.filter(({ isRanked }) => isRanked)].map(({ id }) => id);
    const ranking = [0, 1, 2, 3]
      .map((place) => ranked.filter((_, index) => places[index] === place))
      .filter((tier) => tier.length > 0);
    return {
      prompt: { id: question, messages: [{ role: 'user', content: question }] },
      candidates,
      judgements: [
        {
          labeler: 'kim',
          ranking,
          corrections: corrections.map(({ id, parent, text }) => ({ id, parent, text })),
        },
      ],
    };
  });
type Record = typeof arbitraryRecord extends fc.Arbitrary<infer T> ? T : never;

/** `question: better > worse`, straight from the record: higher tier over lower, correction over what it corrects. */
function pairsIn({ prompt, candidates, judgements }: Record): string[] {
  return judgements.flatMap(({ ranking, corrections }) => {
    const texts = new Map([...candidates, ...corrections].map(({ id, text }) => [id, text]));
    const tier = new Map(ranking.flatMap((ids, index) => ids.map((id) => [id, index] as const)));
    const pairs: [string, string][] = [...tier].flatMap(([better, high]) =>
      [...tier].flatMap(([worse, low]): [string, string][] => (high < low ? [[better, worse]] : [])),
    );
    for (const { id, parent } of corrections) if (!(tier.has(id) && tier.has(parent))) pairs.push([id, parent]);
    return pairs.map(([better, worse]) => `${prompt.id}: ${texts.get(better)} > ${texts.get(worse)}`);
  });
}

const Turns = z.array(z.object({ role: z.string(), content: z.string() }));
const Row = z.strictObject({ prompt: Turns, chosen: Turns, rejected: Turns });

async function bytesIn(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(path.join(folder, name), 'latin1')] as [string, string]),
    ),
  );
}

describe('300 records through import and export', () => {
  const records = fc.sample(arbitraryRecord, { numRuns: 300, seed: 8 });

  test('give the preferences that they hold, no prompt in two splits, the same bytes twice, and lose nothing', () =>
    inFolder(async (folder) => {
      await touchstone(folder, ['init', 'first']);
      const first = path.join(folder, 'first');
      await writeFile(path.join(folder, 'in.jsonl'), records.map((record) => `${JSON.stringify(record)}\n`).join(''));
      expect(await touchstone(first, ['import', '../in.jsonl'])).toMatchObject({ code: 0, err: onlyProgress });

      // 1. The preferences, over both splits.
      const formats = 'trl-preference,touchstone';
      for (const out of ['one', 'two'])
        expect(await touchstone(first, ['export', '--format', formats, '--out', out, '--split', '0.2'])).toMatchObject({
          code: 0,
        });
      const rowsOf = async (split: string) =>
        wholeLines(await readFile(path.join(first, 'one', 'trl-preference', `${split}.jsonl`), 'utf8')).map((row) =>
          Row.parse(row),
        );
      const splits = { train: await rowsOf('train'), validation: await rowsOf('validation') };
      const content = (turns: z.infer<typeof Turns>) => turns.at(-1)?.content ?? '';
      const found = [...splits.train, ...splits.validation].map(
        ({ prompt, chosen, rejected }) => `${content(prompt)}: ${content(chosen)} > ${content(rejected)}`,
      );
      expect(found.sort()).toEqual(records.flatMap(pairsIn).sort());

      // 2. No prompt in two splits, and both are used.
      const questions = (rows: readonly z.infer<typeof Row>[]) => new Set(rows.map(({ prompt }) => content(prompt)));
      const [train, validation] = [questions(splits.train), questions(splits.validation)];
      expect([...train].filter((question) => validation.has(question))).toEqual([]);
      expect(Math.min(train.size, validation.size)).toBeGreaterThan(20);

      // 3. The same bytes twice.
      expect(await bytesIn(path.join(first, 'one'))).toEqual(await bytesIn(path.join(first, 'two')));

      // 4. The interchange record comes back as it went out.
      await touchstone(folder, ['init', 'second']);
      const second = path.join(folder, 'second');
      const files = ['train', 'validation'].map((split) => path.join(first, 'one', 'touchstone', `${split}.jsonl`));
      expect(await touchstone(second, ['import', ...files])).toMatchObject({ code: 0, err: onlyProgress });
      expect(await touchstone(second, ['export', '--format', formats, '--out', 'one', '--split', '0.2'])).toMatchObject(
        { code: 0 },
      );
      const sorted = (text: string | undefined) => text?.split('\n').sort();
      const [before, after] = [await bytesIn(path.join(first, 'one')), await bytesIn(path.join(second, 'one'))];
      for (const split of ['train', 'validation'])
        for (const format of formats.split(','))
          expect(sorted(after.get(`${format}/${split}.jsonl`))).toEqual(sorted(before.get(`${format}/${split}.jsonl`)));
    }));
});
