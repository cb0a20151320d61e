/** Aids for seeing, all off until they are asked for: which are on, and what keys and the host's answers change in that. */
import type { CandidateId } from '../../../src/core/index.js';
import type { GuidelinesView, ToLabelingPage, UnsureView } from '../../../src/protocol.js';
import type { KeyAction } from '../keys.js';
import type { PageState, Shown } from '../state.js';
import { also, keep, post, quiet, say } from '../step.js';
import type { Env, Step } from '../step.js';
import { t } from '../strings.js';

/** Of the prompt on the screen; the next one begins with none. */
export interface Seeing {
  /** Letter of the answer that the others are compared with; null: no differences. */
  readonly against: string | null;
  /** V was pressed: a letter chooses the answer to compare with. */
  readonly isChoosing: boolean;
  readonly isUnsure: boolean;
  readonly isOnlyOne: boolean;
}

export const seesNothing: Seeing = { against: null, isChoosing: false, isUnsure: false, isOnlyOne: false };

/** What stays from prompt to prompt. */
export interface Beside {
  readonly isGuidelinesOpen: boolean;
  /** The last ones that the labeler was told of. */
  readonly seenVersion: string | null;
  /** Long lines of code scroll instead of breaking. */
  readonly isUnwrapped: boolean;
  readonly guidelines: GuidelinesView | null;
  readonly unsure: { readonly promptId: string; readonly answers: Readonly<Record<string, UnsureView>> } | null;
}

export const nothingBeside: Beside = {
  isGuidelinesOpen: false,
  seenVersion: null,
  isUnwrapped: false,
  guidelines: null,
  unsure: null,
};

/** What a reload keeps. */
export type KeptBeside = Pick<Beside, 'isGuidelinesOpen' | 'seenVersion' | 'isUnwrapped'>;

/** What an earlier page left behind, if it was one that knew of this. */
export function besideOf(kept: unknown): Beside {
  if (typeof kept !== 'object' || kept === null) return nothingBeside;
  const { isGuidelinesOpen, seenVersion, isUnwrapped } = { ...nothingBeside, ...kept };
  return {
    ...nothingBeside,
    isGuidelinesOpen: isGuidelinesOpen === true,
    isUnwrapped: isUnwrapped === true,
    seenVersion: typeof seenVersion === 'string' ? seenVersion : null,
  };
}

/** The unsure tokens of an answer; undefined while the host has not answered, null where there are none to show. */
export const unsureOf = ({ beside, shown }: PageState, id: CandidateId): UnsureView | null | undefined =>
  beside.unsure === null || beside.unsure.promptId !== shown?.view.promptId
    ? undefined
    : (beside.unsure.answers[id] ?? null);

/** Whether the host has said that no answer of this prompt has log-probabilities. */
export const isWithoutLogprobs = ({ beside, shown }: PageState): boolean =>
  beside.unsure?.promptId === shown?.view.promptId && Object.keys(beside.unsure?.answers ?? {}).length === 0;

/** What a key does to the aids; undefined when it is none of theirs. */
export function actOnAids(state: PageState, action: KeyAction, env: Env): Step | undefined {
  const { beside, shown } = state;
  switch (action.do) {
    case 'guidelines':
      return toggleGuidelines(state, env);
    case 'wrap':
      return keep({ ...state, beside: { ...beside, isUnwrapped: !beside.isUnwrapped } });
    default:
      break;
  }
  if (!shown || state.screen.on !== 'prompt') return undefined;
  const { seeing } = shown;
  switch (action.do) {
    case 'differences':
      return seeing.against === null ? compareWith(state, shown, focusedLetter(shown)) : stopComparing(state, shown);
    case 'letter':
      return seeing.isChoosing && 'ABCDEFGH'.indexOf(action.letter) < shown.view.answers.length
        ? compareWith(state, shown, action.letter)
        : undefined;
    case 'unsure':
      return toggleUnsure(state, shown);
    case 'only-one':
      return toggleOnlyOne(state, shown);
    default:
      return undefined;
  }
}

/** After V a letter chooses; any other key means what it always means. */
export const chosen = (state: PageState): PageState =>
  state.shown?.seeing.isChoosing === true
    ? { ...state, shown: { ...state.shown, seeing: { ...state.shown.seeing, isChoosing: false } } }
    : state;

export function receiveAid(
  state: PageState,
  message: Extract<ToLabelingPage, { type: 'unsure-show' | 'guidelines-show' }>,
): Step {
  const { beside } = state;
  if (message.type === 'unsure-show') {
    const next = { ...state, beside: { ...beside, unsure: { promptId: message.promptId, answers: message.answers } } };
    const { shown } = next;
    if (!shown?.seeing.isUnsure || !isWithoutLogprobs(next)) return { state: next, effects: [] };
    const text = noLogprobs();
    const without = { ...next, shown: { ...shown, seeing: { ...shown.seeing, isUnsure: false } } };
    return say({ ...without, notice: { text, confirms: [] } }, text);
  }
  const { guidelines } = message;
  const isOther = guidelines.version !== null && guidelines.version !== beside.seenVersion;
  const isNews = isOther && (guidelines.isChanged || beside.seenVersion !== null);
  const seenVersion = guidelines.version ?? beside.seenVersion;
  const next = { ...state, beside: { ...beside, guidelines, seenVersion } };
  if (!isNews) return keep(next);
  const text = t('The guidelines have changed. W shows them');
  const shown = next.beside.isGuidelinesOpen ? t('The guidelines have changed.') : text;
  return also(keep({ ...next, notice: { text: shown, confirms: [] } }), { type: 'say', text: shown });
}

export const noLogprobs = (): string => t('No log-probabilities came with these answers');

function toggleGuidelines(state: PageState, { isNarrow }: Env): Step {
  const isGuidelinesOpen = !state.beside.isGuidelinesOpen;
  const next = { ...quiet(state), beside: { ...state.beside, isGuidelinesOpen } };
  if (!isGuidelinesOpen) return also(keep(next), { type: 'focus', on: 'answer' });
  const asked = post(next, { type: 'guidelines-ask' });
  const text = isNarrow()
    ? t('Guidelines cover the answers. Esc closes them.')
    : t('Guidelines are shown beside the answers.');
  return also(keep(asked.state, asked.effects), { type: 'say', text });
}

const focusedLetter = ({ work }: Shown): string => work.board.focused.slice(0, 1);

function compareWith(state: PageState, shown: Shown, letter: string): Step {
  const isMany = shown.view.answers.length > 2;
  const isChoosing = isMany && shown.seeing.against === null;
  const text = isChoosing
    ? t('Differences from {0}. A letter compares with another answer, V ends', letter)
    : t('Differences from {0}', letter);
  const seen = withAid({ ...shown, seeing: { ...shown.seeing, against: letter, isChoosing } }, 'differences');
  return say({ ...state, shown: seen, notice: { text, confirms: [] } }, text);
}

function stopComparing(state: PageState, shown: Shown): Step {
  const seeing = { ...shown.seeing, against: null, isChoosing: false };
  return say({ ...quiet(state), shown: { ...shown, seeing } }, t('Differences off'));
}

function toggleUnsure(state: PageState, shown: Shown): Step {
  if (shown.seeing.isUnsure)
    return say(
      { ...quiet(state), shown: { ...shown, seeing: { ...shown.seeing, isUnsure: false } } },
      t('Unsure tokens off'),
    );
  if (isWithoutLogprobs(state)) return say({ ...state, notice: { text: noLogprobs(), confirms: [] } }, noLogprobs());
  const seen = withAid({ ...shown, seeing: { ...shown.seeing, isUnsure: true } }, 'tokens');
  const asked = post({ ...quiet(state), shown: seen }, { type: 'unsure-ask', promptId: shown.view.promptId });
  return also(asked, {
    type: 'say',
    text: t('Unsure tokens are marked. Shift and arrow keys go from one to the next.'),
  });
}

function toggleOnlyOne(state: PageState, shown: Shown): Step {
  const isOnlyOne = !shown.seeing.isOnlyOne;
  const seen = { ...shown, seeing: { ...shown.seeing, isOnlyOne } };
  const text = isOnlyOne ? t('What only one answer says is marked') : t('What only one answer says: off');
  return say({ ...quiet(state), shown: isOnlyOne ? withAid(seen, 'only-one') : seen }, text);
}

/** A judgement stores which aids its labeler saw. */
const withAid = (shown: Shown, aid: string): Shown =>
  shown.aids.includes(aid) ? shown : { ...shown, aids: [...shown.aids, aid] };
