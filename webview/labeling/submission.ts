/** What Enter does, by state. A double Enter can never submit the next prompt: with nothing said it only says so. */
import type { CandidateId } from '../../src/core/index.js';
import type { AnswerView, JudgementDraft } from '../../src/protocol.js';
import { draftOf } from './draft.js';
import { modeOf } from './modes/index.js';
import type { Mode } from './modes/index.js';
import { isWriting, lettersWriting, withoutAnswer } from './state.js';
import type { Confirmation, PageState, Shown, Work } from './state.js';
import { joined, t } from './strings.js';

export type SubmitDecision =
  | { readonly do: 'hint'; readonly text: string }
  /** To another answer of the same prompt. */
  | { readonly do: 'go-on'; readonly work: Work }
  | { readonly do: 'ask-rationale'; readonly text: string }
  | { readonly do: 'confirm'; readonly confirmation: Confirmation; readonly text: string }
  | {
      readonly do: 'submit';
      readonly draft: JudgementDraft;
      readonly work: Work;
      readonly cut: readonly CandidateId[];
    };

export function decideSubmit(state: PageState, shown: Shown): SubmitDecision {
  const { settings } = state;
  const mode = modeOf(settings);
  const isUnplacedConfirmed = state.notice?.confirms.includes('unplaced') === true;
  const said = mode.completeness(state, shown);
  if (said.is === 'missing') {
    const isPromptFlagged = shown.work.promptFlags.length > 0 && saysNothing(mode, shown);
    if (!isPromptFlagged) return { do: 'hint', text: said.text };
    if (!isUnplacedConfirmed)
      return {
        do: 'confirm',
        confirmation: 'unplaced',
        text: t('No answer is judged. Enter again submits what is said of the prompt'),
      };
    return { do: 'submit', draft: draftOf(mode, shown.view, shown.work), work: shown.work, cut: [] };
  }
  if (said.is === 'to-confirm') return { do: 'confirm', confirmation: said.confirmation, text: said.text };
  if (said.is === 'go-on') return { do: 'go-on', work: said.work };

  const hasReason = mode.reason?.isGiven(shown.work) ?? shown.work.rationale.trim() !== '';
  if (settings.rationale === 'required' && !hasReason)
    return { do: 'ask-rationale', text: t('This project asks for a reason') };

  const writing = lettersWriting(shown);
  if (writing.length > 0 && state.notice?.confirms.includes('writing') !== true)
    return {
      do: 'confirm',
      confirmation: 'writing',
      text: t('{0} still writing. Enter again stops it and submits what is shown', joined(writing)),
    };
  const isUntouched = shown.revision === (shown.view.revision ?? 0);
  if (shown.isWithDraft && isUntouched && state.notice?.confirms.includes('draft') !== true)
    return {
      do: 'confirm',
      confirmation: 'draft',
      text: t('You began this one before. Enter again submits your draft'),
    };
  const cut = shown.view.answers.filter(isWriting);
  // Of an answer that is stopped before its first word nothing is kept.
  const unwritten = cut.filter(({ text }) => text === '').map(({ candidateId }) => candidateId);
  const work = unwritten.reduce((kept, id) => withoutAnswer(shown.view, kept, id), said.work);
  const isStopped = ({ candidateId }: AnswerView) => unwritten.includes(candidateId);
  const answers = shown.view.answers.map((one) => (isStopped(one) ? { ...one, state: 'failed' as const } : one));
  const view = { ...shown.view, answers };
  if (unwritten.length > 0 && saysNothing(mode, { ...shown, view, work }))
    return { do: 'hint', text: t('{0} was not written: it gets no place', joined(writing)) };
  return { do: 'submit', draft: draftOf(mode, view, work), work, cut: cut.map(({ candidateId }) => candidateId) };
}

/** Of the answers, in this way to judge. */
function saysNothing(mode: Mode, { view, work }: Shown): boolean {
  const { mode: _way, ranking, ...others } = mode.draft(view, work);
  return ranking.length === 0 && Object.keys(others).length === 0;
}
