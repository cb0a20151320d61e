import { splitThought } from '../../src/core/index.js';
import { enrich } from './aids/richText.js';
import { maxRenderedChars, closedEnd, renderMarkdown, renderPlain } from './markdown.js';
import { t } from './strings.js';
import { languageOf, lengthWords, textLength } from './textLength.js';

export { splitThought };

/** From here on the browser lays out only what is in sight, and remembers the height of the rest. */
const longChars = 20_000;

/** How an answer's text is to be shown. */
export interface TextView {
  readonly text: string;
  readonly isWriting: boolean;
  /** As it was written, instead of rendered. */
  readonly isSource: boolean;
}

/**
 * The text of one answer on the screen. It only ever grows at its end: what is closed stays the elements that it is, only
 * the last block is drawn again.
 */
export class AnswerText {
  readonly element = document.createElement('div');
  readonly #caret = document.createElement('span');
  #shown: TextView = { text: '', isWriting: false, isSource: false };
  /** Characters of the text, after the thoughts, whose blocks are closed and drawn. */
  #closed = 0;
  #open: ChildNode[] = [];
  #thoughts: HTMLDetailsElement | undefined;
  #isWhole = false;

  constructor() {
    this.element.className = 'md';
    this.#caret.className = 'caret';
    this.#caret.setAttribute('aria-hidden', 'true');
  }

  show(view: TextView): void {
    const before = this.#shown;
    if (view.text === before.text && view.isWriting === before.isWriting && view.isSource === before.isSource) return;
    const isGrown = view.text.startsWith(before.text) && view.isSource === before.isSource;
    this.#shown = view;
    if (!isGrown) this.#clear();
    const isEnded = before.isWriting && !view.isWriting;
    if (view.text !== before.text || !isGrown || isEnded) this.#draw(view);
    if (view.isWriting) this.#end().append(this.#caret);
    else this.#caret.remove();
  }

  #clear(): void {
    this.element.replaceChildren();
    this.#closed = 0;
    this.#open = [];
    this.#thoughts = undefined;
    this.#isWhole = false;
  }

  #draw({ text, isWriting, isSource }: TextView): void {
    this.element.classList.toggle('source', isSource);
    const language = languageOf(text);
    if (language !== undefined) this.element.lang = language;
    if (isSource || text.length > maxRenderedChars) {
      this.#drawPlain(text);
      return;
    }
    const { thought, answer, isThinking } = splitThought(text);
    if (thought !== undefined) this.#drawThoughts(thought, isThinking && isWriting);
    for (const node of this.#open) node.remove();
    const closed = isWriting ? this.#closed + closedEnd(answer.slice(this.#closed)) : this.#closed;
    if (closed > this.#closed) this.element.append(renderMarkdown(answer.slice(this.#closed, closed)));
    this.#closed = closed;
    const open = renderMarkdown(answer.slice(closed));
    this.#open = [...open.childNodes];
    this.element.append(open);
    this.element.classList.toggle('long', text.length > longChars);
    enrich(this.element, isWriting);
  }

  #drawPlain(text: string): void {
    this.#closed = 0;
    this.#thoughts = undefined;
    const block = document.createElement('div');
    block.className = 'plain';
    block.dir = 'auto';
    const isCut = text.length > maxRenderedChars && !this.#isWhole;
    block.append(renderPlain(isCut ? text.slice(0, maxRenderedChars) : text));
    this.element.replaceChildren(block);
    this.#open = [block];
    if (!isCut) return;
    const more = document.createElement('button');
    more.className = 'textButton';
    more.textContent = t('Show all {0} characters', text.length);
    more.addEventListener('click', () => {
      this.#isWhole = true;
      this.#drawPlain(this.#shown.text);
    });
    this.element.append(more);
    this.#open.push(more);
  }

  #drawThoughts(thought: string, isThinking: boolean): void {
    if (!this.#thoughts) {
      this.#thoughts = document.createElement('details');
      this.#thoughts.className = 'thoughts';
      this.#thoughts.open = areThoughtsOpen;
      const details = this.#thoughts;
      details.addEventListener('toggle', () => {
        areThoughtsOpen = details.open;
      });
      const thoughts = document.createElement('div');
      thoughts.dir = 'auto';
      details.append(document.createElement('summary'), thoughts);
      this.element.prepend(details);
    }
    const [summary, body] = this.#thoughts.children;
    const length = lengthWords(textLength(thought));
    if (summary) summary.textContent = isThinking ? t('Thinking, {0}', length) : t('Thoughts, {0}', length);
    body?.replaceChildren(renderPlain(thought.trim()));
  }

  /** Where the next word will come. */
  #end(): Element {
    let end: Element = this.element;
    while (end.lastElementChild && /^(?:P|UL|OL|LI|BLOCKQUOTE|H4|PRE|CODE)$/.test(end.lastElementChild.tagName)) {
      const { lastElementChild } = end;
      // Text after an inline element: the caret comes behind that text.
      if (lastElementChild.tagName === 'CODE' && end.tagName !== 'PRE') break;
      end = lastElementChild;
    }
    return end;
  }
}

/** Opening one answer's thoughts opens those of all to come, for this sitting. */
let areThoughtsOpen = false;

/** Where the answer begins after the thoughts, in UTF-16 units. */
export function thoughtEnd(text: string): number {
  return text.length - splitThought(text).answer.length;
}
