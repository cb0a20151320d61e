import { plainText } from '../core/index.js';

/** Longest piece of a server's own words in a message. */
const maxChars = 500;

/**
 * A text from a server or a library as it may stand in a message or a log: without the keys that are known and without
 * what looks like one, without control characters, and short.
 */
export function redact(text: string, keys: readonly (string | undefined)[]): string {
  let clean = text;
  for (const key of keys) if (key !== undefined && key.length >= 4) clean = clean.replaceAll(key, '[key]');
  clean = plainText(clean)
    .replace(/\bBearer\s+[^\s"']+/gi, 'Bearer [key]')
    .replace(/\b(?:hf_|sk-)[A-Za-z0-9_-]{8,}/g, '[key]');
  return clean.length > maxChars ? `${clean.slice(0, maxChars)}…` : clean;
}
