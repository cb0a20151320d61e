import type { Judgement, JudgementId, PromptId } from '../core/index.js';
import type { Project } from '../store/index.js';
import type { LabelingQueue } from './labelingQueue.js';
import type { Passes } from './passes.js';

/** What was said of a prompt at some time. */
export interface HistoryEntry {
  readonly judgement: Judgement;
  readonly isOwn: boolean;
  /** Not taken back or superseded. */
  readonly holds: boolean;
}

/** What a labeler may look at of what was said of a prompt. */
export class History {
  readonly #project: Project;
  readonly #labeler: string;
  readonly #queue: LabelingQueue;
  readonly #passes: Passes;

  constructor(project: Project, labeler: string, queue: LabelingQueue, passes: Passes) {
    this.#project = project;
    this.#labeler = labeler;
    this.#queue = queue;
    this.#passes = passes;
  }

  /**
   * Everything that the labeler said of a prompt, newest first; then what others say of it, once one's own judgement is in.
   * While the prompt comes again, only what was said since.
   */
  of(promptId: PromptId): readonly HistoryEntry[] {
    const pass = this.#passes.of(promptId);
    const holding = this.#queue.ownJudgementOf(promptId, pass);
    const own = this.#project
      .judgementsOf(promptId)
      .filter((row) => row.labeler === this.#labeler && (row.pass ?? 0) === pass)
      .map((judgement) => ({ judgement, isOwn: true, holds: judgement.id === holding?.id }));
    const isIn = pass === 0 && holding?.status === 'submitted' && this.#queue.standingOf(promptId) === 'submitted';
    const others = this.#queue
      .visibleJudgementsOf(promptId)
      .filter((row) => isIn && row.labeler !== this.#labeler && row.status === 'submitted')
      .map((judgement) => ({ judgement, isOwn: false, holds: true }));
    return [...own.reverse(), ...others];
  }

  entry(promptId: PromptId, id: JudgementId): HistoryEntry | undefined {
    return this.of(promptId).find(({ judgement }) => judgement.id === id);
  }
}
