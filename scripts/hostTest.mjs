// The suite inside a real extension host: in code-server, or with --desktop in a VS Code that is downloaded (the only way
// on macOS and Windows). Last line: "N passed, N failed, N skipped".
import { runTests } from '@vscode/test-electron';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureCodeServer, scratchFolder } from './codeServer.mjs';
import { ensureBuild, root, run } from './setup.mjs';

const isDesktop = process.argv.includes('--desktop') || process.platform !== 'linux';
if (!isDesktop) ensureCodeServer();
ensureBuild();
run(process.execPath, [path.join(root, 'scripts', 'build.mjs'), '--tests']);

const scratch = scratchFolder('host-test');
const result = path.join(scratch, 'result.txt');
const workspace = path.join(scratch, 'samples');
cpSync(path.join(root, 'samples'), workspace, { recursive: true, filter: (file) => !file.includes('.touchstone') });
for (const name of ['user', 'extensions']) mkdirSync(path.join(scratch, name));
// The one extension beside ours: it brings language models that the suite speaks for.
cpSync(
  path.join(root, 'test', 'host', 'languageModelProvider'),
  path.join(scratch, 'extensions', 'touchstone-test.language-models-1.0.0'),
  { recursive: true },
);

let code = 0;
try {
  await runTests({
    ...(isDesktop ? {} : { vscodeExecutablePath: path.join(root, 'scripts', 'codeServerLauncher.mjs') }),
    extensionDevelopmentPath: process.env.HOST_EXTENSION ?? root,
    extensionTestsPath: path.join(root, 'out', 'test', 'host', 'index.cjs'),
    launchArgs: [
      workspace,
      `--user-data-dir=${path.join(scratch, 'user')}`,
      `--extensions-dir=${path.join(scratch, 'extensions')}`,
    ],
    extensionTestsEnv: {
      HOST_LOG: path.join(scratch, 'log.txt'),
      HOST_RESULT: result,
      HOST_WORKSPACE: workspace,
      HOST_CHECKOUT: root,
    },
  });
} catch (error) {
  code = 1;
  process.stderr.write(`${error.message}\n`);
}
if (isDesktop && existsSync(path.join(scratch, 'log.txt')))
  process.stdout.write(readFileSync(path.join(scratch, 'log.txt')));
const line = existsSync(result) ? readFileSync(result, 'utf8').trim() : '0 passed, 1 failed, 0 skipped';
rmSync(scratch, { recursive: true, force: true });
console.log(line);
process.exit(code !== 0 || !/ 0 failed/.test(line) ? 1 : 0);
