import * as l10n from '@vscode/l10n';
import type { Candidate, CandidateId, FinishReason, PromptId } from '../core/index.js';
import { serializeError } from '../core/index.js';
import type { AheadAnswer, AheadEvent, AheadQueue, AheadQueueOptions, AheadState } from './ahead.js';
import {
  anotherAnswer,
  type AnswerGroup,
  answerGroups,
  type AnswerPlan,
  type GoingOn,
  goingOnAnswer,
  isOriginal,
  missingAnswers,
  type PlannedAnswer,
  WrittenAnswer,
} from './answerPlan.js';
import type { GenerationEvent } from './generator.js';

/**
 * A queue of one project and one sitting. An answer is stored when it ends, so that closing the panel costs at most the
 * answers in the middle; a prompt that is not wanted any more is left where it is. The prompt on the screen comes first: for
 * it another one is interrupted, whose unfinished answers are written later from the beginning.
 */
export const createAheadQueue = (options: AheadQueueOptions): AheadQueue => new Queue(options);

interface Answer extends PlannedAnswer {
  state: 'queued' | 'writing' | 'failed' | 'stored';
  written: WrittenAnswer;
  /** Where it ends, once that is known though the model has not ended it. */
  endsAt?: number | undefined;
  error?: string | undefined;
}

interface Job {
  readonly promptId: PromptId;
  readonly plan: AnswerPlan;
  readonly answers: Answer[];
  /** While it runs. */
  run?: { readonly stop: AbortController; readonly done: Promise<void>; group?: AnswerGroup } | undefined;
}

class Queue implements AheadQueue {
  readonly #options: AheadQueueOptions;
  readonly #jobs = new Map<PromptId, Job>();
  readonly #listeners = new Set<(event: AheadEvent) => void>();
  readonly #waiting = new Set<{ readonly isOver: () => boolean; readonly resolve: () => void }>();
  #wanted: readonly PromptId[] = [];
  #state: 'on' | 'paused' | 'disposed' = 'on';
  #hasTrouble = false;
  /** The last planning failed; the next may not. */
  #couldNotPlan = false;
  /** Plans one after the other: two at once would plan the same answers. */
  #planning: Promise<void> = Promise.resolve();

  constructor(options: AheadQueueOptions) {
    this.#options = options;
  }

  pendingOf(promptId: PromptId): readonly AheadAnswer[] {
    const answers = this.#jobs.get(promptId)?.answers ?? [];
    return answers.flatMap(({ candidateId, state, written, error, goesOn }) =>
      state === 'stored'
        ? []
        : [
            {
              candidateId,
              state,
              text: written.text,
              ...(error === undefined ? {} : { error }),
              ...(goesOn === undefined ? {} : { branch: goesOn.beginning.branch }),
            },
          ],
    );
  }

  isPlanning(promptId: PromptId): boolean {
    return this.#state === 'on' && !this.#couldNotPlan && !this.#jobs.has(promptId) && this.#lacks(promptId);
  }

  want(promptIds: readonly PromptId[]): void {
    this.#wanted = [...promptIds];
    for (const [promptId, job] of this.#jobs) {
      if (promptIds.includes(promptId)) continue;
      if (job.run === undefined) this.#jobs.delete(promptId);
      else job.run.stop.abort();
    }
    this.#wake();
    this.#plan();
  }

  async cut(candidateId: CandidateId): Promise<void> {
    const [job, answer] = this.#find(candidateId);
    if (job === undefined || answer === undefined) return;
    if (answer.state === 'queued' && job.run?.group?.answers.includes(answer) !== true) return this.#dropCut(answer);
    const cut = job.run?.group?.generator.cut;
    if (cut === undefined) job.run?.stop.abort(stoppedByLabeler);
    else cut.call(job.run?.group?.generator, candidateId);
    await this.#until(
      () => answer.state === 'stored' || answer.state === 'failed' || this.#find(candidateId)[0] === undefined,
    );
  }

  settled(promptId: PromptId): Promise<void> {
    return this.#until(
      () => this.#jobs.get(promptId)?.answers.every(({ state }) => state === 'stored' || state === 'failed') ?? true,
    );
  }

  again(promptId: PromptId, candidateId?: CandidateId): void {
    const job = this.#jobs.get(promptId);
    const failed = (job?.answers ?? []).filter(
      (answer) => answer.state === 'failed' && (candidateId === undefined || answer.candidateId === candidateId),
    );
    for (const answer of failed) {
      answer.written = new WrittenAnswer();
      answer.endsAt = undefined;
      answer.error = undefined;
      this.#setState(answer, 'queued');
    }
    if (failed.length === 0) this.#replace(promptId, candidateId);
    else this.#plan();
  }

  goOn(promptId: PromptId, from: Candidate, goesOn: GoingOn, signal: AbortSignal): Promise<void> {
    const planning = this.#planning.then(async () => {
      if (this.#state === 'disposed') return;
      const { project, generators, nCandidates, sampling } = this.#options;
      const plan = { generators: await generators(), nCandidates: nCandidates(), sampling: sampling() };
      const job = this.#jobs.get(promptId) ?? { promptId, plan, answers: [] };
      const there = project.candidatesOf(promptId);
      const known = new Set([...there.map(({ id }) => id), ...job.answers.map(({ candidateId }) => candidateId)]);
      const place = (nthOfItsKind: number) =>
        goingOnAnswer(promptId, job.plan, from, { goesOn, index: known.size, nthOfItsKind });
      let nthOfItsKind = 0;
      while (goesOn.beginning.branch.step !== undefined && known.has(place(nthOfItsKind).candidateId))
        nthOfItsKind += 1;
      const answer = place(nthOfItsKind);
      if (known.has(answer.candidateId)) return;
      const generator = job.plan.generators[answer.index % job.plan.generators.length];
      if (goesOn.beginning.pieces.length > 0) await generator?.checkBeginning?.(signal);
      this.#jobs.set(promptId, job);
      job.answers.push(queued(answer));
      if (!this.#wanted.includes(promptId)) this.#wanted = [promptId, ...this.#wanted];
      this.#tell({ type: 'planned', promptId });
    });
    this.#planning = planning.catch(() => undefined); // told to the one who asked
    this.#plan();
    return planning;
  }

  onEvent(listener: (event: AheadEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  pause(): void {
    if (this.#state !== 'on') return;
    this.#state = 'paused';
    for (const job of this.#jobs.values()) job.run?.stop.abort();
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'on';
    this.#plan();
  }

  async dispose(): Promise<void> {
    this.#state = 'disposed';
    this.#wanted = [];
    const runs = [...this.#jobs.values()].map(({ run }) => run);
    for (const run of runs) run?.stop.abort();
    await Promise.all([this.#planning, ...runs.map((run) => run?.done)]);
    this.#jobs.clear();
    this.#wake();
    this.#listeners.clear();
  }

  // Planning: which answers will be written, and what begins now.

  #plan(): void {
    this.#planning = this.#planning.then(async () => {
      if (this.#state !== 'on') return;
      try {
        await this.#planWanted();
        this.#start();
      } catch (error) {
        this.#couldNotPlan = true;
        this.#hasTrouble = true;
        this.#tell({ type: 'trouble', message: serializeError(error).message });
      }
    });
  }

  async #planWanted(): Promise<void> {
    const { project, nCandidates, sampling, generators } = this.#options;
    const unplanned = this.#wanted.filter((id) => !this.#jobs.has(id) && project.prompt(id) !== undefined);
    if (!unplanned.some((id) => this.#lacks(id))) return;
    const plan = { generators: await generators(), nCandidates: nCandidates(), sampling: sampling() };
    this.#couldNotPlan = false;
    for (const promptId of unplanned) {
      if (!this.#wanted.includes(promptId)) continue;
      const answers = missingAnswers(project, promptId, plan).map(queued);
      if (answers.length === 0) continue;
      this.#jobs.set(promptId, { promptId, plan, answers });
      this.#tell({ type: 'planned', promptId });
    }
  }

  #lacks(promptId: PromptId): boolean {
    const { project, nCandidates } = this.#options;
    return project.candidatesOf(promptId).filter(isOriginal).length < nCandidates();
  }

  #start(): void {
    if (this.#state !== 'on') return;
    const lacking = this.#wanted.flatMap((id) => {
      const job = this.#jobs.get(id);
      return job?.answers.some(({ state }) => state === 'queued' || state === 'writing') === true ? [job] : [];
    });
    const nAtOnce = Math.max(1, this.#options.nAtOnce ?? 1);
    const running = [...this.#jobs.values()].filter(({ run }) => run !== undefined);
    let nFree = nAtOnce - running.length;
    for (const job of lacking.slice(0, nAtOnce)) {
      if (job.run !== undefined) continue;
      if (nFree > 0) {
        nFree -= 1;
        this.#run(job);
      } else if (job === lacking[0]) {
        // The screen waits: whichever running job is seen last makes room, and `#run` comes here again when it has.
        running.toSorted((a, b) => this.#placeOf(b) - this.#placeOf(a))[0]?.run?.stop.abort();
      }
    }
  }

  #placeOf({ promptId }: Job): number {
    const place = this.#wanted.indexOf(promptId);
    return place === -1 ? this.#wanted.length : place;
  }

  #replace(promptId: PromptId, candidateId: CandidateId | undefined): void {
    const { project, generators, nCandidates, sampling } = this.#options;
    const old = project
      .candidatesOf(promptId)
      .filter(
        (row) =>
          row.origin === 'model' && row.branch === undefined && (candidateId === undefined || row.id === candidateId),
      );
    const replaced = new Set(project.candidatesOf(promptId).map((row) => row.metadata?.['replaces']));
    const planning = this.#planning.then(async () => {
      if (this.#state === 'disposed') return;
      const plan = { generators: await generators(), nCandidates: nCandidates(), sampling: sampling() };
      const job = this.#jobs.get(promptId) ?? { promptId, plan, answers: [] };
      this.#jobs.set(promptId, job);
      const taken = new Set(job.answers.map((answer) => answer.candidateId));
      for (const { id, model } of old) {
        if (replaced.has(id) || job.answers.some((answer) => answer.replaces === id)) continue;
        const turn = job.plan.generators.findIndex((generator) => generator.model.name === model?.name);
        const answer = queued(
          anotherAnswer(project, promptId, job.plan, { turn: Math.max(0, turn), replaces: id }, taken),
        );
        taken.add(answer.candidateId);
        job.answers.push(answer);
        this.#tell({ type: 'replaced', promptId, old: id, candidateId: answer.candidateId });
      }
      if (!this.#wanted.includes(promptId)) this.#wanted = [promptId, ...this.#wanted];
    });
    this.#planning = planning.catch((error: unknown) => {
      this.#hasTrouble = true;
      this.#tell({ type: 'trouble', message: serializeError(error).message });
    });
    this.#plan();
  }

  // Writing

  #run(job: Job): void {
    const stop = new AbortController();
    const done = this.#write(job, stop.signal).then(() => {
      job.run = undefined;
      const isKept = this.#wanted.includes(job.promptId) || job.answers.some(({ state }) => state === 'failed');
      if (!isKept || this.#state === 'disposed') this.#jobs.delete(job.promptId);
      this.#wake();
      this.#start();
    });
    job.run = { stop, done };
  }

  async #write(job: Job, signal: AbortSignal): Promise<void> {
    // The caller first keeps this run; what is said from here on finds it.
    await Promise.resolve();
    const waiting = job.answers.filter(({ state }) => state === 'queued');
    try {
      for (const group of answerGroups(waiting, job.plan)) {
        const open = group.answers.filter((answer) =>
          waiting.some((each) => each === answer && each.state === 'queued'),
        );
        if (open.length > 0) await this.#writeGroup(job, { ...group, answers: open }, signal);
      }
      if (this.#hasTrouble) {
        this.#hasTrouble = false;
        this.#tell({ type: 'trouble', message: null });
      }
    } catch (error) {
      if (signal.aborted) await this.#leave(job, signal.reason === stoppedByLabeler);
      else this.#fail(job, error);
    }
  }

  async #writeGroup(job: Job, group: AnswerGroup, signal: AbortSignal): Promise<void> {
    if (job.run !== undefined) job.run.group = group;
    const prompt = this.#options.project.prompt(job.promptId);
    if (prompt === undefined) return;
    const request = {
      messages: prompt.messages,
      candidateIds: group.answers.map(({ candidateId }) => candidateId),
      sampling: group.sampling,
      ...(group.beginning === undefined ? {} : { beginning: group.beginning }),
    };
    for await (const event of group.generator.generate(request, signal)) {
      const answer = job.answers.find(({ candidateId }) => candidateId === event.candidateId);
      if (answer === undefined || answer.state === 'stored') continue;
      switch (event.type) {
        case 'candidate-start':
          this.#setState(answer, 'writing');
          break;
        case 'text-delta': {
          if (answer.endsAt !== undefined) break;
          const at = answer.written.text.length;
          answer.written.add(event, answer.goesOn?.beginning.given);
          answer.endsAt = answer.goesOn?.endOf?.(answer.written.text);
          const text = event.text.slice(0, Math.max(0, (answer.endsAt ?? Infinity) - at));
          if (text !== '') this.#tell({ type: 'delta', candidateId: event.candidateId, at, text });
          if (answer.endsAt !== undefined) group.generator.cut?.(event.candidateId);
          break;
        }
        case 'candidate-end':
          await this.#end(job, group, answer, event);
          break;
        case 'candidate-error':
          answer.error = event.error.message;
          this.#setState(answer, 'failed', answer.error);
      }
    }
    signal.throwIfAborted();
  }

  async #end(
    job: Job,
    group: AnswerGroup,
    answer: Answer,
    event: Extract<GenerationEvent, { type: 'candidate-end' }>,
  ): Promise<void> {
    if (event.finishReason === 'cut' && answer.written.text === '') return this.#dropCut(answer);
    if (answer.endsAt !== undefined) answer.written.endAt(answer.endsAt);
    const begun = answer.goesOn?.beginning.pieces.join('') ?? '';
    if (answer.goesOn?.endOf !== undefined && answer.written.text.trim() === begun.trim()) {
      answer.error = l10n.t('The model ends here: it has no step to add.');
      return this.#setState(answer, 'failed', answer.error);
    }
    const end = answer.endsAt === undefined ? event : { ...event, finishReason: 'stop' as const };
    const candidate = answer.written.candidate(job.promptId, answer, group, end);
    try {
      await this.#options.project.appendCandidates([candidate]);
    } catch (error) {
      // The store keeps it for a later try when it could not be written now; then it is there all the same.
      if (this.#options.project.promptOf(candidate.id) === undefined) {
        answer.error = serializeError(error).message;
        return this.#setState(answer, 'failed', answer.error);
      }
    }
    answer.state = 'stored';
    this.#tell({ type: 'state', candidateId: candidate.id, state: stateOf(end.finishReason) });
    this.#wake();
  }

  /** Stopped: the labeler keeps what there is, an interruption begins again later. */
  async #leave(job: Job, isByLabeler: boolean): Promise<void> {
    const group = job.run?.group;
    let isReset = false;
    for (const answer of job.answers) {
      if (answer.state !== 'writing') continue;
      if (isByLabeler && group !== undefined) {
        const { candidateId } = answer;
        await this.#end(job, group, answer, {
          type: 'candidate-end',
          candidateId,
          finishReason: 'cut',
          durationMs: 0,
          nTokens: 0,
        });
      } else {
        answer.state = 'queued';
        answer.written = new WrittenAnswer();
        answer.endsAt = undefined;
        isReset = true;
      }
    }
    if (isReset && this.#wanted.includes(job.promptId)) this.#tell({ type: 'planned', promptId: job.promptId });
  }

  /** The whole request failed: so did all of its answers. */
  #fail(job: Job, error: unknown): void {
    const { message } = serializeError(error);
    for (const answer of job.answers)
      if (answer.state === 'queued' || answer.state === 'writing') {
        answer.error = message;
        this.#setState(answer, 'failed', message);
      }
    this.#hasTrouble = true;
    this.#tell({ type: 'trouble', message });
  }

  #dropCut(answer: Answer): void {
    answer.error = l10n.t('Stopped before it began.');
    this.#setState(answer, 'failed', answer.error);
  }

  #find(candidateId: CandidateId): [Job, Answer] | [undefined, undefined] {
    for (const job of this.#jobs.values())
      for (const answer of job.answers)
        if (answer.candidateId === candidateId && answer.state !== 'stored') return [job, answer];
    return [undefined, undefined];
  }

  #setState(answer: Answer, state: 'queued' | 'writing' | 'failed', error?: string): void {
    answer.state = state;
    this.#tell({ type: 'state', candidateId: answer.candidateId, state, ...(error === undefined ? {} : { error }) });
    this.#wake();
  }

  #until(isOver: () => boolean): Promise<void> {
    if (isOver()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add({ isOver, resolve }));
  }

  #wake(): void {
    for (const waiting of [...this.#waiting])
      if (waiting.isOver()) {
        this.#waiting.delete(waiting);
        waiting.resolve();
      }
  }

  #tell(event: AheadEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}

const stoppedByLabeler = new Error('stopped by the labeler');

const queued = (planned: PlannedAnswer): Answer => ({ ...planned, state: 'queued', written: new WrittenAnswer() });

function stateOf(reason: FinishReason): AheadState {
  switch (reason) {
    case 'stop':
      return 'complete';
    case 'error':
      return 'failed';
    case 'length':
    case 'cut':
    case 'filter':
      return reason;
  }
}
