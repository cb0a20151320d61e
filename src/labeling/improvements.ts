import {
  candidateIdOf,
  composedCorrection,
  composedParts,
  editedParts,
  ownAnswerName,
  type CandidateId,
  type Correction,
  type PromptId,
} from '../core/index.js';
import type { DraftContent } from './draftContent.js';
import type { Drafts } from './drafts.js';
import { ownAnswerId, type PromptViews } from './promptViews.js';

/** An answer in the improvement editor. */
export interface Improvement {
  /** The answer that is improved, also when its improved form was asked for. */
  readonly parent: CandidateId;
  /** Letter of the answer on the screen. */
  readonly letter: string;
  /** It improves no answer: the labeler composes it, or writes it from nothing. `parent` is its own id then. */
  readonly isOwn: boolean;
  /** As the model wrote it; of the labeler's own answer as it stands. */
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
    const own = this.#ownOf(content, promptId);
    if (candidateId === own.id) {
      const { id: parent, text: original } = own;
      const text = content.improving?.[parent] ?? original;
      return { parent, letter: ownAnswerName, isOwn: true, original, text };
    }
    const earlier = content.draft.corrections?.find(({ id, parent }) => id === candidateId || parent === candidateId);
    const parent = earlier?.parent ?? candidateId;
    const original = this.#views.textOf(promptId, parent);
    if (original === undefined) return undefined;
    const place = this.#views.orderOf(promptId).indexOf(parent);
    return {
      parent,
      letter: String.fromCharCode(65 + Math.max(0, place)),
      isOwn: false,
      original,
      text: content.improving?.[parent] ?? earlier?.text ?? original,
    };
  }

  /** Id of the answer that the labeler composes or writes from nothing. */
  ownId(promptId: PromptId): CandidateId {
    return this.#ownOf(this.#drafts.contentOf(promptId), promptId).id;
  }

  /** The draft with this text in the editor. */
  withText(promptId: PromptId, candidateId: CandidateId, text: string): DraftContent {
    const content = this.#drafts.contentOf(promptId);
    return { ...content, improving: { ...content.improving, [candidateId]: text } };
  }

  /** The draft with this text as an answer of the labeler's own. */
  used(promptId: PromptId, parent: CandidateId, text: string): { content: DraftContent; correction: Correction } {
    const content = this.#drafts.contentOf(promptId);
    const own = this.#ownOf(content, promptId);
    const correction: Correction =
      parent === own.id ? edited(own, text) : { id: correctionIdOf(promptId, this.#labeler, parent), parent, text };
    const others = content.draft.corrections?.filter(({ id }) => id !== correction.id) ?? [];
    const draft = { ...content.draft, corrections: [...others, correction] };
    return { content: withoutText({ ...content, draft }, parent), correction };
  }

  /** One that was imported has an id of its own. */
  #ownOf({ draft }: DraftContent, promptId: PromptId): Correction {
    const own = draft.corrections?.findLast(({ parent }) => parent === undefined);
    return own ?? { id: ownAnswerId(promptId, this.#labeler), text: '' };
  }

  /** The draft with nothing in the editor. */
  discarded(promptId: PromptId, parent: CandidateId): DraftContent {
    return withoutText(this.#drafts.contentOf(promptId), parent);
  }
}

/** Stable, so that improving an answer twice gives one correction, and a ranking that names it stays right. */
const correctionIdOf = (promptId: PromptId, labeler: string, parent: CandidateId): CandidateId =>
  candidateIdOf(['correction', promptId, labeler, parent]);

/** Parts that are still in the text keep their source. Line ends are those that answers have, whatever the editor makes. */
function edited(own: Correction, text: string): Correction {
  const composed = editedParts(composedParts(own), text.replace(/\r\n?/g, '\n'));
  return composedCorrection(own.id, composed) ?? { id: own.id, text };
}

function withoutText(content: DraftContent, candidateId: CandidateId): DraftContent {
  const { improving, ...rest } = content;
  const others = Object.entries(improving ?? {}).filter(([id]) => id !== candidateId);
  return others.length === 0 ? rest : { ...rest, improving: Object.fromEntries(others) };
}
