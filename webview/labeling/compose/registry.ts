/** Composing an answer of parts of others: what the page knows of it before that part is loaded, which the first Q or O does. */
import './compose.css';
import type { CandidateId } from '../../../src/core/index.js';
import type { KeyAction } from '../keys.js';
import type { Mode } from '../modes/mode.js';
import type { PageState, Shown } from '../state.js';
import type { Env, PageEvent, Step } from '../step.js';
import type { Drawing } from '../view.js';
import type { TemplateResult } from 'lit/html.js';

/** Where a labeler is while composing: a way of looking, no part of the judgement. */
export interface Composing {
  /** The part under the cursor in each answer, 0-based. */
  readonly at: Readonly<Record<string, number>>;
  /** The part of the composed answer that keys move and remove; what is quoted next comes behind it. */
  readonly chosen: number;
}

export const newComposing: Composing = { at: {}, chosen: Infinity };

/** What the mouse and the list of parts ask for. */
export type ComposeEvent =
  /** A part of an answer gets the cursor, and is quoted if that is asked for. */
  | { readonly do: 'part'; readonly letter: string; readonly index: number; readonly isQuoted: boolean }
  /** A selection in an answer, in UTF-16 units of its text. */
  | { readonly do: 'quote-text'; readonly letter: string; readonly start: number; readonly end: number }
  | { readonly do: 'choose'; readonly index: number }
  | { readonly do: 'move'; readonly index: number; readonly to: number }
  | { readonly do: 'remove'; readonly index: number }
  /** Out of the list, to an answer: the first or the last. */
  | { readonly do: 'leave'; readonly to: 'first' | 'last' }
  | { readonly do: 'close' };

/** What marking parts on the screen needs of the page. */
export interface Marking {
  readonly surface: HTMLElement;
  readonly textOf: (candidateId: CandidateId) => HTMLElement;
  readonly send: (event: PageEvent) => void;
}

/** The part of the page that composes. */
export interface Composer {
  /** What a key does; undefined leaves it to the way to judge. */
  act(state: PageState, shown: Shown, action: KeyAction, env: Env): Step | undefined;
  event(state: PageState, shown: Shown, event: ComposeEvent, env: Env): Step;
  /** Beside the answers, in place of the dock; undefined while nothing is composed. */
  pane(state: PageState, shown: Shown, drawing: Drawing): TemplateResult | undefined;
  /** What stands now, for the live region; undefined while nothing is composed. */
  sentence(shown: Shown): string | undefined;
  /** The parts on the screen: cursor and what is quoted. */
  mark(state: PageState, marking: Marking): void;
  /** The way to judge in which writing the right answer is what is asked for. */
  readonly mode: Mode;
}

let loaded: Composer | undefined;
let loading: Promise<void> | undefined;

export const composer = (): Composer | undefined => loaded;

/** Undefined when it is there already. Rejects when that part of the page can't be read; the next call tries again. */
export function loadComposer(): Promise<void> | undefined {
  if (loaded) return undefined;
  loading ??= import('./composer.js').then(
    (module) => {
      loaded = module.composer;
    },
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

/** Whether composing must be there for this. */
export const needsComposer = (event: PageEvent): boolean =>
  event.type === 'compose' || (event.type === 'act' && (event.action.do === 'quote' || event.action.do === 'compose'));
