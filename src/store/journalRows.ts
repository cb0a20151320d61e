import * as l10n from '@vscode/l10n';
import type { z } from 'zod';
import { Candidate, Gold, Judgement, type CandidateId, type JudgementId, type PromptId } from '../core/index.js';
import { CandidateId as candidateId, PromptId as promptId } from '../core/index.js';
import type { Fault, JournalRow, RowFormat } from './journalTypes.js';
import { decodeLine, peekCandidate, type JournalStamp } from './journalLine.js';

export interface JudgementRow extends JournalRow {
  readonly id: JudgementId;
  readonly value: Judgement | Gold;
}

/** A candidate's place; its text is read when it is shown. */
export interface CandidateRow extends JournalRow {
  readonly id: CandidateId;
  readonly promptId: PromptId;
  /** The journal in which it lies. */
  readonly file: string;
  /** Only while it waits to be written. */
  value: Candidate | undefined;
}

/** Of a row that is not on disk. */
export const unwritten = <I extends string>(id: I) => ({ id, writer: '', seq: 0, offset: -1, length: 0 });

export const judgementFormat: RowFormat<JudgementRow> = {
  decode: (line, place) =>
    decodeRow(line, (fields, { writer, seq }) => {
      const parsed = fields['status'] === 'gold' ? Gold.safeParse(fields) : Judgement.safeParse(fields);
      if (!parsed.success) return reasonOf(parsed.error);
      return { id: parsed.data.id, value: parsed.data, writer, seq, ...place };
    }),
  encode: ({ value }) => {
    const { id, promptId, labeler, at, status, ...rest } = value;
    return { id, promptId, labeler, at, status, ...rest };
  },
};

export const candidateFormat = (file: string): RowFormat<CandidateRow> => ({
  decode(line, place) {
    const peeked = peekCandidate(line);
    if (peeked !== undefined) {
      const { id, promptId: prompt, writer, seq } = peeked;
      return {
        id: candidateId.parse(id),
        promptId: promptId.parse(prompt),
        file,
        value: undefined,
        writer,
        seq,
        ...place,
      };
    }
    return decodeRow(line, (fields, { writer, seq }) => {
      const parsed = Candidate.safeParse(fields);
      if (!parsed.success) return reasonOf(parsed.error);
      return { id: parsed.data.id, promptId: parsed.data.promptId, file, value: undefined, writer, seq, ...place };
    });
  },
  // The ids first: there they are found without parsing.
  encode({ value }) {
    if (value === undefined) return undefined;
    const { id, promptId, ...rest } = value;
    return { id, promptId, ...rest };
  },
});

/** The candidate of a line, or why it cannot be used. */
export function parseCandidate(line: Uint8Array): Candidate | string {
  const decoded = decodeRow(line, (fields) => {
    const parsed = Candidate.safeParse(fields);
    return parsed.success ? parsed.data : reasonOf(parsed.error);
  });
  if ('text' in decoded) return decoded;
  return decoded.kind === 'bad' ? decoded.reason : l10n.t('the line is not a row');
}

function reasonOf(error: z.ZodError): string {
  const issue = error.issues[0];
  const field = issue?.path.join('.') ?? '';
  const reason = issue?.message ?? '';
  return field === ''
    ? l10n.t('it is not a row that this version reads ({0})', reason)
    : l10n.t('it is not a row that this version reads ({0}: {1})', field, reason);
}

/** The common part of every format: a line's fields, parsed by what they mean. */
export function decodeRow<R>(
  line: Uint8Array,
  parse: (fields: Readonly<Record<string, unknown>>, stamp: JournalStamp) => R | string,
): R | Fault {
  const decoded = decodeLine(line);
  if (decoded.kind !== 'row') return decoded;
  const row = parse(decoded.fields, decoded.stamp);
  return typeof row === 'string' ? { kind: 'bad', code: 'journal-row', reason: row } : row;
}
