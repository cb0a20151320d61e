import { html, nothing } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import { visibleNodes } from './markdown.js';
import { modeOf } from './modes/index.js';
import type { PageState, Shown } from './state.js';
import { t } from './strings.js';
import type { Drawing } from './view.js';

/** The conversation up to the turn that is answered: the system turn on one line, earlier turns folded, then the last; the reference. */
export function promptArea({ settings }: PageState, shown: Shown, { turnOf }: Drawing): TemplateResult {
  const { view } = shown;
  const turns = view.messages.map((message, index) => ({ message, index }));
  const system = turns.find(({ message }) => message.role === 'system');
  const others = turns.filter((turn) => turn !== system);
  const earlier = others.slice(0, -1);
  const last = others.at(-1);
  const who = (role: string) => (role === 'assistant' ? t('Assistant') : role === 'system' ? t('System') : t('User'));
  return html`<section class="prompt" aria-label=${t('Prompt')}>
    ${
      system
        ? html`<span class="who system">${who('system')}</span>
            <details class="system oneLine">
              <summary class="clip muted" dir="auto">
                ${visibleNodes(system.message.content.split('\n')[0] ?? '')}
              </summary>
              <div class="plain muted" dir="auto">${visibleNodes(system.message.content)}</div>
            </details>`
        : nothing
    }
    ${
      earlier.length > 0
        ? html`<span class="who"></span>
            <details class="earlier">
              <summary class="small">
                ${earlier.length === 1 ? t('1 earlier turn') : t('{0} earlier turns', earlier.length)}
              </summary>
              ${earlier.map(
                ({ message, index }) =>
                  html`<div class="turn">
                    <span class="who">${who(message.role)}</span>
                    <div class="turnText">${turnOf(index)}</div>
                  </div>`,
              )}
            </details>`
        : nothing
    }
    ${
      last
        ? html`<span class="who">${who(last.message.role)}</span>
            <div class="turnText">${turnOf(last.index)}</div>`
        : nothing
    }
    ${
      view.reference === undefined
        ? nothing
        : html`<span class="who">${t('Reference')}</span> ${
              modeOf(settings).hidesReference?.(shown, settings) === true
                ? html`<div class="reference muted">${t('There is one. It shows when all steps are judged.')}</div>`
                : reference(view.reference)
            }`
    }
  </section>`;
}

/** On one line until it is opened, as the system turn is. */
const reference = (text: string): TemplateResult =>
  html`<details class="reference oneLine">
    <summary class="clip muted" dir="auto">${visibleNodes(text.trim().split('\n')[0] ?? '')}</summary>
    <div class="plain muted" dir="auto">${visibleNodes(text)}</div>
  </details>`;
