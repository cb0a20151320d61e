/**
 * The page's action for what a person types into a box, or binds to a key: `b` places that answer next, `=b` ties it with the
 * one before, `2` is the place (or the score) of the focused one. Undefined for anything else.
 */
export function placeActionOf(typed: string): string | undefined {
  const [, tie, letter, place] = /^\s*(?:(=?)\s*([a-h])|([1-9]))\s*$/i.exec(typed) ?? [];
  if (place !== undefined) return `place-${place}`;
  return letter === undefined ? undefined : `${tie === '=' ? 'tie' : 'letter'}-${letter.toLowerCase()}`;
}
