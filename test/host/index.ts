/** Runs the suites of this folder inside an extension host. Its last act tells how they went: a host that dies says nothing. */
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';

export async function run(): Promise<void> {
  const logFile = process.env['HOST_LOG'];
  const resultFile = process.env['HOST_RESULT'];
  // VS Code owns the console of its extension host, so the reporter gets a line of its own.
  if (logFile !== undefined)
    Mocha.reporters.Base.consoleLog = (...parts: unknown[]) => appendFileSync(logFile, `${format(...parts)}\n`);
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, color: false, reporter: 'spec' });
  for (const name of readdirSync(__dirname).sort())
    if (name.endsWith('.test.cjs')) mocha.addFile(path.join(__dirname, name));
  const counts = await new Promise<{ passed: number; failed: number; skipped: number }>((resolve) => {
    const runner = mocha.run(() => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      resolve({ passed: passes, failed: failures, skipped: pending });
    });
  });
  const line = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
  if (resultFile !== undefined) writeFileSync(resultFile, line);
  if (counts.failed > 0) throw new Error(line);
}
