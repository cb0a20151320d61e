import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { inFolder, ShownPrompt, start, touchstone } from '../cli/touchstone.js';

const nCandidatesIn = async (folder: string): Promise<number[]> => {
  const { out } = await touchstone(folder, ['show', '--json']);
  const shown = z.array(ShownPrompt).parse(JSON.parse(out));
  return shown.map(({ candidates }) => candidates.length);
};

test('generate with the default model: Ctrl-C leaves whole prompts, the next run writes what is missing', () =>
  inFolder(async (folder) => {
    await touchstone(folder, ['init']);
    const prompts = ['Name a river.', 'Name a mountain.', 'Name a city.', 'Name a lake.'];
    await writeFile(path.join(folder, 'p.jsonl'), prompts.map((prompt) => `${JSON.stringify({ prompt })}\n`).join(''));
    await touchstone(folder, ['import', 'p.jsonl']);

    const args = ['generate', '--n', '2', '--max-tokens', '40', '--device', 'cpu'];
    const child = start(args, folder);
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.stderr?.on('data', (text: Buffer) => {
      if (text.toString().includes('tokens/s')) child.kill('SIGINT');
    });
    expect(await closed).toBe(130);
    for (const n of await nCandidatesIn(folder)) expect([0, 2]).toContain(n);

    expect(await touchstone(folder, args)).toMatchObject({ code: 0 });
    expect(await nCandidatesIn(folder)).toEqual([2, 2, 2, 2]);
    expect((await touchstone(folder, [...args, '--json'])).out).toContain('"candidates":0');
  }));

test('temperature 0 gives the same answer to everybody', () =>
  inFolder(async (folder) => {
    await touchstone(folder, ['init']);
    await writeFile(path.join(folder, 'p.txt'), 'What is the capital of France?\n');
    await touchstone(folder, ['import', 'p.txt']);
    await touchstone(folder, ['generate', '--n', '2', '--max-tokens', '12', '--temperature', '0', '--device', 'cpu']);
    const [shown] = z.array(ShownPrompt).parse(JSON.parse((await touchstone(folder, ['show', '--json'])).out));
    expect(new Set(shown?.candidates.map(({ text }) => text)).size).toBe(1);
    expect(z.array(z.unknown()).parse(shown?.candidates[0]?.['logprobs']).length).toBeGreaterThan(0);
  }));
