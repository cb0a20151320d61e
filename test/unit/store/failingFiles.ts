import type { FileSystem, OpenFile } from '../../../src/store/index.js';

/** How a call goes wrong: before it did anything, after it did all, or (for a write) after half of its bytes. */
export type Fault = 'before' | 'after' | 'half';

const diskError = () => Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });

/**
 * A file system whose n-th call fails, once. SQLite's way to test: raise n from 1 until a run passes untouched.
 * `hasFailed` tells whether it was reached.
 */
export class FailingFiles implements FileSystem {
  hasFailed = false;
  #nCalls = 0;

  constructor(
    private readonly inner: FileSystem,
    private readonly n: number,
    private readonly fault: Fault,
  ) {}

  async #call<R>(task: () => Promise<R>, half?: () => Promise<R>): Promise<R> {
    this.#nCalls += 1;
    if (this.#nCalls !== this.n) return task();
    this.hasFailed = true;
    if (this.fault === 'after') await task();
    if (this.fault === 'half') await half?.();
    throw diskError();
  }

  readFile = (path: string) => this.#call(() => this.inner.readFile(path));
  readRange = (path: string, offset: number, length: number) =>
    this.#call(() => this.inner.readRange(path, offset, length));
  readRangeSync = (path: string, offset: number, length: number) => this.inner.readRangeSync(path, offset, length);
  stat = (path: string) => this.#call(() => this.inner.stat(path));
  realPath = (path: string) => this.#call(() => this.inner.realPath(path));
  rename = (from: string, to: string) => this.#call(() => this.inner.rename(from, to));
  remove = (path: string) => this.#call(() => this.inner.remove(path));
  makeFolder = (path: string) => this.#call(() => this.inner.makeFolder(path));
  list = (folder: string) => this.#call(() => this.inner.list(folder));
  syncFolder = (folder: string) => this.#call(() => this.inner.syncFolder(folder));
  async open(path: string, mode: 'append' | 'create-new' | 'truncate'): Promise<OpenFile> {
    const file = await this.#call(() => this.inner.open(path, mode));
    return {
      write: (bytes) =>
        this.#call(
          () => file.write(bytes),
          () => file.write(bytes.subarray(0, bytes.length >> 1)),
        ),
      truncate: (length) => this.#call(() => file.truncate(length)),
      sync: () => this.#call(() => file.sync()),
      close: () => this.#call(() => file.close()),
    };
  }
}
