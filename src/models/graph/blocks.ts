import type { OnnxWriter, Value } from './onnxWriter.js';
import { blockSize, type QuantizedMatrix } from './quantizedMatrix.js';

/** The building blocks of a decoder: each writes a few nodes and returns the value that they make. */

/** `bytes`: activations are quantised to 8 bits a block at a time, twice as fast; `float`: they stay as they are. */
export type Arithmetic = 'bytes' | 'float';
const accuracyLevels = { bytes: 4, float: 0 } as const;

/** A matrix in the graph, ready for `matMulNBits`. */
export interface MatrixWeight {
  readonly matrix: Pick<QuantizedMatrix, 'bits' | 'nRows' | 'nColumns'>;
  readonly codes: Value;
  readonly scales: Value;
  readonly zeroPoints: Value;
  readonly offsets: Value;
  /** Where codes and scales start in the data file, for reading single rows (embeddings). */
  readonly codesOffset: number;
  readonly scalesOffset: number;
}

export async function matrixWeight(writer: OnnxWriter, name: string, matrix: QuantizedMatrix): Promise<MatrixWeight> {
  const nBlocks = matrix.nColumns / blockSize;
  const codes = await writer.weight(`${name}.codes`, matrix.codes, [
    matrix.nRows,
    nBlocks,
    (blockSize * matrix.bits) / 8,
  ]);
  const scales = await writer.weight(`${name}.scales`, matrix.scales, [matrix.nRows * nBlocks]);
  const zeroPoints =
    matrix.zeroPoints && (await writer.weight(`${name}.zeros`, matrix.zeroPoints, [matrix.zeroPoints.length]));
  const offsets = matrix.offsets && (await writer.weight(`${name}.offsets`, matrix.offsets, [nBlocks, matrix.nRows]));
  return {
    matrix: { bits: matrix.bits, nRows: matrix.nRows, nColumns: matrix.nColumns },
    codes: codes.name,
    scales: scales.name,
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
  const inputs = [x, weight.codes, weight.scales];
  if (weight.zeroPoints !== '') inputs.push(weight.zeroPoints);
  const product = writer.node('com.microsoft.MatMulNBits', inputs, {
    K: weight.matrix.nColumns,
    N: weight.matrix.nRows,
    bits: weight.matrix.bits,
    block_size: blockSize,
    accuracy_level: accuracyLevels[arithmetic],
  });
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
