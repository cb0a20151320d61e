/**
 * What the Markdown parser asks of the package `linkify-it`. That one finds every kind of address, without a scheme too, in
 * 16 kB; here only an address that says its scheme is a link, because nothing else may be opened.
 */
interface Link {
  readonly schema: string;
  readonly index: number;
  readonly lastIndex: number;
  readonly text: string;
  readonly url: string;
}

export class LinkifyIt {
  set(): this {
    return this;
  }

  test(text: string): boolean {
    return text.search(address) >= 0;
  }

  match(text: string): Link[] {
    return [...text.matchAll(address)].map(({ 0: found, index }) => linkOf(found, index));
  }

  /** A link that begins with the text. */
  matchAtStart(text: string): Link | null {
    const first = this.match(text)[0];
    return first?.index === 0 ? first : null;
  }
}

const address =
  /(?<![\p{L}\p{N}_.+-])(?:https?:\/\/[\p{L}\p{N}[\ufdd0][^\s<>"`\\^{|}]*|mailto:[^\s<>"`@]+@[^\s<>"`@]+)/giu;

function linkOf(found: string, index: number): Link {
  let text = found;
  // What ends a sentence ends no address, nor does a bracket that was opened before it.
  for (;;) {
    const last = text.at(-1) ?? '';
    const isOpened = (open: string) => text.split(open).length >= text.split(last).length;
    const isOutside =
      last === ')' ? !isOpened('(') : last === ']' ? !isOpened('[') : /[.,;:!?'"*_~…。、）」]/u.test(last);
    if (!isOutside) break;
    text = text.slice(0, -1);
  }
  const schema = /^[a-z]+:/i.exec(text)?.[0].toLowerCase() ?? '';
  return { schema, index, lastIndex: index + text.length, text, url: text };
}
