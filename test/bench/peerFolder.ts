import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const version = '3.22.1';

/**
 * The folder with node-llama-cpp, what we compare ourselves with; installed there on first use, outside the checkout. Only
 * the CPU's prebuilt library is fetched, nothing is compiled.
 */
export async function peerFolder(cache: string): Promise<string> {
  const folder = path.join(cache, 'peer-llama');
  if (existsSync(path.join(folder, `.complete-${version}`))) return folder;
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  console.log(`installing node-llama-cpp ${version} into ${folder}`);
  const platform = `@node-llama-cpp/${process.platform === 'win32' ? 'win' : process.platform === 'darwin' ? 'mac' : 'linux'}-${process.arch}`;
  await promisify(execFile)(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    [
      'install',
      '--omit=optional',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      `node-llama-cpp@${version}`,
      `${platform}@${version}`,
    ],
    { cwd: folder, shell: process.platform === 'win32' },
  );
  await writeFile(path.join(folder, `.complete-${version}`), '');
  return folder;
}
