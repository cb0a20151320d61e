import { z } from 'zod';

/**
 * How a labeler judges: put all answers in order, say by how much one of two is better, pick the best, score attributes,
 * judge each step of the reasoning, say good or bad of each answer, or write the right answer.
 */
export const judgingModes = ['rank', 'pair', 'best', 'rate', 'steps', 'thumbs', 'compose'] as const;
export const JudgingMode = z.enum(judgingModes);
export type JudgingMode = z.infer<typeof JudgingMode>;
