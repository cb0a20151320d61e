import type * as vscode from 'vscode';
import { defaultSampling, Sampling, type Candidate, type CandidateId, type PromptId } from '../core/index.js';
import { createAheadQueue, type AheadQueue, type GoingOn } from '../generation/index.js';
import type { AnswerEvent, AnswerSource, PendingAnswer } from '../labeling/index.js';
import type { Project } from '../store/index.js';
import type { ActiveProject } from './activeProject.js';
import type { Models } from './models.js';

export interface AnswersAheadOptions {
  readonly projects: ActiveProject;
  readonly models: Models;
}

/** A server that does not say in this time what it is will not say it. */
const serverSilenceMs = 15_000;

/**
 * What writes answers for the labeler of the open project, with the model or server that the user chose. Nothing starts
 * before a labeler wants answers; another model, another server or another project begins with an empty queue.
 */
export class AnswersAhead implements AnswerSource, vscode.Disposable {
  readonly #options: AnswersAheadOptions;
  readonly #listeners = new Set<(event: AnswerEvent) => void>();
  readonly #subscriptions: readonly vscode.Disposable[];
  #queue: AheadQueue | undefined;
  #project: Project | undefined;
  #writer: string;
  #wanted: readonly PromptId[] = [];
  #couldWrite: boolean;
  /** Whether it is known what is on this machine. */
  #hasLooked = false;

  constructor(options: AnswersAheadOptions) {
    this.#options = options;
    this.#writer = options.models.writer;
    this.#couldWrite = this.availability.canWrite;
    this.#subscriptions = [
      options.projects.onDidChange(() => this.#renew()),
      options.models.onDidChange(() => this.#onModelsChange()),
    ];
    this.#renew();
  }

  get availability(): AnswerSource['availability'] {
    return this.#options.models.availability;
  }

  pendingOf(promptId: PromptId): readonly PendingAnswer[] {
    return this.#queue?.pendingOf(promptId) ?? [];
  }

  isPlanning(promptId: PromptId): boolean {
    return (!this.#hasLooked || this.availability.canWrite) && this.#queue?.isPlanning(promptId) === true;
  }

  want(promptIds: readonly PromptId[]): void {
    this.#wanted = promptIds;
    if (promptIds.length === 0) this.#queue?.want([]);
    else void this.#options.models.load().then(() => this.#onLooked());
  }

  async cut(candidateId: CandidateId): Promise<void> {
    await this.#queue?.cut(candidateId);
  }

  again(promptId: PromptId, candidateId?: CandidateId): void {
    if (this.availability.canWrite) this.#queue?.again(promptId, candidateId);
    else this.#tell({ type: 'trouble', message: this.availability.reason });
  }

  async goOn(promptId: PromptId, from: Candidate, goesOn: GoingOn): Promise<void> {
    await this.#options.models.load();
    if (!this.availability.canWrite) throw new Error(this.availability.reason);
    await this.#queue?.goOn(promptId, from, goesOn, AbortSignal.timeout(serverSilenceMs));
  }

  onEvent(listener: (event: AnswerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Leaves the model to someone else for a while. @returns what gives it back. */
  pause(): () => void {
    const queue = this.#queue;
    queue?.pause();
    return () => queue?.resume();
  }

  async close(): Promise<void> {
    const queue = this.#queue;
    this.#queue = undefined;
    await queue?.dispose();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    void this.close();
  }

  #pass(): void {
    if (this.availability.canWrite) this.#queue?.want(this.#wanted);
  }

  #onLooked(): void {
    const isFirst = !this.#hasLooked;
    this.#hasLooked = true;
    this.#pass();
    // Nothing will be planned: what waits for its places is shown as it is.
    if (isFirst && !this.availability.canWrite) this.#tell({ type: 'availability' });
  }

  #onModelsChange(): void {
    const { models } = this.#options;
    if (models.writer !== this.#writer) {
      this.#writer = models.writer;
      this.#renew();
    }
    if (this.availability.canWrite === this.#couldWrite) return;
    this.#couldWrite = this.availability.canWrite;
    this.#tell({ type: 'availability' });
  }

  #renew(): void {
    const { projects, models } = this.#options;
    const isSameProject = projects.project === this.#project;
    void this.close();
    this.#project = projects.project;
    if (this.#project === undefined) return;
    const project = this.#project;
    this.#queue = createAheadQueue({
      project,
      generators: () => models.generators(project.config.lineUp),
      nCandidates: () => project.config.candidates,
      sampling: () => Sampling.parse({ ...defaultSampling, ...project.config.sampling }),
      nAtOnce: models.nAtOnce(project.config.lineUp),
    });
    this.#queue.onEvent((event) => this.#tell(event));
    if (isSameProject && this.#wanted.length > 0) this.#pass();
  }

  #tell(event: AnswerEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}
