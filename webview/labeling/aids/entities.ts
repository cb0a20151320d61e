/**
 * What the Markdown parser asks of the package `entities`, whose table of 2,231 names is 24 kB: the browser has one too.
 * A text area holds text only, so nothing that is decoded here can become an element.
 */
const area = document.createElement('textarea');

/** `&amp;` as `&`. What is no reference with its semicolon stays as it is. */
export function decodeHTMLStrict(reference: string): string {
  area.innerHTML = reference;
  const { value } = area;
  // `&notit;` is no name; the browser would read the old `&not` in it.
  return value.length > 1 && value.endsWith(';') ? reference : value;
}
