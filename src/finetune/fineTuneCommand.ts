import path from 'node:path';
import { argumentRefused, customCommandMissing, placeholderUnknown, programRefused } from '../core/index.js';
import type { FormatId } from '../datasets/index.js';
import { configText } from './configText.js';
import { placeholders, type FineTunePreset, type Placeholder } from './presets.js';

/** The data set of a run, as its manifest tells it. */
export interface RunDataset {
  /** Absolute path. */
  readonly folder: string;
  readonly format: FormatId;
  readonly hasValidation: boolean;
  /** SHA-256 of the manifest's bytes: it names every file and its hash. */
  readonly manifestSha256: string;
}

export interface RunPlan {
  /** Absolute path of the run's folder. */
  readonly folder: string;
  /** Hugging Face id or folder of the model that is tuned. */
  readonly model: string;
  /** The user's setting; empty: the system's Python. */
  readonly python: string;
  /** The user's setting: program and arguments. */
  readonly customCommand: readonly string[];
}

/** Exactly what will run. Printable: a person reads it before. */
export interface FineTuneCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Absolute path of the configuration file and what will stand in it. */
  readonly configFile: string;
  readonly config: string;
}

/**
 * A run, decided. No shell reads any of it, and nothing of a project is in the arguments but paths below its folder.
 *
 * @throws InputError when the user's program is missing, is a batch file, or holds a placeholder that is none.
 */
export function fineTuneCommand(preset: FineTunePreset, dataset: RunDataset, run: RunPlan): FineTuneCommand {
  const output = path.join(run.folder, 'output');
  const configFile = path.join(run.folder, `config.${preset.config}`);
  const values: Readonly<Record<Placeholder, string>> = {
    '${config}': configFile,
    '${dataset}': dataset.folder,
    '${output}': output,
  };
  const [program, ...args] =
    preset.pythonArguments === undefined
      ? run.customCommand
      : [run.python.trim() || (process.platform === 'win32' ? 'python' : 'python3'), ...preset.pythonArguments];
  if (program === undefined || program.trim() === '') throw customCommandMissing();
  // Windows ignores dots and spaces at the end of a name.
  if (/\.(?:bat|cmd)[. ]*$/i.test(program)) throw programRefused(program);
  const { folder, format, hasValidation } = dataset;
  const config = configText(
    preset.configOf({ dataset: folder, format, hasValidation, model: run.model, output }),
    preset.config,
  );
  return {
    program: checked(program),
    args: args.map((argument) => filled(argument, values)),
    cwd: run.folder,
    configFile,
    config,
  };
}

function filled(argument: string, values: Readonly<Record<Placeholder, string>>): string {
  const placeholder = placeholders.find((each) => each === argument);
  if (placeholder !== undefined) return values[placeholder];
  if (/\$\{[^}]*\}/.test(argument)) throw placeholderUnknown(argument, placeholders);
  return checked(argument);
}

function checked(argument: string): string {
  if (argument.includes('\0')) throw argumentRefused(argument);
  return argument;
}

/** The command for a person: each argument in JSON's spelling where it is not plain, so that nothing in it can hide. */
export const describeCommand = ({ program, args }: Pick<FineTuneCommand, 'program' | 'args'>): string =>
  [program, ...args].map((each) => (/^[A-Za-z0-9_@%+=:,./\\-]+$/.test(each) ? each : visible(each))).join(' ');

const visible = (text: string): string =>
  JSON.stringify(text).replace(/[^\x20-\x7e]/g, (character) =>
    /[\p{L}\p{N}]/u.test(character) ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
