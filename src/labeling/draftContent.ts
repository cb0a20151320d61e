import { z } from 'zod';
import { CandidateId, saysOfAnswers } from '../core/index.js';
import type { ProjectOutline } from '../store/index.js';
import type { PromptId } from '../core/index.js';
import { emptyDraft, JudgementDraft } from '../protocol.js';
import type { Pass } from './passes.js';

const ofOnePass = z.object({
  draft: JudgementDraft,
  /** The page's count of changes, by which it knows whether it holds a newer one. */
  revision: z.int().min(0).optional(),
  /** Candidates by place, as the labeler saw them. */
  order: z.array(CandidateId).optional(),
  /** Texts in the improvement editor that have not become corrections yet, by the answer that they improve. */
  improving: z.record(z.string(), z.string()).optional(),
});
/** What a reload, a crash or a closed panel must give back of one prompt in one pass. */
export type DraftContent = z.infer<typeof ofOnePass>;

/** What a draft file of this labeler holds; beside it what is begun of the prompt since it came again. */
export const DraftFile = ofOnePass.extend({ again: ofOnePass.optional() });
export type DraftFile = z.infer<typeof DraftFile>;

/** Both passes of a prompt; an unreadable file counts as none. */
export function draftFileOf(project: ProjectOutline, labeler: string, promptId: PromptId): DraftFile {
  const parsed = DraftFile.safeParse(project.drafts.get(labeler, promptId)?.content);
  return parsed.success ? parsed.data : { draft: emptyDraft };
}

/** The labeler's draft of a prompt; an unreadable one counts as none. */
export function draftContentOf(
  project: ProjectOutline,
  labeler: string,
  promptId: PromptId,
  pass: Pass = 0,
): DraftContent {
  const { again, ...first } = draftFileOf(project, labeler, promptId);
  return pass === 0 ? first : (again ?? { draft: emptyDraft });
}

/** Whether a draft says nothing, so that its prompt is as good as untouched. */
export const isEmptyDraft = ({ draft, improving }: DraftContent): boolean =>
  !saysOfAnswers(draft) &&
  draft.line === undefined &&
  (draft.leftOut?.length ?? 0) === 0 &&
  (draft.promptFlags?.length ?? 0) === 0 &&
  [...Object.values(draft.flags ?? {}), ...Object.values(draft.spans ?? {})].every((list) => list.length === 0) &&
  (draft.corrections?.length ?? 0) === 0 &&
  (draft.rationale ?? '') === '' &&
  Object.keys(improving ?? {}).length === 0;
