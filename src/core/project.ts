import { z } from 'zod';
import { Sampling } from './candidate.js';
import { Labeler } from './judgement.js';
import { JudgingMode } from './judgingMode.js';
import { Rubric } from './rubric.js';

export const projectFileName = 'touchstone.json';

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
export const usualCandidates = (mode: JudgingMode): number => ({ pair: 2, thumbs: 1 })[mode as string] ?? 4;

/** As many candidates as the way to judge shows, where the project does not say the number. */
function withCandidates(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || 'candidates' in document) return document;
  const mode = JudgingMode.catch('rank').parse('mode' in document ? document.mode : undefined);
  return { ...document, candidates: usualCandidates(mode) };
}

/**
 * `touchstone.json`: readable, diffable, in git. Loose: fields of a newer version survive a round trip. The descriptions are
 * what an editor shows of each member.
 */
const ProjectDocument = z.looseObject({
  version: z.literal(1).default(1).describe("Version of this file's schema."),
  name: z.string().min(1).describe('Name of the project.'),
  prompts: z
    .array(z.string().min(1))
    .default([])
    .describe('Prompt files, relative to this folder; any format that “touchstone import” reads.'),
  guidelines: z.string().optional().describe('Markdown file with the guidelines, relative to this folder.'),
  mode: JudgingMode.default('rank').describe(
    'How labelers judge: put all answers in order, compare a pair, pick the best, rate attributes, judge each step, say good or bad of each, or compose the right answer.',
  ),
  pair: z
    .looseObject({
      points: z
        .literal([3, 5, 7])
        .default(7)
        .describe('Points of the scale on which a pair is judged; the middle one says about equal.'),
    })
    .prefault({})
    .describe('How a pair is judged.'),
  rubric: Rubric.optional().describe('What answers are rated on: the name of a preset, or the attributes.'),
  steps: z
    .looseObject({
      judgeAll: z.boolean().default(false).describe('Steps are judged on after the first wrong one.'),
      judgeThoughts: z.boolean().default(false).describe("The steps of an answer's thoughts are judged too."),
    })
    .prefault({})
    .describe('How steps are judged.'),
  candidates: z.int().min(1).max(8).describe('Candidates a prompt. When left out: 2 for pairs, 1 for thumbs, else 4.'),
  lineUp: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Names of the models that write the candidates, in turn; empty: the default model. “vscode:vendor/family/id/version” is a language model of VS Code: prompts leave this machine for its provider, once you have chosen it yourself.',
    ),
  sampling: Sampling.partial().default({}).describe('How candidates are sampled.'),
  flags: z.array(ProjectFlag).default([]).describe("Flags of the project's own, beside the standard ones."),
  partial: z
    .enum(['allow', 'forbid', 'last'])
    .default('allow')
    .describe(
      'What becomes of answers that a submitted ranking does not place: no pairs, no submit, or the last place.',
    ),
  rationale: z.enum(['off', 'optional', 'required']).default('optional').describe('Whether labelers say why.'),
  leads: z.array(Labeler).default([]).describe("Labelers who see everybody's figures by name."),
  overlap: z.int().min(1).default(1).describe('Labelers a prompt.'),
  labelers: z
    .array(Labeler)
    .optional()
    .describe('Those among whom the prompts are dealt. When left out: everyone who has judged here.'),
  next: NextRule.optional().describe(
    'Which prompt comes next: in order, at random, the most uncertain or most disagreed first, or those that someone else has judged. “order” when left out.',
  ),
  repeats: z
    .looseObject({
      share: z
        .number()
        .min(0)
        .max(0.5)
        .default(0.05)
        .describe("Share of a labeler's prompts that come again, turned round, 50 prompts later or more; 0 for none."),
    })
    .prefault({})
    .describe('Prompts that come to a labeler again.'),
  reveal: z
    .enum(revealRules)
    .default('afterRun')
    .describe(
      "When the models' names are shown: never, once one's own judgement is in, or once nothing is left to judge.",
    ),
});

/** JSON Schema (draft 7, what VS Code reads) of `touchstone.json` as people write it: what has a default may be left out. */
export function projectJsonSchema(): object {
  const { properties, ...schema } = z.toJSONSchema(ProjectDocument, { io: 'input', target: 'draft-7' });
  const required = (schema.required ?? []).filter((name) => name !== 'candidates');
  return { ...schema, title: projectFileName, required, properties: { $schema: { type: 'string' }, ...properties } };
}

export const ProjectConfig = z.preprocess(withCandidates, ProjectDocument);
export type ProjectConfig = z.infer<typeof ProjectConfig>;
