/** What choosing, flagging and noting a place does to the page's state. */
import type { CandidateId, MarkedSpan } from '../../../src/core/index.js';
import { change, typed } from '../editing.js';
import { letterOf } from '../state.js';
import type { PageState, Shown, Work } from '../state.js';
import { also, quiet, say, still } from '../step.js';
import type { Env, Step } from '../step.js';
import { t } from '../strings.js';
import { rangeOfMarking } from './index.js';
import type { SpanEvent, SpanPlace } from './index.js';

/** Longer places are named by their ends. */
const saidChars = 80;

export function onSpans(state: PageState, event: SpanEvent, env: Env): Step {
  const { shown } = state;
  if (!shown) return still(state);
  switch (event.do) {
    case 'choose': {
      const { marking, isFirst } = event;
      const next = { ...quiet(state), marking, spanNote: null, chordOn: null };
      const words = quoted(shown, marking.candidateId, rangeOfMarking(marking));
      if (!isFirst) return say(next, words);
      const choices = state.settings.flags.map(({ key, label }) => `${key.toUpperCase()} ${label}`).join(', ');
      const how = t('Arrow keys go by word and sentence, Shift extends, a letter marks');
      return also(say(next, `${t('Mark in {0}: {1}.', marking.letter, words)} ${how}: ${choices}`), {
        type: 'focus',
        on: 'answer',
      });
    }
    case 'refuse': {
      const text = t('Marks are for the answer as it was written. {0} shows it', event.letter);
      return say({ ...state, notice: { text, confirms: [] } }, text);
    }
    case 'close':
      return { state: { ...state, marking: null }, effects: [{ type: 'focus', on: 'answer' }] };
    case 'flag':
      return mark(state, shown, event, env);
    case 'remove':
      return remove(state, shown, event.place, env);
    case 'note-open':
      return { state: { ...state, spanNote: event.place }, effects: [{ type: 'focus', on: 'span-note' }] };
    case 'note':
      return note(state, shown, event.text, env);
    case 'note-close':
      return {
        state: { ...state, spanNote: null },
        effects: event.isByKey ? [{ type: 'focus', on: 'first-answer' }] : [],
      };
  }
}

function mark(state: PageState, shown: Shown, { flag, hasNote }: Extract<SpanEvent, { do: 'flag' }>, env: Env): Step {
  const { marking } = state;
  if (!marking) return still(state);
  const { candidateId, letter } = marking;
  const { start, end } = rangeOfMarking(marking);
  const before = shown.work.spans[candidateId] ?? [];
  const words = quoted(shown, candidateId, { start, end });
  const label = labelOf(state, flag);
  const closed = { ...quiet(state), marking: null };
  const same = before.findIndex((other) => other.start === start && other.end === end && other.flag === flag);
  if (same >= 0 && !hasNote) {
    const left = before.filter((_, index) => index !== same);
    return also(
      change(closed, shown, withSpans(shown.work, candidateId, left), env),
      { type: 'focus', on: 'answer' },
      { type: 'say', text: t('No longer marked {0}: {1}, {2}.', letter, label, words) },
    );
  }
  const added: MarkedSpan = before[same] ?? { start, end, flag };
  const spans = same >= 0 ? before : [...before, added].sort((a, b) => a.start - b.start || a.end - b.end);
  const spanNote = hasNote ? { candidateId, index: spans.indexOf(added) } : null;
  const step = change({ ...closed, spanNote }, shown, withSpans(shown.work, candidateId, spans), env);
  return also(
    step,
    { type: 'focus', on: hasNote ? 'span-note' : 'answer' },
    { type: 'say', text: t('Marked {0}: {1}, {2}.', letter, label, words) },
  );
}

function remove(state: PageState, shown: Shown, { candidateId, index }: SpanPlace, env: Env): Step {
  const spans = shown.work.spans[candidateId] ?? [];
  const gone = spans[index];
  if (!gone) return still(state);
  const left = spans.filter((span) => span !== gone);
  const letter = letterOf(shown.view, candidateId) ?? '';
  const words = quoted(shown, candidateId, gone);
  return also(
    change({ ...quiet(state), spanNote: null }, shown, withSpans(shown.work, candidateId, left), env),
    { type: 'focus', on: 'first-answer' },
    { type: 'say', text: t('No longer marked {0}: {1}, {2}.', letter, labelOf(state, gone.flag), words) },
  );
}

/** What is typed without a pause is one entry of the undo stack. */
function note(state: PageState, shown: Shown, text: string, env: Env): Step {
  const { spanNote } = state;
  const spans = spanNote ? (shown.work.spans[spanNote.candidateId] ?? []) : [];
  const span = spanNote ? spans[spanNote.index] : undefined;
  if (!spanNote || !span || (span.note ?? '') === text) return still(state);
  const { note: _before, ...bare } = span;
  const noted: MarkedSpan = text.trim() === '' ? bare : { ...bare, note: text };
  const work = withSpans(shown.work, spanNote.candidateId, spans.with(spanNote.index, noted));
  return typed(state, shown, work, env);
}

export function withSpans(work: Work, id: CandidateId, spans: readonly MarkedSpan[]): Work {
  const { [id]: _before, ...others } = work.spans;
  return { ...work, spans: spans.length > 0 ? { ...others, [id]: spans } : others };
}

export const labelOf = ({ settings }: PageState, flag: string): string =>
  settings.flags.find(({ id }) => id === flag)?.label ?? flag;

/** The marked words as the answer has them, in quotation marks. */
export function quoted({ view }: Shown, id: string, { start, end }: { start: number; end: number }): string {
  const text = view.answers.find(({ candidateId }) => candidateId === id)?.text ?? '';
  const words = text.slice(start, end).replace(/\s+/g, ' ').trim();
  if (words.length <= saidChars) return `“${words}”`;
  const side = saidChars / 2;
  return `“${words.slice(0, side).trimEnd()} … ${words.slice(-side).trimStart()}”`;
}
