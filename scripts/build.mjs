// Bundles everything that runs: the extension, the model process, the command line, the webviews. `--tests` bundles the
// suites that run inside an extension host instead, `--watch` keeps at it, `--out DIR` bundles for a package: minified,
// without source maps. Type checking is apart (`npm run check`).
import { context, build } from 'esbuild';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const watch = process.argv.includes('--watch');
const tests = process.argv.includes('--tests');
const forPackage = process.argv.includes('--out');
const out = forPackage
  ? path.resolve(process.argv[process.argv.indexOf('--out') + 1] ?? 'dist')
  : path.join(root, 'dist');
process.chdir(root);

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  sourcemap: !forPackage,
  minifyWhitespace: forPackage,
  minifySyntax: forPackage,
  logLevel: 'warning',
  legalComments: 'none',
};

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
  ['src/finetune/runTask.ts', 'runTask'],
].filter(([file]) => existsSync(/** @type {string} */ (file)));

const pages = existsSync('webview')
  ? readdirSync('webview', { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && existsSync(`webview/${entry.name}/index.ts`),
    )
  : [];
const suites =
  tests && existsSync('test/host')
    ? readdirSync('test/host', { recursive: true })
        .map(String)
        .filter((file) => file.endsWith('.ts'))
    : [];

/** @type {import('esbuild').BuildOptions[]} */
const jobs = tests
  ? [
      {
        ...node,
        external: [...(node.external ?? []), 'mocha'],
        entryPoints: suites.map((file) => `test/host/${file}`),
        outdir: 'out/test/host',
        outbase: 'test/host',
      },
    ]
  : [
      {
        ...node,
        entryPoints: entries.map(([file, name]) => ({
          in: /** @type {string} */ (file),
          out: /** @type {string} */ (name),
        })),
        outdir: out,
      },
      {
        ...common,
        platform: 'browser',
        // Modules, so that a page can load a part of itself when it is needed.
        format: 'esm',
        splitting: true,
        chunkNames: '[name]-[hash]',
        metafile: true,
        // Tables that a browser or this page has no need of; together they would be an eighth of it.
        alias: {
          entities: './webview/labeling/aids/entities.ts',
          'linkify-it': './webview/labeling/aids/links.ts',
          'punycode.js': './webview/labeling/aids/hostNames.ts',
          'uc.micro': './webview/labeling/aids/unicode.ts',
        },
        target: 'es2022',
        minify: !watch,
        entryPoints: pages.map((page) => ({ in: `webview/${page.name}/index.ts`, out: page.name })),
        outdir: path.join(out, 'webview'),
        loader: { '.ttf': 'file' },
        assetNames: '[name]',
      },
    ];

if (tests) rmSync('out/test/host', { recursive: true, force: true });
else {
  mkdirSync(path.join(out, 'webview'), { recursive: true });
  for (const file of ['codicon.css', 'codicon.ttf'])
    copyFileSync(`node_modules/@vscode/codicons/dist/${file}`, path.join(out, 'webview', file));
}
if (watch) {
  for (const job of jobs) await (await context({ ...job, logLevel: 'info' })).watch();
} else {
  const results = await Promise.all(jobs.map((job) => build(job)));
  if (!tests) await writeProjectSchema();
  for (const { metafile } of results)
    if (metafile !== undefined) {
      dropOldParts(metafile);
      holdPageSize(metafile);
    }
  const names = tests ? suites : [...entries.map(([, name]) => name), ...pages.map((page) => `the page ${page.name}`)];
  console.log(`built ${names.join(', ')}`);
}

/** What an editor knows of `touchstone.json`, from the schema that reads it. */
async function writeProjectSchema() {
  const bundle = path.join(out, 'projectSchema.cjs');
  await build({ ...node, sourcemap: false, entryPoints: ['src/core/project.ts'], outfile: bundle });
  const { projectJsonSchema } = createRequire(import.meta.url)(bundle);
  rmSync(bundle);
  writeFileSync(path.join(out, 'touchstone.schema.json'), `${JSON.stringify(projectJsonSchema(), null, 2)}\n`);
}

/**
 * What the labeling page loads before it shows anything stays small; all else is loaded when it is asked for.
 * @param {import('esbuild').Metafile} metafile
 */
function holdPageSize({ outputs }) {
  const maxBytes = 300_000;
  const first = Object.keys(outputs).filter((file) => file.endsWith('/labeling.js'));
  for (const file of first)
    for (const { path: part, kind } of outputs[file]?.imports ?? [])
      if (kind === 'import-statement' && !first.includes(part)) first.push(part);
  const nBytes = first.reduce((sum, file) => sum + (outputs[file]?.bytes ?? 0), 0);
  if (nBytes <= maxBytes) return;
  console.error(
    `The labeling page loads ${nBytes} bytes at first, more than ${maxBytes}: load a part of it on demand.`,
  );
  process.exitCode = 1;
}

/**
 * Parts of a page are named by their content: those of an earlier build would stay for ever. Their style sheets are never
 * loaded: the page's own holds them.
 * @param {import('esbuild').Metafile} metafile
 */
function dropOldParts({ outputs }) {
  const made = new Set(Object.keys(outputs).map((file) => path.basename(file)));
  for (const file of readdirSync(path.join(out, 'webview')))
    if (/-[A-Z0-9]{8}\.(?:js|css)(?:\.map)?$/.test(file) && !(made.has(file) && /\.js(?:\.map)?$/.test(file)))
      rmSync(path.join(out, 'webview', file));
}
