import { t } from '@vscode/l10n';
import type { CandidateId, PromptId } from '../core/index.js';
import type { PromptView, ToLabelingPage } from '../protocol.js';
import type { AnswerEvent } from './answerSource.js';
import type { Coming } from './coming.js';
import { DeltaBatcher } from './deltaBatcher.js';
import type { HistoryScreen } from './history.js';
import type { JudgingScreen } from './judging.js';
import type { LabelingQueue } from './labelingQueue.js';
import type { Passes } from './passes.js';
import { progressOf } from './progressOf.js';
import { projectFileStrip } from './projectFileStrip.js';
import type { PromptViews } from './promptViews.js';
import type { SessionOptions } from './session.js';

/** Prompts that the page holds ready, so that the next one is on the screen before the disk has answered. */
const nAheadViews = 3;

export interface ScreenParts {
  readonly options: SessionOptions;
  readonly queue: LabelingQueue;
  readonly views: PromptViews;
  readonly passes: Passes;
  readonly coming: Coming;
  /** The prompt on the screen, or what can be done with it, has changed. */
  readonly changed: () => void;
}

/**
 * What the page of a session shows: the prompt, those that come next, and the states without one. Its answers are written
 * while they are looked at.
 */
export class Screen implements JudgingScreen, HistoryScreen {
  readonly #parts: ScreenParts;
  readonly #options: SessionOptions;
  readonly #views: PromptViews;
  readonly #deltas = new DeltaBatcher((delta) => this.post({ type: 'answer-delta', ...delta }));
  #post: ((message: ToLabelingPage) => void) | undefined;
  #current: PromptId | undefined;
  /** Whether the prompt on the screen was shown as a pair. */
  #isPairShown = false;
  /** Prompts whose views the page has, the one on the screen included. */
  #sent = new Set<PromptId>();

  constructor(parts: ScreenParts) {
    this.#parts = parts;
    this.#options = parts.options;
    this.#views = parts.views;
  }

  get current(): PromptId | undefined {
    return this.#current;
  }

  /** Whether the page shows a prompt, not an empty state. */
  get isPromptShown(): boolean {
    return this.#current !== undefined && this.#sent.has(this.#current);
  }

  get hasPage(): boolean {
    return this.#post !== undefined;
  }

  attach(post: (message: ToLabelingPage) => void): void {
    this.#deltas.clear();
    const { project } = this.#options;
    // Under what else the strip tells lies what is wrong with the project's file.
    this.#post = (message) =>
      post(message.type === 'strip' ? { ...message, strip: message.strip ?? projectFileStrip(project) } : message);
    this.#sent.clear();
  }

  /** The page is gone; nothing is written ahead for nobody. */
  detach(): void {
    this.#post = undefined;
    this.#claim();
    this.#deltas.clear();
    this.#options.answers.want([]);
  }

  post(message: ToLabelingPage): void {
    this.#post?.(message);
  }

  // What is shown

  /** The prompt on the screen, or the one that comes first. */
  showAny(): void {
    this.show(this.#current ?? this.#next(undefined));
  }

  /** @param promptId undefined when nothing is left. */
  show(promptId: PromptId | undefined, how: { readonly reopened?: true } = {}): void {
    this.#current = promptId;
    this.#isPairShown = this.#options.project.config.mode === 'pair';
    if (promptId !== undefined) this.#parts.coming.at(promptId);
    this.#claim();
    this.#deltas.flush();
    this.#wantAhead();
    if (promptId === undefined) this.#postEmpty();
    // Shown when it is known which answers it will have: places are given before the first word, and never change. What was
    // judged already comes back as it stood.
    else if (this.#isPlanning(promptId) && how.reopened === undefined) this.#sent.delete(promptId);
    else this.#paint(promptId, how);
    this.#postAhead();
    this.#parts.changed();
  }

  showView(prompt: PromptView): void {
    this.post({ type: 'prompt-show', prompt });
  }

  /** On from a prompt to the one that comes next, if there is one. */
  goOn(from: PromptId): void {
    this.#parts.coming.leave(from);
    const next = this.#next(from);
    if (next !== undefined) this.show(next);
  }

  /** Where a former page was. A prompt that had come again does so now: looking ahead says in which pass. */
  resumeAt(promptId: PromptId): void {
    take(this.#parts.coming.after(undefined), nAheadViews);
    this.show(promptId);
  }

  /** The project has other prompts, or is judged in another way. */
  renew(): void {
    const { project } = this.#options;
    const isPair = project.config.mode === 'pair';
    // One that is in no file any more cannot be judged.
    if (this.#current === undefined || project.prompt(this.#current) === undefined) this.show(this.#next(undefined));
    // A pair has other answers on the screen than the other ways to judge.
    else if (isPair !== this.#isPairShown) this.show(this.#current);
    else this.#postAhead();
  }

  // What a judgement does to it

  leave(promptId: PromptId): void {
    if (this.#current === promptId) this.show(this.#next(promptId));
  }

  returned(promptId: PromptId): void {
    if (this.#options.project.prompt(promptId) !== undefined) {
      this.#current = promptId;
      this.#sent.add(promptId);
    }
    this.#wantAhead();
  }

  reopen(promptId: PromptId): void {
    this.postProgress();
    this.show(promptId, { reopened: true });
  }

  settled(): void {
    this.postProgress();
    this.#postAhead();
    // The last judgement was not counted yet when the page heard that nothing is left.
    if (this.#current === undefined) this.#postEmpty();
    this.#parts.changed();
  }

  postProgress(): void {
    this.post({ type: 'progress', progress: progressOf(this.#parts.queue, this.#options.now()) });
  }

  postStrip(message: string, details?: string): void {
    this.post({
      type: 'strip',
      strip: {
        kind: 'error',
        message,
        ...(details === undefined ? {} : { details }),
        action: { action: 'show-log', label: t('Show log') },
      },
    });
  }

  // What the source of answers does to it

  onAnswerEvent(event: AnswerEvent): void {
    switch (event.type) {
      case 'planned': {
        if (event.promptId === this.#current) this.#paint(event.promptId);
        else if (take(this.#parts.coming.after(this.#current), nAheadViews).includes(event.promptId)) this.#postAhead();
        break;
      }
      case 'delta':
        if (this.#promptOnPage(event.candidateId) !== undefined) this.#deltas.add(event);
        break;
      case 'state':
        this.#showState(event);
        break;
      case 'replaced': {
        const { promptId, old, candidateId } = event;
        this.#views.replace(promptId, old, candidateId);
        if (!this.#sent.has(promptId)) break;
        this.#deltas.flush();
        this.post({ type: 'answer-replace', promptId, old, answer: this.#views.answerOf(promptId, candidateId) });
        break;
      }
      case 'availability':
        if (this.#post === undefined) break;
        if (!this.isPromptShown) this.showAny();
        else this.#postAhead();
        break;
      case 'trouble':
        if (event.message !== null) this.#showUnplanned();
        if (event.message === null) this.post({ type: 'strip', strip: null });
        else if (this.#current !== undefined && !this.isPromptShown)
          this.post({ type: 'empty', reason: 'no-model', detail: event.message });
        else this.postStrip(event.message, event.details);
        break;
    }
    this.#parts.changed();
  }

  #showState({ candidateId, state, error }: Extract<AnswerEvent, { type: 'state' }>): void {
    const promptId = this.#promptOnPage(candidateId);
    if (promptId === undefined) return;
    this.#deltas.flush();
    const answer = this.#views.answerOf(promptId, candidateId);
    // It begins from nothing again: the page must forget what it has of it.
    if (state === 'queued') return this.post({ type: 'answer-replace', promptId, old: candidateId, answer });
    const { maxTokens } = answer;
    this.post({
      type: 'answer-state',
      candidateId,
      state,
      ...(error === undefined ? {} : { error }),
      ...(maxTokens === undefined ? {} : { maxTokens }),
    });
  }

  /** The answers that were waited for cannot be planned: those that are there can be judged. */
  #showUnplanned(): void {
    const id = this.#current;
    if (id === undefined || this.isPromptShown || this.#isPlanning(id)) return;
    if (this.#options.project.nCandidatesOf(id) === 0) return;
    this.#paint(id);
    this.#postAhead();
  }

  // The parts of it

  #next(after: PromptId | undefined): PromptId | undefined {
    const { project, answers } = this.#options;
    const [first] = take(this.#parts.coming.after(after), 1);
    if (answers.availability.canWrite || first === undefined) return first;
    // Where nothing can be written, the prompts that have answers can still be labeled.
    for (const id of this.#parts.coming.after(after)) if (project.nCandidatesOf(id) > 0) return id;
    return first;
  }

  #viewOf(promptId: PromptId): PromptView {
    return this.#views.viewOf(promptId, this.#parts.coming.numberedAs(promptId, this.#current));
  }

  #paint(promptId: PromptId, how: { readonly reopened?: true } = {}): void {
    this.#deltas.flush();
    const prompt = this.#viewOf(promptId);
    if (prompt.answers.length === 0) {
      this.#sent.delete(promptId);
      if (!this.#options.answers.availability.canWrite) this.#postEmpty();
    } else {
      this.#sent.add(promptId);
      this.post({ type: 'prompt-show', prompt, ...how });
      if (this.#post !== undefined) this.#views.keepOrder(promptId);
    }
  }

  /** Of a prompt that comes again the answers are those of the first time. */
  #isPlanning(promptId: PromptId): boolean {
    return this.#parts.passes.of(promptId) === 0 && this.#options.answers.isPlanning(promptId);
  }

  /** Other windows are not dealt what this one shows. */
  #claim(): void {
    const { project, labeler } = this.#options;
    if (this.#post === undefined || this.#current === undefined) project.claims.release();
    else project.claims.hold(this.#current, labeler);
  }

  #postAhead(): void {
    if (this.#current === undefined || this.#post === undefined) return;
    const ids = take(this.#parts.coming.after(this.#current), nAheadViews);
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
    this.#options.answers.want([this.#current, ...take(this.#parts.coming.after(this.#current), nAhead)]);
  }

  #postEmpty(): void {
    const { project, answers } = this.#options;
    if (project.promptIds.length === 0) this.post({ type: 'empty', reason: 'no-prompts' });
    else if (this.#current !== undefined && !answers.availability.canWrite)
      this.post({
        type: 'empty',
        reason: answers.availability.isRestricted === true ? 'restricted' : 'no-model',
        detail: answers.availability.reason,
      });
    else {
      const { submitted, skipped } = this.#parts.queue.counts;
      this.post({ type: 'empty', reason: 'all-done', detail: t('{0} submitted, {1} skipped.', submitted, skipped) });
    }
  }

  /** The prompt on the page, on the screen or ahead, to which an answer belongs. */
  #promptOnPage(candidateId: CandidateId): PromptId | undefined {
    return [...this.#sent].find((promptId) => this.#views.hasPlace(promptId, candidateId));
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
