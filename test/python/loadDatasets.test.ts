import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ensureVenv } from '../../scripts/pythonVenv.mjs';
import { splits } from '../../src/core/index.js';
import { exportDatasets, formatIds, type ExportPlan } from '../../src/datasets/index.js';
import { goldenProject } from './goldenProject.js';

const version = '5.2.0';
const venv = ensureVenv('datasets', [`datasets==${version}`]);

const Loaded = z.record(
  z.string(),
  z.record(z.string(), z.record(z.string(), z.object({ features: z.string(), rows: z.array(z.unknown()) }))),
);
const load = (python: string, ...folders: string[]) =>
  Loaded.parse(
    JSON.parse(
      execFileSync(python, [fileURLToPath(new URL('load.py', import.meta.url)), ...folders], {
        encoding: 'utf8',
        // The folder is on this machine: nothing is asked of the hub.
        env: { ...process.env, HF_HUB_OFFLINE: '1', HF_DATASETS_OFFLINE: '1', HF_HOME: path.join(folder, 'hub') },
      }),
    ),
  );

let folder: string;
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'touchstone-python-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rowsIn = (file: string): unknown[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as unknown)
    : [];

const exported = async (name: string, plan: Partial<ExportPlan>, only?: (name: string) => boolean) => {
  const out = path.join(folder, name);
  const signal = new AbortController().signal;
  return exportDatasets(goldenProject(only), { formats: formatIds, out, ...plan }, { signal });
};

const title = `the Python package datasets ${version}${'skipped' in venv ? `, skipped: ${venv.skipped}` : ''}`;
describe.skipIf('skipped' in venv)(title, () => {
  const python = 'python' in venv ? venv.python : '';

  test('loads every format and split, the same columns in each, the same rows as written', async () => {
    const plans = [
      ['halves', { split: 0.5 }, undefined],
      ['no-validation', { split: 0 }, undefined],
      ['one-row', { split: 0.1 }, (name: string) => name === 'a system turn'],
      ['two-prompts', { split: 0.1 }, (name: string) => ['a system turn', 'answers of one letter'].includes(name)],
      ['two-exports', { split: 0.5, formats: ['trl-sft'] }, undefined],
      ['two-exports', { split: 0.5, formats: ['touchstone', 'trl-preference'] }, undefined],
    ] as const;
    const outs = new Set<string>();
    for (const [name, plan, only] of plans) outs.add((await exported(name, plan, only)).out);
    const loaded = load(python, ...outs);
    for (const out of outs) {
      const configs = loaded[out] ?? {};
      const hasRows = (id: string) => splits.some((split) => rowsIn(path.join(out, id, `${split}.jsonl`)).length > 0);
      expect(Object.keys(configs).sort()).toEqual(formatIds.filter(hasRows).sort());
      for (const [format, loadedSplits] of Object.entries(configs)) {
        expect(new Set(Object.values(loadedSplits).map(({ features }) => features)).size).toBe(1);
        for (const split of splits)
          expect(loadedSplits[split]?.rows ?? []).toEqual(rowsIn(path.join(out, format, `${split}.jsonl`)));
      }
    }
  });

  test('reads a margin as a float even where all are whole, and scores as whole numbers', async () => {
    const { out } = await exported('whole', { split: 0 }, (name) => name === 'ratings');
    const features = (format: string) => load(python, out)[out]?.[format]?.['train']?.features;
    expect(features('trl-reward')).toContain("'margin': Value('float64')");
    expect(features('helpsteer')).toContain("'helpfulness': Value('int64')");
  });

  test('reads a column of dates as timestamps, of which the export had warned', async () => {
    const { out, findings } = await exported('dates', { formats: ['trl-sft'] }, (name) => name === 'a date');
    expect(findings).toEqual([{ code: 'all-dates', format: 'trl-sft', column: 'completion.content' }]);
    expect(load(python, out)[out]?.['trl-sft']?.['train']?.features).toContain('timestamp');
  });
});
