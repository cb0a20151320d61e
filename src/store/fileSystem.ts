/** What a name in a folder stands for. Links are never followed to find out. */
export interface FileInfo {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly sizeBytes: number;
  /** Milliseconds since 1970, as the file system tells it. */
  readonly modifiedMs: number;
}

/**
 * All that the store asks of a disk. Small, so that tests can fail call n, keep volatile and durable bytes apart, and show
 * every state that a crash may leave. Paths are absolute. Failures are Node's errors, with `code`.
 */
export interface FileSystem {
  /** Undefined when there is no such file: the one expected condition, told apart from every other failure. */
  readFile(path: string): Promise<Uint8Array | undefined>;
  /**
   * Bytes `[offset, offset + length)`; fewer at the end of the file.
   * @param into memory that may be used for them, so that reading a large file makes no garbage.
   */
  readRange(path: string, offset: number, length: number, into?: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
  /** The same, at once: for rows that are read when they are shown. */
  readRangeSync(path: string, offset: number, length: number): Uint8Array;
  /** Undefined when there is nothing of this name. */
  stat(path: string): Promise<FileInfo | undefined>;
  /** The path without links. Rejects when there is nothing of this name. */
  realPath(path: string): Promise<string>;
  /** Never follows a link in the last part of the path. */
  open(path: string, mode: 'append' | 'create-new' | 'truncate'): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  /** Harmless when the file is not there. */
  remove(path: string): Promise<void>;
  /** With its parents; harmless when it is there. */
  makeFolder(path: string): Promise<void>;
  /** Names in a folder, sorted; empty when there is none. */
  list(folder: string): Promise<string[]>;
  /** Makes new names in a folder durable. Where the system cannot (Windows), it does nothing. */
  syncFolder(folder: string): Promise<void>;
  /**
   * Tells of changes in a folder, where the system can: sometimes too often, and on a shared folder not of other machines.
   * @returns a function that stops it; undefined when the folder is not there or cannot be watched.
   */
  watch?(folder: string, listener: () => void): (() => void) | undefined;
}

export interface OpenFile {
  /** May write fewer bytes than given: the caller counts. */
  write(bytes: Uint8Array): Promise<number>;
  truncate(length: number): Promise<void>;
  /** fdatasync. After it failed the file has to be closed and its rows written again (Can Applications Recover from fsync Failures?, ATC 2020). */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The code of a Node error (`ENOSPC`, `EACCES`, …); undefined for anything else. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
