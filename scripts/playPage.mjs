// `npm run play:page`: builds the pages and serves the labeling page with recorded messages to any browser.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const built = spawnSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
if (built.status !== 0) process.exit(built.status ?? 1);
process.env.TOUCHSTONE_PAGE_DIST ??= path.join(root, 'dist/webview');

const scratch = mkdtempSync(path.join(tmpdir(), 'touchstone-play-'));
const outfile = path.join(scratch, 'playground.mjs');
symlinkSync(path.join(root, 'node_modules'), path.join(scratch, 'node_modules'));
await build({
  entryPoints: ['test/page/playground.ts'],
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  outfile,
  define: { 'import.meta.dirname': JSON.stringify(path.join(root, 'test/page')) },
  logLevel: 'warning',
});
await import(pathToFileURL(outfile).href);
