import { z } from 'zod';
import { Sampling } from './candidate.js';
import { Labeler } from './judgement.js';
import { JudgingMode } from './judgingMode.js';
import { Rubric } from './rubric.js';

/** A flag of the project's own, beside the standard ones. */
export const ProjectFlag = z.looseObject({ id: z.string().min(1), label: z.string().min(1) });

/**
 * In the order of the files; at random, but alike on every day; most unsure answers, or most disagreement of labelers,
 * first; those that someone else has judged already first.
 */
export const nextRules = ['order', 'random', 'uncertain', 'disagreed', 'second-opinion'] as const;
export const NextRule = z.enum(nextRules);
export type NextRule = z.infer<typeof NextRule>;

/** When the models' names stand beside the answers: never; once one's own judgement is in; once nothing is left to judge. */
export const revealRules = ['never', 'afterSubmit', 'afterRun'] as const;

/** Candidates a prompt where `touchstone.json` does not say. */
const candidatesOfMode: Readonly<Partial<Record<JudgingMode, number>>> = { pair: 2, thumbs: 1 };
const usualCandidates = 4;

/** As many candidates as the way to judge shows, where the project does not say the number. */
function withCandidates(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || 'candidates' in document) return document;
  const mode = JudgingMode.safeParse('mode' in document ? document.mode : undefined).data;
  return { ...document, candidates: (mode && candidatesOfMode[mode]) ?? usualCandidates };
}

/** `touchstone.json`: readable, diffable, in git. Loose: fields of a newer version survive a round trip. */
const ProjectDocument = z.looseObject({
  /** Version of this file's schema. */
  version: z.literal(1).default(1),
  name: z.string().min(1),
  /** Prompt files, relative to the project; any format that `import` reads. */
  prompts: z.array(z.string().min(1)).default([]),
  /** Markdown file with the guidelines, relative to the project. */
  guidelines: z.string().optional(),
  /** How labelers judge. */
  mode: JudgingMode.default('rank'),
  /** Points of the scale on which a pair is judged: 3, 5 or 7, the middle one about equal. */
  pair: z.looseObject({ points: z.literal([3, 5, 7]).default(7) }).prefault({}),
  /** What answers are rated on; see `rubricOf`. */
  rubric: Rubric.optional(),
  /** Whether steps are judged on after the first wrong one, and whether those of an answer's thoughts are judged too. */
  steps: z
    .looseObject({ judgeAll: z.boolean().default(false), judgeThoughts: z.boolean().default(false) })
    .prefault({}),
  /** Candidates a prompt, 1 to 8: 2 for pairs, 1 for thumbs, else 4 when left out. */
  candidates: z.int().min(1).max(8),
  /** Names of the models that write the candidates, in turn; empty: the default model. */
  lineUp: z.array(z.string().min(1)).default([]),
  sampling: Sampling.partial().default({}),
  flags: z.array(ProjectFlag).default([]),
  /** What becomes of answers that a submitted ranking does not place. */
  partial: z.enum(['allow', 'forbid', 'last']).default('allow'),
  /** `off`, `optional` or `required`. */
  rationale: z.enum(['off', 'optional', 'required']).default('optional'),
  /** Labelers who see everybody's figures by name. */
  leads: z.array(z.string().min(1).max(64)).default([]),
  /** Labelers a prompt. */
  overlap: z.int().min(1).default(1),
  /** Those among whom the prompts are dealt. Left out: everyone who has judged here. */
  labelers: z.array(Labeler).optional(),
  /** Which prompt comes next; `order` when left out. */
  next: NextRule.optional(),
  /** Share of a labeler's prompts that come again, turned round, 50 prompts later or more; 0 for none. */
  repeats: z.looseObject({ share: z.number().min(0).max(0.5).default(0.05) }).prefault({}),
  /** When the names of the models are shown. */
  reveal: z.enum(revealRules).default('afterRun'),
});
export const ProjectConfig = z.preprocess(withCandidates, ProjectDocument);
export type ProjectConfig = z.infer<typeof ProjectConfig>;

export const projectFileName = 'touchstone.json';
