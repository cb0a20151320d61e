import type { TensorType } from './parameterFile.js';

/**
 * The raw bytes of a tensor as float32, row-major, bit for bit what llama.cpp's `dequantize_row_*` (ggml-quants.c) gives:
 * the products of a scale and a code have at most 24 significant bits, so only the last sum is rounded in either.
 *
 * @param bytes whole blocks of that type, as `ParameterFile.readTensor` returns them.
 * @returns undefined for a type that is not in `dequantizableTypes`.
 */
export function dequantize(type: TensorType, bytes: Uint8Array): Float32Array | undefined {
  const format = blockFormats.get(type);
  if (format === undefined) return undefined;
  const nBlocks = Math.floor(bytes.length / format.bytesPerBlock);
  const values = new Float32Array(nBlocks * format.valuesPerBlock);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let block = 0; block < nBlocks; block++) {
    format.decode(view, block * format.bytesPerBlock, values, block * format.valuesPerBlock);
  }
  return values;
}

interface BlockFormat {
  readonly valuesPerBlock: number;
  readonly bytesPerBlock: number;
  /** Reads one block at byte `from` and writes its values from index `to`. */
  readonly decode: (view: DataView, from: number, values: Float32Array, to: number) => void;
}

const float32: BlockFormat = {
  valuesPerBlock: 1,
  bytesPerBlock: 4,
  decode: (view, from, values, to) => {
    values[to] = view.getFloat32(from, true);
  },
};

const float16: BlockFormat = {
  valuesPerBlock: 1,
  bytesPerBlock: 2,
  decode: (view, from, values, to) => {
    values[to] = halfToNumber(view.getUint16(from, true));
  },
};

/** The upper half of a float32. */
const bfloat16: BlockFormat = {
  valuesPerBlock: 1,
  bytesPerBlock: 2,
  decode: (view, from, values, to) => {
    word.setUint32(0, view.getUint16(from, true) << 16);
    values[to] = word.getFloat32(0);
  },
};

/** Scale, then 32 codes of 4 bits, the first 16 in the lower halves of the bytes. Value = scale · (code − 8). */
const q4_0: BlockFormat = {
  valuesPerBlock: 32,
  bytesPerBlock: 18,
  decode: (view, from, values, to) => {
    const scale = halfToNumber(view.getUint16(from, true));
    for (let index = 0; index < 16; index++) {
      const pair = view.getUint8(from + 2 + index);
      values[to + index] = scale * ((pair & 15) - 8);
      values[to + index + 16] = scale * ((pair >> 4) - 8);
    }
  },
};

/** Scale and minimum, then codes as in Q4_0. Value = scale · code + minimum. */
const q4_1: BlockFormat = {
  valuesPerBlock: 32,
  bytesPerBlock: 20,
  decode: (view, from, values, to) => {
    const scale = halfToNumber(view.getUint16(from, true));
    const minimum = halfToNumber(view.getUint16(from + 2, true));
    for (let index = 0; index < 16; index++) {
      const pair = view.getUint8(from + 4 + index);
      values[to + index] = scale * (pair & 15) + minimum;
      values[to + index + 16] = scale * (pair >> 4) + minimum;
    }
  },
};

/** Scale, 32 fifth bits, then the lower four bits as in Q4_0. Value = scale · (code − 16). */
const q5_0: BlockFormat = {
  valuesPerBlock: 32,
  bytesPerBlock: 22,
  decode: (view, from, values, to) => {
    const scale = halfToNumber(view.getUint16(from, true));
    const fifthBits = view.getUint32(from + 2, true);
    for (let index = 0; index < 16; index++) {
      const pair = view.getUint8(from + 6 + index);
      values[to + index] = scale * (((pair & 15) | (((fifthBits >>> index) & 1) << 4)) - 16);
      values[to + index + 16] = scale * (((pair >> 4) | (((fifthBits >>> (index + 16)) & 1) << 4)) - 16);
    }
  },
};

/** Scale and minimum, 32 fifth bits, then the lower four bits. Value = scale · code + minimum. */
const q5_1: BlockFormat = {
  valuesPerBlock: 32,
  bytesPerBlock: 24,
  decode: (view, from, values, to) => {
    const scale = halfToNumber(view.getUint16(from, true));
    const minimum = halfToNumber(view.getUint16(from + 2, true));
    const fifthBits = view.getUint32(from + 4, true);
    for (let index = 0; index < 16; index++) {
      const pair = view.getUint8(from + 8 + index);
      values[to + index] = scale * ((pair & 15) | (((fifthBits >>> index) & 1) << 4)) + minimum;
      values[to + index + 16] = scale * ((pair >> 4) | (((fifthBits >>> (index + 16)) & 1) << 4)) + minimum;
    }
  },
};

/** Scale, then 32 signed bytes. */
const q8_0: BlockFormat = {
  valuesPerBlock: 32,
  bytesPerBlock: 34,
  decode: (view, from, values, to) => {
    const scale = halfToNumber(view.getUint16(from, true));
    for (let index = 0; index < 32; index++) values[to + index] = scale * view.getInt8(from + 2 + index);
  },
};

/**
 * 256 values in eight groups of 32. Scale of scales and scale of minima, twelve bytes with eight pairs of a 6-bit scale and
 * a 6-bit minimum, then 4-bit codes: two groups share 32 bytes.
 */
const q4_k: BlockFormat = {
  valuesPerBlock: 256,
  bytesPerBlock: 144,
  decode: (view, from, values, to) => decodeScaledGroups(view, from, values, to, { codes: from + 16 }),
};

/** As Q4_K, with the 256 fifth bits before the codes: bit g of byte i belongs to value i of group g. */
const q5_k: BlockFormat = {
  valuesPerBlock: 256,
  bytesPerBlock: 176,
  decode: (view, from, values, to) =>
    decodeScaledGroups(view, from, values, to, { fifthBits: from + 16, codes: from + 48 }),
};

function decodeScaledGroups(
  view: DataView,
  from: number,
  values: Float32Array,
  to: number,
  at: { readonly codes: number; readonly fifthBits?: number },
): void {
  const scaleOfScales = halfToNumber(view.getUint16(from, true));
  const scaleOfMinima = halfToNumber(view.getUint16(from + 2, true));
  const packed = from + 4;
  for (let group = 0; group < 8; group++) {
    let scale: number;
    let minimum: number;
    if (group < 4) {
      scale = view.getUint8(packed + group) & 63;
      minimum = view.getUint8(packed + group + 4) & 63;
    } else {
      // The last four pairs: lower four bits here, upper two bits in the spare bits of the first eight bytes.
      const low = view.getUint8(packed + group + 4);
      scale = (low & 15) | ((view.getUint8(packed + group - 4) >> 6) << 4);
      minimum = (low >> 4) | ((view.getUint8(packed + group) >> 6) << 4);
    }
    scale *= scaleOfScales;
    minimum *= scaleOfMinima;
    const codes = at.codes + (group >> 1) * 32;
    const shift = (group & 1) * 4;
    for (let index = 0; index < 32; index++) {
      let code = (view.getUint8(codes + index) >> shift) & 15;
      if (at.fifthBits !== undefined) code |= ((view.getUint8(at.fifthBits + index) >> group) & 1) << 4;
      values[to + group * 32 + index] = scale * code - minimum;
    }
  }
}

/**
 * 256 values in sixteen groups of 16: lower four bits (128 bytes), upper two bits (64 bytes), sixteen signed scales, scale of
 * scales. Value = scale of scales · scale · (code − 32). Each half of 128 values has four runs of 32: the lower halves of its
 * first and second 32 bytes, then the upper halves.
 */
const q6_k: BlockFormat = {
  valuesPerBlock: 256,
  bytesPerBlock: 210,
  decode: (view, from, values, to) => {
    const scaleOfScales = halfToNumber(view.getUint16(from + 208, true));
    for (let run = 0; run < 8; run++) {
      const half = run >> 2;
      const quarter = run & 3;
      const lowBits = from + half * 64 + (quarter & 1) * 32;
      const highBits = from + 128 + half * 32;
      for (let index = 0; index < 32; index++) {
        const low = (view.getUint8(lowBits + index) >> ((quarter >> 1) * 4)) & 15;
        const high = (view.getUint8(highBits + index) >> (quarter * 2)) & 3;
        const scale = view.getInt8(from + 192 + run * 2 + (index >> 4));
        values[to + run * 32 + index] = scaleOfScales * scale * ((low | (high << 4)) - 32);
      }
    }
  },
};

const blockFormats: ReadonlyMap<TensorType, BlockFormat> = new Map([
  ['F32', float32],
  ['F16', float16],
  ['BF16', bfloat16],
  ['Q4_0', q4_0],
  ['Q4_1', q4_1],
  ['Q5_0', q5_0],
  ['Q5_1', q5_1],
  ['Q8_0', q8_0],
  ['Q4_K', q4_k],
  ['Q5_K', q5_k],
  ['Q6_K', q6_k],
]);

export const dequantizableTypes: readonly TensorType[] = [...blockFormats.keys()];

const word = new DataView(new ArrayBuffer(4));

/** IEEE 754 binary16, given by its bits; exact. */
export function halfToNumber(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  word.setUint32(0, ((bits & 0x8000) << 16) | ((exponent + 112) << 23) | (fraction << 13));
  return word.getFloat32(0);
}
