import { open, writeFile } from 'node:fs/promises';
import { ModelError } from '../../../src/core/index.js';
import { readGgufHeader, valueType } from '../../../src/models/gguf/header.js';
import { HeaderReader } from '../../../src/models/gguf/headerReader.js';
import { openGguf } from '../../../src/models/index.js';
import { tensorLayouts } from '../../../src/models/gguf/tensorTypes.js';
import { Bytes, boolean, entryBytes, float32, ggufBytes, int32s, text, texts, uint32 } from './ggufBytes.js';

/** A small file with every part that a header has, to be broken. */
export const seedFile = ggufBytes({
  entries: [
    text('general.architecture', 'llama'),
    uint32('general.alignment', 32),
    uint32('llama.block_count', 2),
    float32('llama.rope.freq_base', 10_000),
    boolean('tokenizer.ggml.add_bos_token', false),
    texts('tokenizer.ggml.tokens', ['<|end|>', 'a', 'b', 'ab']),
    int32s('tokenizer.ggml.token_type', [3, 1, 1, 1]),
    { key: 'big', type: valueType.uint64, value: 2n ** 40n },
  ],
  tensors: [
    { name: 'token_embd.weight', type: 3, dimensions: [32, 4], data: new Uint8Array(80).fill(1) },
    { name: 'blk.0.attn_q.weight', type: 3, dimensions: [32, 2], data: new Uint8Array(40).fill(2) },
    { name: 'blk.0.attn_norm.weight', type: 0, dimensions: [8], data: new Uint8Array(32).fill(3) },
    { name: 'output_norm.weight', type: 0, dimensions: [8], data: new Uint8Array(32).fill(4) },
  ],
});

const extremes = [0n, 1n, -1n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 32n];

export interface Mutant {
  readonly how: string;
  readonly bytes: Buffer;
}

/**
 * Mutant number `index`, the same each time: first each truncation, then each byte position as an integer of 4 and of 8 bytes
 * set to each extreme, then random bit flips, swaps and copies of ranges.
 */
export function mutantOf(index: number, headerBytes: number): Mutant {
  if (index < seedFile.length) return { how: `cut to ${index} bytes`, bytes: seedFile.subarray(0, index) };
  const nFields = headerBytes * extremes.length * 2;
  const field = index - seedFile.length;
  if (field < nFields) {
    const width = field % 2 === 0 ? 4 : 8;
    const value = extremes[(field >> 1) % extremes.length] ?? 0n;
    const at = Math.floor(field / (2 * extremes.length));
    const bytes = Buffer.from(seedFile);
    if (width === 4) bytes.writeUInt32LE(Number(BigInt.asUintN(32, value)), at);
    else bytes.writeBigUInt64LE(BigInt.asUintN(64, value), at);
    return { how: `${width} bytes at ${at} set to ${value}`, bytes };
  }
  return randomMutant(index, headerBytes);
}

function randomMutant(index: number, headerBytes: number): Mutant {
  const random = randomFrom(index);
  const bytes = Buffer.from(seedFile);
  const nChanges = 1 + random(3);
  const how: string[] = [];
  for (let change = 0; change < nChanges; change++) {
    const [from, to] = [random(headerBytes), random(headerBytes)];
    const length = Math.min(1 + random(64), headerBytes - Math.max(from, to));
    switch (random(3)) {
      case 0:
        bytes.writeUInt8(bytes.readUInt8(from) ^ (1 << random(8)), from);
        how.push(`bit at ${from}`);
        break;
      case 1:
        bytes.copy(bytes, to, from, from + length);
        how.push(`${length} bytes of ${from} over ${to}`);
        break;
      default: {
        const kept = Buffer.from(bytes.subarray(from, from + length));
        bytes.copy(bytes, from, to, to + length);
        kept.copy(bytes, to);
        how.push(`${length} bytes of ${from} and ${to} swapped`);
      }
    }
  }
  return { how: how.join(', '), bytes };
}

/** Mulberry32. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/**
 * What is wrong with how a mutant was taken: nothing when it was refused with a ModelError, or when what was read, written
 * again, gives its very header, and its tensors lie in the file, aligned, one after the other.
 */
export async function faultOf({ bytes }: Mutant, file: string): Promise<string | undefined> {
  await writeFile(file, bytes);
  try {
    const parameters = await openGguf(file);
    await parameters.close();
  } catch (error) {
    return error instanceof ModelError ? undefined : `threw ${String(error)}`;
  }
  const handle = await open(file);
  try {
    const { version, entries, tensors } = await readGgufHeader(
      new HeaderReader(handle, file, bytes.length),
      bytes.length,
    );
    const alignment = Number(entries.find(({ key }) => key === 'general.alignment')?.value ?? 32);
    const header = new Bytes()
      .text('GGUF')
      .uint32(version)
      .uint64(BigInt(tensors.length))
      .uint64(BigInt(entries.length));
    for (const entry of entries) header.raw(entryBytes(entry));
    const start = tensors[0]?.offset ?? 0;
    let end = start;
    for (const { name, type, shape, offset, sizeBytes } of tensors) {
      const [number, layout] = [...tensorLayouts].find(([, known]) => known.type === type) ?? [-1, undefined];
      const nValues = shape.reduce((product, dimension) => product * dimension, 1);
      const isRight = layout && (nValues / layout.valuesPerBlock) * layout.bytesPerBlock === sizeBytes;
      if (!isRight || offset < end || offset % alignment !== 0) return `${name} lies at ${offset}`;
      end = offset + sizeBytes;
      header.string(name).uint32(shape.length);
      for (const dimension of shape.toReversed()) header.uint64(BigInt(dimension));
      header.uint32(number).uint64(BigInt(offset - start));
    }
    if (end > bytes.length) return 'a tensor ends behind the file';
    // The bits of a NaN are not kept by JavaScript.
    const hasNaN = entries.some(({ value }) => typeof value === 'number' && Number.isNaN(value));
    const isSame = header.bytes().equals(bytes.subarray(0, header.length));
    return isSame || hasNaN ? undefined : 'was read as another header';
  } finally {
    await handle.close();
  }
}

/** Up to the first weight. */
export async function headerBytesOfSeed(file: string): Promise<number> {
  await writeFile(file, seedFile);
  const parameters = await openGguf(file);
  await parameters.close();
  return parameters.tensors.get('token_embd.weight')?.offset ?? 0;
}
