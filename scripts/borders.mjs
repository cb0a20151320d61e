// Who may import whom. The one table behind the lint rule (eslint.config.js) and the test (test/unit/borders.test.ts).
// A new arrow is a decision: add it here, and say why in CONTRIBUTING.md.
import path from 'node:path';

/** The first `n` of the steps of the data flow, in its order, after the core and the store that all may read. */
function steps(n) {
  return [
    'src/store',
    ...[
      'src/prompts',
      'src/models',
      'src/generation',
      'src/engine',
      'src/labeling',
      'src/datasets',
      'src/finetune',
    ].slice(0, n),
  ];
}

/** Folder (or file) of ours → the others whose face it may import. Its own files are always allowed. */
export const arrows = {
  'src/core': [],
  'src/contributions': [],
  'src/protocol.ts': ['src/core'],
  'src/store': ['src/core'],
  'src/prompts': ['src/core', 'src/store'],
  'src/models': ['src/core', 'src/store'],
  'src/generation': ['src/core', 'src/store', 'src/prompts', 'src/models'],
  'src/engine': ['src/core', 'src/store', 'src/models', 'src/generation'],
  'src/labeling': ['src/core', 'src/contributions', 'src/protocol.ts', ...steps(4)],
  'src/datasets': ['src/core', 'src/contributions', ...steps(4)],
  'src/finetune': ['src/core', 'src/contributions', ...steps(4), 'src/datasets'],
  'src/views': ['src/core', 'src/contributions', 'src/protocol.ts', ...steps(7)],
  'src/cli.ts': ['src/cli'],
  'src/cli': ['src/core', ...steps(7)],
  'src/extension.ts': ['src/core', 'src/contributions', 'src/protocol.ts', ...steps(7), 'src/views'],
  webview: ['src/core', 'src/protocol.ts'],
};

/** Packages that only these may import; all others of ours must ask them. A folder stands for all its files. */
export const keepers = {
  vscode: ['src/extension.ts', 'src/views', 'src/labeling', 'src/finetune', 'test/host'],
  'onnxruntime-node': ['src/engine/process.ts', 'test', 'scripts'],
  '@vscode/webview-ui-toolkit': ['webview/controls.ts'],
};

/** Places that have no Node: they run in a webview too. */
const withoutNode = ['src/core', 'src/protocol.ts', 'webview'];

const isIn = (file, place) => file === place || file.startsWith(`${place}/`);
const placeOf = (file) => Object.keys(arrows).find((place) => isIn(file, place));

/** `src/store/index.ts` for the specifier `../store/index.js` in `src/prompts/read.ts`; undefined for a package. */
const targetOf = (file, specifier) =>
  specifier.startsWith('.')
    ? path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier)).replace(/\.js$/, '.ts')
    : undefined;

/**
 * Why this import is not allowed, as a sentence; undefined when it is.
 * @param {string} file the importing file, relative to the repository, with forward slashes
 * @param {string} specifier what stands behind `from`
 * @returns {string | undefined}
 */
export function borderProblem(file, specifier) {
  for (const [name, allowed] of Object.entries(keepers))
    if ((specifier === name || specifier.startsWith(`${name}/`)) && !allowed.some((place) => isIn(file, place)))
      return `only ${allowed.join(', ')} may import ${name}`;
  if (specifier.startsWith('node:') && withoutNode.some((place) => isIn(file, place)))
    return `${placeOf(file)} runs in a webview too: it has no ${specifier}`;
  const from = placeOf(file);
  const target = targetOf(file, specifier);
  if (from === undefined || target === undefined || isIn(target, from)) return undefined;
  // Its version and its contributions are facts about us, not code.
  if (target === 'package.json') return undefined;
  const to = placeOf(target);
  if (to === undefined) return `${from} imports nothing outside src and webview`;
  if (!arrows[from].includes(to)) return `there is no arrow from ${from} to ${to}`;
  if (target !== to && target !== `${to}/index.ts`) return `${to} is entered by its face only: import ${to}/index.js`;
  return undefined;
}
