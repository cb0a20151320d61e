import type { OnnxWriter, Value } from './onnxWriter.js';
import { blockSize, type QuantizedMatrix } from './quantizedMatrix.js';

/** The building blocks of a decoder: each writes a few nodes and returns the value that they make. */

/** `bytes`: activations are quantised to 8 bits a block at a time, twice as fast; `float`: they stay as they are. */
export type Arithmetic = 'bytes' | 'float';
const accuracyLevels = { bytes: 4, float: 0 } as const;

/** A matrix in the graph, ready for `matMulNBits`. */
export interface MatrixWeight {
  readonly matrix: Pick<QuantizedMatrix, 'bits' | 'nRows' | 'nColumns'>;
  /** Runs of rows, in order, each a product of its own; one unless the matrix is large. */
  readonly parts: readonly { readonly nRows: number; readonly codes: Value; readonly scales: Value }[];
  readonly zeroPoints: Value;
  readonly offsets: Value;
  /** Where codes and scales start in the data file, for reading single rows (embeddings). */
  readonly codesOffset: number;
  readonly scalesOffset: number;
}

/** While the runtime puts a matrix into its kernels' order it lies in memory twice: a large one is divided. */
const partBytes = 8 * 1024 * 1024;
const mostParts = 8;

export async function matrixWeight(writer: OnnxWriter, name: string, matrix: QuantizedMatrix): Promise<MatrixWeight> {
  const nBlocks = matrix.nColumns / blockSize;
  const blockBytes = (blockSize * matrix.bits) / 8;
  const isDivisible = matrix.zeroPoints === undefined && matrix.offsets === undefined;
  const rowsPerPart = isDivisible
    ? Math.ceil(matrix.nRows / Math.min(mostParts, Math.ceil(matrix.codes.length / partBytes)))
    : matrix.nRows;
  const codes = await writer.weights(`${name}.codes`, matrix.codes, [matrix.nRows, nBlocks, blockBytes], rowsPerPart);
  const scales = await writer.weights(`${name}.scales`, matrix.scales, [matrix.nRows * nBlocks], rowsPerPart * nBlocks);
  const zeroPoints =
    matrix.zeroPoints && (await writer.weight(`${name}.zeros`, matrix.zeroPoints, [matrix.zeroPoints.length]));
  const offsets = matrix.offsets && (await writer.weight(`${name}.offsets`, matrix.offsets, [nBlocks, matrix.nRows]));
  return {
    matrix: { bits: matrix.bits, nRows: matrix.nRows, nColumns: matrix.nColumns },
    parts: codes.names.map((part, index) => ({
      nRows: Math.min(rowsPerPart, matrix.nRows - index * rowsPerPart),
      codes: part,
      scales: scales.names[index] ?? '',
    })),
    zeroPoints: zeroPoints?.name ?? '',
    offsets: offsets?.name ?? '',
    codesOffset: codes.offset,
    scalesOffset: scales.offset,
  };
}

/**
 * `x [n, K]` times the transposed matrix: `[n, N]`.
 *
 * @param blockSums `[n, K / 32]`, sums of x over each block; needed only where the matrix has offsets.
 */
export function matMulNBits(
  writer: OnnxWriter,
  x: Value,
  weight: MatrixWeight,
  arithmetic: Arithmetic,
  blockSums: Value,
): Value {
  const products = weight.parts.map(({ nRows, codes, scales }) =>
    writer.node(
      'com.microsoft.MatMulNBits',
      [x, codes, scales, ...(weight.zeroPoints === '' ? [] : [weight.zeroPoints])],
      {
        K: weight.matrix.nColumns,
        N: nRows,
        bits: weight.matrix.bits,
        block_size: blockSize,
        accuracy_level: accuracyLevels[arithmetic],
      },
    ),
  );
  const [only = ''] = products;
  const product = products.length === 1 ? only : writer.node('Concat', products, { axis: -1 });
  return weight.offsets === '' ? product : writer.node('Gemm', [blockSums, weight.offsets, product]);
}

/** RMSNorm over the last axis. */
export const rmsNorm = (writer: OnnxWriter, x: Value, weight: Value, epsilon: number): Value =>
  writer.node('SimplifiedLayerNormalization', [x, weight], { axis: -1, epsilon: { float: epsilon }, stash_type: 1 });

/** Residual addition and RMSNorm in one: `[normed, sum]`. */
export function addRmsNorm(
  writer: OnnxWriter,
  x: Value,
  residual: Value,
  weight: Value,
  epsilon: number,
): readonly [normed: Value, sum: Value] {
  const [normed = '', , , sum = ''] = writer.nodeOf(
    'com.microsoft.SkipSimplifiedLayerNormalization',
    [x, residual, weight],
    4,
    { epsilon: { float: epsilon } },
  );
  return [normed, sum];
}

/** `x [n, heads, S, d]` rotated by `positions [n, S]`. */
export const rope = (writer: OnnxWriter, x: Value, positions: Value, cos: Value, sin: Value): Value =>
  writer.node('com.microsoft.RotaryEmbedding', [x, positions, cos, sin], { interleaved: 0 });

/** SiLU(gate) · up of a joined `[n, 2 · width]`. */
export function gatedSilu(writer: OnnxWriter, gateUp: Value, width: number): Value {
  const [gate = '', up = ''] = writer.nodeOf('Split', [gateUp, writer.integers([width, width])], 2, { axis: -1 });
  const silu = writer.node('Mul', [gate, writer.node('Sigmoid', [gate])]);
  return writer.node('Mul', [silu, up]);
}

/** a · bᵀ over the last two axes. */
export const matMulTransposed = (writer: OnnxWriter, a: Value, b: Value): Value =>
  writer.node('com.microsoft.FusedMatMul', [a, b], { transA: 0, transB: 1 });

export const reshape = (writer: OnnxWriter, x: Value, shape: readonly number[]): Value =>
  writer.node('Reshape', [x, writer.integers(shape)]);
