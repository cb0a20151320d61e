/** What the page knows. Everything on the screen is drawn from it; only `update` makes a new one. */
import { impliedLast, improvedMark, lettersOf, ownAnswerName, reduceBoard, tierIndexOf } from '../../src/core/index.js';
import type { Board, CandidateId } from '../../src/core/index.js';
import { besideOf } from './aids/seeing.js';
import type { Beside, KeptBeside, Seeing } from './aids/seeing.js';
import type { Composing } from './compose/registry.js';
import type { Marking, SpanPlace, Spans } from './spans/index.js';
import type {
  AnswerView,
  EmptyReason,
  FromLabelingPage,
  JudgementDraft,
  LabelingSettings,
  ProgressView,
  PromptView,
  StripView,
} from '../../src/protocol.js';

/** What the labeler said of the prompt on the screen: one entry of the undo stack. */
export interface Work {
  /** What is placed, in the way to judge that places; in all ways, which answer has the focus. */
  readonly board: Board;
  /** What the other ways to judge say, in the fields of the judgement. */
  readonly own: Own;
  /** Part of the focused answer that the keys are about, 0-based: an attribute, a step. */
  readonly at: number;
  readonly flags: Readonly<Record<string, readonly string[]>>;
  /** Places marked in answers. */
  readonly spans: Spans;
  readonly promptFlags: readonly string[];
  readonly corrections: NonNullable<JudgementDraft['corrections']>;
  readonly rationale: string;
}

export type Own = Partial<JudgementDraft>;

/** The prompt on the screen. */
export interface Shown {
  readonly view: PromptView;
  /** Answers that the layout is made for; those that came since stand below. */
  readonly nLaidOut: number;
  readonly work: Work;
  readonly past: readonly Work[];
  readonly future: readonly Work[];
  /** When something was last typed: changes without a pause are one entry of the undo stack. */
  readonly typedAt: number | null;
  /** It came after a submit, with what was said of it before: Enter may be meant for the prompt that is gone. */
  readonly isWithDraft: boolean;
  /** Of the last change; milliseconds since 1970, so that it grows over closed panels too. */
  readonly revision: number;
  /** The last one that the host has on disk. */
  readonly savedRevision: number;
  /** When the oldest change that is not on disk was sent. */
  readonly unsavedSince: number | null;
  /** Characters that an answer had when it was placed while it was being written. */
  readonly placedAt: Readonly<Record<string, number>>;
  /** Answers whose improved text is on the screen instead of the original. */
  readonly improvedShown: readonly string[];
  /** Aids that were on at any time, for the judgement. */
  readonly aids: readonly string[];
  /** Aids that are on now. */
  readonly seeing: Seeing;
  /** The composed answer stands beside the answers; null while it does not. */
  readonly composing: Composing | null;
}

export type Submission = Extract<FromLabelingPage, { type: 'judgement-submit' | 'prompt-skip' | 'prompt-discard' }>;

/** Sent, but not yet known to be on disk. */
export interface Pending {
  readonly message: Submission;
  readonly sentAt: number;
}

export type Confirmation = 'unplaced' | 'writing' | 'draft';

/** A line beside the board, until the next key. */
export interface Notice {
  readonly text: string;
  /** What another Enter goes along with. */
  readonly confirms: readonly Confirmation[];
}

export type Screen =
  | { readonly on: 'loading' }
  | { readonly on: 'prompt' }
  | {
      readonly on: 'empty';
      readonly reason: EmptyReason;
      readonly detail?: string | undefined;
    };

/** What `setState` keeps over a reload of the window. */
export interface Kept {
  readonly version: 1;
  /** The way to judge in which `work` was said. */
  readonly mode: LabelingSettings['mode'];
  readonly promptId: string | null;
  /** Of the prompt, where it came again. */
  readonly pass?: 1 | undefined;
  readonly work: Work | null;
  readonly revision: number;
  readonly savedRevision: number;
  readonly pending: readonly Submission[];
  readonly isZoomed: boolean;
  readonly isSource: boolean;
  /** Absent in what an older version kept. */
  readonly beside?: KeptBeside;
}

export interface PageState {
  readonly settings: LabelingSettings;
  readonly progress: ProgressView | null;
  readonly screen: Screen;
  readonly shown: Shown | null;
  readonly ahead: readonly PromptView[];
  readonly pending: readonly Pending[];
  /** What the page had before the window was reloaded, until its prompt is shown again. */
  readonly kept: Kept | null;
  readonly stacks: Readonly<Record<string, Pick<Shown, 'work' | 'past' | 'future'>>>;
  readonly isZoomed: boolean;
  readonly isSource: boolean;
  readonly beside: Beside;
  /** Whose flags are open: the focused answer's, or the prompt's. */
  readonly chordOn: 'answer' | 'prompt' | null;
  /** A place of an answer that is being marked. */
  readonly marking: Marking | null;
  /** The mark whose note is written. */
  readonly spanNote: SpanPlace | null;
  readonly isKeysOpen: boolean;
  readonly isAskingSkipReason: boolean;
  /** The order field while it is edited; null shows the board's own. */
  readonly orderText: string | null;
  readonly orderProblem: string | null;
  readonly notice: Notice | null;
  readonly strip: StripView | null;
  /** Why the work is not on disk; null when it is, or may still come. */
  readonly notSaved: { readonly message: string } | null;
}

const defaultSettings: LabelingSettings = {
  projectName: '',
  locale: 'en',
  mode: 'rank',
  pair: { points: 7, goOn: 'enter' },
  rubric: [],
  steps: { judgeAll: false, judgeThoughts: false },
  flags: [],
  partial: 'allow',
  rationale: 'optional',
  impliedLast: true,
  hints: true,
  singleKeys: true,
  keys: {},
  layout: 'auto',
  readingWidth: 76,
  fontSize: 0,
  strings: {},
};

export const initialState = (kept: Kept | null, now: number): PageState => ({
  settings: defaultSettings,
  progress: null,
  screen: { on: 'loading' },
  shown: null,
  ahead: [],
  pending: (kept?.pending ?? []).map((message) => ({ message, sentAt: now })),
  kept,
  stacks: {},
  isZoomed: kept?.isZoomed ?? false,
  isSource: kept?.isSource ?? false,
  beside: besideOf(kept?.beside),
  chordOn: null,
  marking: null,
  spanNote: null,
  isKeysOpen: false,
  isAskingSkipReason: false,
  orderText: null,
  orderProblem: null,
  notice: null,
  strip: null,
  notSaved: null,
});

// Between letters, which name places on the screen, and ids, which name answers -----------------------------------------

/** Of an improved answer (C′) the one that it improves. */
export const answerAt = (view: PromptView, letter: string): AnswerView | undefined =>
  letter === '' ? undefined : view.answers['ABCDEFGH'.indexOf(letter.slice(0, 1))];

export const letterOf = (view: PromptView, id: string): string | undefined =>
  'ABCDEFGH'[view.answers.findIndex((answer) => answer.candidateId === id)];

/** The name of one of the labeler's own answers: C′ for an improved C. Undefined when what it improves is not there. */
export function nameOfWritten(view: PromptView, { parent }: Work['corrections'][number]): string | undefined {
  if (parent === undefined) return ownAnswerName;
  const letter = letterOf(view, parent);
  return letter === undefined ? undefined : correctionMark(letter);
}

/** A name on the board, of an answer on the screen or of the labeler's own, as the id that is stored. */
export function idOf(view: PromptView, corrections: Work['corrections'], name: string): CandidateId | undefined {
  if (name.length === 1) return answerAt(view, name)?.candidateId;
  return corrections.findLast((correction) => nameOfWritten(view, correction) === name)?.id;
}

export function nameOf(view: PromptView, corrections: Work['corrections'], id: string): string | undefined {
  const own = corrections.find((correction) => correction.id === id);
  return own ? nameOfWritten(view, own) : letterOf(view, id);
}

/** Names of the labeler's own answers. */
export const writtenNames = (view: PromptView, corrections: Work['corrections']): readonly string[] =>
  [...new Set(corrections.flatMap((correction) => nameOfWritten(view, correction) ?? []))].sort();

// What follows from it ---------------------------------------------------------------------------------------------------

export const isWriting = (answer: AnswerView): boolean => answer.state === 'queued' || answer.state === 'writing';

/** An answer without a word, or one that broke off and is not kept: nothing to place. */
export const isMissing = ({ state, text, error }: AnswerView): boolean =>
  (state === 'filter' && text === '') || (state === 'failed' && (text === '' || error !== undefined));

export const isMissingAt = (view: PromptView, letter: string): boolean => {
  const answer = letter.length === 1 ? answerAt(view, letter) : undefined;
  return answer !== undefined && isMissing(answer);
};

export const lettersWriting = ({ view }: Shown): readonly string[] =>
  view.answers.flatMap((answer, index) => (isWriting(answer) ? ('ABCDEFGH'[index] ?? []) : []));

/** The letter of the card that has the focus: of C′ that of C. The labeler's own answer has no card. */
export const cardLetter = ({ work: { board } }: Shown): string => {
  const letter = board.focused.slice(0, 1);
  return lettersOf(board).includes(letter) ? letter : 'A';
};

/** The board with the answers that don't exist out of the way. */
export function boardToJudge({ view, work: { board } }: Shown): Board {
  const missing = lettersOf(board).filter((letter) => isMissingAt(view, letter) && tierIndexOf(board, letter) < 0);
  return missing.length === 0 ? board : { ...board, leftOut: [...new Set([...board.leftOut, ...missing])].sort() };
}

const offBoard = (board: Board, letter: string): Board =>
  tierIndexOf(board, letter) < 0
    ? board
    : { ...reduceBoard(board, { type: 'drop', letter, target: { on: 'tray' } }), focused: board.focused };

/** The board without places of answers that have no word: they cannot be submitted. */
export const withoutMissing = (view: PromptView, board: Board): Board =>
  lettersOf(board)
    .filter((letter) => isMissingAt(view, letter))
    .reduce(offBoard, board);

/** Nothing that was said of an answer that will not be kept can be stored. */
export function withoutAnswer(view: PromptView, work: Work, id: CandidateId): Work {
  const off = <Said extends object>(said: Said): Said =>
    Object.fromEntries(Object.entries(said).filter(([key, value]) => key !== id && value !== id)) as Said;
  const { ratings, thumbs, steps, strength, line, ...others } = work.own;
  // A pair needs both.
  const own = {
    ...off(others),
    ...(strength === undefined && line !== undefined && { line }),
    ...(ratings && { ratings: off(ratings) }),
    ...(thumbs && { thumbs: off(thumbs) }),
    ...(steps && { steps: off(steps) }),
  };
  const board = offBoard(work.board, letterOf(view, id) ?? '');
  return { ...work, own, flags: off(work.flags), spans: off(work.spans), board };
}

export const impliedLetter = (state: PageState): string | undefined =>
  state.shown && state.settings.impliedLast ? impliedLast(boardToJudge(state.shown)) : undefined;

/** It was placed, and went on being written. */
export function isChangedSincePlaced({ view, placedAt }: Shown, letter: string): boolean {
  const length = placedAt[letter];
  return length !== undefined && (answerAt(view, letter)?.text.length ?? length) > length;
}

export const correctionOf = ({ view, work }: Shown, letter: string): Work['corrections'][number] | undefined => {
  const id = answerAt(view, letter)?.candidateId;
  return work.corrections.findLast((correction) => correction.parent === id);
};

/** The improved answer of C is C′. */
export const correctionMark = (letter: string): string => letter + improvedMark;

/** A prompt that comes again is another one as far as work on it goes. */
export const showingOf = ({
  promptId,
  pass,
}: {
  readonly promptId: string | null;
  readonly pass?: number | undefined;
}) => `${promptId} ${pass ?? 0}`;

export const keptOf = ({ settings, shown, pending, isZoomed, isSource, beside, kept }: PageState): Kept => ({
  version: 1,
  mode: shown ? settings.mode : (kept?.mode ?? settings.mode),
  promptId: shown?.view.promptId ?? kept?.promptId ?? null,
  pass: shown ? shown.view.pass : kept?.pass,
  work: shown?.work ?? kept?.work ?? null,
  revision: shown?.revision ?? kept?.revision ?? 0,
  savedRevision: shown?.savedRevision ?? kept?.savedRevision ?? 0,
  pending: pending.map(({ message }) => message),
  isZoomed,
  isSource,
  beside: {
    isGuidelinesOpen: beside.isGuidelinesOpen,
    seenVersion: beside.seenVersion,
    isUnwrapped: beside.isUnwrapped,
  },
});

/** What an earlier page left behind. It was written by this page, or by an older version of it: anything else is dropped. */
export function readKept(state: unknown): Kept | null {
  return isKept(state) ? state : null;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isKept(state: unknown): state is Kept {
  if (!isRecord(state) || state['version'] !== 1 || !Array.isArray(state['pending'])) return false;
  const { work, pending } = state;
  const isWork =
    work === null ||
    (isRecord(work) &&
      isRecord(work['board']) &&
      Array.isArray(work['board']['tiers']) &&
      Array.isArray(work['board']['typed']) &&
      isRecord(work['own']) &&
      Array.isArray(work['promptFlags']) &&
      Array.isArray(work['corrections']) &&
      isRecord(work['flags']) &&
      isRecord(work['spans']));
  return (
    isWork &&
    typeof state['revision'] === 'number' &&
    typeof state['savedRevision'] === 'number' &&
    (pending as unknown[]).every((message) => isRecord(message) && typeof message['requestId'] === 'string')
  );
}
