import { candidateIdOf, type CandidateId, type Correction, type PromptId } from '../core/index.js';
import type { DraftContent } from './draftContent.js';
import type { Drafts } from './drafts.js';
import type { PromptViews } from './promptViews.js';

/** An answer in the improvement editor. */
export interface Improvement {
  /** The answer that is improved, also when its improved form was asked for. */
  readonly parent: CandidateId;
  /** Letter of the answer on the screen. */
  readonly letter: string;
  /** As the model wrote it. */
  readonly original: string;
  /** As far as the labeler has come. */
  readonly text: string;
}

/** Answers that the labeler improves: each a draft beside the one that it improves, until it becomes an answer itself. */
export class Improvements {
  readonly #drafts: Drafts;
  readonly #views: PromptViews;
  readonly #labeler: string;

  constructor(drafts: Drafts, views: PromptViews, labeler: string) {
    this.#drafts = drafts;
    this.#views = views;
    this.#labeler = labeler;
  }

  /** An answer as the improvement editor shows it; undefined when there is no such answer. */
  of(promptId: PromptId, candidateId: CandidateId): Improvement | undefined {
    const content = this.#drafts.contentOf(promptId);
    const earlier = content.draft.corrections?.find(({ id, parent }) => id === candidateId || parent === candidateId);
    const parent = earlier?.parent ?? candidateId;
    const original = this.#views.textOf(promptId, parent);
    if (original === undefined) return undefined;
    const place = this.#views.orderOf(promptId).indexOf(parent);
    return {
      parent,
      letter: String.fromCharCode(65 + Math.max(0, place)),
      original,
      text: content.improving?.[parent] ?? earlier?.text ?? original,
    };
  }

  /** The draft with this text in the editor. */
  withText(promptId: PromptId, candidateId: CandidateId, text: string): DraftContent {
    const content = this.#drafts.contentOf(promptId);
    return { ...content, improving: { ...content.improving, [candidateId]: text } };
  }

  /** The draft with this text as an answer of the labeler's own. */
  used(promptId: PromptId, parent: CandidateId, text: string): { content: DraftContent; correction: Correction } {
    const content = this.#drafts.contentOf(promptId);
    const correction: Correction = { id: correctionIdOf(promptId, this.#labeler, parent), parent, text };
    const others = content.draft.corrections?.filter(({ id }) => id !== correction.id) ?? [];
    const draft = { ...content.draft, corrections: [...others, correction] };
    return { content: withoutText({ ...content, draft }, parent), correction };
  }

  /** The draft with nothing in the editor. */
  discarded(promptId: PromptId, parent: CandidateId): DraftContent {
    return withoutText(this.#drafts.contentOf(promptId), parent);
  }
}

/** Stable, so that improving an answer twice gives one correction, and a ranking that names it stays right. */
const correctionIdOf = (promptId: PromptId, labeler: string, parent: CandidateId): CandidateId =>
  candidateIdOf(['correction', promptId, labeler, parent]);

function withoutText(content: DraftContent, candidateId: CandidateId): DraftContent {
  const { improving, ...rest } = content;
  const others = Object.entries(improving ?? {}).filter(([id]) => id !== candidateId);
  return others.length === 0 ? rest : { ...rest, improving: Object.fromEntries(others) };
}
