import * as l10n from '@vscode/l10n';
import { z } from 'zod';

/** What answers are scored on: a scale of whole numbers with words for what a score means. */
export const Attribute = z
  .looseObject({
    // Ratings are an object by these ids, and this one is no member of it.
    id: z.string().regex(/^(?!__proto__$)./su, 'cannot be empty or __proto__'),
    label: z.string().min(1),
    /** Lowest and highest score. */
    min: z.int(),
    max: z.int(),
    /** Score to what it means. */
    anchors: z.record(z.string(), z.string()).optional(),
    /**
     * Share in the mean that says which of two answers is better; negative: a low score is the better one, 0: it describes
     * an answer and prefers none.
     *
     * @default 1
     */
    weight: z.number().optional(),
  })
  .refine(({ min, max }) => min < max, { message: 'min must be less than max' });
export type Attribute = z.infer<typeof Attribute>;

/** The attributes themselves, or the name of a preset. */
export const Rubric = z.union([
  z.literal('helpsteer'),
  z
    .array(Attribute)
    .min(1)
    .refine((attributes) => new Set(attributes.map(({ id }) => id)).size === attributes.length, {
      message: 'two attributes have one id',
    }),
]);
export type Rubric = z.infer<typeof Rubric>;

/**
 * The five attributes of HelpSteer (arXiv:2311.09528) from 0 to 4, anchors in our words. Complexity and verbosity describe an
 * answer, so they have no say in which one is better.
 */
const helpsteer = (): Attribute[] => [
  {
    id: 'helpfulness',
    label: l10n.t('Helpfulness'),
    min: 0,
    max: 4,
    anchors: {
      0: l10n.t('Does nothing of what was asked'),
      1: l10n.t('Touches what was asked, of little use'),
      2: l10n.t('Does some of what was asked'),
      3: l10n.t('Does most of what was asked, could be better'),
      4: l10n.t('Does all that was asked, as one would wish'),
    },
  },
  {
    id: 'correctness',
    label: l10n.t('Correctness'),
    min: 0,
    max: 4,
    anchors: {
      0: l10n.t('Wrong or made up throughout'),
      1: l10n.t('Several grave mistakes'),
      2: l10n.t('Right and wrong in equal parts'),
      3: l10n.t('Right but for small slips or gaps'),
      4: l10n.t('All right, and nothing that matters is missing'),
    },
  },
  {
    id: 'coherence',
    label: l10n.t('Coherence'),
    min: 0,
    max: 4,
    anchors: {
      0: l10n.t('Cannot be followed'),
      1: l10n.t('Hard to follow, contradicts itself'),
      2: l10n.t('Can be followed, with breaks'),
      3: l10n.t('Clear but for a few places'),
      4: l10n.t('Clear and consistent from beginning to end'),
    },
  },
  {
    id: 'complexity',
    label: l10n.t('Complexity'),
    min: 0,
    max: 4,
    anchors: {
      0: l10n.t('A child could have written it'),
      1: l10n.t('Simple words, school knowledge'),
      2: l10n.t('An educated adult could have written it'),
      3: l10n.t('Takes some study of the subject'),
      4: l10n.t('Only an expert could have written it'),
    },
    weight: 0,
  },
  {
    id: 'verbosity',
    label: l10n.t('Verbosity'),
    min: 0,
    max: 4,
    anchors: {
      0: l10n.t('As short as can be'),
      1: l10n.t('Short'),
      2: l10n.t('Of middle length'),
      3: l10n.t('Long'),
      4: l10n.t('Very long, with much that was not asked'),
    },
    weight: 0,
  },
];

/** In English; `rubricOf` gives it in the language of the editor. */
export const helpsteerRubric: readonly Attribute[] = helpsteer();

/** The attributes that a project rates, in order. Rating without a rubric means HelpSteer's. */
export function rubricOf(config: {
  readonly mode: string;
  readonly rubric?: Rubric | undefined;
}): readonly Attribute[] {
  const { rubric = config.mode === 'rate' ? 'helpsteer' : [] } = config;
  return rubric === 'helpsteer' ? helpsteer() : rubric;
}

/**
 * What a judgement says off the scales of its project, as a sentence; undefined when all fits. Attributes that the rubric
 * lacks are not looked at: it may have changed.
 *
 * @param scales `points`: of the scale of pairs, where pairs are compared.
 */
export function checkScales(
  {
    ratings = {},
    strength = 0,
  }: {
    readonly ratings?: Readonly<Record<string, Readonly<Record<string, number>>>> | undefined;
    readonly strength?: number | undefined;
  },
  { rubric, points }: { readonly rubric: readonly Attribute[]; readonly points?: number | undefined },
): string | undefined {
  for (const scores of Object.values(ratings))
    for (const { id, min, max } of rubric) {
      const score = scores[id];
      if (score !== undefined && (score < min || score > max))
        return `ratings: ${id} is ${score}, and its scale goes from ${min} to ${max}`;
    }
  const strongest = points === undefined ? Infinity : (points - 1) / 2;
  return Math.abs(strength) > strongest
    ? `strength: ${strength} is more than the ${strongest} of a scale of ${points} points`
    : undefined;
}
