import { z } from 'zod';
import { CandidateId } from '../core/index.js';
import type { Project } from '../store/index.js';
import type { PromptId } from '../core/index.js';
import { emptyDraft, JudgementDraft } from '../protocol.js';

/** What a draft file of this labeler holds: all that a reload, a crash or a closed panel must give back. */
export const DraftContent = z.object({
  draft: JudgementDraft,
  /** The page's count of changes, by which it knows whether it holds a newer one. */
  revision: z.int().min(0).optional(),
  /** Candidates by place, as the labeler saw them. */
  order: z.array(CandidateId).optional(),
  /** Texts in the improvement editor that have not become corrections yet, by the answer that they improve. */
  improving: z.record(z.string(), z.string()).optional(),
});
export type DraftContent = z.infer<typeof DraftContent>;

/** The labeler's draft of a prompt; an unreadable one counts as none. */
export function draftContentOf(project: Project, labeler: string, promptId: PromptId): DraftContent {
  const parsed = DraftContent.safeParse(project.drafts.get(labeler, promptId)?.content);
  return parsed.success ? parsed.data : { draft: emptyDraft };
}

/** Whether a draft says nothing, so that its prompt is as good as untouched. */
export const isEmptyDraft = ({ draft, improving }: DraftContent): boolean =>
  draft.ranking.length === 0 &&
  draft.line === undefined &&
  (draft.leftOut?.length ?? 0) === 0 &&
  draft.best === undefined &&
  draft.strength === undefined &&
  [draft.ratings, draft.steps, draft.thumbs].every((said) => Object.keys(said ?? {}).length === 0) &&
  (draft.promptFlags?.length ?? 0) === 0 &&
  [draft.flags, draft.spans].every((said) => Object.values(said ?? {}).every((list) => list.length === 0)) &&
  (draft.corrections?.length ?? 0) === 0 &&
  (draft.rationale ?? '') === '' &&
  Object.keys(improving ?? {}).length === 0;
