import { serializeError, unsureTokens, type CandidateId, type PromptId } from '../core/index.js';
import type { FromLabelingPage, ToLabelingPage } from '../protocol.js';
import type { Project, ProjectChange, ProjectFileProblem } from '../store/index.js';
import type { AnswerSource } from './answerSource.js';
import { Coming } from './coming.js';
import { isEmptyDraft, type DraftContent } from './draftContent.js';
import { Drafts } from './drafts.js';
import { History } from './history.js';
import { Improvements, type Improvement } from './improvements.js';
import { Judging } from './judging.js';
import { LabelingQueue } from './labelingQueue.js';
import { MoreAnswers } from './moreAnswers.js';
import { Passes } from './passes.js';
import { PromptViews } from './promptViews.js';
import { Screen } from './screen.js';

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
  readonly #views: PromptViews;
  readonly #drafts: Drafts;
  readonly #improvements: Improvements;
  readonly #judging: Judging;
  readonly #passes = new Passes();
  readonly #screen: Screen;
  readonly #more: MoreAnswers;
  readonly #stops: (() => void)[];
  readonly #changeListeners = new Set<() => void>();
  /** As the page knows it. */
  #fileProblem: ProjectFileProblem | undefined;

  constructor(options: SessionOptions) {
    const { project, labeler, answers } = options;
    this.#options = options;
    this.queue = new LabelingQueue(project, labeler);
    this.#views = new PromptViews(project, labeler, answers, this.queue, this.#passes, options.guidelinesVersion);
    this.#drafts = new Drafts(project, labeler, this.queue, this.#views, this.#passes, options.now);
    const coming = new Coming(this.queue, this.#passes, () => this.#judging.notNow);
    const [queue, views, drafts, passes] = [this.queue, this.#views, this.#drafts, this.#passes];
    const screen = new Screen({ options, queue, views, passes, coming, changed: () => this.#changed() });
    this.#screen = screen;
    this.history = new History({ ...options, queue, views, drafts, passes, screen });
    this.#more = new MoreAnswers(project, answers, this.#views, this.#passes);
    this.#improvements = new Improvements(this.#drafts, this.#views, labeler);
    this.#judging = new Judging(options, queue, views, drafts, passes, screen);
    this.#stops = [
      project.onDidChange((change) => this.#onProjectChange(change)),
      answers.onEvent((event) => screen.onAnswerEvent(event)),
    ];
  }

  /** The prompt on the screen. */
  get current(): PromptId | undefined {
    return this.#screen.current;
  }

  /** Whether the page shows a prompt, not an empty state. */
  get isPromptShown(): boolean {
    return this.#screen.isPromptShown;
  }

  /** The prompt on the screen, unless it came again: its place in the queue would tell. */
  get currentInQueue(): PromptId | undefined {
    return this.current !== undefined && this.#passes.of(this.current) === 1 ? undefined : this.current;
  }

  get canUndo(): boolean {
    const { current } = this;
    if (this.#judging.canTakeBack || current === undefined) return this.#judging.canTakeBack;
    return this.#passes.of(current) === 1
      ? !isEmptyDraft(this.#drafts.contentOf(current))
      : this.queue.standingOf(current) === 'draft';
  }

  /** Whether an answer of the prompt on the screen is being written. */
  get isWriting(): boolean {
    const { current } = this;
    const pending = current === undefined ? [] : this.#options.answers.pendingOf(current);
    return pending.some(({ state }) => state === 'writing' || state === 'queued');
  }

  /** The prompt on the screen, standings or what can be undone have changed. */
  onDidChange(listener: () => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  /** A page is ready: everything that it needs is sent, whole. */
  attach(post: (message: ToLabelingPage) => void): void {
    this.#screen.attach(post);
    this.#screen.postProgress();
    this.#postStanding();
    this.#screen.showAny();
  }

  /** The page is gone; nothing is written ahead for nobody. */
  detach(): void {
    this.#screen.detach();
  }

  async dispose(): Promise<void> {
    this.detach();
    for (const stop of this.#stops) stop();
    await this.#judging.written;
  }

  /** Shows this prompt, whatever its standing. */
  open(promptId: PromptId): void {
    this.#passes.set(promptId, 0);
    this.#screen.show(promptId);
  }

  /** Goes on where a former page was, unless this sitting has begun. */
  beginAt(promptId: PromptId): void {
    if (this.current !== undefined || this.#options.project.prompt(promptId) === undefined) return;
    this.#screen.resumeAt(promptId);
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
        if (text !== undefined) this.#screen.post({ type: 'notice', text });
      }
    }
  }

  /** Writes the prompt's answers again: those that failed, or all before anything was judged. */
  writeAgain(): void {
    if (this.current !== undefined) this.#options.answers.again(this.current);
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
    this.#screen.post({
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
    this.#screen.post({ type: 'unsure-show', promptId, answers: Object.fromEntries(answers) });
  }

  async #changeDraft(message: Extract<SessionMessage, { type: 'draft-change' }>): Promise<void> {
    const { promptId, draft, revision } = message;
    const pass = this.#judging.passOf(message);
    if (this.#options.project.prompt(promptId) === undefined || this.#judging.isOnItsWay(promptId)) return;
    try {
      const content = { ...this.#drafts.contentOf(promptId, pass), draft, revision };
      await this.#drafts.save(promptId, content, this.current, pass);
      this.#screen.post({ type: 'draft-saved', promptId, revision });
    } catch (error) {
      this.#screen.post({ type: 'draft-failed', promptId, revision, message: serializeError(error).message });
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
    this.#screen.goOn(from);
  }

  /** What stays true for a while: the project's file cannot be read, judgements are not saved. */
  #postStanding(): void {
    this.#fileProblem = this.#options.project.fileProblem;
    this.#screen.post({ type: 'strip', strip: null });
    this.#judging.postUnsaved();
  }

  #onProjectChange(change: ProjectChange): void {
    this.queue.update(change);
    this.#judging.settleUnsaved();
    if (!this.#screen.hasPage) return this.#changed();
    if (this.#options.project.fileProblem !== this.#fileProblem) this.#postStanding();
    if (change.kind === 'prompts' || change.kind === 'config') this.#screen.renew();
    if (change.kind === 'candidates' && this.current !== undefined) {
      const isCurrent = change.promptIds === undefined || change.promptIds.includes(this.current);
      // Written by another process while this one showed that nothing can be written here.
      if (isCurrent && !this.isPromptShown) this.#screen.show(this.current);
    }
    if (change.kind === 'judgements' || change.kind === 'prompts') this.#screen.postProgress();
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#changeListeners) listener();
  }

  #saveDraft(promptId: PromptId, content: DraftContent): Promise<void> {
    return this.#drafts.save(promptId, content, this.current);
  }
}
