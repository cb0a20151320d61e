import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { arrows, borderProblem } from '../../scripts/borders.mjs';

/** Specifiers of every import and re-export of a source, types too. The lint, which holds the same, reads it as a parser. */
const importsOf = (source: string): string[] =>
  [...source.matchAll(/(?<![.'"\w])(?:from\s|import\s|import\()\s*(['"])(\S+?)\1/g)].map(
    ([, , specifier = '']) => specifier,
  );

const sources = ['src', 'webview']
  .filter((folder) => existsSync(folder))
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .map((name) => path.posix.join(folder, String(name).split(path.sep).join('/')))
      .filter((file) => file.endsWith('.ts')),
  );

describe('borders between the folders', () => {
  const cases: [file: string, specifier: string, problem: string | undefined][] = [
    ['src/core/prompt.ts', './ids.js', undefined],
    ['src/core/prompt.ts', 'zod', undefined],
    ['src/core/prompt.ts', 'node:fs', 'src/core runs in a webview too: it has no node:fs'],
    ['src/core/prompt.ts', '../store/index.js', 'there is no arrow from src/core to src/store'],
    ['src/store/project.ts', '../core/index.js', undefined],
    ['src/store/project.ts', '../core/prompt.js', 'src/core is entered by its face only: import src/core/index.js'],
    ['src/store/project.ts', '../datasets/index.js', 'there is no arrow from src/store to src/datasets'],
    ['src/models/gguf/read.ts', '../../core/index.js', undefined],
    ['webview/labeling/index.ts', '../../src/protocol.js', undefined],
    ['webview/labeling/index.ts', '../../src/labeling/index.js', 'there is no arrow from webview to src/labeling'],
    [
      'webview/labeling/index.ts',
      'vscode',
      'only src/extension.ts, src/views, src/labeling, src/finetune, test/host may import vscode',
    ],
    [
      'src/cli.ts',
      'vscode',
      'only src/extension.ts, src/views, src/labeling, src/finetune, test/host may import vscode',
    ],
    [
      'src/engine/client.ts',
      'onnxruntime-node',
      'only src/engine/process.ts, test, scripts may import onnxruntime-node',
    ],
    ['webview/controls.ts', '@vscode/webview-ui-toolkit', undefined],
    [
      'webview/labeling/index.ts',
      '@vscode/webview-ui-toolkit',
      'only webview/controls.ts may import @vscode/webview-ui-toolkit',
    ],
  ];
  test.each(cases)('%s importing %s: %s', (file, specifier, problem) =>
    expect(borderProblem(file, specifier)).toBe(problem),
  );

  test('every import of ours goes along an arrow and through a face', () => {
    const problems = sources.flatMap((file) =>
      importsOf(readFileSync(file, 'utf8')).flatMap((specifier) => {
        const problem = borderProblem(file, specifier);
        return problem === undefined ? [] : [`${file} imports ${specifier}: ${problem}`];
      }),
    );
    expect(problems).toEqual([]);
  });

  test('the arrows have no circle', () => {
    const below = (place: string, path: readonly string[]): string[] =>
      path.includes(place)
        ? [[...path, place].join(' → ')]
        : (arrows[place] ?? []).flatMap((next) => below(next, [...path, place]));
    expect(Object.keys(arrows).flatMap((place) => below(place, []))).toEqual([]);
  });

  test('every folder of src has its arrows written down', () => {
    const places = new Set(
      sources.map((file) =>
        file
          .split('/')
          .slice(0, file.startsWith('src/') ? 2 : 1)
          .join('/'),
      ),
    );
    expect([...places].filter((place) => !(place in arrows))).toEqual([]);
  });

  test('every folder of src has a face', () => {
    const folders = Object.keys(arrows).filter((place) => sources.some((file) => file.startsWith(`${place}/`)));
    expect(
      folders.filter(
        (folder) => folder.startsWith('src/') && folder !== 'src/views' && !sources.includes(`${folder}/index.ts`),
      ),
    ).toEqual([]);
  });
});
