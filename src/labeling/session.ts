import { t } from '@vscode/l10n';
import {
  candidateIdOf,
  checkJudgement,
  judgementIdOf,
  serializeError,
  type Candidate,
  type CandidateId,
  type Judgement,
  type JudgementId,
  type PromptId,
} from '../core/index.js';
import {
  emptyDraft,
  type AnswerView,
  type FromLabelingPage,
  type JudgementDraft,
  type PromptView,
  type ToLabelingPage,
} from '../protocol.js';
import type { Project, ProjectChange } from '../store/index.js';
import type { AnswerEvent, AnswerSource } from './answerSource.js';
import { DeltaBatcher } from './deltaBatcher.js';
import { draftContentOf, isEmptyDraft, type DraftContent } from './draftContent.js';
import { LabelingQueue } from './labelingQueue.js';
import { progressOf } from './progressOf.js';
import { shownOrder } from './shownOrder.js';

/** Prompts that the page holds ready, so that the next one is on the screen before the disk has answered. */
const nAheadViews = 3;
/** Letters A to H. */
const maxAnswers = 8;
/** A sitting outlives a reload: what was submitted this recently can be taken back. */
const sittingMs = 4 * 3_600_000;

/** The messages that the session answers; the others (links, files, buttons) belong to the panel. */
export type SessionMessage = Extract<
  FromLabelingPage,
  {
    type:
      | 'draft-change'
      | 'judgement-submit'
      | 'prompt-skip'
      | 'prompt-go'
      | 'submit-undo'
      | 'candidate-cut'
      | 'generate-again';
  }
>;

export interface SessionOptions {
  readonly project: Project;
  readonly labeler: string;
  readonly answers: AnswerSource;
  /** Prompts to have answers written for, the one on the screen included. */
  readonly nAhead: () => number;
  readonly now: () => Date;
  /** Version of the guidelines that the labeler has before them; undefined without guidelines. */
  readonly guidelinesVersion: () => string | undefined;
}

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

type Submit = Extract<SessionMessage, { type: 'judgement-submit' }>;
type Skip = Extract<SessionMessage, { type: 'prompt-skip' }>;

/**
 * One labeler's sitting over one project: what comes next, in which order the answers stand, drafts, submit, skip, undo.
 * Talks to one page at a time in messages; outlives it, so that closing the panel costs nothing.
 *
 * The page is blind: no message holds a model, a sampling or an origin.
 */
export class LabelingSession {
  readonly queue: LabelingQueue;
  readonly #options: SessionOptions;
  readonly #deltas: DeltaBatcher;
  readonly #stops: (() => void)[];
  readonly #orders = new Map<PromptId, readonly CandidateId[]>();
  /** Judgements on their way to the disk. */
  readonly #inFlight = new Set<PromptId>();
  /** Judgements whose write failed, by request: the project tries them again. */
  readonly #unsaved = new Map<string, { readonly promptId: PromptId; readonly id: JudgementId }>();
  /** Answers that are being written again: the new ones stand for them before they are in the journal. */
  readonly #replaced = new Set<CandidateId>();
  readonly #skippedNow = new Set<PromptId>();
  readonly #sitting: PromptId[];
  readonly #changeListeners = new Set<() => void>();
  #post: ((message: ToLabelingPage) => void) | undefined;
  #current: PromptId | undefined;
  /** Prompts whose views the page has, the one on the screen included. */
  #sent = new Set<PromptId>();
  /** Journal writes happen one after the other, in the order in which the labeler did things. */
  #writes: Promise<void> = Promise.resolve();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.queue = new LabelingQueue(options.project, options.labeler);
    this.#deltas = new DeltaBatcher((delta) => this.#post?.({ type: 'answer-delta', ...delta }));
    const sittingStart = new Date(options.now().getTime() - sittingMs).toISOString();
    this.#sitting = this.queue
      .ownJudgements()
      .filter((judgement) => judgement.at >= sittingStart)
      .map((judgement) => judgement.promptId);
    this.#stops = [
      options.project.onDidChange((change) => this.#onProjectChange(change)),
      options.answers.onEvent((event) => this.#onAnswerEvent(event)),
    ];
  }

  /** The prompt on the screen. */
  get current(): PromptId | undefined {
    return this.#current;
  }

  /** Whether the page shows a prompt, not an empty state. */
  get isPromptShown(): boolean {
    return this.#current !== undefined && this.#sent.has(this.#current);
  }

  get canUndo(): boolean {
    return (
      this.#sitting.length > 0 || (this.#current !== undefined && this.queue.standingOf(this.#current) === 'draft')
    );
  }

  /** Whether an answer of the prompt on the screen is being written. */
  get isWriting(): boolean {
    return (
      this.#current !== undefined &&
      this.#options.answers.pendingOf(this.#current).some(({ state }) => state === 'writing' || state === 'queued')
    );
  }

  /** The prompt on the screen, standings or what can be undone have changed. */
  onDidChange(listener: () => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  /** A page is ready: everything that it needs is sent, whole. */
  attach(post: (message: ToLabelingPage) => void): void {
    this.#deltas.clear();
    this.#post = post;
    this.#sent.clear();
    this.#postProgress();
    if (this.#unsaved.size > 0) this.#postUnsaved();
    this.#show(this.#current ?? this.#next(undefined));
  }

  /** The page is gone; nothing is written ahead for nobody. */
  detach(): void {
    this.#post = undefined;
    this.#deltas.clear();
    this.#options.answers.want([]);
  }

  async dispose(): Promise<void> {
    this.detach();
    for (const stop of this.#stops) stop();
    await this.#writes;
  }

  /** Shows this prompt, whatever its standing. */
  open(promptId: PromptId): void {
    this.#show(promptId);
  }

  async receive(message: SessionMessage): Promise<void> {
    switch (message.type) {
      case 'draft-change':
        return this.#changeDraft(message);
      case 'judgement-submit':
        return this.#submit(message);
      case 'prompt-skip':
        return this.#skip(message);
      case 'prompt-go':
        return this.#go(message.from, message.to);
      case 'submit-undo':
        return this.#undo();
      case 'candidate-cut':
        return this.#options.answers.cut(message.candidateId);
      case 'generate-again':
        return this.#options.answers.again(message.promptId, message.candidateId);
    }
  }

  /** Writes the prompt's answers again: those that failed, or all before anything was judged. */
  writeAgain(): void {
    if (this.#current !== undefined) this.#options.answers.again(this.#current);
  }

  /** Tries again to save what could not be saved. @throws StoreError */
  async retry(): Promise<void> {
    await this.#options.project.retry();
    this.#settleUnsaved();
  }

  /** An answer as the improvement editor shows it; undefined when there is no such answer. */
  improvement(promptId: PromptId, candidateId: CandidateId): Improvement | undefined {
    const content = this.#content(promptId);
    const earlier = content.draft.corrections?.find(({ id, parent }) => id === candidateId || parent === candidateId);
    const parentId = earlier?.parent ?? candidateId;
    const original = this.#textOf(promptId, parentId);
    if (original === undefined) return undefined;
    const place = this.#orderOf(promptId).indexOf(parentId);
    return {
      parent: parentId,
      letter: String.fromCharCode(65 + Math.max(0, place)),
      original,
      text: content.improving?.[parentId] ?? earlier?.text ?? original,
    };
  }

  /** Keeps a text of the improvement editor as a draft. */
  async keepImprovement(promptId: PromptId, candidateId: CandidateId, text: string): Promise<void> {
    const content = this.#content(promptId);
    await this.#saveDraft(promptId, { ...content, improving: { ...content.improving, [candidateId]: text } });
  }

  /** The improved text becomes the labeler's own answer, beside the one that it improves. */
  async useImprovement(promptId: PromptId, parent: CandidateId, text: string): Promise<void> {
    const content = this.#content(promptId);
    const correctionId = correctionIdOf(promptId, this.#options.labeler, parent);
    const others = content.draft.corrections?.filter(({ id }) => id !== correctionId) ?? [];
    const draft = { ...content.draft, corrections: [...others, { id: correctionId, parent, text }] };
    await this.#saveDraft(promptId, withoutImproving({ ...content, draft }, parent));
    this.#post?.({ type: 'correction-made', promptId, correctionId, parent, text });
  }

  async discardImprovement(promptId: PromptId, parent: CandidateId): Promise<void> {
    await this.#saveDraft(promptId, withoutImproving(this.#content(promptId), parent));
  }

  // What the page asks for

  async #changeDraft(message: Extract<SessionMessage, { type: 'draft-change' }>): Promise<void> {
    const { promptId, draft, revision } = message;
    if (this.#options.project.prompt(promptId) === undefined || this.#inFlight.has(promptId)) return;
    try {
      await this.#saveDraft(promptId, { ...this.#content(promptId), draft, revision });
      this.#post?.({ type: 'draft-saved', promptId, revision });
    } catch (error) {
      this.#post?.({ type: 'draft-failed', promptId, revision, message: serializeError(error).message });
    }
  }

  async #submit(message: Submit): Promise<void> {
    const { promptId, draft } = message;
    await this.#judge(message, draft, async () => {
      // Candidates first: a judgement names only what is in the journal. What is still being written ends as it was seen.
      const { answers, project } = this.#options;
      const unfinished = answers.pendingOf(promptId).filter(({ state }) => state !== 'failed');
      await Promise.all(unfinished.map(({ candidateId }) => answers.cut(candidateId)));
      const order = this.#orderOf(promptId).filter((id) => project.promptOf(id) === promptId);
      const guidelinesVersion = this.#options.guidelinesVersion();
      return {
        status: 'submitted',
        ...saidIn(this.#completed(promptId, draft, order)),
        shown: { order: [...order], aids: message.aids, words: message.words },
        activeMs: message.activeMs,
        ...(guidelinesVersion === undefined ? {} : { guidelinesVersion }),
      };
    });
  }

  async #skip(message: Skip): Promise<void> {
    this.#skippedNow.add(message.promptId);
    const reason = message.reason === undefined || message.reason === '' ? {} : { reason: message.reason };
    const order = this.#orderOf(message.promptId);
    await this.#judge(message, this.#content(message.promptId).draft, async () => ({
      status: 'skipped',
      ...reason,
      shown: { order: [...order] },
    }));
  }

  /** Shows the next prompt at once, then writes; a failed write brings the prompt back with its judgement. */
  async #judge(
    message: Submit | Skip,
    draft: JudgementDraft,
    saidNow: () => Promise<Pick<Judgement, 'status'> & Partial<Judgement>>,
  ): Promise<void> {
    const { project, labeler } = this.#options;
    const { promptId, requestId } = message;
    // The page sends a judgement again with the same id when no answer came: it is written once.
    const id = judgementIdOf(['panel', promptId, labeler, requestId]);
    if (project.hasJudgement(id)) {
      this.#post?.({ type: 'judgement-saved', requestId, promptId });
      return;
    }
    if (this.#inFlight.has(promptId)) return;
    this.#inFlight.add(promptId);
    if (this.#current === promptId) this.#show(this.#next(promptId));
    const write = this.#writes.then(async () => {
      try {
        const row: Judgement = {
          ...(await saidNow()),
          id,
          promptId,
          labeler,
          at: this.#options.now().toISOString(),
        };
        const problem = this.#problemOf(row);
        if (problem !== undefined) throw new Error(problem);
        await project.appendJudgements([row]);
        if (row.status === 'submitted') await project.drafts.delete(labeler, promptId);
        this.#inFlight.delete(promptId);
        this.#orders.delete(promptId);
        remove(this.#sitting, promptId);
        this.#sitting.push(promptId);
        this.#post?.({ type: 'judgement-saved', requestId, promptId });
      } catch (error) {
        this.#inFlight.delete(promptId);
        this.#skippedNow.delete(promptId);
        if (project.nUnsaved > 0) this.#unsaved.set(requestId, { promptId, id });
        if (project.prompt(promptId) !== undefined) {
          this.#current = promptId;
          this.#sent.add(promptId);
        }
        this.#post?.({
          type: 'judgement-failed',
          requestId,
          promptId,
          message: serializeError(error).message,
          view: { ...this.#view(promptId), draft },
        });
        if (this.#unsaved.size > 0) this.#postUnsaved();
        this.#wantAhead();
      }
      this.#postProgress();
      this.#postAhead();
      this.#changed();
    });
    this.#writes = write;
    await write;
  }

  #go(from: PromptId, to: 'next' | 'previous'): void {
    if (to === 'previous') {
      const beside = this.queue.beside(from, -1);
      if (beside !== undefined) this.#show(beside);
      return;
    }
    // From a prompt that is done the labeler looks through what is there; from an open one, on to the next open one.
    const isDone = this.queue.standingOf(from) === 'submitted' || this.queue.standingOf(from) === 'skipped';
    const beside = isDone ? this.queue.beside(from, 1) : undefined;
    const next = beside ?? this.#next(from);
    if (next !== undefined) this.#show(next);
  }

  /** Takes back the last judgement of this sitting: the journal gets a row that says so, the judgement is a draft again. */
  async #undo(): Promise<void> {
    const write = this.#writes.then(async () => {
      const { project, now } = this.#options;
      for (;;) {
        const promptId = this.#sitting.at(-1);
        const own = this.queue.ownJudgements().find((judgement) => judgement.promptId === promptId);
        if (promptId === undefined) {
          this.#post?.({ type: 'nothing-to-undo' });
          return;
        }
        if (own === undefined) {
          // Taken back in another window meanwhile.
          this.#sitting.pop();
          continue;
        }
        const at = now().toISOString();
        try {
          await project.appendJudgements([
            { ...own, id: judgementIdOf(['undo', own.id, at]), at, status: 'draft' as const },
          ]);
          const content = own.status === 'submitted' ? { draft: draftIn(own) } : this.#content(promptId);
          await this.#saveDraft(promptId, { ...content, order: own.shown?.order ?? this.#orderOf(promptId).slice() });
        } catch (error) {
          this.#postStrip(t('The judgement could not be taken back.'), serializeError(error).message);
          return;
        }
        this.#sitting.pop();
        this.#skippedNow.delete(promptId);
        this.#orders.delete(promptId);
        this.#postProgress();
        this.#show(promptId, { reopened: true });
        return;
      }
    });
    this.#writes = write;
    await write;
  }

  // What the page sees

  #next(after: PromptId | undefined): PromptId | undefined {
    const { project, answers } = this.#options;
    const [first] = take(this.queue.upcoming(after, this.#notNow()), 1);
    if (answers.availability.canWrite || first === undefined) return first;
    // Where nothing can be written, the prompts that have answers can still be labeled.
    for (const id of this.queue.upcoming(after, this.#notNow())) if (project.candidatesOf(id).length > 0) return id;
    return first;
  }

  #notNow(): ReadonlySet<PromptId> {
    return new Set([...this.#inFlight, ...this.#skippedNow]);
  }

  #show(promptId: PromptId | undefined, how: { readonly reopened?: true } = {}): void {
    this.#current = promptId;
    this.#deltas.flush();
    this.#wantAhead();
    if (promptId === undefined) this.#postEmpty();
    else {
      const prompt = this.#view(promptId);
      if (prompt.answers.length === 0) {
        // Shown when it is known which answers it will have: places are given before the first word, and never change.
        this.#sent.delete(promptId);
        if (!this.#options.answers.availability.canWrite) this.#postEmpty();
      } else {
        this.#sent.add(promptId);
        this.#post?.({ type: 'prompt-show', prompt, ...how });
        this.#keepOrder(promptId);
      }
    }
    this.#postAhead();
    this.#changed();
  }

  #postAhead(): void {
    if (this.#current === undefined || this.#post === undefined) return;
    const ids = take(this.queue.upcoming(this.#current, this.#notNow()), nAheadViews);
    const prompts = ids.map((id) => this.#view(id)).filter((view) => view.answers.length > 0);
    this.#deltas.flush();
    this.#sent = new Set([
      ...(this.#sent.has(this.#current) ? [this.#current] : []),
      ...prompts.map((view) => view.promptId),
    ]);
    this.#post({ type: 'prompts-ahead', prompts });
  }

  #wantAhead(): void {
    if (this.#post === undefined || this.#current === undefined) return this.#options.answers.want([]);
    const nAhead = Math.max(0, this.#options.nAhead());
    this.#options.answers.want([this.#current, ...take(this.queue.upcoming(this.#current, this.#notNow()), nAhead)]);
  }

  #postEmpty(): void {
    const { project, answers } = this.#options;
    if (project.promptIds.length === 0) this.#post?.({ type: 'empty', reason: 'no-prompts' });
    else if (this.#current !== undefined && !answers.availability.canWrite)
      this.#post?.({ type: 'empty', reason: 'no-model', detail: answers.availability.reason });
    else {
      const { submitted, skipped } = this.queue.counts;
      this.#post?.({
        type: 'empty',
        reason: 'all-done',
        detail: t('{0} submitted, {1} skipped.', submitted, skipped),
      });
    }
  }

  #postProgress(): void {
    this.#post?.({ type: 'progress', progress: progressOf(this.queue, this.#options.now()) });
  }

  #postUnsaved(): void {
    this.#post?.({
      type: 'strip',
      strip: {
        kind: 'error',
        message:
          this.#unsaved.size === 1
            ? t('1 judgement is not saved. It is kept in memory.')
            : t('{0} judgements are not saved. They are kept in memory.', this.#unsaved.size),
        action: { action: 'retry-save', label: t('Try again') },
      },
    });
  }

  /** What the project has written meanwhile is told to the page. */
  #settleUnsaved(): void {
    if (this.#unsaved.size === 0) return;
    for (const [requestId, { promptId, id }] of [...this.#unsaved]) {
      if (!this.#options.project.hasJudgement(id)) continue;
      this.#unsaved.delete(requestId);
      this.#post?.({ type: 'judgement-saved', requestId, promptId });
    }
    if (this.#unsaved.size === 0) this.#post?.({ type: 'strip', strip: null });
    else this.#postUnsaved();
    this.#postProgress();
  }

  #postStrip(message: string, details?: string): void {
    this.#post?.({
      type: 'strip',
      strip: {
        kind: 'error',
        message,
        ...(details === undefined ? {} : { details }),
        action: { action: 'show-log', label: t('Show log') },
      },
    });
  }

  #view(promptId: PromptId): PromptView {
    const { project } = this.#options;
    const prompt = project.prompt(promptId);
    const standing = this.queue.standingOf(promptId);
    const own = this.queue.ownJudgementOf(promptId);
    const { draft, revision } = this.#content(promptId);
    return {
      promptId,
      index: (this.queue.placeOf(promptId) ?? 0) + 1,
      messages: prompt?.messages ?? [],
      ...(prompt?.source === undefined ? {} : { source: `${prompt.source.file}:${prompt.source.line}` }),
      answers: this.#orderOf(promptId).map((candidateId) => this.#answerView(promptId, candidateId)),
      draft: standing === 'submitted' && own !== undefined ? draftIn(own) : draft,
      ...(revision === undefined ? {} : { revision }),
      status: standing,
    };
  }

  #answerView(promptId: PromptId, candidateId: CandidateId): AnswerView {
    const { project, answers } = this.#options;
    const pending = answers.pendingOf(promptId).find((answer) => answer.candidateId === candidateId);
    if (pending !== undefined) {
      const { state, text, error } = pending;
      return { candidateId, state, text, ...(error === undefined ? {} : { error }) };
    }
    const candidate = project.candidatesOf(promptId).find(({ id }) => id === candidateId);
    if (candidate === undefined) return { candidateId, state: 'queued', text: '' };
    return { candidateId, text: candidate.text, ...stateOf(candidate) };
  }

  /** Candidates by place: as the labeler saw them before, else shuffled; those that came later stand at the end. */
  #orderOf(promptId: PromptId): readonly CandidateId[] {
    const known = this.#orders.get(promptId) ?? this.#content(promptId).order ?? this.#shownBefore(promptId) ?? [];
    const ids = this.#candidateIds(promptId);
    const kept = known.filter((id) => ids.includes(id));
    const place = this.queue.placeOf(promptId) ?? 0;
    const order =
      kept.length === 0
        ? shownOrder(ids, place, {
            project: this.#options.project.config.name,
            labeler: this.#options.labeler,
            pass: 0,
          })
        : [...kept, ...ids.filter((id) => !kept.includes(id))];
    if (order.length > 0) this.#orders.set(promptId, order);
    return order;
  }

  /** What was on the screen stays in its order, over a reload too, however the answers came into the journal. */
  #keepOrder(promptId: PromptId): void {
    const { project } = this.#options;
    const order = this.#orderOf(promptId);
    const content = this.#content(promptId);
    if (this.#post === undefined || order.length === 0 || this.queue.standingOf(promptId) === 'submitted') return;
    if (content.order?.join() === order.join()) return;
    // At the time of a draft that is there: seeing a prompt is no work on it.
    const at = project.drafts.get(this.#options.labeler, promptId)?.at ?? new Date(0).toISOString();
    const draft = { promptId, labeler: this.#options.labeler, at, content: { ...content, order: [...order] } };
    project.drafts.set(draft).catch(() => undefined); // the order is the same again unless answers came meanwhile
  }

  #shownBefore(promptId: PromptId): readonly CandidateId[] | undefined {
    return this.queue.ownJudgementOf(promptId)?.shown?.order;
  }

  /** In the order in which they were asked for: the same source at the same position in every prompt. */
  #candidateIds(promptId: PromptId): CandidateId[] {
    const written = this.#options.project.candidatesOf(promptId);
    const replaced = new Set<unknown>([...this.#replaced, ...written.map((row) => row.metadata?.['replaces'])]);
    const usable = written
      .filter(({ id, finishReason }) => !replaced.has(id) && finishReason !== 'error')
      .toSorted((a, b) => askedAt(a) - askedAt(b));
    const pending = this.#options.answers.pendingOf(promptId).map(({ candidateId }) => candidateId);
    return [...new Set([...usable.map(({ id }) => id), ...pending])].slice(0, maxAnswers);
  }

  #textOf(promptId: PromptId, candidateId: CandidateId): string | undefined {
    const { text, state } = this.#answerView(promptId, candidateId);
    return state === 'queued' && text === '' ? undefined : text;
  }

  // What happens elsewhere

  #onProjectChange(change: ProjectChange): void {
    this.queue.update(change);
    this.#settleUnsaved();
    if (this.#post === undefined) return this.#changed();
    if (change.kind === 'prompts' || change.kind === 'config') {
      if (this.#current === undefined) this.#show(this.#next(undefined));
      else this.#postAhead();
    }
    if (change.kind === 'candidates' && this.#current !== undefined) {
      const isCurrent = change.promptIds === undefined || change.promptIds.includes(this.#current);
      // Written by another process while this one showed that nothing can be written here.
      if (isCurrent && !this.isPromptShown) this.#show(this.#current);
    }
    if (change.kind === 'judgements' || change.kind === 'prompts') this.#postProgress();
    this.#changed();
  }

  #onAnswerEvent(event: AnswerEvent): void {
    switch (event.type) {
      case 'planned': {
        if (event.promptId === this.#current) {
          this.#sent.add(event.promptId);
          this.#deltas.flush();
          this.#post?.({ type: 'prompt-show', prompt: this.#view(event.promptId) });
          this.#keepOrder(event.promptId);
        } else if (take(this.queue.upcoming(this.#current, this.#notNow()), nAheadViews).includes(event.promptId))
          this.#postAhead();
        break;
      }
      case 'delta':
        if (this.#promptOnPage(event.candidateId) !== undefined) this.#deltas.add(event);
        break;
      case 'state': {
        if (this.#promptOnPage(event.candidateId) === undefined) break;
        this.#deltas.flush();
        const { candidateId, state, error } = event;
        const promptId = this.#promptOnPage(candidateId);
        // It begins from nothing again: the page must forget what it has of it.
        if (state === 'queued' && promptId !== undefined) {
          const answer = this.#answerView(promptId, candidateId);
          this.#post?.({ type: 'answer-replace', promptId, old: candidateId, answer });
          break;
        }
        const maxTokens = promptId === undefined ? undefined : this.#answerView(promptId, candidateId).maxTokens;
        this.#post?.({
          type: 'answer-state',
          candidateId,
          state,
          ...(error === undefined ? {} : { error }),
          ...(maxTokens === undefined ? {} : { maxTokens }),
        });
        break;
      }
      case 'replaced': {
        const { promptId, old, candidateId } = event;
        this.#replaced.add(old);
        const order = this.#orders.get(promptId)?.map((id) => (id === old ? candidateId : id));
        if (order !== undefined) this.#orders.set(promptId, order);
        if (this.#sent.has(promptId)) {
          this.#deltas.flush();
          this.#post?.({ type: 'answer-replace', promptId, old, answer: this.#answerView(promptId, candidateId) });
        }
        break;
      }
      case 'availability':
        if (this.#post !== undefined && !this.isPromptShown) this.#show(this.#current ?? this.#next(undefined));
        break;
      case 'trouble':
        if (event.message === null) this.#post?.({ type: 'strip', strip: null });
        else if (this.#current !== undefined && !this.isPromptShown)
          this.#post?.({ type: 'empty', reason: 'no-model', detail: event.message });
        else this.#postStrip(event.message, event.details);
        break;
    }
    this.#changed();
  }

  /** The prompt on the page, on the screen or ahead, to which an answer belongs. */
  #promptOnPage(candidateId: CandidateId): PromptId | undefined {
    return [...this.#sent].find((promptId) => this.#orders.get(promptId)?.includes(candidateId) === true);
  }

  #changed(): void {
    for (const listener of this.#changeListeners) listener();
  }

  // Drafts and rows

  #content(promptId: PromptId): DraftContent {
    return draftContentOf(this.#options.project, this.#options.labeler, promptId);
  }

  async #saveDraft(promptId: PromptId, content: DraftContent): Promise<void> {
    const { project, labeler, now } = this.#options;
    const standing = this.queue.standingOf(promptId);
    const isEmpty = isEmptyDraft(content) && standing !== 'submitted';
    if (isEmpty && promptId !== this.#current) await project.drafts.delete(labeler, promptId);
    else {
      const order = [...(content.order ?? this.#orderOf(promptId))];
      await project.drafts.set({ promptId, labeler, at: now().toISOString(), content: { ...content, order } });
    }
  }

  /** What the project makes of answers that have no place. */
  #completed(promptId: PromptId, draft: JudgementDraft, order: readonly CandidateId[]): JudgementDraft {
    const failed = new Set(this.#options.answers.pendingOf(promptId).map(({ candidateId }) => candidateId));
    const placed = new Set([...draft.ranking.flat(), ...(draft.leftOut ?? [])]);
    const unplaced = order.filter((id) => !placed.has(id) && !failed.has(id));
    if (draft.ranking.length === 0 || unplaced.length === 0) return draft;
    switch (this.#options.project.config.partial) {
      case 'allow':
        return draft;
      case 'forbid':
        throw new Error(t('This project wants a place for every answer. Place the others, or leave them out with 0.'));
      case 'last':
        return { ...draft, ranking: [...draft.ranking, unplaced] };
    }
  }

  #problemOf(row: Judgement): string | undefined {
    const { project } = this.#options;
    if (project.prompt(row.promptId) === undefined) return t('This prompt is no longer in the project.');
    return checkJudgement(row, new Set(project.candidatesOf(row.promptId).map(({ id }) => id)));
  }
}

/** Stable, so that improving an answer twice gives one correction, and a ranking that names it stays right. */
const correctionIdOf = (promptId: PromptId, labeler: string, parent: CandidateId): CandidateId =>
  candidateIdOf(['correction', promptId, labeler, parent]);

function withoutImproving(content: DraftContent, candidateId: CandidateId): DraftContent {
  const { improving, ...rest } = content;
  const others = Object.entries(improving ?? {}).filter(([id]) => id !== candidateId);
  return others.length === 0 ? rest : { ...rest, improving: Object.fromEntries(others) };
}

/** The fields of a draft that a judgement keeps; empty ones are left out of the journal. */
function saidIn(draft: JudgementDraft): Partial<JudgementDraft> {
  const { ranking, line, leftOut, best, flags, corrections, rationale } = draft;
  const flagged = Object.entries(flags ?? {}).filter(([, ids]) => ids.length > 0);
  return {
    ...(ranking.length === 0 ? {} : { ranking }),
    ...(line === undefined ? {} : { line }),
    ...(leftOut === undefined || leftOut.length === 0 ? {} : { leftOut }),
    ...(best === undefined ? {} : { best }),
    ...(flagged.length === 0 ? {} : { flags: Object.fromEntries(flagged) }),
    ...(corrections === undefined || corrections.length === 0 ? {} : { corrections }),
    ...(rationale === undefined || rationale.trim() === '' ? {} : { rationale }),
  };
}

/** A judgement as the draft that it was. */
const draftIn = (judgement: Judgement): JudgementDraft => ({
  ...emptyDraft,
  ...saidIn({ ...judgement, ranking: judgement.ranking ?? [] }),
});

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

function take<T>(items: Iterable<T>, n: number): T[] {
  const taken: T[] = [];
  if (n <= 0) return taken;
  for (const item of items) {
    taken.push(item);
    if (taken.length >= n) break;
  }
  return taken;
}

function remove<T>(items: T[], item: T): void {
  const index = items.indexOf(item);
  if (index >= 0) items.splice(index, 1);
}

/** The place in which a candidate was asked for: the journal has them as they ended. Imported ones stay as they stand. */
function askedAt({ metadata }: Candidate): number {
  const facts = metadata?.['touchstone'];
  const index = typeof facts === 'object' && facts !== null && 'index' in facts ? facts.index : undefined;
  return typeof index === 'number' ? index : 0;
}
