// Bundles parts of a bench, with what they measure, into out/bench.
import { build } from 'esbuild';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
export const root = path.resolve(here, '../..');

/** Scripts know where they lie, so they stay where they are. @type {import('esbuild').Plugin} */
const scriptsAsTheyAre = {
  name: 'scripts-as-they-are',
  setup({ onResolve }) {
    onResolve({ filter: /\/scripts\/\w+\.mjs$/ }, ({ path: file, resolveDir }) => ({
      path: pathToFileURL(path.resolve(resolveDir, file)).href,
      external: true,
    }));
  },
};

/** Makes the repository the working folder. @param {readonly string[]} names files of this folder, without their ending */
export async function bundle(names) {
  process.chdir(root);
  await build({
    entryPoints: names.map((name) => path.join(here, `${name}.ts`)),
    outdir: 'out/bench',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['onnxruntime-node', 'playwright-core'],
    plugins: [scriptsAsTheyAre],
    logLevel: 'error',
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
  });
}

/** @param {string} name of a bundled part */
export const bundled = (name) => path.join(root, `out/bench/${name}.mjs`);

/** @param {string} name of a bundled part */
export const importBundled = (name) => import(pathToFileURL(bundled(name)).href);
