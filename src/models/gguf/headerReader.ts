import { isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { ggufBroken, ggufProblem, parameterFileChanged } from '../../core/index.js';

/** Known headers are 2 to 40 MB, most of it vocabulary and merges; a larger one is a lie or a mistake. */
const maxHeaderBytes = 256 * 1024 * 1024;
/** Bytes that are read at once, so that the weights behind the header are not. */
const windowBytes = 1024 * 1024;

/**
 * Reads a header from front to back through a small window. Before anything is read or allocated, its length is compared
 * with what is left of the file, so a header that lies costs nothing. All numbers are little-endian.
 */
export class HeaderReader {
  readonly #handle: FileHandle;
  readonly #file: string;
  readonly #fileBytes: number;
  #window = Buffer.alloc(0);
  #windowOffset = 0;
  /** Within the window. */
  #cursor = 0;

  constructor(handle: FileHandle, file: string, fileBytes: number) {
    this.#handle = handle;
    this.#file = file;
    this.#fileBytes = fileBytes;
  }

  /** From the start of the file, bytes. */
  get position(): number {
    return this.#windowOffset + this.#cursor;
  }

  get bytesLeft(): number {
    return this.#fileBytes - this.position;
  }

  /** @param problem one of `ggufProblem`. */
  fail(problem: string): never {
    throw ggufBroken({ file: this.#file, problem });
  }

  /** The next bytes, valid until the next call. `what` names them in the error. */
  async bytes(count: bigint | number, what: string): Promise<Buffer> {
    if (count > this.bytesLeft) this.fail(ggufProblem.endsEarly(what, count, this.bytesLeft));
    const n = Number(count);
    if (this.position + n > maxHeaderBytes) this.fail(ggufProblem.headerTooLarge(maxHeaderBytes));
    if (this.#cursor + n > this.#window.length) await this.#refill(n);
    const taken = this.#window.subarray(this.#cursor, this.#cursor + n);
    this.#cursor += n;
    return taken;
  }

  async uint8(what: string): Promise<number> {
    return (await this.bytes(1, what)).readUInt8();
  }

  async uint32(what: string): Promise<number> {
    return (await this.bytes(4, what)).readUInt32LE();
  }

  async uint64(what: string): Promise<bigint> {
    return (await this.bytes(8, what)).readBigUInt64LE();
  }

  /** A length of 64 bits, then so many bytes of UTF-8. */
  async string(what: string, maxBytes: number): Promise<string> {
    const length = await this.uint64(what);
    if (length > maxBytes) this.fail(ggufProblem.lengthTooLarge(what, length, maxBytes));
    const bytes = await this.bytes(length, what);
    return decodeUtf8(bytes) ?? this.fail(ggufProblem.notUtf8(what));
  }

  /** Many strings; waits only when the window is used up, since a vocabulary is 50,000 to 500,000 of them. */
  async strings(count: number, what: string, maxBytes: number): Promise<string[]> {
    const strings: string[] = [];
    while (strings.length < count) strings.push(this.#stringInWindow(maxBytes) ?? (await this.string(what, maxBytes)));
    return strings;
  }

  /** Undefined, with nothing taken, when the next string is not wholly in the window or breaks a rule. */
  #stringInWindow(maxBytes: number): string | undefined {
    const start = this.#cursor + 8;
    if (start > this.#window.length) return undefined;
    const length = this.#window.readBigUInt64LE(this.#cursor);
    if (length > maxBytes || start + Number(length) > this.#window.length) return undefined;
    const end = start + Number(length);
    const text = decodeUtf8(this.#window.subarray(start, end));
    if (text !== undefined) this.#cursor = end;
    return text;
  }

  async #refill(atLeast: number): Promise<void> {
    const offset = this.position;
    const window = Buffer.allocUnsafe(Math.min(Math.max(atLeast, windowBytes), this.#fileBytes - offset));
    let filled = 0;
    while (filled < window.length) {
      const { bytesRead } = await this.#handle.read(window, filled, window.length - filled, offset + filled);
      if (bytesRead === 0) throw parameterFileChanged({ file: this.#file });
      filled += bytesRead;
    }
    this.#window = window;
    this.#windowOffset = offset;
    this.#cursor = 0;
  }
}

/** Undefined when the bytes are not UTF-8. Only a replacement character can hide that, so only then it is looked into. */
function decodeUtf8(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') && !isUtf8(bytes) ? undefined : text;
}
