import { nodeFiles, type FileSystem } from '../../../src/store/index.js';

/** The real disk, which is never waited for: for tests of which no crash is the subject. */
export const unsyncedFiles: FileSystem = {
  ...nodeFiles,
  open: async (file, mode) => Object.assign(await nodeFiles.open(file, mode), { sync: async () => undefined }),
  syncFolder: async () => undefined,
};
