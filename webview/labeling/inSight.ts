/**
 * Rows that are wider than their room: the board, the tabs, what has no place yet. The wheel scrolls them, their ends say that
 * more lies there, and what the last key was about is in sight. Nothing else is scrolled by it.
 */
const rows = '.board, .tabs, .side';
/** What the next key is about: it should be seen that something follows. */
const ahead = 90;

export class InSight {
  readonly #surface: HTMLElement;
  /** What each row was last moved for: a row that the labeler scrolls stays where it is until another key. */
  readonly #last = new WeakMap<Element, string>();

  constructor(surface: HTMLElement) {
    this.#surface = surface;
    surface.addEventListener('wheel', (event) => scrollRow(event), { passive: true });
    surface.addEventListener(
      'scroll',
      ({ target }) => target instanceof Element && target.matches(rows) && mark(target),
      {
        capture: true,
        passive: true,
      },
    );
  }

  /** After the page was drawn. */
  refresh(): void {
    for (const row of this.#surface.querySelectorAll<HTMLElement>(rows)) {
      const now = row.querySelector('[aria-current="true"], [aria-selected="true"]');
      const name = `${now?.textContent?.trim() ?? ''} ${row.childElementCount} ${row.clientWidth}`;
      if (now && this.#last.get(row) !== name) show(row, now);
      this.#last.set(row, name);
      mark(row);
    }
  }
}

function show(row: HTMLElement, part: Element): void {
  const [outer, inner] = [row.getBoundingClientRect(), part.getBoundingClientRect()];
  const room = Math.max(0, Math.min(ahead, (outer.width - inner.width) / 2));
  if (inner.left - room < outer.left) row.scrollLeft += inner.left - room - outer.left;
  else if (inner.right + room > outer.right) row.scrollLeft += inner.right + room - outer.right;
}

/** A wheel that turns up and down moves a row that has no other way to go. */
function scrollRow({ target, deltaX, deltaY, altKey }: WheelEvent): void {
  const row = target instanceof Element ? target.closest(rows) : null;
  if (row && !altKey && Math.abs(deltaY) > Math.abs(deltaX)) row.scrollLeft += deltaY;
}

function mark(row: Element): void {
  const left = row.scrollWidth - row.clientWidth - row.scrollLeft;
  const more = `${row.scrollLeft > 1 ? 's' : ''}${left > 1 ? 'e' : ''}`;
  if (more === '') row.removeAttribute('data-more');
  else row.setAttribute('data-more', { s: 'start', e: 'end', se: 'both' }[more] ?? '');
}
