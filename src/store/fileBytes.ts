import type { FileSystem, OpenFile } from './fileSystem.js';

export interface ChunkOptions {
  readonly files: FileSystem;
  readonly file: string;
  /** Bytes `[start, end)` of the file. */
  readonly start: number;
  readonly end: number;
  readonly chunkBytes: number;
}

/**
 * A part of a file in pieces, each read while the one before is looked at. Their memory is used again: a piece is good until
 * the next but one is asked for. Ends early where the file does.
 */
export async function* readChunks(options: ChunkOptions): AsyncGenerator<Uint8Array> {
  const { files, file, start, end } = options;
  const size = Math.min(options.chunkBytes, end - start);
  const memory = end - start <= size ? [] : [new Uint8Array(size), new Uint8Array(size)];
  const read = (at: number, n: number) =>
    files.readRange(file, at, Math.min(size, end - at), memory[n % memory.length]);
  let next = read(start, 0);
  for (let at = start, n = 1; at < end; n += 1) {
    const chunk = await next;
    if (chunk.length === 0) return;
    at += chunk.length;
    if (at < end) {
      next = read(at, n);
      // Awaited in the next round; a failure before that is not to end the process.
      next.catch(() => undefined);
    }
    yield chunk;
  }
}

/** Writes every byte: a full disk lets `write` return fewer, without an error, before it fails. */
export async function writeAll(file: OpenFile, bytes: Uint8Array): Promise<void> {
  let nWritten = 0;
  while (nWritten < bytes.length) {
    const n = await file.write(bytes.subarray(nWritten));
    if (n === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' });
    nWritten += n;
  }
}

/** Lines joined to pieces of about `chunkBytes`. */
export function* inChunks(lines: readonly Uint8Array[], chunkBytes: number): Generator<Uint8Array> {
  let chunk: Uint8Array[] = [];
  let nBytes = 0;
  for (const line of lines) {
    chunk.push(line);
    nBytes += line.length;
    if (nBytes < chunkBytes) continue;
    yield Buffer.concat(chunk);
    chunk = [];
    nBytes = 0;
  }
  if (nBytes > 0) yield Buffer.concat(chunk);
}

/** Lets everything that waits have its turn. */
export const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
