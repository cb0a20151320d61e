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
 * A decoder of two layers with random 8-bit weights, always the same ones: small enough to try a device with, and to
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
    const nValues = shape.reduce((product, size) => product * size, 1);
    const isMatrix = shape.length === 2;
    const sizeBytes = isMatrix ? (nValues / 32) * 34 : nValues * 4;
    tensors.set(name, { name, type: isMatrix ? 'Q8_0' : 'F32', shape, offset, sizeBytes });
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
      // A linear congruential generator, started from the tensor's place: the same numbers everywhere.
      let state = tensor.offset + 12_345;
      const next = () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state / 2 ** 32 - 0.5;
      };
      if (tensor.type === 'F32') {
        const values = Float32Array.from({ length: tensor.sizeBytes / 4 }, () => 1 + 0.2 * next());
        return Promise.resolve(new Uint8Array(values.buffer));
      }
      const bytes = new Uint8Array(tensor.sizeBytes);
      const view = new DataView(bytes.buffer);
      for (let block = 0; block < bytes.length; block += 34) {
        view.setUint16(block, 0x1800, true); // 2^−9 as a half
        for (let index = 0; index < 32; index++) view.setInt8(block + 2 + index, Math.round(250 * next()));
      }
      return Promise.resolve(bytes);
    },
    close: () => Promise.resolve(),
  };
}
