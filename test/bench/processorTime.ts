import { readdir, readFile } from 'node:fs/promises';

/** Processor time since the machine's start, milliseconds. */
export interface ProcessorTime {
  /** Of the whole machine, all cores together. */
  readonly machine: number;
  /** Of this process and all that descend from it, those that have ended included. */
  readonly own: number;
}

/** A tick of `/proc`: Linux tells times in hundredths of a second, whatever the kernel counts in. */
const tickMs = 10;

/**
 * What the machine has spent, and what of it is ours. Time of a process that has ended stands with its parent once that has
 * waited for it, so that starting and ending count as ours too. Zeros where there is no `/proc`.
 */
export async function processorTime(): Promise<ProcessorTime> {
  const [line = ''] = (await readFile('/proc/stat', 'utf8').catch(() => '')).split('\n');
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(/\s+/).slice(1).map(Number);
  const processes = await runningProcesses();
  const ids = new Set([process.pid]);
  // Parents may stand behind their children.
  for (let n = 0; n !== ids.size;) {
    n = ids.size;
    for (const { id, parent } of processes) if (ids.has(parent)) ids.add(id);
  }
  const own = processes.filter(({ id }) => ids.has(id)).reduce((sum, { ticks }) => sum + ticks, 0);
  return { machine: (user + nice + system + irq + softirq + steal) * tickMs, own: own * tickMs };
}

/** Cores that others kept busy between two looks. */
export const othersBusy = (before: ProcessorTime, after: ProcessorTime, wallMs: number): number =>
  Math.max(0, after.machine - before.machine - (after.own - before.own)) / wallMs;

async function runningProcesses() {
  const names = await readdir('/proc').catch(() => []);
  const stats = await Promise.all(
    names.filter((name) => /^\d+$/.test(name)).map((name) => readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')),
  );
  return stats.flatMap((stat) => {
    // The second field is the program's name in brackets, which may hold blanks and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [id, parent] = [Number.parseInt(stat), Number(fields[1])];
    // proc(5): utime, stime, and those of children that were waited for.
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return Number.isNaN(id) || Number.isNaN(ticks) ? [] : [{ id, parent, ticks }];
  });
}
