/** An answer's steps, and how far they are judged. */
import { stepsOfText } from '../../../src/core/index.js';
import type { JudgedStep, TextStep } from '../../../src/core/index.js';
import type { AnswerView, LabelingSettings } from '../../../src/protocol.js';
import { splitThought } from '../answerText.js';
import { answerAt, isMissing, isWriting } from '../state.js';
import type { Shown } from '../state.js';

/** The steps of what is an answer's text without its thoughts. */
const known = new WeakMap<AnswerView, readonly TextStep[]>();

export function stepsAt({ view }: Shown, letter: string): readonly TextStep[] {
  const answer = answerAt(view, letter);
  if (answer === undefined) return [];
  let found = known.get(answer);
  if (!found) known.set(answer, (found = stepsOfText(splitThought(answer.text).answer)));
  return found;
}

export const judgedAt = ({ view, work }: Shown, letter: string): readonly JudgedStep[] =>
  work.own.steps?.[answerAt(view, letter)?.candidateId ?? ''] ?? [];

/** 0-based. */
export function firstWrong(shown: Shown, letter: string): number | undefined {
  const at = judgedAt(shown, letter).findIndex(({ label }) => label === 'wrong');
  return at < 0 ? undefined : at;
}

/** Whether nothing more is asked of this answer. */
export function isDone(shown: Shown, letter: string, { steps: { judgeAll } }: LabelingSettings): boolean {
  const answer = answerAt(shown.view, letter);
  if (answer === undefined || isMissing(answer)) return true;
  if (!judgeAll && firstWrong(shown, letter) !== undefined) return true;
  return !isWriting(answer) && judgedAt(shown, letter).length >= stepsAt(shown, letter).length;
}
