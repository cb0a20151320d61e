import { seededHash } from './assignment.js';
import type { PromptId } from './ids.js';

/**
 * What is mixed into a labeler's prompts to measure the work: gold prompts, evenly, and prompts that come again. Computed
 * from names alone, so that every window and every day deals alike.
 */
export interface DealSeed {
  /** Name of the project. */
  readonly project: string;
  readonly labeler: string;
}

/** A prompt comes again when so many others were judged since: none remembers what they said. */
export const minRepeatDistance = 50;
/** And up to so many more, so that nobody can count to it. */
const repeatSpread = 25;
/** Where many are due at once, each gives way to so many others as half of the share leaves between two. */
export const repeatGap = (share: number): number => (share <= 0 ? Number.POSITIVE_INFINITY : Math.floor(0.5 / share));

/** 0 up to 1, the same for the same words. */
const chance = (text: string, { project, labeler }: DealSeed, what: string): number =>
  seededHash(text, JSON.stringify([project, labeler, what])) / 2 ** 32;

/** Whether a labeler gets this prompt again. @param share 0 to 1. @param pass 1 for the first time that it comes again. */
export const comesAgain = (promptId: PromptId, share: number, seed: DealSeed, pass = 1): boolean =>
  share > 0 && chance(promptId, seed, `again ${pass}`) < share;

/** Prompts that are judged between the first time and the next: 50 to 74. */
export const repeatDistance = (promptId: PromptId, seed: DealSeed, pass = 1): number =>
  minRepeatDistance + Math.floor(chance(promptId, seed, `distance ${pass}`) * repeatSpread);

/** The order in which a labeler gets the gold prompts: smaller first. */
export const goldKey = (promptId: PromptId, seed: DealSeed): number => chance(promptId, seed, 'gold');

/**
 * How many other prompts come before a gold one: one gold in each stretch of equal length, anywhere in it.
 *
 * @param index of the gold prompt in the labeler's order, 0-based.
 */
export const goldDueAfter = (
  index: number,
  { nGold, nOthers, seed }: { readonly nGold: number; readonly nOthers: number; readonly seed: DealSeed },
): number => Math.floor(((index + chance(String(index), seed, 'place')) * nOthers) / Math.max(1, nGold));

export interface DueRepeat {
  readonly id: PromptId;
  readonly at: number;
  readonly notBefore: number;
}

export interface Deal {
  /** What the project's rule brings, in its order; taken one by one. */
  readonly others: Iterable<PromptId>;
  /** Gold prompts that this labeler has not judged, in the labeler's order. */
  readonly golds: readonly PromptId[];
  /** Prompts that come again once `at` prompts are judged in all; at the end of the queue `notBefore` is enough. */
  readonly repeats: readonly DueRepeat[];
  /** Prompts that were judged since the last one that came again, and how many there must be; see `repeatGap`. */
  readonly nSinceRepeat: number;
  readonly repeatGap: number;
  /** Prompts that the labeler has judged already. */
  readonly nOthersDone: number;
  readonly nGoldDone: number;
  readonly dueAfter: (index: number) => number;
}

/** The prompts in the order in which they come: those that are due again, gold ones that are due, the others; then the rest. */
export function* dealt({
  others,
  golds,
  repeats,
  nOthersDone,
  nGoldDone,
  dueAfter,
  ...deal
}: Deal): Generator<PromptId> {
  let [nOthers, nGold, nSince] = [nOthersDone, nGoldDone, deal.nSinceRepeat];
  const waiting = new Set(repeats);
  const left = [...golds];
  function* again(): Generator<PromptId> {
    if (nSince < deal.repeatGap) return;
    for (const repeat of waiting)
      if (repeat.at <= nOthers + nGold) {
        waiting.delete(repeat);
        nSince = 0;
        yield repeat.id;
        return;
      }
  }
  function* special(): Generator<PromptId> {
    yield* again();
    for (let gold = left[0]; gold !== undefined && dueAfter(nGold) <= nOthers; gold = left[0]) {
      left.shift();
      yield gold;
      nGold += 1;
      nSince += 1;
      yield* again();
    }
  }
  yield* special();
  for (const id of others) {
    yield id;
    nOthers += 1;
    nSince += 1;
    yield* special();
  }
  for (const gold of left) {
    yield gold;
    nGold += 1;
  }
  for (const { id, notBefore } of waiting) if (notBefore <= nOthers + nGold) yield id;
}
