import * as l10n from '@vscode/l10n';
import type { Adapter } from 'lowdb';
import path from 'node:path';
import { countWords, maxJsonLineBytes, rowsNotSaved, type Problem } from '../core/index.js';
import { inChunks, readChunks, writeAll } from './fileBytes.js';
import { checkSums } from './journalCheck.js';
import { encodeLine } from './journalLine.js';
import type { Fault, JournalRow, JournalState, JsonLinesOptions } from './journalTypes.js';
import { keepTorn } from './tornLines.js';

/** Read at a time. */
const chunkBytes = 4 * 1024 * 1024;
/** The same where every line is parsed: some 10 ms of work. */
const parsedChunkBytes = 256 * 1024;
/** Last bytes that were read, to see whether the file is still the one that it was. */
const nTailBytes = 64;
const newline = 0x0a;

/**
 * A lowdb adapter for rows as lines. `read` gives the rows of the file, and the new ones when called again. `write`
 * appends those that are not on disk yet and resolves when they are: whole lines, synced. Calls that come during a sync
 * share the next one. On an error nothing is acknowledged, the rows stay in `data`, and the next `write` takes them again.
 *
 *   const db = new Low(new JsonLinesFile(file, options), []);
 *   await db.read();
 *   await db.update((rows) => rows.push(row)); // on disk
 */
export class JsonLinesFile<T extends JournalRow> implements Adapter<T[]> {
  /** What was found wrong in the file; replaced when it is read from its beginning again. */
  problems: Problem[] = [];
  #rows: T[] = [];
  /** All rows before this index are on disk. */
  #nSettled = 0;
  /** Bytes that were read, up to the end of a line. Of our own file: the length that is known to be good. */
  #end = 0;
  #nLines = 0;
  #tail: Uint8Array = new Uint8Array();
  /** Rows that this process wrote: should the file lose them, they are written again. */
  readonly #written = new Set<T>();
  #isFolderSynced = false;
  /** A failed write could not be taken back: its remains are ended by a newline. */
  #hasRemains = false;
  /** One thing at a time: reading and writing move the same end. */
  #last: Promise<unknown> = Promise.resolve();
  #nextWrite: Promise<void> | undefined;
  #nRestarts = 0;

  constructor(
    readonly path: string,
    private readonly options: JsonLinesOptions<T>,
  ) {}

  /** Null when there is no such file and nothing waits to be written. */
  read(): Promise<T[] | null> {
    return this.#inTurn(async () => {
      await this.#readNew();
      // Where it cannot be done (a read-only disk) the rest is still good for reading; the next write tries again.
      await this.#setTailAside().catch(() => undefined);
      return this.#rows.length === 0 && this.#end === 0 ? null : this.#rows;
    });
  }

  write(rows: T[]): Promise<void> {
    this.#rows = rows;
    this.#nextWrite ??= this.#inTurn(() => {
      this.#nextWrite = undefined;
      return this.#appendPending();
    });
    return this.#nextWrite;
  }

  get state(): JournalState {
    return { end: this.#end, nLines: this.#nLines, tail: this.#tail, problems: this.problems };
  }

  /** Goes on from what was read in an earlier process. Before the first `read`. */
  restore(state: JournalState): void {
    this.#end = state.end;
    this.#nLines = state.nLines;
    this.#tail = state.tail;
    this.problems = [...state.problems];
  }

  /**
   * Checks what the index took without its checksum; ends early when the file is replaced, since that is read anew.
   * @param pause is awaited between two slices.
   */
  async check(pause: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const { files, index } = this.options;
    if (index === undefined) return;
    const nRestarts = this.#nRestarts;
    await checkSums({
      files,
      file: this.path,
      end: this.#end,
      index,
      pause,
      isOver: () => signal.aborted || nRestarts !== this.#nRestarts,
      onBad: (line, reason) => void this.problems.push(this.#badLine('journal-sum', line, reason)),
    });
  }

  #inTurn<R>(task: () => Promise<R>): Promise<R> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }

  // Writing

  async #appendPending(): Promise<void> {
    const { owner, files } = this.options;
    if (owner === undefined) throw new TypeError(`${this.path} is another writer's journal`);
    const pending = this.#pendingRows();
    if (pending.length === 0) return;
    try {
      await this.#meetEnd();
      const start = this.#hasRemains ? ((await files.stat(this.path))?.sizeBytes ?? 0) : this.#end;
      const lines: Uint8Array[] = this.#hasRemains ? [Uint8Array.of(newline)] : [];
      const places: { row: T; offset: number; length: number }[] = [];
      let end = start + (this.#hasRemains ? 1 : 0);
      for (const row of pending) {
        const fields = this.options.format.encode(row);
        if (fields === undefined) continue;
        row.writer = owner.writer;
        if (row.seq === 0) row.seq = owner.nextSeq();
        const line = encodeLine(fields, row);
        places.push({ row, offset: end, length: line.length - 1 });
        lines.push(line);
        end += line.length;
      }
      await this.#appendDurably(lines, end);
      this.#nLines += places.length + (this.#hasRemains ? 1 : 0);
      this.#hasRemains = false;
      this.#end = end;
      this.#tail = tailOf(this.#tail, lines);
      for (const { row, offset, length } of places) {
        row.offset = offset;
        row.length = length;
        this.#written.add(row);
        this.options.onRow?.(row);
      }
    } catch (error) {
      await this.#takeBack();
      throw rowsNotSaved(this.path, pending.length, error);
    }
  }

  #pendingRows(): T[] {
    while (this.#nSettled < this.#rows.length && isOnDisk(this.#rows[this.#nSettled])) this.#nSettled += 1;
    const pending: T[] = [];
    for (let index = this.#nSettled; index < this.#rows.length; index += 1) {
      const row = this.#rows[index];
      if (row !== undefined && !isOnDisk(row)) pending.push(row);
    }
    return pending;
  }

  /** Before a write: the file ends where we think, or we learn what happened to it (git and sync tools replace files). */
  async #meetEnd(): Promise<void> {
    if (this.#hasRemains) return;
    await this.#readNew();
    await this.#setTailAside();
  }

  async #appendDurably(lines: readonly Uint8Array[], end: number): Promise<void> {
    const { files } = this.options;
    // Opened for each batch: a handle that is kept would go on writing into a file that git has replaced.
    const file = await files.open(this.path, 'append');
    try {
      for (const bytes of inChunks(lines, chunkBytes)) await writeAll(file, bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    if (!this.#isFolderSynced) await files.syncFolder(path.dirname(this.path));
    this.#isFolderSynced = true;
    const size = (await files.stat(this.path))?.sizeBytes ?? 0;
    if (size < end) throw new Error(`the file has ${size} bytes where ${end} were written: it was replaced meanwhile`);
  }

  /** After a failed write: cut back to what is known to be good; failing that, remember to begin with a newline. */
  async #takeBack(): Promise<void> {
    const { files } = this.options;
    try {
      const size = (await files.stat(this.path))?.sizeBytes ?? 0;
      if (size <= this.#end || this.#hasRemains) return;
      const file = await files.open(this.path, 'append');
      try {
        await file.truncate(this.#end);
      } finally {
        await file.close();
      }
    } catch {
      this.#hasRemains = true;
    }
  }

  // Reading

  async #readNew(): Promise<void> {
    const { files } = this.options;
    const info = await files.stat(this.path);
    if (info !== undefined && info.kind !== 'file') {
      this.problems = [this.#problem('journal-not-a-file', 1, l10n.t('it is not a regular file, so it was not read'))];
      return;
    }
    const size = info?.sizeBytes ?? 0;
    if (size < this.#end || !(await this.#isSameFile(size))) this.#startAgain();
    const wasShort = this.#end === 0 && this.#written.size > 0;
    if (size > this.#end) await this.#readLines(size);
    if (wasShort) this.#missWritten();
  }

  /** Whether the bytes before our end are those that we saw there. */
  async #isSameFile(size: number): Promise<boolean> {
    if (size === this.#end || this.#tail.length === 0) return true;
    const now = await this.options.files.readRange(this.path, this.#end - this.#tail.length, this.#tail.length);
    return Buffer.compare(now, this.#tail) === 0;
  }

  #startAgain(): void {
    this.#nRestarts += 1;
    const waiting = this.#rows.filter((row) => !isOnDisk(row));
    this.#rows.length = 0;
    for (const row of waiting) this.#rows.push(row);
    this.#nSettled = 0;
    this.#end = 0;
    this.#nLines = 0;
    this.#tail = new Uint8Array();
    this.problems = [];
    this.options.onReset?.();
  }

  /** Rows of ours that the replaced file no longer has wait to be written again: nothing acknowledged may go. */
  #missWritten(): void {
    const { index } = this.options;
    const there = new Set(this.#rows.map((row) => row.id));
    const missing = [...this.#written].filter(
      (row) => !there.has(row.id) && index?.has(row.id) !== true && this.options.format.encode(row) !== undefined,
    );
    this.#written.clear();
    if (missing.length === 0) return;
    for (const row of missing) {
      row.offset = -1;
      this.#rows.push(row);
      this.options.onWaiting?.(row);
    }
    this.problems.push(
      this.#problem(
        'journal-shrunk',
        1,
        missing.length === 1
          ? l10n.t(
              'it has lost a row that was written in this session (git or a sync tool replaced it); it is kept and can be saved again',
            )
          : l10n.t(
              'it has lost {0} rows that were written in this session (git or a sync tool replaced it); they are kept and can be saved again',
              String(missing.length),
            ),
      ),
    );
  }

  async #readLines(size: number): Promise<void> {
    let rest: Uint8Array = new Uint8Array();
    /** Bytes of a line that is too long to be held; skipped up to its end. */
    let nSkipped = 0;
    const { files, index } = this.options;
    index?.expect(size - this.#end);
    const bytesAtATime = index === undefined ? parsedChunkBytes : chunkBytes;
    const part = { files, file: this.path, start: this.#end, end: size, chunkBytes: bytesAtATime };
    for await (const chunk of readChunks(part)) {
      let start = 0;
      for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
        const length = rest.length + end - start;
        if (nSkipped > 0 || length > maxJsonLineBytes) this.#skipLine(nSkipped + length + 1);
        else if (rest.length > 0) this.#takeLine(Buffer.concat([rest, chunk.subarray(start, end)]), 0, length);
        else this.#takeLine(chunk, start, end);
        nSkipped = 0;
        rest = new Uint8Array();
        start = end + 1;
      }
      if (start > 0) this.#tail = Uint8Array.from(chunk.subarray(Math.max(0, start - nTailBytes), start));
      // A copy: the memory of the chunk is used again.
      rest = Buffer.concat([rest, chunk.subarray(start)]);
      if (rest.length > maxJsonLineBytes) {
        nSkipped += rest.length;
        rest = new Uint8Array();
      }
    }
  }

  #takeLine(bytes: Uint8Array, start: number, end: number): void {
    if (this.options.index?.take(bytes, start, end, this.#end) === true) {
      this.#nLines += 1;
      this.#end += end - start + 1;
    } else this.#readLine(bytes.subarray(start, end));
  }

  #skipLine(nBytes: number): void {
    this.#nLines += 1;
    this.#end += nBytes;
    this.problems.push(
      this.#problem(
        'journal-line-too-long',
        this.#nLines,
        l10n.t('the line is longer than {0} MiB, so it was skipped', String(maxJsonLineBytes / 1024 / 1024)),
      ),
    );
  }

  #readLine(line: Uint8Array): void {
    this.#nLines += 1;
    const offset = this.#end;
    this.#end += line.length + 1;
    const isFirstWithMark = offset === 0 && line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf;
    const content = isFirstWithMark ? line.subarray(3) : line;
    const place = { offset: isFirstWithMark ? offset + 3 : offset, length: content.length };
    const decoded = this.options.format.decode(content, place);
    if (!isFault(decoded)) {
      if (this.options.index === undefined) this.#rows.push(decoded);
      this.options.onRow?.(decoded);
      return;
    }
    switch (decoded.kind) {
      case 'blank':
        return;
      case 'conflict-marker':
        if (!this.problems.some((problem) => problem.code === 'journal-conflict'))
          this.problems.push(
            this.#problem(
              'journal-conflict',
              this.#nLines,
              l10n.t('git left conflict markers here; the rows of both sides were read. Delete the marker lines'),
            ),
          );
        return;
      case 'bad':
        this.problems.push(this.#badLine(decoded.code, this.#nLines, decoded.reason));
    }
  }

  /** Our own file must end with a newline. What stands after it was never acknowledged; it is kept apart, not deleted. */
  async #setTailAside(): Promise<void> {
    const { files, owner } = this.options;
    const info = await files.stat(this.path);
    if (owner === undefined || info === undefined || info.kind !== 'file' || info.sizeBytes <= this.#end) return;
    const torn = await files.readRange(this.path, this.#end, info.sizeBytes - this.#end);
    const kept = await keepTorn(files, owner.tornFolder, path.basename(this.path), torn);
    const file = await files.open(this.path, 'append');
    try {
      await file.truncate(this.#end);
      await file.sync();
    } finally {
      await file.close();
    }
    this.problems.push(
      this.#problem(
        'journal-torn',
        this.#nLines + 1,
        l10n.t(
          'its last line was cut off ({0}, never confirmed as saved); it was moved to {1}',
          countWords.bytes(torn.length),
          kept,
        ),
      ),
    );
  }

  #badLine = (code: string, line: number, reason: string): Problem =>
    this.#problem(code, line, l10n.t('the line was kept and skipped: {0}', reason));

  #problem(code: string, line: number, message: string): Problem {
    return { code, message, file: this.path, line };
  }
}

const isOnDisk = (row: JournalRow | undefined): boolean => row !== undefined && row.offset >= 0;

function tailOf(before: Uint8Array, lines: readonly Uint8Array[]): Uint8Array {
  const last: Uint8Array[] = [];
  let nBytes = 0;
  for (let index = lines.length - 1; index >= 0 && nBytes < nTailBytes; index -= 1) {
    const line = lines[index];
    if (line === undefined) break;
    last.unshift(line);
    nBytes += line.length;
  }
  return Uint8Array.from(Buffer.concat(nBytes < nTailBytes ? [before, ...last] : last).subarray(-nTailBytes));
}

/** A row has an id, a fault has a kind. */
const isFault = <T extends JournalRow>(decoded: T | Fault): decoded is Fault => !('seq' in decoded);
