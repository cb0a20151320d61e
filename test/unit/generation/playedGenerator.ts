import type { CandidateId } from '../../../src/core/index.js';
import type { CandidateGenerator, GenerationEvent, GenerationRequest } from '../../../src/generation/index.js';

export interface PlayedGenerator extends CandidateGenerator {
  readonly requests: GenerationRequest[];
  /** Requests that are running now. */
  readonly nRunning: () => number;
}

/**
 * A generator that plays what it is told for each candidate: pieces of text, `'…'` waits until it is cut or stopped, an
 * Error fails. A beginning comes first, as of every generator. Without a script each answer is `<last user turn> #<seed>`.
 */
export function playedGenerator(
  name: string,
  script: (request: GenerationRequest, place: number) => readonly (string | Error)[] = (request, place) => [
    request.messages.at(-1)?.content ?? '',
    ` #${request.sampling.seed + place}`,
  ],
): PlayedGenerator {
  const requests: GenerationRequest[] = [];
  const cuts = new Map<CandidateId, () => void>();
  const isCut = new Set<CandidateId>();
  let nRunning = 0;

  async function* generate(request: GenerationRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent> {
    requests.push(request);
    nRunning += 1;
    try {
      for (const [place, candidateId] of request.candidateIds.entries()) {
        signal.throwIfAborted();
        yield { type: 'candidate-start', candidateId };
        let finishReason: 'stop' | 'cut' = 'stop';
        let error: Error | undefined;
        const begun = request.beginning?.join('') ?? '';
        if (begun !== '') yield { type: 'text-delta', candidateId, text: begun, logprobs: [] };
        for (const piece of script(request, place)) {
          await Promise.resolve();
          signal.throwIfAborted();
          if (isCut.has(candidateId)) finishReason = 'cut';
          else if (piece instanceof Error) error = piece;
          else if (piece === '…') {
            await new Promise<void>((resolve, reject) => {
              cuts.set(candidateId, resolve);
              signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
            });
            finishReason = 'cut';
          } else yield { type: 'text-delta', candidateId, text: piece, logprobs: [] };
        }
        if (error !== undefined)
          yield {
            type: 'candidate-error',
            candidateId,
            error: { name: 'ServerError', code: 'x', message: error.message },
          };
        else yield { type: 'candidate-end', candidateId, finishReason, durationMs: 1, nTokens: 2, device: 'cpu' };
      }
    } finally {
      nRunning -= 1;
    }
  }

  return {
    model: { name },
    requests,
    nRunning: () => nRunning,
    generate,
    cut: (candidateId) => {
      isCut.add(candidateId);
      cuts.get(candidateId)?.();
    },
  };
}
