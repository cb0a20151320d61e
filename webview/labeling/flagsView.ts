import { html, nothing } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import { visibleLine } from '../../src/core/index.js';
import type { AnswerView } from '../../src/protocol.js';
import { visibleNodes } from './markdown.js';
import type { PageState, Shown } from './state.js';
import { lowerFirst, number, t } from './strings.js';
import type { Drawing } from './view.js';

/** What an answer or the prompt was flagged with; nothing where it was not. */
export function flagMarks({ settings }: PageState, flags: readonly string[]): TemplateResult | typeof nothing {
  if (flags.length === 0) return nothing;
  const labelOf = (id: string) => lowerFirst(settings.flags.find((flag) => flag.id === id)?.label ?? id);
  const all = flags.map((id) => visibleLine(labelOf(id))).join(', ');
  return html`<span class="flags ${flags.length > 1 ? 'several' : ''}" title=${all} role="img" aria-label=${all}
    >${flags.map(
      (id) =>
        html`<span class="flag"
          ><i class="codicon codicon-warning" aria-hidden="true"></i
          ><span class="clip">${visibleNodes(labelOf(id))}</span></span
        >`,
    )}${flags.length > 1 ? html`<span class="number">${number(flags.length)}</span>` : nothing}</span
  >`;
}

/** After X the choices show on the answer: a letter toggles one and closes. */
export function chord(
  state: PageState,
  shown: Shown,
  answer: AnswerView,
  letter: string,
  drawing: Drawing,
): TemplateResult {
  return menu(state, t('Flag {0}', letter), letter, shown.work.flags[answer.candidateId] ?? [], drawing);
}

/** After Shift+X they show under the prompt. */
export function promptChord(state: PageState, shown: Shown, drawing: Drawing): TemplateResult {
  return menu(state, t('Flag the prompt'), null, shown.work.promptFlags, drawing);
}

function menu(
  state: PageState,
  title: string,
  letter: string | null,
  on: readonly string[],
  { send }: Drawing,
): TemplateResult {
  return html`<div
    class="menu chord"
    role="menu"
    aria-label=${title}
    @click=${(event: Event) => event.stopPropagation()}
  >
    <h3 role="presentation">${title}</h3>
    ${state.settings.flags.map(
      ({ id, key, label }, index) =>
        html`<button
          role="menuitemcheckbox"
          tabindex=${index === 0 ? 0 : -1}
          aria-checked=${String(on.includes(id))}
          @click=${() => send({ type: 'flag', letter, flag: id })}
        >
          <span class="clip" dir="auto">${visibleNodes(label)}</span><kbd>${key.toUpperCase()}</kbd>
        </button>`,
    )}
  </div>`;
}
