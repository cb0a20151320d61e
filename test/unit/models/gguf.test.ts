import { mkdtemp, mkdir, rm, writeFile, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ModelError } from '../../../src/core/index.js';
import { valueType } from '../../../src/models/gguf/header.js';
import { openGguf } from '../../../src/models/index.js';
import { Bytes, ggufBytes, text, texts, uint32, type GgufSpec, type TensorSpec } from './ggufBytes.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gguf-'));
});
afterAll(() => rm(folder, { recursive: true }));

let nFiles = 0;
async function fileOf(bytes: Uint8Array): Promise<string> {
  const file = path.join(folder, `${nFiles++}.gguf`);
  await writeFile(file, bytes);
  return file;
}

async function refusal(bytes: Uint8Array): Promise<string> {
  const file = await fileOf(bytes);
  try {
    const parameters = await openGguf(file);
    await parameters.close();
  } catch (error) {
    if (error instanceof ModelError) return `${error.code}: ${error.message.replace(file, 'FILE')}`;
    throw error;
  }
  return 'accepted';
}

const entries = [text('general.architecture', 'llama'), uint32('answer', 42)];
const f32 = (name: string, dimensions: readonly number[], more: Partial<TensorSpec> = {}): TensorSpec => ({
  name,
  type: 0,
  dimensions,
  data: new Uint8Array(4 * dimensions.reduce((product, dimension) => product * dimension, 1)),
  ...more,
});
const two = [f32('a', [4, 2]), f32('b', [3])];
const alignment = (value: number) => uint32('general.alignment', value);

/** The cases of llama.cpp's tests/test-gguf.cpp, by their names there. A dimension of 0, which it lets pass, we refuse. */
describe('a GGUF file is refused when', () => {
  const cases: [name: string, spec: GgufSpec, reason: RegExp][] = [
    ['HEADER_BAD_MAGIC', { magic: 'FUGG' }, /gguf-foreign.*not a GGUF/],
    ['HEADER_BAD_VERSION_0', { version: 0 }, /version 0/],
    ['HEADER_BAD_VERSION_1', { version: 1 }, /version 1/],
    ['HEADER_BAD_VERSION_FUTURE', { version: 4 }, /version 4/],
    ['HEADER_BAD_N_TENSORS', { nTensors: -1n }, /18446744073709551615 tensors/],
    ['HEADER_BAD_N_KV', { nEntries: -1n }, /18446744073709551615 metadata keys/],
    [
      'KV_BAD_KEY_SIZE',
      { entries: [new Bytes().uint64(-1n).text('key').uint32(0).raw(new Uint8Array(9)).bytes()] },
      /key claims 18446744073709551615 bytes/,
    ],
    ['KV_EMPTY_KEY', { entries: [text('', 'x')] }, /key “” is empty/],
    [
      'KV_BAD_TYPE',
      { entries: [new Bytes().string('key').uint32(13).raw(new Uint8Array(9)).bytes()] },
      /unknown type 13/,
    ],
    ['KV_DUPLICATE_KEY', { entries: [text('key', 'x'), text('key', 'y')] }, /key “key” is there twice/],
    ['KV_BAD_ALIGN', { entries: [alignment(13)] }, /alignment is 13/],
    [
      'KV_WRONG_TYPE_ALIGN',
      { entries: [{ key: 'general.alignment', type: valueType.int32, value: 32 }] },
      /alignment is 32; it must be a 32-bit/,
    ],
    ['TENSORS_BAD_NAME_SIZE', { tensors: [f32('n'.repeat(257), [4])] }, /claims 257 bytes/],
    ['TENSORS_BAD_N_DIMS', { tensors: [f32('a', [1], { nDimensions: 5 })] }, /has 5 dimensions/],
    ['TENSORS_BAD_SHAPE', { tensors: [f32('a', [], { dimensions: [-1n] })] }, /more values than can be counted/],
    ['TENSORS_ZERO_DIM', { tensors: [f32('a', [4, 0])] }, /a dimension of 0/],
    ['TENSORS_NE_TOO_BIG', { tensors: [f32('a', [], { dimensions: [2 ** 31, 2 ** 31, 2 ** 31] })] }, /more values/],
    ['TENSORS_NBYTES_TOO_BIG', { tensors: [f32('a', [], { type: 27, dimensions: [2 ** 52] })] }, /should end at byte/],
    ['TENSORS_BAD_TYPE', { tensors: [f32('a', [4], { type: 999 })] }, /unknown element type 999/],
    ['TENSORS_BAD_OFFSET', { tensors: [f32('a', [4]), f32('b', [4], { offset: 7n })] }, /begin at 32 but claims 7/],
    ['TENSORS_DUPLICATE_NAME', { tensors: [f32('a', [4]), f32('a', [4])] }, /tensor “a” is there twice/],
    ['TENSORS_BAD_ALIGN', { entries: [alignment(13)], tensors: two }, /alignment is 13/],
    [
      'TENSORS_INCONSISTENT_ALIGN',
      { tensors: [f32('a', [3]), f32('b', [3])], alignment: 1 },
      /begin at 32 but claims 12/,
    ],
    ['DATA_NOT_ENOUGH_DATA', { tensors: two, cut: 40 }, /should end at byte/],
    ['DATA_BAD_ALIGN', { entries: [alignment(0)], tensors: two }, /alignment is 0/],
    ['DATA_INCONSISTENT_ALIGN', { entries: [alignment(64)], tensors: two }, /begin at 64 but claims 32/],
    [
      'DATA_MEM_SIZE_OVERFLOW',
      { tensors: ['a', 'b'].map((name) => f32(name, [], { type: 24, dimensions: [0x7fffffffffffffc0n] })) },
      /more values than can be counted/,
    ],
  ];
  test.each(cases)('%s', async (_, spec, reason) => expect(await refusal(ggufBytes(spec))).toMatch(reason));

  const more: [title: string, spec: GgufSpec, reason: RegExp][] = [
    ['it was written for big-endian machines', { version: 0x03000000 }, /big-endian/],
    ['an array claims more than is left', { entries: [arrayClaiming(2n ** 40n)] }, /claims 1099511627776 list/],
    [
      'an array holds arrays',
      { entries: [new Bytes().string('list').uint32(9).uint32(9).uint64(0n).bytes()] },
      /type 9/,
    ],
    [
      'a text is not UTF-8',
      { entries: [new Bytes().string('k').uint32(8).uint64(1n).raw(Uint8Array.of(255)).bytes()] },
      /UTF-8/,
    ],
    ['a boolean is neither', { entries: [new Bytes().string('k').uint32(7).raw(Uint8Array.of(2)).bytes()] }, /holds 2/],
    ['a key holds a line break', { entries: [text('a\nb', 'x')] }, /characters that no name has/],
    ['a tensor is named like a path', { tensors: [f32('../../x', [4])] }, /characters that no name has/],
    ['rows do not fill their blocks', { tensors: [f32('a', [], { type: 3, dimensions: [31, 2] })] }, /in blocks of 32/],
    [
      'tensors overlap',
      { tensors: [f32('a', [16]), f32('b', [16], { offset: 32n })] },
      /tensors overlap or leave a gap/,
    ],
    ['an offset is 2^60', { tensors: [f32('a', [4], { offset: 2n ** 60n })] }, /claims 1152921504606846976/],
    ['the alignment is larger than 1 MiB', { entries: [alignment(2 ** 21)] }, /alignment is 2097152/],
    [
      'it is one of several parts',
      { entries: [{ key: 'split.count', type: valueType.uint16, value: 3 }] },
      /one of 3 parts/,
    ],
  ];
  test.each(more)('%s', async (_, spec, reason) => expect(await refusal(ggufBytes(spec))).toMatch(reason));

  test('it is cut off at any byte of its header', async () => {
    const whole = ggufBytes({ entries, tensors: two });
    for (let length = 0; length < whole.length - 32; length += 1) {
      expect(await refusal(whole.subarray(0, length)), `${length} bytes`).not.toBe('accepted');
    }
  });
});

function arrayClaiming(length: bigint): Uint8Array {
  return new Bytes().string('list').uint32(valueType.array).uint32(valueType.uint8).uint64(length).bytes();
}

describe('a GGUF file is read when it is', () => {
  const cases: [name: string, spec: GgufSpec, tensors: string[]][] = [
    ['HEADER_EMPTY', {}, []],
    ['KV_SUCCESS', { entries }, []],
    ['version 2', { version: 2, entries, tensors: two }, ['a F32 2,4', 'b F32 3']],
    ['TENSORS_SUCCESS', { tensors: two }, ['a F32 2,4', 'b F32 3']],
    ['TENSORS_CUSTOM_ALIGN', { entries: [alignment(1)], tensors: two, alignment: 1 }, ['a F32 2,4', 'b F32 3']],
    ['DATA_SUCCESS', { entries, tensors: two }, ['a F32 2,4', 'b F32 3']],
    ['DATA_CUSTOM_ALIGN', { entries: [alignment(64)], tensors: two, alignment: 64 }, ['a F32 2,4', 'b F32 3']],
  ];
  test.each(cases)('%s', async (_, spec, tensors) => {
    const parameters = await openGguf(await fileOf(ggufBytes(spec)));
    expect([...parameters.tensors.values()].map(({ name, type, shape }) => `${name} ${type} ${shape}`)).toEqual(
      tensors,
    );
    await parameters.close();
  });

  test('larger than the window that is read at once, with every type of value', async () => {
    const { array: _, ...scalars } = valueType;
    const values = Object.values(scalars).map((type) => ({
      key: `value-${type}`,
      type,
      value: type === valueType.string ? 'värde' : type === valueType.boolean ? true : type > 9 && type < 12 ? 7n : 7,
    }));
    const lists = values.map(({ type, value }) => ({
      ...{ key: `list-${type}`, type: valueType.array, elementType: type },
      value: [value, value] as never,
    }));
    const tokens = Array.from({ length: 60_000 }, (_, index) => `token ${index} 토큰`);
    const data = Uint8Array.from({ length: 32 }, (_, index) => index);
    const bytes = ggufBytes({
      entries: [...values, texts('tokens', tokens), ...lists],
      tensors: [f32('a', [8], { data })],
    });
    const parameters = await openGguf(await fileOf(bytes));
    for (const { key, value } of values) expect(parameters.metadata.get(key)).toEqual(value);
    expect(parameters.metadata.get('tokens')).toEqual(tokens);
    expect(parameters.metadata.get(`list-${valueType.int8}`)).toEqual(Int32Array.of(7, 7));
    expect(parameters.metadata.get(`list-${valueType.uint64}`)).toEqual(BigUint64Array.of(7n, 7n));
    expect(await parameters.readTensor('a')).toEqual(data);
    await expect(parameters.readTensor('b')).rejects.toMatchObject({ code: 'tensor-missing' });
    await parameters.close();
  });
});

describe('another kind of file is named by its content', () => {
  const cases: [kind: string, start: string | Uint8Array, said: RegExp][] = [
    ['a PyTorch checkpoint', 'PK\x03\x04 archive/data.pkl', /ZIP archive, as PyTorch.*convert_hf_to_gguf/],
    ['a pickle', Uint8Array.of(0x80, 2, 0x7d), /Python pickle/],
    ['a 7z archive', Uint8Array.of(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c), /7z archive/],
    ['an HDF5 file', Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), /HDF5/],
    ['a NumPy array', Buffer.from('\x93NUMPY\x01', 'latin1'), /NumPy/],
    [
      'safetensors',
      new Bytes().uint64(20n).text('{"a": {"dtype": "F32"}}').bytes(),
      /safetensors file, which holds no/,
    ],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\n', /git lfs pull/],
    ['a web page', '<!DOCTYPE html><html>', /web page/],
    ['an empty file', '', /empty/],
    ['anything else', 'Hello', /not a GGUF file/],
  ];
  test.each(cases)('%s', async (_, start, said) => expect(await refusal(Buffer.from(start))).toMatch(said));

  test('a folder, and no file at all', async () => {
    await mkdir(path.join(folder, 'models.gguf'));
    await expect(openGguf(path.join(folder, 'models.gguf'))).rejects.toThrow(/folder/);
    await expect(openGguf(path.join(folder, 'none.gguf'))).rejects.toMatchObject({ code: 'parameter-file-unreadable' });
  });
});

test('weights of a file that shrank after it was opened are an error, not zeros', async () => {
  const file = await fileOf(ggufBytes({ tensors: two }));
  const parameters = await openGguf(file);
  await truncate(file, 100);
  await expect(parameters.readTensor('b')).rejects.toMatchObject({ code: 'parameter-file-changed' });
  await parameters.close();
});
