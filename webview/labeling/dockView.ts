import { html, nothing } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import { live } from 'lit/directives/live.js';
import { modeOf } from './modes/index.js';
import type { PageState, Shown } from './state.js';
import { t } from './strings.js';
import type { Drawing } from './view.js';

/** What is chosen from, the rationale, the buttons. */
export function dock(state: PageState, shown: Shown, drawing: Drawing): TemplateResult {
  return html`<footer class="dock" role="region" aria-label=${t('Judgement')}>
    ${modeOf(state.settings).choices(state, shown, drawing)} ${actions(state, shown, drawing)}
    ${state.settings.hints ? hints(state, drawing) : nothing}
  </footer>`;
}

function actions(state: PageState, shown: Shown, { send, bindings }: Drawing): TemplateResult {
  const { settings } = state;
  const reason = html`<vscode-text-field
    class="grow"
    id="skipReason"
    maxlength="2000"
    placeholder=${t('Why skip it? Enter skips, Esc goes back')}
    aria-label=${t('Why skip it?')}
  ></vscode-text-field>`;
  const rationale = html`<vscode-text-field
    class="grow"
    id="rationale"
    maxlength="20000"
    placeholder=${settings.rationale === 'required' ? t('Why? What decided it') : t('Why? Optional: what decided it')}
    aria-label=${t('Rationale')}
    .value=${live(shown.work.rationale)}
    @input=${(event: Event) => {
      const { target } = event;
      if (target instanceof HTMLElement && 'value' in target && typeof target.value === 'string')
        send({ type: 'rationale', text: target.value });
    }}
  ></vscode-text-field>`;
  const field = state.isAskingSkipReason
    ? reason
    : settings.rationale === 'off'
      ? html`<span class="grow"></span>`
      : rationale;
  return html`<div class="act">
    ${field}
    <vscode-button appearance="secondary" id="skip" @click=${() => send({ type: 'act', action: { do: 'skip' } })}
      >${t('Skip')} <kbd aria-hidden="true">${bindings.label('skip')}</kbd></vscode-button
    >
    <vscode-button id="submit" @click=${() => send({ type: 'act', action: { do: 'submit' } })}
      >${t('Submit, next')} <kbd aria-hidden="true">${bindings.label('submit')}</kbd></vscode-button
    >
  </div>`;
}

/** They stay in sight until the labeler turns them off. */
function hints({ settings }: PageState, { bindings }: Drawing): TemplateResult {
  const all = [
    ['flag', t('flag'), settings.flags.length > 0],
    ['improve', t('improve'), true],
    ['rationale', t('why'), settings.rationale !== 'off'],
    ['page-down', t('read on'), true],
    ['zoom', t('one at a time'), true],
    ['source', t('source'), true],
    ['undo', t('undo'), true],
    ['keys', t('all keys'), true],
  ] as const;
  return html`<div class="hints" aria-hidden="true">
    ${
      settings.singleKeys
        ? all.map(([action, text, isOn]) =>
            isOn ? html`<span><kbd>${bindings.label(action)}</kbd>${text}</span>` : nothing,
          )
        : nothing
    }
  </div>`;
}
