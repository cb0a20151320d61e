import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** Short enough to be read to someone, long enough that no two versions of a project share one. */
const versionChars = 12;

/**
 * The version of guidelines: the first 12 hexadecimal digits of the SHA-256 of the file's bytes. A byte-order mark and the
 * carriage returns that git puts before line ends on Windows don't count: the text is the same.
 */
export function guidelinesVersion(bytes: Uint8Array): string {
  const from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const text = bytes.subarray(from).filter((byte, index, all) => byte !== 0x0d || all[index + 1] !== 0x0a);
  return bytesToHex(sha256(text)).slice(0, versionChars);
}
