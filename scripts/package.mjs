// `npm run package [TARGET…]`: one VSIX a platform, by default this machine's. Everything that goes in is put into a clean
// folder first, by name: nothing can slip in. Of onnxruntime only the target's own binaries go along; it is the one
// dependency that is not in the bundles. The time stamps are those of the last commit: the same commit gives the same bytes.
import { createVSIX } from '@vscode/vsce';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, run, say } from './setup.mjs';

export const targets = ['linux-x64', 'linux-arm64', 'win32-x64', 'win32-arm64', 'darwin-arm64'];
export const thisTarget = `${process.platform}-${process.arch}`;
const limitBytes = 45_000_000;

/** What an installed extension may hold; anything else fails the package. */
const allowed = [
  /^package(\.nls(\.[a-z-]+)?)?\.json$/,
  /^(readme|changelog)\.md$/i,
  /^LICENSE(\.txt)?$/,
  /^SECURITY\.md$/,
  /^dist\/(extension|engine|runTask)\.cjs$/,
  /^dist\/touchstone\.schema\.json$/,
  /^dist\/webview\/[\w-]+\.(js|css|ttf)$/,
  /^l10n\/bundle\.l10n(\.[a-z-]+)?\.json$/,
  /^media\/[a-z-]+\.(svg|png)$/,
  /^media\/(?:walkthrough|screenshots)\/[\w.-]+\.(md|svg|png)$/,
  /^dist\/node_modules\/onnxruntime-common\/(package\.json|dist\/cjs\/[\w.-]+\.(js|json))$/,
  /^dist\/node_modules\/onnxruntime-node\/(package\.json|dist\/[\w.-]+\.js)$/,
  /^dist\/node_modules\/onnxruntime-node\/bin\/napi-v6\/[a-z0-9]+\/[a-z0-9]+\/[\w.-]+\.(node|dll|dylib|so(\.\d+)*)$/,
  /^dist\/node_modules\/[a-z-]+\/LICENSE$/,
];

/** Files of an extension that the allow-list does not know; `files` are relative, with forward slashes. */
export const unexpectedFiles = (files) => files.filter((file) => !allowed.some((pattern) => pattern.test(file)));

/** All files below a folder, relative, with forward slashes, sorted. */
export const filesBelow = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();

/** Puts what the extension is made of into `stage`. */
function fill(stage, target) {
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  for (const field of ['scripts', 'dependencies', 'devDependencies', 'bin', 'sideEffects', 'allowScripts', 'private'])
    delete manifest[field];
  const text = JSON.stringify(manifest, null, 2);
  writeFileSync(path.join(stage, 'package.json'), text);
  const isNamed = (file) => text.includes(`media/screenshots/${path.basename(file)}`);
  for (const name of [
    'package.nls.json',
    'package.nls.ko.json',
    'README.md',
    'CHANGELOG.md',
    'SECURITY.md',
    'LICENSE',
    'l10n',
    'media',
  ])
    if (existsSync(path.join(root, name)))
      cpSync(path.join(root, name), path.join(stage, name), {
        recursive: true,
        // Screenshots are for the repository's README, but for those of the walkthrough.
        filter: (file) => !/\.png$/.test(file) || path.basename(path.dirname(file)) !== 'screenshots' || isNamed(file),
      });
  run(process.execPath, [path.join(root, 'scripts', 'build.mjs'), '--out', path.join(stage, 'dist')]);
  rmSync(path.join(stage, 'dist', 'cli.cjs'), { force: true });

  const [platform, architecture] = target.split('-');
  const modules = path.join(root, 'node_modules');
  const copied = [
    ...['package.json', 'dist', `bin/napi-v6/${platform}/${architecture}`].map((part) => `onnxruntime-node/${part}`),
    ...['package.json', 'dist/cjs'].map((part) => `onnxruntime-common/${part}`),
  ];
  for (const name of copied) {
    const from = path.join(modules, ...name.split('/'));
    if (!existsSync(from)) throw new Error(`onnxruntime has no ${name} for ${target}.`);
    cpSync(from, path.join(stage, 'dist', 'node_modules', ...name.split('/')), {
      recursive: true,
      filter: (file) => statSync(file).isDirectory() || !/\.(map|ts)$/.test(file),
    });
  }
}

/** @returns {Promise<{ file: string, bytes: number, sha256: string, nFiles: number }>} */
export async function packageExtension(target, file) {
  if (!targets.includes(target)) throw new Error(`There is no target ${target}. There are: ${targets.join(', ')}.`);
  const stage = path.join(root, 'out', 'package', target);
  fill(stage, target);
  const files = filesBelow(stage);
  const unexpected = unexpectedFiles(files);
  if (unexpected.length > 0)
    throw new Error(`Not on the list of what an extension may hold: ${unexpected.join(', ')}.`);
  process.env.SOURCE_DATE_EPOCH ??= execFileSync('git', ['log', '-1', '--format=%ct'], {
    cwd: root,
    encoding: 'utf8',
  }).trim();
  // The folder holds nothing that has to be left out.
  writeFileSync(path.join(stage, '.vscodeignore'), '');
  rmSync(file, { force: true });
  await createVSIX({
    cwd: stage,
    packagePath: file,
    target,
    dependencies: false,
    rewriteRelativeLinks: false,
    allowMissingRepository: true,
  });
  const bytes = statSync(file).size;
  if (bytes > limitBytes) throw new Error(`${file} has ${bytes} bytes; a package may have ${limitBytes}.`);
  return { file, bytes, sha256: createHash('sha256').update(readFileSync(file)).digest('hex'), nFiles: files.length };
}

/** The package's usual place. */
export const vsixPath = (target) => {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return path.join(root, `touchstone-${target}-${version}.vsix`);
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const asked = process.argv.slice(2);
  for (const target of asked.includes('all') ? targets : asked.length > 0 ? asked : [thisTarget]) {
    say(`Packaging for ${target}`);
    const { file, bytes, sha256, nFiles } = await packageExtension(target, vsixPath(target));
    console.log(`${path.relative(root, file)}  ${(bytes / 1e6).toFixed(1)} MB  ${nFiles} files  SHA-256 ${sha256}`);
  }
}
