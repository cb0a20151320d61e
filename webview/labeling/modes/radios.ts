import { html, nothing } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';

export interface Radio {
  /** Drawn; its text is its name unless `name` is given. */
  readonly content: unknown;
  readonly name?: string;
  readonly title?: string;
  readonly isChecked: boolean;
  readonly look?: string;
  choose(): void;
}

/**
 * A group of radios: one stop of the tab order, arrows choose the one beside. Chosen by a key of the page it is drawn the
 * same, so nothing is remembered here.
 *
 * @param isStop whether Tab stops here at all: where many groups stand, those of the focused answer do.
 */
export function radios(
  label: string,
  look: string,
  choices: readonly Radio[],
  { isStop = true }: { readonly isStop?: boolean } = {},
): TemplateResult {
  const checked = choices.findIndex(({ isChecked }) => isChecked);
  return html`<div class=${look} role="radiogroup" aria-label=${label} @keydown=${moveInRadios}>
    ${choices.map(
      (radio, index) =>
        html`<button
          role="radio"
          class=${radio.look ?? nothing}
          tabindex=${isStop && index === Math.max(0, checked) ? 0 : -1}
          aria-checked=${String(radio.isChecked)}
          aria-label=${radio.name ?? nothing}
          title=${radio.title ?? nothing}
          @click=${(event: Event) => {
            event.stopPropagation();
            radio.choose();
          }}
        >
          ${radio.content}
        </button>`,
    )}
  </div>`;
}

function moveInRadios(event: KeyboardEvent): void {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step === undefined || event.altKey || !(event.currentTarget instanceof HTMLElement)) return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="radio"]')];
  const at = all.findIndex((radio) => radio === document.activeElement);
  const next = all[(at + step + all.length) % all.length];
  if (at < 0 || !next) return;
  event.preventDefault();
  event.stopPropagation();
  next.focus();
  next.click();
}
