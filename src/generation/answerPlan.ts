import {
  candidateIdOf,
  type Candidate,
  type CandidateId,
  type PromptId,
  type Sampling,
  type TokenLogprob,
} from '../core/index.js';
import type { Project } from '../store/index.js';
import type { CandidateGenerator, GenerationEvent } from './generator.js';

/** What is to be written to the prompts of a project. */
export interface AnswerPlan {
  /** At least one. Several write in turn: candidate `index` comes from generator `index % generators.length`. */
  readonly generators: readonly CandidateGenerator[];
  /** Candidates a prompt. */
  readonly nCandidates: number;
  readonly sampling: Sampling;
}

/** One candidate that is not there yet. */
export interface PlannedAnswer {
  readonly candidateId: CandidateId;
  /** 0-based; the same source stands at the same index of every prompt. */
  readonly index: number;
  /** The candidate in whose place it comes. */
  readonly replaces?: CandidateId | undefined;
}

/** Candidates of one prompt that one generator writes in one request. */
export interface AnswerGroup {
  readonly generator: CandidateGenerator;
  readonly sampling: Sampling;
  readonly answers: readonly PlannedAnswer[];
}

/**
 * The id of a candidate comes from what makes it: writing it again gives the same id, so that a run that was stopped goes on
 * where it was, and two machines do not write it twice.
 */
export function plannedId(promptId: PromptId, index: number, { generators, sampling }: AnswerPlan): CandidateId {
  return candidateIdOf([promptId, generators[index % generators.length]?.model ?? null, sampling, index]);
}

/**
 * The candidates that a prompt lacks: as many as are missing to `nCandidates`, whatever wrote those that are there; edits do
 * not count. Indexes that the same plan has written already are passed over; after another plan (other model, other
 * settings) the indexes go on behind what is there, so that the seeds differ.
 */
export function missingAnswers(project: Project, promptId: PromptId, plan: AnswerPlan): PlannedAnswer[] {
  const nThere = project.candidatesOf(promptId).filter((candidate) => candidate.parent === undefined).length;
  if (nThere >= plan.nCandidates) return [];
  const isThere = (index: number): boolean => project.promptOf(plannedId(promptId, index, plan)) !== undefined;
  const isSamePlan = Array.from({ length: plan.nCandidates }, (_, index) => index).some(isThere);
  const missing: PlannedAnswer[] = [];
  for (let index = isSamePlan ? 0 : nThere; missing.length < plan.nCandidates - nThere; index++)
    if (!isThere(index)) missing.push({ candidateId: plannedId(promptId, index, plan), index });
  return missing;
}

/** One more candidate, by generator `like.turn`, at its first index that neither the project nor `taken` has. */
export function anotherAnswer(
  project: Project,
  promptId: PromptId,
  plan: AnswerPlan,
  like: { readonly turn: number; readonly replaces: CandidateId },
  taken: ReadonlySet<CandidateId>,
): PlannedAnswer {
  const nSources = plan.generators.length;
  for (let index = like.turn; ; index += nSources) {
    const candidateId = plannedId(promptId, index, plan);
    if (project.promptOf(candidateId) === undefined && !taken.has(candidateId))
      return { candidateId, index, replaces: like.replaces };
  }
}

/** The requests for these answers. The seed of a request is that of its first index: no two of a prompt's requests share one. */
export function answerGroups(answers: readonly PlannedAnswer[], { generators, sampling }: AnswerPlan): AnswerGroup[] {
  return generators.flatMap((generator, turn) => {
    const own = answers.filter(({ index }) => index % generators.length === turn);
    const first = own[0];
    return first === undefined
      ? []
      : [{ generator, answers: own, sampling: { ...sampling, seed: (sampling.seed + first.index) % 2 ** 31 } }];
  });
}

/** What has come of one candidate so far. */
export class WrittenAnswer {
  text = '';
  readonly logprobs: TokenLogprob[] = [];

  add({ text, logprobs }: Extract<GenerationEvent, { type: 'text-delta' }>): void {
    this.text += text;
    for (const { token, logprob, top } of logprobs)
      this.logprobs.push({ token, logprob: stored(logprob), top: top.map(([other, value]) => [other, stored(value)]) });
  }

  candidate(
    promptId: PromptId,
    { candidateId, index, replaces }: PlannedAnswer,
    { generator, sampling }: AnswerGroup,
    end: Extract<GenerationEvent, { type: 'candidate-end' }>,
  ): Candidate {
    return {
      id: candidateId,
      promptId,
      text: this.text,
      origin: 'model',
      model: generator.model,
      sampling,
      ...(this.logprobs.length === 0 ? {} : { logprobs: this.logprobs }),
      finishReason: end.finishReason,
      ...(end.device === undefined ? {} : { device: end.device }),
      durationMs: end.durationMs,
      // Answers are stored as they end; the index tells the order in which they were asked for.
      metadata: { ...(replaces === undefined ? {} : { replaces }), touchstone: { index } },
    };
  }
}

/** To a hundred-thousandth of a nat: finer digits are noise of the arithmetic, and most of a journal's bytes. */
const stored = (logprob: number): number => Math.round(logprob * 1e5) / 1e5;
