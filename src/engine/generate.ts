import { contextTooLong, type FinishReason, type Sampling } from '../core/index.js';
import { nTop, type Decoder, type RatedToken, type TopTokens } from './decoder.js';
import { drawToken, randomOf } from './sampling.js';

/** One token of one candidate, with what the model thought of it: natural logarithms before temperature. */
export interface DrawnToken {
  readonly candidate: number;
  readonly id: number;
  readonly logprob: number;
  /** The five most likely tokens of that step, most likely first. */
  readonly top: readonly (readonly [id: number, logprob: number])[];
}

export type TokenEvent =
  | { readonly type: 'prompt-read'; readonly durationMs: number }
  /** `isGiven`: it is one of the beginning. */
  | { readonly type: 'token'; readonly token: DrawnToken; readonly isGiven: boolean }
  | { readonly type: 'end'; readonly candidate: number; readonly finishReason: FinishReason }
  /** All candidates have advanced by one token. */
  | { readonly type: 'step' };

export interface GenerateOptions {
  readonly nCandidates: number;
  readonly sampling: Sampling;
  /** Every candidate begins with these, after the prompt. */
  readonly beginning?: Int32Array;
  /** Ids that end an answer; they are no part of it. */
  readonly endOfTurn: ReadonlySet<number>;
  readonly signal: AbortSignal;
  /** Asked at each step: has this candidate been stopped by hand? */
  readonly isCut: (candidate: number) => boolean;
}

/**
 * Several continuations of one prompt, in lockstep. Knows ids, no text. The event loop turns once a step, so a cancel or a
 * cut is seen at the next token; leaving the loop lets the caches go.
 */
export async function* generate(
  decoder: Decoder,
  prompt: Int32Array,
  options: GenerateOptions,
): AsyncGenerator<TokenEvent> {
  const { nCandidates, sampling, beginning = new Int32Array(), endOfTurn, signal, isCut } = options;
  const { contextLength, nVocabulary } = decoder.description;
  const maxTokens = Math.max(sampling.maxTokens, beginning.length + 1);
  if (prompt.length + maxTokens > contextLength)
    throw contextTooLong({ nPromptTokens: prompt.length, maxTokens, contextLength });
  try {
    // 1. Prefill: the prompt, and what all answers begin with, once.
    const started = performance.now();
    const candidates = Array.from({ length: nCandidates }, (_, candidate) => candidate);
    const given: RatedToken[] = [];
    let top = await decoder.prefill(beginning.length === 0 ? prompt : Int32Array.of(...prompt, ...beginning), signal, {
      nRated: beginning.length,
      onRated: (token) => given.push(token),
    });
    yield { type: 'prompt-read', durationMs: performance.now() - started };
    for (const token of given)
      for (const candidate of candidates) yield { type: 'token', token: { candidate, ...token }, isGiven: true };

    // 2. Spread: every candidate draws its first token from the same distribution. Greedy ones draw the same for ever, so
    // they share a row.
    const sharing = sampling.temperature === 0 ? [candidates] : candidates.map((candidate) => [candidate]);
    let rows = sharing.map((shared, row) => ({
      candidates: shared,
      random: randomOf(sampling.seed, row),
      nTokens: beginning.length,
    }));
    decoder.spread(rows.length);
    let rowOfTop = (_row: number) => 0;

    // 3. Loop: draw, drop the rows that ended, advance the others.
    for (;;) {
      signal.throwIfAborted();
      const ids: number[] = [];
      const going: number[] = [];
      let all: Float32Array | undefined;
      for (const [index, row] of rows.entries()) {
        const cut = row.candidates.filter(isCut);
        row.candidates = row.candidates.filter((candidate) => !cut.includes(candidate));
        for (const candidate of cut) yield { type: 'end', candidate, finishReason: 'cut' };
        if (row.candidates.length === 0) continue;
        const list = listOf(top, rowOfTop(index));
        let drawn = drawToken(list.logprobs, nVocabulary, sampling, row.random);
        let { logprobs, idAt } = list;
        if (drawn === undefined) {
          // 64 tokens hold less than top-p of the mass: take the whole vocabulary of this step.
          all ??= await decoder.allLogprobs();
          ({ logprobs, idAt } = sortedList(all, rowOfTop(index), nVocabulary));
          drawn = drawToken(logprobs, nVocabulary, sampling, row.random) ?? 0;
        }
        const id = idAt(drawn);
        if (endOfTurn.has(id)) {
          for (const candidate of row.candidates) yield { type: 'end', candidate, finishReason: 'stop' };
          continue;
        }
        row.nTokens++;
        const alternatives = Array.from({ length: Math.min(nTop, list.logprobs.length) }, (_, place) => {
          const alternative: readonly [number, number] = [list.idAt(place), list.logprobs[place] ?? 0];
          return alternative;
        });
        const logprob = logprobs[drawn] ?? 0;
        for (const candidate of row.candidates)
          yield { type: 'token', token: { candidate, id, logprob, top: alternatives }, isGiven: false };
        if (row.nTokens >= maxTokens) {
          for (const candidate of row.candidates) yield { type: 'end', candidate, finishReason: 'length' };
          continue;
        }
        ids.push(id);
        going.push(index);
      }
      yield { type: 'step' };
      if (going.length === 0) return;
      if (going.length < rows.length) {
        decoder.keep(going);
        const before = rows;
        rows = going.flatMap((index) => before[index] ?? []);
      }
      top = await decoder.step(ids);
      rowOfTop = (row) => row;
    }
  } finally {
    // 4. Finish: whatever the way out, nothing of this prompt stays.
    decoder.clear();
  }
}

interface TokenList {
  readonly logprobs: Float32Array;
  readonly idAt: (index: number) => number;
}

function listOf(top: TopTokens, row: number): TokenList {
  const start = row * top.width;
  return {
    logprobs: top.logprobs.subarray(start, start + top.width),
    idAt: (index) => Number(top.ids[start + index] ?? 0),
  };
}

function sortedList(all: Float32Array, row: number, nVocabulary: number): TokenList {
  const logprobs = all.subarray(row * nVocabulary, (row + 1) * nVocabulary);
  const order = Uint32Array.from(logprobs, (_, index) => index).sort(
    (a, b) => (logprobs[b] ?? 0) - (logprobs[a] ?? 0) || a - b,
  );
  return { logprobs: Float32Array.from(order, (id) => logprobs[id] ?? 0), idAt: (index) => order[index] ?? 0 };
}
