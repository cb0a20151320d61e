import { goldOut, InterchangeRecord } from '../../core/index.js';
import type { Format } from './format.js';

/**
 * The interchange record: one line a prompt, judged or not, with its candidates and judgements, without loss.
 *
 * Must be accepted by: `touchstone import`, and by `datasets` 5.2.0 `load_dataset` with the card, which declares its three
 * columns as JSON (their keys differ from row to row).
 *
 * - Holds the judgements that hold, submitted, skipped and discarded, and those that were given when the prompt came again
 *   (`pass`); a word that was taken back or superseded stays in the project's journals only.
 * - The gold of a prompt is a member of the prompt. No other format has it.
 * - Ties, line, flags, ratings, corrections, what was shown: all carried. Nothing is derived or dropped, except that half
 *   a surrogate pair, which no file can hold, becomes U+FFFD.
 * - Prompts that nobody judged stand in train.
 */
export const touchstone: Format<'record'> = {
  id: 'touchstone',
  derives: 'record',
  readBy: 'Touchstone (`touchstone import`), your own programs',
  oneRow: 'one prompt with its candidates and judgements: `prompt`, `candidates`, `judgements`',
  rowOf: ({ prompt, candidates, judgements, gold }) =>
    inOrder({
      prompt: gold === undefined ? prompt : { ...prompt, gold: goldOut(gold) },
      candidates: candidates.map(({ promptId: _, ...candidate }) => candidate),
      judgements: judgements.map(({ promptId: _, ...judgement }) => judgement),
    }),
  read: (row) => InterchangeRecord.parse(row),
};

/** Keys in the order in which people read them; all others after them, sorted. */
const readingOrder = [
  'prompt',
  'candidates',
  'judgements',
  'id',
  'parent',
  'labeler',
  'at',
  'status',
  'role',
  'content',
  'messages',
  'text',
  'origin',
  'model',
  'name',
  'ranking',
  'line',
  'leftOut',
  'best',
];
const placeOf = new Map(readingOrder.map((key, place) => [key, place]));

/** The same value whatever order its keys came in: the bytes of a record depend on what it says only. */
function inOrder(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/\p{Surrogate}/gu, '\ufffd');
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => {
      const [placeA, placeB] = [placeOf.get(a) ?? readingOrder.length, placeOf.get(b) ?? readingOrder.length];
      return placeA - placeB || (a < b ? -1 : 1);
    });
  // Makes `__proto__` a plain key, as an assignment would not.
  return Object.fromEntries(members.map(([key, member]) => [key, inOrder(member)]));
}
