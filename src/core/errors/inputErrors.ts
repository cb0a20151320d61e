import * as l10n from '@vscode/l10n';
import { InputError } from './touchstoneError.js';

export const fileMissing = (file: string, cause?: unknown): InputError =>
  new InputError('file-missing', l10n.t('There is no file {0}. Check the path.', file), { facts: { file }, cause });

export const fileUnreadable = (file: string, reason: string, cause?: unknown): InputError =>
  new InputError(
    'file-unreadable',
    l10n.t('Cannot read {0}: {1}. Check that it is a file and that you may open it.', file, reason),
    { facts: { file }, cause },
  );

export const fileTooLarge = (file: string, sizeBytes: number, maxBytes: number): InputError =>
  new InputError(
    'file-too-large',
    l10n.t(
      'Cannot read {0}: it has {1} MiB, and a file of this kind may have {2}. Convert it to JSON Lines, which may be of any size.',
      file,
      Math.ceil(sizeBytes / 1024 / 1024),
      maxBytes / 1024 / 1024,
    ),
    { facts: { file, sizeBytes, maxBytes } },
  );

export const parquetUnreadable = (file: string, reason: string, cause?: unknown): InputError =>
  new InputError(
    'parquet-unreadable',
    l10n.t('Cannot read {0} as Parquet: {1}. Write the file again, or convert it to JSON Lines.', file, reason),
    { facts: { file }, cause },
  );

export const encodingBroken = (file: string, encoding: string): InputError =>
  new InputError(
    'encoding-broken',
    l10n.t(
      'Cannot read {0}: its beginning says {1}, but it holds bytes that are not. Save it as UTF-8.',
      file,
      encoding,
    ),
    { facts: { file, encoding } },
  );

export const importKindUnknown = (kind: string, known: readonly string[]): InputError =>
  new InputError(
    'import-kind-unknown',
    l10n.t('There is no kind of file "{0}". Choose one of {1}, or leave it out.', kind, known.join(', ')),
    { facts: { kind, known } },
  );
