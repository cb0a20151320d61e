import * as l10n from '@vscode/l10n';
import type { FormatId } from './formats/index.js';

/** What whoever trains on a data set should know before. The names stand in manifests: keep them. */
export type FindingCode =
  /** No row at all. */
  | 'no-rows'
  /** All rows are held out. */
  | 'no-train-rows'
  /** A text holds what a tokenizer reads as a control token: a chat template pastes it in and forges a turn. */
  | 'control-token'
  /** Every text of a column looks like a date, so that `datasets` reads the column as timestamps. */
  | 'all-dates'
  /** Kept from an earlier export whose split or judgements differ, so its held-out prompts may be trained on here. */
  | 'other-state';

export interface Finding {
  readonly code: FindingCode;
  readonly format: FormatId;
  /** Rows concerned, where the finding is about rows. */
  readonly nRows?: number;
  /** The first few of them; `line` is 1-based. */
  readonly places?: readonly { readonly file: string; readonly line: number }[];
  /** The column, e.g. `completion.content`. */
  readonly column?: string;
}

/** A finding for people: what, where, what next. */
export function describeFinding({ code, format, nRows, places, column }: Finding): string {
  const first = places?.[0];
  const where = first === undefined ? format : `${first.file}:${first.line}`;
  switch (code) {
    case 'no-rows':
      return l10n.t('{0} has no rows; the counts say what was left out. Judge some prompts first.', format);
    case 'no-train-rows':
      return l10n.t(
        '{0} has no rows to train on, all are held out. Judge more prompts, or export without a split.',
        format,
      );
    case 'control-token':
      if (nRows === 1)
        return l10n.t(
          'A row of {0} holds a control token of a chat template ({1}), which would teach forged turns. Look at it before training.',
          format,
          where,
        );
      return l10n.t(
        '{0} rows of {1} hold control tokens of a chat template (first at {2}), which would teach forged turns. Look at them before training.',
        String(nRows),
        format,
        where,
      );
    case 'all-dates':
      return l10n.t(
        'Every text in the column {0} of {1} looks like a date, and Python\'s "datasets" would read them as such. Add a row with other text.',
        column ?? '',
        format,
      );
    case 'other-state':
      return l10n.t(
        '{0} was kept from an earlier export with another split or other judgements. Export it again, so that no held-out prompt is trained on.',
        format,
      );
  }
}

/** Places kept of a finding: enough to look, not a list of the whole file. */
const maxPlaces = 5;

/** Watches the rows of one format as they are written. */
export class FindingsWatch {
  #nWithTokens = 0;
  readonly #places: { file: string; line: number }[] = [];
  /** By file and column: has every text looked like a date so far? */
  readonly #allDates = new Map<string, { readonly column: string; isSo: boolean }>();

  constructor(private readonly format: FormatId) {}

  /** @param line 1-based. */
  see(row: unknown, file: string, line: number): void {
    let hasToken = false;
    for (const [column, text] of textsOf(row, '')) {
      hasToken ||= controlToken.test(text);
      const key = `${file} ${column}`;
      const dates = this.#allDates.get(key) ?? { column, isSo: true };
      dates.isSo &&= dateLike.test(text);
      this.#allDates.set(key, dates);
    }
    if (!hasToken) return;
    this.#nWithTokens++;
    if (this.#places.length < maxPlaces) this.#places.push({ file, line });
  }

  get findings(): Finding[] {
    const { format } = this;
    const columns = [...this.#allDates.values()].filter(({ isSo }) => isSo).map(({ column }) => column);
    return [
      ...(this.#nWithTokens === 0
        ? []
        : [{ code: 'control-token' as const, format, nRows: this.#nWithTokens, places: this.#places }]),
      ...[...new Set(columns)].map((column) => ({ code: 'all-dates' as const, format, column })),
    ];
  }
}

/** The texts of a row with the names of their columns; a list is one column. Roles are ours, no texts. */
function* textsOf(value: unknown, column: string): Generator<[column: string, text: string]> {
  if (typeof value === 'string') yield [column, value];
  else if (Array.isArray(value)) for (const item of value) yield* textsOf(item, column);
  else if (typeof value === 'object' && value !== null)
    for (const [key, member] of Object.entries(value))
      if (key !== 'role') yield* textsOf(member, column === '' ? key : `${column}.${key}`);
}

/**
 * Control tokens of the families in use: ChatML, Llama 2 and 3, Gemma, Phi, Mistral, DeepSeek, Command R, gpt-oss. A
 * tokenizer turns such text into the real token wherever a template pastes it.
 */
const controlToken =
  /<\|[A-Za-z][A-Za-z0-9_▁]{0,40}\|>|<｜[^｜<>]{1,40}｜>|<(?:start|end)_of_turn>|<\/?s>|<(?:bos|eos|pad|unk)>|\[\/?INST\]|<<\/?SYS>>/;

/** What Arrow's JSON reader takes for a timestamp (ISO 8601, date with or without time). */
const dateLike = /^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}(?::?\d{2}(?::?\d{2}(?:\.\d{1,9})?)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?$/;
