import {
  type Candidate,
  type CandidateId,
  generationGivenUp,
  type Prompt,
  type PromptId,
  type SerializedError,
  serializeError,
} from '../core/index.js';
import type { Project } from '../store/index.js';
import { type AnswerGroup, type AnswerPlan, answerGroups, missingAnswers, WrittenAnswer } from './answerPlan.js';
import type { GenerationEvent } from './generator.js';

export interface GenerateOptions extends AnswerPlan {
  /** Only these; by default all of the project. */
  readonly promptIds?: readonly PromptId[] | undefined;
  /** Prompts, at most. */
  readonly limit?: number | undefined;
  /** Every `count`-th prompt of the project, beginning with the `index`-th, 0-based: a part of an array job. */
  readonly shard?: { readonly index: number; readonly count: number } | undefined;
  /** Prompts at a time: one for a model on this machine, more for a server. @default 1 */
  readonly nAtOnce?: number | undefined;
  /** What becomes of the prompts that are being written when `signal` aborts. @default 'drop' */
  readonly onAbort?: 'drop' | 'keep-cut' | undefined;
  readonly onEvent?: ((event: GenerateEvent) => void) | undefined;
}

export type GenerateEvent =
  | {
      readonly type: 'prompt-start';
      readonly promptId: PromptId;
      readonly nCandidates: number;
      readonly nPrompts: number;
    }
  | { readonly type: 'candidate-event'; readonly promptId: PromptId; readonly event: GenerationEvent }
  /** All that came of it is on disk. */
  | {
      readonly type: 'prompt-end';
      readonly promptId: PromptId;
      readonly candidates: readonly Candidate[];
      readonly errors: readonly SerializedError[];
    };

export interface GenerateReport {
  /** Prompts that have all their candidates now. */
  readonly nPrompts: number;
  readonly nCandidates: number;
  readonly nTokens: number;
  /** Prompts that still lack candidates because of an error. */
  readonly nFailed: number;
  readonly durationMs: number;
  readonly device: string | undefined;
}

/** Prompts in a row of which no candidate could be written before the run is given up: the server is gone, not the prompt bad. */
const maxFailuresInARow = 3;

/** The prompts of this part that have fewer candidates than wanted, in the project's order. */
export function lackingPrompts(project: Project, options: Omit<GenerateOptions, 'onEvent'>): PromptId[] {
  const { shard, limit, promptIds } = options;
  const wanted = promptIds === undefined ? undefined : new Set(promptIds);
  return project.promptIds
    .filter((_id, index) => shard === undefined || index % shard.count === shard.index)
    .filter((id) => wanted?.has(id) ?? true)
    .filter((id) => missingAnswers(project, id, options).length > 0)
    .slice(0, limit);
}

/**
 * Writes the candidates that are missing. Those of a prompt are appended in one write, so that whatever ends the run leaves
 * whole prompts; the next run does only what is missing.
 *
 * @throws the signal's reason; what a generator throws for a whole request; ServerError after several prompts in a row got
 * nothing; StoreError.
 */
export async function generateCandidates(
  project: Project,
  options: GenerateOptions,
  signal: AbortSignal,
): Promise<GenerateReport> {
  const queue = lackingPrompts(project, options);
  const nPrompts = queue.length;
  const startedAt = performance.now();
  const done = { nPrompts: 0, nCandidates: 0, nTokens: 0, nFailed: 0, device: undefined as string | undefined };
  let nFailuresInARow = 0;
  const stopping = new AbortController();
  const stop = AbortSignal.any([signal, stopping.signal]);

  const work = async (): Promise<void> => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      stop.throwIfAborted();
      const prompt = project.prompt(id);
      if (prompt === undefined) continue;
      const answers = missingAnswers(project, id, options);
      options.onEvent?.({ type: 'prompt-start', promptId: id, nCandidates: answers.length, nPrompts });
      const { candidates, errors, nTokens } = await writePrompt(prompt, answerGroups(answers, options), options, stop);
      await project.appendCandidates(candidates);
      done.nCandidates += candidates.length;
      done.nTokens += nTokens;
      done.device = candidates[0]?.device ?? done.device;
      if (errors.length === 0 && candidates.length === answers.length) done.nPrompts += 1;
      else done.nFailed += 1;
      options.onEvent?.({ type: 'prompt-end', promptId: id, candidates, errors });
      stop.throwIfAborted();
      nFailuresInARow = candidates.length === 0 ? nFailuresInARow + 1 : 0;
      const reason = errors.at(-1);
      if (nFailuresInARow >= maxFailuresInARow && reason !== undefined)
        throw generationGivenUp(nFailuresInARow, reason.message);
    }
  };
  const workers = Array.from({ length: Math.max(1, options.nAtOnce ?? 1) }, () =>
    work().catch((error: unknown) => {
      stopping.abort(error);
      throw error;
    }),
  );
  // The first failure stops the others; they finish before it is thrown, so that nothing is written after the return.
  const outcomes = await Promise.allSettled(workers);
  signal.throwIfAborted();
  stopping.signal.throwIfAborted();
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return { ...done, durationMs: performance.now() - startedAt };
}

interface PromptOutcome {
  readonly candidates: Candidate[];
  readonly errors: SerializedError[];
  readonly nTokens: number;
}

async function writePrompt(
  prompt: Prompt,
  groups: readonly AnswerGroup[],
  { onEvent, onAbort }: GenerateOptions,
  signal: AbortSignal,
): Promise<PromptOutcome> {
  const candidates: Candidate[] = [];
  const errors: SerializedError[] = [];
  let nTokens = 0;
  for (const group of groups) {
    const startedAt = performance.now();
    const unfinished = new Map<CandidateId, WrittenAnswer>(
      group.answers.map(({ candidateId }) => [candidateId, new WrittenAnswer()]),
    );
    const planned = new Map(group.answers.map((answer) => [answer.candidateId, answer]));
    const finish = (end: Extract<GenerationEvent, { type: 'candidate-end' }>): void => {
      const answer = planned.get(end.candidateId);
      const written = unfinished.get(end.candidateId);
      if (answer === undefined || written === undefined) return;
      unfinished.delete(end.candidateId);
      candidates.push(written.candidate(prompt.id, answer, group, end));
    };
    const request = { messages: prompt.messages, candidateIds: [...planned.keys()], sampling: group.sampling };
    try {
      for await (const event of group.generator.generate(request, signal)) {
        onEvent?.({ type: 'candidate-event', promptId: prompt.id, event });
        switch (event.type) {
          case 'candidate-start':
            break;
          case 'text-delta':
            unfinished.get(event.candidateId)?.add(event);
            nTokens += Math.max(1, event.logprobs.length);
            break;
          case 'candidate-end':
            finish(event);
            break;
          case 'candidate-error':
            unfinished.delete(event.candidateId);
            errors.push(event.error);
        }
      }
      signal.throwIfAborted();
    } catch (error) {
      if (!signal.aborted || onAbort !== 'keep-cut') throw error;
      const durationMs = performance.now() - startedAt;
      for (const [candidateId, { text }] of unfinished)
        if (text !== '') finish({ type: 'candidate-end', candidateId, finishReason: 'cut', durationMs, nTokens: 0 });
      errors.push(serializeError(error));
      break;
    }
  }
  return { candidates: inPlannedOrder(candidates, groups), errors, nTokens };
}

/** As they were asked for and not as they ended, so that a journal does not depend on which was quicker. */
function inPlannedOrder(candidates: readonly Candidate[], groups: readonly AnswerGroup[]): Candidate[] {
  const indexes = new Map(
    groups.flatMap(({ answers }) => answers.map(({ candidateId, index }) => [candidateId, index])),
  );
  return candidates.toSorted((a, b) => (indexes.get(a.id) ?? 0) - (indexes.get(b.id) ?? 0));
}
