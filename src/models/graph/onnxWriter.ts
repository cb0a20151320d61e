import onnxProto from 'onnx-proto';
import type { FileHandle } from 'node:fs/promises';

const { onnx } = onnxProto;

/** Element types of tensors, by their ONNX names. */
export type ElementType = 'float' | 'int64' | 'uint8';
export type Attribute = number | readonly number[] | string | { readonly float: number };
/** A size, or the name of one that is known only when the graph runs. */
export type Dimension = number | string;
/** Name of a value in the graph; `''` leaves an optional input out. */
export type Value = string;

export const dataFileName = 'decoder.data';

const opset = 18;
const irVersion = 9;
const elementTypes = {
  float: onnx.TensorProto.DataType.FLOAT,
  int64: onnx.TensorProto.DataType.INT64,
  uint8: onnx.TensorProto.DataType.UINT8,
} as const;
/** Pages are mapped from the file as they are, so large tensors start on one. */
const pageBytes = 4096;
/** Below this a tensor lies in the graph itself: shape arithmetic must be foldable. */
const inlineBytes = 256;

/**
 * Writes an ONNX graph: nodes are collected in memory, weights go straight to one external data file, so that no more
 * than a tensor is held at a time. Knows the file format, no model.
 */
export class OnnxWriter {
  readonly #data: FileHandle;
  #offset = 0;
  #nNames = 0;
  readonly #nodes: onnxProto.onnx.INodeProto[] = [];
  readonly #initializers: onnxProto.onnx.ITensorProto[] = [];
  readonly #inputs: onnxProto.onnx.IValueInfoProto[] = [];
  readonly #outputs: onnxProto.onnx.IValueInfoProto[] = [];

  /** @param data the external data file, open for writing and empty; the caller closes it. */
  constructor(data: FileHandle) {
    this.#data = data;
  }

  /** A node with one output. Operators of `com.microsoft` are written with that prefix and a dot. */
  node(operator: string, inputs: readonly Value[], attributes: Readonly<Record<string, Attribute>> = {}): Value {
    return this.nodeOf(operator, inputs, 1, attributes)[0] ?? '';
  }

  nodeOf(
    operator: string,
    inputs: readonly Value[],
    outputs: number | readonly Value[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): readonly Value[] {
    const name = `${operator.replace('com.microsoft.', '')}_${this.#nNames++}`;
    const values =
      typeof outputs === 'number' ? Array.from({ length: outputs }, (_, index) => `${name}:${index}`) : outputs;
    this.#nodes.push({
      name,
      opType: operator.replace('com.microsoft.', ''),
      domain: operator.startsWith('com.microsoft.') ? 'com.microsoft' : '',
      input: [...inputs],
      output: [...values],
      attribute: Object.entries(attributes).map(([key, value]) => attributeOf(key, value)),
    });
    return values;
  }

  input(name: string, type: ElementType, shape: readonly Dimension[]): Value {
    this.#inputs.push(valueInfo(name, type, shape));
    return name;
  }

  /** Declares a value, made by `nodeOf` under this name, as an output of the graph. */
  output(name: Value, type: ElementType, shape: readonly Dimension[]): void {
    this.#outputs.push(valueInfo(name, type, shape));
  }

  /** Small integers for shapes, splits and axes. */
  integers(values: readonly number[]): Value {
    const name = `integers_${values.join('_').replaceAll('-', 'm')}`;
    if (!this.#initializers.some((initializer) => initializer.name === name))
      this.#initializers.push({
        name,
        dims: [values.length],
        dataType: elementTypes.int64,
        rawData: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
      });
    return name;
  }

  /** A weight; its bytes are written now and may be reused by the caller afterwards. */
  async weight(name: string, array: Float32Array | Uint8Array, shape: readonly number[]): Promise<WrittenWeight> {
    const { names, offset } = await this.weights(name, array, shape, shape[0] ?? 1);
    return { name: names[0] ?? '', offset };
  }

  /** A weight that the graph sees as several, each `perPart` of the first dimension (the last may be less); one in the file. */
  async weights(
    name: string,
    array: Float32Array | Uint8Array,
    [first = 1, ...others]: readonly number[],
    perPart: number,
  ): Promise<WrittenWeights> {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    const dataType = array instanceof Float32Array ? elementTypes.float : elementTypes.uint8;
    if (bytes.byteLength < inlineBytes) {
      this.#initializers.push({ name, dims: [first, ...others], dataType, rawData: bytes.slice() });
      return { names: [name], offset: -1 };
    }
    const alignment = bytes.byteLength < pageBytes ? 64 : pageBytes;
    const offset = Math.ceil(this.#offset / alignment) * alignment;
    for (let written = 0; written < bytes.byteLength;)
      written += (await this.#data.write(bytes, written, bytes.byteLength - written, offset + written)).bytesWritten;
    this.#offset = offset + bytes.byteLength;
    const sliceBytes = bytes.byteLength / first;
    const names: string[] = [];
    for (let start = 0; start < first; start += perPart) {
      const count = Math.min(perPart, first - start);
      const part = perPart >= first ? name : `${name}.${names.length}`;
      names.push(part);
      this.#initializers.push({
        name: part,
        dims: [count, ...others],
        dataType,
        dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
        externalData: [
          { key: 'location', value: dataFileName },
          { key: 'offset', value: String(offset + start * sliceBytes) },
          { key: 'length', value: String(count * sliceBytes) },
        ],
      });
    }
    return { names, offset };
  }

  /** The graph as a file's bytes, without the external data. */
  encode(): Uint8Array {
    return onnx.ModelProto.encode({
      irVersion,
      producerName: 'touchstone',
      opsetImport: [
        { domain: '', version: opset },
        { domain: 'com.microsoft', version: 1 },
      ],
      graph: {
        name: 'decoder',
        node: this.#nodes,
        initializer: this.#initializers,
        input: this.#inputs,
        output: this.#outputs,
      },
    }).finish();
  }
}

/** `offset`: where the bytes start in the data file; −1 for a small tensor that lies in the graph. */
export interface WrittenWeight {
  readonly name: Value;
  readonly offset: number;
}

/** The names of the parts, in order; `offset` as above. */
export interface WrittenWeights {
  readonly names: readonly Value[];
  readonly offset: number;
}

function attributeOf(name: string, value: Attribute): onnxProto.onnx.IAttributeProto {
  const { AttributeType } = onnx.AttributeProto;
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: value };
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: [...value] };
}

function valueInfo(name: string, type: ElementType, shape: readonly Dimension[]): onnxProto.onnx.IValueInfoProto {
  return {
    name,
    type: {
      tensorType: {
        elemType: elementTypes[type],
        shape: { dim: shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size })) },
      },
    },
  };
}
