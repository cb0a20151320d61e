import * as l10n from '@vscode/l10n';
import type { Adapter } from 'lowdb';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { fileChangedOnDisk, fileNotWritten, jsonFaultOf, projectFileInvalid, TouchstoneError } from '../core/index.js';
import { codeOf, type FileSystem } from './fileSystem.js';
import { writeAll } from './fileBytes.js';

export interface DurableJsonOptions<T> {
  readonly files: FileSystem;
  /**
   * What to write when the file changed since it was read. `base` is what we read last, undefined for nothing.
   * Undefined as the result refuses. @default refuse
   */
  readonly merge?: (base: T | undefined, ours: T, theirs: T) => T | undefined;
  /** Runs compare and replace while no other process does. @default runs at once */
  readonly exclusively?: <R>(task: () => Promise<R>) => Promise<R>;
}

/** Waits between the tries of a rename that a virus scanner or an indexer blocks (Windows), milliseconds; 2 s in all. */
const renameWaitsMs = [10, 20, 50, 100, 150, 200, 300, 400, 400, 400];

/**
 * A lowdb adapter for one JSON document that survives a power cut at any moment: a uniquely named temporary file, synced,
 * renamed, the folder synced. What stands on disk is compared with what was read last before it is replaced, so that
 * nobody's change is lost. After a merge `read` again.
 */
export class DurableJsonFile<T extends object> implements Adapter<T> {
  #text: string | undefined;
  #data: T | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly path: string,
    private readonly parse: (value: unknown) => T,
    private readonly options: DurableJsonOptions<T>,
  ) {}

  /** As it was read or written last; undefined where there is none. */
  get text(): string | undefined {
    return this.#text;
  }

  async read(): Promise<T | null> {
    const text = await this.#readText();
    // What cannot be parsed counts as not read, so that no write takes its place.
    this.#data = text === undefined ? undefined : this.#parseText(text);
    this.#text = text;
    // A copy of its own for the merge: lowdb's users change what they are given.
    return text === undefined ? null : this.#parseText(text);
  }

  write(data: T): Promise<void> {
    const exclusively = this.options.exclusively ?? ((task) => task());
    const result = this.#last.then(() => exclusively(() => this.#replace(data)));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #replace(ours: T): Promise<void> {
    const there = await this.#readText();
    let data: T | undefined = ours;
    if (there !== this.#text && there !== undefined) {
      data = this.options.merge?.(this.#data, ours, this.#parseText(there));
      if (data === undefined) throw fileChangedOnDisk(this.path);
    }
    const text = `${JSON.stringify(data, null, 2)}\n`;
    if (text !== there) await this.#replaceText(text);
    this.#text = text;
    this.#data = this.#parseText(text);
  }

  async #replaceText(text: string): Promise<void> {
    const { files } = this.options;
    const folder = path.dirname(this.path);
    const temporary = path.join(folder, `.${path.basename(this.path)}.${randomBytes(6).toString('hex')}.tmp`);
    try {
      const file = await files.open(temporary, 'create-new');
      try {
        await writeAll(file, Buffer.from(text));
        await file.sync();
      } finally {
        await file.close();
      }
      await this.#rename(temporary);
      await files.syncFolder(folder);
    } catch (error) {
      await files.remove(temporary).catch(() => undefined);
      throw fileNotWritten(this.path, error);
    }
  }

  async #rename(temporary: string): Promise<void> {
    for (const waitMs of [...renameWaitsMs, undefined]) {
      try {
        return await this.options.files.rename(temporary, this.path);
      } catch (error) {
        if (waitMs === undefined || !['EPERM', 'EBUSY', 'EACCES'].includes(codeOf(error) ?? '')) throw error;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  async #readText(): Promise<string | undefined> {
    const bytes = await this.options.files.readFile(this.path);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }

  #parseText(text: string): T {
    if (jsonFaultOf(text)?.kind === 'too-deep') throw projectFileInvalid(this.path, l10n.t('it is nested too deep'));
    try {
      const value: unknown = JSON.parse(text);
      return this.parse(value);
    } catch (error) {
      if (error instanceof TouchstoneError) throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw projectFileInvalid(this.path, message, error, placeAt(text, offsetOf(message, text)));
    }
  }
}

/** What `JSON.parse` says of the place, in UTF-16 units; what ends too early is wrong at its end. */
const offsetOf = (message: string, text: string): number => {
  const [, offset] = /at position (\d+)/.exec(message) ?? [];
  return offset === undefined ? (/end of JSON/.test(message) ? text.length : 0) : Number(offset);
};

/** 0-based. */
export function placeAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length - 1, column: lines.at(-1)?.length ?? 0 };
}
