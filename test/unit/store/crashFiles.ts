import path from 'node:path';
import type { FileSystem, OpenFile } from '../../../src/store/index.js';

interface Inode {
  volatile: Buffer;
  durable: Buffer;
  /** Bytes whose sync failed: the system calls them clean, and no later sync writes them (ATC 2020). */
  lost: { start: number; end: number }[];
}

/** What a disk may hold after a crash. */
export interface DiskState {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly folders: ReadonlySet<string>;
}

const missing = (file: string) => Object.assign(new Error(`ENOENT: no such file, '${file}'`), { code: 'ENOENT' });

/**
 * A disk in memory that keeps volatile and durable bytes apart. Contents become durable by `sync`, names by `syncFolder`.
 * `crashStates` gives what a crash at this moment may leave: each change of a name done or not, each content as it was,
 * whole, cut anywhere, or of the right length and empty.
 */
export class CrashFiles implements FileSystem {
  readonly #names = { volatile: new Map<string, Inode>(), durable: new Map<string, Inode>() };
  readonly #folders = { volatile: new Set<string>(), durable: new Set<string>() };
  /** Called after every call that may change the disk. */
  onDidChange: () => void = () => undefined;
  /** Asked before every sync: true makes it fail as a real disk does. */
  failsSync: () => boolean = () => false;

  constructor(state: DiskState) {
    for (const [name, bytes] of state.files) {
      const inode = { volatile: bytes, durable: bytes, lost: [] };
      this.#names.volatile.set(name, inode);
      this.#names.durable.set(name, inode);
    }
    for (const kind of ['volatile', 'durable'] as const) this.#folders[kind] = new Set(state.folders);
  }

  /** As a reader would see it now, without a crash. */
  state(): DiskState {
    const files = new Map([...this.#names.volatile].map(([name, inode]) => [name, inode.volatile]));
    return { files, folders: new Set(this.#folders.volatile) };
  }

  /** What is left when everything that is not durable is lost. */
  durableState(): DiskState {
    return this.#build(new Map(this.#names.durable), new Map());
  }

  *crashStates(): Generator<DiskState> {
    const names = [...new Set([...this.#names.volatile.keys(), ...this.#names.durable.keys()])];
    const uncertain = names.filter((name) => this.#names.volatile.get(name) !== this.#names.durable.get(name));
    for (let choice = 0; choice < 2 ** uncertain.length; choice += 1) {
      const chosen = new Map(this.#names.durable);
      uncertain.forEach((name, index) => {
        const inode = this.#names.volatile.get(name);
        if ((choice & (1 << index)) === 0) return;
        if (inode === undefined) chosen.delete(name);
        else chosen.set(name, inode);
      });
      yield* this.#contents(chosen, [...new Set(chosen.values())], new Map());
    }
  }

  *#contents(names: Map<string, Inode>, inodes: readonly Inode[], chosen: Map<Inode, Buffer>): Generator<DiskState> {
    const [first, ...rest] = inodes;
    if (first === undefined) {
      yield this.#build(names, chosen);
      return;
    }
    for (const content of contentsAfterCrash(first))
      yield* this.#contents(names, rest, new Map([...chosen, [first, content]]));
  }

  #build(names: ReadonlyMap<string, Inode>, chosen: ReadonlyMap<Inode, Buffer>): DiskState {
    const folders = new Set([...this.#folders.durable].filter((folder) => this.#isReachable(folder)));
    const files = new Map<string, Buffer>();
    for (const [name, inode] of names)
      if (folders.has(path.dirname(name))) files.set(name, chosen.get(inode) ?? inode.durable);
    return { files, folders };
  }

  #isReachable(folder: string): boolean {
    const parent = path.dirname(folder);
    return parent === folder || (this.#folders.durable.has(folder) && (parent === '/' || this.#isReachable(parent)));
  }

  async readFile(name: string) {
    return this.#names.volatile.get(name)?.volatile;
  }
  async readRange(name: string, offset: number, length: number) {
    return this.readRangeSync(name, offset, length);
  }
  readRangeSync(name: string, offset: number, length: number) {
    const inode = this.#names.volatile.get(name);
    if (inode === undefined) throw missing(name);
    return inode.volatile.subarray(offset, offset + length);
  }
  async stat(name: string) {
    const inode = this.#names.volatile.get(name);
    if (inode !== undefined) return { kind: 'file', sizeBytes: inode.volatile.length, modifiedMs: 0 } as const;
    return this.#folders.volatile.has(name) ? ({ kind: 'folder', sizeBytes: 0, modifiedMs: 0 } as const) : undefined;
  }
  async realPath(name: string) {
    return name;
  }
  async open(name: string, mode: 'append' | 'create-new' | 'truncate'): Promise<OpenFile> {
    if (!this.#folders.volatile.has(path.dirname(name))) throw missing(name);
    let inode = this.#names.volatile.get(name);
    if (inode !== undefined && mode === 'create-new') throw Object.assign(new Error('EEXIST'), { code: 'EEXIST' });
    if (inode === undefined) {
      inode = { volatile: Buffer.alloc(0), durable: Buffer.alloc(0), lost: [] };
      this.#names.volatile.set(name, inode);
    }
    if (mode === 'truncate') inode.volatile = Buffer.alloc(0);
    this.onDidChange();
    return this.#opened(inode);
  }
  #opened(inode: Inode): OpenFile {
    return {
      write: async (bytes) => {
        inode.volatile = Buffer.concat([inode.volatile, bytes]);
        this.onDidChange();
        return bytes.length;
      },
      truncate: async (length) => {
        inode.volatile = inode.volatile.subarray(0, length);
        inode.lost = inode.lost.flatMap(({ start, end }) =>
          start >= length ? [] : [{ start, end: Math.min(end, length) }],
        );
        this.onDidChange();
      },
      sync: async () => {
        if (this.failsSync()) {
          inode.lost.push({ start: inode.durable.length, end: inode.volatile.length });
          throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
        }
        inode.durable = Buffer.from(inode.volatile);
        for (const { start, end } of inode.lost) inode.durable.fill(0, start, end);
        this.onDidChange();
      },
      close: async () => undefined,
    };
  }
  async rename(from: string, to: string) {
    const inode = this.#names.volatile.get(from);
    if (inode === undefined) throw missing(from);
    this.#names.volatile.delete(from);
    this.#names.volatile.set(to, inode);
    this.onDidChange();
  }
  async remove(name: string) {
    this.#names.volatile.delete(name);
    this.onDidChange();
  }
  async makeFolder(folder: string) {
    for (let at = folder; at !== path.dirname(at); at = path.dirname(at)) this.#folders.volatile.add(at);
    this.onDidChange();
  }
  async list(folder: string) {
    const all = [...this.#names.volatile.keys(), ...this.#folders.volatile];
    return all
      .filter((name) => path.dirname(name) === folder && name !== folder)
      .map((name) => path.basename(name))
      .sort();
  }
  async syncFolder(folder: string) {
    if (!this.#folders.volatile.has(folder)) throw missing(folder);
    for (const [name, inode] of this.#names.volatile)
      if (path.dirname(name) === folder) this.#names.durable.set(name, inode);
    for (const name of [...this.#names.durable.keys()])
      if (path.dirname(name) === folder && !this.#names.volatile.has(name)) this.#names.durable.delete(name);
    for (const name of this.#folders.volatile) if (path.dirname(name) === folder) this.#folders.durable.add(name);
    this.onDidChange();
  }
}

function contentsAfterCrash(inode: Inode): Buffer[] {
  const { volatile, durable } = inode;
  if (volatile.equals(durable)) return [durable];
  if (volatile.length <= durable.length || !volatile.subarray(0, durable.length).equals(durable))
    return [durable, volatile];
  const added = volatile.length - durable.length;
  const cuts = new Set([1, added >> 1, added - 1, added]);
  const empty = Buffer.concat([durable, Buffer.alloc(added)]);
  return [durable, ...[...cuts].map((cut) => volatile.subarray(0, durable.length + cut)), empty];
}
