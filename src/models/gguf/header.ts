import { ggufProblem } from '../../core/index.js';
import type { MetadataValue, TensorInfo } from '../parameterFile.js';
import type { HeaderReader } from './headerReader.js';
import { tensorLayouts } from './tensorTypes.js';

/** Known files have a few dozen keys and a few thousand tensors. */
const maxMetadataEntries = 100_000;
const maxTensors = 100_000;
/** The format's own limit on keys is 65,535 bytes. */
const maxKeyBytes = 65_535;
/** llama.cpp allows 63 bytes; other writers have used more. */
const maxTensorNameBytes = 256;
/** A value may be a whole tokenizer.json; known ones have at most 35 MB. */
const maxTextBytes = 64 * 1024 * 1024;
/** A single token, merge or tag. */
const maxItemBytes = 65_536;
/** Eight times the merges of the largest known vocabulary. */
const maxArrayLength = 4_194_304;
const maxAlignment = 1024 * 1024;
const defaultAlignment = 32n;
/** One value more could not be counted exactly in a JavaScript number. */
const maxValues = 2n ** 53n - 1n;

/** Smallest possible sizes, so that a count can be compared with the bytes that are left. */
const minMetadataEntryBytes = 8 + 1 + 4 + 1;
const minTensorInfoBytes = 8 + 1 + 4 + 8 + 4 + 8;

/** Numbers of value types (`enum gguf_type` in gguf.h). */
export const valueType = {
  uint8: 0,
  int8: 1,
  uint16: 2,
  int16: 3,
  uint32: 4,
  int32: 5,
  float32: 6,
  boolean: 7,
  string: 8,
  array: 9,
  uint64: 10,
  int64: 11,
  float64: 12,
} as const;

export interface MetadataEntry {
  readonly key: string;
  /** One of `valueType`. */
  readonly type: number;
  /** Only of an array. */
  readonly elementType?: number;
  readonly value: MetadataValue;
}

export interface GgufHeader {
  readonly version: number;
  readonly entries: readonly MetadataEntry[];
  readonly tensors: readonly TensorInfo[];
}

/**
 * Reads and checks a whole GGUF header (versions 2 and 3; layout as in llama.cpp's gguf.cpp). The first four bytes, the
 * magic, have been checked already. As in llama.cpp, tensors follow each other in the order of the header, each at the
 * next aligned offset, so they can neither overlap nor hide anything.
 *
 * @throws ModelError for the first rule that is broken.
 */
export async function readGgufHeader(reader: HeaderReader, fileBytes: number): Promise<GgufHeader> {
  await reader.bytes(4, 'magic');
  const version = await reader.uint32('version');
  if (version !== 0 && (version & 0xffff) === 0) reader.fail(ggufProblem.bigEndian());
  if (version !== 2 && version !== 3) reader.fail(ggufProblem.version(version));

  const nTensors = await readCount(reader, 'tensors', maxTensors, minTensorInfoBytes);
  const nEntries = await readCount(reader, 'metadata keys', maxMetadataEntries, minMetadataEntryBytes);

  const entries = await readEntries(reader, nEntries);
  const alignment = alignmentOf(reader, entries);
  const infos = await readTensorInfos(reader, nTensors);
  return { version, entries, tensors: placeTensors(reader, infos, alignment, BigInt(fileBytes)) };
}

async function readCount(reader: HeaderReader, what: string, limit: number, minBytes: number): Promise<number> {
  const count = await reader.uint64(what);
  const canBe = Math.min(limit, Math.floor(reader.bytesLeft / minBytes));
  if (count > canBe) reader.fail(ggufProblem.countTooLarge(what, count, canBe));
  return Number(count);
}

// 1. Metadata

async function readEntries(reader: HeaderReader, nEntries: number): Promise<MetadataEntry[]> {
  const entries: MetadataEntry[] = [];
  const keys = new Set<string>();
  for (let index = 0; index < nEntries; index++) {
    const key = await reader.string('key', maxKeyBytes);
    if (!isPrintable(key)) reader.fail(ggufProblem.nameInvalid('key', key));
    if (keys.has(key)) reader.fail(ggufProblem.duplicate('key', key));
    keys.add(key);
    entries.push(await readEntry(reader, key));
  }
  return entries;
}

async function readEntry(reader: HeaderReader, key: string): Promise<MetadataEntry> {
  const type = await reader.uint32(key);
  if (type !== valueType.array) return { key, type, value: await readScalar(reader, key, type) };
  const elementType = await reader.uint32(key);
  const elementBytes = minElementBytes.get(elementType);
  if (elementBytes === undefined) reader.fail(ggufProblem.valueType(key, elementType));
  const length = await readCount(reader, key, maxArrayLength, elementBytes);
  return { key, type, elementType, value: await readArray(reader, key, elementType, length, elementBytes) };
}

async function readScalar(reader: HeaderReader, key: string, type: number): Promise<MetadataValue> {
  switch (type) {
    case valueType.uint8:
      return reader.uint8(key);
    case valueType.int8:
      return (await reader.bytes(1, key)).readInt8();
    case valueType.uint16:
      return (await reader.bytes(2, key)).readUInt16LE();
    case valueType.int16:
      return (await reader.bytes(2, key)).readInt16LE();
    case valueType.uint32:
      return reader.uint32(key);
    case valueType.int32:
      return (await reader.bytes(4, key)).readInt32LE();
    case valueType.float32:
      return (await reader.bytes(4, key)).readFloatLE();
    case valueType.boolean:
      return toBoolean(reader, key, await reader.uint8(key));
    case valueType.string:
      return reader.string(key, maxTextBytes);
    case valueType.uint64:
      return reader.uint64(key);
    case valueType.int64:
      return (await reader.bytes(8, key)).readBigInt64LE();
    case valueType.float64:
      return (await reader.bytes(8, key)).readDoubleLE();
    default:
      return reader.fail(ggufProblem.valueType(key, type));
  }
}

/** Of one element of an array; a string is at least its length. An array in an array is refused, as by llama.cpp. */
const minElementBytes: ReadonlyMap<number, number> = new Map([
  [valueType.uint8, 1],
  [valueType.int8, 1],
  [valueType.uint16, 2],
  [valueType.int16, 2],
  [valueType.uint32, 4],
  [valueType.int32, 4],
  [valueType.float32, 4],
  [valueType.boolean, 1],
  [valueType.string, 8],
  [valueType.uint64, 8],
  [valueType.int64, 8],
  [valueType.float64, 8],
]);

async function readArray(
  reader: HeaderReader,
  key: string,
  elementType: number,
  length: number,
  elementBytes: number,
): Promise<MetadataValue> {
  if (elementType === valueType.string) return reader.strings(length, key, maxItemBytes);
  // A typed array must begin at a multiple of its element's size, so the bytes are copied.
  const bytes = Uint8Array.from(await reader.bytes(length * elementBytes, key));
  switch (elementType) {
    case valueType.uint8:
      return bytes;
    case valueType.int8:
      return Int32Array.from(new Int8Array(bytes.buffer));
    case valueType.uint16:
      return Uint32Array.from(new Uint16Array(bytes.buffer));
    case valueType.int16:
      return Int32Array.from(new Int16Array(bytes.buffer));
    case valueType.uint32:
      return new Uint32Array(bytes.buffer);
    case valueType.int32:
      return new Int32Array(bytes.buffer);
    case valueType.float32:
      return new Float32Array(bytes.buffer);
    case valueType.boolean:
      return Array.from(bytes, (byte) => toBoolean(reader, key, byte));
    case valueType.uint64:
      return new BigUint64Array(bytes.buffer);
    case valueType.int64:
      return new BigInt64Array(bytes.buffer);
    case valueType.float64:
      return new Float64Array(bytes.buffer);
    default:
      return reader.fail(ggufProblem.valueType(key, elementType));
  }
}

function toBoolean(reader: HeaderReader, key: string, byte: number): boolean {
  if (byte > 1) reader.fail(ggufProblem.boolean(key, byte));
  return byte === 1;
}

function alignmentOf(reader: HeaderReader, entries: readonly MetadataEntry[]): bigint {
  const entry = entries.find(({ key }) => key === 'general.alignment');
  if (entry === undefined) return defaultAlignment;
  const { type, value } = entry;
  const isPowerOfTwo = typeof value === 'number' && Number.isInteger(Math.log2(value));
  if (type !== valueType.uint32 || !isPowerOfTwo || value > maxAlignment)
    reader.fail(ggufProblem.alignment(String(value)));
  return BigInt(value);
}

// 2. Tensors

interface TensorRecord {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly sizeBytes: bigint;
  /** As the header claims it, from the start of the data. */
  readonly claimedOffset: bigint;
}

async function readTensorInfos(reader: HeaderReader, nTensors: number): Promise<TensorRecord[]> {
  const records: TensorRecord[] = [];
  const names = new Set<string>();
  for (let index = 0; index < nTensors; index++) {
    const name = await reader.string('tensor', maxTensorNameBytes);
    if (!isPrintable(name) || looksLikePath(name)) reader.fail(ggufProblem.nameInvalid('tensor', name));
    if (names.has(name)) reader.fail(ggufProblem.duplicate('tensor', name));
    names.add(name);
    records.push(await readTensorInfo(reader, name));
  }
  return records;
}

async function readTensorInfo(reader: HeaderReader, name: string): Promise<TensorRecord> {
  const nDimensions = await reader.uint32(name);
  if (nDimensions < 1 || nDimensions > 4) reader.fail(ggufProblem.nDimensions(name, nDimensions));
  const dimensions: bigint[] = [];
  let nValues = 1n;
  for (let axis = 0; axis < nDimensions; axis++) {
    const dimension = await reader.uint64(name);
    if (dimension < 1n) reader.fail(ggufProblem.dimension(name, dimension));
    nValues *= dimension;
    if (nValues > maxValues) reader.fail(ggufProblem.tooManyValues(name));
    dimensions.push(dimension);
  }
  const typeNumber = await reader.uint32(name);
  const layout = tensorLayouts.get(typeNumber);
  if (layout === undefined) reader.fail(ggufProblem.tensorType(name, typeNumber));
  const { type, valuesPerBlock, bytesPerBlock } = layout;
  const columns = dimensions[0] ?? 0n;
  if (columns % BigInt(valuesPerBlock) !== 0n) reader.fail(ggufProblem.blocks(name, columns, type, valuesPerBlock));
  return {
    name,
    type,
    // The header gives the innermost dimension first.
    shape: dimensions.map(Number).reverse(),
    sizeBytes: (nValues / BigInt(valuesPerBlock)) * BigInt(bytesPerBlock),
    claimedOffset: await reader.uint64(name),
  };
}

function placeTensors(
  reader: HeaderReader,
  records: readonly TensorRecord[],
  alignment: bigint,
  fileBytes: bigint,
): TensorInfo[] {
  const dataStart = alignedUp(BigInt(reader.position), alignment);
  let expectedOffset = 0n;
  return records.map(({ name, type, shape, sizeBytes, claimedOffset }) => {
    if (claimedOffset !== expectedOffset) reader.fail(ggufProblem.offset(name, claimedOffset, expectedOffset));
    const offset = dataStart + claimedOffset;
    const end = offset + sizeBytes;
    if (end > fileBytes) reader.fail(ggufProblem.tensorBeyondEnd(name, end, Number(fileBytes)));
    expectedOffset = alignedUp(claimedOffset + sizeBytes, alignment);
    return { name, type, shape, offset: Number(offset), sizeBytes: Number(sizeBytes) };
  });
}

const alignedUp = (offset: bigint, alignment: bigint) => ((offset + alignment - 1n) / alignment) * alignment;

/** Not empty, and no control, invisible, private or unassigned character. */
const isPrintable = (name: string) => name.length > 0 && !/[\p{C}\p{Zl}\p{Zp}]/u.test(name);

const looksLikePath = (name: string) => /\\|^\/|(^|\/)\.\.?(\/|$)/.test(name);
