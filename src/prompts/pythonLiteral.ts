/**
 * Reads what Python's `repr` writes of lists, dicts, strings and numbers: pandas puts nested columns into CSV like this.
 * Commas may be missing between items, as NumPy leaves them out. Undefined for anything else; nothing is evaluated.
 */
export function pythonLiteral(text: string): unknown {
  const reader = new LiteralReader(text);
  const value = reader.value(0);
  return reader.isDone ? value : undefined;
}

/** Deeper than any chat; the reader is recursive. */
const maxDepth = 32;

const codeDigits: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);
const controls: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
]);

class LiteralReader {
  readonly #text: string;
  #index = 0;
  #isBroken = false;

  constructor(text: string) {
    this.#text = text;
  }

  get isDone(): boolean {
    this.#skipBlank();
    return !this.#isBroken && this.#index === this.#text.length;
  }

  value(depth: number): unknown {
    this.#skipBlank();
    const char = this.#text[this.#index];
    if (depth > maxDepth) return this.#break();
    if (char === '[' || char === '(') return this.#list(char === '[' ? ']' : ')', depth);
    if (char === '{') return this.#dict(depth);
    if (char === '"' || char === "'") return this.#string(char);
    const word = /[A-Za-z0-9+.\-_]{1,64}/y;
    word.lastIndex = this.#index;
    const found = word.exec(this.#text)?.[0];
    if (found === undefined) return this.#break();
    this.#index += found.length;
    if (found === 'True') return true;
    if (found === 'False') return false;
    if (found === 'None') return null;
    const number = Number(found);
    return Number.isFinite(number) ? number : this.#break();
  }

  #list(end: string, depth: number): unknown {
    this.#index += 1;
    const items: unknown[] = [];
    for (;;) {
      this.#skipBlank();
      if (this.#isBroken || this.#index >= this.#text.length) return this.#break();
      const char = this.#text[this.#index];
      if (char === end) {
        this.#index += 1;
        return items;
      }
      if (char === ',') this.#index += 1;
      else items.push(this.value(depth + 1));
    }
  }

  #dict(depth: number): unknown {
    this.#index += 1;
    const entries: [string, unknown][] = [];
    for (;;) {
      this.#skipBlank();
      const char = this.#text[this.#index];
      if (char === '}') {
        this.#index += 1;
        return Object.fromEntries(entries);
      }
      if (char === ',') {
        this.#index += 1;
        continue;
      }
      if (char !== '"' && char !== "'") return this.#break();
      const key = this.#string(char);
      this.#skipBlank();
      if (this.#text[this.#index] !== ':' || typeof key !== 'string') return this.#break();
      this.#index += 1;
      entries.push([key, this.value(depth + 1)]);
      if (this.#isBroken) return undefined;
    }
  }

  #string(quote: string): unknown {
    let text = '';
    for (this.#index += 1; this.#index < this.#text.length; this.#index++) {
      const char = this.#text.charAt(this.#index);
      if (char === quote) {
        this.#index += 1;
        return text;
      }
      if (char !== '\\') text += char;
      else {
        this.#index += 1;
        const escaped = this.#text.charAt(this.#index);
        const digits = codeDigits.get(escaped);
        if (digits === undefined) text += controls.get(escaped) ?? escaped;
        else {
          const code = Number.parseInt(this.#text.slice(this.#index + 1, this.#index + 1 + digits), 16);
          if (!(code <= 0x10ffff) || (code >= 0xd800 && code <= 0xdfff)) return this.#break();
          text += String.fromCodePoint(code);
          this.#index += digits;
        }
      }
    }
    return this.#break();
  }

  #skipBlank(): void {
    while (/\s/.test(this.#text.charAt(this.#index))) this.#index += 1;
  }

  #break(): undefined {
    this.#isBroken = true;
    return undefined;
  }
}
