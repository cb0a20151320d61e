import {
  candidateIdOf,
  defaultSampling,
  type Beginning,
  type Candidate,
  type CandidateId,
  type ModelRef,
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
  /** Where it goes on from the beginning of another one. */
  readonly goesOn?: GoingOn | undefined;
}

/** A beginning, and where the answer ends if not where the model ends it. */
export interface GoingOn {
  readonly beginning: Beginning;
  /** Units of the text that are the answer, once that is known; the model is stopped then. */
  readonly endOf?: ((text: string) => number | undefined) | undefined;
}

/** Candidates of one prompt that one generator writes in one request. */
export interface AnswerGroup {
  readonly generator: CandidateGenerator;
  readonly sampling: Sampling;
  readonly answers: readonly PlannedAnswer[];
  readonly beginning?: readonly string[];
}

/**
 * The id of a candidate comes from what makes it: writing it again gives the same id, so that a run that was stopped goes on
 * where it was, and two machines do not write it twice.
 */
export function plannedId(promptId: PromptId, index: number, { generators, sampling }: AnswerPlan): CandidateId {
  return candidateIdOf([promptId, generators[index % generators.length]?.model ?? null, sampling, index]);
}

/**
 * The candidates that a prompt lacks: as many as are missing to `nCandidates`, whatever wrote those that are there; edits, and
 * what goes on from another one, do not count. Indexes that the same plan has written already are passed over; after another plan (other model, other
 * settings) the indexes go on behind what is there, so that the seeds differ.
 */
export function missingAnswers(project: Project, promptId: PromptId, plan: AnswerPlan): PlannedAnswer[] {
  const nThere = project.candidatesOf(promptId).filter(isOriginal).length;
  if (nThere >= plan.nCandidates) return [];
  const isThere = (index: number): boolean => project.promptOf(plannedId(promptId, index, plan)) !== undefined;
  const isSamePlan = Array.from({ length: plan.nCandidates }, (_, index) => index).some(isThere);
  const missing: PlannedAnswer[] = [];
  for (let index = isSamePlan ? 0 : nThere; missing.length < plan.nCandidates - nThere; index++)
    if (!isThere(index)) missing.push({ candidateId: plannedId(promptId, index, plan), index });
  return missing;
}

export const isOriginal = ({ parent, branch }: Candidate): boolean => parent === undefined && branch === undefined;

/**
 * A candidate that goes on from the beginning of another one, by the generator that wrote that, or else the first.
 *
 * @param nthOfItsKind the same beginning may be gone on from more than once: 0 for the first time.
 */
export function goingOnAnswer(
  promptId: PromptId,
  plan: AnswerPlan,
  parent: Candidate,
  { goesOn, index, nthOfItsKind }: { readonly goesOn: GoingOn; readonly index: number; readonly nthOfItsKind: number },
): PlannedAnswer {
  const { generators, sampling } = plan;
  const nSources = generators.length;
  const own = generators.findIndex(({ model }) => isSameModel(model, parent.model));
  const turn = Math.max(0, own);
  const at = index - (index % nSources) + turn + (turn < index % nSources ? nSources : 0);
  const { branch, pieces } = goesOn.beginning;
  const model = generators[turn]?.model ?? null;
  const candidateId = candidateIdOf([promptId, model, sampling, 'goes on', branch, pieces.join(''), nthOfItsKind]);
  // What another model thought of the beginning says nothing of this one.
  const rated = own < 0 ? { ...goesOn, beginning: { ...goesOn.beginning, given: [] } } : goesOn;
  return { candidateId, index: at, goesOn: rated };
}

const isSameModel = (one: ModelRef, other: ModelRef | undefined): boolean =>
  one.name === other?.name && one.hash === other.hash && one.provider === other.provider;

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
    const fromStart = own.filter(({ goesOn }) => goesOn === undefined);
    const groups = [fromStart, ...own.filter(({ goesOn }) => goesOn !== undefined).map((answer) => [answer])];
    return groups.flatMap((group): AnswerGroup[] => {
      const [first] = group;
      if (first === undefined) return [];
      const pieces = first.goesOn?.beginning.pieces ?? [];
      const seed = (sampling.seed + first.index) % 2 ** 31;
      // Without chance the model would offer the step again that was found wrong.
      const isOffer = first.goesOn?.endOf !== undefined && sampling.temperature === 0;
      const seeded = { ...sampling, seed, ...(isOffer && { temperature: defaultSampling.temperature }) };
      return [{ generator, answers: group, sampling: seeded, ...(pieces.length === 0 ? {} : { beginning: pieces }) }];
    });
  });
}

/** What has come of one candidate so far. */
export class WrittenAnswer {
  text = '';
  readonly logprobs: TokenLogprob[] = [];

  /** @param given log-probabilities of the beginning, where the generator has none for it. */
  add(
    { text, logprobs: own }: Extract<GenerationEvent, { type: 'text-delta' }>,
    given: readonly TokenLogprob[] = [],
  ): void {
    const logprobs = this.text === '' && own.length === 0 ? given : own;
    this.text += text;
    for (const { token, logprob, top } of logprobs)
      this.logprobs.push({ token, logprob: stored(logprob), top: top.map(([other, value]) => [other, stored(value)]) });
  }

  /** Leaves out what stands behind so many units. */
  endAt(length: number): void {
    this.text = this.text.slice(0, length);
    let nUnits = this.logprobs.reduce((sum, { token }) => sum + token.length, 0);
    for (let last = this.logprobs.at(-1); last !== undefined && nUnits - last.token.length >= length;) {
      nUnits -= last.token.length;
      this.logprobs.pop();
      last = this.logprobs.at(-1);
    }
  }

  candidate(
    promptId: PromptId,
    { candidateId, index, replaces, goesOn }: PlannedAnswer,
    { generator, sampling }: AnswerGroup,
    end: Extract<GenerationEvent, { type: 'candidate-end' }>,
  ): Candidate {
    return {
      id: candidateId,
      promptId,
      text: this.text,
      origin: 'model',
      model: generator.model,
      sampling: end.given?.sampling ?? sampling,
      ...(this.logprobs.length === 0 ? {} : { logprobs: this.logprobs }),
      finishReason: end.finishReason,
      ...(end.device === undefined ? {} : { device: end.device }),
      durationMs: end.durationMs,
      ...(goesOn === undefined ? {} : { branch: goesOn.beginning.branch }),
      // Answers are stored as they end; the index tells the order in which they were asked for.
      metadata: {
        ...(replaces === undefined ? {} : { replaces }),
        touchstone: { index, ...(end.given?.systemAs === undefined ? {} : { systemAs: end.given.systemAs }) },
      },
    };
  }
}

/** To a hundred-thousandth of a nat: finer digits are noise of the arithmetic, and most of a journal's bytes. */
const stored = (logprob: number): number => Math.round(logprob * 1e5) / 1e5;
