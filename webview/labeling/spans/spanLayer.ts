/** Between the page and the marks: loads what they need, hands it keys and drawings. */
import { textDrawnAnew } from '../aids/richText.js';
import type { PageState } from '../state.js';
import type { PageEvent } from '../step.js';
import { loadSpanPart, spanPart } from './index.js';
import type { SpanMarker } from './spanMarker.js';

export class SpanLayer {
  readonly #surface: HTMLElement;
  readonly #send: (event: PageEvent) => void;
  readonly #redraw: () => void;
  #marker: SpanMarker | undefined;
  #state: PageState | undefined;

  /** @param redraw draws the page again, once the lists of marks can be drawn. */
  constructor(surface: HTMLElement, send: (event: PageEvent) => void, redraw: () => void) {
    this.#surface = surface;
    this.#send = send;
    this.#redraw = redraw;
    surface.addEventListener(textDrawnAnew, () => {
      if (this.#state) this.#marker?.drawAnew(this.#state);
    });
  }

  /** After each drawing of the page. */
  refresh(state: PageState): void {
    this.#state = state;
    const hasSpans = Object.values(state.shown?.work.spans ?? {}).some((list) => list.length > 0);
    if (this.#marker) this.#marker.draw(state);
    else if (hasSpans && spanPart() === undefined) void this.#load().then(() => this.#redraw());
    else if (hasSpans) void this.#load().then(() => this.#marker?.draw(this.#state ?? state));
  }

  /** Chooses what is selected, or the first word in sight of the focused answer. */
  async begin(): Promise<void> {
    await this.#load();
    if (this.#state && this.#marker) this.#marker.begin(this.#state);
  }

  /** While a place is being chosen all keys are about it. */
  onKey(event: KeyboardEvent, own: () => void): void {
    if (this.#state) this.#marker?.onKey(event, this.#state, own);
  }

  /** Another prompt is on the screen. */
  forget(): void {
    this.#marker?.forget();
  }

  async #load(): Promise<void> {
    try {
      const { SpanMarker: Marker } = await loadSpanPart();
      this.#marker ??= new Marker(this.#surface, this.#send);
    } catch {
      // The next key tries again; the marks themselves are in the draft.
    }
  }
}
