import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  comesAgain,
  dealt,
  goldDueAfter,
  goldKey,
  minRepeatDistance,
  promptIdOf,
  repeatDistance,
  repeatGap,
  type DealSeed,
  type DueRepeat,
  type PromptId,
} from '../../../src/core/index.js';

const idsOf = (n: number, of = 'question'): PromptId[] =>
  Array.from({ length: n }, (_, index) => promptIdOf({ messages: [{ role: 'user', content: `${of} ${index}` }] }));

/** A labeler's whole work, prompt by prompt: each time the first of what is dealt. */
function work(ids: readonly PromptId[], gold: ReadonlySet<PromptId>, share: number, seed: DealSeed): PromptId[] {
  const again = new Set<PromptId>();
  const came: PromptId[] = [];
  let nSinceRepeat = 0;
  const golds = [...gold].sort((a, b) => goldKey(a, seed) - goldKey(b, seed));
  const context = { nGold: gold.size, nOthers: ids.length - gold.size, seed };
  const isDone = new Set<PromptId>();
  const toRepeat: DueRepeat[] = [];
  let nGoldDone = 0;
  for (;;) {
    const deal = dealt({
      others: ids.filter((id) => !gold.has(id) && !isDone.has(id)),
      golds: golds.filter((id) => !isDone.has(id)),
      repeats: toRepeat.filter(({ id }) => !again.has(id)),
      nOthersDone: isDone.size - nGoldDone,
      nGoldDone,
      dueAfter: (index) => goldDueAfter(index, context),
      nSinceRepeat,
      repeatGap: repeatGap(share),
    });
    const next = deal.next();
    if (next.done === true) return came;
    const id = next.value;
    came.push(id);
    nSinceRepeat = isDone.has(id) ? 0 : nSinceRepeat + 1;
    if (isDone.has(id)) {
      again.add(id);
      continue;
    }
    isDone.add(id);
    if (gold.has(id)) nGoldDone += 1;
    const after = isDone.size;
    if (comesAgain(id, share, seed))
      toRepeat.push({ id, at: after + repeatDistance(id, seed), notBefore: after + minRepeatDistance });
  }
}

const questions = idsOf(220);

const labelers = fc.record({
  project: fc.string({ maxLength: 8 }),
  labeler: fc.string({ minLength: 1, maxLength: 8 }),
});

describe('prompts that come again', () => {
  test('fifty different prompts or more lie between, each once, and the same on every day', () => {
    fc.assert(
      fc.property(labelers, fc.integer({ min: 0, max: 220 }), fc.constantFrom(0.05, 0.2, 0.5), (seed, n, share) => {
        const ids = questions.slice(0, n);
        const came = work(ids, new Set(), share, seed);
        expect(came).toEqual(work(ids, new Set(), share, seed));
        expect(new Set(came)).toEqual(new Set(ids));
        const placesOf = new Map<PromptId, number[]>(ids.map((id) => [id, []]));
        came.forEach((id, place) => placesOf.get(id)?.push(place));
        const tooOften = [...placesOf].filter(([id, at]) => at.length > (comesAgain(id, share, seed) ? 2 : 1));
        const tooSoon = [...placesOf].filter(
          ([, [first = 0, second]]) =>
            second !== undefined && new Set(came.slice(first + 1, second)).size < minRepeatDistance,
        );
        expect({ tooOften, tooSoon }).toEqual({ tooOften: [], tooSoon: [] });
      }),
      { numRuns: 40 },
    );
  });

  test('all that were chosen and lie far enough before the end do come', () => {
    const ids = idsOf(400);
    const seed = { project: 'p', labeler: 'kim' };
    const came = work(ids, new Set(), 0.05, seed);
    const chosen = ids.slice(0, -minRepeatDistance).filter((id) => comesAgain(id, 0.05, seed));
    expect(came.length - ids.length).toBe(chosen.length);
    expect(chosen.length).toBeGreaterThan(8);
    expect(chosen.length).toBeLessThan(32);
  });

  test('many that are due at once give way to others, as when a project begins to ask for them', () => {
    const [due, others] = [idsOf(5, 'due'), idsOf(40)];
    const deal = dealt({
      others,
      golds: [],
      repeats: due.map((id) => ({ id, at: 0, notBefore: 0 })),
      nOthersDone: 1000,
      nGoldDone: 0,
      dueAfter: () => 0,
      nSinceRepeat: 1000,
      repeatGap: repeatGap(0.05),
    });
    const places = [...deal].flatMap((id, place) => (due.includes(id) ? [place] : []));
    expect(places).toEqual([0, 11, 22, 33, 44]);
  });

  test('a project of fifty prompts, and a share of nothing, has none', () => {
    for (const labeler of ['kim', 'ana', 'lee']) {
      expect(work(idsOf(50), new Set(), 0.5, { project: 'p', labeler })).toHaveLength(50);
      expect(work(idsOf(200), new Set(), 0, { project: 'p', labeler })).toHaveLength(200);
    }
  });

  test('another labeler gets others again', () => {
    const again = (labeler: string) => idsOf(400).filter((id) => comesAgain(id, 0.05, { project: 'p', labeler }));
    expect(again('kim')).not.toEqual(again('ana'));
  });
});

describe('gold prompts', () => {
  test('one comes in each stretch of equal length, wherever they stand in the project', () => {
    fc.assert(
      fc.property(
        labelers,
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 20, max: 150 }),
        fc.constantFrom('first', 'last'),
        (seed, nGold, nOthers, where) => {
          const [golds, others] = [idsOf(nGold, 'gold'), questions.slice(0, nOthers)];
          const ids = where === 'first' ? [...golds, ...others] : [...others, ...golds];
          const came = work(ids, new Set(golds), 0, seed);
          expect([...came].sort()).toEqual([...ids].sort());
          expect(came.filter((id) => !golds.includes(id))).toEqual(others);
          let nBefore = 0;
          let index = 0;
          for (const id of came) {
            if (!golds.includes(id)) nBefore += 1;
            else {
              expect(nBefore).toBeGreaterThanOrEqual(Math.floor((index * nOthers) / nGold));
              expect(nBefore).toBeLessThanOrEqual(Math.ceil(((index + 1) * nOthers) / nGold));
              index += 1;
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('two labelers do not meet them at the same places', () => {
    const [golds, others] = [idsOf(10, 'gold'), idsOf(200)];
    const places = (labeler: string) =>
      work([...others, ...golds], new Set(golds), 0, { project: 'p', labeler }).flatMap((id, place) =>
        golds.includes(id) ? [place] : [],
      );
    expect(places('kim')).not.toEqual(places('ana'));
  });
});
