import { sha256Hex } from './hash.js';

/** Letters and digits of any script, with `.`, `_`, `-` and space inside. */
const allowed = /^[\p{L}\p{M}\p{N}._\- ]+$/u;
/** Names that Windows keeps for devices, with any extension. */
const device = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;
const maxChars = 64;

/**
 * What makes a name (of a labeler, data set, model, preset) unusable, as a sentence; undefined when it is fine.
 * Such names become file names and arguments of programs, so they are narrow.
 */
export function checkName(name: string): string | undefined {
  const characters = [...name.normalize('NFC')].length;
  if (characters === 0) return 'The name is empty.';
  if (characters > maxChars) return `The name has ${characters} characters; ${maxChars} are allowed.`;
  if (!allowed.test(name)) return 'The name may hold letters, digits, spaces, ".", "_" and "-".';
  if (/^[-. ]/.test(name)) return 'The name may not begin with "-", "." or a space.';
  if (/[. ]$/.test(name)) return 'The name may not end with "." or a space.';
  if (device.test(name)) return 'The name is one that Windows keeps for a device.';
  return undefined;
}

/**
 * A file name (no extension) for any name, even a hostile one: different names give different files on every system, also
 * where `Ana` is `ana` and `é` has two spellings. Plain lower-case names stay as they are; where anything had to change,
 * 6 hexadecimal digits of the name's hash are added.
 */
export function safeFileName(name: string): string {
  const composed = name.normalize('NFC');
  if (/^[a-z0-9][a-z0-9._-]*$/.test(composed) && checkName(composed) === undefined) return composed;
  const readable = [...composed.toLowerCase()]
    .map((character) => (/[\p{L}\p{N}._-]/u.test(character) ? character : '-'))
    .join('')
    .replace(/^[-.]+/, '');
  const cut = [...readable].slice(0, 40).join('');
  const short = device.test(cut) ? `_${cut}` : cut;
  return `${short === '' ? 'name' : short}-${sha256Hex(composed).slice(0, 6)}`;
}

/** Whether two names would be the same on some system: compared composed and without case. */
export const isSameName = (a: string, b: string): boolean => foldedName(a) === foldedName(b);

/** The form in which names are compared. */
export const foldedName = (name: string): string => name.normalize('NFC').toLowerCase();
