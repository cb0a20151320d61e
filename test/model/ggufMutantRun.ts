import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { faultOf, headerBytesOfSeed, mutantOf } from '../unit/models/ggufMutator.js';

/**
 * Breaks a GGUF file in so many ways (first argument) and prints one line of JSON: the faults, the slowest mutant and the
 * growth of memory. Run by ggufMutants.test.ts in a process with a small heap.
 */
const nMutants = Number(process.argv[2] ?? 100_000);
const folder = await mkdtemp(path.join(tmpdir(), 'gguf-mutants-'));
const file = path.join(folder, 'mutant.gguf');
const headerBytes = await headerBytesOfSeed(file);
const baseBytes = process.memoryUsage().rss;
const faults: string[] = [];
let slowestMs = 0;
let peakBytes = baseBytes;
for (let index = 0; index < nMutants; index++) {
  const mutant = mutantOf(index, headerBytes);
  const start = performance.now();
  const fault = await faultOf(mutant, file);
  slowestMs = Math.max(slowestMs, performance.now() - start);
  if (index % 64 === 0) peakBytes = Math.max(peakBytes, process.memoryUsage().rss);
  if (fault !== undefined) faults.push(`${mutant.how}: ${fault}`);
}
await rm(folder, { recursive: true });
const grownMiB = Math.round((peakBytes - baseBytes) / 1024 / 1024);
process.stdout.write(`${JSON.stringify({ nMutants, faults: faults.slice(0, 20), slowestMs, grownMiB })}\n`);
