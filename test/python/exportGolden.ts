/**
 * Exports the golden project and writes down, beside the data set, what a labeler would expect of it: `expected.json`.
 * Run by the conformance test: `node exportGolden.cjs FOLDER`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { exportDatasets, formatIds } from '../../src/datasets/index.js';
import { fineTuneCommand } from '../../src/finetune/fineTuneCommand.js';
import { presets } from '../../src/finetune/presets.js';
import { five, goldenCases, goldenProject, type GoldenCase } from './goldenProject.js';

const folder = process.argv[2] ?? '.';
mkdirSync(folder, { recursive: true });
const usable = goldenCases.filter(({ messages }) => messages.at(-1)?.role === 'user');
const isThere = (text: string) => text.trim() !== '';

/** By hand from the cases, not by the code under test: better answers before worse ones, the correction before its parent. */
const preferences = usable.flatMap(({ messages, answers, correction, isTie, judged = {} }) => {
  const marginOf = (better: number, worse: number): number =>
    'strength' in judged
      ? judged.strength
      : 'scores' in judged
        ? (judged.scores[better] ?? 0) - (judged.scores[worse] ?? 0)
        : worse - better;
  const ranked = isTie
    ? []
    : answers.flatMap((chosen, better) =>
        answers
          .slice(better + 1)
          .map((rejected, below) => ({ messages, chosen, rejected, margin: marginOf(better, better + 1 + below) })),
      );
  const worst = answers.at(-1) ?? '';
  const corrected = correction === undefined ? [] : [{ messages, chosen: correction, rejected: worst, margin: 1 }];
  return [...ranked, ...corrected].filter(
    ({ chosen, rejected }) => isThere(chosen) && isThere(rejected) && chosen !== rejected,
  );
});
const isSteps = ({ judged }: GoldenCase) => judged !== undefined && 'steps' in judged;
const answers = usable
  .filter((each) => !isSteps(each))
  .map(({ messages, answers: all, correction, isTie }) => ({
    messages,
    // The first of the tie is flagged.
    completion: correction ?? all[isTie ? 1 : 0] ?? '',
  }));
const plain = (messages: GoldenCase['messages']) => messages.map(({ content }) => content).join('\n\n');
const steps = usable.flatMap(({ messages, judged = {} }) =>
  'steps' in judged
    ? [
        {
          prompt: plain(messages),
          completions: judged.steps.map(({ text }) => text.trim()),
          labels: judged.steps.map(({ label }) => label !== 'wrong'),
        },
      ]
    : [],
);
const scores = usable.flatMap(({ messages, answers: all, judged = {} }) =>
  'scores' in judged
    ? judged.scores.map((score, index) => ({ prompt: plain(messages), response: all[index], ...five(score) }))
    : [],
);
const labels = usable
  .filter(({ judged }) => judged === undefined)
  .flatMap(({ messages, answers: all, correction, isTie }) => [
    ...all
      .map((completion, index) => ({ messages, completion, label: isTie === true || index === 0 }))
      .filter(({ completion }) => isThere(completion)),
    ...(correction === undefined ? [] : [{ messages, completion: correction, label: true }]),
  ]);

/** Configuration files of the presets, with names that YAML would trip over. */
const names = [
  'org/model',
  'true',
  '1e3',
  'x: y # z',
  '- a',
  'it\'s "so"',
  '!!python/name:x',
  'é한😀\u2028',
  'a\nenv: {A: b}',
];
const configs = names.flatMap((model, index) =>
  presets
    .filter(({ pythonArguments }) => pythonArguments !== undefined)
    .map((preset) => {
      const dataset = { folder: `/data/${model}`, format: preset.formats[0] ?? 'trl-sft', manifestSha256: '' };
      const run = { folder: path.join(folder, `run-${index}`), model, python: '', customCommand: [] };
      const command = fineTuneCommand(preset, { ...dataset, hasValidation: index % 2 === 0 }, run);
      const file = path.join(folder, `${preset.id}-${index}.yaml`);
      writeFileSync(file, command.config);
      return { module: command.args[2], file, model, dataset: dataset.folder, format: dataset.format, run: run.folder };
    }),
);
writeFileSync(path.join(folder, 'configs.json'), JSON.stringify(configs));
writeFileSync(path.join(folder, 'expected.json'), JSON.stringify({ preferences, answers, labels, steps, scores }));

void exportDatasets(
  goldenProject(),
  { formats: formatIds, out: path.join(folder, 'data'), split: 0.3 },
  { signal: new AbortController().signal },
);
