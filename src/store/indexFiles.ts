import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { FileSystem } from './fileSystem.js';
import { breath, writeAll } from './fileBytes.js';

/** What an index was made of; an index is used only while all of it still holds. */
const Origin = z.object({
  /** Bytes of the file that the index covers. */
  end: z.int().min(0),
  modifiedMs: z.number(),
  /** SHA-256 of the first and of the last bytes before `end`. */
  head: z.string(),
  tail: z.string(),
});
const Header = z.object({ version: z.literal(1), origin: Origin, facts: z.unknown(), columnBytes: z.array(z.int()) });

export interface LoadedIndex {
  /** Bytes of the file that it covers. */
  readonly end: number;
  readonly facts: unknown;
  readonly columns: readonly ArrayBuffer[];
}

type Bytes = Uint8Array<ArrayBuffer>;

const magic = Buffer.from('touchstone index');
/** Bytes at both ends of a file that are looked at to see that it is the one. */
const nEndBytes = 64 * 1024;

/** Nobody writes an index for so long. */
const remainsMs = 3_600_000;

/** Whether every line lies in the file and may be read: an index that says otherwise is not ours. */
export const liesWithin = (
  end: number,
  offsets: ArrayLike<number>,
  lengths: ArrayLike<number>,
  maxBytes: number,
): boolean => {
  for (let row = 0; row < offsets.length; row += 1) {
    const [offset = -1, length = 0] = [offsets[row], lengths[row]];
    if (!(offset >= 0 && length <= maxBytes && offset + length <= end)) return false;
  }
  return offsets.length === lengths.length;
};

/**
 * What was learnt of large files, so that the next opening need not read them: `.touchstone/local/index`. Never needed: an
 * index that is missing, damaged, or of another state of its file is as none. Its rows are checked again when they are read.
 */
export class IndexFiles {
  constructor(
    private readonly files: FileSystem,
    private readonly project: string,
    private readonly folder: string,
  ) {}

  /**
   * @param file that the index is of.
   * @param growth `append-only`: an index of the file's beginning is good too.
   */
  async load(file: string, growth: 'none' | 'append-only'): Promise<LoadedIndex | undefined> {
    try {
      const [own, of] = [await this.files.stat(this.#pathOf(file)), await this.files.stat(file)];
      // A row takes more in its file than here; anything else is not ours, and is not read.
      if (own?.kind !== 'file' || of === undefined || own.sizeBytes > Math.max(of.sizeBytes, nEndBytes))
        return undefined;
      const bytes = await this.files.readFile(this.#pathOf(file));
      if (bytes === undefined || bytes.length < magic.length + 8) return undefined;
      const body = bytes.subarray(0, bytes.length - 4);
      if ((await sumOf(body)) !== numberAt(bytes, body.length) || magic.compare(bytes, 0, magic.length) !== 0)
        return undefined;
      const columnsAt = magic.length + 4 + numberAt(bytes, magic.length);
      const text = new TextDecoder().decode(bytes.subarray(magic.length + 4, columnsAt));
      const { origin, facts, columnBytes } = Header.parse(JSON.parse(text));
      const info = await this.files.stat(file);
      if (info === undefined || info.kind !== 'file' || info.sizeBytes < origin.end) return undefined;
      const isWhole = info.sizeBytes === origin.end;
      if (!isWhole && growth === 'none') return undefined;
      if (isWhole && info.modifiedMs !== origin.modifiedMs) return undefined;
      const { head, tail } = await this.#ends(file, origin.end);
      if (head !== origin.head || tail !== origin.tail) return undefined;
      const columns: ArrayBuffer[] = [];
      let at = columnsAt;
      for (const nBytes of columnBytes) {
        // A copy by bytes: `Uint8Array.from` would go through 24 MB one by one.
        columns.push(new Uint8Array(bytes.subarray(at, at + nBytes)).buffer);
        await breath();
        at += nBytes;
      }
      return at === body.length ? { end: origin.end, facts, columns } : undefined;
    } catch {
      return undefined;
    }
  }

  /** @param end bytes of the file that the columns cover. Where it cannot be written there is no index: nothing is lost. */
  async save(file: string, end: number, facts: unknown, columns: readonly Bytes[]): Promise<void> {
    const target = this.#pathOf(file);
    const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
    try {
      const info = await this.files.stat(file);
      if (info === undefined || info.sizeBytes < end) return;
      const origin = { end, modifiedMs: info.modifiedMs, ...(await this.#ends(file, end)) };
      const columnBytes = columns.map((column) => column.length);
      const header = Buffer.from(JSON.stringify({ version: 1, origin, facts, columnBytes }));
      await this.files.makeFolder(this.folder);
      const handle = await this.files.open(temporary, 'create-new');
      try {
        let sum = 0;
        for (const part of [magic, numberBytes(header.length), header, ...columns]) {
          sum = crc32(part, sum);
          await writeAll(handle, part);
        }
        await writeAll(handle, numberBytes(sum));
      } finally {
        await handle.close();
      }
      await this.files.rename(temporary, target);
      await this.#removeRemains();
    } catch {
      await this.files.remove(temporary).catch(() => undefined);
    }
  }

  /** What processes left that were killed while they wrote. */
  async #removeRemains(): Promise<void> {
    for (const name of await this.files.list(this.folder)) {
      if (!name.endsWith('.tmp')) continue;
      const remains = path.join(this.folder, name);
      const modifiedMs = (await this.files.stat(remains))?.modifiedMs ?? 0;
      if (Date.now() - modifiedMs > remainsMs) await this.files.remove(remains);
    }
  }

  async #ends(file: string, end: number): Promise<{ readonly head: string; readonly tail: string }> {
    const nBytes = Math.min(end, nEndBytes);
    const head = await this.files.readRange(file, 0, nBytes);
    const tail = await this.files.readRange(file, end - nBytes, nBytes);
    return { head: sha256(head), tail: sha256(tail) };
  }

  #pathOf(file: string): string {
    const name = path.relative(this.project, file).split(path.sep).join('/');
    return path.join(this.folder, `${sha256(Buffer.from(name)).slice(0, 16)}.bin`);
  }
}

/** CRC-32, in slices of a millisecond or so. */
async function sumOf(bytes: Uint8Array): Promise<number> {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += sliceBytes) {
    sum = crc32(bytes.subarray(at, at + sliceBytes), sum);
    await breath();
  }
  return sum;
}
const sliceBytes = 2 * 1024 * 1024;

/** The bytes of a column. */
export const bytesOf = (column: { readonly buffer: ArrayBuffer }): Bytes => new Uint8Array(column.buffer);

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const numberBytes = (value: number): Bytes => new Uint8Array(Uint32Array.of(value).buffer);
const numberAt = (bytes: Uint8Array, at: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, isLittleEndian);
/** An index is for the machine that made it. */
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
