#!/usr/bin/env node
// Stands in for the desktop program where @vscode/test-electron expects one: takes its arguments, runs the suite in the
// extension host of a code-server, and exits with the suite's code (70: the host died without a result, 124: too slow).
//   HOST_LOG     the suite's own output; shown here as it grows
//   HOST_RESULT  "N passed, N failed, N skipped", written last. A host that crashes reports success, so its absence decides.
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { quietSettings, scratchFolder, startTestServer, writeUserSettings } from './codeServer.mjs';
import { chromiumPath } from './setup.mjs';

const limitMs = Number(process.env.HOST_LIMIT_MS ?? 300_000);
const options = new Map();
let folder;
for (const argument of process.argv.slice(2)) {
  const match = /^--([^=]+)(?:=(.*))?$/s.exec(argument);
  if (match === null) folder = argument;
  else options.set(match[1], match[2] ?? 'true');
}

const runtime = scratchFolder('host');
const userData = options.get('user-data-dir') ?? path.join(runtime, 'user');
const extensions = options.get('extensions-dir') ?? path.join(runtime, 'extensions');
mkdirSync(extensions, { recursive: true });
writeUserSettings(userData, quietSettings);

let server;
let browser;
let isLeaving = false;
async function leave(code) {
  if (isLeaving) return;
  isLeaving = true;
  showLog();
  clearInterval(logTimer);
  await Promise.race([browser?.close().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 3000))]);
  await server?.stop();
  rmSync(runtime, { recursive: true, force: true });
  process.exit(code);
}

/** Prints what the suite has written since the last look. */
let logPosition = 0;
function showLog() {
  const file = process.env.HOST_LOG;
  if (file === undefined || !existsSync(file)) return;
  const descriptor = openSync(file, 'r');
  const size = fstatSync(descriptor).size;
  if (size > logPosition) {
    const bytes = Buffer.alloc(size - logPosition);
    readSync(descriptor, bytes, 0, bytes.length, logPosition);
    logPosition = size;
    process.stdout.write(bytes);
  }
  closeSync(descriptor);
}
const logTimer = setInterval(showLog, 200);

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])
  process.on(signal, () => void leave(code));
setTimeout(() => {
  process.stderr.write(`The suite did not end within ${limitMs / 1000} s.\n`);
  void leave(124);
}, limitMs).unref();

try {
  server = await startTestServer({
    userData,
    extensions,
    runtime,
    isTrusted: options.has('disable-workspace-trust'),
    isAutomated: true,
  });
  const executablePath = chromiumPath();
  if (executablePath === undefined)
    throw new Error('The suite needs Chromium: install it, or name one in TOUCHSTONE_CHROMIUM.');
  browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
    // Playwright's own handlers would leave the server running.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const page = await browser.newPage();
  await page.exposeFunction('codeAutomationLog', (type, args) => {
    // The suite speaks through HOST_LOG. A suite that cannot be loaded speaks only here.
    const text = args.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' ');
    if (type === 'error' && /extensionTests|Cannot find module|test runner|out\/test/.test(text))
      process.stderr.write(`${text}\n`);
  });
  await page.exposeFunction('codeAutomationExit', (code) => {
    const result = process.env.HOST_RESULT;
    const isMissing = result !== undefined && !existsSync(result);
    if (isMissing && code === 0) process.stderr.write('The extension host ended before the suite did.\n');
    return void leave(isMissing && code === 0 ? 70 : code);
  });
  const remote = (file) => `vscode-remote://${new URL(server.url).host}${file}`;
  const testsPath = options.get('extensionTestsPath');
  const payload = [
    ['extensionDevelopmentPath', remote(options.get('extensionDevelopmentPath'))],
    ['extensionTestsPath', remote(/\.c?js$/.test(testsPath) ? testsPath : `${testsPath}.js`)],
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
    ...(options.has('disable-extensions') ? [['disableExtensions', 'true']] : []),
  ];
  const place =
    folder === undefined
      ? 'ew=true'
      : `${folder.endsWith('.code-workspace') ? 'workspace' : 'folder'}=${encodeURIComponent(folder)}`;
  await page.goto(`${server.url}/?${place}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
} catch (error) {
  process.stderr.write(`${error.stack}\n`);
  await leave(1);
}
