/** What can happen to the page, and what the reducer answers: a new state, and what is to be done outside of it. */
import type { BoardAction } from '../../src/core/index.js';
import type { FromLabelingPage, ToLabelingPage } from '../../src/protocol.js';
import type { KeyAction } from './keys.js';
import type { Choice } from './modes/index.js';
import type { BranchAt } from './moreAnswers.js';
import type { ComposeEvent } from './compose/registry.js';
import type { SpanEvent } from './spans/index.js';
import { keptOf } from './state.js';
import type { Kept, PageState } from './state.js';

export type PageEvent =
  | { readonly type: 'message'; readonly message: ToLabelingPage }
  | { readonly type: 'act'; readonly action: KeyAction }
  | { readonly type: 'board'; readonly action: BoardAction }
  /** A choice by mouse, or by a radio's own keys. */
  | { readonly type: 'choose'; readonly choice: Choice }
  | { readonly type: 'order-text'; readonly text: string }
  | { readonly type: 'order-left' }
  | { readonly type: 'rationale'; readonly text: string }
  | { readonly type: 'skip'; readonly reason: string; readonly isDiscard?: boolean }
  | { readonly type: 'flag'; readonly letter: string | null; readonly flag: string }
  | { readonly type: 'span'; readonly event: SpanEvent }
  | { readonly type: 'compose'; readonly does: ComposeEvent }
  | { readonly type: 'chord-close' }
  | { readonly type: 'keys-close' }
  | { readonly type: 'skip-reason-close' }
  | { readonly type: 'zoom-off' }
  | { readonly type: 'improved-toggle'; readonly letter: string }
  | { readonly type: 'write-again'; readonly letter: string }
  | { readonly type: 'link'; readonly url: string }
  | { readonly type: 'button'; readonly action: Extract<FromLabelingPage, { type: 'action' }>['action'] }
  | { readonly type: 'open-guidelines' }
  /** One answer more, from another token. */
  | { readonly type: 'branch'; readonly from: BranchAt }
  | { readonly type: 'choosing-close' }
  | { readonly type: 'strip-button' }
  /** Time has passed: is an answer of the host overdue? */
  | { readonly type: 'tick' };

/**
 * `answer`: unless the focus is on something else, such as a field. `first-answer`: in any case. `before`: where it was when
 * what has closed now took it.
 */
export type FocusTarget =
  'answer' | 'first-answer' | 'before' | 'composed' | 'rationale' | 'skip-reason' | 'span-note' | 'chord' | 'keys';

export type Effect =
  | { readonly type: 'post'; readonly message: FromLabelingPage }
  | { readonly type: 'focus'; readonly on: FocusTarget }
  | { readonly type: 'say'; readonly text: string; readonly isUrgent?: boolean }
  | { readonly type: 'keep'; readonly kept: Kept }
  | { readonly type: 'scroll'; readonly how: 'page-down' | 'page-up' | 'line-down' | 'line-up' | 'start' | 'end' }
  /** A place of an answer is to be chosen: what is selected, else a word. */
  | { readonly type: 'mark' }
  /** The prompt on the screen is another one: time and scroll positions start anew. */
  | { readonly type: 'prompt-changed' };

/** What the reducer may not find out for itself. */
export interface Env {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly newId: string;
  /** Time with the page visible, focused and used since the prompt came up, in milliseconds. */
  readonly activeMs: number;
  /** Whether the panel has no room for guidelines beside the answers. Measured only where it decides something. */
  readonly isNarrow: () => boolean;
}

export interface Step {
  readonly state: PageState;
  readonly effects: readonly Effect[];
}

// Small words ------------------------------------------------------------------------------------------------------------

export const still = (state: PageState): Step => ({ state, effects: [] });
export const quiet = (state: PageState): PageState => (state.notice === null ? state : { ...state, notice: null });
export const also = (step: Step, ...effects: Effect[]): Step => ({ ...step, effects: [...step.effects, ...effects] });
export const say = (state: PageState, text: string): Step => ({ state, effects: [{ type: 'say', text }] });
export const post = (state: PageState, message: FromLabelingPage): Step => ({
  state,
  effects: [{ type: 'post', message }],
});
export const keep = (state: PageState, effects: readonly Effect[] = []): Step => ({
  state,
  effects: [...effects, { type: 'keep', kept: keptOf(state) }],
});
