/** From places in an answer's Markdown to places on the screen, where its marks are gone. */
import type { TextRange } from '../../../src/core/index.js';
import { formulaSource } from './richText.js';

/** How far a piece of the text is looked for: an address or a formula may stand between. */
const searchedChars = 4000;

interface Piece {
  readonly node: Text;
  /** Of each character of the node its place in the source; those that have none stand where the one before does. */
  readonly places: Int32Array;
}

/** The text nodes of a drawn answer with their places in its source. What the page added itself has none. */
export class TextMap {
  readonly #pieces: Piece[] = [];

  /** @param element an answer's element, or those of its parts in their order. @param source the text that they show. */
  constructor(element: Element | readonly Element[], source: string) {
    let at = 0;
    const walk = (parent: Node): void => {
      for (const child of parent.childNodes) {
        if (child instanceof Text) {
          const places = placesOf(child.data, source, at);
          at = places.end;
          this.#pieces.push({ node: child, places: places.places });
        } else if (child instanceof Element) {
          const formula = formulaSource(child);
          if (formula !== undefined) at = after(source, formula, at);
          else if (child.classList.contains('hidden-character')) at = afterHidden(child, source, at);
          else if (!child.matches('.to, samp, .caret, button, summary')) walk(child);
        }
      }
    };
    for (const part of element instanceof Element ? [element] : element) walk(part);
  }

  /** A part of the source on the screen; undefined where nothing of it is shown. */
  rangeOf({ start, end }: TextRange): Range | undefined {
    const first = this.#pieces.findIndex(({ places }) => (places.at(-1) ?? -1) >= start);
    if (first < 0) return undefined;
    let from: { readonly node: Text; readonly at: number } | undefined;
    let to: { readonly node: Text; readonly at: number } | undefined;
    for (const { node, places } of this.#pieces.slice(first)) {
      if ((places[0] ?? Infinity) >= end) break;
      const at = places.findIndex((place) => place >= start);
      const next = places.findIndex((place) => place >= end);
      const stop = next < 0 ? places.length : next;
      if (at < 0 || stop <= at) continue;
      from ??= { node, at };
      to = { node, at: stop };
    }
    if (from === undefined || to === undefined) return undefined;
    const range = document.createRange();
    range.setStart(from.node, from.at);
    range.setEnd(to.node, to.at);
    return range;
  }

  /** The part of the source that a range of the screen shows; undefined where it shows nothing of this answer. */
  sourceOf(range: Range): TextRange | undefined {
    let start: number | undefined;
    let end: number | undefined;
    for (const { node, places } of this.#pieces) {
      if (!range.intersectsNode(node)) continue;
      const from = node === range.startContainer ? range.startOffset : 0;
      const to = node === range.endContainer ? range.endOffset : places.length;
      if (to <= from) continue;
      start ??= places[from];
      end = (places[to - 1] ?? 0) + 1;
    }
    return start === undefined || end === undefined || end <= start ? undefined : { start, end };
  }

  /** The place in the source of a character on the screen; undefined for text that is none of this answer's. */
  placeOf(node: Node, offset: number): number | undefined {
    const piece = this.#pieces.find((other) => other.node === node);
    return piece?.places[Math.min(offset, piece.places.length - 1)];
  }
}

/** What is shown is what is written without the marks: each character stands where it comes next. */
export function placesOf(shown: string, source: string, from: number): { places: Int32Array; end: number } {
  const places = new Int32Array(shown.length);
  let at = from;
  for (let index = 0; index < shown.length; index += 1) {
    const character = shown[index] ?? '';
    const next = isSpace(character)
      ? spaceFrom(source, at)
      : source.slice(at, at + searchedChars).indexOf(character) + at;
    const isFound = next >= at && next < source.length;
    places[index] = isFound ? next : Math.max(from, at - 1);
    if (isFound) at = next + 1;
  }
  return { places, end: at };
}

const isSpace = (character: string): boolean => /\s/.test(character);

/** Spaces are shown as others, or not at all: only one that is near counts. */
function spaceFrom(source: string, at: number): number {
  const near = source.slice(at, at + 8).search(/\s/);
  return near < 0 ? -1 : at + near;
}

function after(source: string, part: string, at: number): number {
  const found = source.indexOf(part, at);
  return found < 0 || found > at + searchedChars ? at : found + part.length;
}

function afterHidden(box: Element, source: string, at: number): number {
  const code = Number.parseInt((box.getAttribute('title') ?? '').replace('U+', ''), 16);
  return Number.isNaN(code) ? at : after(source, String.fromCodePoint(code), at);
}
