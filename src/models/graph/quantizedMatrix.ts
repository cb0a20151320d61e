import { dequantize, halfToNumber } from '../dequantize.js';
import type { TensorType } from '../parameterFile.js';

/** Values a block: of every quantisation that we keep as it is, and of the one that we make. */
export const blockSize = 32;

/**
 * A matrix `[rows, columns]` as the operator MatMulNBits takes it: in each block of 32 columns, weight = scale · (code − zero
 * point), plus, where the file's quantisation has a minimum a block that no integer zero point can hold, that offset.
 */
export interface QuantizedMatrix {
  readonly bits: 4 | 8;
  readonly nRows: number;
  readonly nColumns: number;
  /** `[rows, blocks, 32 · bits / 8]`; of two 4-bit codes the first is in the low half. */
  readonly codes: Uint8Array;
  /** `[rows, blocks]` */
  readonly scales: Float32Array;
  /** `[rows, ⌈blocks · bits / 8⌉]`, packed like codes; absent where every zero point is 2^(bits − 1). */
  readonly zeroPoints?: Uint8Array;
  /** `[blocks, rows]`: what is to be added to every weight of a block. */
  readonly offsets?: Float32Array;
}

/**
 * How a block with a float minimum (Q4_1: weight = d · code + m) is written.
 * `offset` keeps the 4-bit codes and adds the remainder by a second, small product: exact.
 * `zero-point` keeps the codes and rounds the minimum to a whole number of steps.
 * `byte` spreads the codes to 8 bits, so that the minimum is rounded to a seventeenth of a step.
 */
export type MinimumLayout = 'offset' | 'zero-point' | 'byte';

/** One row of a matrix to be: where it comes from and what it is multiplied by. */
export interface RowSource {
  readonly type: TensorType;
  /** The row's bytes as they stand in the file. */
  readonly bytes: Uint8Array;
  readonly factor: number;
}

/**
 * Q4_0, Q4_1 and Q8_0 keep their codes; rows of any other type, and of several types, get 8 bits.
 *
 * @param rows in the order of the finished matrix.
 */
export function quantizedMatrix(
  rows: readonly RowSource[],
  nColumns: number,
  options: {
    readonly minimum: MinimumLayout;
    /** 8 bits with zero point 128, whatever the file has. */
    readonly asBytes?: boolean;
  },
): QuantizedMatrix {
  const types = new Set(rows.map((row) => row.type));
  const [only] = types;
  const keepsCodes =
    types.size === 1 && (only === 'Q8_0' || (!options.asBytes && (only === 'Q4_0' || only === 'Q4_1')));
  const type = keepsCodes ? only : 'other';
  const bits = type === 'Q4_0' || (type === 'Q4_1' && options.minimum !== 'byte') ? 4 : 8;
  const nBlocks = nColumns / blockSize;
  const nRows = rows.length;
  const bytesPerBlock = (blockSize * bits) / 8;
  const codes = new Uint8Array(nRows * nBlocks * bytesPerBlock);
  const scales = new Float32Array(nRows * nBlocks);
  const zeroPoints = new Uint8Array(nRows * Math.ceil((nBlocks * bits) / 8));
  const offsets = type === 'Q4_1' && options.minimum === 'offset' ? new Float32Array(nBlocks * nRows) : undefined;
  const hasZeroPoints = type === 'Q4_1' && offsets === undefined;

  const unpacked = new Uint8Array(blockSize);
  rows.forEach((row, rowIndex) => {
    const values = type === 'other' ? dequantize(row.type, row.bytes) : undefined;
    const view = new DataView(row.bytes.buffer, row.bytes.byteOffset, row.bytes.byteLength);
    for (let block = 0; block < nBlocks; block++) {
      const at = rowIndex * nBlocks + block;
      let scale: number;
      let zeroPoint = bits === 4 ? 8 : 128;
      if (type === 'Q4_0') {
        // 18 bytes: half d, then 16 bytes of codes, the first half of the block in the low nibbles; weight = d · (code − 8)
        scale = halfToNumber(view.getUint16(block * 18, true));
        unpackNibbles(row.bytes, block * 18 + 2, unpacked);
      } else if (type === 'Q4_1') {
        // 20 bytes: half d, half m, 16 bytes of codes; weight = d · code + m
        const step = halfToNumber(view.getUint16(block * 20, true));
        const minimum = halfToNumber(view.getUint16(block * 20 + 2, true));
        unpackNibbles(row.bytes, block * 20 + 4, unpacked);
        scale = step;
        if (offsets !== undefined) {
          offsets[block * nRows + rowIndex] = (minimum + 8 * step) * row.factor;
        } else if (options.minimum === 'zero-point') {
          zeroPoint = clamp(Math.round(step === 0 ? 0 : -minimum / step), 0, 15);
        } else {
          // 17 · 15 = 255: the codes fill the byte, the zero point is a whole number of seventeenths of a step
          scale = step / 17;
          const wanted = step === 0 ? 0 : (-minimum / step) * 17;
          zeroPoint = clamp(Math.round(wanted), 0, 255);
          for (let index = 0; index < blockSize; index++) unpacked[index] = 17 * (unpacked[index] ?? 0);
          if (step === 0 && minimum !== 0) {
            scale = minimum;
            zeroPoint = 0;
            unpacked.fill(1);
          }
        }
      } else if (type === 'Q8_0') {
        // 34 bytes: half d, 32 signed bytes
        scale = halfToNumber(view.getUint16(block * 34, true));
        for (let index = 0; index < blockSize; index++) unpacked[index] = view.getInt8(block * 34 + 2 + index) + 128;
      } else {
        scale = quantizeBlock(values ?? new Float32Array(nColumns), block * blockSize, unpacked);
      }
      scales[at] = scale * row.factor;
      if (bits === 4) {
        packNibbles(unpacked, codes, at * bytesPerBlock);
        const index = rowIndex * Math.ceil(nBlocks / 2) + (block >> 1);
        zeroPoints[index] = (zeroPoints[index] ?? 0) | (zeroPoint << (4 * (block & 1)));
      } else {
        codes.set(unpacked, at * bytesPerBlock);
        zeroPoints[at] = zeroPoint;
      }
    }
  });
  return {
    bits,
    nRows,
    nColumns,
    codes,
    scales,
    ...(hasZeroPoints ? { zeroPoints } : {}),
    ...(offsets === undefined ? {} : { offsets }),
  };
}

/** 8 bits, symmetric: code 128 is zero. Returns the scale. */
function quantizeBlock(values: Float32Array, start: number, codes: Uint8Array): number {
  let greatest = 0;
  for (let index = 0; index < blockSize; index++) greatest = Math.max(greatest, Math.abs(values[start + index] ?? 0));
  const scale = greatest / 127;
  for (let index = 0; index < blockSize; index++)
    codes[index] = scale === 0 ? 128 : Math.round((values[start + index] ?? 0) / scale) + 128;
  return scale;
}

function unpackNibbles(bytes: Uint8Array, start: number, codes: Uint8Array): void {
  for (let index = 0; index < 16; index++) {
    const byte = bytes[start + index] ?? 0;
    codes[index] = byte & 15;
    codes[index + 16] = byte >> 4;
  }
}

function packNibbles(codes: Uint8Array, packed: Uint8Array, start: number): void {
  for (let index = 0; index < 16; index++)
    packed[start + index] = (codes[2 * index] ?? 0) | ((codes[2 * index + 1] ?? 0) << 4);
}

const clamp = (value: number, least: number, greatest: number) => Math.min(greatest, Math.max(least, value));
