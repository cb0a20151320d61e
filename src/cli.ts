import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCli } from './cli/index.js';

const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());
process.once('SIGTERM', () => interrupt.abort());
// A pipe that is closed on the other side is met where we read or write; it is no reason to crash.
for (const stream of [process.stdin, process.stdout, process.stderr]) stream.on('error', () => undefined);

const { stdin, stdout, stderr } = process;
// Whoever waits for the next line is waiting no longer.
interrupt.signal.addEventListener('abort', () => stdin.destroy(new Error('interrupted')));
const here = path.dirname(fileURLToPath(import.meta.url));
const engineFile = path.join(here, 'engine.cjs');
const manifest: unknown = JSON.parse(readFileSync(path.join(here, '..', 'package.json'), 'utf8'));
const version =
  typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
void runCli(process.argv.slice(2), { stdin, stdout, stderr, signal: interrupt.signal, version, engineFile }).then(
  // What was written to a pipe is on its way only when `exit` is not called before.
  (code) => stdout.write('', () => process.exit(code)),
);
