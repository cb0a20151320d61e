import { Low } from 'lowdb';
import path from 'node:path';
import { z } from 'zod';
import {
  fileBusy,
  ProjectConfig,
  projectFileInvalid,
  projectFileName,
  projectFileNewer,
  projectNotFound,
  serializeError,
  StoreError,
} from '../core/index.js';
import type { Claims } from './claim.js';
import { DurableJsonFile, placeAt } from './durableJsonFile.js';
import type { FileSystem } from './fileSystem.js';
import { mergeObjects } from './mergeObjects.js';
import type { ProjectFileProblem } from './project.js';

/** The document as it stands in the file: what we do not know is kept. */
type ConfigDocument = Readonly<Record<string, unknown>>;
const ConfigDocument = z.record(z.string(), z.unknown());

/** How long a change waits for another process that is changing the file, milliseconds, and between two looks. */
const claimTimeoutMs = 5000;
const claimWaitMs = 15;

/** `touchstone.json` in memory. Only members that are changed are written; defaults are not added to the file. */
export class ProjectFile {
  readonly path: string;
  readonly #adapter: DurableJsonFile<ConfigDocument>;
  readonly #low: Low<ConfigDocument>;
  #config: ProjectConfig | undefined;
  /** The file could not be read last time. */
  #isBroken = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    files: FileSystem,
    private readonly folder: string,
    private readonly claims: Claims,
  ) {
    this.path = path.join(folder, projectFileName);
    this.#adapter = new DurableJsonFile<ConfigDocument>(this.path, (value) => this.#document(value), {
      files,
      merge: mergeObjects,
      exclusively: (task) => this.#exclusively(task),
    });
    this.#low = new Low<ConfigDocument>(this.#adapter, {});
  }

  /** As of the last `read`. */
  get config(): ProjectConfig {
    if (this.#config === undefined) throw projectNotFound(this.folder);
    return this.#config;
  }

  /** @returns whether anything is different from the last time. @throws StoreError */
  read(): Promise<boolean> {
    return this.#inTurn(() => this.#read());
  }

  /** Changes members of the file; what others changed meanwhile is merged. @throws StoreError */
  update(change: Readonly<Partial<ProjectConfig>>): Promise<void> {
    return this.#inTurn(() => this.#update(change));
  }

  /** The document is empty while it is being read: a change made of it then would be a change of nothing. */
  #inTurn<R>(task: () => Promise<R>): Promise<R> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #read(): Promise<boolean> {
    const before = this.#low.data;
    this.#low.data = {};
    try {
      await this.#low.read();
      if (this.#adapter.text === undefined) throw projectNotFound(this.folder);
      this.#config = this.#parse(this.#low.data, this.#adapter.text);
      this.#isBroken = false;
    } catch (error) {
      this.#isBroken = true;
      this.#low.data = before;
      throw error;
    }
    return JSON.stringify(before) !== JSON.stringify(this.#low.data);
  }

  async #update(change: Readonly<Partial<ProjectConfig>>): Promise<void> {
    // Written over what could not be read, it would be lost.
    if (this.#isBroken) await this.#read();
    const before = this.#low.data;
    const members = Object.entries(change).filter(([, value]) => value !== undefined);
    const changed = Object.fromEntries([...Object.entries(before), ...members]);
    this.#parse(changed);
    this.#low.data = changed;
    try {
      await this.#low.write();
    } catch (error) {
      this.#low.data = before;
      throw error;
    }
    await this.#read();
  }

  #document(value: unknown): ConfigDocument {
    const parsed = ConfigDocument.safeParse(value);
    if (parsed.success) return parsed.data;
    throw projectFileInvalid(this.path, issueInWords(parsed.error.issues[0]), parsed.error);
  }

  /** @param text in which the places are that errors name. */
  #parse(document: ConfigDocument, text = ''): ProjectConfig {
    const version = document['version'];
    if (typeof version === 'number' && version > 1) throw projectFileNewer(this.path, version);
    const parsed = ProjectConfig.safeParse(document);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw projectFileInvalid(this.path, issueInWords(issue), parsed.error, placeOfMember(text, issue?.path[0]));
  }

  async #exclusively<R>(task: () => Promise<R>): Promise<R> {
    const deadline = Date.now() + claimTimeoutMs;
    for (;;) {
      const claim = await this.claims.claim(projectFileName);
      if (claim !== undefined) {
        try {
          return await task();
        } finally {
          await claim.release();
        }
      }
      if (Date.now() > deadline) throw fileBusy(this.path);
      await new Promise((resolve) => setTimeout(resolve, claimWaitMs));
    }
  }
}

const Place = z.object({ line: z.number(), column: z.number() });

/** What an error of `read` says, and where. */
export function projectFileProblemOf(error: unknown): ProjectFileProblem {
  const place = error instanceof StoreError ? Place.safeParse(error.facts['place']).data : undefined;
  return { message: serializeError(error).message, ...(place ?? { line: 0, column: 0 }) };
}

type Issue = z.core.$ZodIssue;

/** Where it is and what is wrong. Of a value that may have several forms, the form of which most is there. */
function issueInWords(issue: Issue | undefined, within: readonly PropertyKey[] = []): string {
  if (issue === undefined) return '';
  const path = [...within, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const firsts = issue.errors.flatMap(([first]) => (first === undefined ? [] : [first]));
    const [nearest] = firsts.toSorted((a, b) => b.path.length - a.path.length);
    if (nearest !== undefined && nearest.path.length > 0) return issueInWords(nearest, path);
    return placed(path, firsts.map(({ message }) => message).join('; '));
  }
  return placed(path, issue.message);
}

/** Where a member of the document begins, 0-based; of one that is missing, where the document does. */
function placeOfMember(text: string, member: PropertyKey | undefined) {
  const name = JSON.stringify(String(member ?? ''));
  for (const { index } of text.matchAll(/"(?:[^"\\]|\\.)*"(?=\s*:)/g))
    if (text.startsWith(name, index)) return placeAt(text, index);
  return placeAt(text, 0);
}

const placed = (path: readonly PropertyKey[], message: string): string =>
  `${path.length === 0 ? '' : `${path.map(String).join('.')}: `}${message}`;
