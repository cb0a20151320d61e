import * as l10n from '@vscode/l10n';
import type { Problem } from '../core/index.js';
import { maxJsonDepth, maxJsonLineBytes, plainLine } from '../core/index.js';

/** What is wrong with one row, before it is known where the row stands. `column` is 1-based. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  readonly column?: number;
}

/** A value, or why there is none. Trouble with a row is data, not an exception. */
export type Checked<T> = { readonly value: T } | { readonly fault: Fault };

/** Where a row stands. `file` is shown with problems; `source` is what is stored with the prompt. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly source: string;
}

export const problemAt = (place: Pick<Place, 'file' | 'line'>, fault: Fault): Problem => ({
  code: fault.code,
  message: fault.message,
  file: place.file,
  line: place.line,
  ...(fault.column === undefined ? {} : { column: fault.column }),
  ...(fault.field === undefined ? {} : { field: fault.field }),
});

/** Long enough to recognise a name, short enough for a list of problems, and harmless in a terminal. */
export const shown = (text: string): string => {
  const plain = plainLine(text);
  return plain.length > 60 ? `${plain.slice(0, 57)}…` : plain;
};

export const lineTooLong = (): Fault => ({
  code: 'line-too-long',
  message: l10n.t('The line is longer than {0} MiB. Split it into several rows.', maxJsonLineBytes / 1024 / 1024),
});

export const notUtf8 = (): Fault => ({
  code: 'not-utf8',
  message: l10n.t('The line is not valid UTF-8. Save the file as UTF-8 and import it again.'),
});

export const tooDeep = (column: number): Fault => ({
  code: 'too-deep',
  message: l10n.t(
    'Lists or objects are nested more than {0} deep at column {1}. Flatten this row.',
    maxJsonDepth,
    column,
  ),
  column,
});

export const loneSurrogate = (column: number): Fault => ({
  code: 'lone-surrogate',
  message: l10n.t(
    'Half of a character (a lone surrogate) stands at column {0}. Remove it: it cannot be written as UTF-8.',
    column,
  ),
  column,
});

export const notJson = (column: number | undefined): Fault => ({
  code: 'not-json',
  message:
    column === undefined
      ? l10n.t('This is not valid JSON. Each row must be one object such as {"prompt": "…"}.')
      : l10n.t('This is not valid JSON at column {0}. Each row must be one object such as {"prompt": "…"}.', column),
  ...(column === undefined ? {} : { column }),
});

export const notAnObject = (): Fault => ({
  code: 'not-an-object',
  message: l10n.t('This row is not an object. Each row must be one object such as {"prompt": "…"}.'),
});

export const noPrompt = (accepted: readonly string[], found: readonly string[]): Fault => ({
  code: 'no-prompt',
  message: l10n.t(
    'No prompt in this row. Name its column one of {0}. Found: {1}.',
    accepted.join(', '),
    found.length === 0 ? l10n.t('nothing') : found.map(shown).slice(0, 12).join(', '),
  ),
});

export const emptyPrompt = (field: string): Fault => ({
  code: 'empty-prompt',
  message: l10n.t('The prompt is empty. Write a text into "{0}" or remove the row.', field),
  field,
});

export const badTurn = (field: string, index: number, reason: string): Fault => ({
  code: 'bad-turn',
  message: l10n.t('Turn {0} of "{1}": {2}', index + 1, field, reason),
  field,
});

export const badTurns = (field: string, reason: string): Fault => ({
  code: 'bad-turns',
  message: l10n.t('The turns of "{0}" are not in order: {1}', field, reason),
  field,
});

export const twoSystems = (field: string): Fault => ({
  code: 'two-systems',
  message: l10n.t('There is a system turn and a different text in "{0}". Keep one of them.', field),
  field,
});

export const emptyCandidate = (field: string): Fault => ({
  code: 'empty-candidate',
  message: l10n.t('The answer in "{0}" is empty and was left out; the prompt went in.', field),
  field,
});

export const badTable = (reason: string): Fault => ({
  code: 'bad-table',
  message: l10n.t(
    'The table is broken here: {0} Correct the quotes or the number of cells of this row.',
    shown(reason),
  ),
});

export const badParquet = (reason: string): Fault => ({
  code: 'bad-parquet',
  message: l10n.t(
    'This part of the Parquet file cannot be read: {0}. Write the file again, or convert it to JSON Lines.',
    shown(reason),
  ),
});

export const foreignExport = (tool: string): Fault => ({
  code: 'format-unsupported',
  message: l10n.t(
    'This looks like {0}, which Touchstone does not read yet. To take only its prompts, import it as "prompts".',
    tool,
  ),
});

export const wrongKind = (kind: string, reason: string): Fault => ({
  code: 'wrong-kind',
  message: l10n.t('This row is not of the kind "{0}": {1} Leave the kind out to have it guessed.', kind, reason),
});

export const invalidField = (field: string, reason: string): Fault => ({
  code: 'invalid-field',
  message: l10n.t('"{0}" cannot be used: {1}', shown(field), shown(reason)),
  field,
});

export const duplicateId = (field: string, id: string): Fault => ({
  code: 'duplicate-id',
  message: l10n.t('The id "{0}" stands twice in "{1}". Ids must differ within a record.', shown(id), field),
  field,
});

export const unknownReference = (field: string, id: string, of: 'judgement' | 'gold' = 'judgement'): Fault => ({
  code: 'unknown-reference',
  message:
    of === 'gold'
      ? l10n.t(
          '"{0}" names "{1}", which is no candidate of this record. This gold was left out; correct the id.',
          field,
          shown(id),
        )
      : l10n.t(
          '"{0}" names "{1}", which is no candidate of this record. This judgement was left out; correct the id.',
          field,
          shown(id),
        ),
  field,
});

export const unusableGold = (field: string, reason: string): Fault => ({
  code: 'unusable-judgement',
  message: l10n.t('This gold was left out: {0}.', reason),
  field,
});

export const unusableJudgement = (field: string, reason: string): Fault => ({
  code: 'unusable-judgement',
  message: l10n.t('This judgement was left out: {0}.', reason),
  field,
});
