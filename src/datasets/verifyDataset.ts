import { createHash } from 'node:crypto';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { countWords, jsonFaultOf, maxJsonLineBytes, notADataset, splits } from '../core/index.js';
import { filesBelow, linesOf, nodeDisk, type DatasetDisk } from './datasetFolder.js';
import { formats, isFormatId } from './formats/index.js';
import { cardName, filePaths, manifestName, parseManifest, type FileEntry } from './manifest.js';

export interface VerifyProblem {
  readonly code: 'missing' | 'extra' | 'changed' | 'row-count' | 'not-json' | 'not-a-row';
  /** Relative to the data set, with `/`. */
  readonly file: string;
  /** 1-based, where one line is at fault. */
  readonly line?: number;
  /** A sentence without the place. */
  readonly message: string;
}

export interface VerifyReport {
  /** Absolute path of the data set. */
  readonly folder: string;
  readonly nFiles: number;
  /** Rows of training data and records, without the provenance. */
  readonly nRows: number;
  /** By file, then by line. Empty: the data set is what its manifest says. */
  readonly problems: readonly VerifyProblem[];
}

/** Bad lines listed of one file; a torn file would list every one. */
const maxBadLines = 20;

/**
 * A data set against its manifest: every file there, none else, the same bytes, as many rows as it says, each of its
 * format's form. The card is its owner's to edit and is not compared.
 *
 * @throws InputError when the folder is no data set.
 */
export async function verifyDataset(
  dir: string,
  options: { readonly disk?: DatasetDisk; readonly signal?: AbortSignal } = {},
): Promise<VerifyReport> {
  const { disk = nodeDisk, signal } = options;
  const folder = path.resolve(dir);
  const bytes = (await disk.stat(folder)) && (await disk.readFile(path.join(folder, manifestName)));
  const manifest = bytes && parseManifest(Buffer.from(bytes).toString());
  if (manifest === undefined) throw notADataset(folder);

  const problems: VerifyProblem[] = [];
  const listed = new Set([manifestName, cardName]);
  let nFiles = 0;
  let nRows = 0;
  for (const [format, entry] of Object.entries(manifest.formats)) {
    for (const file of entry.files) {
      signal?.throwIfAborted();
      listed.add(file.path);
      nFiles++;
      const info = await disk.stat(path.join(folder, file.path));
      if (info?.kind !== 'file') {
        problems.push({ code: 'missing', file: file.path, message: l10n.t('it is missing') });
        continue;
      }
      const isProvenance = file.path === filePaths.provenance(format);
      if (!isProvenance) nRows += file.rows;
      const read = isFormatId(format) && !isProvenance ? (row: unknown) => formats[format].read(row) : undefined;
      problems.push(...(await verifyFile(disk, folder, file, info.sizeBytes, read, signal)));
    }
    const counted = splits.map((split) => [filePaths.rows(format, split), entry.rows[split]] as const);
    for (const [name, rows] of [
      ...counted,
      [filePaths.provenance(format), entry.rows.train + entry.rows.validation] as const,
    ])
      if ((entry.files.find((file) => file.path === name)?.rows ?? 0) !== rows)
        problems.push({
          code: 'row-count',
          file: manifestName,
          message: l10n.t(
            'it counts {0} of {1} in one place and another number in another',
            countWords.rows(rows),
            name,
          ),
        });
  }
  for (const { path: file } of await filesBelow(disk, folder))
    if (!listed.has(file)) problems.push({ code: 'extra', file, message: l10n.t('the manifest does not list it') });
  return { folder, nFiles, nRows, problems };
}

async function verifyFile(
  disk: DatasetDisk,
  folder: string,
  { path: file, sha256, bytes, rows }: FileEntry,
  sizeBytes: number,
  read: ((row: unknown) => unknown) | undefined,
  signal: AbortSignal | undefined,
): Promise<VerifyProblem[]> {
  const hash = createHash('sha256');
  const bad: VerifyProblem[] = [];
  let nLines = 0;
  let nBad = 0;
  let endsWithNewline = true;
  for await (const { line: content, isEnded } of linesOf(disk, path.join(folder, file), sizeBytes)) {
    signal?.throwIfAborted();
    hash.update(content);
    if (isEnded) hash.update('\n');
    endsWithNewline = isEnded;
    const line = ++nLines;
    const problem = problemOfLine(content, read);
    if (problem === undefined) continue;
    if (++nBad <= maxBadLines) bad.push({ ...problem, file, line });
  }
  const problems: VerifyProblem[] = [];
  const found = hash.digest('hex');
  if (found !== sha256)
    problems.push({
      code: 'changed',
      file,
      message:
        sizeBytes === bytes
          ? l10n.t('its content was changed: SHA-256 {0}, not {1}', found, sha256)
          : l10n.t('it was changed: {0}, not {1}', countWords.bytes(sizeBytes), String(bytes)),
    });
  if (nLines !== rows)
    problems.push({
      code: 'row-count',
      file,
      message: l10n.t('it has {0}, not {1}', countWords.rows(nLines), String(rows)),
    });
  problems.push(...bad);
  if (nBad > maxBadLines)
    problems.push({
      code: 'not-json',
      file,
      message:
        nBad - maxBadLines === 1
          ? l10n.t('1 more line is no row')
          : l10n.t('{0} more lines are no rows', String(nBad - maxBadLines)),
    });
  if (!endsWithNewline && nLines > 0)
    problems.push({
      code: 'not-json',
      file,
      line: nLines,
      message: l10n.t('the last line does not end: it is cut off'),
    });
  return problems;
}

/** What is wrong with one line, or undefined. */
function problemOfLine(
  content: Buffer,
  read: ((row: unknown) => unknown) | undefined,
): Pick<VerifyProblem, 'code' | 'message'> | undefined {
  if (content.length > maxJsonLineBytes)
    return { code: 'not-json', message: l10n.t('it is longer than {0} MiB', String(maxJsonLineBytes >> 20)) };
  let row: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
    if (jsonFaultOf(text) !== undefined) throw new SyntaxError('too deep or half a character');
    row = JSON.parse(text);
  } catch {
    return { code: 'not-json', message: l10n.t('it is not a line of JSON') };
  }
  try {
    read?.(row);
    return undefined;
  } catch {
    return { code: 'not-a-row', message: l10n.t('it is not a row of this format') };
  }
}

/** The form of a problem in a terminal, one line. */
export const describeVerifyProblem = ({ file, line, message }: VerifyProblem): string =>
  line === undefined ? `${file}: ${message}` : `${file}:${line}: ${message}`;
