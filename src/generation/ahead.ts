/** What the queue of answers ahead of a labeler is asked for, and what it tells. */
import type { Branch, Candidate, CandidateId, PromptId, Sampling } from '../core/index.js';
import type { Project } from '../store/index.js';
import type { GoingOn } from './answerPlan.js';
import type { CandidateGenerator } from './generator.js';

export interface AheadQueueOptions {
  readonly project: Project;
  /** What writes, asked for whenever something is planned. Rejects, worded, when nothing can write. */
  readonly generators: () => Promise<readonly CandidateGenerator[]>;
  readonly nCandidates: () => number;
  readonly sampling: () => Sampling;
  /** Prompts at a time: one for a model on this machine, more for a server. @default 1 */
  readonly nAtOnce?: number | undefined;
}

/** `queued`, `writing` and `failed` while an answer is not in the journal; the others say how it came to be there. */
export type AheadState = 'queued' | 'writing' | 'failed' | 'complete' | 'length' | 'cut' | 'filter';

export interface AheadAnswer {
  readonly candidateId: CandidateId;
  readonly state: AheadState;
  readonly text: string;
  /** Why it failed, worded. */
  readonly error?: string;
  readonly branch?: Branch;
}

export type AheadEvent =
  /** It is known which answers of this prompt will be written, or what there was of them has been dropped. */
  | { readonly type: 'planned'; readonly promptId: PromptId }
  /** `at`: length of the text before this piece, UTF-16 units. */
  | { readonly type: 'delta'; readonly candidateId: CandidateId; readonly at: number; readonly text: string }
  | { readonly type: 'state'; readonly candidateId: CandidateId; readonly state: AheadState; readonly error?: string }
  | {
      readonly type: 'replaced';
      readonly promptId: PromptId;
      readonly old: CandidateId;
      readonly candidateId: CandidateId;
    }
  /** Nothing can be written at the moment; null when it can again. */
  | { readonly type: 'trouble'; readonly message: string | null };

/** Writes the answers of the prompts that a labeler will see next. */
export interface AheadQueue {
  /** Answers of this prompt that are not in the journal, in the order in which they were asked for. */
  pendingOf(promptId: PromptId): readonly AheadAnswer[];
  /** Whether this prompt lacks answers that will be planned when it is wanted: `planned` or `trouble` tells. */
  isPlanning(promptId: PromptId): boolean;
  /** The prompts that will be seen, the one on the screen first; replaces what was wanted before. */
  want(promptIds: readonly PromptId[]): void;
  /** Ends an answer; resolves when what there is of it is in the journal. One without any text is dropped. */
  cut(candidateId: CandidateId): Promise<void>;
  /** Resolves when none of this prompt's answers is being written or waits. */
  settled(promptId: PromptId): Promise<void>;
  /** Writes one answer again, or those of the prompt that failed, or (when none did) all that a model wrote. */
  again(promptId: PromptId, candidateId?: CandidateId): void;
  /**
   * Writes one answer more, that goes on from the beginning of another; `planned` tells of it. One that is there already is
   * not written again, but for another step. @throws, worded, when nothing can write it.
   */
  goOn(promptId: PromptId, from: Candidate, goesOn: GoingOn, signal: AbortSignal): Promise<void>;
  onEvent(listener: (event: AheadEvent) => void): () => void;
  /** Stops what is being written and starts nothing until `resume`. */
  pause(): void;
  resume(): void;
  /** Resolves when nothing is being written any more. */
  dispose(): Promise<void>;
}
