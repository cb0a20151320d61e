// code-server (VS Code in a browser) from npm, kept in the cache folder: installed, started, stopped. It is the workbench
// of `npm start` on machines without desktop VS Code, and the one that the host and browser tests run in.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SetupError, cache, npm, say } from './setup.mjs';

const version = '4.139.1';
const nodeVersion = '24.21.0';
const platform = process.platform === 'win32' ? 'win' : process.platform;
const nodePackage = `node-${platform}-${process.arch}`;

export const codeServerFolder = path.join(cache, `code-server-${version}`);
const within = (...parts) => path.join(codeServerFolder, 'node_modules', ...parts);
const nodeFile = () => within(nodePackage, 'bin', platform === 'win' ? 'node.exe' : 'node');
const vscodeFolder = () => within('code-server', 'lib', 'vscode');

/**
 * Installs it without its scripts: they want Node 24, a compiler and headers for parts that are not used here. Built in a
 * folder of its own and renamed when whole, so a broken installation is never taken for a good one.
 */
export function ensureCodeServer() {
  if (existsSync(path.join(codeServerFolder, '.complete'))) return;
  say(`Installing code-server ${version} into ${codeServerFolder} (800 MB)`);
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(path.join(cache, 'code-server-tmp-'));
  try {
    writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    npm(['install', ...quiet, `${nodePackage}@${nodeVersion}`, `code-server@${version}`], { cwd: folder });
    const vscode = path.join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
    npm(['install', '--omit=dev', ...quiet], { cwd: vscode });
    npm(['install', '--omit=dev', ...quiet], { cwd: path.join(vscode, 'extensions') });
    writeFileSync(path.join(folder, '.complete'), '');
    rmSync(codeServerFolder, { recursive: true, force: true });
    renameSync(folder, codeServerFolder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A fresh, short folder for sockets and temporary files: each server leaves some behind. */
export function scratchFolder(name) {
  return mkdtempSync(path.join(tmpdir(), `ts-${name}-`));
}

/** Resolves with the first match of `pattern` in what the server prints; rejects with its output when it ends before. */
function matched(child, pattern, timeoutMs) {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(
      () => reject(new SetupError(`code-server was not ready after ${timeoutMs / 1000} s:\n${output}`)),
      timeoutMs,
    );
    const read = (chunk) => {
      output = (output + chunk).slice(-20_000);
      const match = pattern.exec(output);
      if (match === null) return;
      clearTimeout(timer);
      resolve(match);
    };
    // Read on for as long as it runs: a full pipe would stop it.
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new SetupError(`code-server ended with ${code}:\n${output}`));
    });
  });
}

/** Kills the server and all that it started (it leads a process group), and waits for its end. */
function stopped(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const timer = setTimeout(() => kill('SIGKILL'), 3000);
    const kill = (signal) => {
      try {
        if (process.platform === 'win32') child.kill(signal);
        else process.kill(-child.pid, signal);
      } catch {
        // Gone already.
      }
    };
    child.once('exit', () => {
      clearTimeout(timer);
      // Its extension host may outlive it by a moment.
      kill('SIGKILL');
      resolve();
    });
    kill('SIGTERM');
  });
}

function started(args, { runtime, env = {} }) {
  mkdirSync(runtime, { recursive: true });
  const inherited = { ...process.env };
  for (const name of ['NODE_OPTIONS', 'VITEST', 'ELECTRON_RUN_AS_NODE']) delete inherited[name];
  return spawn(nodeFile(), args, {
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, XDG_RUNTIME_DIR: runtime, TMPDIR: runtime, ...env },
  });
}

/**
 * The bare VS Code server for tests, on a free port.
 * @param {{ userData: string, extensions: string, runtime: string, isTrusted?: boolean, isAutomated?: boolean, env?: Record<string, string> }} options
 *   `isAutomated` makes the workbench obey the test payload of its address.
 * @returns {Promise<{ url: string, pid: number, stop: () => Promise<void> }>}
 */
export async function startTestServer({ userData, extensions, runtime, isTrusted = true, isAutomated = false, env }) {
  const child = started(
    [
      path.join(vscodeFolder(), 'out', 'server-main.js'),
      ...['--host', '127.0.0.1', '--port', '0', '--without-connection-token'],
      ...['--accept-server-license-terms', '--disable-telemetry'],
      ...['--user-data-dir', userData, '--extensions-dir', extensions],
      ...(isTrusted ? ['--disable-workspace-trust'] : []),
      ...(isAutomated ? ['--enable-smoke-test-driver'] : []),
    ],
    { runtime, ...(env === undefined ? {} : { env }) },
  );
  try {
    const [, port] = await matched(child, /Extension host agent listening on (\d+)/, 60_000);
    return { url: `http://127.0.0.1:${port}`, pid: child.pid, stop: () => stopped(child) };
  } catch (error) {
    await stopped(child);
    throw error;
  }
}

const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

/**
 * code-server as a person uses it: through its own entry, so that keys in the secret storage survive a reload.
 * Bound to loopback, without a password: whoever can reach the loopback of this machine can use it.
 */
export async function startForPerson({ userData, extensions, runtime, folder, port }) {
  const usedPort = port ?? (await freePort());
  mkdirSync(userData, { recursive: true });
  const config = path.join(runtime, 'code-server.yaml');
  mkdirSync(runtime, { recursive: true });
  writeFileSync(config, 'auth: none\n');
  const child = started(
    [
      within('code-server', 'out', 'node', 'entry.js'),
      ...['--auth', 'none', '--bind-addr', `127.0.0.1:${usedPort}`, '--config', config],
      ...['--user-data-dir', userData, '--extensions-dir', extensions],
      ...[
        '--disable-workspace-trust',
        '--disable-telemetry',
        '--disable-update-check',
        '--disable-getting-started-override',
      ],
      folder,
    ],
    { runtime },
  );
  try {
    await matched(child, /HTTP server listening/, 60_000);
    const exited = new Promise((resolve) => child.once('exit', resolve));
    return {
      url: `http://127.0.0.1:${usedPort}/?folder=${encodeURIComponent(folder)}`,
      exited,
      stop: () => stopped(child),
    };
  } catch (error) {
    await stopped(child);
    throw error;
  }
}

/** Installs a packaged extension as a person would, from its file. */
export function installExtension(vsix, { userData, extensions }) {
  const result = spawnSync(
    nodeFile(),
    [
      path.join(vscodeFolder(), 'out', 'server-main.js'),
      '--accept-server-license-terms',
      ...['--user-data-dir', userData, '--extensions-dir', extensions],
      ...['--install-extension', vsix, '--force'],
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 120_000 },
  );
  if (result.status !== 0 || !/successfully installed/.test(result.stdout))
    throw new SetupError(`${vsix} could not be installed into code-server:\n${result.stdout}${result.stderr}`);
}

/** Settings that keep a workbench quiet: no chat, no welcome pages, themes that follow the browser's colour scheme. */
export const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'window.autoDetectColorScheme': true,
  'window.autoDetectHighContrast': true,
  'workbench.preferredDarkColorTheme': 'Default Dark Modern',
  'workbench.preferredLightColorTheme': 'Default Light Modern',
  'workbench.editor.useModal': 'off',
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
};

/**
 * Settings of the user, read by the workbench when it starts. Twice: those of machine scope are taken from the machine's
 * own file, for a server is a remote machine.
 */
export function writeUserSettings(userData, settings) {
  for (const part of ['User', 'Machine']) {
    const file = path.join(userData, part, 'settings.json');
    if (existsSync(file)) continue;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(settings, null, 2));
  }
}
