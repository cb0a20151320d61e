import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { faultOf, headerBytesOfSeed, mutantOf } from './ggufMutator.js';

const folder = await mkdtemp(path.join(tmpdir(), 'gguf-mutants-'));
afterAll(() => rm(folder, { recursive: true }));

/** Every 48th of the first 18,000; test/model/ggufMutants.test.ts takes 100,000 in a small heap. */
test('a broken header is refused, or read as what it says', async () => {
  const file = path.join(folder, 'mutant.gguf');
  const headerBytes = await headerBytesOfSeed(file);
  const faults: string[] = [];
  for (let index = 0; index < 18_000; index += 48) {
    const mutant = mutantOf(index, headerBytes);
    const fault = await faultOf(mutant, file);
    if (fault !== undefined) faults.push(`${mutant.how}: ${fault}`);
  }
  expect(faults).toEqual([]);
});
