import { goodnessIn } from './desirability.js';
import type { CandidateId } from './ids.js';
import { ranksOf, tiersOf, type JudgedPrompt } from './judgedPrompt.js';
import type { Judgement } from './judgement.js';

/** Why a prompt has no ideal answer: nobody judged it, nobody ranked or wrote an answer, all are flagged, none is good enough. */
export type NoIdealAnswer = 'not-judged' | 'not-ranked' | 'all-flagged' | 'none-good-enough';

export type IdealAnswer =
  | { readonly answer: CandidateId; readonly labelers: readonly string[] }
  | { readonly answer?: undefined; readonly reason: NoIdealAnswer };

/**
 * The one answer of a prompt to imitate (supervised fine-tuning):
 *
 * 1. what a labeler wrote, improved or new; of several the one ranked best in its own judgement (unranked ones last), then
 *    the latest, then by the labeler's name;
 * 2. else the candidate of the best mean rank over those who ranked it (or rated it, or picked the best), among those that
 *    carry no flag by anyone, on the whole or on a place of it, and that nobody placed below the line or gave a thumb down; where answers have thumbs only, the
 *    good ones are tied in first place; on a tie the first in the prompt's order;
 * 3. else none, with the reason.
 *
 * A correction that carries a flag is not imitated either. Candidates that nobody placed are not chosen.
 */
export function idealAnswerOf(judged: JudgedPrompt): IdealAnswer {
  const { candidates, judgements, rubric } = judged;
  if (judgements.length === 0) return { reason: 'not-judged' };
  const flagged = new Set(
    judgements.flatMap(({ flags = {}, spans = {} }) =>
      [...Object.entries(flags), ...Object.entries(spans)].flatMap(([id, of]) => (of.length > 0 ? [id] : [])),
    ),
  );

  const isWritten = judgements.some(({ corrections }) => (corrections?.length ?? 0) > 0);
  const written = judgements
    .flatMap((judgement) => {
      const ranks = ranksOf(judgement.ranking ?? []);
      return (judgement.corrections ?? []).map(({ id }, place) => {
        return { id, rank: ranks.get(id) ?? Infinity, at: judgement.at, place, labeler: judgement.labeler };
      });
    })
    .filter(({ id }) => !flagged.has(id))
    .sort(
      (a, b) =>
        byValue(a.rank, b.rank) ||
        byValue(Date.parse(b.at), Date.parse(a.at)) ||
        byValue(a.labeler, b.labeler) ||
        byValue(b.place, a.place),
    );
  const [best] = written;
  if (best !== undefined) return { answer: best.id, labelers: [best.labeler] };

  const places = new Map<CandidateId, { sum: number; isNotGood: boolean; labelers: string[] }>();
  for (const judgement of judgements) {
    const { goodness } = goodnessIn(judgement, judged, 'allow');
    const tiers = tiersOf(judgement, candidates, 'allow', rubric);
    const placed =
      tiers.length > 0 ? ranksOf(tiers) : new Map(candidates.flatMap(({ id }) => thumbRank(judgement, id)));
    for (const [id, rank] of placed) {
      const place = places.get(id) ?? { sum: 0, isNotGood: false, labelers: [] };
      places.set(id, {
        sum: place.sum + rank,
        isNotGood: place.isNotGood || goodness.get(id) === false,
        labelers: [...place.labelers, judgement.labeler],
      });
    }
  }
  const placed = candidates.flatMap(({ id }) => {
    const place = places.get(id);
    return place === undefined ? [] : [{ id, ...place }];
  });
  if (placed.length === 0) return { reason: isWritten ? 'all-flagged' : 'not-ranked' };
  const unflagged = placed.filter(({ id }) => !flagged.has(id));
  if (unflagged.length === 0) return { reason: 'all-flagged' };
  // Array sort is stable: equal means keep the prompt's order.
  const [top] = unflagged
    .filter(({ isNotGood }) => !isNotGood)
    // Cross-multiplied, since thirds compare inexactly as floats.
    .sort((a, b) => a.sum * b.labelers.length - b.sum * a.labelers.length);
  return top === undefined ? { reason: 'none-good-enough' } : { answer: top.id, labelers: top.labelers };
}

/** The rank that a thumb gives: 0 for up, 1 for down. */
function thumbRank({ thumbs }: Judgement, id: CandidateId): [CandidateId, number][] {
  const isGood = thumbs?.[id];
  return isGood === undefined ? [] : [[id, isGood ? 0 : 1]];
}

const byValue = <T extends number | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
