import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import path from 'node:path';
import { codeOf, type FileSystem } from './fileSystem.js';
import { writeAll } from './fileBytes.js';

/** This process among others; given from outside so that tests can play several. */
export interface Machine {
  readonly host: string;
  readonly pid: number;
  isAlive(pid: number): boolean;
  now(): Date;
}

export const thisMachine: Machine = {
  host: hostname(),
  pid: process.pid,
  isAlive(pid) {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return codeOf(error) === 'EPERM';
    }
  },
  now: () => new Date(),
};

/** A name that this process alone holds. */
export interface Claim {
  readonly name: string;
  release(): Promise<void>;
}

/** A claim whose file is still empty is being written; after this long its process is taken for dead. */
const unreadableMs = 10_000;

/**
 * Names held by at most one living process, by files `<name>.<generation>.lock`. A claim makes the file of the next
 * generation, which only one process can; then it looks whether a still later one is there, and gives way. The file of the
 * highest generation is never deleted, so a slow process cannot revive an old one: stealing a stale lock has no race.
 * Locks of another machine or of a copied folder are never taken over.
 */
export class Claims {
  constructor(
    private readonly files: FileSystem,
    private readonly folder: string,
    private readonly machine: Machine,
  ) {}

  /** Undefined when a living process holds the name. */
  async claim(name: string): Promise<Claim | undefined> {
    await this.files.makeFolder(this.folder);
    return this.#take(name, await this.#generation(name));
  }

  /** A fitting name whose holder is gone; undefined when there is none. */
  async claimStale(isFit: (name: string) => boolean): Promise<Claim | undefined> {
    for (const [name, generation] of await this.#generations()) {
      if (!isFit(name)) continue;
      const claim = await this.#take(name, generation);
      if (claim !== undefined) return claim;
    }
    return undefined;
  }

  async #take(name: string, generation: number): Promise<Claim | undefined> {
    if (generation > 0 && (await this.#isHeld(this.#file(name, generation)))) return undefined;
    const mine = generation + 1;
    const file = this.#file(name, mine);
    try {
      await this.#write(file, 'create-new', { free: false });
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return undefined;
      throw error;
    }
    try {
      if ((await this.#generation(name)) > mine) {
        await this.files.remove(file);
        return undefined;
      }
    } catch (error) {
      await this.files.remove(file);
      throw error;
    }
    const older = Array.from({ length: generation }, (_, index) => index + 1).slice(-4);
    await Promise.allSettled(older.map((one) => this.files.remove(this.#file(name, one))));
    return { name, release: () => this.#release(file) };
  }

  /** A name must not stay held because a disk failed once. */
  async #release(file: string): Promise<void> {
    try {
      await this.#write(file, 'truncate', { free: true });
    } catch {
      await this.files.remove(file);
    }
  }

  async #isHeld(file: string): Promise<boolean> {
    const bytes = await this.files.readFile(file);
    if (bytes === undefined) return true; // taken over and removed a moment ago
    let holder: unknown;
    try {
      holder = JSON.parse(new TextDecoder().decode(bytes));
    } catch {
      const modifiedMs = (await this.files.stat(file))?.modifiedMs ?? 0;
      return this.machine.now().getTime() - modifiedMs < unreadableMs;
    }
    if (typeof holder !== 'object' || holder === null) return true;
    const { pid, host, folder, free } = { pid: 0, host: '', folder: '', free: false, ...holder };
    if (host !== this.machine.host || folder !== this.folder) return true;
    return free !== true && typeof pid === 'number' && this.machine.isAlive(pid);
  }

  async #write(file: string, mode: 'create-new' | 'truncate', state: { readonly free: boolean }): Promise<void> {
    const { host, pid } = this.machine;
    const holder = { pid, host, folder: this.folder, start: this.machine.now().toISOString(), ...state };
    const handle = await this.files.open(file, mode);
    try {
      await writeAll(handle, Buffer.from(`${JSON.stringify(holder)}\n`));
      await handle.close();
    } catch (error) {
      await handle.close().catch(() => undefined);
      if (mode === 'create-new') await this.files.remove(file);
      throw error;
    }
  }

  #file = (name: string, generation: number): string => path.join(this.folder, `${name}.${generation}.lock`);

  async #generation(name: string): Promise<number> {
    return Math.max(0, ...(await this.#generationsOf(name)));
  }

  async #generationsOf(name: string): Promise<number[]> {
    const found = (await this.files.list(this.folder)).map(parseLockName);
    return found.flatMap((lock) => (lock?.name === name ? [lock.generation] : []));
  }

  /** Of each name the highest. */
  async #generations(): Promise<Map<string, number>> {
    const highest = new Map<string, number>();
    for (const file of await this.files.list(this.folder)) {
      const lock = parseLockName(file);
      if (lock !== undefined) highest.set(lock.name, Math.max(lock.generation, highest.get(lock.name) ?? 0));
    }
    return highest;
  }
}

function parseLockName(file: string): { readonly name: string; readonly generation: number } | undefined {
  const [, name, generation] = /^(.{1,64})\.(\d{1,9})\.lock$/.exec(file) ?? [];
  return name === undefined || generation === undefined ? undefined : { name, generation: Number(generation) };
}

/** A new writer's name: 6 of `[0-9a-z]`. */
export const randomWriterName = (): string => Array.from(randomBytes(6), (byte) => (byte % 36).toString(36)).join('');
