/** Marked places of answers. What draws, moves and takes them is loaded when a place is first marked, or a draft has one. */
import type * as PartModule from './part.js';
import type { CandidateId, MarkedSpan, TextRange } from '../../../src/core/index.js';

/** The places marked in each answer, in the order of its text. */
export type Spans = Readonly<Record<string, readonly MarkedSpan[]>>;

/** A place that is chosen and has no flag yet: from `anchor` to `head`, whichever comes first in the text. */
export interface Marking {
  readonly letter: string;
  readonly candidateId: CandidateId;
  readonly anchor: TextRange;
  readonly head: TextRange;
}

/** One of an answer's marks. */
export interface SpanPlace {
  readonly candidateId: CandidateId;
  readonly index: number;
}

export type SpanEvent =
  | { readonly do: 'choose'; readonly marking: Marking; readonly isFirst: boolean }
  /** What is on the screen is the labeler's own text. */
  | { readonly do: 'refuse'; readonly letter: string }
  | { readonly do: 'close' }
  | { readonly do: 'flag'; readonly flag: string; readonly hasNote: boolean }
  | { readonly do: 'remove'; readonly place: SpanPlace }
  | { readonly do: 'note-open'; readonly place: SpanPlace }
  | { readonly do: 'note'; readonly text: string }
  /** `isByKey`: on to the answers. */
  | { readonly do: 'note-close'; readonly isByKey: boolean };

export const rangeOfMarking = ({ anchor, head }: Pick<Marking, 'anchor' | 'head'>): TextRange => ({
  start: Math.min(anchor.start, head.start),
  end: Math.max(anchor.end, head.end),
});

type Part = typeof PartModule;
let part: Part | undefined;

/** Undefined while it is not loaded. */
export const spanPart = (): Part | undefined => part;

/** Rejects when that part of the page can't be read. */
export async function loadSpanPart(): Promise<Part> {
  return (part ??= await import('./part.js'));
}
