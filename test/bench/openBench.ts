/**
 * One measurement of `npm run bench:labeling`, in a process of its own; prints JSON. `parse`: every line of the project
 * through JSON.parse. `open`: until the queue can be shown, until the first prompt with its answers is at hand, then the queue.
 */
import { createReadStream, existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { LabelingQueue } from '../../src/labeling/labelingQueue.js';
import { progressOf } from '../../src/labeling/progressOf.js';
import { promptFileReader } from '../../src/prompts/index.js';
import { beginOpening } from '../../src/store/index.js';
import { findFiltered, groupsOf } from '../../src/views/queueFilter.js';

const [what = '', folder = ''] = process.argv.slice(2);
const collect = (): void => globalThis.gc?.();
const mb = (bytes: number): number => Math.round(bytes / 1e6);
const held = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

collect();
const base = { rss: process.memoryUsage().rss, held: held() };
let peak = base.rss;
const sampler = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 10);

class Span {
  readonly #wall = performance.now();
  readonly #cpu = process.cpuUsage();
  readonly #delay = monitorEventLoopDelay({ resolution: 5 });
  constructor() {
    this.#delay.enable();
  }
  /** So far; may be asked again. */
  end() {
    const { user, system } = process.cpuUsage(this.#cpu);
    return { wallMs: performance.now() - this.#wall, cpuMs: (user + system) / 1000, blockMs: this.#delay.max / 1e6 };
  }
}

if (what === 'parse') {
  const span = new Span();
  let nRows = 0;
  for (const name of ['prompts', '.touchstone/candidates', '.touchstone/judgements'])
    for (const file of await readdir(path.join(folder, name)))
      for await (const line of createInterface({ input: createReadStream(path.join(folder, name, file)) })) {
        JSON.parse(line);
        nRows += 1;
      }
  console.log(JSON.stringify({ ...span.end(), nRows, rssMb: mb(process.memoryUsage().rss - base.rss) }));
} else {
  const span = new Span();
  const { outline, whole } = await beginOpening(folder, { readPromptFile: promptFileReader(folder), watch: 'on' });
  const shown = new LabelingQueue(outline, 'kim');
  if (outline.prompt(shown.idsOf('open')[0] ?? ('' as never)) === undefined) throw new Error('no prompt can be shown');
  const { wallMs: shownMs, cpuMs: shownCpuMs } = span.end();
  const project = await whole;
  const queue = new LabelingQueue(project, 'kim');
  const [first] = queue.upcoming(undefined, new Set());
  if (first === undefined || project.prompt(first) === undefined || project.candidatesOf(first).length !== 4)
    throw new Error('the first prompt is not there');
  const opened = span.end();
  collect();
  const rssMb = mb(process.memoryUsage().rss - base.rss);
  const heldMb = mb(held() - base.held);
  const peakMb = mb(peak - base.rss);

  // Before the queue is measured, whose processor time is that of the process.
  const checking = new Span();
  await project.checked;
  const checked = checking.end();

  const queueMs: Record<string, { first: number; best: number }> = {};
  /** Processor time of the first run in this process, as a person meets it, and the best of five: others share the cores. */
  const time = async (name: string, work: () => unknown): Promise<void> => {
    const times: number[] = [];
    for (let run = 0; run < 5; run += 1) {
      const span = new Span();
      await work();
      times.push(span.end().cpuMs);
    }
    queueMs[name] = { first: times[0] ?? 0, best: Math.min(...times) };
  };
  await time('first page', () => page(queue.idsOf('open').slice(0, 200)));
  await time('page 300', () => page(queue.idsOf('open').slice(60_000, 60_200)));
  await time('next prompt', () => queue.upcoming(first, new Set()).next());
  await time('progress', () => progressOf(queue, new Date()));
  await time('filter: flag', () => groupsOf(project, queue, { flag: 'hallucination' }, 'project', undefined));
  await time('filter: labeler, sorted', () => groupsOf(project, queue, { labeler: 'kim' }, 'latest', undefined));
  await time('filter: file', () => groupsOf(project, queue, { file: 'prompts/bench.jsonl' }, 'project', undefined));
  for (const [name, filter] of [
    ['search: a rare text', { text: '99999: ' }],
    ['search: a frequent text', { text: 'only' }],
    ['filter: metadata', { metadata: { key: 'topic', value: 'was' } }],
  ] as const)
    await time(name, async () =>
      groupsOf(project, queue, filter, 'project', await findFiltered(project, filter, new AbortController().signal)),
    );
  function page(ids: readonly Parameters<typeof project.prompt>[0][]): void {
    for (const id of ids) if (project.prompt(id) === undefined) throw new Error(`${id} is not there`);
  }
  console.log(
    JSON.stringify({
      ...opened,
      shownMs,
      shownCpuMs,
      rssMb,
      heldMb,
      peakMb,
      queueMs,
      checkedMs: checked.wallMs,
      checkedCpuMs: checked.cpuMs,
      checkedBlockMs: checked.blockMs,
      nProblems: project.problems.length,
      hasIndex: existsSync(path.join(folder, '.touchstone', 'local', 'index')),
    }),
  );
  await project.close();
}
clearInterval(sampler);
