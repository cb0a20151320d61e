/**
 * Where each answer is being read: the first visible block and how far into it. When the width changes, lines break
 * elsewhere and a scroll position means another text; this finds the old one again.
 */
export class ReadingPlaces {
  readonly #places = new WeakMap<Element, { block: Element; share: number; width: number }>();
  readonly #surface: HTMLElement;

  constructor(surface: HTMLElement) {
    this.#surface = surface;
    surface.addEventListener('scroll', (event) => this.#remember(event.target), { capture: true, passive: true });
  }

  /** After a change of the layout. */
  restore(): void {
    for (const text of this.#surface.querySelectorAll('.text')) {
      const place = this.#places.get(text);
      if (!place || place.width === text.clientWidth || text.clientWidth === 0 || !place.block.isConnected) continue;
      place.width = text.clientWidth;
      const box = place.block.getBoundingClientRect();
      text.scrollTop += box.top + place.share * box.height - text.getBoundingClientRect().top;
    }
  }

  /** Another prompt is on the screen. */
  forget(): void {
    for (const text of this.#surface.querySelectorAll('.text')) this.#places.delete(text);
  }

  #remember(text: EventTarget | null): void {
    if (!(text instanceof Element) || !text.classList.contains('text')) return;
    const known = this.#places.get(text);
    if (known && known.width !== text.clientWidth) return; // the layout moved it, not the reader
    const top = text.getBoundingClientRect().top;
    const block = [...text.querySelectorAll('.md > *')].find((other) => other.getBoundingClientRect().bottom > top);
    if (!block) return;
    const box = block.getBoundingClientRect();
    this.#places.set(text, {
      block,
      share: box.height > 0 ? (top - box.top) / box.height : 0,
      width: text.clientWidth,
    });
  }
}
