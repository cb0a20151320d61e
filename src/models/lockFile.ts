import { readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { codeOf } from '../store/index.js';

/** A lock without a readable owner is one that is being written, for so long. */
const writingMs = 5_000;
const pollMs = 20;

/**
 * Takes a lock among the processes of this machine: a file that only one can create, holding its process id. The lock of a
 * process that has died is taken over.
 *
 * @returns what gives it back; undefined when somebody holds it.
 */
export async function tryLock(file: string): Promise<(() => Promise<void>) | undefined> {
  for (const isLastTry of [false, true]) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return () => unlink(file).catch(() => undefined);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      if (isLastTry || (await isHeld(file))) return undefined;
      await rm(file, { force: true });
    }
  }
  return undefined;
}

/** Runs a short task under a lock. After `waitMs` it runs without: a list that may miss a row is better than none. */
export async function underLock<R>(file: string, waitMs: number, task: () => Promise<R>): Promise<R> {
  const end = Date.now() + waitMs;
  let release = await tryLock(file);
  while (release === undefined && Date.now() < end) {
    await wait(pollMs);
    release = await tryLock(file);
  }
  try {
    return await task();
  } finally {
    await release?.();
  }
}

async function isHeld(file: string): Promise<boolean> {
  const pid = Number(await readFile(file, 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 0) {
    const status = await stat(file).catch(() => undefined);
    return status !== undefined && Date.now() - status.mtimeMs < writingMs;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
