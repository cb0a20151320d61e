import { z } from 'zod';
import { trainingFormat } from './format.js';

const Score = z.int().min(0).max(4);

/**
 * Attribute scores as in HelpSteer and HelpSteer2 (`nvidia/HelpSteer2` on the hub): one answer a row.
 *
 * Must be accepted by: readers of HelpSteer2, such as NeMo-Aligner `preprocess_helpsteer2_data.py`. Texts are plain; the five
 * attributes are whole, 0 to 4; the answers of a prompt stand in neighbouring rows.
 *
 * - Answers that were rated on all five attributes. Several labelers: the mean, rounded, half up, over those who did. What
 *   lacks an attribute or is off the scale gives no row and is counted.
 * - A system turn stands before the question, a blank line between them; a prompt of several turns gives no row, since the
 *   format has no place for them.
 * - Ranking, ties, line and flags are not looked at. Cannot carry: other attributes, who judged. The latter is in the
 *   provenance.
 */
export const helpsteer = trainingFormat({
  id: 'helpsteer',
  derives: 'scores',
  readBy: 'NeMo-Aligner and other readers of HelpSteer2',
  oneRow:
    'one answer with five scores of 0 to 4: `prompt`, `response`, `helpfulness`, `correctness`, `coherence`, `complexity`, `verbosity`',
  Row: z.strictObject({
    prompt: z.string().min(1),
    response: z.string().min(1),
    helpfulness: Score,
    correctness: Score,
    coherence: Score,
    complexity: Score,
    verbosity: Score,
  }),
  rowOf: ({ prompt, response, scores: { helpfulness, correctness, coherence, complexity, verbosity } }) => ({
    prompt,
    response,
    helpfulness,
    correctness,
    coherence,
    complexity,
    verbosity,
  }),
  exampleOf: ({ prompt, response, ...scores }) => ({ prompt, response, scores }),
});
