import { CandidateId } from '../../../src/core/index.js';
import type { CandidateGenerator, GenerationEvent, GenerationRequest } from '../../../src/generation/index.js';

export const candidateIds = (n: number): CandidateId[] =>
  Array.from({ length: n }, (_, index) => CandidateId.parse(`c${index}`));

/** What came of each candidate: `text [reason]` or `text error: code`. */
export async function collected(
  generator: CandidateGenerator,
  request: GenerationRequest,
  signal: AbortSignal,
  onEvent?: (event: GenerationEvent) => void,
) {
  const texts = new Map<CandidateId, string>(request.candidateIds.map((id) => [id, '']));
  const events: GenerationEvent[] = [];
  for await (const event of generator.generate(request, signal)) {
    events.push(event);
    onEvent?.(event);
    const before = texts.get(event.candidateId) ?? '';
    if (event.type === 'text-delta') texts.set(event.candidateId, before + event.text);
    if (event.type === 'candidate-end') texts.set(event.candidateId, `${before} [${event.finishReason}]`);
    if (event.type === 'candidate-error') texts.set(event.candidateId, `${before} error: ${event.error.code}`.trim());
  }
  const errors = events.flatMap((event) => (event.type === 'candidate-error' ? [event.error.message] : []));
  const ends = events.flatMap((event) => (event.type === 'candidate-end' ? [event] : []));
  return { texts: [...texts.values()], events, errors, ends };
}
