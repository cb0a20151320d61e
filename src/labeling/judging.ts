import { t } from '@vscode/l10n';
import {
  checkJudgement,
  checkSpans,
  judgementIdOf,
  serializeError,
  type Judgement,
  type JudgementId,
  type PromptId,
} from '../core/index.js';
import type { FromLabelingPage, JudgementDraft, StripView, ToLabelingPage } from '../protocol.js';
import { canBeJudged, completed } from './completed.js';
import type { Drafts } from './drafts.js';
import { draftIn, saidIn } from './judgedDraft.js';
import type { LabelingQueue } from './labelingQueue.js';
import type { Pass, Passes } from './passes.js';
import type { PromptViews } from './promptViews.js';
import type { SessionOptions } from './session.js';

/** A sitting outlives a reload: what was submitted this recently can be taken back. */
const sittingMs = 4 * 3_600_000;

type Submit = Extract<FromLabelingPage, { type: 'judgement-submit' }>;
type Skip = Extract<FromLabelingPage, { type: 'prompt-skip' | 'prompt-discard' }>;

/** What was judged, and in which pass. */
interface Done {
  readonly promptId: PromptId;
  readonly pass: Pass;
}

/** What a judgement on its way to the disk does to what is on the screen. */
export interface JudgingScreen {
  post(message: ToLabelingPage): void;
  /** The prompt is judged: the next one comes at once. */
  leave(promptId: PromptId): void;
  /** The page shows a prompt again, by a message that is on its way to it. */
  returned(promptId: PromptId): void;
  reopen(promptId: PromptId): void;
  postStrip(message: string, details: string): void;
  /** Standings have changed. */
  settled(): void;
}

/**
 * The way of a judgement to the disk and back: submit, skip, undo. The next prompt is on the screen before the journal's row
 * is written; a failed write brings the prompt back with its judgement.
 */
export class Judging {
  readonly #options: SessionOptions;
  readonly #queue: LabelingQueue;
  readonly #views: PromptViews;
  readonly #drafts: Drafts;
  readonly #passes: Passes;
  readonly #screen: JudgingScreen;
  /** Judgements on their way to the disk. */
  readonly #inFlight = new Set<PromptId>();
  /** Judgements whose write failed, by request: the project tries them again. */
  readonly #unsaved = new Map<string, { readonly promptId: PromptId; readonly id: JudgementId }>();
  readonly #skippedNow = new Set<PromptId>();
  readonly #sitting: Done[];
  /** Journal writes happen one after the other, in the order in which the labeler did things. */
  #writes: Promise<void> = Promise.resolve();

  constructor(
    options: SessionOptions,
    queue: LabelingQueue,
    views: PromptViews,
    drafts: Drafts,
    passes: Passes,
    screen: JudgingScreen,
  ) {
    this.#options = options;
    this.#queue = queue;
    this.#views = views;
    this.#drafts = drafts;
    this.#passes = passes;
    this.#screen = screen;
    const sittingStart = new Date(options.now().getTime() - sittingMs).toISOString();
    this.#sitting = [...queue.ownJudgements(), ...queue.ownRepeats()]
      .filter(({ at }) => at >= sittingStart)
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
      .map(({ promptId, pass }) => ({ promptId, pass: pass === 1 ? 1 : 0 }));
  }

  get canTakeBack(): boolean {
    return this.#sitting.length > 0;
  }

  /** Prompts that do not come again now. */
  get notNow(): ReadonlySet<PromptId> {
    return new Set([...this.#inFlight, ...this.#skippedNow]);
  }

  isOnItsWay(promptId: PromptId): boolean {
    return this.#inFlight.has(promptId);
  }

  /** Resolves when everything so far is written or has failed. */
  get written(): Promise<void> {
    return this.#writes;
  }

  async submit(message: Submit): Promise<void> {
    const { promptId, draft } = message;
    const pass = this.passOf(message);
    // A labeler who has seen the names is no longer blind.
    const aids = this.#views.wasRevealed(promptId) ? [...message.aids, 'names'] : message.aids;
    await this.#judge(message, draft, async () => {
      // Candidates first: a judgement names only what is in the journal. What is still being written ends as it was seen.
      const { answers, project } = this.#options;
      const seen = this.#views.orderOf(promptId, pass);
      const unfinished = answers
        .pendingOf(promptId)
        .filter(({ candidateId, state }) => state !== 'failed' && seen.includes(candidateId));
      await Promise.all(unfinished.map(({ candidateId }) => answers.cut(candidateId)));
      const order = this.#views.orderOf(promptId, pass).filter((id) => project.promptOf(id) === promptId);
      const failed = new Set(answers.pendingOf(promptId).map(({ candidateId }) => candidateId));
      const judgeable = project.candidatesOf(promptId).filter((candidate) => canBeJudged(candidate, project.config));
      const toJudge = new Set(judgeable.map(({ id }) => id).filter((id) => !failed.has(id)));
      const guidelinesVersion = this.#options.guidelinesVersion();
      return {
        status: 'submitted',
        mode: project.config.mode,
        ...saidIn(
          completed(
            draft,
            order.filter((id) => toJudge.has(id)),
            project.config,
          ),
        ),
        shown: { order: [...order], aids, words: message.words },
        activeMs: message.activeMs,
        ...(guidelinesVersion === undefined ? {} : { guidelinesVersion }),
      };
    });
  }

  /** Skips a prompt, or discards it. */
  async skip(message: Skip): Promise<void> {
    const pass = this.passOf(message);
    this.#skippedNow.add(message.promptId);
    const reason = message.reason === undefined || message.reason === '' ? {} : { reason: message.reason };
    const order = this.#views.orderOf(message.promptId, pass);
    const { draft } = this.#drafts.contentOf(message.promptId, pass);
    const { promptFlags } = saidIn(draft);
    await this.#judge(message, draft, async () => ({
      status: message.type === 'prompt-skip' ? 'skipped' : 'discarded',
      ...reason,
      // What is wrong with the prompt is often why it is skipped.
      ...(promptFlags === undefined ? {} : { promptFlags }),
      shown: { order: [...order] },
    }));
  }

  /** Takes back the last judgement of this sitting: the journal gets a row that says so, the judgement is a draft again. */
  async undo(): Promise<void> {
    await this.#afterWrites(async () => {
      const last = this.#lastOfSitting();
      if (last === undefined) return this.#screen.post({ type: 'nothing-to-undo' });
      const { promptId } = last;
      const pass = last.pass === 1 ? 1 : 0;
      const at = this.#options.now().toISOString();
      try {
        await this.#options.project.appendJudgements([
          { ...last, id: judgementIdOf(['undo', last.id, at]), at, status: 'draft' as const },
        ]);
        const isSubmitted = last.status === 'submitted';
        const content = isSubmitted ? { draft: draftIn(last) } : this.#drafts.contentOf(promptId, pass);
        const order = last.shown?.order ?? [...this.#views.orderOf(promptId, pass)];
        await this.#drafts.save(promptId, { ...content, order }, undefined, pass);
      } catch (error) {
        this.#screen.postStrip(t('The judgement could not be taken back.'), serializeError(error).message);
        return;
      }
      this.#sitting.pop();
      this.#skippedNow.delete(promptId);
      this.#views.forgetOrder(promptId);
      this.#passes.set(promptId, pass);
      this.#screen.reopen(promptId);
    });
  }

  /** A message of the second time counts as such only while there is a first word. */
  passOf({ promptId, pass }: { readonly promptId: PromptId; readonly pass?: number | undefined }): Pass {
    return pass === 1 && this.#queue.ownJudgementOf(promptId) !== undefined ? 1 : 0;
  }

  /** What the project has written meanwhile is told to the page. */
  settleUnsaved(): void {
    if (this.#unsaved.size === 0) return;
    for (const [requestId, { promptId, id }] of [...this.#unsaved]) {
      if (!this.#options.project.hasJudgement(id)) continue;
      this.#unsaved.delete(requestId);
      this.#screen.post({ type: 'judgement-saved', requestId, promptId });
    }
    this.#screen.post({ type: 'strip', strip: this.#unsavedStrip() });
    this.#screen.settled();
  }

  /** Tells a page that what is not saved is kept. */
  postUnsaved(): void {
    if (this.#unsaved.size > 0) this.#screen.post({ type: 'strip', strip: this.#unsavedStrip() });
  }

  async #judge(
    message: Submit | Skip,
    draft: JudgementDraft,
    saidNow: () => Promise<Pick<Judgement, 'status'> & Partial<Judgement>>,
  ): Promise<void> {
    const { project, labeler } = this.#options;
    const { promptId, requestId } = message;
    const pass = this.passOf(message);
    // The page sends a judgement again with the same id when no answer came: it is written once.
    const id = judgementIdOf(['panel', promptId, labeler, requestId]);
    if (project.hasJudgement(id)) {
      this.#screen.post({ type: 'judgement-saved', requestId, promptId });
      return;
    }
    if (this.#inFlight.has(promptId)) return;
    this.#inFlight.add(promptId);
    this.#screen.leave(promptId);
    await this.#afterWrites(async () => {
      try {
        const at = this.#options.now().toISOString();
        const row: Judgement = { ...(await saidNow()), id, promptId, labeler, at, ...(pass === 1 && { pass }) };
        const problem = this.#problemOf(row);
        if (problem !== undefined) throw new Error(problem);
        await project.appendJudgements([row]);
        if (row.status === 'submitted') await this.#drafts.forget(promptId, pass);
        this.#inFlight.delete(promptId);
        this.#views.forgetOrder(promptId);
        const before = this.#sitting.findIndex((done) => done.promptId === promptId && done.pass === pass);
        if (before >= 0) this.#sitting.splice(before, 1);
        this.#sitting.push({ promptId, pass });
        this.#screen.post({ type: 'judgement-saved', requestId, promptId });
      } catch (error) {
        this.#inFlight.delete(promptId);
        this.#skippedNow.delete(promptId);
        if (project.nUnsaved > 0) this.#unsaved.set(requestId, { promptId, id });
        this.#passes.set(promptId, pass);
        this.#screen.post({
          type: 'judgement-failed',
          requestId,
          promptId,
          message: serializeError(error).message,
          view: { ...this.#views.viewOf(promptId), draft },
        });
        this.#screen.returned(promptId);
        this.postUnsaved();
      }
      this.#screen.settled();
    });
  }

  #afterWrites(write: () => Promise<void>): Promise<void> {
    this.#writes = this.#writes.then(write);
    return this.#writes;
  }

  /** Judgements that were taken back in another window meanwhile do not count. */
  #lastOfSitting(): Judgement | undefined {
    for (;;) {
      const done = this.#sitting.at(-1);
      const own = done === undefined ? undefined : this.#queue.ownJudgementOf(done.promptId, done.pass);
      if (done === undefined || own !== undefined) return own;
      this.#sitting.pop();
    }
  }

  #unsavedStrip(): StripView | null {
    const n = this.#unsaved.size;
    if (n === 0) return null;
    return {
      kind: 'error',
      message:
        n === 1
          ? t('1 judgement is not saved. It is kept in memory.')
          : t('{0} judgements are not saved. They are kept in memory.', n),
      action: { action: 'retry-save', label: t('Try again') },
    };
  }

  #problemOf(row: Judgement): string | undefined {
    const { project } = this.#options;
    if (project.prompt(row.promptId) === undefined) return t('This prompt is no longer in the project.');
    const texts = new Map(project.candidatesOf(row.promptId).map(({ id, text }) => [id, text] as const));
    return checkJudgement(row, new Set(texts.keys())) ?? checkSpans(row, texts);
  }
}
