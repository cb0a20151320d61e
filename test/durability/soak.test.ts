import { build } from 'esbuild';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { promptFileReader } from '../../src/prompts/index.js';
import { openProject } from '../../src/store/index.js';
import { makeProject } from '../bench/makeProject.js';
import { answersIn, start } from '../cli/touchstone.js';

/** `npm run test:durability` takes ten minutes. */
const seconds = Number(process.env['TOUCHSTONE_SOAK_SECONDS'] ?? 30);
const killEveryMs = seconds > 60 ? 20_000 : 3000;

const windowFile = path.resolve('out/durability/labelerWindow.mjs');
const Said = z.looseObject({
  ms: z.number(),
  saved: z.string().optional(),
  asked: z.string().optional(),
  seen: z.string().optional(),
});

/** What all processes said, with the time at which each said it. */
class Ledger {
  readonly asked = new Set<string>();
  readonly savedMs = new Map<string, number>();
  readonly delaysMs: number[] = [];
  readonly #seen: { readonly id: string; readonly ms: number }[] = [];

  take(line: string): void {
    const { ms, asked, saved, seen } = Said.parse(JSON.parse(line));
    if (asked !== undefined) this.asked.add(asked);
    if (saved !== undefined) this.savedMs.set(saved, ms);
    if (seen !== undefined) this.#seen.push({ id: seen, ms });
  }

  /** From on disk in one process to known in another, median; rows that a process found when it opened do not count. */
  medianDelayMs(): number {
    const delays = this.#seen.flatMap(({ id, ms }) => {
      const savedMs = this.savedMs.get(id);
      return savedMs === undefined ? [] : [ms - savedMs];
    });
    return delays.sort((a, b) => a - b)[Math.floor(delays.length / 2)] ?? Number.POSITIVE_INFINITY;
  }
}

/** A process that is started again whenever it is killed. */
class Immortal {
  nKilled = 0;
  #child: ChildProcess;
  #closed: Promise<void>;
  #isEnding = false;
  private readonly complaints: string[] = [];

  constructor(
    private readonly folder: string,
    private readonly labeler: string,
    private readonly ledger: Ledger,
  ) {
    [this.#child, this.#closed] = this.#start();
  }

  kill(): void {
    this.nKilled += 1;
    this.#child.kill('SIGKILL');
  }

  async end(): Promise<readonly string[]> {
    this.#isEnding = true;
    this.#child.kill('SIGKILL');
    await this.#closed;
    return this.complaints;
  }

  #start(): [ChildProcess, Promise<void>] {
    const child = spawn(process.execPath, [windowFile, this.folder, this.labeler], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.ledger.take(line);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.complaints.push(text));
    const closed = new Promise<void>((resolve) =>
      child.once('close', () => {
        if (!this.#isEnding) [this.#child, this.#closed] = this.#start();
        resolve();
      }),
    );
    return [child, closed];
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test(
  `two labelers, two windows and a terminal for ${seconds} s, a window killed every ${killEveryMs / 1000} s: nothing lost, nothing doubled, rows seen within a second`,
  async () => {
    await build({
      entryPoints: ['test/durability/labelerWindow.ts'],
      outfile: windowFile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
      banner: { js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);" },
    });
    const folder = await mkdtemp(path.join(tmpdir(), 'touchstone-soak-'));
    try {
      await makeProject(folder, { nPrompts: seconds * 30, candidatesPerPrompt: 2, nJudged: 0 });
      await writeFile(
        path.join(folder, 'touchstone.json'),
        JSON.stringify({ name: 'soak', prompts: ['prompts/bench.jsonl'], overlap: 3 }),
      );
      const ledger = new Ledger();
      const project = await openProject(folder, { readPromptFile: promptFileReader(folder) });
      const terminalLines = project.promptIds.map((promptId, n) => ({
        id: `j-lee-${n}`,
        prompt: promptId,
        labeler: 'lee',
        ranking: project.candidatesOf(promptId).map((candidate) => [candidate.id]),
        rationale: `j-lee-${n} `.repeat(100),
      }));
      await project.close();

      const windows = ['kim', 'ana'].map((labeler) => new Immortal(folder, labeler, ledger));
      const terminal = start(['judge'], folder);
      let terminalOut = '';
      terminal.stdout?.setEncoding('utf8').on('data', (text: string) => {
        terminalOut += text;
        for (const answer of answersIn(text.slice(0, text.lastIndexOf('\n') + 1)))
          if (answer.ok) ledger.savedMs.set(answer.id, Date.now());
      });
      const terminalClosed = new Promise((resolve) => terminal.once('close', resolve));
      const endMs = Date.now() + seconds * 1000;
      let nextKillMs = Date.now() + killEveryMs;
      for (let n = 0; Date.now() < endMs; n += 1) {
        const line = terminalLines[n];
        if (line !== undefined) {
          ledger.asked.add(line.id);
          terminal.stdin?.write(`${JSON.stringify(line)}\n`);
        }
        if (Date.now() > nextKillMs) {
          nextKillMs += killEveryMs;
          windows[n % 2]?.kill();
        }
        await pause(60);
      }
      terminal.stdin?.end();
      await terminalClosed;
      const complaints = (await Promise.all(windows.map((window) => window.end()))).flat();
      expect(complaints).toEqual([]);
      expect(answersIn(terminalOut).filter((answer) => !answer.ok)).toEqual([]);
      const nKilled = windows.reduce((sum, window) => sum + window.nKilled, 0);
      expect(nKilled).toBeGreaterThan((seconds * 1000) / killEveryMs / 2);

      const after = await openProject(folder, { readPromptFile: promptFileReader(folder) });
      const rows = after.promptIds.flatMap((promptId) => after.judgementsOf(promptId));
      const ids = rows.map((row): string => row.id);
      const there = new Set(ids);
      expect([...ledger.savedMs.keys()].filter((id) => !there.has(id))).toEqual([]);
      expect(ids.filter((id) => !ledger.asked.has(id))).toEqual([]);
      expect(there.size).toBe(ids.length);
      for (const row of rows) expect(row.rationale).toBe(`${row.id} `.repeat(100));
      // Nobody judged a prompt twice, though windows died between the disk and the acknowledgement.
      expect(new Set(rows.map((row) => `${row.labeler} ${row.promptId}`)).size).toBe(rows.length);
      expect(after.problems.filter((problem) => problem.code !== 'journal-torn')).toEqual([]);
      await after.close();

      const medianMs = ledger.medianDelayMs();
      console.log(
        `${ids.length} judgements, ${nKilled} windows killed, rows of others known after ${medianMs} ms (median)`,
      );
      expect(ledger.savedMs.size).toBeGreaterThan(seconds * 10);
      expect(medianMs).toBeLessThan(1000);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  (seconds + 120) * 1000,
);
