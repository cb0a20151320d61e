import path from 'node:path';
import {
  WriterId,
  projectExists,
  ProjectConfig,
  projectFileName,
  projectNotFound,
  type JudgingMode,
} from '../core/index.js';
import { Claims, randomWriterName, thisMachine, type Claim, type Machine } from './claim.js';
import { DurableJsonFile } from './durableJsonFile.js';
import type { FileSystem } from './fileSystem.js';
import { candidateFolder } from './candidateRows.js';
import { FolderProject, localFolder } from './folderProject.js';
import { judgementFolder } from './judgementRows.js';
import { makeFolderDurably, refuseLinksOut } from './folders.js';
import { writeAll } from './fileBytes.js';
import { nodeFiles } from './nodeFiles.js';
import type { OpeningProject, Project, ReadPromptFile } from './project.js';
import { ProjectFile } from './projectFile.js';
import { promptFolder } from './promptFiles.js';

export interface OpenProjectOptions {
  readonly readPromptFile: ReadPromptFile;
  /** Folds in other writers' rows within a second. `off` reads them only when asked (`refresh`). @default 'off' */
  readonly watch?: 'on' | 'off';
  /** @default the real disk */
  readonly files?: FileSystem;
  /** @default this process */
  readonly machine?: Machine;
  /** Files from this size on are read when their rows are shown, and have an index. @default 256 kB */
  readonly lazyFromBytes?: number;
}

const defaultLazyFromBytes = 256 * 1024;

const watchIntervalMs = 700;

/**
 * Reads the project in `folder`, which holds a `touchstone.json`.
 * @throws StoreError when there is none or it cannot be read. What is wrong with single lines is in `problems`.
 */
export async function openProject(folder: string, options: OpenProjectOptions): Promise<Project> {
  return (await beginOpening(folder, options)).whole;
}

/**
 * The same in two steps, for who has something to show meanwhile: resolves when all but the answers is read.
 * @throws StoreError as `openProject`.
 */
export async function beginOpening(folder: string, options: OpenProjectOptions): Promise<OpeningProject> {
  const { files = nodeFiles, machine = thisMachine, readPromptFile } = options;
  const root = path.resolve(folder);
  await refuseMissing(files, root);
  const local = ['', '/drafts', '/torn', '/claims', '/index'].map((name) => `${localFolder}${name}`);
  await refuseLinksOut(files, root, ['.touchstone', candidateFolder, judgementFolder, ...local, promptFolder]);
  const file = new ProjectFile(files, root, new Claims(files, path.join(root, localFolder, 'locks'), machine));
  await file.read();
  const claim = await claimWriter(new Claims(files, path.join(root, localFolder, 'writers'), machine));
  const writer = WriterId.parse(claim?.name ?? randomWriterName());
  const project = new FolderProject({
    files,
    folder: root,
    file,
    writer,
    claim,
    readPromptFile,
    lazyFromBytes: options.lazyFromBytes ?? defaultLazyFromBytes,
    now: () => machine.now(),
    // A window is there to check what it has opened; a command is not, and says all problems at once.
    checking: options.watch === 'on' ? 'behind' : 'before',
  });
  const released = async (error: unknown): Promise<never> => {
    await claim?.release().catch(() => undefined);
    throw error;
  };
  await project.loadOutline().catch(released);
  const whole = project.loadAnswers().then(() => {
    if (options.watch === 'on') project.watch(watchIntervalMs);
    return project;
  }, released);
  whole.catch(() => undefined); // told to whoever awaits it
  return { outline: project, whole };
}

/** Undefined where the project cannot be written: it is still good for reading. */
async function claimWriter(claims: Claims): Promise<Claim | undefined> {
  try {
    return (
      (await claims.claimStale((name) => WriterId.safeParse(name).success)) ?? (await claims.claim(randomWriterName()))
    );
  } catch {
    return undefined;
  }
}

async function refuseMissing(files: FileSystem, folder: string): Promise<void> {
  if ((await files.stat(path.join(folder, projectFileName))) === undefined) throw projectNotFound(folder);
}

/** The nearest folder upwards that holds a `touchstone.json`. @throws StoreError */
export async function findProject(from: string, files: FileSystem = nodeFiles): Promise<string> {
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    if ((await files.stat(path.join(folder, projectFileName))) !== undefined) return folder;
    if (folder === path.dirname(folder)) throw projectNotFound(path.resolve(from));
  }
}

export interface InitProjectOptions {
  /** @default the folder's name */
  readonly name?: string;
  /** How to judge; the number of candidates goes along, and HelpSteer's rubric with ratings. @default 'rank' */
  readonly mode?: JudgingMode;
  /** @default the real disk */
  readonly files?: FileSystem;
}

/**
 * Makes `folder` a project: `touchstone.json` with defaults, `.gitattributes` (journals of two branches are joined, never in
 * conflict) and `.touchstone/.gitignore`. Other files are left alone.
 * @returns the path of `touchstone.json`.
 * @throws StoreError when there is a project already.
 */
export async function initProject(folder: string, options: InitProjectOptions = {}): Promise<string> {
  const { files = nodeFiles } = options;
  const root = path.resolve(folder);
  const file = path.join(root, projectFileName);
  if ((await files.stat(file)) !== undefined) throw projectExists(file);
  await files.makeFolder(root);
  await refuseLinksOut(files, root, ['.touchstone']);
  await makeFolderDurably(files, root, '.touchstone');
  await addLine(files, path.join(root, '.touchstone', '.gitignore'), 'local/');
  await addLine(files, path.join(root, '.gitattributes'), '*.jsonl merge=union text eol=lf');
  const name = options.name ?? (path.basename(root) || 'project');
  await new DurableJsonFile(file, (value) => ProjectConfig.parse(value), { files }).write(
    ProjectConfig.parse({ name, mode: options.mode, ...(options.mode === 'rate' && { rubric: 'helpsteer' }) }),
  );
  return file;
}

/** Adds a line that a text file lacks. */
async function addLine(files: FileSystem, file: string, line: string): Promise<void> {
  const text = new TextDecoder().decode((await files.readFile(file)) ?? new Uint8Array());
  if (text.split(/\r?\n/).includes(line)) return;
  const handle = await files.open(file, 'append');
  try {
    await writeAll(handle, Buffer.from(`${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await files.syncFolder(path.dirname(file));
}
