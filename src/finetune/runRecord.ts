import { z } from 'zod';

/** `run.json` of a run: what ran on what, and how it ended. Loose: fields of a newer version survive. */
export const RunRecord = z.looseObject({
  version: z.literal(1),
  name: z.string(),
  preset: z.string(),
  model: z.string(),
  command: z.looseObject({ program: z.string(), args: z.array(z.string()), cwd: z.string() }),
  dataset: z.looseObject({ folder: z.string(), format: z.string(), manifestSha256: z.string() }),
  /** ISO 8601, UTC. */
  startedAt: z.iso.datetime(),
  /** Process that keeps the log, while it runs. */
  pid: z.int().optional(),
  endedAt: z.iso.datetime().optional(),
  /** Of the program; null when a signal ended it or it could not be started. */
  exitCode: z.int().nullable().optional(),
  signal: z.string().optional(),
  /** Why it could not be started. */
  problem: z.string().optional(),
});
export type RunRecord = z.infer<typeof RunRecord>;

/** A task that VS Code has been asked for takes a moment until its process is there. */
const startingMs = 30_000;

/** `lost`: it began and nobody wrote down its end, e.g. after a power cut. */
export type RunState = 'running' | 'done' | 'failed' | 'stopped' | 'lost';

/** @param isAlive whether a process of this number is there. @param now milliseconds since 1970. */
export function runStateOf(record: RunRecord, isAlive: (pid: number) => boolean, now: number): RunState {
  if (record.endedAt === undefined) {
    const isGoing = record.pid === undefined ? now - Date.parse(record.startedAt) < startingMs : isAlive(record.pid);
    return isGoing ? 'running' : 'lost';
  }
  if (record.exitCode === 0) return 'done';
  return record.signal === undefined ? 'failed' : 'stopped';
}
