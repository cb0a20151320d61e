import type { CandidateId, Judgement, JudgementId, PromptId } from '../core/index.js';
import type { PromptView } from '../protocol.js';
import type { Project } from '../store/index.js';
import type { Drafts } from './drafts.js';
import { draftIn } from './judgedDraft.js';
import type { LabelingQueue } from './labelingQueue.js';
import { makeGold, type MadeGold } from './makeGold.js';
import type { Passes } from './passes.js';
import type { PromptViews } from './promptViews.js';

/** What was said of a prompt at some time. */
export interface HistoryEntry {
  readonly judgement: Judgement;
  readonly isOwn: boolean;
  /** Not taken back or superseded. */
  readonly holds: boolean;
}

/** What the history does to what is on the screen. */
export interface HistoryScreen {
  show(promptId: PromptId): void;
  /** A view that is looked at, until another one is shown. */
  showView(view: PromptView): void;
}

export interface HistoryParts {
  readonly project: Project;
  readonly labeler: string;
  readonly now: () => Date;
  readonly queue: LabelingQueue;
  readonly views: PromptViews;
  readonly drafts: Drafts;
  readonly passes: Passes;
  readonly screen: HistoryScreen;
}

/** What was said of prompts, as far as a labeler may look at it, and what can be made of it. */
export class History {
  readonly #parts: HistoryParts;

  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  /**
   * Everything that the labeler said of a prompt, newest first; then what others say of it, once one's own judgement is in.
   * While the prompt comes again, only what was said since.
   */
  of(promptId: PromptId): readonly HistoryEntry[] {
    const { project, labeler, queue, passes } = this.#parts;
    const pass = passes.of(promptId);
    const holding = queue.ownJudgementOf(promptId, pass);
    const own = project
      .judgementsOf(promptId)
      .filter((row) => row.labeler === labeler && (row.pass ?? 0) === pass)
      .map((judgement) => ({ judgement, isOwn: true, holds: judgement.id === holding?.id }));
    const isIn = pass === 0 && holding?.status === 'submitted' && queue.standingOf(promptId) === 'submitted';
    const others = queue
      .visibleJudgementsOf(promptId)
      .filter((row) => isIn && row.labeler !== labeler && row.status === 'submitted')
      .map((judgement) => ({ judgement, isOwn: false, holds: true }));
    return [...own.reverse(), ...others];
  }

  /** Candidates of a prompt by place on the screen. */
  orderOf(promptId: PromptId): readonly CandidateId[] {
    return this.#parts.views.orderOf(promptId);
  }

  /**
   * Puts what the labeler said once back as a draft; shows what somebody else said, to be looked at.
   *
   * @param promptId the prompt on the screen.
   */
  async open(promptId: PromptId, id: JudgementId): Promise<void> {
    const { drafts, views, screen, now } = this.#parts;
    const entry = this.of(promptId).find(({ judgement }) => judgement.id === id);
    if (entry === undefined) return;
    if (!entry.isOwn) return screen.showView(views.viewOfOthers(promptId, entry.judgement));
    // Newer than anything that the page has of it.
    const revision = now().getTime();
    await drafts.save(promptId, { ...drafts.contentOf(promptId), draft: draftIn(entry.judgement), revision }, promptId);
    screen.show(promptId);
  }

  /** Makes the labeler's judgement of a prompt its gold, or takes that away. @throws StoreError */
  makeGold(promptId: PromptId): Promise<MadeGold> {
    const { project, labeler, queue, now } = this.#parts;
    return makeGold(project, labeler, queue, promptId, now().toISOString());
  }
}
