import type { PromptId } from '../core/index.js';
import type { Project } from '../store/index.js';
import { draftContentOf, isEmptyDraft, type DraftContent } from './draftContent.js';
import type { LabelingQueue } from './labelingQueue.js';
import type { PromptViews } from './promptViews.js';

/** One labeler's drafts: read and written whole. Each keeps the order in which its answers stood. */
export class Drafts {
  readonly #project: Project;
  readonly #labeler: string;
  readonly #queue: LabelingQueue;
  readonly #views: PromptViews;
  readonly #now: () => Date;

  constructor(project: Project, labeler: string, queue: LabelingQueue, views: PromptViews, now: () => Date) {
    this.#project = project;
    this.#labeler = labeler;
    this.#queue = queue;
    this.#views = views;
    this.#now = now;
  }

  contentOf(promptId: PromptId): DraftContent {
    return draftContentOf(this.#project, this.#labeler, promptId);
  }

  /**
   * An empty draft leaves the prompt untouched, unless it takes everything back that was submitted.
   *
   * @param onScreen the prompt before the labeler: its draft stays for the order in it.
   */
  async save(promptId: PromptId, content: DraftContent, onScreen: PromptId | undefined): Promise<void> {
    const { drafts } = this.#project;
    const isEmpty = isEmptyDraft(content) && this.#queue.standingOf(promptId) !== 'submitted';
    if (isEmpty && promptId !== onScreen) return drafts.delete(this.#labeler, promptId);
    const order = [...(content.order ?? this.#views.orderOf(promptId))];
    const at = this.#now().toISOString();
    await drafts.set({ promptId, labeler: this.#labeler, at, content: { ...content, order } });
  }
}
