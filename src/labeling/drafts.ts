import type { PromptId } from '../core/index.js';
import { emptyDraft } from '../protocol.js';
import type { Project } from '../store/index.js';
import { draftContentOf, draftFileOf, isEmptyDraft, type DraftContent } from './draftContent.js';
import type { LabelingQueue } from './labelingQueue.js';
import type { Pass, Passes } from './passes.js';
import type { PromptViews } from './promptViews.js';

/** One labeler's drafts: read and written whole. Each keeps the order in which its answers stood. */
export class Drafts {
  readonly #project: Project;
  readonly #labeler: string;
  readonly #queue: LabelingQueue;
  readonly #views: PromptViews;
  readonly #passes: Passes;
  readonly #now: () => Date;

  constructor(
    project: Project,
    labeler: string,
    queue: LabelingQueue,
    views: PromptViews,
    passes: Passes,
    now: () => Date,
  ) {
    this.#project = project;
    this.#labeler = labeler;
    this.#queue = queue;
    this.#views = views;
    this.#passes = passes;
    this.#now = now;
  }

  contentOf(promptId: PromptId, pass: Pass = this.#passes.of(promptId)): DraftContent {
    return draftContentOf(this.#project, this.#labeler, promptId, pass);
  }

  /**
   * An empty draft leaves the prompt untouched, unless it takes everything back that was submitted.
   *
   * @param onScreen the prompt before the labeler: its draft stays for the order in it.
   */
  async save(
    promptId: PromptId,
    content: DraftContent,
    onScreen: PromptId | undefined,
    pass: Pass = this.#passes.of(promptId),
  ): Promise<void> {
    const isEmpty = isEmptyDraft(content) && (pass === 1 || this.#queue.standingOf(promptId) !== 'submitted');
    if (isEmpty && promptId !== onScreen) return this.forget(promptId, pass);
    const order = [...(content.order ?? this.#views.orderOf(promptId, pass))];
    const { again, ...first } = draftFileOf(this.#project, this.#labeler, promptId);
    const saved = { ...content, order };
    await this.#set(promptId, pass === 1 ? { ...first, again: saved } : { ...saved, ...(again && { again }) });
  }

  /** Nothing is begun any more; the draft of the other pass stays. */
  async forget(promptId: PromptId, pass: Pass): Promise<void> {
    const { again, ...first } = draftFileOf(this.#project, this.#labeler, promptId);
    if (pass === 0 && again !== undefined) return this.#set(promptId, { draft: emptyDraft, again });
    if (pass === 1 && !isEmptyDraft(first)) return this.#set(promptId, first);
    return this.#project.drafts.delete(this.#labeler, promptId);
  }

  #set(promptId: PromptId, content: object): Promise<void> {
    const at = this.#now().toISOString();
    return this.#project.drafts.set({ promptId, labeler: this.#labeler, at, content });
  }
}
