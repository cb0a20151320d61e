// A Python environment with pinned packages in the cache, made once. Only tests use it; the extension needs no Python.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cache, say } from './setup.mjs';

/** What pip says when it reaches no index, as opposed to one that lacks the package. */
const unreachable =
  /NewConnectionError|ConnectTimeout|ReadTimeout|Max retries exceeded|Temporary failure in name resolution|Connection (?:refused|reset)|Network is unreachable|ProxyError|SSLError/;

/**
 * The interpreter of the environment `venv-NAME`, or why it cannot be had: PyPI is out of reach. Every other failure throws.
 *
 * @param {string} name
 * @param {readonly string[]} requirements pinned, e.g. `datasets==5.2.0`
 * @returns {{ readonly python: string } | { readonly skipped: string }}
 */
export function ensureVenv(name, requirements) {
  const folder = path.join(cache, `venv-${name}`);
  const marker = path.join(folder, '.complete');
  const wanted = requirements.join('\n');
  const python = path.join(folder, ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']));
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return { python };

  say(`Making a Python environment with ${requirements.join(', ')} in ${folder}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  ran(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', ...requirements];
  const { status, stderr } = spawnSync(python, pip, { encoding: 'utf8' });
  if (status !== 0) {
    if (unreachable.test(stderr)) return { skipped: 'PyPI cannot be reached' };
    throw new Error(`pip could not install ${requirements.join(', ')}:\n${stderr}`);
  }
  writeFileSync(marker, wanted);
  return { python };
}

function ran(program, args) {
  const { error, status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (error) throw new Error(`${program} could not be started: ${error.message}. Install Python 3.11 or newer.`);
  if (status !== 0) throw new Error(`"${[program, ...args].join(' ')}" failed:\n${stderr}`);
}
