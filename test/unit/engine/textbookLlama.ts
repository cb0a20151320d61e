import { dequantize, type ParameterFile } from '../../../src/models/index.js';

/** Log-probabilities of the token after the one at a place of `ids`, the last unless said otherwise. */
export type Textbook = (ids: readonly number[]) => (place?: number) => Float64Array;

/**
 * A Llama as a textbook has it: one text, no cache, no sharing, 64-bit floats, straight from the parameter file. Slow and
 * obvious, to hold the decode graph against.
 */
export async function textbookLlama(file: ParameterFile): Promise<Textbook> {
  const number = (key: string) => Number(file.metadata.get(`llama.${key}`));
  const nLayers = number('block_count');
  const nHidden = number('embedding_length');
  const nHeads = number('attention.head_count');
  const nKvHeads = number('attention.head_count_kv');
  const headSize = nHidden / nHeads;
  const weights = new Map<string, Float32Array>();
  for (const [name, tensor] of file.tensors)
    weights.set(name, dequantize(tensor.type, await file.readTensor(name)) ?? new Float32Array());
  const weight = (name: string) => weights.get(name) ?? new Float32Array();

  return (ids) => {
    let stream: Float64Array[] = ids.map((id) =>
      Float64Array.from(weight('token_embd.weight').subarray(id * nHidden, (id + 1) * nHidden)),
    );
    for (let layer = 0; layer < nLayers; layer++) {
      const of = (name: string) => weight(`blk.${layer}.${name}.weight`);
      const normed = stream.map((x) => norm(x, of('attn_norm'), number('attention.layer_norm_rms_epsilon')));
      const rotated = (name: string) =>
        normed.map((x, position) => rotate(times(of(name), x), position, headSize, number('rope.freq_base')));
      const q = rotated('attn_q');
      const k = rotated('attn_k');
      const v = normed.map((x) => times(of('attn_v'), x));
      stream = stream.map((x, token) => {
        const mixed = new Float64Array(nHidden);
        for (let head = 0; head < nHeads; head++) {
          const kvHead = Math.floor((head * nKvHeads) / nHeads);
          const scores = Array.from({ length: token + 1 }, (_, other) => {
            let dot = 0;
            for (let index = 0; index < headSize; index++)
              dot += (q[token]?.[head * headSize + index] ?? 0) * (k[other]?.[kvHead * headSize + index] ?? 0);
            return dot / Math.sqrt(headSize);
          });
          logSoftmax(Float64Array.from(scores)).forEach((logWeight, other) => {
            const share = Math.exp(logWeight);
            for (let index = 0; index < headSize; index++)
              mixed[head * headSize + index] =
                (mixed[head * headSize + index] ?? 0) + share * (v[other]?.[kvHead * headSize + index] ?? 0);
          });
        }
        return plus(x, times(of('attn_output'), mixed));
      });
      stream = stream.map((x) => {
        const h = norm(x, of('ffn_norm'), number('attention.layer_norm_rms_epsilon'));
        const up = times(of('ffn_up'), h);
        const gated = times(of('ffn_gate'), h).map((g, index) => (g / (1 + Math.exp(-g))) * (up[index] ?? 0));
        return plus(x, times(of('ffn_down'), gated));
      });
    }
    return (place = ids.length - 1) => {
      const read = stream[place] ?? new Float64Array(nHidden);
      const normed = norm(read, weight('output_norm.weight'), number('attention.layer_norm_rms_epsilon'));
      return logSoftmax(times(weight('token_embd.weight'), normed));
    };
  };
}

/** `matrix [rows, x.length]` times x. */
function times(matrix: Float32Array, x: Float64Array): Float64Array {
  const product = new Float64Array(matrix.length / x.length);
  for (let row = 0; row < product.length; row++) {
    let sum = 0;
    for (let column = 0; column < x.length; column++) sum += (x[column] ?? 0) * (matrix[row * x.length + column] ?? 0);
    product[row] = sum;
  }
  return product;
}

const plus = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, index) => value + (b[index] ?? 0));

function norm(x: Float64Array, weight: Float32Array, epsilon: number): Float64Array {
  const square = x.reduce((sum, value) => sum + value * value, 0) / x.length;
  return x.map((value, index) => (value / Math.sqrt(square + epsilon)) * (weight[index] ?? 0));
}

/** llama.cpp's order of rows: neighbours rotate together. */
function rotate(x: Float64Array, position: number, headSize: number, base: number): Float64Array {
  return x.map((value, index) => {
    const pair = Math.floor((index % headSize) / 2);
    const angle = position * base ** ((-2 * pair) / headSize);
    const other = x[index % 2 === 0 ? index + 1 : index - 1] ?? 0;
    return value * Math.cos(angle) + (index % 2 === 0 ? -1 : 1) * other * Math.sin(angle);
  });
}

function logSoftmax(x: Float64Array): Float64Array {
  const greatest = x.reduce((most, value) => Math.max(most, value), -Infinity);
  const sum = x.reduce((total, value) => total + Math.exp(value - greatest), 0);
  return x.map((value) => value - greatest - Math.log(sum));
}
