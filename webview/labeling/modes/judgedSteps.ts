/** An answer's steps, and how far they are judged. */
import { stepsOfText } from '../../../src/core/index.js';
import type { JudgedStep, TextStep } from '../../../src/core/index.js';
import type { AnswerView, LabelingSettings } from '../../../src/protocol.js';
import { splitThought } from '../answerText.js';
import { answerAt, isMissing, isWriting } from '../state.js';
import type { Shown } from '../state.js';

const known = {
  answers: new WeakMap<AnswerView, readonly TextStep[]>(),
  all: new WeakMap<AnswerView, readonly TextStep[]>(),
};

/** The steps of an answer's text without its thoughts; with them in front where the project judges them. */
export function stepsAt({ view }: Shown, letter: string, { steps }: LabelingSettings): readonly TextStep[] {
  const answer = answerAt(view, letter);
  if (answer === undefined) return [];
  const kept = steps.judgeThoughts ? known.all : known.answers;
  let found = kept.get(answer);
  if (!found) kept.set(answer, (found = stepsOfAnswer(answer.text, steps.judgeThoughts)));
  return found;
}

function stepsOfAnswer(text: string, withThoughts: boolean): TextStep[] {
  const { thought = '', answer } = splitThought(text);
  const moved = (piece: string, by: number): TextStep[] =>
    stepsOfText(piece).map((step) => ({ text: step.text, start: step.start + by, end: step.end + by }));
  const said = moved(answer, text.length - answer.length);
  return withThoughts ? [...moved(thought, text.indexOf(thought)), ...said] : said;
}

/** What is said of an answer's steps; of one that offers another step, of the shared ones what was said of them before. */
export function judgedAt({ view, work }: Shown, letter: string): readonly JudgedStep[] {
  const answer = answerAt(view, letter);
  const own = work.own.steps?.[answer?.candidateId ?? ''];
  if (own !== undefined || answer?.goesOn === undefined) return own ?? [];
  const { from, step } = answer.goesOn;
  const said = (work.own.steps?.[from] ?? []).slice(0, step);
  return said.length === step && said.every(({ text }) => answer.text.includes(text)) ? said : [];
}

/** 0-based. */
export function firstWrong(shown: Shown, letter: string): number | undefined {
  const at = judgedAt(shown, letter).findIndex(({ label }) => label === 'wrong');
  return at < 0 ? undefined : at;
}

/** Whether nothing more is asked of this answer. */
export function isDone(shown: Shown, letter: string, settings: LabelingSettings): boolean {
  const answer = answerAt(shown.view, letter);
  if (answer === undefined || isMissing(answer)) return true;
  if (!settings.steps.judgeAll && firstWrong(shown, letter) !== undefined) return true;
  return !isWriting(answer) && judgedAt(shown, letter).length >= stepsAt(shown, letter, settings).length;
}
