import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../scripts/setup.mjs';

/** Packages the extension, once for all files of the suite: each installs it into a workbench of its own. */
export default async function packaged(): Promise<void> {
  await promisify(execFile)(process.execPath, [path.join(root, 'scripts', 'package.mjs')]);
}
