import { t } from '@vscode/l10n';
import {
  rubricOf,
  saysOfAnswers,
  splitThought,
  type Candidate,
  type CandidateId,
  type ProjectConfig,
} from '../core/index.js';
import type { JudgementDraft } from '../protocol.js';

type Rules = Pick<ProjectConfig, 'partial' | 'rationale' | 'rubric' | 'mode'>;

/**
 * What the project makes of a draft that is submitted: answers without a place go last where it says so.
 *
 * @param answers those on the screen of which something can be said (`canBeJudged`), by place.
 * @throws Error with what is missing, for people, where the project wants all answers judged or a reason.
 */
export function completed(draft: JudgementDraft, answers: readonly CandidateId[], config: Rules): JudgementDraft {
  // Of the prompt alone.
  if (!saysOfAnswers(draft)) return draft;
  if (config.rationale === 'required' && !hasReason(draft))
    throw new Error(t('This project asks for a reason: say with R why you judged so.'));
  const placed = new Set([...draft.ranking.flat(), ...(draft.leftOut ?? [])]);
  const unplaced = draft.ranking.length === 0 ? [] : answers.filter((id) => !placed.has(id));
  switch (config.partial) {
    case 'allow':
      return draft;
    case 'forbid':
      if (unplaced.length > 0)
        throw new Error(t('This project wants a place for every answer. Place the others, or leave them out with 0.'));
      if (!answers.every((id) => isJudged(draft, id, config)))
        throw new Error(t('This project wants every answer judged. Judge the others too, or skip the prompt.'));
      return draft;
    case 'last':
      return unplaced.length === 0 ? draft : { ...draft, ranking: [...draft.ranking, unplaced] };
  }
}

const hasReason = ({ rationale = '', steps = {} }: JudgementDraft): boolean =>
  rationale.trim() !== '' || Object.values(steps).some((list) => list.some(({ reason = '' }) => reason.trim() !== ''));

/** In the ways to judge that say something of each answer by itself. */
function isJudged({ ratings, steps, thumbs }: JudgementDraft, id: CandidateId, config: Rules): boolean {
  if (thumbs !== undefined) return thumbs[id] !== undefined;
  if (steps !== undefined) return (steps[id]?.length ?? 0) > 0;
  if (ratings === undefined) return true;
  return rubricOf(config).every((attribute) => ratings[id]?.[attribute.id] !== undefined);
}

/**
 * Whether there is something to judge: not of an answer that its server refused without a word, nor, step by step, of one
 * without a step.
 */
export function canBeJudged(
  { text, finishReason }: Pick<Candidate, 'text' | 'finishReason'>,
  { mode, steps }: Pick<ProjectConfig, 'mode' | 'steps'>,
): boolean {
  if (text === '' && (finishReason === 'filter' || finishReason === 'error')) return false;
  if (mode !== 'steps') return true;
  const { thought = '', answer } = splitThought(text);
  return answer.trim() !== '' || (steps.judgeThoughts && thought.trim() !== '');
}
