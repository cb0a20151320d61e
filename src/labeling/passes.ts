import type { PromptId } from '../core/index.js';

/** 0: the labeler's word. 1: the prompt came again, turned round. */
export type Pass = 0 | 1;

/** In which pass each prompt is before the labeler: the first unless it was dealt again. */
export class Passes {
  readonly #again = new Set<PromptId>();

  of(promptId: PromptId): Pass {
    return this.#again.has(promptId) ? 1 : 0;
  }

  set(promptId: PromptId, pass: Pass): void {
    if (pass === 1) this.#again.add(promptId);
    else this.#again.delete(promptId);
  }
}
