/** Answers that the labeler asks for: they come behind the others, and nothing that is being read moves. */
import type { CandidateId } from '../../src/core/index.js';
import type { FromLabelingPage, PromptView } from '../../src/protocol.js';
import { modeOf } from './modes/index.js';
import { answerAt, cardLetter, letterOf } from './state.js';
import type { PageState, Shown, Work } from './state.js';
import { also, post, quiet, say, still } from './step.js';
import type { Step } from './step.js';
import { t } from './strings.js';

/** As many as have a letter. */
const maxAnswers = 8;

/** Another token from which an answer is to go on. */
export interface BranchAt {
  readonly candidateId: CandidateId;
  /** Where the token begins, and the place of the alternative in its list. */
  readonly at: number;
  readonly alternative: number;
}

export function branch(state: PageState, { candidateId, at, alternative }: BranchAt): Step {
  const { shown } = state;
  if (!shown) return still(state);
  return ask(state, shown, candidateId, {
    type: 'branch-ask',
    promptId: shown.view.promptId,
    candidateId,
    at,
    alternative,
  });
}

/** Another step after those of the focused answer that are right. */
export function nextStep(state: PageState, shown: Shown): Step {
  const answer = answerAt(shown.view, cardLetter(shown));
  const found = modeOf(state.settings).nextStep?.(shown, state.settings);
  if (!answer || found === undefined) return still(state);
  if (typeof found === 'string') return told(state, found);
  const { candidateId } = answer;
  return ask(state, shown, candidateId, { type: 'step-ask', promptId: shown.view.promptId, candidateId, ...found });
}

function ask(state: PageState, { view }: Shown, id: CandidateId, message: FromLabelingPage): Step {
  if (view.answers.length >= maxAnswers) return told(state, t('There are {0} answers: no more have room', maxAnswers));
  if (state.settings.mode === 'pair') return told(state, t('A pair has two answers: no more have room'));
  const text = t('Another answer that goes on from {0} is asked for', letterOf(view, id) ?? '');
  const asked = post({ ...quiet(state), notice: { text, confirms: [] } }, message);
  return also(asked, { type: 'say', text });
}

const told = (state: PageState, text: string): Step => say({ ...state, notice: { text, confirms: [] } }, text);

/** The prompt with answers that have come behind those on the screen; what was said of these stays as it is. */
export function grown(shown: Shown, view: PromptView): Shown {
  const nAnswers = view.answers.length;
  const grow = (work: Work): Work => ({ ...work, board: { ...work.board, nAnswers } });
  if (nAnswers === shown.work.board.nAnswers) return { ...shown, view };
  return { ...shown, view, work: grow(shown.work), past: shown.past.map(grow), future: shown.future.map(grow) };
}
