import { open, type FileHandle } from 'node:fs/promises';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { downloadRefused } from '../core/index.js';

/** End-of-central-directory record, and the longest comment that may follow it. */
const endRecordBytes = 22;
const maxCommentBytes = 65_535;
/** A wheel has a few entries; a directory of more than this is no wheel of ours. */
const maxDirectoryBytes = 16 * 1024 * 1024;
const stored = 0;
const deflated = 8;

/**
 * Writes one entry of a ZIP archive, found by its exact name, to a file; no other name in the archive is used for
 * anything. (APPNOTE.TXT 6.3.10; no ZIP64, no encryption.)
 *
 * @throws ModelError when there is no such entry or it is not exactly `sizeBytes` long.
 */
export async function extractZipEntry(
  archive: string,
  name: string,
  target: string,
  options: { readonly sizeBytes: number; readonly signal: AbortSignal },
): Promise<void> {
  const handle = await open(archive, 'r');
  try {
    const entry = await findEntry(handle, name);
    if (entry.sizeBytes !== options.sizeBytes) refuse(`${name} has ${entry.sizeBytes} bytes`);
    const start = await dataStart(handle, entry);
    const input = handle.createReadStream({ start, end: start + entry.packedBytes - 1, autoClose: false });
    const output = await open(target, 'wx');
    const count = exactly(options.sizeBytes);
    const stages = entry.method === deflated ? [createInflateRaw(), count] : [count];
    await pipeline([input, ...stages, output.createWriteStream()], { signal: options.signal });
  } finally {
    await handle.close();
  }
}

interface ZipEntry {
  readonly method: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  readonly headerOffset: number;
}

const refuse = (reason: string): never => {
  throw downloadRefused.archive({ reason });
};

async function findEntry(handle: FileHandle, name: string): Promise<ZipEntry> {
  const directory = await readDirectory(handle);
  for (let at = 0; at + 46 <= directory.length;) {
    if (directory.readUInt32LE(at) !== 0x02014b50) break;
    const nameBytes = directory.readUInt16LE(at + 28);
    const next = at + 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    if (directory.toString('utf8', at + 46, at + 46 + nameBytes) === name) {
      const isEncrypted = (directory.readUInt16LE(at + 8) & 1) === 1;
      const method = directory.readUInt16LE(at + 10);
      if (isEncrypted || (method !== stored && method !== deflated)) refuse(`${name} is packed in an unknown way`);
      return {
        method,
        packedBytes: directory.readUInt32LE(at + 20),
        sizeBytes: directory.readUInt32LE(at + 24),
        headerOffset: directory.readUInt32LE(at + 42),
      };
    }
    at = next;
  }
  return refuse(`there is no ${name} in it`);
}

async function readDirectory(handle: FileHandle): Promise<Buffer> {
  const { size } = await handle.stat();
  const tailBytes = Math.min(size, endRecordBytes + maxCommentBytes);
  const tail = await readBytes(handle, size - tailBytes, tailBytes);
  const at = tail.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (at < 0 || at + endRecordBytes > tail.length) refuse('it is no ZIP archive');
  const bytes = tail.readUInt32LE(at + 12);
  const offset = tail.readUInt32LE(at + 16);
  if (bytes > maxDirectoryBytes || offset + bytes > size) refuse('its directory is broken');
  return readBytes(handle, offset, bytes);
}

/** The local header repeats the name and may have other extra fields than the directory. */
async function dataStart(handle: FileHandle, { headerOffset, packedBytes }: ZipEntry): Promise<number> {
  const header = await readBytes(handle, headerOffset, 30);
  if (header.readUInt32LE(0) !== 0x04034b50) refuse('its directory points to no entry');
  const start = headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const { size } = await handle.stat();
  if (start + packedBytes > size) refuse('it is cut off');
  return start;
}

async function readBytes(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
  return bytesRead === length ? buffer : refuse('it is cut off');
}

/** Lets so many bytes through, neither more (an archive that unpacks without end) nor fewer. */
function exactly(sizeBytes: number): Transform {
  let left = sizeBytes;
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      left -= chunk.length;
      if (left < 0) done(downloadRefused.archive({ reason: `it unpacks to more than ${sizeBytes} bytes` }));
      else done(null, chunk);
    },
    flush(done: TransformCallback) {
      if (left > 0) done(downloadRefused.archive({ reason: `it unpacks to fewer than ${sizeBytes} bytes` }));
      else done();
    },
  });
}
