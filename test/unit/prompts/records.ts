import fc from 'fast-check';

interface RecordLike {
  readonly prompt: { readonly messages: readonly { readonly role: string; readonly content: string }[] };
  readonly candidates?: readonly { readonly id: string; readonly text: string }[] | undefined;
  readonly judgements?:
    | readonly {
        readonly labeler: string;
        readonly status?: string | undefined;
        readonly ranking?: readonly (readonly string[])[] | undefined;
        readonly corrections?: readonly { readonly id?: string | undefined; readonly text: string }[] | undefined;
      }[]
    | undefined;
}

/** Every preference of every judgement as texts, `labeler: better > worse`, so that it does not depend on ids. */
export function preferencesInRecord(record: RecordLike): string[] {
  return (record.judgements ?? []).flatMap(({ labeler, status = 'submitted', ranking = [], corrections = [] }) => {
    const texts = new Map([...(record.candidates ?? []), ...corrections].map((row) => [row.id ?? '', row.text]));
    return ranking.flatMap((tier, rank) =>
      ranking
        .slice(rank + 1)
        .flat()
        .flatMap((worse) => tier.map((better) => `${labeler} ${status}: ${texts.get(better)} > ${texts.get(worse)}`)),
    );
  });
}

const hostile = [
  '__proto__',
  'constructor',
  'toString',
  '0',
  '10',
  'ä',
  '日本',
  '😀',
  ' ',
  '../x',
  'a"b',
  'c0123456789abcdef',
];
const text = fc
  .oneof(fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }), fc.constantFrom(...hostile))
  .map((each) => `${each}.`);
const ids = fc.uniqueArray(
  fc.oneof(fc.constantFrom(...hostile), fc.string({ minLength: 1, maxLength: 4, unit: 'grapheme' })),
  {
    minLength: 2,
    maxLength: 5,
  },
);

/** Puts ids into tiers: each stays in the tier of the one before it (a tie) or begins a new one. */
const tiersOf = (order: readonly string[], isTied: readonly boolean[]): string[][] => {
  const tiers: string[][] = [];
  for (const [index, id] of order.entries()) {
    const last = tiers.at(-1);
    if (last !== undefined && isTied[index] === true) last.push(id);
    else tiers.push([id]);
  }
  return tiers;
};

const arbitraryJudgement = (candidateIds: readonly string[]) =>
  fc
    .record({
      labeler: fc.constantFrom('kim', 'ana', '__proto__', '지수'),
      corrections: fc.array(
        fc.record({
          id: fc.option(fc.constantFrom('fix', 'fix2'), { nil: undefined }),
          parent: fc.option(fc.constantFrom(...candidateIds), { nil: undefined }),
          text,
        }),
        { maxLength: 2 },
      ),
      at: fc.option(
        fc.integer({ min: 0, max: 3 }).map((minute) => `2026-01-01T00:0${minute}:00Z`),
        { nil: undefined },
      ),
      status: fc.constantFrom('submitted', 'submitted', 'draft', undefined),
      id: fc.option(fc.uuid(), { nil: undefined }),
      rationale: fc.option(text, { nil: undefined }),
    })
    .chain((said) => {
      const own = said.corrections.filter(
        (each, index) => each.id === undefined || said.corrections.findIndex((other) => other.id === each.id) === index,
      );
      const named = [...candidateIds, ...own.flatMap((each) => (each.id === undefined ? [] : [each.id]))];
      return fc
        .record({
          order: fc.shuffledSubarray(named, { minLength: 1 }),
          isTied: fc.array(fc.boolean(), { minLength: named.length, maxLength: named.length }),
          flagged: fc.subarray([...candidateIds], { maxLength: 2 }),
          part: fc.constantFrom(...candidateIds),
        })
        .map(({ order, isTied, flagged, part }) => {
          const ranking = tiersOf(order, isTied);
          const parts = [{ text: 'x', from: part, start: 0, end: 1 }, { text: 'own' }];
          const ofFlagged = <T>(value: T) => Object.fromEntries(flagged.map((id) => [id, value]));
          return {
            ...said,
            mode: 'rank',
            corrections: own.map((each) => ({ ...each, parts })),
            ranking,
            line: ranking.length - 1,
            shown: { order: [...candidateIds] },
            flags: ofFlagged(['unsafe']),
            ratings: ofFlagged({ helpfulness: 3 }),
            spans: ofFlagged([{ start: 0, end: 1, flag: 'unsafe', note: 'here' }]),
            steps: ofFlagged([
              { text: 'x', label: 'good' },
              { text: 'y', label: 'wrong', reason: 'no' },
            ]),
            thumbs: ofFlagged(true),
          };
        });
    });

/** A record as another program might write it: ids of any kind, several labelers, ties, corrections, rows without a time. */
export const arbitraryRecord = ids.chain((candidateIds) =>
  fc
    .record({
      question: fc.uuid(),
      hostileKey: fc.constantFrom(...hostile),
      texts: fc.array(text, { minLength: candidateIds.length, maxLength: candidateIds.length }),
      judgements: fc.array(arbitraryJudgement(candidateIds), { maxLength: 4 }),
      id: fc.option(fc.constantFrom(...hostile), { nil: undefined }),
    })
    // Rows without a time keep the place that they have in the record only among their like.
    .map(({ question, hostileKey, texts, judgements, id }) => {
      const hasTimes = judgements.every((row) => row.at !== undefined);
      const inOrder = hasTimes
        ? [...judgements].sort((a, b) => String(a.at).localeCompare(String(b.at)))
        : judgements.map(({ at: _at, ...row }) => row);
      return {
        prompt: {
          id,
          messages: [{ role: 'user', content: `${question} ${hostileKey}` }],
          metadata: Object.fromEntries([[hostileKey, 1]]),
        },
        candidates: candidateIds.map((candidateId, index) => ({
          id: candidateId,
          text: `${index} ${texts[index] ?? ''}`,
        })),
        judgements: inOrder,
      };
    }),
);
