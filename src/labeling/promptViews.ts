import { candidateIdOf, type Candidate, type CandidateId, type PromptId } from '../core/index.js';
import type { AnswerView, PromptView } from '../protocol.js';
import type { Project } from '../store/index.js';
import type { AnswerSource } from './answerSource.js';
import { draftContentOf } from './draftContent.js';
import { draftIn } from './judgedDraft.js';
import type { LabelingQueue } from './labelingQueue.js';
import { shownOrder } from './shownOrder.js';

/** Stable, so that a ranking that names the labeler's own answer stays right however often it is written anew. */
export const ownAnswerId = (promptId: PromptId, labeler: string): CandidateId =>
  candidateIdOf(['own answer', promptId, labeler]);

/** Letters A to H. */
const maxAnswers = 8;

/**
 * What the page sees of a prompt: its answers in their places, as far as they are written, and the labeler's draft. Nothing
 * of model, sampling or origin.
 */
export class PromptViews {
  readonly #project: Project;
  readonly #labeler: string;
  readonly #answers: AnswerSource;
  readonly #queue: LabelingQueue;
  readonly #orders = new Map<PromptId, readonly CandidateId[]>();
  /** Answers that are being written again: the new ones stand for them before they are in the journal. */
  readonly #replaced = new Set<CandidateId>();

  constructor(project: Project, labeler: string, answers: AnswerSource, queue: LabelingQueue) {
    this.#project = project;
    this.#labeler = labeler;
    this.#answers = answers;
    this.#queue = queue;
  }

  viewOf(promptId: PromptId): PromptView {
    const prompt = this.#project.prompt(promptId);
    const standing = this.#queue.standingOf(promptId);
    const own = this.#queue.ownJudgementOf(promptId);
    const { draft, revision } = this.#content(promptId);
    return {
      promptId,
      index: (this.#queue.placeOf(promptId) ?? 0) + 1,
      messages: prompt?.messages ?? [],
      ...(prompt?.reference === undefined ? {} : { reference: prompt.reference }),
      ...(prompt?.source === undefined ? {} : { source: `${prompt.source.file}:${prompt.source.line}` }),
      answers: this.orderOf(promptId).map((candidateId) => this.answerOf(promptId, candidateId)),
      ownId: ownAnswerId(promptId, this.#labeler),
      draft: standing === 'submitted' && own !== undefined ? draftIn(own) : draft,
      ...(revision === undefined ? {} : { revision }),
      status: standing,
    };
  }

  answerOf(promptId: PromptId, candidateId: CandidateId): AnswerView {
    const pending = this.#answers.pendingOf(promptId).find((answer) => answer.candidateId === candidateId);
    if (pending !== undefined) {
      const { state, text, error } = pending;
      return { candidateId, state, text, ...(error === undefined ? {} : { error }) };
    }
    const candidate = this.#project.candidatesOf(promptId).find(({ id }) => id === candidateId);
    if (candidate === undefined) return { candidateId, state: 'queued', text: '' };
    return { candidateId, text: candidate.text, ...stateOf(candidate) };
  }

  /** Undefined for an answer of which there is no word yet. */
  textOf(promptId: PromptId, candidateId: CandidateId): string | undefined {
    const { text, state } = this.answerOf(promptId, candidateId);
    return state === 'queued' && text === '' ? undefined : text;
  }

  /** Candidates by place: as the labeler saw them before, else shuffled; those that came later stand at the end. */
  orderOf(promptId: PromptId): readonly CandidateId[] {
    const shownBefore = this.#queue.ownJudgementOf(promptId)?.shown?.order;
    const known = this.#orders.get(promptId) ?? this.#content(promptId).order ?? shownBefore ?? [];
    const ids = this.#candidateIds(promptId);
    const kept = known.filter((id) => ids.includes(id));
    const order =
      kept.length === 0 ? this.#shuffled(promptId, ids) : [...kept, ...ids.filter((id) => !kept.includes(id))];
    // Of more than two candidates a pair shows the first two of the shuffled order.
    const shown = this.#project.config.mode === 'pair' ? order.slice(0, 2) : order;
    if (shown.length > 0) this.#orders.set(promptId, shown);
    return shown;
  }

  /** What was on the screen stays in its order, over a reload too, however the answers came into the journal. */
  keepOrder(promptId: PromptId): void {
    const order = this.orderOf(promptId);
    const content = this.#content(promptId);
    if (order.length === 0 || this.#queue.standingOf(promptId) === 'submitted') return;
    if (content.order?.join() === order.join()) return;
    // At the time of a draft that is there: seeing a prompt is no work on it.
    const at = this.#project.drafts.get(this.#labeler, promptId)?.at ?? new Date(0).toISOString();
    const draft = { promptId, labeler: this.#labeler, at, content: { ...content, order: [...order] } };
    this.#project.drafts.set(draft).catch(() => undefined); // the order is the same again unless answers came meanwhile
  }

  /** From now on the order is that of the journal or the draft. */
  forgetOrder(promptId: PromptId): void {
    this.#orders.delete(promptId);
  }

  /** An answer is written again: the new one takes the old one's place. */
  replace(promptId: PromptId, old: CandidateId, candidateId: CandidateId): void {
    this.#replaced.add(old);
    const order = this.#orders.get(promptId)?.map((id) => (id === old ? candidateId : id));
    if (order !== undefined) this.#orders.set(promptId, order);
  }

  /** Whether this answer was given a place in the prompt's order. */
  hasPlace(promptId: PromptId, candidateId: CandidateId): boolean {
    return this.#orders.get(promptId)?.includes(candidateId) === true;
  }

  #content(promptId: PromptId) {
    return draftContentOf(this.#project, this.#labeler, promptId);
  }

  #shuffled(promptId: PromptId, ids: readonly CandidateId[]): readonly CandidateId[] {
    const project = this.#project.config.name;
    return shownOrder(ids, this.#queue.placeOf(promptId) ?? 0, { project, labeler: this.#labeler, pass: 0 });
  }

  /** In the order in which they were asked for: the same source at the same position in every prompt. */
  #candidateIds(promptId: PromptId): CandidateId[] {
    const written = this.#project.candidatesOf(promptId);
    const replaced = new Set<unknown>([...this.#replaced, ...written.map((row) => row.metadata?.['replaces'])]);
    const usable = written
      .filter(({ id, finishReason }) => !replaced.has(id) && finishReason !== 'error')
      .toSorted((a, b) => askedAt(a) - askedAt(b));
    const pending = this.#answers.pendingOf(promptId).map(({ candidateId }) => candidateId);
    return [...new Set([...usable.map(({ id }) => id), ...pending])].slice(0, maxAnswers);
  }
}

/** What the page may know of a written answer: whether it is whole, not where it came from. */
function stateOf(candidate: Candidate): Pick<AnswerView, 'state' | 'maxTokens'> {
  switch (candidate.finishReason) {
    case 'length': {
      const maxTokens = candidate.sampling?.maxTokens;
      return { state: 'length', ...(maxTokens === undefined ? {} : { maxTokens }) };
    }
    case 'cut':
      return { state: 'cut' };
    case 'filter':
      return { state: 'filter' };
    case 'error':
      return { state: 'failed' };
    default:
      return { state: 'complete' };
  }
}

/** The place in which a candidate was asked for: the journal has them as they ended. Imported ones stay as they stand. */
function askedAt({ metadata }: Candidate): number {
  const facts = metadata?.['touchstone'];
  const index = typeof facts === 'object' && facts !== null && 'index' in facts ? facts.index : undefined;
  return typeof index === 'number' ? index : 0;
}
