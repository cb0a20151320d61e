/**
 * Runs one program and keeps its output: `node runTask.cjs RUN_FOLDER`. VS Code gives no task's output to an extension, so
 * this small process stands between: what the program prints goes on to the terminal and into `log.txt`, how it ended into
 * `run.json`. Program and arguments come from the record, as they were shown; no shell reads them. A signal is passed on.
 */
import { spawn } from 'node:child_process';
import { createWriteStream, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { logFileName, runFileName } from './runFiles.js';
import type { RunRecord } from './runRecord.js';

const folder = path.resolve(process.argv[2] ?? '.');
const file = path.join(folder, runFileName);
const record = readRecord(readFileSync(file, 'utf8'));

/** By hand: a schema library would be a hundred times as much code as the rest of this process. */
function readRecord(text: string): Record<string, unknown> & Pick<RunRecord, 'command' | 'endedAt'> {
  const read: unknown = JSON.parse(text);
  if (!isObject(read) || !isObject(read['command'])) throw new TypeError(`${file} is no record of a run`);
  const { program, args, cwd } = read['command'];
  const isWhole = typeof program === 'string' && typeof cwd === 'string' && Array.isArray(args);
  if (!isWhole || !args.every((argument) => typeof argument === 'string'))
    throw new TypeError(`${file} does not say what to run`);
  return { ...read, command: { program, args, cwd } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function note(change: Partial<RunRecord>): void {
  Object.assign(record, change);
  writeFileSync(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/** Time between a polite signal and the one that cannot be refused, in milliseconds. */
const patienceMs = 5_000;

const { program, args, cwd } = record.command;
// A run runs once: a task that is started again finds its log there and ends here.
const log = createWriteStream('', { fd: openSync(path.join(folder, logFileName), 'wx') });
const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
note({ pid: process.pid });
// A group of its own: trainers start workers, and a stop has to reach those too.
const hasGroups = process.platform !== 'win32';
const child = spawn(program, args, {
  cwd,
  env,
  stdio: ['ignore', 'pipe', 'pipe'],
  windowsHide: true,
  detached: hasGroups,
});
child.stdout.on('data', (bytes: Buffer) => void (process.stdout.write(bytes), log.write(bytes)));
child.stderr.on('data', (bytes: Buffer) => void (process.stderr.write(bytes), log.write(bytes)));

let asked: NodeJS.Signals | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    asked = signal;
    stop(signal === 'SIGHUP' ? 'SIGTERM' : signal);
    setTimeout(() => stop('SIGKILL'), patienceMs).unref();
  });

function stop(signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (!hasGroups) {
    spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The whole group has ended already.
  }
}

child.once('error', (error) => end({ exitCode: null, problem: error.message }));
child.once('close', (exitCode, signal) => {
  const how = signal ?? asked;
  end({ exitCode, ...(how === undefined ? {} : { signal: how }) });
});

let hasEnded = false;
function end(how: Pick<RunRecord, 'exitCode' | 'signal' | 'problem'>): void {
  if (hasEnded) return;
  hasEnded = true;
  if (how.problem !== undefined) process.stderr.write(`${how.problem}\n`);
  // Who reads of the end finds the whole log.
  log.end(() => {
    note({ ...how, endedAt: new Date().toISOString() });
    process.exit(how.exitCode ?? (how.problem === undefined ? 130 : 127));
  });
}
