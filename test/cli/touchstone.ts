import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { z } from 'zod';

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

/** On stderr: nothing but how far an import is, which it says where it takes more than two seconds. */
export const onlyProgress: unknown = expect.stringMatching(/^(?:[^\n]*: \d+ rows?\n)*$/);

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

/** What `show --json` prints of a prompt, as far as tests look at it. */
export const ShownPrompt = z.object({
  prompt: z.object({ id: z.string(), messages: z.array(z.object({ content: z.string() })) }),
  candidates: z.array(z.looseObject({ id: z.string(), text: z.string() })),
  judgements: z
    .array(
      z.looseObject({
        id: z.string(),
        labeler: z.string(),
        rationale: z.string().optional(),
        corrections: z.array(z.looseObject({ id: z.string() })).optional(),
      }),
    )
    .default([]),
});
export type ShownPrompt = z.infer<typeof ShownPrompt>;

/** The only prompt of a project. */
export async function shownIn(folder: string): Promise<ShownPrompt> {
  const { code, out } = await touchstone(folder, ['show', '--json']);
  const [shown] = z.array(ShownPrompt).parse(JSON.parse(out));
  if (code !== 0 || shown === undefined) throw new Error(`show ended with ${code}`);
  return shown;
}

/** An answer of `judge`. */
export const Answer = z.union([
  z.strictObject({ ok: z.literal(true), id: z.string() }),
  z.strictObject({ ok: z.literal(false), error: z.string() }),
]);
export type Answer = z.infer<typeof Answer>;

/** The lines that are whole; the last one may be half where a process was killed. */
export const wholeLines = (text: string): unknown[] =>
  text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));

export const answersIn = (out: string): Answer[] => wholeLines(out).map((line) => Answer.parse(line));
