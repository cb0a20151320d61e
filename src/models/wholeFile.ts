import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { downloadRefused, diskSpaceMissing } from '../core/index.js';
import { nodeFiles } from '../store/index.js';

/** What a file must be before it gets its name. */
export interface ExpectedFile {
  readonly sizeBytes: number;
  /** Lowercase hexadecimal. */
  readonly sha256: string;
}

/** Left free beside the file, so that a download never fills a disk. */
const spareBytes = 1024 ** 3;

/** SHA-256 of a file, lowercase hexadecimal; read in pieces. */
export async function sha256OfFile(
  file: string,
  options: { readonly signal: AbortSignal; readonly onBytes?: (doneBytes: number) => void },
): Promise<string> {
  const hash = createHash('sha256');
  let doneBytes = 0;
  await pipeline(
    createReadStream(file, { highWaterMark: 1024 * 1024 }),
    async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        hash.update(chunk);
        doneBytes += chunk.length;
        options.onBytes?.(doneBytes);
      }
    },
    { signal: options.signal },
  );
  return hash.digest('hex');
}

/**
 * Gives a complete temporary file its name, once it is on disk and its size and hash are right.
 * @throws ModelError, with the temporary file left as it is.
 */
export async function settleFile(
  temporary: string,
  file: string,
  expected: ExpectedFile,
  options: { readonly signal: AbortSignal; readonly onBytes?: (doneBytes: number) => void },
): Promise<void> {
  const { size } = await stat(temporary);
  if (size !== expected.sizeBytes) throw downloadRefused.length({ expected: expected.sizeBytes, found: size });
  const sha256 = await sha256OfFile(temporary, options);
  if (sha256 !== expected.sha256) throw downloadRefused.hash({ expected: expected.sha256, found: sha256 });
  const handle = await open(temporary, 'r+');
  await handle.sync().finally(() => handle.close());
  await rename(temporary, file);
  await nodeFiles.syncFolder(path.dirname(file));
}

/** @throws ModelError when a file of that size would fill the disk. */
export async function checkDiskSpace(folder: string, sizeBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  const neededBytes = sizeBytes + spareBytes;
  if (freeBytes < neededBytes) throw diskSpaceMissing({ folder, neededBytes, freeBytes });
}
