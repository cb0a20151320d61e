/** Between what is on the screen and what is drafted and submitted. */
import type { JudgementDraft, PromptView } from '../../src/protocol.js';
import type { Mode } from './modes/index.js';
import type { Work } from './state.js';

/** What is sent, drafted and submitted. */
export function draftOf(mode: Mode, view: PromptView, work: Work): JudgementDraft {
  const flags = Object.entries(work.flags).filter(([, list]) => list.length > 0);
  const spans = Object.entries(work.spans).filter(([, list]) => list.length > 0);
  return {
    ...mode.draft(view, work),
    ...(flags.length > 0 && { flags: Object.fromEntries(flags.map(([id, list]) => [id, [...list]])) }),
    ...(spans.length > 0 && { spans: Object.fromEntries(spans.map(([id, list]) => [id, [...list]])) }),
    ...(work.promptFlags.length > 0 && { promptFlags: [...work.promptFlags] }),
    ...(work.corrections.length > 0 && { corrections: [...work.corrections] }),
    ...(work.rationale.trim() !== '' && { rationale: work.rationale }),
  };
}

export function workOf(mode: Mode, view: PromptView): Work {
  const { draft } = view;
  return {
    ...mode.work(view, draft),
    flags: draft.flags ?? {},
    spans: draft.spans ?? {},
    promptFlags: draft.promptFlags ?? [],
    corrections: draft.corrections ?? [],
    rationale: draft.rationale ?? '',
  };
}

export const isSameWork = (mode: Mode, view: PromptView, one: Work, other: Work): boolean =>
  JSON.stringify(draftOf(mode, view, one)) === JSON.stringify(draftOf(mode, view, other));
