import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { nodeFiles, writeAll, type FileSystem, type OpenFile } from '../store/index.js';
import type { FileEntry } from './manifest.js';

/** What an export asks of a disk: what the store asks, and that a folder of ours can go. */
export interface DatasetDisk extends FileSystem {
  /** With all that is in it, links themselves instead of what they point to; harmless when it is not there. */
  removeFolder(folder: string): Promise<void>;
}

export const nodeDisk: DatasetDisk = {
  ...nodeFiles,
  removeFolder: (folder) => rm(folder, { recursive: true, force: true }),
};

/** Bytes gathered before a write. */
const chunkBytes = 1 << 18;

/** A new file of JSON lines, hashed while it is written. On disk when `end` resolves. */
export class LinesFile {
  readonly #hash = createHash('sha256');
  #waiting: Uint8Array[] = [];
  #nWaiting = 0;
  #nBytes = 0;
  #nRows = 0;
  #isOpen = true;

  private constructor(
    private readonly name: string,
    private readonly file: OpenFile,
  ) {}

  /** @param name relative to the data set, with `/`. @throws a Node error, `EEXIST` when the name is taken, even by a link. */
  static async create(disk: DatasetDisk, folder: string, name: string): Promise<LinesFile> {
    const file = path.join(folder, name);
    await disk.makeFolder(path.dirname(file));
    return new LinesFile(name, await disk.open(file, 'create-new'));
  }

  get nRows(): number {
    return this.#nRows;
  }

  /** @param line with its newline. */
  async append(line: string): Promise<void> {
    this.#nRows++;
    await this.appendBytes(Buffer.from(line));
  }

  /** As they are; counts no row. */
  async appendBytes(bytes: Uint8Array): Promise<void> {
    this.#nBytes += bytes.length;
    this.#nWaiting += bytes.length;
    this.#waiting.push(bytes);
    if (this.#nWaiting >= chunkBytes) await this.#flush();
  }

  async end(): Promise<FileEntry> {
    await this.#flush();
    await this.file.sync();
    this.#isOpen = false;
    await this.file.close();
    return { path: this.name, sha256: this.#hash.digest('hex'), bytes: this.#nBytes, rows: this.#nRows };
  }

  /** Lets go of a file that will not be needed; harmless after the end. */
  async abandon(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.file.close();
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#nWaiting = 0;
    this.#hash.update(bytes);
    await writeAll(this.file, bytes);
  }
}

/** Writes and syncs a small file. */
export async function writeText(disk: DatasetDisk, file: string, text: string): Promise<void> {
  const open = await disk.open(file, 'create-new');
  try {
    await writeAll(open, Buffer.from(text));
    await open.sync();
  } finally {
    await open.close();
  }
}

/** Every file below a folder, relative, with `/`, sorted by name; links and the like with their kind. */
export async function filesBelow(
  disk: DatasetDisk,
  folder: string,
  below = '',
): Promise<{ readonly path: string; readonly kind: 'file' | 'link' | 'other' }[]> {
  const found: { path: string; kind: 'file' | 'link' | 'other' }[] = [];
  for (const name of await disk.list(path.join(folder, below))) {
    const inside = below === '' ? name : `${below}/${name}`;
    const info = await disk.stat(path.join(folder, inside));
    if (info?.kind === 'folder') found.push(...(await filesBelow(disk, folder, inside)));
    else if (info !== undefined) found.push({ path: inside, kind: info.kind });
  }
  return found;
}

/** The lines of a file, read piece by piece, each without its newline; only the last may lack one. */
export async function* linesOf(
  disk: DatasetDisk,
  file: string,
  sizeBytes: number,
): AsyncGenerator<{ readonly line: Buffer; readonly isEnded: boolean }> {
  let begun: Buffer[] = [];
  for (let at = 0; at < sizeBytes;) {
    const piece = Buffer.from(await disk.readRange(file, at, Math.min(chunkBytes, sizeBytes - at)));
    if (piece.length === 0) break;
    at += piece.length;
    let start = 0;
    for (let end = piece.indexOf(newline); end !== -1; end = piece.indexOf(newline, start)) {
      yield { line: Buffer.concat([...begun, piece.subarray(start, end)]), isEnded: true };
      begun = [];
      start = end + 1;
    }
    begun.push(piece.subarray(start));
  }
  const line = Buffer.concat(begun);
  if (line.length > 0) yield { line, isEnded: false };
}
const newline = 0x0a;
