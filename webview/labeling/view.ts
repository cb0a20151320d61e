/** The page, drawn from its state. Nothing is remembered here. */
import { html, nothing } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import type { CandidateId } from '../../src/core/index.js';
import type { EmptyReason, PromptView } from '../../src/protocol.js';
import { aidTools, guidelinesPane, legend } from './aids/aidsView.js';
import { answersArea, tabs } from './answersView.js';
import { composer } from './compose/registry.js';
import { dock } from './dockView.js';
import type { Bindings } from './keys.js';
import { flagMarks, promptChord } from './flagsView.js';
import { keysDialog } from './keysView.js';
import { modeOf } from './modes/index.js';
import { promptArea } from './promptView.js';
import type { PageState, Shown } from './state.js';
import { number, t } from './strings.js';
import type { PageEvent } from './step.js';
import { visibleNodes } from './markdown.js';

/** What the templates need beside the state. */
export interface Drawing {
  readonly send: (event: PageEvent) => void;
  readonly bindings: Bindings;
  /** The element that holds an answer's text; it draws itself. */
  readonly textOf: (candidateId: CandidateId) => HTMLElement;
  /** The element that holds a prompt's turn; it draws itself. */
  readonly turnOf: (index: number) => HTMLElement;
  /** Takes the notes under an answer's text. */
  readonly notesOf: (candidateId: CandidateId) => HTMLElement;
  /** Words of an answer that lie below the fold; 0 when little does. */
  readonly belowOf: (candidateId: CandidateId) => number;
  /** A letter, or `-` for the line, that is being dragged. */
  readonly drag: DragState;
  /** Where single keys are off, each answer is a stop of the tab order: arrows can't reach them. */
  readonly hasBareKeys: boolean;
  /** By a screen reader: then the order field is the first stop after the prompt. */
  readonly isReadOut: boolean;
}

export interface DragState {
  start(event: DragEvent, what: string): void;
  over(event: DragEvent): void;
  drop(event: DragEvent): string | undefined;
}

export function page(state: PageState, drawing: Drawing): TemplateResult {
  const { screen, shown } = state;
  if (screen.on === 'empty') return html`${strip(state, drawing)}${emptyState(screen.reason, screen.detail, drawing)}`;
  if (screen.on === 'loading' || !shown) return html`${strip(state, drawing)}${skeleton()}`;
  const mode = modeOf(state.settings);
  const pane = composer()?.pane(state, shown, drawing);
  // Parts are quoted from the answers as they are, whatever a way to judge shows in their place.
  const own = pane ? undefined : mode.answers;
  const below = pane ?? dock(state, shown, drawing);
  const isOrderFirst = drawing.isReadOut && mode.hasBoard && !pane;
  return html`
    ${toolbar(state, drawing)} ${strip(state, drawing)} ${promptArea(state, shown, drawing)}
    ${state.chordOn === 'prompt' ? promptChord(state, shown, drawing) : nothing} ${isOrderFirst ? below : nothing}
    <div class="answers">
      ${own ? own(state, shown, drawing) : [tabs(state, shown, drawing), answersArea(state, shown, drawing)]}
    </div>
    ${isOrderFirst ? nothing : below} ${guidelinesPane(state, drawing)} ${keysDialog(state, drawing)}
  `;
}

/** As wide as a digit. */
const figureSpace = '\u2007';

function toolbar(state: PageState, drawing: Drawing): TemplateResult {
  const { progress, shown, isSource, isZoomed, beside } = state;
  const { send, bindings } = drawing;
  const view = shown?.view;
  const total = progress?.nPrompts ?? 0;
  const share = progress && total > 0 ? (progress.nSubmitted / total) * 100 : 0;
  // As wide for the 9th as for the 10th: a number that grows moves what stands beside it.
  const place = number(view?.index ?? 0).padStart(number(total).length, figureSpace);
  const pace =
    progress?.perHour === undefined
      ? t('{0} today', progress?.nToday ?? 0)
      : `${t('{0} today', progress.nToday)} · ${t('{0} an hour', progress.perHour)}`;
  const tool = (
    icon: string,
    label: string,
    action: 'previous' | 'next' | 'source' | 'zoom' | 'guidelines' | 'keys',
    pressed?: boolean,
  ) =>
    html`<button
      class="icon"
      tabindex=${action === 'previous' ? 0 : -1}
      title="${label} (${bindings.label(action)})"
      aria-label=${label}
      aria-pressed=${pressed === undefined ? nothing : String(pressed)}
      @click=${() => send({ type: 'act', action: { do: action } })}
    >
      <i class="codicon codicon-${icon}" aria-hidden="true"></i>
    </button>`;
  return html`<header class="top" role="toolbar" aria-label=${t('Prompt')} @keydown=${moveInToolbar}>
    ${tool('chevron-left', t('Previous prompt'), 'previous')}
    <span class="num"><b>${place}</b><span class="muted"> ${t('of {0}', total)}</span></span>
    ${tool('chevron-right', t('Next prompt'), 'next')}
    <span
      class="bar progress"
      role="progressbar"
      aria-label=${t('Submitted')}
      aria-valuemin="0"
      aria-valuenow=${progress?.nSubmitted ?? 0}
      aria-valuemax=${Math.max(total, progress?.nSubmitted ?? 0, 1)}
      ><svg aria-hidden="true" viewBox="0 0 100 4" preserveAspectRatio="none">
        <rect width=${share} height="4"></rect></svg
    ></span>
    <span class="muted small wide">${progress ? pace : nothing}</span>
    ${view ? standing(view) : nothing}
    <span class="grow"></span>
    ${legend(state)}
    <span class="said">${shown ? flagMarks(state, shown.work.promptFlags) : nothing}</span>
    <span class="muted small clip wide source" dir="auto">${visibleNodes(view?.source ?? '')}</span>
    <span class="tools">
      ${aidTools(state, drawing)} ${tool('markdown', t('Source text'), 'source', isSource)}
      ${tool('screen-full', t('One at a time'), 'zoom', isZoomed)} ${composeTool(shown, drawing)}
      ${tool('book', t('Guidelines'), 'guidelines', beside.isGuidelinesOpen)} ${tool('keyboard', t('All keys'), 'keys')}
    </span>
  </header>`;
}

/** Opens the composed answer beside the answers, and closes it. */
function composeTool(shown: Shown | null, { send, bindings }: Drawing): TemplateResult {
  const isOpen = (shown?.composing ?? null) !== null;
  return html`<button
    class="icon"
    tabindex="-1"
    title="${t('Compose an answer')} (${bindings.label('quote')})"
    aria-label=${t('Compose an answer')}
    aria-pressed=${String(isOpen)}
    @click=${() => send(isOpen ? { type: 'compose', does: { do: 'close' } } : { type: 'act', action: { do: 'quote' } })}
  >
    <i class="codicon codicon-combine" aria-hidden="true"></i>
  </button>`;
}

/** Where a prompt stands that is done, or by whom is what can be looked at. */
function standing({ status, readOnly, isPastGuidelines }: PromptView): TemplateResult | typeof nothing {
  const words = { open: '', draft: '', submitted: t('submitted'), skipped: t('skipped'), discarded: t('discarded') };
  const stands = readOnly === undefined ? words[status] : t('what {0} said, to look at', readOnly);
  const text = isPastGuidelines === true ? t('{0}, by earlier guidelines', stands) : stands;
  return text === ''
    ? nothing
    : html`<span class="muted small wide" aria-hidden="true">·</span
        ><span class="muted small wide standing">${visibleNodes(text)}</span>`;
}

/** One stop of the tab order; arrows go on inside. */
export function moveInToolbar(event: KeyboardEvent): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined || !(event.currentTarget instanceof HTMLElement) || event.altKey) return;
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('[tabindex]')].filter(
    (stop) => stop.offsetParent !== null,
  );
  const at = stops.findIndex((stop) => stop === document.activeElement);
  const next = stops[(at + step + stops.length) % stops.length];
  if (at < 0 || !next) return;
  event.preventDefault();
  event.stopPropagation();
  for (const stop of stops) stop.tabIndex = stop === next ? 0 : -1;
  next.focus();
}

/** What happened, what it means for the work, one next step. It takes the toolbar's right half: nothing is pushed. */
function strip(state: PageState, { send }: Drawing): TemplateResult | typeof nothing {
  const shown = state.notSaved
    ? {
        kind: 'error' as const,
        message: state.notSaved.message,
        details: undefined,
        action: { label: t('Try again') },
      }
    : state.strip;
  if (!shown) return nothing;
  const look = { error: 'bad', warning: '', info: 'note' }[shown.kind];
  const sign = { error: 'error err', warning: 'warning warn', info: 'info info' }[shown.kind];
  return html`<div class="message ${look}" role=${shown.kind === 'error' ? 'alert' : 'status'}>
    <i class="codicon codicon-${sign}" aria-hidden="true"></i>
    <div class="grow">
      <p dir="auto">${visibleNodes(shown.message)}</p>
      ${
        shown.details === undefined
          ? nothing
          : html`<details>
              <summary>${t('Details')}</summary>
              <pre>${visibleNodes(shown.details)}</pre>
            </details>`
      }
    </div>
    ${
      shown.action
        ? html`<button class="textButton" @click=${() => send({ type: 'strip-button' })}>${shown.action.label}</button>`
        : nothing
    }
  </div>`;
}

/** Headers only, and not before 150 ms: what comes sooner is not worth a flicker. */
const skeleton = (): TemplateResult =>
  html`<div class="skeleton" role="status" aria-label=${t('Loading')}>
    <div class="top"></div>
    <div class="answers">
      <div class="cards">
        <div></div>
        <div></div>
        <div></div>
        <div></div>
      </div>
    </div>
  </div>`;

function emptyState(reason: EmptyReason, detail: string | undefined, { send }: Drawing): TemplateResult {
  const button = (
    label: string,
    action: 'add-model' | 'manage-trust' | 'import-prompts' | 'export' | 'open-queue' | 'open-project-file',
    appearance: 'primary' | 'secondary',
  ) =>
    html`<vscode-button appearance=${appearance} @click=${() => send({ type: 'button', action })}
      >${label}</vscode-button
    >`;
  const states = {
    'no-project': {
      icon: 'folder-opened',
      // A project that is there and cannot be read is to be mended, not to be made.
      title: detail === undefined ? t('Open a labeling project') : t('The project cannot be opened'),
      text: t('A labeling project is a folder with a touchstone.json. Adding prompts makes one.'),
      buttons:
        detail === undefined
          ? button(t('Add a file…'), 'import-prompts', 'primary')
          : button(t('Open touchstone.json'), 'open-project-file', 'primary'),
    },
    'no-prompts': {
      icon: 'list-unordered',
      title: t('Add prompts'),
      text: t('A file of JSON Lines, JSON, CSV, TSV, Parquet or plain text.'),
      buttons: button(t('Add a file…'), 'import-prompts', 'primary'),
    },
    'no-model': {
      icon: 'package',
      title: t('Choose a model that answers'),
      text: t('One from the catalogue that runs on any CPU, a GGUF file on this disk, or a server.'),
      buttons: button(t('Add a model…'), 'add-model', 'primary'),
    },
    restricted: {
      icon: 'shield',
      title: t('Models stay off in Restricted Mode'),
      text: t('Answers that are there can be labeled.'),
      buttons: button(t('Manage Workspace Trust'), 'manage-trust', 'primary'),
    },
    'all-done': {
      icon: 'pass',
      title: t('Nothing is left in your queue'),
      text: t('Export what you labeled as a data set, or add more prompts.'),
      buttons: html`${button(t('Export…'), 'export', 'primary')}${button(t('Open the queue'), 'open-queue', 'secondary')}`,
    },
  };
  const { icon, title, text, buttons } = states[reason];
  return html`<main class="mid" aria-live="polite">
    <i class="codicon codicon-${icon}" aria-hidden="true"></i>
    <h2>${title}</h2>
    <p>${detail === undefined || detail === '' ? text : visibleNodes(detail)}</p>
    <div class="row">${buttons}</div>
  </main>`;
}
