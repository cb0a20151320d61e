/**
 * So many requests to one server at a time. The number is halved when the server says that it has too much to do, and grows
 * again by one with each answer: what TCP does, and enough to settle at what a server can take.
 */
export class Slots {
  readonly #max: number;
  #limit: number;
  #nTaken = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(max: number) {
    this.#max = max;
    this.#limit = max;
  }

  /** Resolves when there is a free one; `free` has to be called for each. @throws the signal's reason. */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#nTaken < this.#limit) {
      this.#nTaken += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(next), 1);
        reject(signal.reason instanceof Error ? signal.reason : new DOMException('aborted', 'AbortError'));
      };
      const next = (): void => {
        signal.removeEventListener('abort', abort);
        this.#nTaken += 1;
        resolve();
      };
      this.#waiting.push(next);
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  free(): void {
    this.#nTaken -= 1;
    while (this.#nTaken < this.#limit) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      next();
    }
  }

  slowDown(): void {
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
  }

  speedUp(): void {
    this.#limit = Math.min(this.#max, this.#limit + 1);
  }
}
