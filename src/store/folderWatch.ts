import type { FileSystem } from './fileSystem.js';

export interface FolderWatchOptions {
  readonly files: FileSystem;
  /** Paths. One that is not there yet is tried again at the next look. */
  readonly folders: readonly string[];
  readonly intervalMs: number;
  readonly look: () => Promise<void>;
}

/** Events of a write come in a bunch; milliseconds. */
const settleMs = 20;

/**
 * Looks for other people's rows when the file system says that something happened, and every so often all the same: no events
 * come from a shared folder on another machine.
 */
export class FolderWatch {
  readonly #options: FolderWatchOptions;
  readonly #stops = new Map<string, () => void>();
  #timer: NodeJS.Timeout | undefined;
  #soonTimer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: FolderWatchOptions) {
    this.#options = options;
    this.#goOn();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#soonTimer);
    for (const stop of this.#stops.values()) stop();
  }

  #goOn(): void {
    const { files, folders, intervalMs, look } = this.#options;
    for (const folder of folders) {
      if (this.#stops.has(folder)) continue;
      const stop = files.watch?.(folder, () => this.#lookSoon());
      if (stop !== undefined) this.#stops.set(folder, stop);
    }
    this.#timer = setTimeout(() => void look().then(() => this.#isStopped || this.#goOn()), intervalMs);
    this.#timer.unref();
  }

  #lookSoon(): void {
    this.#soonTimer ??= setTimeout(() => {
      this.#soonTimer = undefined;
      if (!this.#isStopped) void this.#options.look();
    }, settleMs);
    this.#soonTimer.unref();
  }
}
