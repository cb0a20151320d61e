// `npm run bench:labeling`: a project of 100,000 prompts and 400,000 candidates, made once in the temporary folder.
// Each measurement runs in a process of its own, beside a plain JSON.parse of every line as its peer; then the packaged
// extension in a real workbench, beside the same on a project of a hundred prompts. Processor time counts more than wall
// time where other work shares the cores. `-- store` leaves the workbench out, `-- browser` all else.
import { execFileSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundle, bundled, importBundled } from './bundle.mjs';

const nPrompts = Number(process.env.TOUCHSTONE_BENCH_PROMPTS ?? 100_000);
await bundle(['makeProject', 'openBench', 'labelingBrowser']);

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

const only = process.argv[2];
const ms = (value) => `${value.toFixed(0).padStart(6)} ms`;
/** @type {{ readonly what: string, readonly value: number, readonly unit: string, readonly most: number }[]} */
const targets = [];
const hold = (what, value, unit, most) => targets.push({ what, value, unit, most });

console.log(`${nPrompts} prompts, ${nPrompts * 4} candidates`);
if (only !== 'browser') measureStore();
if (only !== 'store') measureBrowser();

console.log('\ntargets');
for (const { what, value, unit, most } of targets) {
  const isMet = value <= most;
  if (!isMet) process.exitCode = 1;
  console.log(
    `${isMet ? 'met    ' : 'NOT MET'} ${what.padEnd(62)} ${value.toFixed(unit === '' ? 4 : 0).padStart(6)} ${unit} (at most ${most})`,
  );
}

function measureStore() {
  const peer = measure('parse');
  rmSync(path.join(folder, '.touchstone', 'local'), { recursive: true, force: true });
  const first = measure('open');
  const again = measure('open');
  const ratio = (value) => `${(value / peer.cpuMs).toFixed(2)} of the peer's processor time`;
  console.log(
    `peer: JSON.parse of every line   wall ${ms(peer.wallMs)}, processor ${ms(peer.cpuMs)}, ${peer.rssMb} MB over its base`,
  );
  for (const [name, run] of [
    ['open, the first time', first],
    ['open, with its index', again],
  ])
    console.log(`${name}: its queue is there after ${ms(run.shownMs)}, processor ${ms(run.shownCpuMs)}
    its answers too                ${ms(run.wallMs)}, processor ${ms(run.cpuMs)} (${ratio(run.cpuMs)}), longest block ${ms(run.blockMs)}
    memory over base: ${run.rssMb} MB resident (peak ${run.peakMb}), ${run.heldMb} MB held
    all checked after        ${ms(run.checkedMs)}, processor ${ms(run.checkedCpuMs)}, longest block ${ms(run.checkedBlockMs)}
    processor time of             first run   best of five
${Object.entries(run.queueMs)
  .map(
    ([what, { first, best }]) =>
      `    ${what.padEnd(24)} ${first.toFixed(1).padStart(11)} ms ${best.toFixed(1).padStart(11)} ms`,
  )
  .join('\n')}`);
  hold('opens the first time, without an index', first.shownMs, 'ms', 1000);
  hold('opens with its index', again.shownMs, 'ms', 1000);
  hold('holds the extension host for', Math.max(first.blockMs, again.blockMs), 'ms', 50);
  const slowest = Math.max(...Object.values(first.queueMs).map(({ best }) => best));
  hold('filters, searches and pages of the queue, the slowest', slowest, 'ms', 50);
  hold('memory over its base', Math.max(first.rssMb, again.rssMb), 'MB', 200);
}

function measureBrowser() {
  const args = [bundled('labelingBrowser'), folder];
  const output = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const { peer, first, again } = JSON.parse(output.trim().split('\n').at(-1) ?? '');
  const line = (what, key, unit = 'ms', digits = 0) => {
    const cell = (value) => `${value.toFixed(digits)} ${unit}`.padStart(11);
    const ratio = peer[key] === 0 ? '' : `  ${(first[key] / peer[key]).toFixed(2)} of the peer`;
    console.log(`    ${what.padEnd(48)}${cell(peer[key])}${cell(first[key])}${cell(again[key])}${ratio}`);
  };
  console.log(`
in the workbench                                    100 prompts    no index    its index`);
  line('opened: reading begins to shown in the status bar', 'openMs');
  line('Start Labeling to four answers painted', 'panelMs');
  line(`Enter to the next prompt painted, median of ${first.nNext}`, 'nextMs', 'ms', 1);
  line('    the longest', 'nextMaxMs', 'ms', 1);
  line('layout shift while a prompt is read', 'shift', '', 4);
  line('    of the workbench around the panel', 'shiftAround', '', 4);
  line('a search of the queue, key to painted rows', 'filterMs');
  line('frames while the queue is scrolled, 19 of 20 within', 'scrollMs', 'ms', 1);
  line('memory of the extension host', 'hostMb', 'MB');
  hold('in the workbench: opens the first time', first.openMs, 'ms', 1000);
  hold('in the workbench: Enter to the next prompt painted, median', first.nextMs, 'ms', 100);
  hold('in the workbench: layout shift while a prompt is read', first.shift + again.shift, '', 0);
  hold('in the workbench: a frame of the scrolled queue', first.scrollMs, 'ms', 50);
  hold(
    'in the workbench: extension host over that of 100 prompts',
    Math.max(first.hostMb, again.hostMb) - peer.hostMb,
    'MB',
    200,
  );
}
