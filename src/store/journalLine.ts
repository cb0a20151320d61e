/**
 * One line of a journal: a JSON object whose last member is the journal's own, e.g.
 *
 *   {"id":"j1…","promptId":"p2…",…,"_journal":{"writer":"3f2a9c","seq":12,"sum":"1a2b3c4d"}}
 *
 * `seq` counts the rows of a writer from 1; `sum` is the CRC-32 (hexadecimal, 8 digits) of every byte before `,"sum"`.
 * Writer and sequence number stand in the row, so that lines keep their order through merges, copies and renamed files.
 */
import * as l10n from '@vscode/l10n';
import { crc32 } from 'node:zlib';
import { maxJsonDepth } from '../core/index.js';

/** What the journal adds to a row. */
export interface JournalStamp {
  readonly writer: string;
  readonly seq: number;
}

export type JournalLine =
  | { readonly kind: 'row'; readonly stamp: JournalStamp; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: 'blank' }
  /** A line that git left around the two sides of a conflict. */
  | { readonly kind: 'conflict-marker' }
  | { readonly kind: 'bad'; readonly code: string; readonly reason: string };

const member = '_journal';
const sumOpening = Buffer.from(',"sum":"');
const sumClosing = Buffer.from('"}}');
const nSumDigits = 8;
const nSumBytes = sumOpening.length + nSumDigits + sumClosing.length;

/** The line of a row, with its newline. A member named `_journal` of the row itself is left out. */
export function encodeLine(fields: object, stamp: JournalStamp): Uint8Array {
  const own = Object.fromEntries(Object.entries(fields).filter(([key]) => key !== member));
  const body = JSON.stringify(own).slice(0, -1);
  const separator = body === '{' ? '' : ',';
  const opening = `"${member}":{"writer":${JSON.stringify(stamp.writer)},"seq":${stamp.seq}`;
  const head = Buffer.from(`${body}${separator}${opening}`);
  return Buffer.concat([head, sumOpening, Buffer.from(sumOf(head)), sumClosing, Buffer.from('\n')]);
}

/** @param line without its newline. */
export function decodeLine(line: Uint8Array): JournalLine {
  const bytes = contentOf(line);
  if (bytes.length === 0 || isBlank(bytes)) return { kind: 'blank' };
  if (isConflictMarker(bytes)) return { kind: 'conflict-marker' };
  const sum = checkSum(bytes);
  if (sum !== undefined) return sum;
  if (isTooDeep(bytes))
    return bad('journal-too-deep', l10n.t('it is nested deeper than {0} levels', String(maxJsonDepth)));
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString());
  } catch {
    return bad('journal-not-json', l10n.t('it is not a JSON object'));
  }
  if (!isRecord(parsed)) return bad('journal-not-json', l10n.t('it is not a JSON object'));
  const { [member]: own, ...fields } = parsed;
  if (!isRecord(own) || typeof own['writer'] !== 'string' || !Number.isSafeInteger(own['seq']))
    return bad('journal-no-stamp', l10n.t('its journal entry lacks the writer or the sequence number'));
  return { kind: 'row', stamp: { writer: own['writer'], seq: Number(own['seq']) }, fields };
}

/** The ids of a candidate's line, found without parsing its text; undefined when that takes a parser. */
export interface PeekedCandidate extends JournalStamp {
  readonly id: string;
  readonly promptId: string;
}

/** The checksum is checked, the JSON is not: a row whose bytes are as they were written parses. */
export function peekCandidate(line: Uint8Array): PeekedCandidate | undefined {
  const bytes = contentOf(line);
  if (checkSum(bytes) !== undefined) return undefined;
  const ids = idsAtStart.exec(bytes.toString('latin1', 0, Math.min(bytes.length, 560)));
  const tailStart = Math.max(0, bytes.length - nSumBytes - 80);
  const stamp = stampAtEnd.exec(bytes.toString('latin1', tailStart, bytes.length - nSumBytes));
  const [, id, promptId] = ids ?? [];
  const [, writer, seq] = stamp ?? [];
  if (id === undefined || promptId === undefined || writer === undefined || seq === undefined) return undefined;
  return { id, promptId, writer, seq: Number(seq) };
}
/** Ids of printable ASCII without quote and backslash: those that we make. */
const idsAtStart = /^\{"id":"([ !#-[\]-~]{1,256})","promptId":"([ !#-[\]-~]{1,256})"/;
const stampAtEnd = /"_journal":\{"writer":"([0-9a-z]{1,40})","seq":(\d{1,15})$/;

function checkSum(bytes: Buffer): (JournalLine & { kind: 'bad' }) | undefined {
  const end = bytes.length - nSumBytes;
  if (
    end < 1 ||
    bytes.compare(sumOpening, 0, sumOpening.length, end, end + sumOpening.length) !== 0 ||
    bytes.compare(sumClosing, 0, sumClosing.length, bytes.length - sumClosing.length) !== 0
  )
    return bad(
      'journal-no-sum',
      l10n.t('it does not end with a checksum, so it is cut off or was not written by Touchstone'),
    );
  const digits = bytes.toString('latin1', end + sumOpening.length, end + sumOpening.length + nSumDigits);
  if (digits !== sumOf(bytes.subarray(0, end)))
    return bad('journal-sum', l10n.t('its checksum does not match: it was changed after it was written'));
  return undefined;
}

const sumOf = (bytes: Uint8Array): string => crc32(bytes).toString(16).padStart(nSumDigits, '0');

const bad = (code: string, reason: string) => ({ kind: 'bad', code, reason }) as const;

/** Without the carriage return of a checkout with Windows line ends. */
function contentOf(line: Uint8Array): Buffer {
  const end = line.at(-1) === carriageReturn ? line.length - 1 : line.length;
  return Buffer.from(line.buffer, line.byteOffset, end);
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes[0] !== openBrace && bytes.every((byte) => byte === space || byte === tab || byte === carriageReturn);
}

/** `<<<<<<< ours`, `||||||| base`, `=======`, `>>>>>>> theirs`. */
function isConflictMarker(bytes: Buffer): boolean {
  if (bytes[0] === openBrace || bytes.length < 7 || bytes.length > 4096) return false;
  return /^(?:<{7}|\|{7}|>{7})(?: |$)|^={7}$/.test(bytes.toString('latin1'));
}

/** A scan before `JSON.parse`, which takes any depth: deep values overflow the stack later. */
function isTooDeep(bytes: Uint8Array): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (isInString) {
      if (byte === backslash) at += 1;
      else if (byte === quote) isInString = false;
    } else if (byte === quote) isInString = true;
    else if (byte === openBrace || byte === openBracket) {
      depth += 1;
      if (depth > maxJsonDepth) return true;
    } else if (byte === closeBrace || byte === closeBracket) depth -= 1;
  }
  return false;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const tab = 0x09;
const carriageReturn = 0x0d;
const space = 0x20;
const quote = 0x22;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
