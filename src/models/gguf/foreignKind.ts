import type { ForeignKind } from '../../core/index.js';

/** How many bytes are looked at to tell what a file is. Nothing behind them is read of a file that is not ours. */
export const signatureBytes = 64;

// The signatures are bytes, so control characters belong to them.
/* eslint-disable no-control-regex */
const signatures: readonly (readonly [ForeignKind, RegExp])[] = [
  ['pytorch-zip', /^PK(\x03\x04|\x05\x06|\x07\x08)/],
  ['pickle', /^\x80[\x02-\x05]/],
  ['seven-zip', /^7z\xbc\xaf\x27\x1c/],
  ['hdf5', /^\x89HDF\r\n\x1a\n/],
  ['numpy', /^\x93NUMPY/],
  ['git-lfs', /^version https:\/\/git-lfs/],
  ['web', /^\s*<(!doctype|html|\?xml)/i],
  ['old-ggml', /^(tjgg|fmgg|lmgg|algg)/],
  // A length of 64 bits whose upper half is 0, then JSON.
  ['safetensors', /^[\s\S]{4}\0\0\0\0\{/],
];
/* eslint-enable no-control-regex */

/** What a file that does not begin with `GGUF` is, judged by its first bytes alone: names can lie. */
export function foreignKindOf(start: Buffer): ForeignKind {
  if (start.length === 0) return 'empty';
  const text = start.toString('latin1');
  return signatures.find(([, signature]) => signature.test(text))?.[0] ?? 'unknown';
}
