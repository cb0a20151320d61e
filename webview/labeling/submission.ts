/** What Enter does, by state. A double Enter can never submit the next prompt: with nothing said it only says so. */
import type { CandidateId } from '../../src/core/index.js';
import { modeOf } from './modes/index.js';
import { isWriting, lettersWriting } from './state.js';
import type { Confirmation, PageState, Shown, Work } from './state.js';
import { joined, t } from './strings.js';

export type SubmitDecision =
  | { readonly do: 'hint'; readonly text: string }
  /** To another answer of the same prompt. */
  | { readonly do: 'go-on'; readonly work: Work }
  | { readonly do: 'ask-rationale'; readonly text: string }
  | { readonly do: 'confirm'; readonly confirmation: Confirmation; readonly text: string }
  | { readonly do: 'submit'; readonly work: Work; readonly cut: readonly CandidateId[] };

export function decideSubmit(state: PageState, shown: Shown): SubmitDecision {
  const { settings } = state;
  const mode = modeOf(settings);
  const said = mode.completeness(state, shown);
  if (said.is === 'missing') return { do: 'hint', text: said.text };
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
  const cut = shown.view.answers.filter(isWriting).map(({ candidateId }) => candidateId);
  return { do: 'submit', work: said.work, cut };
}
