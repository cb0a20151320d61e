import {
  candidateIdOf,
  plainLine,
  type Branch,
  type Candidate,
  type CandidateId,
  type Judgement,
  type PromptId,
} from '../core/index.js';
import type { AnswerView, PromptView } from '../protocol.js';
import type { Project } from '../store/index.js';
import type { AnswerSource } from './answerSource.js';
import { draftContentOf, draftFileOf, isEmptyDraft } from './draftContent.js';
import { draftIn } from './judgedDraft.js';
import type { LabelingQueue } from './labelingQueue.js';
import type { Pass, Passes } from './passes.js';
import { shownOrder } from './shownOrder.js';

/** Stable, so that a ranking that names the labeler's own answer stays right however often it is written anew. */
export const ownAnswerId = (promptId: PromptId, labeler: string): CandidateId =>
  candidateIdOf(['own answer', promptId, labeler]);

/** Letters A to H. */
export const maxAnswers = 8;

/**
 * What the page sees of a prompt: its answers in their places, as far as they are written, and the labeler's draft. Nothing
 * of model, sampling or origin; names of models where the project reveals them.
 */
export class PromptViews {
  readonly #project: Project;
  readonly #labeler: string;
  readonly #answers: AnswerSource;
  readonly #queue: LabelingQueue;
  readonly #passes: Passes;
  readonly #guidelinesVersion: () => string | undefined;
  readonly #orders = new Map<PromptId, readonly CandidateId[]>();
  /** Prompts on whose answers the names stood. */
  readonly #revealed = new Set<PromptId>();
  /** Answers that are being written again: the new ones stand for them before they are in the journal. */
  readonly #replaced = new Set<CandidateId>();

  /** @param guidelinesVersion of those that hold now. */
  constructor(
    project: Project,
    labeler: string,
    answers: AnswerSource,
    queue: LabelingQueue,
    passes: Passes,
    guidelinesVersion: () => string | undefined,
  ) {
    this.#guidelinesVersion = guidelinesVersion;
    this.#project = project;
    this.#labeler = labeler;
    this.#answers = answers;
    this.#queue = queue;
    this.#passes = passes;
  }

  /** @param numberedAs the prompt whose number it bears: one that was mixed in is not told by its own. */
  viewOf(promptId: PromptId, numberedAs: PromptId = promptId): PromptView {
    const pass = this.#passes.of(promptId);
    const prompt = this.#project.prompt(promptId);
    const own = this.#queue.ownJudgementOf(promptId);
    const content = this.#content(promptId, pass);
    const { draft, revision } = content;
    const standing = pass === 0 ? this.#queue.standingOf(promptId) : isEmptyDraft(content) ? 'open' : 'draft';
    const isRevealed = standing === 'submitted' && this.#isRevealed(own);
    if (isRevealed) this.#revealed.add(promptId);
    const hidesSource = this.#queue.hasMixedIn && (standing === 'open' || standing === 'draft');
    return {
      promptId,
      ...(pass === 1 && { pass }),
      index: (this.#queue.placeOf(numberedAs) ?? 0) + 1,
      messages: prompt?.messages ?? [],
      ...(prompt?.reference === undefined ? {} : { reference: prompt.reference }),
      ...(prompt?.source === undefined || hidesSource ? {} : { source: `${prompt.source.file}:${prompt.source.line}` }),
      answers: this.orderOf(promptId, pass).map((candidateId) => ({
        ...this.answerOf(promptId, candidateId),
        ...(isRevealed ? this.#nameOf(promptId, candidateId) : {}),
      })),
      ownId: ownAnswerId(promptId, this.#labeler),
      draft: standing === 'submitted' && own !== undefined ? draftIn(own) : draft,
      ...(revision === undefined ? {} : { revision }),
      status: standing,
      ...(standing === 'submitted' && this.#isPast(own) && { isPastGuidelines: true }),
    };
  }

  /** Somebody else's judgement, as if it was one's own, to be looked at; letters stand for what they do on one's own screen. */
  viewOfOthers(promptId: PromptId, row: Judgement): PromptView {
    const view = this.viewOf(promptId);
    const own = row.corrections?.find(({ parent }) => parent === undefined)?.id;
    const { isPastGuidelines: _own, ...others } = view;
    return {
      ...others,
      ...(this.#isPast(row) && { isPastGuidelines: true }),
      readOnly: plainLine(row.labeler),
      draft: draftIn(row),
      ...(own === undefined ? {} : { ownId: own }),
    };
  }

  /** Whether the labeler may have seen by whom the answers of a prompt are. */
  wasRevealed(promptId: PromptId): boolean {
    return this.#revealed.has(promptId);
  }

  #isPast(row: Judgement | undefined): boolean {
    const now = this.#guidelinesVersion();
    return now !== undefined && row?.guidelinesVersion !== undefined && row.guidelinesVersion !== now;
  }

  #isRevealed(own: Judgement | undefined): boolean {
    const { reveal } = this.#project.config;
    const { open, draft } = this.#queue.counts;
    return own?.status === 'submitted' && (reveal === 'afterSubmit' || (reveal === 'afterRun' && open + draft === 0));
  }

  #nameOf(promptId: PromptId, candidateId: CandidateId): Pick<AnswerView, 'reveal'> {
    const name = this.#project.candidatesOf(promptId).find(({ id }) => id === candidateId)?.model?.name;
    return name === undefined ? {} : { reveal: name };
  }

  answerOf(promptId: PromptId, candidateId: CandidateId): AnswerView {
    const pending = this.#answers.pendingOf(promptId).find((answer) => answer.candidateId === candidateId);
    if (pending !== undefined) {
      const { state, text, error, branch } = pending;
      return { candidateId, state, text, ...(error === undefined ? {} : { error }), ...goesOnFrom(branch) };
    }
    const candidate = this.#project.candidatesOf(promptId).find(({ id }) => id === candidateId);
    if (candidate === undefined) return { candidateId, state: 'queued', text: '' };
    return { candidateId, text: candidate.text, ...stateOf(candidate), ...goesOnFrom(candidate.branch) };
  }

  /** Undefined for an answer of which there is no word yet. */
  textOf(promptId: PromptId, candidateId: CandidateId): string | undefined {
    const { text, state } = this.answerOf(promptId, candidateId);
    return state === 'queued' && text === '' ? undefined : text;
  }

  /**
   * Candidates by place: as the labeler saw them before, else shuffled; those that came later stand at the end. When the
   * prompt comes again: those that were shown the first time, turned round.
   */
  orderOf(promptId: PromptId, pass: Pass = this.#passes.of(promptId)): readonly CandidateId[] {
    const shownBefore = this.#queue.ownJudgementOf(promptId)?.shown?.order;
    const ids = this.#candidateIds(promptId);
    if (pass === 1) return (shownBefore ?? []).filter((id) => ids.includes(id)).reverse();
    const known = this.#orders.get(promptId) ?? this.#content(promptId, 0).order ?? shownBefore ?? [];
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
    if (this.#passes.of(promptId) === 1) return;
    const order = this.orderOf(promptId);
    const content = draftFileOf(this.#project, this.#labeler, promptId);
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

  #content(promptId: PromptId, pass: Pass) {
    return draftContentOf(this.#project, this.#labeler, promptId, pass);
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

/** Of another step: which steps it shares, and with whom, so that they are not judged twice. Of all else nothing is told. */
const goesOnFrom = (branch: Branch | undefined): Pick<AnswerView, 'goesOn'> =>
  branch?.step === undefined ? {} : { goesOn: { from: branch.from, step: branch.step } };

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
