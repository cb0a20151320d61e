import { sha256Hex } from './hash.js';
import type { PromptId } from './ids.js';

/** `validation`, never `eval`: loaders read that as test. */
export type Split = 'train' | 'validation';
export const splits: readonly Split[] = ['train', 'validation'];

/**
 * Which of the prompts are held out. By prompt, so that no prompt lies in both splits; by a hash, so that neither the order
 * nor the number of rows of a prompt matters, and the same for every format.
 *
 * @param share of the prompts, at least 0 and less than 1. Rounded to the nearest whole prompt; at least one when it is
 *   greater than 0 and there are two, and never all.
 * @param seed whole number, at least 0; another seed holds out other prompts.
 */
export function heldOut(
  promptIds: readonly PromptId[],
  { share, seed }: { readonly share: number; readonly seed: number },
): Set<PromptId> {
  if (share === 0 || promptIds.length < 2) return new Set();
  const nHeldOut = Math.min(Math.max(Math.round(share * promptIds.length), 1), promptIds.length - 1);
  return new Set(hashOrdered(promptIds, (id) => id, seed).slice(0, nHeldOut));
}

/** The rows in an order that only the seed and their keys decide. Keys differ; equal keys keep the order given. */
export function hashOrdered<T>(rows: readonly T[], keyOf: (row: T) => string, seed: number): T[] {
  return rows
    .map((row) => ({ row, place: sha256Hex(`${seed}:${keyOf(row)}`) }))
    .sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0))
    .map(({ row }) => row);
}
