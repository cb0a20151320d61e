import { Gold, goldOfJudgement, judgementIdOf, saysOfAnswers, type PromptId } from '../core/index.js';
import type { Project } from '../store/index.js';
import type { LabelingQueue } from './labelingQueue.js';

/** `taken-away`: it was made of this judgement before. `not-judged`, `says-nothing`: there is nothing to make it of. */
export type MadeGold = 'made' | 'taken-away' | 'not-judged' | 'says-nothing';

/**
 * Makes a labeler's judgement the gold of its prompt, or takes it away again: a row is appended, the prompt stays as it is.
 *
 * @param at ISO 8601, UTC.
 * @throws StoreError when it could not be written.
 */
export async function makeGold(
  project: Project,
  labeler: string,
  queue: LabelingQueue,
  promptId: PromptId,
  at: string,
): Promise<MadeGold> {
  const own = queue.ownJudgementOf(promptId);
  if (own?.status !== 'submitted') return 'not-judged';
  const common = { id: judgementIdOf(['gold', own.id, at]), labeler, at };
  if (project.goldOf(promptId)?.from === own.id) {
    await project.appendJudgements([Gold.parse({ ...common, promptId, status: 'gold' })]);
    return 'taken-away';
  }
  const gold = goldOfJudgement(own, new Set(project.candidatesOf(promptId).map(({ id }) => id)), common);
  if (!saysOfAnswers(gold)) return 'says-nothing';
  await project.appendJudgements([gold]);
  return 'made';
}
