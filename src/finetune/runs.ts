import { createHash } from 'node:crypto';
import { lstat, mkdir, open, readdir, readFile, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { datasetDamaged, datasetLacksFormat, runFolderOutside } from '../core/index.js';
import {
  describeVerifyProblem,
  isFormatId,
  manifestName,
  parseManifest,
  verifyDataset,
  type FormatId,
} from '../datasets/index.js';
import { codeOf } from '../store/index.js';
import type { FineTuneCommand, RunDataset } from './fineTuneCommand.js';
import type { FineTunePreset } from './presets.js';
import { logFileName, runFileName, runsFolder } from './runFiles.js';
import { RunRecord, runStateOf, type RunState } from './runRecord.js';

/** A run that is or was, for a list. */
export interface Run {
  readonly folder: string;
  readonly logFile: string;
  readonly record: RunRecord;
  readonly state: RunState;
}

/** A record is small; anything larger is none of ours. */
const maxRecordBytes = 1 << 20;

/** The runs of a project, newest first. What cannot be read is no run. */
export async function listRuns(projectFolder: string): Promise<Run[]> {
  const parent = path.join(projectFolder, runsFolder);
  const names = await readdir(parent).catch(() => []);
  const runs = await Promise.all(names.map((name) => readRun(path.join(parent, name))));
  return runs.flatMap((run) => run ?? []).sort((a, b) => (a.record.startedAt < b.record.startedAt ? 1 : -1));
}

async function readRun(folder: string): Promise<Run | undefined> {
  const file = path.join(folder, runFileName);
  try {
    const info = await lstat(file);
    if (!info.isFile() || info.size > maxRecordBytes) return undefined;
    const record = RunRecord.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
    return (
      record && {
        folder,
        logFile: path.join(folder, logFileName),
        record,
        state: runStateOf(record, isAlive, Date.now()),
      }
    );
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * What a preset can train on of this data set, checked against its manifest: what is trained on is what was exported.
 *
 * @throws InputError when it lacks the format or was changed.
 */
export async function datasetFor(preset: FineTunePreset, folder: string, signal: AbortSignal): Promise<RunDataset> {
  const [problem] = (await verifyDataset(folder, { signal })).problems;
  if (problem !== undefined) throw datasetDamaged(folder, describeVerifyProblem(problem));
  const bytes = await readFile(path.join(folder, manifestName));
  const entries = parseManifest(bytes.toString())?.formats ?? {};
  const format = trainableFormat(preset, entries);
  if (format === undefined) throw datasetLacksFormat(folder, preset.formats);
  return {
    folder,
    format,
    hasValidation: (entries[format]?.rows.validation ?? 0) > 0,
    manifestSha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

/** The first format of the preset with rows to train on. */
export function trainableFormat(
  preset: FineTunePreset,
  entries: Readonly<Record<string, { readonly rows: { readonly train: number } }>>,
): FormatId | undefined {
  return preset.formats.find((format) => isFormatId(format) && (entries[format]?.rows.train ?? 0) > 0);
}

/** What must not go into git: weights, checkpoints, logs. */
const ignored = '*/output/\n*/log.txt\n';

/**
 * Claims a folder for a new run of this preset: `trl-dpo-1`, then `trl-dpo-2`, … Two windows never get the same one.
 *
 * @throws InputError when a link leads it out of the project.
 */
export async function claimRunFolder(
  projectFolder: string,
  presetId: string,
): Promise<{ name: string; folder: string }> {
  const parent = path.join(projectFolder, runsFolder);
  await mkdir(parent, { recursive: true });
  const [inside, project] = await Promise.all([realpath(parent), realpath(projectFolder)]);
  if (inside !== path.join(project, runsFolder)) throw runFolderOutside(parent);
  await writeNew(path.join(inside, '.gitignore'), ignored).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error;
  });
  for (let number = 1; ; number++) {
    const name = `${presetId}-${number}`;
    try {
      await mkdir(path.join(inside, name));
      return { name, folder: path.join(inside, name) };
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
}

/** Writes what the run needs before it starts: configuration and record. */
export async function writeRun(
  command: FineTuneCommand,
  facts: Pick<RunRecord, 'name' | 'preset' | 'model' | 'dataset' | 'startedAt'>,
): Promise<void> {
  const { program, args, cwd } = command;
  await writeNew(command.configFile, command.config);
  const record: RunRecord = { version: 1, ...facts, command: { program, args: [...args], cwd } };
  await writeNew(path.join(cwd, runFileName), `${JSON.stringify(record, null, 2)}\n`);
}

/** Gives back a folder whose run will not be. */
export const abandonRun = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/** On disk, under a name that nothing has yet, not even a link. */
async function writeNew(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}
