import { seededRandom, shuffled, williamsOrders } from '../core/index.js';

export interface OrderSeed {
  /** Name of the project. */
  readonly project: string;
  readonly labeler: string;
  /** 0 the first time, 1 when the prompt comes again. */
  readonly pass: number;
}

/**
 * The candidates of one prompt by place on the screen: first is letter A.
 *
 * Blind: the order says nothing of what wrote a candidate. Balanced: candidates are given in the order of their sources
 * (the same model, or the same index, at the same position in every prompt), and over each block of consecutive prompts
 * every source stands in every place equally often and, with an even number, follows each other one equally often
 * (Williams 1949). Each block has a relabelling and an order of its rows of its own, so no place can be guessed.
 * The same arguments give the same order, in every window and after every reload.
 *
 * @param promptIndex 0-based place of the prompt in the project.
 */
export function shownOrder<T>(candidates: readonly T[], promptIndex: number, seed: OrderSeed): T[] {
  const rows = williamsOrders(candidates.length);
  if (rows.length === 0) return [];
  const block = Math.floor(promptIndex / rows.length);
  const random = seededRandom(
    JSON.stringify([seed.project, seed.labeler, seed.pass, candidates.length, block, 'shown order']),
  );
  const sources = shuffled([...candidates.keys()], random);
  const row = shuffled(rows, random)[promptIndex % rows.length] ?? [];
  return row.flatMap((symbol) => {
    const source = sources[symbol];
    const candidate = source === undefined ? undefined : candidates[source];
    return candidate === undefined ? [] : [candidate];
  });
}
