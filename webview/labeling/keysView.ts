import { html } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import type { LabelAction } from './keys.js';
import { modeOf } from './modes/index.js';
import type { PageState } from './state.js';
import { t } from './strings.js';
import type { Drawing } from './view.js';

/** All keys, as they are bound now. */
export function keysDialog(state: PageState, drawing: Drawing): TemplateResult {
  const { bindings, send } = drawing;
  const key = (action: LabelAction) => html`<kbd>${bindings.label(action)}</kbd>`;
  const row = (keys: unknown, text: string) =>
    html`<dt>${keys}</dt>
      <dd>${text}</dd>`;
  const own = modeOf(state.settings).keys(state, drawing);
  return html`<dialog id="keys" aria-labelledby="keysTitle" @close=${() => send({ type: 'keys-close' })}>
    <div class="row">
      <h2 class="grow" id="keysTitle">${t('Keys')}</h2>
      <span class="muted small">${t('Change them in the setting touchstone.keys.')} <kbd>Esc</kbd> ${t('closes')}</span>
    </div>
    <div class="cols">
      <section>
        <h3>${own.title}</h3>
        <dl>${own.rows.map(([keys, text]) => row(keys, text))}</dl>
        <h3>${t('Go')}</h3>
        <dl>
          ${row(key('submit'), t('submit, next prompt'))}
          ${row(html`${key('skip')} ${key('skip-reason')}`, t('skip, with a reason'))}
          ${row(key('discard'), t('discard: out of the work for good'))}
          ${row(html`${key('previous')} ${key('next')}`, t('previous, next; drafts stay'))}
          ${row(html`${key('undo')} ${key('redo')}`, t('undo, also the last submit; redo'))}
          ${row(html`<kbd>Esc</kbd>`, t('out of whatever is open'))}
        </dl>
      </section>
      <section>
        <h3>${t('Read')}</h3>
        <dl>
          ${row(html`${key('focus-left')} ${key('focus-right')}`, t('focus an answer'))}
          ${row(html`${key('page-down')} ${key('line-down')} ${key('line-up')}`, t('page, lines down, lines up'))}
          ${row(html`${key('scroll-start')} ${key('scroll-end')}`, t('start, end'))}
          ${row(key('zoom'), t('one at a time'))} ${row(key('source'), t('source text'))}
          ${row(html`${key('differences')} ${t('then letter')}`, t('differences from that answer'))}
          ${row(key('unsure'), t('where the model was unsure'))}
          ${row(html`<kbd>Shift</kbd>+<kbd>←</kbd> <kbd>→</kbd>`, t('from unsure token to unsure token'))}
          ${row(html`<kbd>Shift</kbd>+<kbd>↓</kbd> <kbd>Enter</kbd>`, t('branch: another answer from another token'))}
          ${row(key('only-one'), t('what only one answer says'))} ${row(key('wrap'), t('wrap code, or scroll it'))}
          ${row(key('guidelines'), t('guidelines'))} ${row(key('cut'), t('stop writing the focused answer'))}
        </dl>
        <h3>${t('Say more')}</h3>
        <dl>
          ${row(html`${key('flag')} ${t('then letter')}`, t('flag the focused answer'))}
          ${row(html`${key('flag-prompt')} ${t('then letter')}`, t('flag the prompt'))}
          ${row(html`${key('mark')} ${t('then letter')}`, t('mark a place: selected, or by words'))}
          ${row(html`${key('quote')} ${key('compose')}`, t('open the composed answer, quote into it'))}
          ${row(key('improve'), t('improve it in an editor'))} ${row(key('rationale'), t('rationale'))}
        </dl>
        <h3>${t('In a text field')}</h3>
        <dl>
          ${row(html`<kbd>Ctrl</kbd>+<kbd>Enter</kbd>`, t('submit, next prompt'))}
          ${row(html`<kbd>Esc</kbd>`, t('back to the answers'))}
        </dl>
      </section>
    </div>
  </dialog>`;
}
