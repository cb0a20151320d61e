import { open } from 'node:fs/promises';

/** Of a log; a bar is written again and again, so the last one is near its end. Bytes. */
const tailBytes = 4096;

/**
 * How far a trainer says that it is, in percent: the last bar that tqdm has drawn at the beginning of a line (` 76%|███▌ | 76/100`),
 * as Hugging Face's trainers do for their steps. Bars with a name before them are of preparations. Undefined without one.
 */
export function percentIn(log: string): number | undefined {
  const last = [...log.matchAll(/(?<=^|[\r\n])[ \t]*(\d{1,3})%\|/g)].at(-1)?.[1];
  return last === undefined ? undefined : Math.min(100, Number(last));
}

/** The same of a log on the disk; undefined also while there is none. */
export async function percentDone(logFile: string): Promise<number | undefined> {
  try {
    const file = await open(logFile);
    try {
      const { size } = await file.stat();
      const start = Math.max(0, size - tailBytes);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
      return percentIn(buffer.toString('utf8', 0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
