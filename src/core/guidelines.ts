import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** Short enough to be read to someone, long enough that no two versions of a project share one. */
const versionChars = 12;

/** The version of guidelines: the first 12 hexadecimal digits of the SHA-256 of the file's bytes. */
export const guidelinesVersion = (bytes: Uint8Array): string => bytesToHex(sha256(bytes)).slice(0, versionChars);
