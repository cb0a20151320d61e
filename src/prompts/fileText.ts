import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import {
  encodingBroken,
  fileMissing,
  fileTooLarge,
  fileUnreadable,
  maxJsonLineBytes,
  type Problem,
} from '../core/index.js';
import { type Fault, lineTooLong, notUtf8, problemAt } from './problems.js';

export interface TextLine {
  /** 1-based. */
  readonly line: number;
  readonly text: string;
}

/** Size in bytes. @throws InputError when there is no such file, or it is a folder. */
export async function fileSize(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (found.isFile()) return found.size;
  } catch (error) {
    throw asInputError(path, error);
  }
  throw fileUnreadable(path, 'it is not a file');
}

/** The first bytes of a file, at most `length`; enough to tell formats apart. */
export async function fileHead(path: string, length: number): Promise<Uint8Array> {
  const file = await open(path).catch((error: unknown) => {
    throw asInputError(path, error);
  });
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw asInputError(path, error);
  } finally {
    await file.close();
  }
}

/**
 * The lines of a text file, one at a time, without their line end (LF or CRLF). UTF-8 with or without a byte order mark, or
 * UTF-16 with one. A line that is too long or is not UTF-8 is a problem; the ones after it still come.
 */
export async function* fileLines(path: string, signal?: AbortSignal): AsyncGenerator<TextLine | Problem> {
  const problem = (line: number, fault: Fault) => problemAt({ file: path, line }, fault);
  let line = 0;
  let parts: Uint8Array[] = [];
  let length = 0;

  const finish = (): TextLine | Problem => {
    line += 1;
    const bytes = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    const isTooLong = length > maxJsonLineBytes;
    parts = [];
    length = 0;
    if (isTooLong) return problem(line, lineTooLong());
    const text = utf8Text(bytes);
    if (text === undefined) return problem(line, notUtf8());
    return { line, text: text.endsWith('\r') ? text.slice(0, -1) : text };
  };

  for await (const chunk of utf8Chunks(path)) {
    signal?.throwIfAborted();
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      length += end - start;
      if (length <= maxJsonLineBytes) parts.push(chunk.subarray(start, end));
      yield finish();
      start = end + 1;
    }
    length += chunk.length - start;
    // What is too long is counted but not kept: a line of 2 GiB costs no memory.
    if (length <= maxJsonLineBytes) parts.push(chunk.subarray(start));
    else parts = [];
  }
  if (length > 0) yield finish();
}

/**
 * A whole file as text, for formats whose rows cannot be cut apart by lines. Lines that are not UTF-8 become problems and
 * are replaced by empty ones, so that line numbers stay true.
 *
 * @throws InputError when the file is larger than `maxBytes`.
 */
export async function wholeText(
  path: string,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<{ readonly text: string; readonly problems: readonly Problem[] }> {
  const sizeBytes = await fileSize(path);
  if (sizeBytes > maxBytes) throw fileTooLarge(path, sizeBytes, maxBytes);
  const chunks: Uint8Array[] = [];
  for await (const chunk of utf8Chunks(path)) {
    signal?.throwIfAborted();
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const text = utf8Text(bytes);
  if (text !== undefined) return { text, problems: [] };
  const problems: Problem[] = [];
  const lines: string[] = [];
  for (let start = 0; start <= bytes.length;) {
    const found = bytes.indexOf(lineFeed, start);
    const end = found === -1 ? bytes.length : found;
    const lineText = utf8Text(bytes.subarray(start, end));
    if (lineText === undefined) problems.push(problemAt({ file: path, line: lines.length + 1 }, notUtf8()));
    lines.push(lineText ?? '');
    start = end + 1;
  }
  return { text: lines.join('\n'), problems };
}

const lineFeed = 0x0a;

/** The file's bytes as UTF-8 without a byte order mark, whatever of the accepted encodings it has. */
async function* utf8Chunks(path: string): AsyncGenerator<Uint8Array> {
  const head = await fileHead(path, 3);
  const utf16 =
    head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : undefined;
  const markLength = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : utf16 === undefined ? 0 : 2;
  const decoder = utf16 === undefined ? undefined : new TextDecoder(utf16, { fatal: true });
  const stream = createReadStream(path, { start: markLength, highWaterMark: 256 * 1024 });
  try {
    for await (const chunk of stream) {
      if (!(chunk instanceof Uint8Array)) continue;
      yield decoder === undefined ? chunk : Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8');
    }
    if (decoder !== undefined) yield Buffer.from(decoder.decode(), 'utf8');
  } catch (error) {
    if (error instanceof TypeError && utf16 !== undefined) throw encodingBroken(path, utf16.toUpperCase());
    throw asInputError(path, error);
  } finally {
    stream.destroy();
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undefined for what is not valid UTF-8. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Node's errors of the file system as errors of the user's file; everything else as it is. */
function asInputError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  return error.code === 'ENOENT' ? fileMissing(path, error) : fileUnreadable(path, error.code, error);
}
