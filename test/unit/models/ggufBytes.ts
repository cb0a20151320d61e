import { valueType, type MetadataEntry } from '../../../src/models/gguf/header.js';

/** Writes GGUF files for tests, right ones and such that lie: every count, length, type and offset can be given. */

export interface TensorSpec {
  readonly name: string;
  /** Number of the element type (`enum ggml_type`). */
  readonly type: number;
  /** Innermost first, as in the file. */
  readonly dimensions: readonly (number | bigint)[];
  /** @default the dimensions' count */
  readonly nDimensions?: number;
  /** @default the length of the name */
  readonly nameLength?: bigint;
  /** @default right after the tensor before, aligned */
  readonly offset?: bigint;
  /** Weights; its length places the next tensor. */
  readonly data: Uint8Array;
}

export interface GgufSpec {
  readonly magic?: string;
  readonly version?: number;
  readonly nTensors?: bigint;
  readonly nEntries?: bigint;
  readonly entries?: readonly (MetadataEntry | Uint8Array)[];
  readonly tensors?: readonly TensorSpec[];
  /** In which offsets are counted; written to the file only by an entry. @default 32 */
  readonly alignment?: number;
  /** Bytes cut off the end. */
  readonly cut?: number;
}

export function ggufBytes(spec: GgufSpec): Buffer {
  const { entries = [], tensors = [], alignment = 32 } = spec;
  const header = new Bytes()
    .text(spec.magic ?? 'GGUF')
    .uint32(spec.version ?? 3)
    .uint64(spec.nTensors ?? BigInt(tensors.length))
    .uint64(spec.nEntries ?? BigInt(entries.length));
  for (const entry of entries) header.raw(entry instanceof Uint8Array ? entry : entryBytes(entry));
  const data = new Bytes();
  for (const tensor of tensors) {
    const name = Buffer.from(tensor.name);
    header.uint64(tensor.nameLength ?? BigInt(name.length)).raw(name);
    header.uint32(tensor.nDimensions ?? tensor.dimensions.length);
    for (const dimension of tensor.dimensions) header.uint64(BigInt(dimension));
    header.uint32(tensor.type).uint64(tensor.offset ?? BigInt(data.length));
    data.raw(tensor.data).pad(alignment);
  }
  if (tensors.length > 0) header.pad(alignment);
  const bytes = Buffer.concat([header.bytes(), data.bytes()]);
  return bytes.subarray(0, bytes.length - (spec.cut ?? 0));
}

export function entryBytes({ key, type, elementType, value }: MetadataEntry): Buffer {
  const bytes = new Bytes().string(key).uint32(type);
  if (elementType === undefined) return bytes.value(type, value).bytes();
  const items = typeof value === 'object' ? [...value] : [];
  bytes.uint32(elementType).uint64(BigInt(items.length));
  for (const item of items) bytes.value(elementType, item);
  return bytes.bytes();
}

export const text = (key: string, value: string): MetadataEntry => ({ key, type: valueType.string, value });
export const uint32 = (key: string, value: number): MetadataEntry => ({ key, type: valueType.uint32, value });
export const float32 = (key: string, value: number): MetadataEntry => ({ key, type: valueType.float32, value });
export const boolean = (key: string, value: boolean): MetadataEntry => ({ key, type: valueType.boolean, value });
export const texts = (key: string, value: readonly string[]): MetadataEntry => ({
  key,
  type: valueType.array,
  elementType: valueType.string,
  value,
});
export const int32s = (key: string, value: readonly number[]): MetadataEntry => ({
  key,
  type: valueType.array,
  elementType: valueType.int32,
  value: Int32Array.from(value),
});

export class Bytes {
  readonly #parts: Uint8Array[] = [];
  length = 0;

  raw(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    this.length += bytes.length;
    return this;
  }

  text(value: string): this {
    return this.raw(Buffer.from(value));
  }

  string(value: string): this {
    const bytes = Buffer.from(value);
    return this.uint64(BigInt(bytes.length)).raw(bytes);
  }

  uint32(value: number): this {
    return this.#number(4, (buffer) => buffer.writeUInt32LE(value));
  }

  uint64(value: bigint): this {
    return this.#number(8, (buffer) => buffer.writeBigUInt64LE(BigInt.asUintN(64, value)));
  }

  pad(alignment: number): this {
    return this.raw(new Uint8Array((alignment - (this.length % alignment)) % alignment));
  }

  /** A value of one of `valueType`, other than an array. */
  value(type: number, value: unknown): this {
    switch (type) {
      case valueType.string:
        return this.string(String(value));
      case valueType.uint64:
        return this.uint64(BigInt(String(value)));
      case valueType.int64:
        return this.#number(8, (buffer) => buffer.writeBigInt64LE(BigInt(String(value))));
    }
    const number = Number(value);
    switch (type) {
      case valueType.uint8:
      case valueType.boolean:
        return this.#number(1, (buffer) => buffer.writeUInt8(number));
      case valueType.int8:
        return this.#number(1, (buffer) => buffer.writeInt8(number));
      case valueType.uint16:
        return this.#number(2, (buffer) => buffer.writeUInt16LE(number));
      case valueType.int16:
        return this.#number(2, (buffer) => buffer.writeInt16LE(number));
      case valueType.uint32:
        return this.uint32(number);
      case valueType.int32:
        return this.#number(4, (buffer) => buffer.writeInt32LE(number));
      case valueType.float32:
        return this.#number(4, (buffer) => buffer.writeFloatLE(number));
      case valueType.float64:
        return this.#number(8, (buffer) => buffer.writeDoubleLE(number));
      default:
        throw new RangeError(`type ${type}`);
    }
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #number(length: number, write: (buffer: Buffer) => void): this {
    const buffer = Buffer.alloc(length);
    write(buffer);
    return this.raw(buffer);
  }
}
