/**
 * All that the store asks of a disk. Small, so that tests can fail call n, keep volatile and durable bytes apart, and show
 * every state that a crash may leave. Paths are absolute. Failures are Node's errors, with `code`.
 */
export interface FileSystem {
  /** Undefined when there is no such file: the one expected condition, told apart from every other failure. */
  readFile(path: string): Promise<Uint8Array | undefined>;
  /** Bytes `[offset, offset + length)`; fewer at the end of the file. */
  readRange(path: string, offset: number, length: number): Promise<Uint8Array>;
  /** Size in bytes, undefined when there is no such file. */
  size(path: string): Promise<number | undefined>;
  open(path: string, mode: 'append' | 'create-new' | 'truncate'): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  /** Harmless when the file is not there. */
  remove(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
  /** Names in a folder, sorted; empty when there is none. */
  list(folder: string): Promise<string[]>;
  /** Makes new names in a folder durable. Where the system cannot (Windows), it does nothing. */
  syncFolder(folder: string): Promise<void>;
}

export interface OpenFile {
  /** May write fewer bytes than given: the caller counts. */
  write(bytes: Uint8Array): Promise<number>;
  truncate(length: number): Promise<void>;
  /** fdatasync. After it failed the file has to be closed and its rows written again (Can Applications Recover from fsync Failures?, ATC 2020). */
  sync(): Promise<void>;
  close(): Promise<void>;
}
