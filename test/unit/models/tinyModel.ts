import { describeLlama, neededTensors } from '../../../src/models/graph/llamaArchitecture.js';
import { valueType, type MetadataEntry } from '../../../src/models/gguf/header.js';
import type { MetadataValue, ParameterFile, TensorInfo } from '../../../src/models/index.js';
import { ggufBytes, type TensorSpec } from './ggufBytes.js';
import { tinyParameters, type TinyTokenizer } from './tinyTokenizer.js';

/** Shape of a Llama of one layer, as its metadata has it. */
const shape: Readonly<Record<string, number>> = {
  'llama.block_count': 1,
  'llama.context_length': 64,
  'llama.embedding_length': 32,
  'llama.feed_forward_length': 32,
  'llama.attention.head_count': 2,
  'llama.attention.head_count_kv': 1,
};

/** A whole GGUF file of a Llama that knows nothing: one layer, zeros for weights, the tiny tokenizer. */
export function tinyModelBytes(options: TinyTokenizer & { readonly name?: string } = {}): Buffer {
  const tokenizer = tinyParameters(options);
  const nVocabulary = listLength(tokenizer.metadata.get('tokenizer.ggml.tokens'));
  const metadata = new Map<string, MetadataValue>([
    ['general.architecture', 'llama'],
    ['general.name', options.name ?? 'Tiny'],
    ...Object.entries(shape),
    ['llama.attention.layer_norm_rms_epsilon', 1e-5],
    ...tokenizer.metadata,
  ]);
  const embedding: TensorInfo = {
    name: 'token_embd.weight',
    type: 'F32',
    shape: [nVocabulary, 32],
    offset: 0,
    sizeBytes: 0,
  };
  const tensors: TensorSpec[] = [...tensorsNeeded({ ...tokenizer, metadata }, embedding)].map(([name, dimensions]) => ({
    ...{ name, type: 0, dimensions: dimensions.toReversed() },
    data: new Uint8Array(4 * dimensions.reduce((product, dimension) => product * dimension, 1)),
  }));
  return ggufBytes({ entries: [...metadata].map(([key, value]) => entryOf(key, value)), tensors });
}

/** Asks the description with a list that has all tensors that it could want. */
function tensorsNeeded(parameters: ParameterFile, embedding: TensorInfo): ReadonlyMap<string, readonly number[]> {
  const needed = neededTensors({
    ...{ kind: 'llama', name: '', nLayers: 1, nHidden: 32, nHeads: 2, nKvHeads: 1, headSize: 16, nFeedForward: 32 },
    ...{
      nVocabulary: embedding.shape[0] ?? 0,
      contextLength: 64,
      ropeBase: 10_000,
      rmsEpsilon: 1e-5,
      hasOwnHead: false,
    },
  });
  const tensors = new Map([...needed].map(([name, dimensions]) => [name, { ...embedding, name, shape: dimensions }]));
  describeLlama({ ...parameters, tensors });
  return needed;
}

const listLength = (value: MetadataValue | undefined) => (typeof value === 'object' ? value.length : 0);

function entryOf(key: string, value: MetadataValue): MetadataEntry {
  if (value instanceof Int32Array) return { key, type: valueType.array, elementType: valueType.int32, value };
  if (typeof value === 'object') return { key, type: valueType.array, elementType: valueType.string, value };
  if (typeof value === 'string') return { key, type: valueType.string, value };
  if (typeof value === 'boolean') return { key, type: valueType.boolean, value };
  return { key, type: Number.isInteger(value) ? valueType.uint32 : valueType.float32, value };
}
