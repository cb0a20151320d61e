/** A part of the composed answer as it reads: its Markdown drawn, and what was changed since it was quoted. */
import { itemMark, partChanges, type PartChanges } from '../../../src/core/index.js';
import { TextMap } from '../aids/textMap.js';
import { enrich } from '../aids/richText.js';
import { renderMarkdown, visibleNodes } from '../markdown.js';
import { languageOf } from '../textLength.js';

const noChanges: PartChanges = { added: [], removed: [] };
const drawn = new Map<string, { readonly look: string; readonly element: HTMLElement }>();

/**
 * Drawn once: the page is drawn at every key.
 *
 * @param key names the element on the screen.
 * @param source what was quoted; undefined for the labeler's own words.
 */
export function drawnPart(key: string, text: string, source: string | undefined): HTMLElement {
  const look = JSON.stringify([text, source]);
  const before = drawn.get(key);
  if (before?.look === look) return before.element;
  const element = document.createElement('div');
  element.className = 'md';
  const language = languageOf(text);
  if (language !== undefined) element.lang = language;
  // An item's number is written out: alone it would begin a list of its own.
  const mark = itemMark(text);
  const wasMark = source === undefined ? mark : itemMark(source);
  const body = document.createElement('div');
  const words = text.slice(mark.length);
  body.append(renderMarkdown(words));
  const changes = source === undefined ? noChanges : partChanges(words, source.slice(wasMark.length));
  const isChanged = changes.added.length + changes.removed.length > 0;
  // Colours of code come later and draw it anew: what was changed in it is worth more.
  enrich(body, isChanged);
  if (isChanged) markChanges(body, words, changes);
  element.append(body);
  if (mark !== '') body.before(markElement(mark.trim(), wasMark.trim()), ' ');
  if (mark !== '') element.classList.add('item');
  if (drawn.size > 200) drawn.clear();
  drawn.set(key, { look, element });
  return element;
}

/** `3.` struck out, then `2.` */
function markElement(mark: string, was: string): HTMLElement {
  const span = document.createElement('span');
  const bullet = (text: string) => (/^[-*+]$/.test(text) ? '•' : text);
  if (bullet(mark) === bullet(was)) span.append(bullet(mark));
  else {
    if (was !== '') span.append(changed('del', bullet(was)), ' ');
    span.append(changed('ins', bullet(mark)));
  }
  return span;
}

function changed(tag: 'ins' | 'del', text: string): HTMLElement {
  const element = document.createElement(tag);
  element.append(...visibleNodes(text));
  return element;
}

/** All places are looked up before anything changes: ranges of the browser stay where they are while it does. */
function markChanges(element: HTMLElement, text: string, { added, removed }: PartChanges): void {
  const map = new TextMap(element, text);
  const words = added.flatMap((range) => map.rangeOf(range) ?? []);
  const gone = removed.map((one) => ({ text: one.text, place: map.rangeOf({ start: one.at, end: one.at + 1 }) }));
  for (const { text: was, place } of gone) putBefore(place, element, was);
  for (const range of words) wrap(range);
}

/** Each text node of its own: a change may begin in one element and end in another. */
function wrap(range: Range): void {
  const { startContainer, endContainer, startOffset, endOffset } = range;
  const nodes: Text[] = [];
  const walker = document.createTreeWalker(range.commonAncestorContainer, NodeFilter.SHOW_TEXT);
  for (let node: Node | null = walker.currentNode; node; node = walker.nextNode())
    if (node instanceof Text && range.intersectsNode(node) && !node.parentElement?.closest('del')) nodes.push(node);
  for (const node of nodes) {
    const end = node === endContainer ? endOffset : node.length;
    const start = node === startContainer ? startOffset : 0;
    if (end <= start || node.data.slice(start, end).trim() === '') continue;
    if (end < node.length) node.splitText(end);
    const part = start > 0 ? node.splitText(start) : node;
    const mark = document.createElement('ins');
    part.replaceWith(mark);
    mark.append(part);
  }
}

/** What is gone stands before the word that is there now, at the end where none is. */
function putBefore(place: Range | undefined, element: HTMLElement, was: string): void {
  const mark = changed('del', was);
  if (place !== undefined) {
    place.insertNode(mark);
    mark.after(' ');
    return;
  }
  const last = element.lastElementChild;
  (last instanceof HTMLElement && /^(?:P|H4|PRE)$/.test(last.tagName) ? last : element).append(' ', mark);
}
