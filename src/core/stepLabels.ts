import { CandidateId } from './ids.js';
import type { JudgedPrompt } from './judgedPrompt.js';
import type { JudgedStep } from './judgement.js';

/** The judged steps of one answer, over all labelers. */
export interface StepLabels {
  readonly answer: CandidateId;
  readonly steps: readonly { readonly text: string; readonly isWrong: boolean }[];
  /** Those who judged a step of it, in the order of their judgements. */
  readonly labelers: readonly string[];
  /** The steps end before one on which as many found it wrong as not. */
  readonly isSplit: boolean;
}

/**
 * For each answer whose steps were judged: which are wrong. Steps as the latest labeler has them; others vote on a step as
 * long as their texts are the same up to it and they were with the majority so far: who found a step right that is wrong goes
 * on from something else. The majority decides.
 */
export function stepLabelsOf({ judgements }: Pick<JudgedPrompt, 'judgements'>): StepLabels[] {
  const judged = new Map<string, { steps: readonly JudgedStep[]; labeler: string }[]>();
  for (const { steps = {}, labeler } of judgements)
    for (const [id, list] of Object.entries(steps)) {
      const said = list.filter(({ text }) => text.trim() !== '');
      if (said.length > 0) judged.set(id, [...(judged.get(id) ?? []), { steps: said, labeler }]);
    }
  return [...judged].map(([id, lists]) => ({ answer: CandidateId.parse(id), ...majorityOf(lists) }));
}

function majorityOf(
  lists: readonly { readonly steps: readonly JudgedStep[]; readonly labeler: string }[],
): Omit<StepLabels, 'answer'> {
  const longest = Math.max(...lists.map(({ steps }) => steps.length));
  const labelers = new Set<string>();
  const steps: StepLabels['steps'][number][] = [];
  let alike = lists;
  for (let index = 0; index < longest; index += 1) {
    alike = alike.filter((list) => list.steps[index] !== undefined);
    const text = alike.at(-1)?.steps[index]?.text;
    if (text === undefined) break;
    alike = alike.filter((list) => list.steps[index]?.text === text);
    const isWrongTo = (list: (typeof lists)[number]) => list.steps[index]?.label === 'wrong';
    const nWrong = alike.filter(isWrongTo).length;
    if (nWrong * 2 === alike.length) return { steps, labelers: [...labelers], isSplit: true };
    const isWrong = nWrong * 2 > alike.length;
    for (const { labeler } of alike) labelers.add(labeler);
    steps.push({ text, isWrong });
    alike = alike.filter((list) => isWrongTo(list) === isWrong);
  }
  return { steps, labelers: [...labelers], isSplit: false };
}
