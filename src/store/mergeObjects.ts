import { stableStringify } from '../core/index.js';

type Members = Readonly<Record<string, unknown>>;

/**
 * Three-way merge of two changed copies of one object, member by member: a member that one side changed takes that side's
 * value; lists that both changed get theirs with our additions and removals. Undefined when both changed the same member
 * in another way.
 */
export function mergeObjects(base: Members | undefined, ours: Members, theirs: Members): Members | undefined {
  if (base === undefined) return undefined;
  const merged: [string, unknown][] = [];
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
    const [before, our, their] = [base, ours, theirs].map((side) => (Object.hasOwn(side, key) ? side[key] : undefined));
    if (isEqual(our, before)) merged.push([key, their]);
    else if (isEqual(their, before) || isEqual(our, their)) merged.push([key, our]);
    else if (Array.isArray(our) && Array.isArray(their)) merged.push([key, mergeLists(before, our, their)]);
    else return undefined;
  }
  return Object.fromEntries(merged.filter(([, value]) => value !== undefined));
}

function mergeLists(base: unknown, ours: readonly unknown[], theirs: readonly unknown[]): unknown[] {
  const before: readonly unknown[] = Array.isArray(base) ? base : [];
  const has = (list: readonly unknown[], item: unknown) => list.some((other) => isEqual(other, item));
  const kept = theirs.filter((item) => !has(before, item) || has(ours, item));
  return [...kept, ...ours.filter((item) => !has(before, item) && !has(kept, item))];
}

const isEqual = (a: unknown, b: unknown): boolean => stableStringify(a ?? null) === stableStringify(b ?? null);
