import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exportDatasets } from '../../src/datasets/index.js';
import { fineTuneCommand, type FineTuneCommand } from '../../src/finetune/fineTuneCommand.js';
import { presets } from '../../src/finetune/presets.js';
import { runStateOf } from '../../src/finetune/runRecord.js';
import { claimRunFolder, datasetFor, listRuns, writeRun } from '../../src/finetune/runs.js';
import { Candidate, Prompt } from '../../src/core/index.js';
import { says } from '../unit/core/says.js';
import { memoryProject } from '../unit/datasets/memoryProject.js';
import { payloads } from '../unit/finetune/payloads.js';

let scratch: string;
let project: string;
let runTask: string;
beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'touchstone-run-'));
  runTask = path.join(scratch, 'runTask.cjs');
  const entry = path.resolve('src/finetune/runTask.ts');
  await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: runTask,
    logLevel: 'error',
  });
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
beforeEach(() => void (project = mkdtempSync(path.join(scratch, 'project-'))));

const custom = presets.find(({ id }) => id === 'custom') ?? expect.fail();
const sft = presets.find(({ id }) => id === 'trl-sft') ?? expect.fail();
const dataset = { folder: '/data', format: 'trl-sft', hasValidation: false, manifestSha256: '0'.repeat(64) } as const;

/** A program of Node that plays the trainer. */
function trainer(source: string, name = 'trainer.cjs'): string {
  const file = path.join(project, name);
  writeFileSync(file, source);
  return file;
}

/** Claims a run, writes it and starts its task. */
async function started(customCommand: readonly string[]) {
  const { name, folder } = await claimRunFolder(project, 'custom');
  const command: FineTuneCommand = fineTuneCommand(custom, dataset, {
    folder,
    model: 'tiny',
    python: '',
    customCommand,
  });
  const startedAt = '2026-01-01T00:00:00.000Z';
  await writeRun(command, { name, preset: 'custom', model: 'tiny', dataset: { ...dataset }, startedAt });
  const child = spawn(process.execPath, [runTask, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => void (output += bytes.toString()));
  const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, output })),
  );
  return { child, folder, ended, outputSoFar: () => output };
}
function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const log = (folder: string) => readFileSync(path.join(folder, 'log.txt'), 'utf8');

describe('a run', () => {
  test('gives its program exactly the arguments that were shown, however hostile', async () => {
    const program = trainer('console.log(JSON.stringify(process.argv.slice(2)))');
    const args = payloads.filter((each) => !/\$\{[^}]*\}/.test(each));
    const { folder, ended } = await started([process.execPath, program, '${config}', ...args]);
    const { code, output } = await ended;
    expect(code).toBe(0);
    expect(JSON.parse(output)).toEqual([path.join(folder, 'config.json'), ...args]);
    expect(readdirSync(project, { recursive: true }).filter((name) => String(name).includes('canary'))).toEqual([]);
  });

  test('keeps its log and its exit code, and passes both on', async () => {
    const program = trainer('console.log("loss 0.7"); console.error("warned"); process.exitCode = 3');
    const { folder, ended } = await started([process.execPath, program]);
    const { code, output } = await ended;
    expect(code).toBe(3);
    expect(log(folder).split('\n').sort()).toEqual(output.split('\n').sort());
    expect(output).toContain('loss 0.7\n');
    const [run] = await listRuns(project);
    expect(run).toMatchObject({ state: 'failed', record: { name: 'custom-1', exitCode: 3, dataset, model: 'tiny' } });
    expect(run?.record.endedAt).toBeDefined();
  });

  test('says why a program could not be started', async () => {
    const { ended } = await started(['/no/such/program']);
    expect((await ended).code).toBe(127);
    expect((await listRuns(project))[0]).toMatchObject({
      state: 'failed',
      record: { problem: expect.stringMatching(/ENOENT/) },
    });
  });

  test('stops its program when it is stopped', async () => {
    const program = trainer('console.log(process.pid); setInterval(() => {}, 1000)');
    const { child, ended, outputSoFar } = await started([process.execPath, program]);
    await expect.poll(outputSoFar).toMatch(/^\d+\n$/);
    expect((await listRuns(project))[0]?.state).toBe('running');
    child.kill('SIGTERM');
    await ended;
    expect((await listRuns(project))[0]).toMatchObject({
      state: 'stopped',
      record: { exitCode: null, signal: 'SIGTERM' },
    });
    expect(() => process.kill(Number(outputSoFar()), 0)).toThrow(/ESRCH/);
  });

  test('stops what its program has started, too', async () => {
    const worker = trainer('console.log(process.pid); setInterval(() => {}, 1000)', 'worker.cjs');
    const program = trainer(
      `require('node:child_process').spawn(process.execPath, [${JSON.stringify(worker)}], { stdio: 'inherit' });
      setInterval(() => {}, 1000);`,
    );
    const { child, ended, outputSoFar } = await started([process.execPath, program]);
    await expect.poll(outputSoFar).toMatch(/^\d+\n$/);
    child.kill('SIGTERM');
    await ended;
    await expect.poll(() => isThere(Number(outputSoFar()))).toBe(false);
  });

  test('runs once', async () => {
    const { folder, ended } = await started([process.execPath, trainer('console.log("trained")')]);
    await ended;
    const again = spawn(process.execPath, [runTask, folder], { stdio: 'ignore' });
    expect(await new Promise((resolve) => again.once('close', resolve))).toBe(1);
    expect(log(folder)).toBe('trained\n');
    expect((await listRuns(project))[0]?.state).toBe('done');
  });

  test('whose keeper was killed is lost, not running', async () => {
    const { child, ended } = await started([process.execPath, trainer('setTimeout(() => {}, 200)')]);
    await expect.poll(async () => (await listRuns(project))[0]?.state).toBe('running');
    child.kill('SIGKILL');
    await ended;
    expect((await listRuns(project))[0]?.state).toBe('lost');
  });
});

describe('the state of a run', () => {
  const record = {
    version: 1 as const,
    name: 'custom-1',
    preset: 'custom',
    model: 'tiny',
    command: { program: 'node', args: [], cwd: '/' },
    dataset: { ...dataset },
    startedAt: '2026-01-01T00:00:00.000Z',
  };
  const started = Date.parse(record.startedAt);
  const nobody = () => false;

  test('is running while its process is still to come, and lost when none came', () => {
    expect(runStateOf(record, nobody, started + 1_000)).toBe('running');
    expect(runStateOf(record, nobody, started + 60_000)).toBe('lost');
  });

  test('is lost when its process is gone without a word', () => {
    expect(runStateOf({ ...record, pid: 7 }, nobody, started + 1_000)).toBe('lost');
    expect(runStateOf({ ...record, pid: 7 }, () => true, started + 60_000)).toBe('running');
  });
});

describe('folders of runs', () => {
  test('are counted by preset, and weights and logs stay out of git', async () => {
    expect((await claimRunFolder(project, 'trl-dpo')).name).toBe('trl-dpo-1');
    expect((await claimRunFolder(project, 'trl-dpo')).name).toBe('trl-dpo-2');
    expect(readFileSync(path.join(project, '.touchstone', 'runs', '.gitignore'), 'utf8')).toBe(
      '*/output/\n*/log.txt\n',
    );
  });

  test('are never made through a link that leads out of the project', async () => {
    mkdirSync(path.join(project, '.touchstone'));
    const outside = mkdtempSync(path.join(scratch, 'outside-'));
    symlinkSync(outside, path.join(project, '.touchstone', 'runs'));
    await expect(claimRunFolder(project, 'trl-dpo')).rejects.toThrow(/leads out of the project/);
    expect(readdirSync(outside)).toEqual([]);
  });

  test('a project without runs has none, and a broken record is none', async () => {
    expect(await listRuns(project)).toEqual([]);
    const { folder } = await claimRunFolder(project, 'custom');
    writeFileSync(path.join(folder, 'run.json'), '{"version":1');
    expect(await listRuns(project)).toEqual([]);
  });
});

describe('the data set of a run', () => {
  const signal = new AbortController().signal;
  const exported = async (ranking: string, formats: string[]) => {
    const out = path.join(project, 'datasets', 'd');
    const rows = {
      prompt: Prompt.parse({ id: 'p', messages: [{ role: 'user', content: 'question' }] }),
      candidates: ['a', 'b'].map((id) => Candidate.parse({ id, promptId: 'p', text: `answer ${id}`, origin: 'model' })),
      judgements: [says('kim', ranking)],
    };
    await exportDatasets(memoryProject([rows]), { formats, out }, { signal });
    return out;
  };

  test('is named by the hash of its manifest', async () => {
    const folder = await exported('a > b', ['trl-sft', 'trl-preference']);
    const found = await datasetFor(sft, folder, signal);
    expect(found).toMatchObject({ folder, format: 'trl-sft', hasValidation: false });
    expect(found.manifestSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('must hold what the preset trains on', async () => {
    const folder = await exported('a > b', ['trl-preference']);
    await expect(datasetFor(sft, folder, signal)).rejects.toThrow(/no rows to train on as trl-sft, openai-chat/);
  });

  test('must be what was exported', async () => {
    const folder = await exported('a > b', ['trl-sft']);
    writeFileSync(path.join(folder, 'trl-sft', 'train.jsonl'), '');
    await expect(datasetFor(sft, folder, signal)).rejects.toThrow(/is not what was exported/);
    expect(existsSync(path.join(project, '.touchstone'))).toBe(false);
  });
});
