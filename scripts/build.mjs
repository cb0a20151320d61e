// Bundles everything that runs: the extension, the model process, the command line, the webviews, and (with --tests) the
// suites that run inside an extension host. `--watch` keeps at it. Type checking is apart (`npm run check`).
import { context, build } from 'esbuild';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const watch = process.argv.includes('--watch');
const tests = process.argv.includes('--tests');
process.chdir(root);

/** @type {import('esbuild').BuildOptions} */
const common = { bundle: true, sourcemap: true, logLevel: 'warning', legalComments: 'none' };

/** @type {import('esbuild').BuildOptions} */
const node = {
  ...common,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  outExtension: { '.js': '.cjs' },
  external: ['vscode', 'onnxruntime-node'],
  // Bundled ES modules ask for import.meta.url; in CommonJS it is the bundle's own address.
  define: { 'import.meta.url': '__bundleUrl' },
  banner: { js: "const __bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
};

const entries = [
  ['src/extension.ts', 'extension'],
  ['src/cli.ts', 'cli'],
  ['src/engine/process.ts', 'engine'],
].filter(([file]) => existsSync(/** @type {string} */ (file)));

/** @type {import('esbuild').BuildOptions[]} */
const jobs = [
  {
    ...node,
    entryPoints: entries.map(([file, name]) => ({
      in: /** @type {string} */ (file),
      out: /** @type {string} */ (name),
    })),
    outdir: 'dist',
  },
];
const pages = existsSync('webview')
  ? readdirSync('webview', { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && existsSync(`webview/${entry.name}/index.ts`),
    )
  : [];
if (pages.length > 0)
  jobs.push({
    ...common,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    minify: !watch,
    entryPoints: pages.map((page) => ({ in: `webview/${page.name}/index.ts`, out: page.name })),
    outdir: 'dist/webview',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
  });
if (tests) {
  const suites = existsSync('test/host')
    ? readdirSync('test/host', { recursive: true })
        .map(String)
        .filter((file) => file.endsWith('.ts'))
    : [];
  if (suites.length > 0)
    jobs.push({
      ...node,
      external: [...(node.external ?? []), 'mocha'],
      minify: false,
      entryPoints: suites.map((file) => `test/host/${file}`),
      outdir: 'out/test/host',
      outbase: 'test/host',
    });
}

if (!watch) rmSync('dist', { recursive: true, force: true });
mkdirSync('dist/webview', { recursive: true });
copyFileSync('node_modules/@vscode/codicons/dist/codicon.css', 'dist/webview/codicon.css');
copyFileSync('node_modules/@vscode/codicons/dist/codicon.ttf', 'dist/webview/codicon.ttf');
if (watch) {
  for (const job of jobs) await (await context({ ...job, logLevel: 'info' })).watch();
} else {
  await Promise.all(jobs.map((job) => build(job)));
  console.log(
    `built ${entries.map(([, name]) => name).join(', ')}${pages.length > 0 ? ` and the pages ${pages.map((page) => page.name).join(', ')}` : ''}`,
  );
}
