import type { Branch, Candidate, CandidateId, PromptId } from '../core/index.js';
import type { GoingOn } from '../generation/index.js';
import type { AnswerState } from '../protocol.js';

/** An answer that is not in the project's journal yet: waiting, being written, or failed. */
export interface PendingAnswer {
  readonly candidateId: CandidateId;
  readonly state: AnswerState;
  /** What has been written so far. */
  readonly text: string;
  /** Why it failed, worded. */
  readonly error?: string;
  /** Where it goes on from the beginning of another one. */
  readonly branch?: Branch;
}

export type AnswerEvent =
  /** It is known now which answers of this prompt will be written. */
  | { readonly type: 'planned'; readonly promptId: PromptId }
  | { readonly type: 'delta'; readonly candidateId: CandidateId; readonly at: number; readonly text: string }
  /** Began, ended (then it is in the journal), or failed. */
  | { readonly type: 'state'; readonly candidateId: CandidateId; readonly state: AnswerState; readonly error?: string }
  /** An answer was written again: a new one stands for it. */
  | {
      readonly type: 'replaced';
      readonly promptId: PromptId;
      readonly old: CandidateId;
      readonly candidateId: CandidateId;
    }
  /** `availability` has changed. */
  | { readonly type: 'availability' }
  /** Nothing can be written at the moment; null when it can again. */
  | { readonly type: 'trouble'; readonly message: string | null; readonly details?: string };

/** What writes answers while the labeler judges. Without a model, or in restricted mode, it writes none. */
export interface AnswerSource {
  /** Whether it will write answers for prompts that lack them; if not, why, as a sentence. */
  readonly availability:
    | { readonly canWrite: true }
    | {
        readonly canWrite: false;
        readonly reason: string;
        /** The folder is not trusted. */ readonly isRestricted?: true;
      };
  /** Answers of this prompt that are not in the journal, in the order in which they were asked for. */
  pendingOf(promptId: PromptId): readonly PendingAnswer[];
  /** Whether this prompt lacks answers that will be written, and it is not known yet which: `planned`, `availability` or `trouble` tells. */
  isPlanning(promptId: PromptId): boolean;
  /** Prompts that the labeler will see, the next one first; replaces what was wanted before. */
  want(promptIds: readonly PromptId[]): void;
  /** Ends an answer that is being written; resolves when what there is of it is in the journal. */
  cut(candidateId: CandidateId): Promise<void>;
  /** Writes one answer again, or all of a prompt. */
  again(promptId: PromptId, candidateId?: CandidateId): void;
  /** Writes one answer more, that goes on from the beginning of another; `planned` tells of it. @throws, worded, where nothing can. */
  goOn(promptId: PromptId, from: Candidate, goesOn: GoingOn): Promise<void>;
  onEvent(listener: (event: AnswerEvent) => void): () => void;
}
