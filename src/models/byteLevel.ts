/**
 * The alphabet of byte-level BPE (GPT-2's `bytes_to_unicode`): each byte is written as one visible character, so that
 * vocabularies are text. Visible Latin-1 characters stand for themselves, the others for U+0100 and up, in order.
 */
const characterOfByte: readonly string[] = (() => {
  const isVisible = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  let nMoved = 0;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isVisible(byte) ? byte : 0x100 + nMoved++));
})();

const byteOfCharacter: ReadonlyMap<string, number> = new Map(
  characterOfByte.map((character, byte) => [character, byte]),
);

const encoder = new TextEncoder();

/** The UTF-8 bytes of a text in that alphabet; half a surrogate pair counts as U+FFFD. */
export function toByteCharacters(text: string): string {
  let characters = '';
  for (const byte of encoder.encode(text)) characters += characterOfByte[byte] ?? '';
  return characters;
}

/** The bytes that a vocabulary entry stands for; characters outside of the alphabet are taken as UTF-8. */
export function bytesOfCharacters(characters: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of characters) {
    const byte = byteOfCharacter.get(character);
    if (byte === undefined) bytes.push(...encoder.encode(character));
    else bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
