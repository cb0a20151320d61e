import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeCommand, fineTuneCommand } from '../../../src/finetune/fineTuneCommand.js';
import { presets, type FineTunePreset } from '../../../src/finetune/presets.js';
import { payloads } from './payloads.js';

const folder = path.resolve('/project/.touchstone/runs/run-1');
const presetNamed = (id: FineTunePreset['id']) => presets.find((preset) => preset.id === id) ?? expect.fail(id);

interface Given {
  preset?: FineTunePreset['id'];
  dataset?: string;
  model?: string;
  python?: string;
  customCommand?: string[];
  hasValidation?: boolean;
}
function commandOf({ preset = 'trl-sft', dataset = '/project/datasets/d', hasValidation = true, ...run }: Given = {}) {
  const chosen = presetNamed(preset);
  const format = chosen.formats[0] ?? 'trl-sft';
  return fineTuneCommand(
    chosen,
    { folder: dataset, format, hasValidation, manifestSha256: '0'.repeat(64) },
    { folder, model: 'tiny', python: '', customCommand: [], ...run },
  );
}

/** Our own reading of the YAML that we write: one key a line, each value in JSON's spelling. */
function readYaml(text: string): Record<string, unknown> {
  const entries = text
    .split('\n')
    .slice(0, -1)
    .map((line): [string, unknown] => {
      const [, key = '', value = ''] = /^([a-z0-9_]+): (.+)$/.exec(line) ?? expect.fail(line);
      return [key, JSON.parse(value)];
    });
  return Object.fromEntries(entries);
}

describe('a fine-tune', () => {
  test("with TRL is the user's Python, a module and one file", () => {
    const { program, args, cwd } = commandOf({ preset: 'trl-dpo', python: '/home/kim/venv/bin/python' });
    expect(program).toBe('/home/kim/venv/bin/python');
    expect(args).toEqual(['-P', '-m', 'trl.scripts.dpo', '--config', path.join(folder, 'config.yaml')]);
    expect(cwd).toBe(folder);
  });

  test('looks like this', async () => {
    const texts = presets.map(({ id }) => {
      const command = commandOf({ preset: id, python: 'python3', customCommand: ['train', '${config}', '--fast'] });
      return `== ${describeCommand(command)}\n${command.config}`;
    });
    await expect(texts.join('\n')).toMatchFileSnapshot('fineTuneCommand.golden.txt');
  });

  test("never runs a model's code and sends nothing away", () => {
    for (const preset of ['trl-sft', 'trl-dpo'] as const)
      expect(readYaml(commandOf({ preset }).config)).toMatchObject({ trust_remote_code: false, push_to_hub: false });
  });

  test('looks at held-out rows only where there are some', () => {
    expect(readYaml(commandOf({ hasValidation: true }).config)).toMatchObject({ dataset_test_split: 'validation' });
    const without = readYaml(commandOf({ hasValidation: false }).config);
    expect(without).toMatchObject({ eval_strategy: 'no' });
    expect(without).not.toHaveProperty('dataset_test_split');
  });

  test("with a program of one's own fills whole arguments", () => {
    const customCommand = ['train', '--config', '${config}', '${dataset}', '${output}', '$config', '{config}'];
    const { program, args } = commandOf({ preset: 'custom', customCommand });
    expect(program).toBe('train');
    const config = path.join(folder, 'config.json');
    expect(args).toEqual([
      '--config',
      config,
      '/project/datasets/d',
      path.join(folder, 'output'),
      '$config',
      '{config}',
    ]);
  });

  const refused: [title: string, given: Given, message: RegExp][] = [
    ["no program of one's own", { preset: 'custom' }, /Set touchstone\.fineTune\.customCommand/],
    ['an empty one', { preset: 'custom', customCommand: ['  '] }, /Set touchstone\.fineTune\.customCommand/],
    [
      'a placeholder inside an argument',
      { preset: 'custom', customCommand: ['x', '--config=${config}'] },
      /whole argument/,
    ],
    ['a placeholder that is none', { preset: 'custom', customCommand: ['x', '${env:HOME}'] }, /does not fill/],
    ['a batch file', { preset: 'custom', customCommand: ['train.BAT'] }, /batch files/],
    ['a batch file in disguise', { python: 'C:\\python.cmd. ' }, /batch files/],
    ['a NUL', { preset: 'custom', customCommand: ['x', 'a\0b'] }, /NUL/],
  ];
  test.each(refused)('is refused with %s', (_, given, message) => expect(() => commandOf(given)).toThrow(message));
});

describe('hostile names', () => {
  test('there are 300 of them', () => expect(payloads.length).toBeGreaterThanOrEqual(300));

  test.each(['trl-sft', 'trl-dpo', 'custom'] as const)('reach the file of %s whole, and no argument', (preset) => {
    const customCommand = ['train', '${config}'];
    const plain = commandOf({ preset, customCommand });
    for (const payload of payloads) {
      const dataset = `/project/datasets/${payload}`;
      const command = commandOf({ preset, customCommand, dataset, model: payload });
      expect(command.args).toEqual(plain.args);
      expect(command.program).toBe(plain.program);
      const config =
        preset === 'custom' ? (JSON.parse(command.config) as Record<string, unknown>) : readYaml(command.config);
      expect(Object.keys(config)).toEqual(
        Object.keys(preset === 'custom' ? (JSON.parse(plain.config) as object) : readYaml(plain.config)),
      );
      expect([config['dataset'] ?? config['dataset_name'], config['model'] ?? config['model_name_or_path']]).toEqual([
        dataset,
        payload,
      ]);
    }
  });

  test("as arguments of one's own program are passed as they are", () => {
    for (const payload of payloads.filter((each) => !/\$\{[^}]*\}/.test(each)))
      expect(commandOf({ preset: 'custom', customCommand: ['train', payload] }).args).toEqual([payload]);
  });

  test('are shown so that nothing of them can hide', () => {
    for (const payload of payloads)
      expect(describeCommand({ program: 'train', args: [payload] })).toMatch(/^train [\p{L}\p{N}\x20-\x7e]+$/u);
  });
});
