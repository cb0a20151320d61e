import { open } from 'node:fs/promises';
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  type RowGroup,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetUnreadable, TouchstoneError } from '../core/index.js';
import { fileSize } from './fileText.js';
import { badParquet, type Fault } from './problems.js';

/** Largest file, in bytes: beyond it the job is one for a data set library, not for an editor. */
const maxFileBytes = 4 * 1024 ** 3;
/** Largest footer, in bytes. Files with ten thousand row groups stay below. */
const maxFooterBytes = 64 * 1024 ** 2;
/** Largest row group after decompression, in bytes, and its largest growth: beyond it lies a bomb. */
const maxGroupBytes = 1024 ** 3;
const maxGrowth = 100;
/** Largest page after decompression, in bytes. Writers make pages of 1 MiB. */
const maxPageBytes = 256 * 1024 ** 2;
const maxRows = 10_000_000;
/** Values a page may hold that cost no bytes (run lengths) are not bounded by its size; rows that are read at once are. */
const rowsAtOnce = 50_000;

export type ParquetRow =
  | { readonly row: number; readonly value: Readonly<Record<string, unknown>> }
  | { readonly row: number; readonly fault: Fault };

/**
 * The rows of a Parquet file as JSON values, one row group at a time; a broken group is a fault at its first row, and the
 * others still come. `row` is 1-based. 64-bit integers become numbers where that is exact, else strings; dates ISO 8601.
 *
 * @throws InputError when the file as a whole cannot be used.
 */
export async function* parquetRows(path: string, signal?: AbortSignal): AsyncGenerator<ParquetRow> {
  const byteLength = await fileSize(path);
  if (byteLength > maxFileBytes)
    throw parquetUnreadable(path, `it has ${byteLength} bytes, at most ${maxFileBytes} are read`);
  const file = await open(path);
  try {
    const buffer: AsyncBuffer = {
      byteLength,
      slice: async (start, end = byteLength) => {
        // Offsets come from the file: what lies outside of it must not become an allocation.
        if (!(start >= 0 && start <= end && end <= byteLength)) throw new RangeError(`no bytes ${start} to ${end}`);
        const bytes = new ArrayBuffer(end - start);
        await file.read(new Uint8Array(bytes), 0, end - start, start);
        return bytes;
      },
    };
    const metadata = await metadataOf(path, buffer);
    let first = 0;
    for (const group of metadata.row_groups) {
      const nRows = Number(group.num_rows);
      const reason = groupFault(group);
      if (reason !== undefined) yield { row: first + 1, fault: badParquet(reason) };
      else
        for (let start = first; start < first + nRows; start += rowsAtOnce) {
          signal?.throwIfAborted();
          const end = Math.min(start + rowsAtOnce, first + nRows);
          const read = await readGroup(buffer, metadata, start, end);
          if ('fault' in read) yield { row: start + 1, fault: read.fault };
          else for (const [index, value] of read.rows.entries()) yield { row: start + index + 1, value };
        }
      first += nRows;
    }
  } finally {
    await file.close();
  }
}

async function metadataOf(path: string, buffer: AsyncBuffer): Promise<FileMetaData> {
  try {
    if (buffer.byteLength < 12) throw new RangeError('it is too short');
    const tail = new DataView(await buffer.slice(buffer.byteLength - 8));
    const footerBytes = tail.getUint32(0, true);
    if (footerBytes > maxFooterBytes) throw new RangeError(`its footer says ${footerBytes} bytes`);
    const metadata = await parquetMetadataAsync(buffer, { geoparquet: false });
    const nRows = metadata.row_groups.reduce((sum, group) => sum + group.num_rows, 0n);
    if (metadata.row_groups.some((group) => group.num_rows < 0n) || nRows > BigInt(maxRows))
      throw new RangeError(`it says ${nRows} rows, at most ${maxRows} are read`);
    if (nRows !== metadata.num_rows)
      throw new RangeError(`it says ${metadata.num_rows} rows, its groups have ${nRows}`);
    return metadata;
  } catch (error) {
    if (error instanceof TouchstoneError) throw error;
    throw parquetUnreadable(path, reasonOf(error), error);
  }
}

/** Why a row group must not be read, from what it says of itself; undefined when it may. */
function groupFault(group: RowGroup): string | undefined {
  let compressed = 0n;
  let uncompressed = 0n;
  for (const column of group.columns) {
    compressed += column.meta_data?.total_compressed_size ?? 0n;
    uncompressed += column.meta_data?.total_uncompressed_size ?? 0n;
  }
  if (uncompressed > BigInt(maxGroupBytes)) return `it says ${uncompressed} bytes, at most ${maxGroupBytes} are read`;
  if (uncompressed > compressed * BigInt(maxGrowth))
    return `it says that ${compressed} bytes grow to ${uncompressed}, more than ${maxGrowth} times`;
  return undefined;
}

async function readGroup(
  file: AsyncBuffer,
  metadata: FileMetaData,
  rowStart: number,
  rowEnd: number,
): Promise<{ readonly rows: Record<string, unknown>[] } | { readonly fault: Fault }> {
  try {
    const rows: Record<string, unknown>[] = await parquetReadObjects({
      file,
      metadata,
      rowStart,
      rowEnd,
      compressors: boundedCompressors,
      geoparquet: false,
    });
    return {
      rows: rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, cell]) => [key, jsonOf(cell, 0)]))),
    };
  } catch (error) {
    return { fault: badParquet(reasonOf(error)) };
  }
}

/** The sizes in page headers are the file's word: checked before anything is allocated. */
const boundedCompressors: typeof compressors = Object.fromEntries(
  Object.entries(compressors).map(([codec, decompress]) => [
    codec,
    (input: Uint8Array, outputLength: number) => {
      if (outputLength > maxPageBytes) throw new RangeError(`a page says ${outputLength} bytes`);
      return decompress(input, outputLength);
    },
  ]),
);

/** What JSON can hold of a Parquet value. */
function jsonOf(value: unknown, depth: number): unknown {
  if (depth > 32) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (ArrayBuffer.isView(value) && 'length' in value)
    return Array.from(Object.values(value), (item: unknown) => jsonOf(item, depth + 1));
  if (Array.isArray(value)) return value.map((item: unknown) => jsonOf(item, depth + 1));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, jsonOf(member, depth + 1)]));
  return value ?? null;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
