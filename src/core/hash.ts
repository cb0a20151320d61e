import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { stableStringify } from './stableStringify.js';

/** SHA-256 of the UTF-8 bytes of `text`, lowercase hexadecimal, 64 characters. Runs in Node and in a webview alike. */
export const sha256Hex = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));

/** SHA-256 of a JSON value, independent of the order of its keys. */
export const contentHash = (value: unknown): string => sha256Hex(stableStringify(value));
