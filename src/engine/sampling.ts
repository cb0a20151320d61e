import type { Sampling } from '../core/index.js';

/** Numbers in [0, 1), always the same ones for the same seed and candidate (mulberry32 over a mixed seed). */
export function randomOf(seed: number, candidateIndex: number): () => number {
  let state = mix(
    mix(seed % 2 ** 32) ^ mix(Math.floor(seed / 2 ** 32) + 0x9e3779b9) ^ mix(candidateIndex + 0x85ebca6b),
  );
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Draws the next token: temperature, then min-p, then top-k, then top-p, each on what the one before left (vLLM's order).
 *
 * @param logprobs most likely first, natural logarithms over the whole vocabulary; maybe only the head of the list.
 * @param nVocabulary how long the whole list would be.
 * @returns the index into `logprobs`; undefined where the list is too short to know, and all of it is needed.
 */
export function drawToken(
  logprobs: Float32Array,
  nVocabulary: number,
  sampling: Sampling,
  random: () => number,
): number | undefined {
  if (sampling.temperature === 0) return 0;
  const greatest = logprobs[0] ?? 0;
  const weights = Float64Array.from(logprobs, (logprob) => Math.exp((logprob - greatest) / sampling.temperature));
  const firstBelow = weights.findIndex((weight) => weight < sampling.minP);
  const isCutByMinP = firstBelow > 0;
  const isCutByTopK = sampling.topK > 0 && sampling.topK <= weights.length;
  let nKept = isCutByMinP ? firstBelow : weights.length;
  if (isCutByTopK) nKept = Math.min(nKept, sampling.topK);
  const kept = weights.subarray(0, nKept);
  let total = kept.reduce((sum, weight) => sum + weight, 0);
  if (!isCutByMinP && !isCutByTopK && logprobs.length < nVocabulary) {
    total += greatestRest(logprobs, nVocabulary, sampling.temperature);
    const known = kept.reduce((sum, weight) => sum + weight, 0);
    if (known < sampling.topP * total) return undefined;
  }
  let nucleus = 0;
  let sum = 0;
  while (nucleus < kept.length && sum < sampling.topP * total) sum += kept[nucleus++] ?? 0;
  let left = random() * sum;
  for (let index = 0; index < nucleus; index++) {
    left -= kept[index] ?? 0;
    if (left < 0) return index;
  }
  return Math.max(0, nucleus - 1);
}

/**
 * The most that the tokens which are not in the list can weigh after temperature, relative to the first one.
 * Their mass is known exactly. Below temperature 1 it weighs most when it lies on tokens as likely as the last of the list,
 * above when it is spread evenly.
 */
function greatestRest(logprobs: Float32Array, nVocabulary: number, temperature: number): number {
  const mass = logprobs.reduce((sum, logprob) => sum + Math.exp(logprob), 0);
  const rest = Math.max(0, 1 - mass);
  if (rest === 0) return 0;
  const nRest = nVocabulary - logprobs.length;
  const greatest = logprobs[0] ?? 0;
  const last = logprobs[logprobs.length - 1] ?? 0;
  const logWeight =
    temperature <= 1
      ? Math.log(rest) - last + last / temperature
      : Math.log(nRest) + Math.log(rest / nRest) / temperature;
  return Math.exp(logWeight - greatest / temperature);
}

function mix(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b);
  bits = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b);
  return bits ^ (bits >>> 16);
}
