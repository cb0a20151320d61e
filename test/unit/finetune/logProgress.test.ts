import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { percentDone, percentIn } from '../../../src/finetune/logProgress.js';

const bar = (done: number) => `${String(done).padStart(3)}%|████      | ${done}/100 [00:10<00:03,  7.1it/s]`;

test.each<[log: string, percent: number | undefined]>([
  ['', undefined],
  ['loss 0.7, accuracy 76%\n', undefined],
  ['Map: 100%|██████████| 12/12 [00:00<00:00]\n', undefined],
  [`\r${bar(0)}\r${bar(1)}\r${bar(76)}`, 76],
  [`${bar(10)}\n{'loss': 0.69}\n${bar(11)}\nMap: 100%|██| 3/3\n`, 11],
  ['999%|', 100],
])('how far a run is, in %j', (log, percent) => expect(percentIn(log)).toBe(percent));

test('is read from the end of its log, and from none', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'touchstone-log-'));
  const file = path.join(folder, 'log.txt');
  expect(await percentDone(file)).toBeUndefined();
  await writeFile(file, Array.from({ length: 101 }, (_, done) => `\r${bar(done)}`).join(''));
  expect(await percentDone(file)).toBe(100);
  await rm(folder, { recursive: true });
});
