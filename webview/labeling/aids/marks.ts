/**
 * Marks on answers: differences, unsure tokens, what only one says. They are the browser's own highlights: no element
 * comes or goes, nothing that is being read moves. Loaded when the first aid is asked for.
 */
import { onlySaidIn, differences, unsupportedStatements, unsureBandOf } from '../../../src/core/index.js';
import type { TextRange, UnsureToken } from '../../../src/core/index.js';
import { visibleNodes } from '../markdown.js';
import { joined, number, t } from '../strings.js';
import { TextMap } from './textMap.js';

/** An answer on the screen. */
export interface Marked {
  readonly letter: string;
  readonly element: HTMLElement;
  readonly text: string;
  /** Where the answer begins after its thoughts. */
  readonly start: number;
  /** Undefined where none are to be shown. */
  readonly unsure: readonly UnsureToken[] | undefined;
  /** Takes the notes under the answer. */
  readonly notes: HTMLElement;
}

export interface Wish {
  readonly answers: readonly Marked[];
  readonly prompt: string;
  readonly against: string | null;
  readonly isOnlyOne: boolean;
}

/** A token on the screen. */
export interface TokenPlace {
  readonly letter: string;
  readonly token: UnsureToken;
  readonly range: Range;
}

const names = ['differences', 'only-one', 'unsure-1', 'unsure-2', 'unsure-3'] as const;
type MarkName = (typeof names)[number];

/** Draws what is wished for, one answer at a time: long ones must not hold up the keys. */
export class Marks {
  readonly #popover = document.createElement('div');
  #tokens: TokenPlace[] = [];
  #maps = new Map<string, TextMap>();
  #round = 0;
  #now: TokenPlace | undefined;
  /** Place, in the token's list, of the alternative that the keys have chosen. */
  #chosen: number | undefined;
  readonly #branch: (letter: string, at: number, alternative: number) => void;

  /** @param branch asks for an answer that goes on from an alternative. */
  constructor(parent: HTMLElement, branch: (letter: string, at: number, alternative: number) => void) {
    this.#branch = branch;
    this.#popover.className = 'token-popover';
    this.#popover.setAttribute('role', 'tooltip');
    this.#popover.hidden = true;
    // The focus stays on the answer.
    this.#popover.addEventListener('mousedown', (event) => event.preventDefault());
    this.#popover.addEventListener('mouseleave', () => this.close());
    parent.append(this.#popover);
  }

  /** @returns what is to be said beside, e.g. that the answers were too long to compare; empty otherwise. */
  async draw(wish: Wish): Promise<string> {
    const round = (this.#round += 1);
    this.close();
    this.#maps = new Map(wish.answers.map(({ letter, element, text }) => [letter, new TextMap(element, text)]));
    this.#tokens = wish.answers.flatMap((answer) => this.#tokensOf(answer));
    for (const band of [1, 2, 3])
      highlight(
        `unsure-${band}` as MarkName,
        this.#tokens.filter(({ token }) => unsureBandOf(token.probability) === band).map(({ range }) => range),
      );
    this.#drawOnlyOne(wish);
    let isComplete = true;
    const ranges: Range[] = [];
    for (const answer of wish.against === null ? [] : wish.answers) {
      await pause();
      if (round !== this.#round) return '';
      const found = differencesOf(answer, wish);
      isComplete &&= found.isComplete;
      ranges.push(...this.#onScreen(answer, found.ranges));
      highlight('differences', ranges);
    }
    if (ranges.length === 0) highlight('differences', []);
    return isComplete ? '' : t('Too long to compare all of it');
  }

  clear(): void {
    this.#round += 1;
    this.close();
    this.#tokens = [];
    for (const name of names) highlight(name, []);
  }

  /** The token under a point of the screen; its popover follows. */
  hover(x: number, y: number): void {
    if (this.#tokens.length === 0) return;
    const caret = document.caretPositionFromPoint(x, y);
    const under = this.#tokens.find(
      ({ range }) =>
        caret !== null &&
        range.isPointInRange(caret.offsetNode, caret.offset) &&
        [...range.getClientRects()].some((box) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom),
    );
    if (under !== undefined) this.#open(under);
    else if (!this.isNear(x, y)) this.close();
  }

  /** Whether a point lies in the popover, or between it and its token. */
  isNear(x: number, y: number): boolean {
    const { left, right, top, bottom } = this.#popover.getBoundingClientRect();
    const gap = 8;
    return !this.#popover.hidden && x >= left - gap && x <= right + gap && y >= top - gap && y <= bottom + gap;
  }

  /** Goes to the next alternative of the token that is shown. @returns what is read aloud; undefined without one. */
  choose(by: 1 | -1): string | undefined {
    const now = this.#now;
    if (now === undefined) return undefined;
    const others = now.token.alternatives.flatMap(({ isChosen }, index) => (isChosen ? [] : [index]));
    const at = this.#chosen === undefined ? -1 : others.indexOf(this.#chosen);
    const next = others[at < 0 ? (by > 0 ? 0 : others.length - 1) : (at + by + others.length) % others.length];
    const alternative = next === undefined ? undefined : now.token.alternatives[next];
    if (next === undefined || alternative === undefined) return undefined;
    this.#chosen = next;
    for (const row of this.#popover.querySelectorAll('tr')) row.classList.toggle('now', row.rowIndex === next);
    return t(
      '{0}, {1}. Shift+Enter goes on from it in another answer',
      alternative.text,
      percent(alternative.probability),
    );
  }

  /** Goes on from the alternative that was chosen. @returns whether there was one. */
  branch(): boolean {
    if (this.#now === undefined || this.#chosen === undefined) return false;
    const { letter, token } = this.#now;
    this.#branch(letter, token.start, this.#chosen);
    this.close();
    return true;
  }

  /** Goes to the next unsure token of an answer, or the one before. @returns what is read aloud; undefined without one. */
  step(letter: string, by: 1 | -1): string | undefined {
    const own = this.#tokens.filter((place) => place.letter === letter);
    const at = own.findIndex((place) => place === this.#now);
    const next = own[at < 0 ? (by > 0 ? 0 : own.length - 1) : (at + by + own.length) % own.length];
    if (next === undefined) return undefined;
    next.range.startContainer.parentElement?.scrollIntoView({ block: 'nearest' });
    this.#open(next);
    const percents = next.token.alternatives
      .filter(({ isChosen }) => !isChosen)
      .map(({ text, probability }) => `${text} ${percent(probability)}`);
    const chosen = next.range.toString();
    return percents.length === 0
      ? t('{0}, {1}.', chosen, percent(next.token.probability))
      : t('{0}, {1}. It could have been {2}.', chosen, percent(next.token.probability), percents.join(', '));
  }

  /** @returns whether there was something to close. */
  close(): boolean {
    const wasOpen = !this.#popover.hidden;
    this.#now = undefined;
    this.#chosen = undefined;
    this.#popover.hidden = true;
    CSS.highlights.delete('unsure-now');
    return wasOpen;
  }

  #tokensOf({ letter, unsure }: Marked): TokenPlace[] {
    return (unsure ?? []).flatMap((token) => {
      const range = this.#maps.get(letter)?.rangeOf(token);
      return range === undefined ? [] : [{ letter, token, range }];
    });
  }

  #onScreen({ letter, start }: Marked, ranges: readonly TextRange[]): Range[] {
    return ranges.flatMap(
      (range) => this.#maps.get(letter)?.rangeOf({ start: range.start + start, end: range.end + start }) ?? [],
    );
  }

  #drawOnlyOne({ answers, isOnlyOne, prompt }: Wish): void {
    const texts = answers.map(textOf);
    const hints = isOnlyOne ? unsupportedStatements(texts, prompt) : answers.map(() => []);
    const ranges = answers.flatMap((answer, index) => this.#onScreen(answer, hints[index] ?? []));
    highlight('only-one', ranges);
    for (const [index, { notes, letter }] of answers.entries()) {
      const others = answers.filter((other) => other.letter !== letter).map((other) => other.letter);
      notes.replaceChildren(
        ...(hints[index] ?? []).map(({ said, contradictedBy }, nth) => {
          const note = document.createElement('p');
          note.className = 'note';
          note.dir = 'auto';
          const only = t('Only 1 of {0} says “{1}”.', answers.length, said);
          const against = contradictedBy.map(({ answer, said: other }) =>
            t('{0} says “{1}”.', answers[answer]?.letter ?? '', other),
          );
          const rest = against.length > 0 ? against.join(' ') : t('Nothing alike in {0}.', joined(others));
          note.append(...visibleNodes(`${only} ${rest}${nth === 0 ? ` ${t('A hint, not a verdict.')}` : ''}`));
          return note;
        }),
      );
    }
  }

  #open(place: TokenPlace): void {
    if (place === this.#now) return;
    this.#now = place;
    this.#chosen = undefined;
    highlight('unsure-now', [place.range]);
    const { token, range } = place;
    const head = document.createElement('p');
    const [before = '', middle = '', after = ''] = t(
      'The model wrote {0} at {1}. It could have written',
      '\0',
      '\0',
    ).split('\0');
    const written = document.createElement('b');
    written.append(...visibleNodes(range.toString()));
    head.append(before, written, middle, percent(token.probability), after);
    const table = document.createElement('table');
    for (const [index, { text, probability, isChosen }] of token.alternatives.entries()) {
      const row = table.insertRow();
      row.className = isChosen ? 'chosen' : '';
      row.insertCell().append(...visibleNodes(text));
      row.insertCell().append(percent(probability));
      row.insertCell().append(bar(probability));
      row.insertCell().append(...(isChosen ? [] : [this.#branchButton(place, index, text)]));
    }
    this.#popover.setAttribute('aria-label', range.toString());
    this.#popover.replaceChildren(...(token.alternatives.length > 1 ? [head, table] : [head]));
    this.#popover.hidden = false;
    this.#putBeside(range);
  }

  #branchButton({ letter, token }: TokenPlace, index: number, text: string): HTMLElement {
    const button = document.createElement('button');
    button.className = 'icon';
    button.tabIndex = -1;
    button.title = t('Branch here: another answer that goes on from this');
    button.setAttribute('aria-label', t('Branch here with {0}', text));
    const icon = document.createElement('i');
    icon.className = 'codicon codicon-git-branch';
    icon.setAttribute('aria-hidden', 'true');
    button.append(icon);
    button.addEventListener('click', () => {
      this.#branch(letter, token.start, index);
      this.close();
    });
    return button;
  }

  /** Under the token, above it where there is no room, and inside the page. */
  #putBeside(range: Range): void {
    const token = range.getBoundingClientRect();
    const { width, height } = this.#popover.getBoundingClientRect();
    const top = token.bottom + 6 + height > innerHeight ? token.top - 6 - height : token.bottom + 6;
    this.#popover.style.setProperty('top', `${Math.max(4, top)}px`);
    this.#popover.style.setProperty('left', `${Math.max(4, Math.min(token.left - 10, innerWidth - width - 4))}px`);
  }
}

const textOf = ({ text, start }: Marked): string => text.slice(start);

/** The answer that the others are compared with shows what none of them says. */
function differencesOf(answer: Marked, { answers, against }: Wish) {
  const base = answers.find(({ letter }) => letter === against);
  if (base === undefined) return { ranges: [], isComplete: true };
  if (base !== answer) return differences(textOf(answer), textOf(base));
  return onlySaidIn(textOf(base), answers.filter((other) => other !== base).map(textOf));
}

/** Lets keys and paint come between. */
const pause = (): Promise<void> => new Promise((done) => setTimeout(done));

function highlight(name: MarkName | 'unsure-now', ranges: readonly Range[]): void {
  if (ranges.length === 0) CSS.highlights.delete(name);
  else CSS.highlights.set(name, new Highlight(...ranges));
}

const percent = (probability: number): string => `${number(Math.round(probability * 100))}%`;

function bar(probability: number): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 100 6');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  const part = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  part.setAttribute('width', String(Math.max(1, Math.round(probability * 100))));
  part.setAttribute('height', '6');
  svg.append(part);
  return svg;
}
