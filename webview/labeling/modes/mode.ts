import type { TemplateResult } from 'lit/html.js';
import type { AnswerView, JudgementDraft, LabelingSettings, PromptView } from '../../../src/protocol.js';
import type { KeyAction } from '../keys.js';
import type { Confirmation, PageState, Shown, Work } from '../state.js';
import type { Drawing } from '../view.js';

/** What a key or a choice comes to. */
export interface Reply {
  /** What is said from now on, or only looked at. */
  readonly work?: Work;
  /** A line beside the choices and in the live region. */
  readonly notice?: string;
  /** Nothing more is to be said: submit. */
  readonly isSubmit?: boolean;
}

/** Whether enough is said for a submit, before the questions that all ways to judge share. */
export type Completeness =
  | { readonly is: 'missing'; readonly text: string }
  | { readonly is: 'to-confirm'; readonly confirmation: Confirmation; readonly text: string }
  /** One answer is done, another is not: Enter goes there. */
  | { readonly is: 'go-on'; readonly work: Work }
  | { readonly is: 'complete'; readonly work: Work };

/**
 * One way to judge: what its keys do, how what was said becomes a draft and back, when it is enough, how it looks and
 * sounds. Pure; what all ways share (focus, flags, rationale, undo, submit) is not its business.
 */
export interface Mode {
  /** Answers are placed on a board: chips and headers can be dragged. */
  readonly hasBoard: boolean;
  /** A key of its own; undefined leaves it to the keys that all ways share. */
  act(shown: Shown, action: KeyAction, settings: LabelingSettings): Reply | undefined;
  /** A choice by mouse or by a radio's own keys: `value` for part `at` (attribute, step) of an answer. */
  choose(shown: Shown, choice: Choice, settings: LabelingSettings): Reply;
  /** What is sent, drafted and submitted of the work; the fields that all ways share are added. */
  draft(view: PromptView, work: Work): JudgementDraft;
  /** The work that a draft tells of; the fields that all ways share are added. */
  work(view: PromptView, draft: JudgementDraft): Pick<Work, 'board' | 'own' | 'at'>;
  completeness(state: PageState, shown: Shown): Completeness;
  /** What stands in the text field, where it is not the rationale of the whole judgement. */
  readonly reason?: Reason;
  /** For the live region: what stands now. */
  sentence(state: PageState, shown: Shown): string;
  /** The first row of the dock: board, scale, or what else is chosen from. */
  choices(state: PageState, shown: Shown, drawing: Drawing): TemplateResult;
  /** Before Skip in the row of buttons. */
  button?(shown: Shown, drawing: Drawing): TemplateResult;
  /** On the button of Enter, where it does not submit. */
  submitLabel?(state: PageState, shown: Shown): string | undefined;
  /** Where another step is to be offered: behind `end` units of the focused answer, which are `step` steps; or why not. */
  nextStep?(shown: Shown, settings: LabelingSettings): { readonly end: number; readonly step: number } | string;
  /** The prompt's reference stays hidden for now. */
  hidesReference?(shown: Shown, settings: LabelingSettings): boolean;
  /** In place of the answers' cards. */
  answers?(state: PageState, shown: Shown, drawing: Drawing): TemplateResult;
  /** Under an answer's text, in its card. */
  under?(state: PageState, shown: Shown, answer: AnswerView, letter: string, drawing: Drawing): TemplateResult;
  /** At the end of an answer's header and tab: what was said of it. */
  badge?(shown: Shown, letter: string): unknown;
  /** For an answer's accessible name, with its comma: `, first`. */
  spoken(shown: Shown, letter: string): string;
  /** Its own rows of the list of all keys. */
  keys(state: PageState, drawing: Drawing): { readonly title: string; readonly rows: readonly KeyRow[] };
}

/** A text about a part of an answer. */
export interface Reason {
  /** Undefined while there is nothing to give a reason for. */
  of(shown: Shown): string | undefined;
  with(shown: Shown, text: string): Work;
  label(shown: Shown): string;
  /** Whether one was given anywhere, for projects that ask for it. */
  isGiven(work: Work): boolean;
}

export interface Choice {
  readonly letter: string;
  /** 0-based: which attribute or step of the answer. */
  readonly at: number;
  readonly value: number;
}

export type KeyRow = readonly [keys: unknown, text: string];
