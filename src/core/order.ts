/**
 * The order line: a ranking as a labeler types it, `b a = d - c`.
 *
 *     order  := "-"? answer (sep? answer)* "-"?
 *     answer := letter "'"?
 *     sep    := ">" or nothing: below | "=": tied | "-" or "|": the good-enough line, then below
 *
 * `c'` is the improved form of C, printed `C′`: an answer of its own beside C. Letters in any case, spaces free. Ties print
 * in letter order, so printing and parsing are inverse. Nothing at all is the empty order, and a lone `-` puts the line above
 * answers that have no place yet.
 */

/** Names of the places on the screen, first to last. Never commands, at any number of answers. */
export const answerLetters = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'] as const;

/** After a letter: the improved form of that answer. */
export const improvedMark = '\u2032';
/** What people type for it. */
const improvedMarks = ["'", '\u2019', improvedMark];
/** An answer that the labeler wrote from nothing or composed, typed `o'`: improved of none of those on the screen. */
export const ownAnswerName = `O${improvedMark}`;

/** Letters in tiers, best first; each tier in letter order. */
export interface Order {
  readonly tiers: readonly (readonly string[])[];
  /** Tiers above the good-enough line; null when it isn't drawn. */
  readonly line: number | null;
}

/** Why a text is no order. `at` is the 0-based place of the character. `incomplete`: more may come, as after `b =`. */
export type OrderProblem =
  | { readonly code: 'incomplete' }
  | { readonly code: 'no-such-answer'; readonly at: number; readonly found: string }
  | { readonly code: 'named-twice'; readonly at: number; readonly found: string }
  | { readonly code: 'two-lines'; readonly at: number }
  | { readonly code: 'unexpected'; readonly at: number; readonly found: string };

export type ParsedOrder = { readonly order: Order } | { readonly problem: OrderProblem };

/**
 * @param nAnswers letters from A that exist, 1 to 8.
 * @param written names of the labeler's own answers that exist: `C′`.
 */
export function parseOrder(text: string, nAnswers: number, written: readonly string[] = []): ParsedOrder {
  const known: readonly string[] = [...answerLetters.slice(0, nAnswers), ...written];
  const characters = [...text];
  const tiers: string[][] = [];
  const named = new Set<string>();
  let line: number | null = null;
  let separator: string | null = null;

  for (const [at, character] of characters.entries()) {
    if (/\s/u.test(character)) continue;
    if (improvedMarks.includes(character) && /^[a-z]$/i.test(characters[at - 1] ?? '')) continue;
    const isImproved = improvedMarks.includes(characters[at + 1] ?? '');
    const letter = character.toUpperCase() + (isImproved ? improvedMark : '');
    if (/^[A-Z]/.test(letter)) {
      if (!known.includes(letter)) return { problem: { code: 'no-such-answer', at, found: letter } };
      if (named.has(letter)) return { problem: { code: 'named-twice', at, found: letter } };
      named.add(letter);
      if (separator === '=') tiers.at(-1)?.push(letter);
      else tiers.push([letter]);
      separator = null;
    } else if (character === '-' || character === '|') {
      if (line !== null) return { problem: { code: 'two-lines', at } };
      if (separator !== null) return { problem: { code: 'unexpected', at, found: character } };
      line = tiers.length;
      separator = '-';
    } else if (character === '>' || character === '=') {
      if (tiers.length === 0 || separator !== null) return { problem: { code: 'unexpected', at, found: character } };
      separator = character;
    } else {
      return { problem: { code: 'unexpected', at, found: character } };
    }
  }
  if (separator === '=' || separator === '>') return { problem: { code: 'incomplete' } };
  return { order: { tiers: tiers.map((tier) => tier.sort()), line } };
}

/** `B > A = D - C`. */
export function printOrder({ tiers, line }: Order): string {
  const parts = tiers.map((tier) => [...tier].sort().join(' = '));
  if (line === null) return parts.join(' > ');
  const above = parts.slice(0, line).join(' > ');
  const below = parts.slice(line).join(' > ');
  return [above, '-', below].filter((part) => part !== '').join(' ');
}

export const isSameOrder = (one: Order, other: Order): boolean => printOrder(one) === printOrder(other);
