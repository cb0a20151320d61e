import { html, nothing } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import { live } from 'lit/directives/live.js';
import type { LabelAction } from './keys.js';
import { modeOf } from './modes/index.js';
import { lettersWriting } from './state.js';
import type { PageState, Shown } from './state.js';
import { joined, t } from './strings.js';
import type { Drawing } from './view.js';

/** What is chosen from, the rationale, the buttons. */
export function dock(state: PageState, shown: Shown, drawing: Drawing): TemplateResult {
  return html`<footer class="dock" role="region" aria-label=${t('Judgement')}>
    ${modeOf(state.settings).choices(state, shown, drawing)} ${actions(state, shown, drawing)}
    ${hints(state, shown, drawing)}
  </footer>`;
}

/** The rationale and the buttons. */
export function actions(state: PageState, shown: Shown, drawing: Drawing): TemplateResult {
  const { send, bindings } = drawing;
  const { settings } = state;
  const mode = modeOf(settings);
  const reason = html`<vscode-text-field
    class="grow"
    id="skipReason"
    maxlength="2000"
    placeholder=${t('Why skip it? Enter skips, Esc goes back')}
    aria-label=${t('Why skip it?')}
  ></vscode-text-field>`;
  const part = mode.reason?.of(shown);
  const isForPart = mode.reason !== undefined;
  const ask = part === undefined ? t('Judge the step, then say why') : t('Why is this step so?');
  const rationale = html`<vscode-text-field
    class="grow"
    id="rationale"
    maxlength="20000"
    placeholder=${isForPart ? ask : settings.rationale === 'required' ? t('Why? What decided it') : t('Why? Optional: what decided it')}
    aria-label=${mode.reason?.label(shown) ?? t('Rationale')}
    .value=${live(isForPart ? (part ?? '') : shown.work.rationale)}
    @input=${(event: Event) => {
      const { target } = event;
      if (target instanceof HTMLElement && 'value' in target && typeof target.value === 'string')
        send({ type: 'rationale', text: target.value });
    }}
  ></vscode-text-field>`;
  const field = state.isAskingSkipReason
    ? reason
    : settings.rationale === 'off' && !isForPart
      ? html`<span class="grow"></span>`
      : rationale;
  return html`<div class="act">
    ${field} ${mode.button?.(shown, drawing) ?? nothing} ${state.isAskingSkipReason ? discardButton(drawing) : nothing}
    <vscode-button appearance="secondary" id="skip" @click=${() => send({ type: 'act', action: { do: 'skip' } })}
      >${t('Skip')} <kbd aria-hidden="true">${bindings.label('skip')}</kbd></vscode-button
    >
    <vscode-button id="submit" @click=${() => send({ type: 'act', action: { do: 'submit' } })}
      >${mode.submitLabel?.(state, shown) ?? t('Submit, next')}
      <kbd aria-hidden="true">${bindings.label('submit')}</kbd></vscode-button
    >
  </div>`;
}

/** Beside the question why: out of the work for good, for the reason that stands there. */
const discardButton = ({ send, bindings }: Drawing): TemplateResult =>
  html`<vscode-button
    appearance="secondary"
    id="discard"
    @click=${() => {
      const field = document.getElementById('skipReason');
      const reason = field && 'value' in field && typeof field.value === 'string' ? field.value : '';
      send({ type: 'skip', reason, isDiscard: true });
    }}
    >${t('Discard')} <kbd aria-hidden="true">${bindings.label('discard')}</kbd></vscode-button
  >`;

/**
 * They stay in sight until the labeler turns them off. Where no board has room beside it, what is to be told stands at the
 * end of this row, and keeps it.
 */
function hints(state: PageState, shown: Shown, { bindings }: Drawing): TemplateResult | typeof nothing {
  const { settings } = state;
  const mode = modeOf(settings);
  if (!settings.hints && mode.hasBoard) return nothing;
  const all = [
    ['flag', t('flag'), settings.flags.length > 0],
    ['mark', t('mark'), settings.flags.length > 0],
    ['improve', t('improve'), true],
    ['quote', t('compose'), true],
    ['rationale', t('why'), settings.rationale !== 'off' || mode.reason !== undefined],
    ['page-down', t('read on'), true],
    ['zoom', t('one at a time'), true],
    ['source', t('source'), true],
    ['undo', t('undo'), true],
  ] as const;
  const isOn = settings.hints && settings.singleKeys;
  const hint = (action: LabelAction, text: string) => html`<span><kbd>${bindings.label(action)}</kbd>${text}</span>`;
  return html`<div class="hints ${mode.hasBoard ? '' : 'telling'}">
    <div class="all" aria-hidden="true">
      ${isOn ? all.map(([action, text, has]) => (has ? hint(action, text) : nothing)) : nothing}
    </div>
    ${isOn ? html`<div class="rest" aria-hidden="true">${hint('keys', t('all keys'))}</div>` : nothing}
    ${mode.hasBoard ? nothing : html`<span class="tell">${tell(state, shown)}</span>`}
  </div>`;
}

/** The last key's answer, else what is still to come. */
function tell({ notice }: PageState, shown: Shown): TemplateResult | string {
  if (notice) return html`<span class="notice">${notice.text}</span>`;
  const writing = lettersWriting(shown);
  if (writing.length > 0) return t('{0} still writing', joined(writing));
  return shown.revision > 0 && shown.revision === shown.savedRevision && shown.past.length > 0 ? t('Draft saved') : '';
}
