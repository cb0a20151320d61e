import { plainText } from '../core/index.js';

/** Where a command speaks: results on stdout, everything else on stderr. */
export class Terminal {
  readonly #stdout: NodeJS.WriteStream;
  readonly #stderr: NodeJS.WriteStream;
  #hasProgress = false;
  #lastProgressMs = 0;

  constructor(streams: { readonly stdout: NodeJS.WriteStream; readonly stderr: NodeJS.WriteStream }) {
    this.#stdout = streams.stdout;
    this.#stderr = streams.stderr;
  }

  /** A line of the result. Text of strangers is harmless to a terminal; a file or pipe gets it as it is. */
  async print(line: string): Promise<void> {
    this.#endProgress();
    await this.#write(`${this.#stdout.isTTY ? plainText(line) : line}\n`);
  }

  /** A result for machines, on one line. Every control character is escaped. */
  async printJson(value: unknown): Promise<void> {
    this.#endProgress();
    await this.#write(`${escapedJson(value)}\n`);
  }

  /** A message for people. */
  say(line: string): void {
    this.#endProgress();
    this.#stderr.write(`${this.#stderr.isTTY ? plainText(line) : line}\n`);
  }

  /** Where long work stands: one line that is rewritten in a terminal, a line every other second elsewhere. */
  progress(line: string): void {
    const now = performance.now();
    const isTerminal = this.#stderr.isTTY;
    if (now - this.#lastProgressMs < (isTerminal ? 100 : 2000)) return;
    this.#lastProgressMs = now;
    if (!isTerminal) {
      this.#stderr.write(`${line}\n`);
      return;
    }
    this.#hasProgress = true;
    this.#stderr.write(`\r\u001b[K${plainText(line).slice(0, (this.#stderr.columns ?? 80) - 1)}`);
  }

  #endProgress(): void {
    if (this.#hasProgress) this.#stderr.write('\r\u001b[K');
    this.#hasProgress = false;
  }

  /** Waits while the reader is slower than we are. */
  #write(text: string): Promise<void> {
    return new Promise((resolve, reject) => this.#stdout.write(text, (error) => (error ? reject(error) : resolve())));
  }
}

/** JSON without raw controls, also those that `JSON.stringify` leaves: delete, C1, line and paragraph separators. */
export const escapedJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
