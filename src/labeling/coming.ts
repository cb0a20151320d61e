import type { PromptId } from '../core/index.js';
import type { LabelingQueue } from './labelingQueue.js';
import type { Passes } from './passes.js';

/** What comes to one labeler in one sitting, with what is mixed in: from where, in which pass, under which number. */
export class Coming {
  readonly #queue: LabelingQueue;
  readonly #passes: Passes;
  readonly #notNow: () => ReadonlySet<PromptId>;
  /** The last prompt on the screen that was not mixed in: from there the labeler goes on. */
  #anchor: PromptId | undefined;
  /** Came again and were left: they come in another sitting, not after the next prompt. */
  readonly #left = new Set<PromptId>();

  /** @param notNow prompts that do not come now. */
  constructor(queue: LabelingQueue, passes: Passes, notNow: () => ReadonlySet<PromptId>) {
    this.#queue = queue;
    this.#passes = passes;
    this.#notNow = notNow;
  }

  /** This prompt is on the screen. */
  at(promptId: PromptId): void {
    if (!this.#isMixedIn(promptId)) this.#anchor = promptId;
  }

  /** The labeler goes on without judging it. */
  leave(promptId: PromptId): void {
    if (this.#passes.of(promptId) === 1) this.#left.add(promptId);
  }

  /** Each in the pass in which it comes. */
  *after(promptId: PromptId | undefined): Generator<PromptId> {
    const from = promptId !== undefined && this.#isMixedIn(promptId) ? this.#anchor : promptId;
    for (const id of this.#queue.upcoming(promptId, new Set([...this.#notNow(), ...this.#left]), from)) {
      this.#passes.set(id, this.#queue.passToCome(id));
      yield id;
    }
  }

  /**
   * The prompt whose number this one bears: its own, or of one that was mixed in that of the next one that was not, so that it
   * looks like any other.
   *
   * @param current the prompt on the screen.
   */
  numberedAs(promptId: PromptId, current: PromptId | undefined): PromptId {
    if (!this.#isMixedIn(promptId)) return promptId;
    let isPast = promptId === current;
    for (const id of this.after(current)) {
      if (isPast && !this.#isMixedIn(id)) return id;
      isPast ||= id === promptId;
    }
    return this.#anchor ?? promptId;
  }

  #isMixedIn(promptId: PromptId): boolean {
    return this.#queue.isMixedIn(promptId, this.#passes.of(promptId));
  }
}
