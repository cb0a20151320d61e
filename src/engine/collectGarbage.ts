import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let known: ((options?: { readonly type: 'minor' }) => void) | undefined;

function collector(): (options?: { readonly type: 'minor' }) => void {
  if (known !== undefined) return known;
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  known = (...options) => {
    if (typeof collect === 'function') Reflect.apply(collect, undefined, options);
  };
  return known;
}

/**
 * Gives the memory of dead objects back now. V8 sees no reason to: what is left over from reading a vocabulary stays until
 * the heap has grown by as much again, beside weights of which it knows nothing. Takes about 40 ms: the first round finds
 * what is dead, the second moves the rest together.
 */
export function collectGarbage(): void {
  const collect = collector();
  collect();
  collect();
}

/** The same for what was made last, such as the copies in which the runtime hands its results over. Takes about 1 ms. */
export function collectYoungGarbage(): void {
  collector()({ type: 'minor' });
}
