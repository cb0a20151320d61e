import { maxJsonLineBytes } from '../core/index.js';
import type { FileSystem } from './fileSystem.js';
import { decodeLine } from './journalLine.js';
import type { LineIndex } from './journalTypes.js';
import { isSumRight } from './rowLine.js';

export interface CheckOptions {
  readonly files: FileSystem;
  readonly file: string;
  /** Bytes of the file that were read. */
  readonly end: number;
  readonly index: LineIndex;
  /** Awaited between two slices. */
  readonly pause: () => Promise<void>;
  /** Nobody wants to know any more. */
  readonly isOver: () => boolean;
  /** `line` is 1-based. */
  readonly onBad: (line: number, reason: string) => void;
}

/** Checked at a time: about a millisecond. */
const checkBytes = 1024 * 1024;
const newline = 0x0a;

/**
 * Compares the checksums of the rows that an index took without: a bad one is dropped and told. Reads the file a second time,
 * in slices, while everything else goes on.
 */
export async function checkSums(options: CheckOptions): Promise<void> {
  const { files, file, end, pause, isOver } = options;
  const walk = new SumWalk(options);
  while (walk.at < end && !isOver()) {
    const before = walk.at;
    const bytes = await files.readRange(file, before, Math.min(checkBytes, end - before));
    if (isOver()) return;
    walk.take(bytes);
    // A line that is longer than a slice: no row of an index is that long unless the limit of a line allows it.
    if (walk.at === before)
      walk.take(await files.readRange(file, before, Math.min(maxJsonLineBytes + 1, end - before)));
    if (walk.at === before) return;
    await pause();
  }
}

class SumWalk {
  /** Bytes that were looked at, up to the end of a line. */
  at = 0;
  #nLines = 0;
  readonly #cursor = { row: 0, version: 0 };

  constructor(private readonly options: CheckOptions) {}

  /** @param bytes of the file from `at` on; what stands behind their last newline is left. */
  take(bytes: Uint8Array): void {
    const { index, onBad } = this.options;
    const bad = new Set<number>();
    let next = index.nextOffset(this.#cursor, this.at);
    let start = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      this.#nLines += 1;
      if (this.at + start === next) {
        if (!isSumRight(bytes, start, end)) {
          bad.add(next);
          const decoded = decodeLine(bytes.subarray(start, end));
          onBad(this.#nLines, decoded.kind === 'bad' ? decoded.reason : '');
        }
        next = index.nextOffset(this.#cursor, this.at + end + 1);
      }
      start = end + 1;
    }
    // Together, since dropping numbers the rows anew.
    if (bad.size > 0) index.drop(bad);
    this.at += start;
  }
}
