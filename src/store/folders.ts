import path from 'node:path';
import { outsideProject } from '../core/index.js';
import type { FileSystem } from './fileSystem.js';

/** Makes `folder` below `base` with every name on the way synced, so that a crash cannot take the way to a synced file. */
export async function makeFolderDurably(files: FileSystem, base: string, folder: string): Promise<void> {
  let parent = base;
  for (const part of folder.split('/')) {
    const child = path.join(parent, part);
    if ((await files.stat(child)) === undefined) await files.makeFolder(child);
    // Also when it was there: an earlier try may have ended between the two.
    await files.syncFolder(parent);
    parent = child;
  }
}

/** Whether `inner` is `outer` or lies below it. Both absolute. */
export function isInside(inner: string, outer: string): boolean {
  const way = path.relative(outer, inner);
  return way === '' || (!path.isAbsolute(way) && way !== '..' && !way.startsWith(`..${path.sep}`));
}

/** A link planted in a repository must not lead our files elsewhere. @throws StoreError */
export async function refuseLinksOut(files: FileSystem, project: string, folders: readonly string[]): Promise<void> {
  const root = await files.realPath(project);
  for (const folder of folders) {
    const way = path.join(project, folder);
    if ((await files.stat(way)) === undefined) continue;
    if (!isInside(await files.realPath(way), root)) throw outsideProject(way, project);
  }
}
