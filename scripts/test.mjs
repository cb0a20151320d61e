// All tests, one line at the end. Placeholder of the first hour: type check and unit tests; the other suites join here.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const run = (command, args) =>
  spawnSync(command, args, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', maxBuffer: 1 << 28 });
if (!existsSync('node_modules/.package-lock.json') && run('npm', ['ci', '--no-audit', '--no-fund']).status !== 0)
  process.exit(1);
const check = run('npx', ['tsc', '--noEmit', '-p', '.']);
process.stdout.write(check.stdout);
const unit = run('npx', ['vitest', 'run', '--reporter=json', '--silent']);
const report = JSON.parse(unit.stdout.slice(unit.stdout.indexOf('{')));
for (const file of report.testResults)
  for (const test of file.assertionResults)
    if (test.status === 'failed') console.log(`FAILED ${test.fullName}\n${test.failureMessages.join('\n')}`);
for (const file of report.testResults)
  if (file.status === 'failed' && file.message) console.log(`FAILED ${file.name}\n${file.message}`);
const failed =
  report.numFailedTests +
  report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length +
  (check.status === 0 ? 0 : 1);
console.log(`${report.numPassedTests + (check.status === 0 ? 1 : 0)} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
