/** What the labeler says of the prompt on the screen: every change is an entry of the undo stack, and goes to the host at once. */
import { composer } from './compose/registry.js';
import { draftOf } from './draft.js';
import { modeOf } from './modes/index.js';
import { answerAt, cardLetter, correctionMark, correctionOf, keptOf, withoutMissing } from './state.js';
import type { PageState, Shown, Work } from './state.js';
import { also, post, quiet, say, still } from './step.js';
import type { Env, Step } from './step.js';
import { lowerFirst, t } from './strings.js';

/** A pause in typing ends an entry of the undo stack. */
const typingPauseMs = 1000;

export function editRationale(state: PageState, text: string, env: Env): Step {
  const { shown } = state;
  const { reason } = modeOf(state.settings);
  if (!shown || (reason ? reason.of(shown) : shown.work.rationale) === text) return still(state);
  return typed(state, shown, reason ? reason.with(shown, text) : { ...shown.work, rationale: text }, env);
}

/** What is typed without a pause is one entry of the undo stack. */
export function typed(state: PageState, shown: Shown, work: Work, env: Env): Step {
  const isGoingOn = shown.typedAt !== null && env.now - shown.typedAt < typingPauseMs;
  const step = isGoingOn
    ? changed(still(quiet(state)), { ...shown, work, future: [] }, env)
    : change(quiet(state), shown, work, env);
  const next = step.state.shown;
  return next ? { ...step, state: { ...step.state, shown: { ...next, typedAt: env.now } } } : step;
}

/** @param letter of the answer; null flags the prompt. */
export function flag(state: PageState, letter: string | null, flagId: string, env: Env): Step {
  const { shown } = state;
  const closed = { ...quiet(state), chordOn: null };
  const id = shown && letter !== null ? answerAt(shown.view, letter)?.candidateId : undefined;
  if (!shown || (letter !== null && id === undefined)) return still(closed);
  const { work } = shown;
  const before = id === undefined ? work.promptFlags : (work.flags[id] ?? []);
  const isOn = !before.includes(flagId);
  const list = isOn ? [...before, flagId] : before.filter((other) => other !== flagId);
  const label = lowerFirst(state.settings.flags.find((other) => other.id === flagId)?.label ?? flagId);
  const name = letter ?? t('the prompt');
  return also(
    change(closed, shown, id === undefined ? { ...work, promptFlags: list } : withFlags(work, id, list), env),
    { type: 'focus', on: 'before' },
    { type: 'say', text: isOn ? t('Flagged {0}: {1}.', name, label) : t('No longer flagged {0}: {1}.', name, label) },
  );
}

function withFlags(work: Work, id: string, list: readonly string[]): Work {
  const { [id]: _before, ...others } = work.flags;
  return { ...work, flags: list.length > 0 ? { ...others, [id]: list } : others };
}

export function toggleImproved(state: PageState, letter: string): Step {
  const { shown } = state;
  if (!shown || !correctionOf(shown, letter)) return still(state);
  const isOn = shown.improvedShown.includes(letter);
  const improvedShown = isOn
    ? shown.improvedShown.filter((other) => other !== letter)
    : [...shown.improvedShown, letter];
  const text = isOn ? t('Answer {0} as it was', letter) : t('Answer {0}, improved', correctionMark(letter));
  const { work } = shown;
  const focused = cardLetter(shown) === letter ? (isOn ? letter : correctionMark(letter)) : work.board.focused;
  return say(
    { ...state, shown: { ...shown, improvedShown, work: { ...work, board: { ...work.board, focused } } } },
    text,
  );
}

// Undo -------------------------------------------------------------------------------------------------------------------

export function undo(state: PageState, shown: Shown, env: Env): Step {
  const before = shown.past.at(-1);
  if (!before) return post(quiet(state), { type: 'submit-undo' });
  const next: Shown = {
    ...shown,
    work: { ...before, board: withoutMissing(shown.view, before.board) },
    past: shown.past.slice(0, -1),
    future: [shown.work, ...shown.future],
    typedAt: null,
  };
  const step = changed(still(quiet(state)), next, env);
  return also(step, { type: 'focus', on: 'answer' }, { type: 'say', text: told(state, step.state, t('Taken back.')) });
}

/** A flag, a mark and a reason are not in the sentence. */
function told(before: PageState, after: PageState, otherwise: string): string {
  const text = sentenceOf(after);
  return text === sentenceOf(before) ? otherwise : text;
}

export function redo(state: PageState, shown: Shown, env: Env): Step {
  const [after, ...future] = shown.future;
  if (!after) return still(quiet(state));
  const work = { ...after, board: withoutMissing(shown.view, after.board) };
  const next: Shown = { ...shown, work, past: [...shown.past, shown.work], future, typedAt: null };
  const step = changed(still(quiet(state)), next, env);
  return also(step, { type: 'focus', on: 'answer' }, { type: 'say', text: told(state, step.state, t('Done again.')) });
}

/** A new entry of the undo stack, sent to the host at once. */
export function change(state: PageState, shown: Shown, work: Work, env: Env): Step {
  const past = [...shown.past, shown.work].slice(-500);
  return changed(still(state), { ...shown, work, past, future: [], typedAt: null }, env);
}

/** Sends what is on the board as a draft. */
export function changed(step: Step, shown: Shown, env: Env): Step {
  const revision = Math.max(shown.revision + 1, env.now);
  const next: Shown = { ...shown, revision, unsavedSince: shown.unsavedSince ?? env.now };
  const state = { ...step.state, shown: next };
  const draft = draftOf(modeOf(state.settings), next.view, next.work);
  return {
    state,
    effects: [
      ...step.effects,
      {
        type: 'post',
        message: {
          type: 'draft-change',
          promptId: next.view.promptId,
          ...(next.view.pass !== undefined && { pass: next.view.pass }),
          draft,
          revision,
        },
      },
      { type: 'keep', kept: keptOf(state) },
    ],
  };
}

/** What stands now, for people who don't see it. */
export const sentenceOf = (state: PageState): string =>
  state.shown ? (composer()?.sentence(state.shown) ?? modeOf(state.settings).sentence(state, state.shown)) : '';
