import { closeSync, constants, openSync, readSync, watch } from 'node:fs';
import { lstat, mkdir, open, readdir, readFile, realpath, rename, rm, type FileHandle } from 'node:fs/promises';
import { codeOf, type FileInfo, type FileSystem, type OpenFile } from './fileSystem.js';

/** The real disk. */
export const nodeFiles: FileSystem = {
  async readFile(path) {
    try {
      return await readFile(path);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  },

  async readRange(path, offset, length, into) {
    const handle = await open(path, 'r');
    try {
      const bytes =
        into !== undefined && into.length >= length
          ? Buffer.from(into.buffer, into.byteOffset, length)
          : Buffer.allocUnsafe(length);
      let nRead = 0;
      while (nRead < length) {
        const { bytesRead } = await handle.read(bytes, nRead, length - nRead, offset + nRead);
        if (bytesRead === 0) break;
        nRead += bytesRead;
      }
      return bytes.subarray(0, nRead);
    } finally {
      await handle.close();
    }
  },

  readRangeSync(path, offset, length) {
    const descriptor = openSync(path, 'r');
    try {
      const bytes = Buffer.allocUnsafe(length);
      let nRead = 0;
      while (nRead < length) {
        const n = readSync(descriptor, bytes, nRead, length - nRead, offset + nRead);
        if (n === 0) break;
        nRead += n;
      }
      return bytes.subarray(0, nRead);
    } finally {
      closeSync(descriptor);
    }
  },

  async stat(path): Promise<FileInfo | undefined> {
    try {
      const info = await lstat(path);
      const kind = info.isFile() ? 'file' : info.isDirectory() ? 'folder' : info.isSymbolicLink() ? 'link' : 'other';
      return { kind, sizeBytes: info.size, modifiedMs: info.mtimeMs };
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  },

  realPath: (path) => realpath(path),

  async open(path, mode) {
    const flags = {
      append: constants.O_APPEND | constants.O_CREAT,
      'create-new': constants.O_CREAT | constants.O_EXCL,
      truncate: constants.O_CREAT | constants.O_TRUNC,
    }[mode];
    // O_NOFOLLOW and O_NONBLOCK are missing on Windows; a link planted in a shared folder must not lead our bytes elsewhere,
    // and a FIFO must not hang us.
    const handle = await open(
      path,
      constants.O_WRONLY | flags | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
      0o666,
    );
    return new NodeFile(handle);
  },

  rename: (from, to) => rename(from, to),
  remove: (path) => rm(path, { force: true }),
  makeFolder: async (path) => void (await mkdir(path, { recursive: true })),

  async list(folder) {
    try {
      return (await readdir(folder)).sort();
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  },

  async syncFolder(folder) {
    let handle: FileHandle | undefined;
    try {
      handle = await open(folder, 'r');
      await handle.sync();
    } catch (error) {
      // On Windows a folder cannot be synced (Node issue 3879), on some network file systems neither. Never so for a file.
      if (!['EPERM', 'EISDIR', 'EINVAL', 'EACCES', 'ENOTSUP'].includes(codeOf(error) ?? '')) throw error;
    } finally {
      await handle?.close();
    }
  },

  watch(folder, listener) {
    try {
      const watcher = watch(folder, { persistent: false }, () => listener());
      watcher.on('error', () => watcher.close());
      return () => watcher.close();
    } catch {
      return undefined;
    }
  },
};

class NodeFile implements OpenFile {
  constructor(private readonly handle: FileHandle) {}
  write = async (bytes: Uint8Array): Promise<number> => (await this.handle.write(bytes)).bytesWritten;
  truncate = (length: number): Promise<void> => this.handle.truncate(length);
  sync = (): Promise<void> => this.handle.datasync();
  close = (): Promise<void> => this.handle.close();
}
