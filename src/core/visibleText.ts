/**
 * Characters that can't be seen, made visible: bidirectional controls (CVE-2021-42574), zero-width and tag characters,
 * variation selectors without a base, other control characters and lone surrogates. Only what is shown changes; the text
 * itself stays as it is.
 */

export interface HiddenCharacter {
  /** Short, for a small box in the text: `RLO`, `U+0007`. */
  readonly label: string;
  /** `U+202E`. */
  readonly code: string;
}

/** A run of plain text, or one hidden character. */
export type TextPiece = string | HiddenCharacter;

const names = new Map<number, string>([
  [0x00ad, 'SHY'],
  [0x034f, 'CGJ'],
  [0x061c, 'ALM'],
  [0x115f, 'HCF'],
  [0x1160, 'HJF'],
  [0x17b4, 'KIV'],
  [0x17b5, 'KIV'],
  [0x180e, 'MVS'],
  [0x200b, 'ZWSP'],
  [0x200c, 'ZWNJ'],
  [0x200d, 'ZWJ'],
  [0x200e, 'LRM'],
  [0x200f, 'RLM'],
  [0x2028, 'LS'],
  [0x2029, 'PS'],
  [0x202a, 'LRE'],
  [0x202b, 'RLE'],
  [0x202c, 'PDF'],
  [0x202d, 'LRO'],
  [0x202e, 'RLO'],
  [0x2060, 'WJ'],
  [0x2061, 'FA'],
  [0x2062, 'IT'],
  [0x2063, 'IS'],
  [0x2064, 'IP'],
  [0x2066, 'LRI'],
  [0x2067, 'RLI'],
  [0x2068, 'FSI'],
  [0x2069, 'PDI'],
  [0x3164, 'HF'],
  [0xfeff, 'BOM'],
  [0xffa0, 'HHF'],
]);

/** Splits a text at its hidden characters. Joining the pieces' own characters gives the text back. */
export function visiblePieces(text: string): TextPiece[] {
  if (isPlain(text)) return text === '' ? [] : [text];
  const pieces: TextPiece[] = [];
  let plain = '';
  const characters = [...text];
  for (const [index, character] of characters.entries()) {
    if (!isHidden(characters, index)) {
      plain += character;
      continue;
    }
    if (plain !== '') pieces.push(plain);
    plain = '';
    pieces.push(hiddenCharacter(character.codePointAt(0) ?? 0));
  }
  if (plain !== '') pieces.push(plain);
  return pieces;
}

/** The text with each hidden character written as `[RLO]`: for one-line places that hold no elements. */
export const visibleLine = (text: string): string =>
  visiblePieces(text)
    .map((piece) => (typeof piece === 'string' ? piece : `[${piece.label}]`))
    .join('');

/** The common case, in all scripts: no control, format, ignorable or unassigned character at all. */
const isPlain = (text: string): boolean =>
  !/(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u.test(text);

const isTag = (code: number): boolean => code >= 0xe0000 && code <= 0xe007f;
const isSelector = (code: number): boolean =>
  (code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xe0100 && code <= 0xe01ef) || (code >= 0x180b && code <= 0x180f);

function isHidden(characters: readonly string[], index: number): boolean {
  const character = characters[index] ?? '';
  const code = character.codePointAt(0) ?? 0;
  const before = characters[index - 1] ?? '';
  const after = characters[index + 1] ?? '';
  if (code < 0x20) return code !== 0x0a && code !== 0x09 && !(code === 0x0d && after === '\n');
  if (code < 0x7f) return false;
  if (code <= 0x9f) return true;
  if (isSelector(code) && code !== 0x180e) return !hasBase(code, before, after);
  // Joiners shape text that can be seen: emoji sequences, Arabic and Indic scripts.
  if (code === 0x200d && /[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]/u.test(before) && pictograph.test(after))
    return false;
  if ((code === 0x200c || code === 0x200d) && joins.test(before) && joins.test(after)) return false;
  return (
    names.has(code) ||
    isTag(code) ||
    (code >= 0x206a && code <= 0x206f) ||
    (code >= 0xfff0 && code <= 0xfffb) ||
    (code >= 0x1d173 && code <= 0x1d17a) ||
    (code >= 0xe0080 && code <= 0xe0fff) ||
    isNoncharacter(code) ||
    (code >= 0xd800 && code <= 0xdfff)
  );
}

const joins =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Mongolian}]/u;

const pictograph = /\p{Extended_Pictographic}/u;

const isNoncharacter = (code: number): boolean => (code & 0xfffe) === 0xfffe || (code >= 0xfdd0 && code <= 0xfdef);

/** Text or emoji style after an emoji; other selectors choose a form of an ideograph, a sign or a Mongolian letter. */
function hasBase(code: number, before: string, after: string): boolean {
  const isKeycap = /[0-9#*]/.test(before) && after === '\u20e3';
  if (code === 0xfe0e || code === 0xfe0f) return isKeycap || pictograph.test(before);
  if (code >= 0x180b && code <= 0x180f) return /\p{Script=Mongolian}/u.test(before);
  return /[\p{Ideographic}\p{Sm}\p{Script=Myanmar}\p{Script=Phags_Pa}]/u.test(before);
}

function hiddenCharacter(code: number): HiddenCharacter {
  const hex = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  if (isTag(code) && code >= 0xe0020 && code < 0xe007f)
    return { label: `TAG ${String.fromCharCode(code - 0xe0000)}`, code: hex };
  if (isSelector(code)) return { label: 'VS', code: hex };
  return { label: names.get(code) ?? hex, code: hex };
}
