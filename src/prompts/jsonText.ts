import { jsonFaultOf, maxJsonLineBytes } from '../core/index.js';
import { type Checked, lineTooLong, loneSurrogate, notJson, tooDeep } from './problems.js';

/** Parses one JSON value after the scan that refuses what must not be read. Columns are of this text, 1-based. */
export function parseJson(text: string): Checked<unknown> {
  if (text.length > maxJsonLineBytes) return { fault: lineTooLong() };
  const found = jsonFaultOf(text);
  if (found?.kind === 'too-deep') return { fault: tooDeep(found.offset + 1) };
  if (found?.kind === 'lone-surrogate') return { fault: loneSurrogate(found.offset + 1) };
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch (error) {
    return { fault: notJson(positionOf(error)) };
  }
}

/** V8 says where; other engines may not, and then the place is left out. */
function positionOf(error: unknown): number | undefined {
  const digits = error instanceof SyntaxError ? / at position (\d+)/.exec(error.message)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits) + 1;
}

/** One element of a list, as text that is not parsed yet. `line` is 1-based, where the element begins. */
export interface JsonItem {
  readonly line: number;
  readonly text: string;
}

/**
 * The rows of a JSON document: the elements of a list, or of the list under `data` in an object; an object without such a
 * list is one row; several values one after the other (JSON Lines in a file called `.json`) are each a row. Elements are cut
 * apart by their brackets, not parsed, so that one bad row does not lose the others.
 */
export function* jsonItems(text: string): Generator<JsonItem> {
  const scan = new Scan(text);
  for (;;) {
    scan.skipBlank();
    if (scan.isAtEnd) return;
    const start = scan.index;
    if (scan.peek() === '[') yield* scan.list();
    else if (scan.peek() === '{' && scan.goToDataList()) {
      yield* scan.list();
      scan.leaveObject();
    } else {
      scan.index = start;
      yield scan.value();
    }
  }
}

class Scan {
  index = 0;
  readonly #text: string;
  #line = 1;
  #lineIndex = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.index >= this.#text.length;
  }

  peek(): string | undefined {
    return this.#text[this.index];
  }

  skipBlank(): void {
    while (!this.isAtEnd && isBlank(this.#text.charCodeAt(this.index))) this.index += 1;
  }

  /** At `[`: its elements; afterwards behind its `]`, or at the end. */
  *list(): Generator<JsonItem> {
    this.index += 1;
    for (;;) {
      this.skipBlank();
      if (this.peek() === ',') this.index += 1;
      else if (this.peek() === ']') {
        this.index += 1;
        return;
      } else if (this.isAtEnd) return;
      else yield this.value();
    }
  }

  /** One value; ends before a comma or a closing bracket of what encloses it, or behind its own closing bracket. */
  value(): JsonItem {
    const start = this.index;
    const line = this.#lineOf(start);
    let depth = 0;
    while (!this.isAtEnd) {
      const char = this.peek();
      if (char === '"') this.#skipString();
      else if (char === '[' || char === '{') depth += 1;
      else if (char === ']' || char === '}') {
        if (depth === 0) {
          // A closing bracket that nothing opened: taken into this value, or it would never be passed.
          if (this.index === start) this.index += 1;
          break;
        }
        depth -= 1;
        if (depth === 0) {
          this.index += 1;
          break;
        }
      } else if (depth === 0 && (char === ',' || char === '\n')) break;
      this.index += 1;
    }
    if (this.index === start) this.index += 1;
    return { line, text: this.#text.slice(start, this.index) };
  }

  /** At `{`: goes to the `[` of its member `data`; false (and somewhere inside) when it has none. */
  goToDataList(): boolean {
    this.index += 1;
    for (;;) {
      this.skipBlank();
      if (this.peek() !== '"') return false;
      const start = this.index;
      this.#skipString();
      this.index += 1;
      const key = this.#text.slice(start, this.index);
      this.skipBlank();
      if (this.peek() !== ':') return false;
      this.index += 1;
      this.skipBlank();
      if (key === '"data"' && this.peek() === '[') return true;
      this.value();
      this.skipBlank();
      if (this.peek() !== ',') return false;
      this.index += 1;
    }
  }

  /** Behind the `data` list: past the rest of the object. */
  leaveObject(): void {
    for (;;) {
      this.skipBlank();
      if (this.peek() === '}') {
        this.index += 1;
        return;
      }
      if (this.isAtEnd) return;
      this.value();
      if (this.peek() === ',' || this.peek() === ':') this.index += 1;
    }
  }

  /** At a quote: goes to the quote that ends the string, or to the end. */
  #skipString(): void {
    this.index += 1;
    while (!this.isAtEnd && this.peek() !== '"') this.index += this.peek() === '\\' ? 2 : 1;
  }

  /** Counted onwards from the last call: items come in order. */
  #lineOf(index: number): number {
    for (
      let at = this.#text.indexOf('\n', this.#lineIndex);
      at !== -1 && at < index;
      at = this.#text.indexOf('\n', at + 1)
    ) {
      this.#line += 1;
      this.#lineIndex = at + 1;
    }
    return this.#line;
  }
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
