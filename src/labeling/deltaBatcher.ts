import type { CandidateId } from '../core/index.js';

/** Text goes to the page at most 20 times a second: more is not read, and costs the page's thread. */
const flushMs = 50;

export interface Delta {
  readonly candidateId: CandidateId;
  /** Length in UTF-16 units that the page must have of this answer before the text is appended. */
  readonly at: number;
  readonly text: string;
}

/** Collects the text of answers that are being written and hands it on in pieces, in order, at most one an answer and 50 ms. */
export class DeltaBatcher {
  readonly #send: (delta: Delta) => void;
  readonly #pending = new Map<CandidateId, { at: number; text: string }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (delta: Delta) => void) {
    this.#send = send;
  }

  add({ candidateId, at, text }: Delta): void {
    const pending = this.#pending.get(candidateId);
    if (pending === undefined) this.#pending.set(candidateId, { at, text });
    else pending.text += text;
    this.#timer ??= setTimeout(() => this.flush(), flushMs);
  }

  /** Sends what there is now: before a message that tells an answer's end. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const pieces = [...this.#pending];
    this.#pending.clear();
    for (const [candidateId, { at, text }] of pieces) this.#send({ candidateId, at, text });
  }

  /** Forgets what was not sent: the page is gone, and gets whole texts when it comes back. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#pending.clear();
  }
}
