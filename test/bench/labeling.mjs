// `npm run bench:labeling`: a project of 100,000 prompts and 400,000 candidates, made once in the temporary folder.
// Each measurement runs in a process of its own, beside a plain JSON.parse of every line as its peer. Processor time
// counts more than wall time where other work shares the cores.
import { execFileSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundle, bundled, importBundled } from './bundle.mjs';

const nPrompts = Number(process.env.TOUCHSTONE_BENCH_PROMPTS ?? 100_000);
await bundle(['makeProject', 'openBench']);

const folder = path.join(tmpdir(), `touchstone-bench-${nPrompts}`);
if (!existsSync(folder)) {
  const { makeProject } = await importBundled('makeProject');
  const start = Date.now();
  rmSync(`${folder}.new`, { recursive: true, force: true });
  const nBytes = await makeProject(`${folder}.new`, { nPrompts });
  renameSync(`${folder}.new`, folder);
  console.log(`made ${folder}: ${(nBytes / 1e6).toFixed(0)} MB in ${((Date.now() - start) / 1000).toFixed(1)} s`);
}

const measure = (what) => {
  const args = ['--expose-gc', bundled('openBench'), what, folder];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
};

const peer = measure('parse');
rmSync(path.join(folder, '.touchstone', 'local'), { recursive: true, force: true });
const first = measure('open');
const again = measure('open');
const ms = (value) => `${value.toFixed(0).padStart(6)} ms`;
const ratio = (value) => `${(value / peer.cpuMs).toFixed(2)} of the peer's processor time`;
console.log(`${nPrompts} prompts, ${nPrompts * 4} candidates
peer: JSON.parse of every line   wall ${ms(peer.wallMs)}, processor ${ms(peer.cpuMs)}, ${peer.rssMb} MB over its base`);
for (const [name, run] of [
  ['open, the first time', first],
  ['open, with its index', again],
])
  console.log(`${name}             wall ${ms(run.wallMs)}, processor ${ms(run.cpuMs)} (${ratio(run.cpuMs)}), longest block ${ms(run.blockMs)}
    memory over base: ${run.rssMb} MB resident (peak ${run.peakMb}), ${run.heldMb} MB held
    all checked after        ${ms(run.checkedMs)}, processor ${ms(run.checkedCpuMs)}, longest block ${ms(run.checkedBlockMs)}
    processor time of
${Object.entries(run.queueMs)
  .map(([what, value]) => `    ${what.padEnd(24)} ${value.toFixed(1).padStart(6)} ms`)
  .join('\n')}`);

// Submit to the next prompt painted, from the browser's trace: measured by the browser bench and printed here.
