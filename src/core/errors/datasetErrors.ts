import * as l10n from '@vscode/l10n';
import { plainLine } from '../plainText.js';
import { causeInWords } from './storeErrors.js';
import { InputError, StoreError } from './touchstoneError.js';

export const formatUnknown = (name: string, known: readonly string[]): InputError =>
  new InputError(
    'format-unknown',
    l10n.t('There is no format "{0}". Choose among {1}.', plainLine(name), known.join(', ')),
    { facts: { name, known } },
  );

export const splitInvalid = (split: number): InputError =>
  new InputError(
    'split-invalid',
    l10n.t('A split of {0} cannot be held out. Give a share of at least 0 and less than 1, e.g. 0.1.', String(split)),
    { facts: { split } },
  );

export const seedInvalid = (seed: number): InputError =>
  new InputError('seed-invalid', l10n.t('{0} is no seed. Give a whole number of at least 0.', String(seed)), {
    facts: { seed },
  });

export const nothingToExport = (project: string): InputError =>
  new InputError(
    'nothing-to-export',
    l10n.t(
      'The project {0} has no prompts, so there is nothing to export. Import prompts and judge them.',
      plainLine(project),
    ),
    { facts: { project } },
  );

export const datasetFolderOccupied = (folder: string): InputError =>
  new InputError(
    'dataset-folder-occupied',
    l10n.t(
      '{0} holds something that is not a data set of Touchstone, and was left as it is. Choose a new or empty folder.',
      plainLine(folder),
    ),
    { facts: { folder } },
  );

/** @param others relative to the folder. */
export const datasetFolderHasOthers = (folder: string, others: readonly string[]): InputError =>
  new InputError(
    'dataset-folder-has-others',
    l10n.t(
      'The data set {0} also holds files that Touchstone did not write ({1}), and was left as it is. Move them away, or choose another folder.',
      plainLine(folder),
      plainLine(others.slice(0, 3).join(', ')) + (others.length > 3 ? ', …' : ''),
    ),
    { facts: { folder, others } },
  );

export const datasetPathIsLink = (folder: string): InputError =>
  new InputError(
    'dataset-path-is-link',
    l10n.t('{0} is a link, and Touchstone does not write through links. Name the folder itself.', plainLine(folder)),
    { facts: { folder } },
  );

export const datasetChanged = (folder: string, file: string): InputError =>
  new InputError(
    'dataset-changed',
    l10n.t(
      'In the data set {0} the file {1} was changed since its export, so it cannot be kept. Export its format as well, or choose another folder.',
      plainLine(folder),
      plainLine(file),
    ),
    { facts: { folder, file } },
  );

export const notADataset = (folder: string): InputError =>
  new InputError(
    'not-a-dataset',
    l10n.t(
      '{0} is no data set of Touchstone: it has no manifest.json of ours. Name the folder that was given to the export.',
      plainLine(folder),
    ),
    { facts: { folder } },
  );

export const datasetNotWritten = (folder: string, cause: unknown): StoreError =>
  new StoreError(
    'dataset-not-written',
    l10n.t(
      'Cannot write the data set {0}. {1} What stood there before is as it was.',
      plainLine(folder),
      causeInWords(cause),
    ),
    { facts: { folder }, cause },
  );

export const datasetNotWhole = (folder: string, reason: string): StoreError =>
  new StoreError(
    'dataset-not-whole',
    l10n.t(
      'The data set {0} did not come back from the disk as it was written ({1}). Export it again, or to another disk.',
      plainLine(folder),
      plainLine(reason),
    ),
    { facts: { folder, reason } },
  );
