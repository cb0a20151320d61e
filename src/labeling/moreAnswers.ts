import { t } from '@vscode/l10n';
import { branchAtStep, branchAtToken, endOfStep, serializeError, type Candidate } from '../core/index.js';
import type { GoingOn } from '../generation/index.js';
import type { FromLabelingPage } from '../protocol.js';
import type { Project } from '../store/index.js';
import type { AnswerSource } from './answerSource.js';
import type { Passes } from './passes.js';
import { maxAnswers, type PromptViews } from './promptViews.js';

type Ask = Extract<FromLabelingPage, { type: 'branch-ask' | 'step-ask' }>;

/** Answers that the labeler asks for beside those of the project: each goes on from the beginning of one on the screen. */
export class MoreAnswers {
  readonly #project: Project;
  readonly #answers: AnswerSource;
  readonly #views: PromptViews;
  readonly #passes: Passes;

  constructor(project: Project, answers: AnswerSource, views: PromptViews, passes: Passes) {
    this.#project = project;
    this.#answers = answers;
    this.#views = views;
    this.#passes = passes;
  }

  /** @returns why none is written, worded; undefined when it is planned. */
  async ask(message: Ask): Promise<string | undefined> {
    const { promptId, candidateId } = message;
    const order = this.#views.orderOf(promptId);
    const parent = this.#project.candidatesOf(promptId).find(({ id }) => id === candidateId);
    if (parent === undefined || !order.includes(candidateId))
      return t('This answer is not complete yet: another one goes on from what is in the project.');
    if (order.length >= maxAnswers) return t('There are {0} answers: no more have room.', maxAnswers);
    if (this.#project.config.mode === 'pair') return t('A pair has two answers: no more have room.');
    if (this.#passes.of(promptId) === 1) return t('No answer can be added here.');
    const goesOn = message.type === 'branch-ask' ? fromToken(parent, message) : fromStep(parent, message);
    if (goesOn === undefined) return t('The model had no such alternative here.');
    try {
      await this.#answers.goOn(promptId, parent, goesOn);
      return undefined;
    } catch (error) {
      return serializeError(error).message;
    }
  }
}

function fromToken(parent: Candidate, { at, alternative }: Extract<Ask, { type: 'branch-ask' }>): GoingOn | undefined {
  const beginning = branchAtToken(parent, at, alternative);
  return beginning && { beginning };
}

function fromStep(parent: Candidate, { end, step }: Extract<Ask, { type: 'step-ask' }>): GoingOn | undefined {
  const { text } = parent;
  if (end > text.length) return undefined;
  const beginning = branchAtStep(parent, { end, separator: end === 0 ? '' : separatorAt(text, end), step });
  const from = beginning.pieces.join('').length;
  return { beginning, endOf: (all) => endOfStep(all, from) };
}

/** What stands between two steps: here, or where the text ends, between the last two. */
function separatorAt(text: string, end: number): string {
  const here = /^\s*/.exec(text.slice(end))?.[0] ?? '';
  if (here !== '' && end + here.length < text.length) return here;
  return [...text.slice(0, end).matchAll(/\n+/g)].at(-1)?.[0] ?? '\n\n';
}
