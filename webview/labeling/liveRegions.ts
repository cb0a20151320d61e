import { t } from './strings.js';

/** They speak after the last key, so that fast typing says only the end. */
const sayAfterMs = 120;

/** What is said to those who cannot see it: one message at a time. */
export class LiveRegions {
  readonly elements: readonly [polite: HTMLElement, urgent: HTMLElement] = [
    liveRegion('polite'),
    liveRegion('assertive'),
  ];
  #saying: number | undefined;

  /** Their names in the language of the page, once its strings have come. */
  name(): void {
    for (const region of this.elements) region.setAttribute('aria-label', t('Messages'));
  }

  say(text: string, isUrgent: boolean): void {
    const [polite, urgent] = this.elements;
    if (isUrgent) {
      urgent.textContent = text;
      return;
    }
    clearTimeout(this.#saying);
    this.#saying = window.setTimeout(() => {
      polite.textContent = text;
    }, sayAfterMs);
  }
}

function liveRegion(kind: 'polite' | 'assertive'): HTMLElement {
  const region = document.createElement('div');
  region.className = 'sr';
  region.setAttribute('role', kind === 'polite' ? 'status' : 'alert');
  region.setAttribute('aria-live', kind);
  region.setAttribute('aria-label', t('Messages'));
  return region;
}
