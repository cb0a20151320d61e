import { t } from '@vscode/l10n';
import { serializeError, unsureTokens, type CandidateId, type PromptId } from '../core/index.js';
import type { FromLabelingPage, PromptView, ToLabelingPage } from '../protocol.js';
import type { Project, ProjectChange, ProjectFileProblem } from '../store/index.js';
import type { AnswerEvent, AnswerSource } from './answerSource.js';
import { Coming } from './coming.js';
import { DeltaBatcher } from './deltaBatcher.js';
import { isEmptyDraft, type DraftContent } from './draftContent.js';
import { Drafts } from './drafts.js';
import { History } from './history.js';
import { Improvements, type Improvement } from './improvements.js';
import { Judging, type JudgingScreen } from './judging.js';
import { LabelingQueue } from './labelingQueue.js';
import { MoreAnswers } from './moreAnswers.js';
import { Passes } from './passes.js';
import { progressOf } from './progressOf.js';
import { projectFileStrip } from './projectFileStrip.js';
import { PromptViews } from './promptViews.js';

/** Prompts that the page holds ready, so that the next one is on the screen before the disk has answered. */
const nAheadViews = 3;
/** The messages that the session answers; the others (links, files, buttons) belong to the panel. */
export type SessionMessage = Extract<
  FromLabelingPage,
  {
    type:
      | 'draft-change'
      | 'judgement-submit'
      | 'prompt-skip'
      | 'prompt-discard'
      | 'prompt-go'
      | 'submit-undo'
      | 'candidate-cut'
      | 'generate-again'
      | 'unsure-ask'
      | 'branch-ask'
      | 'step-ask';
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

/**
 * One labeler's sitting over one project: what comes next, in which order the answers stand, drafts, submit, skip, undo.
 * Talks to one page at a time in messages; outlives it, so that closing the panel costs nothing.
 *
 * The page is blind: no message holds a model, a sampling or an origin.
 */
export class LabelingSession {
  readonly queue: LabelingQueue;
  readonly history: History;
  readonly #options: SessionOptions;
  readonly #deltas: DeltaBatcher;
  readonly #views: PromptViews;
  readonly #drafts: Drafts;
  readonly #improvements: Improvements;
  readonly #judging: Judging;
  readonly #passes = new Passes();
  readonly #coming: Coming;
  readonly #more: MoreAnswers;
  readonly #stops: (() => void)[];
  readonly #changeListeners = new Set<() => void>();
  #post: ((message: ToLabelingPage) => void) | undefined;
  /** As the page knows it. */
  #fileProblem: ProjectFileProblem | undefined;
  #current: PromptId | undefined;
  /** Whether the prompt on the screen was shown as a pair. */
  #isPairShown = false;
  /** Prompts whose views the page has, the one on the screen included. */
  #sent = new Set<PromptId>();

  constructor(options: SessionOptions) {
    const { project, labeler, answers } = options;
    this.#options = options;
    this.queue = new LabelingQueue(project, labeler);
    this.#views = new PromptViews(project, labeler, answers, this.queue, this.#passes);
    this.#drafts = new Drafts(project, labeler, this.queue, this.#views, this.#passes, options.now);
    this.history = new History({
      ...options,
      queue: this.queue,
      views: this.#views,
      drafts: this.#drafts,
      passes: this.#passes,
      screen: {
        show: (promptId) => this.#show(promptId),
        showView: (prompt) => this.#post?.({ type: 'prompt-show', prompt }),
      },
    });
    this.#more = new MoreAnswers(project, answers, this.#views, this.#passes);
    this.#improvements = new Improvements(this.#drafts, this.#views, labeler);
    this.#judging = new Judging(options, this.queue, this.#views, this.#drafts, this.#passes, this.#screen());
    this.#coming = new Coming(this.queue, this.#passes, () => this.#judging.notNow);
    this.#deltas = new DeltaBatcher((delta) => this.#post?.({ type: 'answer-delta', ...delta }));
    this.#stops = [
      project.onDidChange((change) => this.#onProjectChange(change)),
      answers.onEvent((event) => this.#onAnswerEvent(event)),
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

  /** The prompt on the screen, unless it came again: its place in the queue would tell. */
  get currentInQueue(): PromptId | undefined {
    return this.#current !== undefined && this.#passes.of(this.#current) === 1 ? undefined : this.#current;
  }

  get canUndo(): boolean {
    if (this.#judging.canTakeBack || this.#current === undefined) return this.#judging.canTakeBack;
    return this.#passes.of(this.#current) === 1
      ? !isEmptyDraft(this.#drafts.contentOf(this.#current))
      : this.queue.standingOf(this.#current) === 'draft';
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
    const { project } = this.#options;
    // Under what else the strip tells lies what is wrong with the project's file.
    this.#post = (message) =>
      post(message.type === 'strip' ? { ...message, strip: message.strip ?? projectFileStrip(project) } : message);
    this.#sent.clear();
    this.#postProgress();
    this.#postStanding();
    this.#show(this.#current ?? this.#next(undefined));
  }

  /** The page is gone; nothing is written ahead for nobody. */
  detach(): void {
    this.#post = undefined;
    this.#claim();
    this.#deltas.clear();
    this.#options.answers.want([]);
  }

  async dispose(): Promise<void> {
    this.detach();
    for (const stop of this.#stops) stop();
    await this.#judging.written;
  }

  /** Shows this prompt, whatever its standing. */
  open(promptId: PromptId): void {
    this.#passes.set(promptId, 0);
    this.#show(promptId);
  }

  /** Goes on where a former page was, unless this sitting has begun. */
  beginAt(promptId: PromptId): void {
    if (this.#current !== undefined || this.#options.project.prompt(promptId) === undefined) return;
    // If it had come again, it does so now: looking ahead says in which pass.
    take(this.#coming.after(undefined), nAheadViews);
    this.#show(promptId);
  }

  async receive(message: SessionMessage): Promise<void> {
    switch (message.type) {
      case 'draft-change':
        return this.#changeDraft(message);
      case 'judgement-submit':
        return this.#judging.submit(message);
      case 'prompt-skip':
      case 'prompt-discard':
        return this.#judging.skip(message);
      case 'prompt-go':
        return this.#go(message.from, message.to);
      case 'submit-undo':
        return this.#judging.undo();
      case 'candidate-cut':
        return this.#options.answers.cut(message.candidateId);
      case 'generate-again':
        return this.#options.answers.again(message.promptId, message.candidateId);
      case 'unsure-ask':
        return this.#showUnsure(message.promptId);
      case 'branch-ask':
      case 'step-ask': {
        const text = await this.#more.ask(message);
        if (text !== undefined) this.#post?.({ type: 'notice', text });
      }
    }
  }

  /** Writes the prompt's answers again: those that failed, or all before anything was judged. */
  writeAgain(): void {
    if (this.#current !== undefined) this.#options.answers.again(this.#current);
  }

  /** Tries again to save what could not be saved. @throws StoreError */
  async retry(): Promise<void> {
    await this.#options.project.retry();
    this.#judging.settleUnsaved();
  }

  /** An answer as the improvement editor shows it; undefined when there is no such answer. */
  improvement(promptId: PromptId, candidateId: CandidateId): Improvement | undefined {
    return this.#improvements.of(promptId, candidateId);
  }

  /** The answer that the labeler composes or writes from nothing, as the editor shows it; undefined without such a prompt. */
  ownAnswer(promptId: PromptId): Improvement | undefined {
    if (this.#options.project.prompt(promptId) === undefined) return undefined;
    return this.#improvements.of(promptId, this.#improvements.ownId(promptId));
  }

  /** Keeps a text of the improvement editor as a draft. */
  async keepImprovement(promptId: PromptId, candidateId: CandidateId, text: string): Promise<void> {
    await this.#saveDraft(promptId, this.#improvements.withText(promptId, candidateId, text));
  }

  /** The improved text becomes the labeler's own answer, beside the one that it improves if there is one. */
  async useImprovement(promptId: PromptId, parent: CandidateId, text: string): Promise<void> {
    const { content, correction } = this.#improvements.used(promptId, parent, text);
    await this.#saveDraft(promptId, content);
    const { id: correctionId, parent: improved, parts } = correction;
    this.#post?.({
      type: 'correction-made',
      promptId,
      correctionId,
      ...(improved === undefined ? {} : { parent: improved }),
      text: correction.text,
      ...(parts === undefined ? {} : { parts }),
    });
  }

  async discardImprovement(promptId: PromptId, parent: CandidateId): Promise<void> {
    await this.#saveDraft(promptId, this.#improvements.discarded(promptId, parent));
  }

  /** By which guidelines the labeler judged last; undefined before that, or without any. */
  get lastGuidelinesVersion(): string | undefined {
    const { version } = this.queue
      .ownJudgements()
      .reduce(
        (last: { at: string; version?: string | undefined }, { at, guidelinesVersion }) =>
          guidelinesVersion !== undefined && at >= last.at ? { at, version: guidelinesVersion } : last,
        { at: '' },
      );
    return version;
  }

  // What the page asks for

  /** Where the model was unsure; how it cut the text into tokens, and what it was, stays here. */
  #showUnsure(promptId: PromptId): void {
    const answers = this.#options.project.candidatesOf(promptId).flatMap(({ id, text, logprobs }) => {
      const tokens = logprobs === undefined ? undefined : unsureTokens(text, logprobs);
      return tokens === undefined ? [] : [[id, tokens] as const];
    });
    this.#post?.({ type: 'unsure-show', promptId, answers: Object.fromEntries(answers) });
  }

  async #changeDraft(message: Extract<SessionMessage, { type: 'draft-change' }>): Promise<void> {
    const { promptId, draft, revision } = message;
    const pass = this.#judging.passOf(message);
    if (this.#options.project.prompt(promptId) === undefined || this.#judging.isOnItsWay(promptId)) return;
    try {
      const content = { ...this.#drafts.contentOf(promptId, pass), draft, revision };
      await this.#drafts.save(promptId, content, this.#current, pass);
      this.#post?.({ type: 'draft-saved', promptId, revision });
    } catch (error) {
      this.#post?.({ type: 'draft-failed', promptId, revision, message: serializeError(error).message });
    }
  }

  #go(from: PromptId, to: 'next' | 'previous'): void {
    if (to === 'previous') {
      const beside = this.queue.beside(from, -1);
      if (beside !== undefined) this.open(beside);
      return;
    }
    // From a prompt that is done the labeler looks through what is there; from an open one, on to the next open one.
    const isOpen = ['open', 'draft'].includes(this.queue.standingOf(from)) || this.#passes.of(from) === 1;
    const beside = isOpen ? undefined : this.queue.beside(from, 1);
    if (beside !== undefined) return this.open(beside);
    this.#coming.leave(from);
    const next = this.#next(from);
    if (next !== undefined) this.#show(next);
  }

  /** What a judgement does to the screen. */
  #screen(): JudgingScreen {
    return {
      post: (message) => this.#post?.(message),
      leave: (promptId) => {
        if (this.#current === promptId) this.#show(this.#next(promptId));
      },
      returned: (promptId) => {
        if (this.#options.project.prompt(promptId) !== undefined) {
          this.#current = promptId;
          this.#sent.add(promptId);
        }
        this.#wantAhead();
      },
      reopen: (promptId) => {
        this.#postProgress();
        this.#show(promptId, { reopened: true });
      },
      postStrip: (message, details) => this.#postStrip(message, details),
      settled: () => {
        this.#postProgress();
        this.#postAhead();
        // The last judgement was not counted yet when the page heard that nothing is left.
        if (this.#current === undefined) this.#postEmpty();
        this.#changed();
      },
    };
  }

  // What the page sees

  #next(after: PromptId | undefined): PromptId | undefined {
    const { project, answers } = this.#options;
    const [first] = take(this.#coming.after(after), 1);
    if (answers.availability.canWrite || first === undefined) return first;
    // Where nothing can be written, the prompts that have answers can still be labeled.
    for (const id of this.#coming.after(after)) if (project.nCandidatesOf(id) > 0) return id;
    return first;
  }

  #viewOf(promptId: PromptId): PromptView {
    return this.#views.viewOf(promptId, this.#coming.numberedAs(promptId, this.#current));
  }

  #show(promptId: PromptId | undefined, how: { readonly reopened?: true } = {}): void {
    this.#current = promptId;
    this.#isPairShown = this.#options.project.config.mode === 'pair';
    if (promptId !== undefined) this.#coming.at(promptId);
    this.#claim();
    this.#deltas.flush();
    this.#wantAhead();
    if (promptId === undefined) this.#postEmpty();
    // Shown when it is known which answers it will have: places are given before the first word, and never change. What was
    // judged already comes back as it stood.
    else if (this.#isPlanning(promptId) && how.reopened === undefined) this.#sent.delete(promptId);
    else this.#paint(promptId, how);
    this.#postAhead();
    this.#changed();
  }

  #paint(promptId: PromptId, how: { readonly reopened?: true } = {}): void {
    this.#deltas.flush();
    const prompt = this.#viewOf(promptId);
    if (prompt.answers.length === 0) {
      this.#sent.delete(promptId);
      if (!this.#options.answers.availability.canWrite) this.#postEmpty();
    } else {
      this.#sent.add(promptId);
      this.#post?.({ type: 'prompt-show', prompt, ...how });
      if (this.#post !== undefined) this.#views.keepOrder(promptId);
    }
  }

  /** Of a prompt that comes again the answers are those of the first time. */
  #isPlanning(promptId: PromptId): boolean {
    return this.#passes.of(promptId) === 0 && this.#options.answers.isPlanning(promptId);
  }

  /** Other windows are not dealt what this one shows. */
  #claim(): void {
    const { project, labeler } = this.#options;
    if (this.#post === undefined || this.#current === undefined) project.claims.release();
    else project.claims.hold(this.#current, labeler);
  }

  #postAhead(): void {
    if (this.#current === undefined || this.#post === undefined) return;
    const ids = take(this.#coming.after(this.#current), nAheadViews);
    const prompts = ids
      .filter((id) => !this.#isPlanning(id))
      .map((id) => this.#viewOf(id))
      .filter((view) => view.answers.length > 0);
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
    this.#options.answers.want([this.#current, ...take(this.#coming.after(this.#current), nAhead)]);
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

  /** What stays true for a while: the project's file cannot be read, judgements are not saved. */
  #postStanding(): void {
    this.#fileProblem = this.#options.project.fileProblem;
    this.#post?.({ type: 'strip', strip: null });
    this.#judging.postUnsaved();
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

  // What happens elsewhere

  #onProjectChange(change: ProjectChange): void {
    this.queue.update(change);
    this.#judging.settleUnsaved();
    if (this.#post === undefined) return this.#changed();
    if (this.#options.project.fileProblem !== this.#fileProblem) this.#postStanding();
    if (change.kind === 'prompts' || change.kind === 'config') {
      const isPair = this.#options.project.config.mode === 'pair';
      if (this.#current === undefined) this.#show(this.#next(undefined));
      // A pair has other answers on the screen than the other ways to judge.
      else if (isPair !== this.#isPairShown) this.#show(this.#current);
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
        if (event.promptId === this.#current) this.#paint(event.promptId);
        else if (take(this.#coming.after(this.#current), nAheadViews).includes(event.promptId)) this.#postAhead();
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
          const answer = this.#views.answerOf(promptId, candidateId);
          this.#post?.({ type: 'answer-replace', promptId, old: candidateId, answer });
          break;
        }
        const maxTokens = promptId === undefined ? undefined : this.#views.answerOf(promptId, candidateId).maxTokens;
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
        this.#views.replace(promptId, old, candidateId);
        if (this.#sent.has(promptId)) {
          this.#deltas.flush();
          this.#post?.({ type: 'answer-replace', promptId, old, answer: this.#views.answerOf(promptId, candidateId) });
        }
        break;
      }
      case 'availability':
        if (this.#post === undefined) break;
        if (!this.isPromptShown) this.#show(this.#current ?? this.#next(undefined));
        else this.#postAhead();
        break;
      case 'trouble':
        if (event.message !== null) this.#showUnplanned();
        if (event.message === null) this.#post?.({ type: 'strip', strip: null });
        else if (this.#current !== undefined && !this.isPromptShown)
          this.#post?.({ type: 'empty', reason: 'no-model', detail: event.message });
        else this.#postStrip(event.message, event.details);
        break;
    }
    this.#changed();
  }

  /** The answers that were waited for cannot be planned: those that are there can be judged. */
  #showUnplanned(): void {
    const id = this.#current;
    if (id === undefined || this.isPromptShown || this.#isPlanning(id)) return;
    if (this.#options.project.nCandidatesOf(id) === 0) return;
    this.#paint(id);
    this.#postAhead();
  }

  /** The prompt on the page, on the screen or ahead, to which an answer belongs. */
  #promptOnPage(candidateId: CandidateId): PromptId | undefined {
    return [...this.#sent].find((promptId) => this.#views.hasPlace(promptId, candidateId));
  }

  #changed(): void {
    for (const listener of this.#changeListeners) listener();
  }

  #saveDraft(promptId: PromptId, content: DraftContent): Promise<void> {
    return this.#drafts.save(promptId, content, this.#current);
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
