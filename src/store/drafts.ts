import path from 'node:path';
import { z } from 'zod';
import { PromptId, safeFileName } from '../core/index.js';
import { DurableJsonFile } from './durableJsonFile.js';
import type { FileSystem } from './fileSystem.js';
import type { Draft, Drafts } from './project.js';

const StoredDraft = z.object({ promptId: PromptId, labeler: z.string(), at: z.string(), content: z.unknown() });

/** Changes within this time share one write, milliseconds. */
const writeBehindMs = 100;

/**
 * Drafts as files `<labeler>/<prompt>.json`, one for each labeler and prompt, so there is never a second of one. Memory is
 * right at once; the disk follows within 150 ms. The last window to write wins.
 */
export class DraftFolder implements Drafts {
  readonly #drafts = new Map<string, Draft>();
  readonly #waiting = new Map<string, { readonly draft: Draft; readonly written: Promise<void> }>();
  readonly #starts = new Map<string, () => void>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly files: FileSystem,
    private readonly folder: string,
    private readonly onDidChange: (promptId: PromptId) => void,
  ) {}

  /** Reads what is there. Unreadable files are left alone: a draft is not worth stopping for. */
  async load(): Promise<void> {
    for (const labeler of await this.files.list(this.folder)) {
      const folder = path.join(this.folder, labeler);
      if ((await this.files.stat(folder))?.kind !== 'folder') continue;
      for (const name of await this.files.list(folder)) {
        if (name.startsWith('.') || !name.endsWith('.json')) continue;
        const draft = await this.#file(path.join(folder, name))
          .read()
          .catch(() => null);
        if (draft !== null) this.#drafts.set(keyOf(draft.labeler, draft.promptId), draft);
      }
    }
  }

  get(labeler: string, promptId: PromptId): Draft | undefined {
    return this.#drafts.size === 0 ? undefined : this.#drafts.get(keyOf(labeler, promptId));
  }

  all(): readonly Draft[] {
    return [...this.#drafts.values()];
  }

  set(draft: Draft): Promise<void> {
    const key = keyOf(draft.labeler, draft.promptId);
    this.#drafts.set(key, draft);
    this.onDidChange(draft.promptId);
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      this.#waiting.set(key, { draft, written: waiting.written });
      return waiting.written;
    }
    const started = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, writeBehindMs);
      this.#starts.set(key, () => {
        clearTimeout(timer);
        resolve();
      });
    });
    const written = started.then(() => {
      this.#starts.delete(key);
      const newest = this.#waiting.get(key)?.draft;
      this.#waiting.delete(key);
      return newest === undefined ? undefined : this.#inTurn(() => this.#write(newest));
    });
    this.#waiting.set(key, { draft, written });
    return written;
  }

  delete(labeler: string, promptId: PromptId): Promise<void> {
    const key = keyOf(labeler, promptId);
    this.#waiting.delete(key);
    this.#starts.get(key)?.();
    if (this.#drafts.delete(key)) this.onDidChange(promptId);
    return this.#inTurn(() => this.files.remove(this.#pathOf(labeler, promptId)));
  }

  /** Writes what waits, now. */
  async flush(): Promise<void> {
    const written = [...this.#waiting.values()].map((waiting) => waiting.written);
    for (const start of this.#starts.values()) start();
    await Promise.all(written);
    await this.#last;
  }

  async #write(draft: Draft): Promise<void> {
    const file = this.#pathOf(draft.labeler, draft.promptId);
    await this.files.makeFolder(path.dirname(file));
    await this.#file(file).write(draft);
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }

  #file = (file: string): DurableJsonFile<Draft> =>
    new DurableJsonFile<Draft>(file, (value) => StoredDraft.parse(value), {
      files: this.files,
      merge: (_, ours) => ours,
    });

  #pathOf = (labeler: string, promptId: PromptId): string =>
    path.join(this.folder, safeFileName(labeler), `${safeFileName(promptId)}.json`);
}

const keyOf = (labeler: string, promptId: PromptId): string => JSON.stringify([labeler, promptId]);
