import { html } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import type { LabelAction } from './keys.js';
import type { PageState } from './state.js';
import { t } from './strings.js';
import type { Drawing } from './view.js';

/** All keys, as they are bound now. */
export function keysDialog(state: PageState, { bindings, send }: Drawing): TemplateResult {
  const key = (action: LabelAction) => html`<kbd>${bindings.label(action)}</kbd>`;
  const row = (keys: unknown, text: string) =>
    html`<dt>${keys}</dt>
      <dd>${text}</dd>`;
  const last = 'ABCDEFGH'[(state.shown?.view.answers.length ?? 8) - 1] ?? 'H';
  return html`<dialog id="keys" aria-labelledby="keysTitle" @close=${() => send({ type: 'keys-close' })}>
    <div class="row">
      <h2 class="grow" id="keysTitle">${t('Keys')}</h2>
      <span class="muted small">${t('Change them in the setting touchstone.keys.')} <kbd>Esc</kbd> ${t('closes')}</span>
    </div>
    <div class="cols">
      <section>
        <h3>${t('Rank')}</h3>
        <dl>
          ${row(html`<kbd>A</kbd> … <kbd>${last}</kbd>`, t('next best; if placed, look at it'))}
          ${row(html`${key('tie')} ${t('or')} <kbd>Shift</kbd>+${t('letter')}`, t('tied with the one before'))}
          ${row(key('line'), t('good-enough line here'))}
          ${row(html`<kbd>1</kbd> … <kbd>${state.shown?.view.answers.length ?? 8}</kbd>`, t('place of the focused answer, on to the next'))}
          ${row(key('leave-out'), t('leave it out'))}
          ${row(html`<kbd>Alt</kbd>+<kbd>↑</kbd> <kbd>↓</kbd>`, t('half a tier up, down'))}
          ${row(key('best'), t('the best one of a tie'))} ${row(key('take-back'), t('take back the last'))}
          ${row(key('clear'), t('clear all'))}
        </dl>
        <h3>${t('Go')}</h3>
        <dl>
          ${row(key('submit'), t('submit, next prompt'))}
          ${row(html`${key('skip')} ${key('skip-reason')}`, t('skip, with a reason'))}
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
          ${row(key('guidelines'), t('guidelines'))} ${row(key('cut'), t('stop writing the focused answer'))}
        </dl>
        <h3>${t('Say more')}</h3>
        <dl>
          ${row(html`${key('flag')} ${t('then letter')}`, t('flag the focused answer'))}
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
