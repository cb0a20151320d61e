/** What the aids add to the page: their buttons, what the marks mean, the guidelines beside the work. */
import { html, nothing } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import { renderMarkdown, visibleNodes } from '../markdown.js';
import type { PageState } from '../state.js';
import { t } from '../strings.js';
import type { Drawing } from '../view.js';
import { enrich } from './richText.js';
import { isWithoutLogprobs, noLogprobs } from './seeing.js';

/** Buttons for the toolbar. */
export function aidTools(state: PageState, { send, bindings }: Drawing): TemplateResult {
  const seeing = state.shown?.seeing;
  const tool = (
    icon: string,
    label: string,
    action: 'differences' | 'unsure' | 'only-one',
    isOn: boolean,
    reason = '',
  ) =>
    html`<button
      class="icon"
      tabindex="-1"
      title=${reason === '' ? `${label} (${bindings.label(action)})` : `${label}: ${reason}`}
      aria-label=${label}
      aria-pressed=${String(isOn)}
      aria-disabled=${reason === '' ? nothing : 'true'}
      @click=${() => send({ type: 'act', action: { do: action } })}
    >
      <i class="codicon codicon-${icon}" aria-hidden="true"></i>
    </button>`;
  return html`${tool('diff', t('Differences'), 'differences', seeing?.against !== null && seeing !== undefined)}
  ${tool('graph-line', t('Unsure tokens'), 'unsure', seeing?.isUnsure === true, isWithoutLogprobs(state) ? noLogprobs() : '')}
  ${tool('person', t('Only one says this'), 'only-one', seeing?.isOnlyOne === true)}`;
}

/** What the marks mean, while they are on. */
export function legend({ shown }: PageState): TemplateResult | typeof nothing {
  const seeing = shown?.seeing;
  if (!seeing || (seeing.against === null && !seeing.isUnsure && !seeing.isOnlyOne)) return nothing;
  return html`<span class="legend small wide">
    ${
      seeing.isUnsure
        ? html`<span
            >${t('Chance of the token:')} <span>${t('over 90%')}</span> <span class="band1">50–90</span>
            <span class="band2">10–50</span> <span class="band3">${t('under 10')}</span></span
          >`
        : nothing
    }
    ${seeing.against === null ? nothing : html`<span class="marked">${t('Not in {0}', seeing.against)}</span>`}
    ${seeing.isOnlyOne ? html`<span class="only">${t('Only one says this')}</span>` : nothing}
  </span>`;
}

/** Guidelines and rubric, beside the answers. */
export function guidelinesPane({ beside, settings }: PageState, { send }: Drawing): TemplateResult | typeof nothing {
  if (!beside.isGuidelinesOpen) return nothing;
  const { guidelines } = beside;
  return html`<aside class="guidelines" aria-label=${t('Guidelines')} tabindex="0">
    <header>
      <h2>${t('Guidelines')}</h2>
      ${guidelines?.version ? html`<span class="muted small clip">${t('version {0}', guidelines.version.slice(0, 7))}</span>` : nothing}
      <span class="grow"></span>
      <button
        class="icon"
        title=${t('Open in an editor')}
        aria-label=${t('Open in an editor')}
        @click=${() => send({ type: 'open-guidelines' })}
      >
        <i class="codicon codicon-go-to-file" aria-hidden="true"></i>
      </button>
      <button
        class="icon"
        title=${t('Close')}
        aria-label=${t('Close')}
        @click=${() => send({ type: 'act', action: { do: 'guidelines' } })}
      >
        <i class="codicon codicon-close" aria-hidden="true"></i>
      </button>
    </header>
    ${
      guidelines === null
        ? nothing
        : guidelines.version === null
          ? html`<p class="muted">${t('This project has no guidelines.')}</p>`
          : drawn(guidelines.text)
    }
    ${settings.rubric.map(
      ({ label, min, max, anchors }) =>
        html`<section>
          <h3>${visibleNodes(label)}</h3>
          <dl class="scores">
            ${Array.from({ length: max - min + 1 }, (_, index) => String(min + index)).map((score) =>
              anchors?.[score] === undefined
                ? nothing
                : html`<dt>${score}</dt>
                    <dd dir="auto">${visibleNodes(anchors[score])}</dd>`,
            )}
          </dl>
        </section>`,
    )}
  </aside>`;
}

let last: { readonly text: string; readonly element: HTMLElement } | undefined;

/** Drawn once a text: the page is drawn at every key. */
function drawn(text: string): HTMLElement {
  if (last?.text === text) return last.element;
  const element = document.createElement('div');
  element.className = 'md';
  element.append(renderMarkdown(text));
  enrich(element, false);
  last = { text, element };
  return element;
}
