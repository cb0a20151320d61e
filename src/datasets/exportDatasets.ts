import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  datasetChanged,
  datasetFolderHasOthers,
  datasetFolderOccupied,
  datasetNotWhole,
  datasetNotWritten,
  datasetPathIsLink,
  splits,
  TouchstoneError,
  type Split,
} from '../core/index.js';
import { cardOf, keptLines } from './card.js';
import { filesBelow, LinesFile, nodeDisk, writeText, type DatasetDisk } from './datasetFolder.js';
import { DropTally, type Dropped } from './dropped.js';
import { FindingsWatch, type Finding } from './findings.js';
import { formatIds, isFormatId, type AnyFormat, type FormatId } from './formats/index.js';
import {
  cardName,
  filePaths,
  manifestName,
  parseManifest,
  printManifest,
  type FileEntry,
  type FormatEntry,
  type Manifest,
} from './manifest.js';
import { jsonLine, planExport, rowsOf, type ExportPlan, type PlannedExport, type ProjectView } from './planExport.js';
import { verifyDataset } from './verifyDataset.js';

export interface ExportOptions {
  readonly signal: AbortSignal;
  /** Called now and then. `nRows` of this format so far; `formatIndex` counts from 0. */
  readonly onProgress?: (progress: {
    readonly format: FormatId;
    readonly formatIndex: number;
    readonly nFormats: number;
    readonly nRows: number;
  }) => void;
  /** @default the real disk */
  readonly disk?: DatasetDisk;
}

export interface ExportReport {
  /** Absolute path of the data set. */
  readonly out: string;
  readonly formats: readonly FormatReport[];
  /** Formats that the data set had and that were kept as they were. */
  readonly kept: readonly FormatId[];
  readonly findings: readonly Finding[];
}

export interface FormatReport {
  readonly format: FormatId;
  readonly rows: Readonly<Record<Split, number>>;
  /** Prompts with at least one row. */
  readonly prompts: Readonly<Record<Split, number>>;
  readonly dropped: Dropped;
  readonly files: readonly FileEntry[];
}

/**
 * Writes a data set: rows, provenance, card, manifest. It appears at `out` whole or not at all: everything is written and
 * synced in a hidden folder beside it, checked, and renamed. A data set that is there is replaced; those of its formats
 * that the plan does not name are kept with their entries.
 *
 * The same project and plan give the same bytes.
 *
 * @throws InputError for a plan or a folder that cannot be used; StoreError when the disk fails. `out` is then as it was.
 */
export async function exportDatasets(
  project: ProjectView,
  plan: ExportPlan,
  options: ExportOptions,
): Promise<ExportReport> {
  const disk = options.disk ?? nodeDisk;
  const planned = planExport(project, plan);
  const out = path.resolve(plan.out);
  try {
    const target = await openTarget(disk, out);
    const temporary = path.join(target.parent, `.${path.basename(out)}.tmp-${randomBytes(4).toString('hex')}`);
    try {
      const report = await writeDataset(planned, target.former, temporary, { ...options, disk, out });
      await replaceFolder(disk, temporary, target);
      return report;
    } finally {
      // Gone after the rename; otherwise what is left of an export that failed or was cancelled.
      await disk.removeFolder(temporary);
    }
  } catch (error) {
    if (error instanceof TouchstoneError || options.signal.aborted) throw error;
    throw datasetNotWritten(out, error);
  }
}

/** A data set that an export replaces. */
interface FormerDataset {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly card: string;
}

interface Target {
  /** Without links. */
  readonly parent: string;
  readonly folder: string;
  readonly isThere: boolean;
  readonly former: FormerDataset | undefined;
}

/** Looks where the data set is to stand. Replaces nothing but a data set of ours with no foreign file in it. */
async function openTarget(disk: DatasetDisk, out: string): Promise<Target> {
  await disk.makeFolder(path.dirname(out));
  const parent = await disk.realPath(path.dirname(out));
  const folder = path.join(parent, path.basename(out));
  await restoreFormer(disk, parent, folder);
  const info = await disk.stat(folder);
  if (info === undefined) return { parent, folder, isThere: false, former: undefined };
  if (info.kind === 'link') throw datasetPathIsLink(out);
  if (info.kind !== 'folder') throw datasetFolderOccupied(out);

  const names = (await disk.list(folder)).filter((name) => !clutter.has(name));
  if (names.length === 0) return { parent, folder, isThere: true, former: undefined };
  const bytes = names.includes(manifestName) ? await disk.readFile(path.join(folder, manifestName)) : undefined;
  const manifest = bytes && parseManifest(Buffer.from(bytes).toString());
  if (manifest === undefined) throw datasetFolderOccupied(out);
  const ours = new Set([manifestName, cardName]);
  for (const { files } of Object.values(manifest.formats)) for (const file of files) ours.add(file.path);
  const others = (await filesBelow(disk, folder)).filter(
    (file) => !(ours.has(file.path) && file.kind === 'file') && !clutter.has(path.posix.basename(file.path)),
  );
  if (others.length > 0)
    throw datasetFolderHasOthers(
      out,
      others.map((file) => file.path),
    );
  const card = Buffer.from((await disk.readFile(path.join(folder, cardName))) ?? '').toString();
  return { parent, folder, isThere: true, former: { folder, manifest, card } };
}

/** Files that systems leave in any folder; not worth keeping. */
const clutter = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini']);

/** Where `replaceFolder` keeps what it replaces. */
const formerName = (folder: string): string => path.join(path.dirname(folder), `.${path.basename(folder)}.former`);

/** Two renames, since no system call that Node has swaps folders. A crash between them is mended by the next export. */
async function replaceFolder(disk: DatasetDisk, temporary: string, { parent, folder, isThere }: Target): Promise<void> {
  const former = formerName(folder);
  if (isThere) {
    await disk.removeFolder(former);
    await disk.rename(folder, former);
  }
  try {
    await disk.rename(temporary, folder);
  } catch (error) {
    if (isThere) await disk.rename(former, folder);
    throw error;
  }
  await disk.syncFolder(parent);
  if (isThere) await disk.removeFolder(former);
}

/** Puts back what an export had moved away when it was killed before the new folder stood in its place. */
async function restoreFormer(disk: DatasetDisk, parent: string, folder: string): Promise<void> {
  const former = formerName(folder);
  if ((await disk.stat(folder)) !== undefined || (await disk.stat(former))?.kind !== 'folder') return;
  await disk.rename(former, folder);
  await disk.syncFolder(parent);
}

async function writeDataset(
  planned: PlannedExport,
  former: FormerDataset | undefined,
  temporary: string,
  options: ExportOptions & { readonly disk: DatasetDisk; readonly out: string },
): Promise<ExportReport> {
  const { disk, out, signal } = options;
  await disk.makeFolder(temporary);

  // 1. The formats of the plan.
  const entries: Record<string, FormatEntry> = {};
  const reports: FormatReport[] = [];
  const findings: Finding[] = [];
  for (const [formatIndex, format] of planned.formats.entries()) {
    const { report, found } = await writeFormat(planned, format, temporary, disk, signal, (nRows) =>
      options.onProgress?.({ format: format.id, formatIndex, nFormats: planned.formats.length, nRows }),
    );
    reports.push(report);
    findings.push(...found);
    entries[format.id] = entryOf(planned, report, found);
  }

  // 2. The former ones that it does not name.
  const kept: FormatId[] = [];
  for (const [format, entry] of Object.entries(former?.manifest.formats ?? {})) {
    if (former === undefined || entries[format] !== undefined || !isFormatId(format)) continue;
    for (const file of entry.files) await copyFile(disk, former.folder, temporary, file, out, signal);
    entries[format] = entry;
    kept.push(format);
    const isSameState =
      entry.settings.split === planned.split &&
      entry.settings.seed === planned.seed &&
      entry.source.sha256 === planned.source.sha256;
    if (!isSameState) findings.push({ code: 'other-state', format });
  }

  // 3. Card, then folders, then the manifest, which makes it a data set.
  const inOrder: Record<string, FormatEntry> = {};
  for (const id of formatIds) {
    const entry = entries[id];
    if (entry !== undefined) inOrder[id] = entry;
  }
  const manifest: Manifest = { kind: 'touchstone-data-set', version: 1, formats: inOrder };
  await writeText(disk, path.join(temporary, cardName), cardOf(manifest, keptLines(former?.card ?? '')));
  for (const folder of [...Object.keys(inOrder), 'provenance']) await disk.syncFolder(path.join(temporary, folder));
  await writeText(disk, path.join(temporary, manifestName), printManifest(manifest));
  await disk.syncFolder(temporary);

  // 4. What the disk gives back is what was meant.
  signal.throwIfAborted();
  const [problem] = (await verifyDataset(temporary, { disk, signal })).problems;
  if (problem !== undefined) throw datasetNotWhole(out, problem.message);
  return { out, formats: reports, kept, findings };
}

/** Rows between two looks at the signal, with a pause in which the editor may do something else. */
const rowsPerTurn = 200;

async function writeFormat(
  planned: PlannedExport,
  format: AnyFormat,
  folder: string,
  disk: DatasetDisk,
  signal: AbortSignal,
  onProgress: (nRows: number) => void,
): Promise<{ readonly report: FormatReport; readonly found: readonly Finding[] }> {
  const tally = new DropTally();
  const watch = new FindingsWatch(format.id);
  const rows: Record<Split, number> = { train: 0, validation: 0 };
  const prompts: Record<Split, number> = { train: 0, validation: 0 };
  const files: FileEntry[] = [];
  const provenance = await LinesFile.create(disk, folder, filePaths.provenance(format.id));
  const open = [provenance];
  try {
    for (const split of splits) {
      const name = filePaths.rows(format.id, split);
      const promptIds = new Set<string>();
      // `train.jsonl` is always there, so that scripts find it; an empty `validation.jsonl` would fail to load.
      let file = split === 'train' ? await LinesFile.create(disk, folder, name) : undefined;
      if (file !== undefined) open.push(file);
      let nSteps = 0;
      for (const next of rowsOf(planned, format, split, tally)) {
        if (nSteps++ % rowsPerTurn === 0) {
          onProgress(rows.train + rows.validation);
          await nextTurn();
          signal.throwIfAborted();
        }
        if (next === undefined) continue;
        if (file === undefined) open.push((file = await LinesFile.create(disk, folder, name)));
        await file.append(jsonLine(next.row, format));
        await provenance.append(jsonLine({ split, line: file.nRows, ...next.provenance }));
        if (format.derives !== 'record') watch.see(next.row, name, file.nRows);
        promptIds.add(next.provenance.promptId);
      }
      prompts[split] = promptIds.size;
      if (file === undefined) continue;
      rows[split] = file.nRows;
      files.push(await file.end());
    }
    files.push(await provenance.end());
  } catch (error) {
    await Promise.allSettled(open.map((file) => file.abandon()));
    throw error;
  }
  const found: Finding[] = [...watch.findings];
  if (rows.train + rows.validation === 0) found.unshift({ code: 'no-rows', format: format.id });
  else if (rows.train === 0) found.unshift({ code: 'no-train-rows', format: format.id });
  return { report: { format: format.id, rows, prompts, dropped: tally.counts, files }, found };
}

const entryOf = (planned: PlannedExport, report: FormatReport, found: readonly Finding[]): FormatEntry => ({
  project: planned.projectName,
  settings: { split: planned.split, seed: planned.seed, partial: planned.partial },
  source: planned.source,
  rows: { ...report.rows },
  prompts: { ...report.prompts },
  dropped: Object.fromEntries(Object.entries(report.dropped)),
  findings: found.map(({ format: _, ...finding }) => finding),
  files: [...report.files],
});

/** Bytes copied at a time. */
const copyBytes = 1 << 20;

/** Copies a file of the former data set, if it still is what its entry says. */
async function copyFile(
  disk: DatasetDisk,
  from: string,
  to: string,
  entry: FileEntry,
  out: string,
  signal: AbortSignal,
): Promise<void> {
  const source = path.join(from, entry.path);
  const info = await disk.stat(source);
  if (info?.kind !== 'file' || info.sizeBytes !== entry.bytes) throw datasetChanged(out, entry.path);
  const copy = await LinesFile.create(disk, to, entry.path);
  try {
    for (let at = 0; at < entry.bytes;) {
      signal.throwIfAborted();
      const piece = await disk.readRange(source, at, Math.min(copyBytes, entry.bytes - at));
      if (piece.length === 0) break;
      await copy.appendBytes(piece);
      at += piece.length;
    }
    if ((await copy.end()).sha256 !== entry.sha256) throw datasetChanged(out, entry.path);
  } catch (error) {
    await copy.abandon();
    throw error;
  }
}
