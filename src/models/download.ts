import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readFile, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { checkName, downloadRefused, ModelError } from '../core/index.js';
import { tryLock } from './lockFile.js';
import { checkDiskSpace, settleFile, type ExpectedFile } from './wholeFile.js';

export interface DownloadRequest {
  readonly url: string;
  readonly folder: string;
  /** A plain name, without folders. */
  readonly name: string;
  readonly expected: ExpectedFile;
  readonly signal: AbortSignal;
  readonly onProgress?: (phase: 'download' | 'check', doneBytes: number) => void;
  readonly fetch?: typeof globalThis.fetch;
  /** No byte for so long counts as a cut. @default 30,000 */
  readonly stallMs?: number;
  /** Between a cut and the next try. @default 500 */
  readonly retryMs?: number;
}

const maxRedirects = 5;
/** Cuts without a single new byte before we give up. */
const maxFruitlessTries = 3;

/**
 * Downloads a file whose size and hash are known: into `NAME.part`, continued after a cut or in a later session if the server
 * still has the same version, checked, synced, renamed. A second process that wants the same file at the same time uses a
 * part of its own. Nothing but the file's own address is told to the servers.
 *
 * @returns the path of the file.
 * @throws ModelError saying why this address did not give the file.
 */
export async function downloadFile(request: DownloadRequest): Promise<string> {
  const { folder, name, expected, signal } = request;
  const problem = checkName(name);
  if (problem !== undefined) throw downloadRefused.fileName({ name, problem });
  const file = path.join(folder, name);
  const part = await claimPart(file);
  try {
    await checkDiskSpace(folder, expected.sizeBytes - (await sizeOf(part.path)));
    const isMixed = await transferAll(request, part.path);
    const check = () =>
      settleFile(part.path, file, expected, {
        signal,
        onBytes: (doneBytes) => request.onProgress?.('check', doneBytes),
      });
    try {
      await check();
    } catch (error) {
      if (signal.aborted || !(error instanceof ModelError)) throw error;
      await removePart(part.path);
      // Two versions may have been joined, where a server ignores If-Range; one version alone is simply the wrong file.
      if (!isMixed) throw error;
      await transferAll(request, part.path);
      await check().catch(async (again: unknown) => {
        await removePart(part.path);
        throw again;
      });
    }
    await rm(etagFile(part.path), { force: true });
    return file;
  } finally {
    await part.release();
  }
}

// 1. The part on disk

interface Part {
  readonly path: string;
  release(): Promise<void>;
}

/** `FILE.part` for the process that holds `FILE.lock`, a part that nobody else has for any other. */
async function claimPart(file: string): Promise<Part> {
  const release = await tryLock(`${file}.lock`);
  if (release !== undefined) return { path: `${file}.part`, release };
  const own = `${file}.${randomBytes(6).toString('hex')}.part`;
  return { path: own, release: () => removePart(own) };
}

const etagFile = (part: string) => `${part}.etag`;

async function removePart(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(etagFile(part), { force: true });
}

async function sizeOf(file: string): Promise<number> {
  const status = await stat(file).catch(() => undefined);
  return status?.size ?? 0;
}

// 2. The transfer

/** The connection broke: what has arrived is good, the rest can be asked for. */
class Interrupted extends Error {}

/** @returns whether the part was put together from more than one reply. */
async function transferAll(request: DownloadRequest, part: string): Promise<boolean> {
  let nReplies = (await sizeOf(part)) > 0 ? 1 : 0;
  let nFruitless = 0;
  for (;;) {
    const before = await sizeOf(part);
    try {
      await transferRest(request, part);
      return nReplies > 0;
    } catch (error) {
      request.signal.throwIfAborted();
      if (!(error instanceof Interrupted)) throw error;
      nReplies += 1;
      nFruitless = (await sizeOf(part)) > before ? 0 : nFruitless + 1;
      if (nFruitless >= maxFruitlessTries) throw downloadRefused.cut({ reason: error.message }, error);
      await wait(request.retryMs ?? 500, undefined, { signal: request.signal });
    }
  }
}

async function transferRest(request: DownloadRequest, part: string): Promise<void> {
  const { sizeBytes } = request.expected;
  const etag = (await readFile(etagFile(part), 'utf8').catch(() => '')).trim();
  let offset = etag === '' ? 0 : await sizeOf(part);
  if (offset === sizeBytes) return;
  if (offset > sizeBytes) offset = 0;

  const watch = new StallWatch(request.signal, request.stallMs ?? 30_000);
  try {
    const response = await follow(request, watch.signal, {
      'accept-encoding': 'identity',
      ...(offset > 0 ? { range: `bytes=${offset}-`, 'if-range': etag } : {}),
    });
    const start = startOf(response, offset, sizeBytes);
    const newEtag = response.headers.get('etag') ?? '';
    if (start > 0 && newEtag !== '' && newEtag !== etag) {
      await removePart(part);
      throw new Interrupted('the file changed on the server');
    }
    checkHeaders(response, sizeBytes - start);
    // Only a strong validator promises the same bytes.
    if (start === 0) await writeFile(etagFile(part), /^"[^"]*"$/.test(newEtag) ? newEtag : '');
    const handle = await open(part, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW);
    try {
      await handle.truncate(start);
      await receive(response, handle, {
        start,
        sizeBytes,
        onBytes: (doneBytes) => {
          watch.touch();
          request.onProgress?.('download', doneBytes);
        },
      });
    } finally {
      await handle.close();
    }
  } finally {
    watch.stop();
  }
}

async function follow(
  request: DownloadRequest,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const fetchFile = request.fetch ?? globalThis.fetch;
  let url = new URL(request.url);
  for (let nRedirects = 0; nRedirects <= maxRedirects; nRedirects++) {
    const response = await fetchFile(url, { redirect: 'manual', signal, headers }).catch((cause: unknown) => {
      request.signal.throwIfAborted();
      throw downloadRefused.unreachable({ host: url.host, reason: reasonOf(cause) }, cause);
    });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    await response.body?.cancel();
    const target = URL.canParse(location, url) ? new URL(location, url) : undefined;
    const isAllowed = target !== undefined && (target.protocol === 'https:' || target.origin === url.origin);
    if (!isAllowed || target.username !== '') throw downloadRefused.redirect({ from: url.host, to: location });
    url = target;
  }
  throw downloadRefused.redirect({ from: new URL(request.url).host, to: url.host });
}

/** Where the body begins in the file. */
function startOf(response: Response, offset: number, sizeBytes: number): number {
  if (response.status === 200) return 0;
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.headers.get('content-range') ?? '');
  const isRest = Number(range?.[1]) === offset && Number(range?.[2]) === sizeBytes - 1;
  if (response.status === 206 && offset > 0 && isRest && Number(range?.[3]) === sizeBytes) return offset;
  void response.body?.cancel();
  throw downloadRefused.status({ status: response.status });
}

function checkHeaders(response: Response, expectedBytes: number): void {
  const encoding = response.headers.get('content-encoding') ?? 'identity';
  const length = response.headers.get('content-length');
  const isLengthRight = length === null || Number(length) === expectedBytes;
  if (encoding === 'identity' && isLengthRight) return;
  void response.body?.cancel();
  if (encoding !== 'identity') throw downloadRefused.encoding({ encoding });
  throw downloadRefused.length({ expected: expectedBytes, found: Number(length) });
}

async function receive(
  response: Response,
  handle: FileHandle,
  {
    start,
    sizeBytes,
    onBytes,
  }: { readonly start: number; readonly sizeBytes: number; readonly onBytes: (doneBytes: number) => void },
): Promise<void> {
  let position = start;
  const reader = response.body?.getReader();
  if (reader === undefined) throw new Interrupted('an empty reply');
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new Interrupted(reasonOf(cause), { cause });
      });
      if (done) break;
      if (position + value.length > sizeBytes) {
        throw downloadRefused.length({ expected: sizeBytes, found: position + value.length });
      }
      for (let written = 0; written < value.length;) {
        const { bytesWritten } = await handle.write(value, written, value.length - written, position);
        written += bytesWritten;
        position += bytesWritten;
      }
      onBytes(position);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  if (position < sizeBytes) throw new Interrupted(`cut after ${position} of ${sizeBytes} bytes`);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

/** Aborts when nothing has come for too long, or with the caller's own signal. */
class StallWatch {
  readonly #controller = new AbortController();
  readonly #stallMs: number;
  #timer: NodeJS.Timeout | undefined;
  readonly signal: AbortSignal;

  constructor(signal: AbortSignal, stallMs: number) {
    this.#stallMs = stallMs;
    this.signal = AbortSignal.any([signal, this.#controller.signal]);
    this.touch();
  }

  touch(): void {
    clearTimeout(this.#timer);
    const stalled = () => this.#controller.abort(new Error(`no data for ${this.#stallMs / 1000} s`));
    this.#timer = setTimeout(stalled, this.#stallMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
