import path from 'node:path';
import { z } from 'zod';
import { Labeler, PromptId } from '../core/index.js';
import type { FileSystem } from './fileSystem.js';
import { writeAll } from './fileBytes.js';
import type { SoftClaims } from './project.js';

const StoredClaim = z.object({ promptId: PromptId, labeler: Labeler, at: z.iso.datetime() });
type StoredClaim = z.infer<typeof StoredClaim>;

/** A labeler who has gone to lunch holds nothing up. */
const expiryMs = 10 * 60_000;
/** What a claim's time may be ahead of ours: clocks of two machines differ. */
const maxAheadMs = 60_000;
const maxClaimBytes = 4096;

/**
 * Which prompt each window shows, as files `<writer>.json`: so that two windows are not dealt the same one. Advice, nothing
 * more: never synced, ignored when it is old, and a prompt that two judge at once is judged twice, not spoilt.
 */
export class SoftClaimFolder implements SoftClaims {
  #others: readonly StoredClaim[] = [];
  #own: string | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly files: FileSystem,
    private readonly folder: string,
    private readonly writer: string,
    private readonly now: () => Date,
  ) {}

  hold(promptId: PromptId, labeler: string): void {
    const key = JSON.stringify([promptId, labeler]);
    if (this.#own === key) return;
    this.#own = key;
    this.#inTurn(() => this.#write({ promptId, labeler, at: this.now().toISOString() }));
  }

  release(): void {
    if (this.#own === undefined) return;
    this.#own = undefined;
    this.#inTurn(() => this.files.remove(this.#path));
  }

  holdersOf(promptId: PromptId): readonly string[] {
    return this.#others
      .filter((claim) => claim.promptId === promptId && this.#isFresh(claim))
      .map(({ labeler }) => labeler);
  }

  /** Looks at the other windows' claims. @returns whether any changed. */
  async refresh(): Promise<readonly PromptId[]> {
    const claims: StoredClaim[] = [];
    for (const name of await this.files.list(this.folder)) {
      if (!name.endsWith('.json') || name === `${this.writer}.json`) continue;
      const claim = await this.#read(path.join(this.folder, name));
      if (claim !== undefined && this.#isFresh(claim)) claims.push(claim);
    }
    const before = new Set(this.#others.map(keyOf));
    const now = new Set(claims.map(keyOf));
    const changed = [
      ...this.#others.filter((one) => !now.has(keyOf(one))),
      ...claims.filter((one) => !before.has(keyOf(one))),
    ];
    this.#others = claims;
    return changed.map((claim) => claim.promptId);
  }

  async close(): Promise<void> {
    this.release();
    await this.#last;
  }

  async #read(file: string): Promise<StoredClaim | undefined> {
    try {
      const info = await this.files.stat(file);
      if (info === undefined || info.kind !== 'file' || info.sizeBytes > maxClaimBytes) return undefined;
      const bytes = await this.files.readFile(file);
      return StoredClaim.parse(JSON.parse(new TextDecoder().decode(bytes)));
    } catch {
      return undefined; // half-written, or gone a moment ago
    }
  }

  async #write(claim: StoredClaim): Promise<void> {
    await this.files.makeFolder(this.folder);
    const handle = await this.files.open(this.#path, 'truncate');
    try {
      await writeAll(handle, Buffer.from(JSON.stringify(claim)));
    } finally {
      await handle.close();
    }
  }

  #inTurn(task: () => Promise<void>): void {
    this.#last = this.#last.then(task).catch(() => undefined); // advice that cannot be given is not given
  }

  #isFresh({ at }: StoredClaim): boolean {
    const ageMs = this.now().getTime() - Date.parse(at);
    return ageMs < expiryMs && ageMs > -maxAheadMs;
  }

  get #path(): string {
    return path.join(this.folder, `${this.writer}.json`);
  }
}

const keyOf = (claim: StoredClaim): string => JSON.stringify([claim.promptId, claim.labeler]);
