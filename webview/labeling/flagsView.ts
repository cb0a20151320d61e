import { html } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import type { AnswerView } from '../../src/protocol.js';
import { visibleNodes } from './markdown.js';
import type { PageState, Shown } from './state.js';
import { lowerFirst, t } from './strings.js';
import type { Drawing } from './view.js';

/** What an answer or the prompt was flagged with. */
export function flagMarks({ settings }: PageState, flags: readonly string[]): unknown {
  const labelOf = (id: string) => settings.flags.find((flag) => flag.id === id)?.label ?? id;
  return flags.map(
    (id) =>
      html`<span class="flag"
        ><i class="codicon codicon-warning" aria-hidden="true"></i
        ><span class="clip">${visibleNodes(lowerFirst(labelOf(id)))}</span></span
      >`,
  );
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
  return html`<div class="chord" role="menu" aria-label=${title} @click=${(event: Event) => event.stopPropagation()}>
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
