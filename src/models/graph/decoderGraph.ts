import {
  addRmsNorm,
  gatedSilu,
  matMulNBits,
  matMulTransposed,
  matrixWeight,
  reshape,
  rmsNorm,
  rope,
} from './blocks.js';
import type { Arithmetic, MatrixWeight } from './blocks.js';
import type { LlamaArchitecture } from './llamaArchitecture.js';
import type { OnnxWriter, Value } from './onnxWriter.js';
import { blockSize, quantizedMatrix, type MinimumLayout, type RowSource } from './quantizedMatrix.js';
import { dequantize } from '../dequantize.js';
import type { ParameterFile, TensorInfo } from '../parameterFile.js';

/** Most likely tokens that a step gives back for each row. */
export const nTopTokens = 64;

/**
 * Inputs and outputs of the decode graph. n: new tokens of a step (one a row when decoding, a piece of the prompt when
 * reading it); G: query heads a KV head; d: head size; P, C: columns of prefix and suffix; m: rows that go to the head.
 *
 * | input | shape | what |
 * |---|---|---|
 * | `embeddings` | float `[n, hidden]` | rows of the embedding, looked up by the caller |
 * | `position_ids` | int64 `[n, G + 2]` | the token's position for the G queries and the key; `contextLength` (no rotation) for the value |
 * | `mask` | float `[G·n, P + C + n]` | 0 where a token may look, −1e9 elsewhere |
 * | `widths` | int64 `[3]` | P, C, n |
 * | `suffix_scores_shape`, `suffix_weights_shape` | int64 `[3]`, `[4]` | kv, G·n, C and kv, n, G, C |
 * | `head_rows` | int64 `[m]` | which of the n tokens predict |
 * | `prefix_k.L`, `prefix_v.L` | float `[kv, d, P]`, `[kv, P, d]` | the prompt, shared by all rows |
 * | `suffix_k.L`, `suffix_v.L` | float `[kv, n, C, d]` | what each row has written; C at least 1, as P |
 *
 * | output | shape | what |
 * |---|---|---|
 * | `new_kv` | float `[kv, n, 2·layers, d]` | K and V of the new tokens, layer by layer, K first |
 * | `top_logprobs`, `top_ids` | float, int64 `[m, 64]` | most likely first, normalised over the whole vocabulary |
 * | `logprobs` | float `[m, vocabulary]` | all of them; fetched only when 64 do not reach |
 */
export interface DecoderGraph {
  /** Where the caller finds the embedding's rows: 8-bit codes with zero point 128 and a scale a block of 32. */
  readonly embedding: { readonly codesOffset: number; readonly scalesOffset: number };
}

/** Reads the weights of `file` one matrix at a time and writes the graph that decodes with a shared prefix. */
export async function writeDecoderGraph(
  writer: OnnxWriter,
  file: ParameterFile,
  architecture: LlamaArchitecture,
  options: {
    readonly minimum: MinimumLayout;
    readonly arithmetic: Arithmetic;
    readonly signal: AbortSignal;
    readonly onProgress?: (share: number) => void;
  },
): Promise<DecoderGraph> {
  const { nLayers, nHidden, nHeads, nKvHeads, headSize, nFeedForward, nVocabulary, rmsEpsilon } = architecture;
  const nGroup = nHeads / nKvHeads;

  const floats = async (name: string, shape: readonly number[]) => {
    const values = dequantize(tensorOf(file, name).type, await file.readTensor(name)) ?? new Float32Array();
    return (await writer.weight(name, values, shape)).name;
  };
  const rowsOf = async (name: string): Promise<RowSource[]> => {
    options.signal.throwIfAborted();
    const tensor = tensorOf(file, name);
    const bytes = await file.readTensor(name);
    const nRows = tensor.shape[0] ?? 0;
    const rowBytes = bytes.byteLength / nRows;
    return Array.from({ length: nRows }, (_, row) => ({
      type: tensor.type,
      bytes: bytes.subarray(row * rowBytes, (row + 1) * rowBytes),
      factor: 1,
    }));
  };
  const matrix = (name: string, rows: readonly RowSource[], nColumns: number): Promise<MatrixWeight> =>
    matrixWeight(writer, name, quantizedMatrix(rows, nColumns, options));
  // Sums over blocks of 32 columns are a product with a matrix of ones and zeros, one for each width.
  const sumMatrices = new Map<number, Value>();
  const sumMatrix = async (nColumns: number): Promise<Value> => {
    const known = sumMatrices.get(nColumns);
    if (known !== undefined) return known;
    const nBlocks = nColumns / blockSize;
    const ones = new Float32Array(nColumns * nBlocks);
    for (let column = 0; column < nColumns; column++) ones[column * nBlocks + Math.floor(column / blockSize)] = 1;
    const { name: written } = await writer.weight(`block_sums.${nColumns}`, ones, [nColumns, nBlocks]);
    sumMatrices.set(nColumns, written);
    return written;
  };
  const product = async (x: Value, weight: MatrixWeight, arithmetic = options.arithmetic): Promise<Value> => {
    const sums = weight.offsets === '' ? '' : writer.node('MatMul', [x, await sumMatrix(weight.matrix.nColumns)]);
    return matMulNBits(writer, x, weight, arithmetic, sums);
  };

  // 1. What comes in, and the rotation table with one more row that rotates nothing (for the values).
  const embeddings = writer.input('embeddings', 'float', ['n', nHidden]);
  const positions = writer.input('position_ids', 'int64', ['n', nGroup + 2]);
  const mask = writer.input('mask', 'float', ['queries', 'columns']);
  const widths = writer.input('widths', 'int64', [3]);
  const scoresShape = writer.input('suffix_scores_shape', 'int64', [3]);
  const weightsShape = writer.input('suffix_weights_shape', 'int64', [4]);
  const headRows = writer.input('head_rows', 'int64', ['m']);
  const { cos, sin } = rotationTable(architecture);
  const tableShape = [architecture.contextLength + 1, headSize / 2];
  const cosTable = (await writer.weight('cos', cos, tableShape)).name;
  const sinTable = (await writer.weight('sin', sin, tableShape)).name;

  // 2. The layers.
  const newKv: Value[] = [];
  let residual = embeddings;
  let normed = rmsNorm(writer, residual, await floats('blk.0.attn_norm.weight', [nHidden]), rmsEpsilon);
  for (let layer = 0; layer < nLayers; layer++) {
    const block = `blk.${layer}`;
    const prefixK = writer.input(`prefix_k.${layer}`, 'float', [nKvHeads, headSize, 'P']);
    const prefixV = writer.input(`prefix_v.${layer}`, 'float', [nKvHeads, 'P', headSize]);
    const suffixK = writer.input(`suffix_k.${layer}`, 'float', [nKvHeads, 'n', 'C', headSize]);
    const suffixV = writer.input(`suffix_v.${layer}`, 'float', [nKvHeads, 'n', 'C', headSize]);

    // One product for q, k and v: [n, kv · (G + 2) · d], columns by KV head: its G queries, its key, its value.
    const qkvRows = joinedQkv(
      architecture,
      await rowsOf(`${block}.attn_q.weight`),
      await rowsOf(`${block}.attn_k.weight`),
      await rowsOf(`${block}.attn_v.weight`),
    );
    const qkv = await product(normed, await matrix(`${block}.qkv`, qkvRows, nHidden));
    const heads = reshape(writer, qkv, [-1, nKvHeads, nGroup + 2, headSize]); // [n, kv, G + 2, d]
    const rotated = rope(writer, heads, positions, cosTable, sinTable);
    const byHead = writer.node('Transpose', [rotated], { perm: [1, 0, 2, 3] }); // [kv, n, G + 2, d]
    const [q = '', newK = '', newV = ''] = writer.nodeOf('Split', [byHead, writer.integers([nGroup, 1, 1])], 3, {
      axis: 2,
    });
    newKv.push(newK, newV);

    // Scores against the prompt, against what the row wrote, against the new tokens: [kv, G · n, P + C + n].
    const queries = reshape(writer, q, [nKvHeads, -1, headSize]); // [kv, G · n, d]
    const keys = reshape(writer, newK, [nKvHeads, -1, headSize]); // [kv, n, d]
    const values = reshape(writer, newV, [nKvHeads, -1, headSize]);
    const onSuffix = matMulTransposed(writer, q, suffixK); // [kv, n, G, C]
    const scores = writer.node(
      'Concat',
      [
        writer.node('MatMul', [queries, prefixK]),
        writer.node('Reshape', [onSuffix, scoresShape]),
        matMulTransposed(writer, queries, keys),
      ],
      { axis: -1 },
    );
    const weights = writer.node('Softmax', [writer.node('Add', [scores, mask])], { axis: -1 });
    const [onP = '', onC = '', onN = ''] = writer.nodeOf('Split', [weights, widths], 3, { axis: -1 });
    const onRows = writer.node('Reshape', [onC, weightsShape]); // [kv, n, G, C]
    const mixed = writer.node('Sum', [
      writer.node('MatMul', [onP, prefixV]),
      reshape(writer, writer.node('MatMul', [onRows, suffixV]), [nKvHeads, -1, headSize]),
      writer.node('MatMul', [onN, values]),
    ]); // [kv, G · n, d]
    const byToken = writer.node('Transpose', [reshape(writer, mixed, [nKvHeads, -1, nGroup * headSize])], {
      perm: [1, 0, 2],
    });
    const attended = reshape(writer, byToken, [-1, nHeads * headSize]); // [n, heads · d]

    // In float arithmetic: a twelfth of the weights, an eighth of what 8-bit activations cost in divergence.
    const out = await matrix(`${block}.out`, await rowsOf(`${block}.attn_output.weight`), nHeads * headSize);
    const attention = await product(attended, out, 'float');
    const ffnNorm = await floats(`${block}.ffn_norm.weight`, [nHidden]);
    const [ffnIn, afterAttention] = addRmsNorm(writer, attention, residual, ffnNorm, rmsEpsilon);
    const gateUpRows = [...(await rowsOf(`${block}.ffn_gate.weight`)), ...(await rowsOf(`${block}.ffn_up.weight`))];
    const gateUp = await product(ffnIn, await matrix(`${block}.gate_up`, gateUpRows, nHidden)); // [n, 2 · feed-forward]
    const activated = gatedSilu(writer, gateUp, nFeedForward);
    const ffnOut = await product(
      activated,
      await matrix(`${block}.down`, await rowsOf(`${block}.ffn_down.weight`), nFeedForward),
    );

    const isLast = layer === nLayers - 1;
    const nextNorm = isLast ? 'output_norm.weight' : `blk.${layer + 1}.attn_norm.weight`;
    if (!isLast) {
      [normed, residual] = addRmsNorm(writer, ffnOut, afterAttention, await floats(nextNorm, [nHidden]), rmsEpsilon);
    } else {
      // Only the rows that predict go on: the head is the largest product of all.
      const picked = writer.node('Gather', [ffnOut, headRows], { axis: 0 });
      const pickedResidual = writer.node('Gather', [afterAttention, headRows], { axis: 0 });
      [normed] = addRmsNorm(writer, picked, pickedResidual, await floats(nextNorm, [nHidden]), rmsEpsilon);
    }
    options.onProgress?.((layer + 1) / (nLayers + 1));
  }

  // 3. The head, and the embedding whose rows the caller reads.
  // 8 bits with zero point 128 whatever the file has, so that one way of reading its rows does for all.
  const tableRows = await rowsOf('token_embd.weight');
  const table = await matrixWeight(
    writer,
    'token_embd',
    quantizedMatrix(tableRows, nHidden, { ...options, asBytes: true }),
  );
  const head = architecture.hasOwnHead ? await matrix('head', await rowsOf('output.weight'), nHidden) : table;
  writer.nodeOf('Concat', newKv, ['new_kv'], { axis: 2 });
  writer.nodeOf('LogSoftmax', [await product(normed, head)], ['logprobs'], { axis: -1 });
  writer.nodeOf(
    'TopK',
    ['logprobs', writer.integers([Math.min(nTopTokens, nVocabulary)])],
    ['top_logprobs', 'top_ids'],
    {
      axis: -1,
      largest: 1,
      sorted: 1,
    },
  );
  writer.output('new_kv', 'float', [nKvHeads, 'n', 2 * nLayers, headSize]);
  writer.output('logprobs', 'float', ['m', nVocabulary]);
  writer.output('top_logprobs', 'float', ['m', Math.min(nTopTokens, nVocabulary)]);
  writer.output('top_ids', 'int64', ['m', Math.min(nTopTokens, nVocabulary)]);
  return { embedding: { codesOffset: table.codesOffset, scalesOffset: table.scalesOffset } };
}

/**
 * Rows of the joined product, by KV head: its queries, its key, its value. Queries carry the scores' 1/√d.
 *
 * llama.cpp stores the rows of q and k so that neighbours rotate together (row 2i + j of a head); here halves rotate
 * together (row j · d/2 + i), so the rows are put back into that order.
 */
function joinedQkv(
  { nHeads, nKvHeads, headSize }: LlamaArchitecture,
  q: readonly RowSource[],
  k: readonly RowSource[],
  v: readonly RowSource[],
): RowSource[] {
  const nGroup = nHeads / nKvHeads;
  const headRows = (rows: readonly RowSource[], head: number) => rows.slice(head * headSize, (head + 1) * headSize);
  const unpermuted = (rows: readonly RowSource[]) => [
    ...rows.filter((_, row) => row % 2 === 0),
    ...rows.filter((_, row) => row % 2 === 1),
  ];
  const factor = 1 / Math.sqrt(headSize);
  return Array.from({ length: nKvHeads }, (_, kvHead) => [
    ...Array.from({ length: nGroup }, (__, index) => unpermuted(headRows(q, kvHead * nGroup + index)))
      .flat()
      .map((row) => ({ ...row, factor })),
    ...unpermuted(headRows(k, kvHead)),
    ...headRows(v, kvHead),
  ]).flat();
}

/** cos and sin of every position, `[contextLength + 1, d / 2]`; the last row rotates by nothing. */
function rotationTable({ contextLength, headSize, ropeBase }: LlamaArchitecture): {
  cos: Float32Array;
  sin: Float32Array;
} {
  const nPairs = headSize / 2;
  const cos = new Float32Array((contextLength + 1) * nPairs);
  const sin = new Float32Array((contextLength + 1) * nPairs);
  for (let position = 0; position < contextLength; position++)
    for (let pair = 0; pair < nPairs; pair++) {
      const angle = position * ropeBase ** ((-2 * pair) / headSize);
      cos[position * nPairs + pair] = Math.cos(angle);
      sin[position * nPairs + pair] = Math.sin(angle);
    }
  cos.fill(1, contextLength * nPairs);
  return { cos, sin };
}

function tensorOf(file: ParameterFile, name: string): TensorInfo {
  const tensor = file.tensors.get(name);
  if (tensor === undefined) throw new RangeError(`no tensor ${name}`);
  return tensor;
}
