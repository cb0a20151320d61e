// `npm test`: gets what the tests need, then runs all of them. Each suite's output is shown as it comes; then a table, then
// one line that tells the truth: "N passed, N failed", with ", N skipped" when there are some.
// `npm test -- unit page` runs those suites alone.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureCodeServer } from './codeServer.mjs';
import { ensureBuild, ensureDebianPackages, ensureDependencies, ensureModel, root, say } from './setup.mjs';

process.chdir(root);
const scratch = mkdtempSync(path.join(tmpdir(), 'touchstone-test-'));
const node = (script, ...args) => [process.execPath, path.join(root, 'scripts', script), ...args];
const tool = (name, ...args) => [process.execPath, path.join(root, 'node_modules', ...name.split('/')), ...args];

/** A program that passes or fails as a whole. */
const single = (command) => ({
  command,
  count: (code) => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }),
});

/** A vitest run, counted by its own report. A file that cannot be loaded is a failure. */
function vitest(name, ...args) {
  const report = path.join(scratch, `${name}.json`);
  return {
    command: tool(
      'vitest/vitest.mjs',
      'run',
      ...args,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ),
    count: (code) => {
      const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
        readFileSync(report, 'utf8'),
      );
      const broken = testResults.filter(
        (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
      );
      const failed = numFailedTests + broken.length;
      return {
        passed: numPassedTests,
        failed: Math.max(failed, code === 0 ? 0 : 1),
        skipped: numPendingTests + numTodoTests,
      };
    },
  };
}

/** A suite whose last line is "N passed, N failed, N skipped". */
const counting = (command) => ({
  command,
  count: (code, output) => {
    const match = [...output.matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm)].at(-1);
    if (match === undefined) return { passed: 0, failed: 1, skipped: 0 };
    const [passed, failed, skipped] = [match[1], match[2], match[3] ?? '0'].map(Number);
    return { passed, failed: Math.max(failed, code === 0 ? 0 : 1), skipped };
  },
});

/** In the order of what they cost: what is cheap and often wrong comes first. */
const suites = {
  types: single(tool('typescript/bin/tsc', '--noEmit', '-p', '.')),
  lint: single(tool('eslint/bin/eslint.js', '.')),
  format: single(tool('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.')),
  unit: vitest('unit'),
  cli: vitest('cli', '--config', 'vitest.cli.config.ts'),
  durability: vitest('durability', '--config', 'vitest.durability.config.ts'),
  python: vitest('python', '--config', 'vitest.python.config.ts'),
  model: vitest('model', '--config', 'vitest.model.config.ts'),
  page: vitest('page', '--config', 'vitest.page.config.ts'),
  host: counting(node('hostTest.mjs')),
  browser: vitest('browser', '--config', 'vitest.browser.config.ts'),
};

/** Suites that each keep one core busy, or wait: they run side by side, and each one's output is shown when it has ended. */
const together = [
  ['types', 'lint', 'format'],
  ['durability', 'python'],
];

/** Runs it with its output kept, and passed through where it is alone. */
function ran([program, ...args], isAlone) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1' },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        if (isAlone) process.stdout.write(text);
      });
    child.once('error', (error) => resolve({ code: 1, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in suites));
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(', ')}. There are: ${Object.keys(suites).join(', ')}.`);
  process.exit(2);
}
const names = Object.keys(suites).filter((name) => chosen.length === 0 || chosen.includes(name));

const rows = [];
/** Tests that failed once: they hide nothing, and are the next to be mended. */
const secondTries = [];
const timed = async (name, work) => {
  const start = performance.now();
  const counts = await work();
  rows.push({ name, ...counts, seconds: (performance.now() - start) / 1000 });
};

await timed('setup', async () => {
  try {
    ensureDebianPackages(['chromium', 'libvulkan1', 'python3-pip', 'python3-venv']);
    ensureDependencies();
    ensureBuild();
    ensureCodeServer();
    ensureModel();
    return { passed: 0, failed: 0, skipped: 0 };
  } catch (error) {
    console.log(error.stack);
    return { passed: 0, failed: 1, skipped: 0 };
  }
});
async function runSuite(name, isAlone) {
  await timed(name, async () => {
    const { code, output } = await ran(suites[name].command, isAlone);
    if (!isAlone) {
      say(`Output of ${name}`);
      process.stdout.write(output);
    }
    for (const [line] of output.matchAll(/^.*\(retry x\d+\).*$/gm)) secondTries.push(`${name}: ${line.trim()}`);
    try {
      return suites[name].count(code, output);
    } catch (error) {
      console.log(`${name} left no report: ${error.message}`);
      return { passed: 0, failed: 1, skipped: 0 };
    }
  });
}
for (let left = names; left.length > 0;) {
  const group = together.find((each) => each.includes(left[0]))?.filter((name) => left.includes(name)) ?? [left[0]];
  left = left.filter((name) => !group.includes(name));
  say(`Running ${group.join(', ')}`);
  await Promise.all(group.map((name) => runSuite(name, group.length === 1)));
}
rmSync(scratch, { recursive: true, force: true });

const total = { passed: 0, failed: 0, skipped: 0 };
console.log('\nsuite          passed  failed skipped  seconds');
for (const row of rows.sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name))) {
  for (const key of Object.keys(total)) total[key] += row[key];
  console.log(
    `${row.name.padEnd(14)}${[row.passed, row.failed, row.skipped].map((count) => String(count).padStart(7)).join(' ')}${row.seconds.toFixed(1).padStart(9)}`,
  );
}
if (secondTries.length > 0) console.log(`\nPassed at the second try only:\n${secondTries.join('\n')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed === 0 ? 0 : 1;
