import * as l10n from '@vscode/l10n';
import { plainLine } from '../plainText.js';
import { InputError } from './touchstoneError.js';

export const customCommandMissing = (): InputError =>
  new InputError(
    'custom-command-missing',
    l10n.t(
      'There is no program to run. Set touchstone.fineTune.customCommand to a program and its arguments, one an item.',
    ),
  );

export const placeholderUnknown = (argument: string, known: readonly string[]): InputError =>
  new InputError(
    'placeholder-unknown',
    l10n.t(
      'The argument "{0}" of touchstone.fineTune.customCommand holds a placeholder that Touchstone does not fill. {1} are filled, each as a whole argument.',
      plainLine(argument),
      known.join(', '),
    ),
    { facts: { argument, known } },
  );

export const programRefused = (program: string): InputError =>
  new InputError(
    'program-refused',
    l10n.t(
      'Cannot run {0}: batch files read their arguments as commands. Name the program that it starts, e.g. python.exe.',
      plainLine(program),
    ),
    { facts: { program } },
  );

export const argumentRefused = (argument: string): InputError =>
  new InputError(
    'argument-refused',
    l10n.t('The argument {0} holds a NUL character, which no program can be given.', JSON.stringify(argument)),
    { facts: { argument } },
  );

export const datasetLacksFormat = (folder: string, wanted: readonly string[]): InputError =>
  new InputError(
    'dataset-lacks-format',
    l10n.t(
      'The data set {0} has no rows to train on as {1}. Export that format first.',
      plainLine(folder),
      wanted.join(', '),
    ),
    { facts: { folder, wanted } },
  );

export const datasetDamaged = (folder: string, problem: string): InputError =>
  new InputError(
    'dataset-damaged',
    l10n.t(
      'The data set {0} is not what was exported: {1}. Export it again before training.',
      plainLine(folder),
      plainLine(problem),
    ),
    { facts: { folder, problem } },
  );

export const runFolderOutside = (folder: string): InputError =>
  new InputError(
    'run-folder-outside',
    l10n.t(
      '{0} leads out of the project, and a run is kept inside it only. Replace the link by a folder.',
      plainLine(folder),
    ),
    { facts: { folder } },
  );
