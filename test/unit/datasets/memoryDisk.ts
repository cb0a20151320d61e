import path from 'node:path';
import type { DatasetDisk } from '../../../src/datasets/index.js';

type Entry = Uint8Array | 'folder' | 'link';

const diskError = (code: string, at: string) => Object.assign(new Error(`${code}: ${at}`), { code });

/** A disk in memory: quick, and able to fail at its n-th writing call. Folders are made on the way. */
export class MemoryDisk implements DatasetDisk {
  /** By absolute path. */
  readonly entries = new Map<string, Entry>();
  nCalls = 0;
  /** The call, counted from 1, at which to fail. */
  failAt: number | undefined;
  /** Most bytes that one write takes. */
  writeAtMost = Infinity;

  /** Contents of the files below a folder, by relative path. */
  filesBelow(folder: string): Record<string, string> {
    const files: [string, string][] = [];
    for (const [name, entry] of this.entries)
      if (name.startsWith(folder + path.sep) && entry instanceof Uint8Array)
        files.push([path.relative(folder, name), Buffer.from(entry).toString()]);
    return Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #called(): void {
    if (++this.nCalls === this.failAt) throw diskError('ENOSPC', 'the disk of the test');
  }

  readFile = async (file: string) => {
    const entry = this.entries.get(file);
    return entry instanceof Uint8Array ? entry : undefined;
  };
  readRangeSync = (file: string, offset: number, length: number) => {
    const entry = this.entries.get(file);
    if (!(entry instanceof Uint8Array)) throw diskError('ENOENT', file);
    return entry.subarray(offset, offset + length);
  };
  readRange = async (file: string, offset: number, length: number) => this.readRangeSync(file, offset, length);
  stat = async (name: string) => {
    const entry = this.entries.get(name);
    if (entry === undefined) return undefined;
    const kind = entry instanceof Uint8Array ? ('file' as const) : entry;
    return { kind, sizeBytes: entry instanceof Uint8Array ? entry.length : 0, modifiedMs: 0 };
  };
  realPath = async (name: string) => name;
  open = async (file: string, mode: 'append' | 'create-new' | 'truncate') => {
    this.#called();
    if (mode === 'create-new' && this.entries.has(file)) throw diskError('EEXIST', file);
    this.entries.set(file, new Uint8Array());
    return {
      write: async (bytes: Uint8Array) => {
        this.#called();
        const taken = bytes.subarray(0, Math.min(bytes.length, this.writeAtMost));
        const entry = this.entries.get(file);
        this.entries.set(file, Buffer.concat([entry instanceof Uint8Array ? entry : Buffer.alloc(0), taken]));
        return taken.length;
      },
      truncate: async () => this.#called(),
      sync: async () => this.#called(),
      close: async () => undefined,
    };
  };
  rename = async (from: string, to: string) => {
    this.#called();
    if (this.entries.has(to)) throw diskError('ENOTEMPTY', to);
    for (const [name, entry] of [...this.entries])
      if (name === from || name.startsWith(from + path.sep)) {
        this.entries.delete(name);
        this.entries.set(to + name.slice(from.length), entry);
      }
  };
  remove = async (file: string) => {
    this.#called();
    this.entries.delete(file);
  };
  removeFolder = async (folder: string) => {
    for (const name of [...this.entries.keys()])
      if (name === folder || name.startsWith(folder + path.sep)) this.entries.delete(name);
  };
  makeFolder = async (folder: string) => {
    this.#called();
    for (let at = folder; at !== path.dirname(at); at = path.dirname(at))
      if (!this.entries.has(at)) this.entries.set(at, 'folder');
  };
  list = async (folder: string) =>
    [...this.entries.keys()]
      .filter((name) => path.dirname(name) === folder)
      .map((name) => path.basename(name))
      .sort();
  syncFolder = async () => this.#called();
}
