import * as l10n from '@vscode/l10n';
import {
  candidateIdOf,
  defaultSampling,
  type Candidate,
  type CandidateId,
  type FinishReason,
  type Prompt,
  type PromptId,
  type Sampling,
  type TokenLogprob,
} from '../core/index.js';
import type { CandidateGenerator } from '../generation/index.js';
import type { Project } from '../store/index.js';

export interface GeneratePlan {
  /** One or several, in turn. */
  readonly generators: readonly CandidateGenerator[];
  /** Candidates a prompt. */
  readonly nCandidates: number;
  /** Prompts, at most. */
  readonly limit?: number | undefined;
  /** Over those of the project and the defaults. */
  readonly sampling: Partial<Sampling>;
  /** Every n-th prompt, beginning with the index-th; 0-based. */
  readonly shard?: { readonly index: number; readonly count: number } | undefined;
}

export interface GenerateReport {
  readonly nPrompts: number;
  readonly nCandidates: number;
  readonly nTokens: number;
  readonly seconds: number;
  /** Prompts that still lack candidates because of an error; each was told. */
  readonly nFailed: number;
  readonly device: string | undefined;
}

export interface GenerateListener {
  progress(line: string): void;
  problem(line: string): void;
}

/** The prompts of this shard that have fewer candidates than wanted, in the project's order. */
export function promptsThatLack(project: Project, { nCandidates, shard, limit }: GeneratePlan): PromptId[] {
  const lacking = project.promptIds.filter(
    (id, index) =>
      (shard === undefined || index % shard.count === shard.index) && nOwnCandidates(project, id) < nCandidates,
  );
  return lacking.slice(0, limit);
}

/** An edit of a candidate is not one of the answers that are asked for. */
const nOwnCandidates = (project: Project, id: PromptId): number =>
  project.candidatesOf(id).filter((candidate) => candidate.parent === undefined).length;

/**
 * Writes the candidates that are missing, a prompt at a time; those of one prompt are saved together, so that stopping
 * anywhere leaves nothing half. Aborting throws the signal's reason.
 */
export async function generate(
  project: Project,
  plan: GeneratePlan,
  listener: GenerateListener,
  signal: AbortSignal,
): Promise<GenerateReport> {
  const ids = promptsThatLack(project, plan);
  const sampling: Sampling = { ...defaultSampling, ...definedOf(project.config.sampling), ...definedOf(plan.sampling) };
  const start = performance.now();
  let [nPrompts, nCandidates, nTokens, nFailed] = [0, 0, 0, 0];
  let device: string | undefined;
  for (const id of ids) {
    signal.throwIfAborted();
    const prompt = project.prompt(id);
    if (prompt === undefined) continue;
    const say = () => {
      const seconds = (performance.now() - start) / 1000;
      listener.progress(
        l10n.t(
          'prompt {0} of {1}: {2} tokens, {3} tokens/s',
          String(nPrompts + nFailed + 1),
          String(ids.length),
          String(nTokens),
          (nTokens / seconds).toFixed(1),
        ),
      );
    };
    const candidates: Candidate[] = [];
    const problems: string[] = [];
    for (const { generator, indexes } of turns(plan, nOwnCandidates(project, id))) {
      const answers = answersTo(prompt, generator, indexes, sampling, signal);
      for await (const event of answers) {
        if (event.type === 'tokens') nTokens += event.nTokens;
        else if (event.type === 'problem') problems.push(event.message);
        else candidates.push(event.candidate);
        say();
      }
    }
    device = candidates[0]?.device ?? device;
    await project.appendCandidates(candidates);
    nCandidates += candidates.length;
    if (problems.length === 0) nPrompts += 1;
    else nFailed += 1;
    for (const problem of new Set(problems)) listener.problem(`${id}: ${problem}`);
  }
  return { nPrompts, nCandidates, nTokens, nFailed, device, seconds: (performance.now() - start) / 1000 };
}

/** Which generator writes which of the missing candidates: in turn by their index. */
function turns({ generators, nCandidates }: GeneratePlan, nThere: number) {
  const missing = Array.from({ length: nCandidates - nThere }, (_, index) => nThere + index);
  return generators.flatMap((generator, turn) => {
    const indexes = missing.filter((index) => index % generators.length === turn);
    return indexes.length === 0 ? [] : [{ generator, indexes }];
  });
}

type AnswerEvent =
  | { readonly type: 'tokens'; readonly nTokens: number }
  | { readonly type: 'candidate'; readonly candidate: Candidate }
  | { readonly type: 'problem'; readonly message: string };

async function* answersTo(
  prompt: Prompt,
  generator: CandidateGenerator,
  indexes: readonly number[],
  common: Sampling,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent> {
  // What is there already has used the seeds before.
  const sampling = { ...common, seed: common.seed + (indexes[0] ?? 0) };
  const unfinished = new Map<CandidateId, { text: string; logprobs: TokenLogprob[] }>();
  for (const index of indexes)
    unfinished.set(candidateIdOf([prompt.id, generator.model, common, index]), { text: '', logprobs: [] });
  const request = { messages: prompt.messages, candidateIds: [...unfinished.keys()], sampling };
  for await (const event of generator.generate(request, signal)) {
    const answer = unfinished.get(event.candidateId);
    if (answer === undefined) continue;
    switch (event.type) {
      case 'candidate-start':
        break;
      case 'text-delta':
        answer.text += event.text;
        answer.logprobs.push(...event.logprobs);
        yield { type: 'tokens', nTokens: Math.max(1, event.logprobs.length) };
        break;
      case 'candidate-end': {
        const { candidateId, finishReason, durationMs, device } = event;
        unfinished.delete(candidateId);
        yield {
          type: 'candidate',
          candidate: candidateOf(candidateId, prompt, generator, {
            ...answer,
            sampling,
            finishReason,
            durationMs,
            device,
          }),
        };
        break;
      }
      case 'candidate-error':
        unfinished.delete(event.candidateId);
        yield { type: 'problem', message: event.error.message };
    }
  }
  signal.throwIfAborted();
}

function candidateOf(
  id: CandidateId,
  prompt: Prompt,
  { model }: CandidateGenerator,
  answer: {
    readonly text: string;
    readonly logprobs: TokenLogprob[];
    readonly sampling: Sampling;
    readonly finishReason: FinishReason;
    readonly durationMs: number;
    readonly device: string | undefined;
  },
): Candidate {
  const { text, logprobs, sampling, finishReason, durationMs, device } = answer;
  return {
    id,
    promptId: prompt.id,
    text,
    origin: 'model',
    model,
    sampling,
    finishReason,
    ...(device === undefined ? {} : { device }),
    durationMs,
    ...(logprobs.length === 0 ? {} : { logprobs }),
  };
}

/** Without the members that are undefined. */
const definedOf = (sampling: { readonly [K in keyof Sampling]?: number | undefined }): Partial<Sampling> =>
  Object.fromEntries(Object.entries(sampling).filter(([, value]) => value !== undefined));
