import * as l10n from '@vscode/l10n';
import path from 'node:path';
import { z } from 'zod';
import { maxJsonLineBytes, safeFileName, type Problem, type Prompt, type PromptId } from '../core/index.js';
import { codeOf, type FileInfo, type FileSystem } from './fileSystem.js';
import { FoldedSearch, warmUp } from './foldedSearch.js';
import { isInside, makeFolderDurably } from './folders.js';
import { grown, type IdTable } from './idTable.js';
import { bytesOf, liesWithin, type IndexFiles } from './indexFiles.js';
import { breath, writeAll } from './fileBytes.js';
import { findRows, scanPrompts, type LineOf, type PromptPlaces } from './lazyPromptFile.js';
import type { PromptOrder, ReadPromptFile } from './project.js';
import { mendEnd } from './tornLines.js';

/** The prompts of one file: in memory, or of a large JSON Lines file only where each lies. */
interface ReadFile {
  readonly stamp: string;
  readonly rows: InMemory | OnDisk;
  readonly problems: readonly Problem[];
}

interface InMemory {
  readonly kind: 'in-memory';
  readonly prompts: readonly Prompt[];
}

interface OnDisk {
  readonly kind: 'on-disk';
  readonly file: string;
  /** As in `touchstone.json`. */
  readonly name: string;
  readonly lineOf: LineOf;
  readonly places: PromptPlaces;
  /** Ids were taken as they stand there: the file is to be scanned by its content. */
  readonly isUnchecked: boolean;
}

export interface PromptFilesOptions {
  readonly files: FileSystem;
  readonly folder: string;
  readonly readPromptFile: ReadPromptFile;
  /** Numbers of ids, shared with the candidates. */
  readonly numbers: IdTable;
  readonly index: IndexFiles;
  /** Smaller files are held in memory, bytes. */
  readonly lazyFromBytes: number;
  /** Where torn lines are kept. */
  readonly tornFolder: string;
}

const noPlace = -1;
/** Some 5 ms of work. */
const sliceRows = 20_000;
/** Prompts that stay parsed. */
const maxParsed = 512;

/** The prompts of a project: those of its prompt files in order, the first of several with one id. */
export class PromptFiles {
  order: PromptOrder = { ids: [], placeOf: () => undefined };
  problems: readonly Problem[] = [];
  /** `own-ids` opens a large file sooner, and leaves it to `check` to look at its content. */
  checking: 'own-ids' | 'content' = 'content';
  #files = new Map<string, ReadFile>();
  /** By number of the id: file and row, where the prompt is in the project. */
  #fileOf = new Int32Array(0);
  #rowOf = new Int32Array(0);
  /** By number of the id: place in the order. */
  #placesById = new Int32Array(0);
  /** By file: place in the order of its first prompt. */
  #firstPlaces: readonly number[] = [];
  #readFiles: readonly ReadFile[] = [];
  #names: readonly string[] = [];
  /** Least recently used first. */
  readonly #parsed = new Map<PromptId, Prompt>();
  /** Files that were not what was thought; read by content the next time. */
  readonly #doubted = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: PromptFilesOptions) {}

  has(id: PromptId): boolean {
    return this.#placeOf(id) !== undefined;
  }

  get(id: PromptId): Prompt | undefined {
    const place = this.#placeOf(id);
    if (place === undefined) return undefined;
    const { file, row } = place;
    if (file.rows.kind === 'in-memory') return file.rows.prompts[row];
    const parsed = this.#parsed.get(id) ?? this.#readRow(file.rows, row, id);
    this.#parsed.delete(id);
    if (parsed === undefined) return undefined;
    this.#parsed.set(id, parsed);
    const [oldest] = this.#parsed.keys();
    if (this.#parsed.size > maxParsed && oldest !== undefined) this.#parsed.delete(oldest);
    return parsed;
  }

  fileOf(id: PromptId): string | undefined {
    const place = this.order.placeOf(id);
    if (place === undefined) return undefined;
    // The prompts stand in the order of their files: the last file that begins here or before.
    let [file, end] = [0, this.#firstPlaces.length];
    while (end - file > 1) {
      const middle = (file + end) >> 1;
      if ((this.#firstPlaces[middle] ?? 0) <= place) file = middle;
      else end = middle;
    }
    return this.#names[file];
  }

  /** Prompts in whose JSON one of the pieces stands, case ignored; in their order, each once. */
  async find(
    pieces: readonly string[],
    signal: AbortSignal,
    isMeant?: (prompt: Prompt) => boolean,
  ): Promise<readonly PromptId[]> {
    const found: PromptId[] = [];
    // No line break stands in JSON on one line.
    const texts = [...new Set(pieces)].filter((piece) => piece !== '' && !/[\r\n]/.test(piece));
    if (texts.length === 0) return found;
    const { files, numbers } = this.options;
    const search = new FoldedSearch(texts);
    // As they are now: what comes meanwhile makes new ones.
    const { ids } = this.order;
    const [fileOf, rowOf, places] = [this.#fileOf, this.#rowOf, this.#placesById];
    /** Of several rows with one id the first is the prompt. */
    const take = (file: number, rows: readonly number[], numberOf: (row: number) => number): void => {
      for (const row of rows) {
        const number = numberOf(row);
        const id = fileOf[number] === file && rowOf[number] === row ? ids[places[number] ?? noPlace] : undefined;
        if (id !== undefined) found.push(id);
      }
    };
    for (const [file, { rows }] of this.#readFiles.entries()) {
      if (rows.kind === 'in-memory') {
        const hits = rows.prompts.flatMap((prompt, row) =>
          search.isIn(Buffer.from(JSON.stringify(prompt))) && isMeant?.(prompt) !== false ? row : [],
        );
        take(file, hits, (row) => numbers.find(rows.prompts[row]?.id ?? ''));
        continue;
      }
      const { file: path, places: lines, lineOf } = rows;
      const idNumbers = lines.numbers;
      const holds =
        isMeant &&
        ((row: number, bytes: Uint8Array): boolean => {
          const line = lineOf(path, lines.lines[row] ?? 0, bytes);
          return line !== undefined && 'prompt' in line && isMeant(line.prompt);
        });
      for await (const hits of findRows({ files, file: path, places: lines, search, holds, pause: breath, signal }))
        take(file, hits, (row) => idNumbers[row] ?? noPlace);
    }
    return found;
  }

  /**
   * Reads the files that are new or changed.
   * @param names as in `touchstone.json`, relative to the project.
   * @returns whether any changed.
   */
  read(names: readonly string[]): Promise<boolean> {
    return this.#inTurn(() => this.#readAll(names));
  }

  async #readAll(names: readonly string[]): Promise<boolean> {
    const before = this.#files;
    const now = new Map<string, ReadFile>();
    for (const name of new Set(names)) now.set(name, await this.#read(name, before.get(name)));
    const isSame =
      now.size === before.size &&
      [...now].every(([name, file], index) => [...before][index]?.[0] === name && before.get(name) === file);
    if (isSame) return false;
    await this.#fold(now);
    return true;
  }

  /** Files are read and put in order by one at a time. */
  #inTurn<R>(task: () => Promise<R>): Promise<R> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /**
   * Scans by content what was taken by its ids.
   * @returns whether anything was not as it seemed.
   */
  async check(pause: () => Promise<void>, signal: AbortSignal): Promise<boolean> {
    let isChanged = false;
    for (const [name, file] of [...this.#files]) {
      if (file.rows.kind !== 'on-disk' || !file.rows.isUnchecked) continue;
      const info = await this.options.files.stat(file.rows.file);
      if (info === undefined || stampOf(info) !== file.stamp) continue; // `read` will meet it
      const checked = await this.#scan(name, file.rows.file, file.rows.lineOf, info, 'content', pause, signal);
      const isOther = await this.#inTurn(() => this.#replace(name, file, checked, signal));
      isChanged ||= isOther;
    }
    if (this.#readFiles.some(({ rows }) => rows.kind === 'on-disk')) await warmUp(pause, signal);
    return isChanged;
  }

  /** @returns whether what was checked is not what was believed. */
  async #replace(name: string, file: ReadFile, checked: ReadFile | undefined, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted || file.rows.kind !== 'on-disk' || this.#files.get(name) !== file) return false;
    const isEqual =
      checked?.rows.kind === 'on-disk' &&
      isSamePlaces(checked.rows.places, file.rows.places) &&
      checked.problems.length === file.problems.length;
    const now = new Map(this.#files);
    now.set(name, checked ?? (await this.#readWhole(name, file.rows.file, file.stamp)));
    if (isEqual) [this.#files, this.#readFiles] = [now, [...now.values()]];
    else await this.#fold(now);
    return !isEqual;
  }

  /** Puts what the files hold in their order, in slices; then all of it counts at once. */
  async #fold(now: Map<string, ReadFile>): Promise<void> {
    const { numbers } = this.options;
    const readFiles = [...now.values()];
    const ids: PromptId[] = [];
    const firstPlaces: number[] = [];
    let fileOf = new Int32Array(Math.max(1024, numbers.size)).fill(noPlace);
    let rowOf = new Int32Array(fileOf.length);
    let placeOf = new Int32Array(fileOf.length).fill(noPlace);
    for (const [file, { rows }] of readFiles.entries()) {
      firstPlaces.push(ids.length);
      const nRows = rows.kind === 'in-memory' ? rows.prompts.length : rows.places.numbers.length;
      for (let row = 0; row < nRows; row += 1) {
        if (row % sliceRows === sliceRows - 1) await breath();
        const prompt = rows.kind === 'in-memory' ? rows.prompts[row] : undefined;
        const number = rows.kind === 'in-memory' ? numbers.numberOf(prompt?.id ?? '') : (rows.places.numbers[row] ?? 0);
        if (number >= fileOf.length) {
          fileOf = grown(fileOf, noPlace, number + 1);
          placeOf = grown(placeOf, noPlace, number + 1);
          rowOf = grown(rowOf, 0, number + 1);
        }
        if (fileOf[number] !== noPlace) continue;
        fileOf[number] = file;
        rowOf[number] = row;
        placeOf[number] = ids.length;
        ids.push(prompt?.id ?? (numbers.textOf(number) as PromptId));
      }
    }
    this.#files = now;
    this.#readFiles = readFiles;
    this.#names = [...now.keys()];
    this.#firstPlaces = firstPlaces;
    this.#parsed.clear();
    [this.#fileOf, this.#rowOf, this.#placesById] = [fileOf, rowOf, placeOf];
    let askedLast = -1;
    this.order = {
      ids,
      placeOf(id) {
        // Most of who asks for many goes through them in their order.
        if (ids[askedLast + 1] === id) return (askedLast += 1);
        const place = placeOf[numbers.find(id)] ?? noPlace;
        return place === noPlace ? undefined : (askedLast = place);
      },
    };
    this.problems = readFiles.flatMap((file) => file.problems);
  }

  #placeOf(id: PromptId): { readonly file: ReadFile; readonly row: number } | undefined {
    const number = this.options.numbers.find(id);
    const file = this.#readFiles[this.#fileOf[number] ?? noPlace];
    return file === undefined ? undefined : { file, row: this.#rowOf[number] ?? 0 };
  }

  /** Undefined when the line is no longer what it was; the file is then looked at anew. */
  #readRow(rows: OnDisk, row: number, id: PromptId): Prompt | undefined {
    const { places, file, name, lineOf } = rows;
    try {
      const [offset = 0, length = 0, line = 1] = [places.offsets[row], places.lengths[row], places.lines[row]];
      const read = lineOf(file, line, this.options.files.readRangeSync(file, offset, length));
      if (read !== undefined && 'prompt' in read && read.prompt.id === id) return read.prompt;
    } catch {
      // The file is gone or was cut: as below.
    }
    this.#doubted.add(name);
    return undefined;
  }

  /**
   * Writes a new prompt file, one row a line, synced. It counts once `touchstone.json` lists it.
   * @returns its name, relative to the project.
   */
  async write(name: string, rows: readonly Prompt[]): Promise<string> {
    const { files, folder } = this.options;
    await makeFolderDurably(files, folder, promptFolder);
    const bytes = linesOf(rows);
    const stem = safeFileName(name);
    for (let n = 1; ; n += 1) {
      const relative = `${promptFolder}/${n === 1 ? stem : `${stem}-${n}`}.jsonl`;
      try {
        const file = await files.open(path.join(folder, relative), 'create-new');
        try {
          await writeAll(file, bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await files.syncFolder(path.join(folder, promptFolder));
        return relative;
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
    }
  }

  /**
   * Adds to the file of this name that only `writer` writes; it is made when it is not there. What was added is synced and
   * counts at once where `touchstone.json` lists the file.
   * @returns its name, relative to the project.
   */
  async append(name: string, writer: string, rows: readonly Prompt[]): Promise<string> {
    const { files, folder, tornFolder } = this.options;
    await makeFolderDurably(files, folder, promptFolder);
    const relative = `${promptFolder}/${safeFileName(name)}.${writer}.jsonl`;
    const target = path.join(folder, relative);
    const { end, isOpen } = await mendEnd(files, target, tornFolder);
    const file = await files.open(target, 'append');
    try {
      await writeAll(file, Buffer.concat([Buffer.from(isOpen ? '\n' : ''), linesOf(rows)]));
      await file.sync();
    } catch (error) {
      await file.truncate(end).catch(() => undefined);
      throw error;
    } finally {
      await file.close();
    }
    await files.syncFolder(path.dirname(target));
    return relative;
  }

  async #read(name: string, before: ReadFile | undefined): Promise<ReadFile> {
    const { files, folder } = this.options;
    const file = path.resolve(folder, name);
    const bad = (stamp: string, code: string, message: string): ReadFile =>
      before?.stamp === stamp
        ? before
        : { stamp, rows: { kind: 'in-memory', prompts: [] }, problems: [{ code, message, file: name, line: 1 }] };
    if (!isInside(file, path.resolve(folder))) return bad('outside', 'prompt-file-outside', outside());
    try {
      const info = await files.stat(file);
      if (info === undefined)
        return bad('missing', 'prompt-file-missing', l10n.t('touchstone.json lists this file, but it is not there'));
      const stamp = stampOf(info);
      const isDoubted = this.#doubted.delete(name);
      if (before?.stamp === stamp && !isDoubted) return before;
      if (!isInside(await files.realPath(file), await files.realPath(folder)))
        return bad(stamp, 'prompt-file-outside', outside());
      const lazily = await this.#readLazily(name, file, info, isDoubted ? 'content' : this.checking);
      return lazily ?? (await this.#readWhole(name, file, stamp));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return bad(`failed ${reason}`, 'prompt-file-unreadable', l10n.t('it could not be read: {0}', reason));
    }
  }

  async #readWhole(name: string, file: string, stamp: string): Promise<ReadFile> {
    const { rows, problems } = await this.options.readPromptFile(file);
    const prompts = rows.map((row) =>
      row.source?.file === file ? { ...row, source: { ...row.source, file: name } } : row,
    );
    return { stamp, rows: { kind: 'in-memory', prompts }, problems: problems.map(named(name, file)) };
  }

  /** Undefined for a file that is small, of another form, or has lines that are too long. */
  async #readLazily(
    name: string,
    file: string,
    info: FileInfo,
    by: 'own-ids' | 'content',
  ): Promise<ReadFile | undefined> {
    const { files, readPromptFile, lazyFromBytes } = this.options;
    const { lineOf } = readPromptFile;
    if (lineOf === undefined || info.kind !== 'file' || info.sizeBytes < lazyFromBytes) return undefined;
    if (!/\.(?:jsonl|ndjson)$/i.test(file)) return undefined;
    const [first] = await files.readRange(file, 0, 1);
    if (first !== openBrace) return undefined;
    const known = await this.#fromIndex(name, file, lineOf, info);
    return known ?? this.#scan(name, file, lineOf, info, by, breath, new AbortController().signal);
  }

  async #scan(
    name: string,
    file: string,
    lineOf: LineOf,
    info: FileInfo,
    by: 'own-ids' | 'content',
    pause: () => Promise<void>,
    signal: AbortSignal,
  ): Promise<ReadFile | undefined> {
    const { files, numbers, index } = this.options;
    const { sizeBytes } = info;
    const scanned = await scanPrompts({ files, file, sizeBytes, numbers, lineOf, by, pause, signal });
    if (scanned === undefined) return undefined;
    const { places, nUnchecked } = scanned;
    const problems = scanned.problems.map(named(name, file));
    const bits = bitsOf(places, numbers);
    // An index holds what was checked, of ids of our own form.
    if (nUnchecked === 0 && bits !== undefined) {
      const columns = [...bits, places.offsets, places.lengths, places.lines].map(bytesOf);
      await index.save(file, sizeBytes, { problems }, columns);
    }
    return {
      stamp: stampOf(info),
      rows: { kind: 'on-disk', file, name, lineOf, places, isUnchecked: nUnchecked > 0 },
      problems,
    };
  }

  async #fromIndex(name: string, file: string, lineOf: LineOf, info: FileInfo): Promise<ReadFile | undefined> {
    const { numbers, index } = this.options;
    const loaded = await index.load(file, 'none');
    const facts = IndexFacts.safeParse(loaded?.facts);
    const [high, low, offsets, lengths, lines] = loaded?.columns ?? [];
    if (!facts.success || !high || !low || !offsets || !lengths || !lines) return undefined;
    const [highs, lows] = [new Uint32Array(high), new Uint32Array(low)];
    const rowNumbers = new Int32Array(highs.length);
    numbers.reserve(highs.length);
    for (let row = 0; row < highs.length; row += 1) {
      if (row % sliceRows === sliceRows - 1) await breath();
      rowNumbers[row] = numbers.numberOfBits(highs[row] ?? 0, lows[row] ?? 0);
    }
    const places: PromptPlaces = {
      numbers: rowNumbers,
      offsets: new Float64Array(offsets),
      lengths: new Uint32Array(lengths),
      lines: new Uint32Array(lines),
    };
    const isFit = [places.numbers, places.lines].every((column) => column.length === places.offsets.length);
    if (!isFit || !liesWithin(info.sizeBytes, places.offsets, places.lengths, maxJsonLineBytes)) return undefined;
    return {
      stamp: stampOf(info),
      rows: { kind: 'on-disk', file, name, lineOf, places, isUnchecked: false },
      problems: facts.data.problems.map(({ column, field, ...problem }) => ({
        ...problem,
        ...(column === undefined ? {} : { column }),
        ...(field === undefined ? {} : { field }),
      })),
    };
  }
}

const IndexFacts = z.object({
  problems: z.array(
    z.object({
      code: z.string(),
      message: z.string(),
      file: z.string(),
      line: z.int(),
      column: z.int().optional(),
      field: z.string().optional(),
    }),
  ),
});

const stampOf = (info: FileInfo): string => `${info.kind} ${info.sizeBytes} ${info.modifiedMs}`;

const named =
  (name: string, file: string) =>
  (problem: Problem): Problem =>
    problem.file === file ? { ...problem, file: name } : problem;

function bitsOf(places: PromptPlaces, numbers: IdTable): Uint32Array<ArrayBuffer>[] | undefined {
  const high = new Uint32Array(places.numbers.length);
  const low = new Uint32Array(places.numbers.length);
  for (const [row, number] of places.numbers.entries()) {
    const bits = numbers.bitsOf(number);
    if (bits === undefined) return undefined;
    [high[row], low[row]] = bits;
  }
  return [high, low];
}

const isSamePlaces = (a: PromptPlaces, b: PromptPlaces): boolean =>
  a.numbers.length === b.numbers.length &&
  a.numbers.every((number, row) => number === b.numbers[row] && a.offsets[row] === b.offsets[row]);

const openBrace = 0x7b;

export const promptFolder = 'prompts';

const outside = (): string =>
  l10n.t('it lies outside the project, so it was not read; take it in with "touchstone import"');

const linesOf = (rows: readonly Prompt[]): Uint8Array =>
  Buffer.from(rows.map((row) => `${JSON.stringify(inOrder(row))}\n`).join(''));

const inOrder = ({ id, messages, ...rest }: Prompt): object => ({ id, messages, ...rest });
