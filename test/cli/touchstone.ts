import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const cliFile = path.resolve('dist/cli.cjs');
if (!existsSync(cliFile)) throw new Error('dist/cli.cjs is missing: run "npm run build" first.');

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export const start = (args: readonly string[], cwd: string): ChildProcess =>
  spawn(process.execPath, [cliFile, ...args], { cwd, stdio: 'pipe' });

/** Runs the built command line as a person would. */
export function touchstone(cwd: string, args: readonly string[], input = ''): Promise<Outcome> {
  const child = start(args, cwd);
  let [out, err] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

/** A folder that is gone after the work. */
export async function inFolder<R>(work: (folder: string) => Promise<R>): Promise<R> {
  const folder = await mkdtemp(path.join(tmpdir(), 'touchstone-cli-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One prompt with four answers, as an interchange record. */
export const record = JSON.stringify({
  prompt: { messages: [{ role: 'user', content: 'What is the capital of France?' }] },
  candidates: ['Paris', 'Lyon', 'Nice', 'Lille'].map((text, index) => ({ id: 'abcd'[index], text })),
});

export interface ShownPrompt {
  readonly prompt: { readonly id: string };
  readonly candidates: readonly { readonly id: string; readonly text: string }[];
  readonly judgements: readonly { readonly id: string; readonly labeler: string; readonly rationale?: string }[];
}
