import path from 'node:path';
import { writeAll } from './fileBytes.js';
import { codeOf, type FileSystem } from './fileSystem.js';

/**
 * Keeps the remains of a line that was never confirmed as saved: apart from its file, not deleted.
 * @param name of the file that they were found in.
 * @returns where they are now.
 */
export async function keepTorn(files: FileSystem, folder: string, name: string, bytes: Uint8Array): Promise<string> {
  await files.makeFolder(folder);
  for (let n = 1; ; n += 1) {
    const kept = path.join(folder, `${name}.${n}`);
    try {
      const file = await files.open(kept, 'create-new');
      try {
        await writeAll(file, bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await files.syncFolder(folder);
      return kept;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
}

/**
 * Before a line is added to a file of ours: what a crash has left of the last one is set aside, unless it is whole but for its
 * newline, and may have been read and worked with.
 * @returns bytes of the file, and whether it lacks its last newline.
 */
export async function mendEnd(
  files: FileSystem,
  file: string,
  tornFolder: string,
): Promise<{ readonly end: number; readonly isOpen: boolean }> {
  const size = (await files.stat(file))?.sizeBytes ?? 0;
  let last: Uint8Array = new Uint8Array();
  let newlineAt = -1;
  for (let nBytes = nTailBytes; newlineAt === -1 && last.length < size; nBytes *= 8) {
    last = await files.readRange(file, Math.max(0, size - nBytes), Math.min(nBytes, size));
    newlineAt = last.lastIndexOf(newline);
  }
  const rest = last.subarray(newlineAt + 1);
  if (rest.length === 0) return { end: size, isOpen: false };
  if (isJson(rest)) return { end: size, isOpen: true };
  await keepTorn(files, tornFolder, path.basename(file), rest);
  const end = size - rest.length;
  const handle = await files.open(file, 'append');
  try {
    await handle.truncate(end);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { end, isOpen: false };
}

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return true;
  } catch {
    return false;
  }
}

const newline = 0x0a;
/** A line is mostly shorter. */
const nTailBytes = 64 * 1024;
