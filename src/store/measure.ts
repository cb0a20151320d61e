import { maxJsonDepth, maxJsonLineBytes, rowTooDeep, rowTooLarge } from '../core/index.js';

/** Bytes that a value takes as JSON, at most and roughly. Stops counting below a depth of `maxJsonDepth`. */
export function measureJson(value: unknown, depth = 0): { readonly maxBytes: number; readonly depth: number } {
  if (typeof value === 'string') return { maxBytes: value.length * 6 + 2, depth };
  if (typeof value !== 'object' || value === null) return { maxBytes: 25, depth };
  if (depth >= maxJsonDepth) return { maxBytes: 0, depth: depth + 1 };
  let maxBytes = 2;
  let deepest = depth + 1;
  for (const [key, member] of Object.entries(value)) {
    const inner = measureJson(member, depth + 1);
    maxBytes += key.length * 6 + 4 + inner.maxBytes;
    deepest = Math.max(deepest, inner.depth);
  }
  return { maxBytes, depth: deepest };
}

/** What could not be read back is not taken. @throws StoreError */
export function checkRowSize(id: string, fields: object): number {
  // The journal's own member is one level deep and takes fewer than 200 bytes.
  const { maxBytes, depth } = measureJson(fields);
  if (depth > maxJsonDepth) throw rowTooDeep(id, maxJsonDepth);
  if (maxBytes < maxJsonLineBytes / 2) return maxBytes;
  const sizeBytes = Buffer.byteLength(JSON.stringify(fields)) + 200;
  if (sizeBytes > maxJsonLineBytes) throw rowTooLarge(id, sizeBytes, maxJsonLineBytes);
  return sizeBytes;
}
