/**
 * Every message between the extension host and the webviews: one union a direction, a schema for what comes from the page.
 * A blind panel is blind because model, sampling and origin are not in the messages.
 *
 * The page says `page-ready` before anything is sent to it, and again after each reload.
 */
import { z } from 'zod';
import { CandidateId, PromptId, said, saidOfCandidates } from './core/index.js';
import type { AnswerPart, Attribute, JudgingMode, Message, UnsureToken } from './core/index.js';

/** Longest message that the host reads, in characters of its JSON. */
export const maxMessageChars = 4 * 1024 * 1024;

/** What a labeler has on the board. The same in the page, in a draft and in a submitted judgement. */
export const JudgementDraft = z.object({
  ...saidOfCandidates,
  ranking: saidOfCandidates.ranking.unwrap(),
  spans: said.spans,
  promptFlags: said.promptFlags,
  corrections: said.corrections,
  rationale: said.rationale,
});
export type JudgementDraft = z.infer<typeof JudgementDraft>;

/** From every page. Answered with `host-here`. */
export const FromAnyPage = z.strictObject({ type: z.literal('host-ask') });
export type FromAnyPage = z.infer<typeof FromAnyPage>;

/** To every page. */
export type ToAnyPage =
  | { readonly type: 'host-here' }
  /** What another page had kept, whose host is gone: this one goes on from there. Comes before anything else. */
  | { readonly type: 'resume'; readonly kept: unknown };

export const emptyDraft: JudgementDraft = { ranking: [] };

const RequestId = z.string().min(1).max(64);
/** That of the view: a message of the second time changes nothing of the first. */
const Pass = z.int().min(0).max(1).optional();

/** From the labeling page. Unknown types and extra fields are dropped and counted. */
export const FromLabelingPage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('page-ready') }),
  /** Every change, at once; the host writes it as a draft within 150 ms. Answered with `draft-saved` or `draft-failed`. */
  z.strictObject({
    type: z.literal('draft-change'),
    promptId: PromptId,
    pass: Pass,
    draft: JudgementDraft,
    revision: z.int().min(0),
  }),
  /** Answered with `judgement-saved` once it is on disk, or `judgement-failed`. Sent again with the same id until one comes. */
  z.strictObject({
    type: z.literal('judgement-submit'),
    requestId: RequestId,
    promptId: PromptId,
    pass: Pass,
    draft: JudgementDraft,
    aids: z.array(z.string().max(32)).max(16),
    words: z.record(z.string(), z.int().min(0)),
    activeMs: z.number().min(0),
    /** Candidates that were still being written: they are stopped and stored as they are. */
    cut: z.array(CandidateId),
  }),
  /** Answered like a submit. */
  z.strictObject({
    type: z.literal('prompt-skip'),
    requestId: RequestId,
    promptId: PromptId,
    pass: Pass,
    reason: z.string().max(2000).optional(),
  }),
  /** Out of this labeler's work for good, and in no data set. Answered like a submit. */
  z.strictObject({
    type: z.literal('prompt-discard'),
    requestId: RequestId,
    promptId: PromptId,
    pass: Pass,
    reason: z.string().max(2000).optional(),
  }),
  /** Answered with `prompt-show`. `next` and `previous` walk the queue; drafts stay behind. */
  z.strictObject({ type: z.literal('prompt-go'), to: z.enum(['next', 'previous']), from: PromptId }),
  /** Undo beyond the first change of this prompt: takes back the last submit or skip of this sitting. Answered with `prompt-show` (with `reopened`) or `nothing-to-undo`. */
  z.strictObject({ type: z.literal('submit-undo') }),
  /** Opens VS Code's diff editor on a copy; the result arrives as `correction-made`. */
  z.strictObject({ type: z.literal('improve-open'), promptId: PromptId, candidateId: CandidateId }),
  /** Opens the answer of the labeler's own in an editor, empty at first; the result arrives as `correction-made`. */
  z.strictObject({ type: z.literal('compose-open'), promptId: PromptId }),
  z.strictObject({ type: z.literal('candidate-cut'), candidateId: CandidateId }),
  /** Writes the candidates of this prompt that failed (or all, before anything was judged) again. */
  z.strictObject({ type: z.literal('generate-again'), promptId: PromptId, candidateId: CandidateId.optional() }),
  /** Asks, showing the whole address, then opens. */
  z.strictObject({ type: z.literal('link-open'), url: z.string().max(8192) }),
  z.strictObject({ type: z.literal('guidelines-open') }),
  /** Answered with `guidelines-show`. */
  z.strictObject({ type: z.literal('guidelines-ask') }),
  /** Answered with `unsure-show`: log-probabilities leave the host only when they are asked for. */
  z.strictObject({ type: z.literal('unsure-ask'), promptId: PromptId }),
  /**
   * One answer more, that goes on from an alternative of an unsure token: `at` is where the token begins, `alternative` its
   * place in the token's list. Answered with `prompt-show`, the new answer at its end, or with `notice`.
   */
  z.strictObject({
    type: z.literal('branch-ask'),
    promptId: PromptId,
    candidateId: CandidateId,
    at: z.int().min(0),
    alternative: z.int().min(0).max(63),
  }),
  /** One answer more: the first `end` UTF-16 units, which are `step` steps, and another step. Answered likewise. */
  z.strictObject({
    type: z.literal('step-ask'),
    promptId: PromptId,
    candidateId: CandidateId,
    end: z.int().min(0),
    step: z.int().min(0).max(10_000),
  }),
  /** A button of the strip or an empty state. */
  z.strictObject({
    type: z.literal('action'),
    action: z.enum([
      'add-model',
      'manage-trust',
      'import-prompts',
      'export',
      'retry-save',
      'show-log',
      'open-queue',
      'open-project-file',
    ]),
  }),
  /** For the context keys `touchstone.labelFocus` and `touchstone.inText`. */
  z.strictObject({ type: z.literal('focus-change'), isFocused: z.boolean(), isInText: z.boolean() }),
]);
export type FromLabelingPage = z.infer<typeof FromLabelingPage>;

export type AnswerState =
  'queued' | 'writing' | 'complete' | 'length' | 'cut' | 'failed' | 'imported' | 'improved' | 'filter';

/** One answer as the panel shows it. Its letter is its place. */
export interface AnswerView {
  readonly candidateId: CandidateId;
  readonly state: AnswerState;
  readonly text: string;
  /** Why it failed, worded. */
  readonly error?: string;
  /** Token limit at which it was cut off (state `length`). */
  readonly maxTokens?: number;
  /** Names, only after the reveal. */
  readonly reveal?: string;
  /** It offers another step after the first `step` ones of another answer. */
  readonly goesOn?: { readonly from: CandidateId; readonly step: number };
}

/** A prompt with its answers, sent ahead for the next three, then shown by `prompt-show`. */
export interface PromptView {
  readonly promptId: PromptId;
  /** 1 where the prompt comes again; the page shows no difference and sends it back. */
  readonly pass?: 1;
  /** Who said what stands in `draft`, where it is somebody else: nothing of it can be changed. */
  readonly readOnly?: string;
  /** 1-based place in the project. */
  readonly index: number;
  readonly messages: readonly Message[];
  /** What a right answer says, where the project knows. */
  readonly reference?: string;
  /** `prompts/support.jsonl:128` */
  readonly source?: string;
  readonly answers: readonly AnswerView[];
  /** The id that an answer gets which the labeler composes or writes from nothing. */
  readonly ownId: CandidateId;
  readonly draft: JudgementDraft;
  /** Revision of `draft`, where the host knows it: the page keeps its own after a reload if that is newer. */
  readonly revision?: number;
  readonly status: 'open' | 'draft' | 'submitted' | 'skipped' | 'discarded';
  /** It was judged by guidelines that have changed since. */
  readonly isPastGuidelines?: true;
}

export interface LabelingSettings {
  readonly projectName: string;
  readonly locale: string;
  /** How this project is judged. */
  readonly mode: JudgingMode;
  readonly pair: { readonly points: 3 | 5 | 7; readonly goOn: 'enter' | 'atOnce' };
  /** What answers are rated on, in order; empty in other ways to judge. */
  readonly rubric: readonly Attribute[];
  /** Whether steps are judged on after the first wrong one; whether those of an answer's thoughts are judged too. */
  readonly steps: { readonly judgeAll: boolean; readonly judgeThoughts: boolean };
  readonly flags: readonly { readonly id: string; readonly key: string; readonly label: string }[];
  readonly partial: 'allow' | 'forbid' | 'last';
  readonly rationale: 'off' | 'optional' | 'required';
  readonly impliedLast: boolean;
  readonly hints: boolean;
  readonly singleKeys: boolean;
  /** Action to key, from `touchstone.keys`; absent actions keep their default. */
  readonly keys: Readonly<Record<string, string>>;
  readonly layout: 'auto' | 'columns' | 'stack' | 'single';
  /** Characters a line, at most. */
  readonly readingWidth: number;
  /** Pixels; 0 keeps the default. */
  readonly fontSize: number;
  /** Translations of the page's strings, English text to text; empty for English. */
  readonly strings: Readonly<Record<string, string>>;
}

export interface ProgressView {
  readonly nPrompts: number;
  readonly nSubmitted: number;
  readonly nToday: number;
  /** Submitted prompts an hour of active time, rounded; absent before it means anything. */
  readonly perHour?: number;
}

/** Where the model was unsure of an answer, in the order of its text. */
export type UnsureView = readonly UnsureToken[];

/** The guidelines as they are now. */
export interface GuidelinesView {
  /** Null: the project has none. */
  readonly version: string | null;
  /** Markdown. */
  readonly text: string;
  /** Since this labeler's last judgement. */
  readonly isChanged: boolean;
}

/** What went wrong, worded: what happened, what it means for the work, one next step. */
export interface StripView {
  readonly kind: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly details?: string;
  readonly action?: {
    readonly action: 'add-model' | 'retry-save' | 'show-log' | 'generate-again' | 'open-project-file';
    readonly label: string;
  };
}

/** Why the labeling page shows no prompt. `restricted`: the folder is not trusted, so no model may write. */
export type EmptyReason = 'no-project' | 'no-prompts' | 'no-model' | 'restricted' | 'all-done';

export type ToLabelingPage =
  | { readonly type: 'settings'; readonly settings: LabelingSettings }
  | { readonly type: 'progress'; readonly progress: ProgressView }
  /** Replaces the screen. `reopened`: a submit was taken back. */
  | { readonly type: 'prompt-show'; readonly prompt: PromptView; readonly reopened?: boolean }
  /** Kept for later by id; never shown by itself. In the order in which they will come. */
  | { readonly type: 'prompts-ahead'; readonly prompts: readonly PromptView[] }
  | { readonly type: 'empty'; readonly reason: EmptyReason; readonly detail?: string }
  /** `text` is appended to what the page has of this answer; `at` is the length (UTF-16 units) it must have by then. */
  | { readonly type: 'answer-delta'; readonly candidateId: CandidateId; readonly at: number; readonly text: string }
  | {
      readonly type: 'answer-state';
      readonly candidateId: CandidateId;
      readonly state: AnswerState;
      readonly error?: string;
      readonly maxTokens?: number;
    }
  /** An answer was written again: it takes the place of the old one. */
  | {
      readonly type: 'answer-replace';
      readonly promptId: PromptId;
      readonly old: CandidateId;
      readonly answer: AnswerView;
    }
  | {
      readonly type: 'correction-made';
      readonly promptId: PromptId;
      readonly correctionId: CandidateId;
      /** Absent for an answer of the labeler's own. */
      readonly parent?: CandidateId | undefined;
      readonly text: string;
      /** Where the pieces of a composed answer came from, as far as they are still in it. */
      readonly parts?: readonly AnswerPart[] | undefined;
    }
  | { readonly type: 'draft-saved'; readonly promptId: PromptId; readonly revision: number }
  | { readonly type: 'draft-failed'; readonly promptId: PromptId; readonly revision: number; readonly message: string }
  | { readonly type: 'judgement-saved'; readonly requestId: string; readonly promptId: PromptId }
  | {
      readonly type: 'judgement-failed';
      readonly requestId: string;
      readonly promptId: PromptId;
      readonly message: string;
      readonly view: PromptView;
    }
  | { readonly type: 'nothing-to-undo' }
  /** Why what was asked for is not done, worded. */
  | { readonly type: 'notice'; readonly text: string }
  /** Answers without log-probabilities are not in it. */
  | {
      readonly type: 'unsure-show';
      readonly promptId: PromptId;
      readonly answers: Readonly<Record<string, UnsureView>>;
    }
  /** Also by itself, when the file has changed. */
  | { readonly type: 'guidelines-show'; readonly guidelines: GuidelinesView }
  /** Undefined takes it away. */
  | { readonly type: 'strip'; readonly strip: StripView | null }
  /** A command of the palette, to be done as if its key was pressed: `submit`, `skip`, `undo`, … */
  | { readonly type: 'do'; readonly action: string };

// The playground ------------------------------------------------------------------------------------------------------------

/** One turn of a conversation with a model. */
export interface PlaygroundTurn {
  readonly role: 'user' | 'assistant';
  readonly text: string;
  readonly state: 'writing' | 'complete' | 'length' | 'cut' | 'filter' | 'failed';
  /** Why it failed, worded. */
  readonly error?: string;
  /** What the person said of it; it is in the queue, or judged, since. */
  readonly thumb?: 'up' | 'down';
}

export interface PlaygroundView {
  /** What can answer, by name. */
  readonly models: readonly string[];
  readonly model: string;
  readonly system: string;
  readonly turns: readonly PlaygroundTurn[];
  /** Why nothing can be asked, or no answer kept, worded. */
  readonly notice?: string;
  readonly canAsk: boolean;
  readonly canKeep: boolean;
  readonly strings: Readonly<Record<string, string>>;
  readonly locale: string;
}

const maxPlaygroundChars = 100_000;

/** From the playground. `turn` is the place of an assistant's turn in the conversation, from 0. */
export const FromPlaygroundPage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('page-ready') }),
  z.strictObject({ type: z.literal('send'), text: z.string().max(maxPlaygroundChars) }),
  z.strictObject({ type: z.literal('stop') }),
  z.strictObject({ type: z.literal('again'), turn: z.int().min(0) }),
  z.strictObject({ type: z.literal('thumb'), turn: z.int().min(0), thumb: z.enum(['up', 'down']) }),
  z.strictObject({ type: z.literal('model'), name: z.string().max(256) }),
  z.strictObject({ type: z.literal('system'), text: z.string().max(maxPlaygroundChars) }),
  z.strictObject({ type: z.literal('clear') }),
  z.strictObject({ type: z.literal('link-open'), url: z.string().min(1).max(4096) }),
]);
export type FromPlaygroundPage = z.infer<typeof FromPlaygroundPage>;

export type ToPlaygroundPage =
  | { readonly type: 'playground'; readonly view: PlaygroundView }
  /** `text` is appended to the turn; `at` is the length (UTF-16 units) that it must have by then. */
  | { readonly type: 'turn-delta'; readonly turn: number; readonly at: number; readonly text: string }
  /** To be said to who cannot see it. */
  | { readonly type: 'announce'; readonly message: string };

// The dashboard -------------------------------------------------------------------------------------------------------------

export const DashboardPeriod = z.enum(['today', 'week', 'all']);
export type DashboardPeriod = z.infer<typeof DashboardPeriod>;

/** A number with its 95 % interval, worded by the host: the same words stand on the page and in the report. */
export interface FigureRow {
  readonly label: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Things counted. */
  readonly n: number;
  /** The value as it is read, e.g. `0.71` or `27 %`. */
  readonly text: string;
  /** Where it is another one than that of the chart. */
  readonly scale?: FigureChart['scale'];
}

export interface FigureChart {
  readonly title: string;
  readonly unit: string;
  /** What a sighted person would take from it; stands before the chart. */
  readonly sentence: string;
  readonly tone: 'fine' | 'warning' | 'neutral';
  readonly rows: readonly FigureRow[];
  /** Other measures of the same, not drawn: they stand in the table and in the report. */
  readonly more?: readonly FigureRow[];
  /** Where there is no effect; undefined where nothing is neutral. */
  readonly neutral?: number;
  /** Ends of the axis. */
  readonly range: readonly [number, number];
  /** Of what the values are: shares of 1, a coefficient, or seconds. */
  readonly scale: 'share' | 'coefficient' | 'seconds';
}

export interface LabelerRow {
  readonly labeler: string;
  readonly nDone: number;
  readonly medianTime: string;
  /** Share of pairs on which others said the same, or an empty text. */
  readonly withOthers: string;
  readonly withSelf: string;
  /** Share of what is known to be right that they said, with its interval; absent where they judged no gold prompt. */
  readonly withGold?: string;
  /** Judgements of the last seven days, oldest first. */
  readonly days: readonly number[];
}

export interface DashboardView {
  readonly name: string;
  readonly subtitle: string;
  readonly period: DashboardPeriod;
  readonly progress: {
    readonly nPrompts: number;
    readonly nDone: number;
    /** Judged, but not yet by as many as the project wants. */
    readonly nPartly: number;
    readonly nSkipped: number;
    /** By everybody who looked at it; in no data set. */
    readonly nDiscarded: number;
    readonly nLeft: number;
    readonly nJudgements: number;
    readonly nWanted: number;
  };
  /** The cards beside the progress: a large number, its unit, and a line below. */
  readonly cards: readonly {
    readonly title: string;
    readonly value: string;
    readonly unit: string;
    readonly note: string;
  }[];
  readonly days: readonly { readonly label: string; readonly n: number }[];
  readonly charts: readonly FigureChart[];
  /** Everybody's for the lead, else one's own. */
  readonly labelers: readonly LabelerRow[];
  readonly isLead: boolean;
  readonly secondLook: readonly { readonly promptId: PromptId; readonly title: string; readonly reason: string }[];
  readonly nSecondLook: number;
}

/** From the dashboard. */
export const FromDashboardPage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('page-ready') }),
  z.strictObject({ type: z.literal('period'), period: DashboardPeriod }),
  z.strictObject({ type: z.literal('prompt-open'), promptId: PromptId }),
  z.strictObject({ type: z.literal('action'), action: z.enum(['label', 'export', 'report']) }),
]);
export type FromDashboardPage = z.infer<typeof FromDashboardPage>;

export type ToDashboardPage = {
  readonly type: 'dashboard';
  /** Null without a project. */
  readonly view: DashboardView | null;
  readonly strings: Readonly<Record<string, string>>;
  readonly locale: string;
};
