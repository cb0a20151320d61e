import { architectureUnsupported, tensorTypeUnsupported } from '../../core/index.js';
import { dequantizableTypes } from '../dequantize.js';
import type { MetadataValue, ParameterFile } from '../parameterFile.js';

/** What a Llama decoder looks like: everything that its graph needs beside the numbers. */
export interface LlamaArchitecture {
  readonly kind: 'llama';
  /** `general.name` of the file, for people. */
  readonly name: string;
  readonly nLayers: number;
  /** Width of the residual stream. */
  readonly nHidden: number;
  readonly nHeads: number;
  readonly nKvHeads: number;
  readonly headSize: number;
  readonly nFeedForward: number;
  readonly nVocabulary: number;
  /** Longest text the model was made for, tokens. */
  readonly contextLength: number;
  readonly ropeBase: number;
  readonly rmsEpsilon: number;
  /** False where the output head is the embedding (tied). */
  readonly hasOwnHead: boolean;
}

/** A graph of more layers than this is no Llama that fits a workstation; the bound keeps a lying header from costing memory. */
const maxLayers = 1024;
const maxContext = 2 ** 24;

/**
 * Metadata and tensor list to a checked description: every tensor that the graph needs is there, in the shape that the
 * metadata implies, and there is none that the graph would leave out.
 *
 * @throws ModelError naming what is unsupported.
 */
export function describeLlama(file: ParameterFile): LlamaArchitecture {
  const refuse = (found: string) => architectureUnsupported({ file: file.file, found });
  const { metadata, tensors } = file;
  const kind = metadata.get('general.architecture');
  if (kind !== 'llama') throw refuse(`architecture ${describe(kind)}, where only llama can be run`);

  const integer = (key: string, fallback?: number): number => {
    const value = numberOf(metadata.get(`llama.${key}`)) ?? fallback;
    if (value === undefined || !Number.isSafeInteger(value) || value < 1)
      throw refuse(`llama.${key} = ${describe(metadata.get(`llama.${key}`))}`);
    return value;
  };
  const real = (key: string, fallback?: number): number => {
    const value = numberOf(metadata.get(`llama.${key}`)) ?? fallback;
    if (value === undefined || !Number.isFinite(value) || value <= 0)
      throw refuse(`llama.${key} = ${describe(metadata.get(`llama.${key}`))}`);
    return value;
  };

  const nLayers = integer('block_count');
  const nHidden = integer('embedding_length');
  const nHeads = integer('attention.head_count');
  const nKvHeads = integer('attention.head_count_kv', nHeads);
  const headSize = integer('attention.key_length', nHidden / nHeads);
  const contextLength = integer('context_length');
  const embedding = tensors.get('token_embd.weight');
  if (embedding === undefined) throw refuse('no tensor token_embd.weight');
  const nVocabulary = embedding.shape[0] ?? 0;
  const nameValue = metadata.get('general.name');
  const architecture: LlamaArchitecture = {
    kind: 'llama',
    name: typeof nameValue === 'string' ? nameValue : 'llama',
    nLayers,
    nHidden,
    nHeads,
    nKvHeads,
    headSize,
    nFeedForward: integer('feed_forward_length'),
    nVocabulary,
    contextLength,
    ropeBase: real('rope.freq_base', 10_000),
    rmsEpsilon: real('attention.layer_norm_rms_epsilon'),
    hasOwnHead: tensors.has('output.weight'),
  };

  if (nLayers > maxLayers) throw refuse(`${nLayers} layers`);
  if (contextLength > maxContext) throw refuse(`a context of ${contextLength} tokens`);
  if (nHeads % nKvHeads !== 0) throw refuse(`${nHeads} heads over ${nKvHeads} key-value heads`);
  if (headSize % 2 !== 0) throw refuse(`heads of ${headSize}`);
  if (integer('rope.dimension_count', headSize) !== headSize) throw refuse('rotary positions on a part of each head');
  if (integer('attention.value_length', headSize) !== headSize) throw refuse('values of another width than keys');
  const scaling = metadata.get('llama.rope.scaling.type');
  if (scaling !== undefined && scaling !== 'none') throw refuse(`rotary scaling ${describe(scaling)}`);
  if ((numberOf(metadata.get('llama.expert_count')) ?? 0) > 0) throw refuse('a mixture of experts');

  const needed = neededTensors(architecture);
  for (const [name, shape] of needed) {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw refuse(`no tensor ${name}`);
    if (tensor.shape.length !== shape.length || tensor.shape.some((size, axis) => size !== shape[axis]))
      throw refuse(`tensor ${name} of shape [${tensor.shape.join(', ')}], where [${shape.join(', ')}] was expected`);
    if (!dequantizableTypes.includes(tensor.type))
      throw tensorTypeUnsupported({ file: file.file, tensor: name, found: tensor.type, supported: dequantizableTypes });
    const inner = shape[shape.length - 1] ?? 0;
    if (shape.length === 2 && inner % 32 !== 0) throw refuse(`tensor ${name} with rows of ${inner}, no multiple of 32`);
  }
  for (const name of tensors.keys())
    if (!needed.has(name)) throw refuse(`tensor ${name}, of which the decoder has no use`);
  return architecture;
}

/** Name and shape of every tensor of a decoder, by the names that llama.cpp gives them. */
export function neededTensors(architecture: LlamaArchitecture): ReadonlyMap<string, readonly number[]> {
  const { nHidden, nHeads, nKvHeads, headSize, nFeedForward, nVocabulary } = architecture;
  const needed = new Map<string, readonly number[]>([
    ['token_embd.weight', [nVocabulary, nHidden]],
    ['output_norm.weight', [nHidden]],
  ]);
  if (architecture.hasOwnHead) needed.set('output.weight', [nVocabulary, nHidden]);
  for (let layer = 0; layer < architecture.nLayers; layer++) {
    const block = `blk.${layer}`;
    needed.set(`${block}.attn_norm.weight`, [nHidden]);
    needed.set(`${block}.attn_q.weight`, [nHeads * headSize, nHidden]);
    needed.set(`${block}.attn_k.weight`, [nKvHeads * headSize, nHidden]);
    needed.set(`${block}.attn_v.weight`, [nKvHeads * headSize, nHidden]);
    needed.set(`${block}.attn_output.weight`, [nHidden, nHeads * headSize]);
    needed.set(`${block}.ffn_norm.weight`, [nHidden]);
    needed.set(`${block}.ffn_gate.weight`, [nFeedForward, nHidden]);
    needed.set(`${block}.ffn_up.weight`, [nFeedForward, nHidden]);
    needed.set(`${block}.ffn_down.weight`, [nHidden, nFeedForward]);
  }
  return needed;
}

const numberOf = (value: MetadataValue | undefined): number | undefined =>
  typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : undefined;

const describe = (value: MetadataValue | undefined): string =>
  value === undefined ? '(none)' : typeof value === 'object' ? `(${value.length} values)` : String(value).slice(0, 60);
