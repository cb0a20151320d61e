import type { MetadataValue, ParameterFile, TensorInfo } from '../parameterFile.js';
import { neededTensors } from './llamaArchitecture.js';

const sizes = {
  nLayers: 2,
  nHidden: 64,
  nHeads: 4,
  nKvHeads: 2,
  headSize: 16,
  nFeedForward: 96,
  nVocabulary: 96,
  contextLength: 512,
};

/**
 * A decoder of two layers with random float32 weights, always the same ones: small enough to try a device with, and to
 * compare with a textbook.
 */
export function tinyLlama(): ParameterFile {
  const needed = neededTensors({
    kind: 'llama',
    name: 'tiny',
    ropeBase: 10_000,
    rmsEpsilon: 1e-5,
    hasOwnHead: false,
    ...sizes,
  });
  const tensors = new Map<string, TensorInfo>();
  let offset = 0;
  for (const [name, shape] of needed) {
    const sizeBytes = 4 * shape.reduce((product, size) => product * size, 1);
    tensors.set(name, { name, type: 'F32', shape, offset, sizeBytes });
    offset += sizeBytes;
  }
  const metadata = new Map<string, MetadataValue>([
    ['general.architecture', 'llama'],
    ['general.name', 'tiny'],
    ['llama.block_count', sizes.nLayers],
    ['llama.embedding_length', sizes.nHidden],
    ['llama.attention.head_count', sizes.nHeads],
    ['llama.attention.head_count_kv', sizes.nKvHeads],
    ['llama.feed_forward_length', sizes.nFeedForward],
    ['llama.context_length', sizes.contextLength],
    ['llama.rope.freq_base', 10_000],
    ['llama.attention.layer_norm_rms_epsilon', 1e-5],
  ]);
  return {
    file: 'tiny',
    sizeBytes: offset,
    metadata,
    tensors,
    readTensor: (name) => {
      const tensor = tensors.get(name);
      if (tensor === undefined) return Promise.reject(new RangeError(`no tensor ${name}`));
      const values = new Float32Array(tensor.sizeBytes / 4);
      const isNorm = tensor.shape.length === 1;
      // A linear congruential generator, started from the tensor's place: the same numbers everywhere.
      let state = tensor.offset + 12_345;
      for (let index = 0; index < values.length; index++) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        values[index] = isNorm ? 1 + 0.2 * (state / 2 ** 32 - 0.5) : 0.6 * (state / 2 ** 32 - 0.5);
      }
      return Promise.resolve(new Uint8Array(values.buffer));
    },
    close: () => Promise.resolve(),
  };
}
