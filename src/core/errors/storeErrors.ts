import * as l10n from '@vscode/l10n';
import { plainLine } from '../plainText.js';
import { StoreError } from './touchstoneError.js';

/** What the system said of a failed call, for people: its known codes in words, else its own message. */
export function causeInWords(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return l10n.t('The disk is full. Make room, then save again.');
    case 'EROFS':
      return l10n.t('The file system is read-only.');
    case 'EACCES':
    case 'EPERM':
      return l10n.t('Writing there is not permitted. Check the rights of the file and of its folder.');
    case 'EIO':
      return l10n.t('The disk reports an error. Copy the project to another disk.');
    case 'ELOOP':
      return l10n.t('It is a link, and Touchstone does not write through links.');
    default:
      return plainLine(cause instanceof Error ? cause.message : String(cause));
  }
}

export const projectNotFound = (folder: string): StoreError =>
  new StoreError(
    'project-not-found',
    l10n.t(
      'There is no touchstone.json in {0} or a folder above it. Run "touchstone init" in the folder that is to be the project.',
      plainLine(folder),
    ),
    { facts: { folder } },
  );

export const projectExists = (file: string): StoreError =>
  new StoreError('project-exists', l10n.t('{0} is there already. It was left as it is.', plainLine(file)), {
    facts: { file },
  });

/** @param place 0-based, of what is wrong; undefined where it is the whole. */
export const projectFileInvalid = (
  file: string,
  reason: string,
  cause?: unknown,
  place?: { readonly line: number; readonly column: number },
): StoreError =>
  new StoreError(
    'project-file-invalid',
    l10n.t(
      'Cannot read {0}: {1}. Correct it in an editor, or take it back from git.',
      plainLine(file),
      plainLine(reason),
    ),
    { facts: { file, reason, ...(place !== undefined && { place }) }, cause },
  );

export const projectFileNewer = (file: string, version: unknown): StoreError =>
  new StoreError(
    'project-file-newer',
    l10n.t(
      '{0} was written by a newer Touchstone (version {1} of the file). Update Touchstone to open it.',
      plainLine(file),
      plainLine(String(version)),
    ),
    { facts: { file, version } },
  );

export const fileChangedOnDisk = (file: string): StoreError =>
  new StoreError(
    'file-changed-on-disk',
    l10n.t(
      '{0} was changed by someone else in the same place. Nothing was written. Look at the file, then do it again.',
      plainLine(file),
    ),
    { facts: { file } },
  );

export const fileBusy = (file: string): StoreError =>
  new StoreError(
    'file-busy',
    l10n.t('{0} is being written by another window or process for too long. Try again.', plainLine(file)),
    { facts: { file } },
  );

export const fileNotWritten = (file: string, cause: unknown): StoreError =>
  new StoreError('file-not-written', l10n.t('Cannot write {0}. {1}', plainLine(file), causeInWords(cause)), {
    facts: { file },
    cause,
  });

/** The rows are kept in memory. */
export const rowsNotSaved = (file: string, nRows: number, cause: unknown): StoreError =>
  new StoreError(
    'rows-not-saved',
    nRows === 1
      ? l10n.t('1 row is not saved: cannot write {0}. {1}', plainLine(file), causeInWords(cause))
      : l10n.t('{0} rows are not saved: cannot write {1}. {2}', String(nRows), plainLine(file), causeInWords(cause)),
    { facts: { file, nRows }, cause },
  );

export const tooManyUnsaved = (nRows: number): StoreError =>
  new StoreError(
    'too-many-unsaved',
    l10n.t(
      '{0} rows wait to be saved already, so no more are taken. Make the disk writable, then save again.',
      String(nRows),
    ),
    { facts: { nRows } },
  );

export const rowTooLarge = (id: string, sizeBytes: number, limitBytes: number): StoreError =>
  new StoreError(
    'row-too-large',
    l10n.t(
      'Row {0} takes {1} bytes; {2} are the most that a journal line may have. Shorten its text.',
      plainLine(id),
      String(sizeBytes),
      String(limitBytes),
    ),
    { facts: { id, sizeBytes, limitBytes } },
  );

export const rowTooDeep = (id: string, limit: number): StoreError =>
  new StoreError(
    'row-too-deep',
    l10n.t('Row {0} is nested deeper than {1} levels. Flatten its metadata.', plainLine(id), String(limit)),
    { facts: { id, limit } },
  );

export const outsideProject = (path: string, folder: string): StoreError =>
  new StoreError(
    'outside-project',
    l10n.t(
      '{0} leads out of the project {1}. Touchstone writes inside the project only; replace the link by a folder.',
      plainLine(path),
      plainLine(folder),
    ),
    { facts: { path, folder } },
  );

export const projectClosed = (folder: string): StoreError =>
  new StoreError('project-closed', l10n.t('The project {0} is closed. Open it again.', plainLine(folder)), {
    facts: { folder },
  });

export const promptUnknown = (id: string): StoreError =>
  new StoreError('prompt-unknown', l10n.t('There is no prompt {0}. "touchstone show" lists them.', plainLine(id)), {
    facts: { id },
  });
