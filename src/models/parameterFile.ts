/** A number array keeps its element type as typed array where that is exact, so that 50,000 scores are not 50,000 objects. */
export type MetadataValue =
  | string
  | number
  | bigint
  | boolean
  | readonly string[]
  | readonly boolean[]
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint32Array
  | Uint8Array
  | BigInt64Array
  | BigUint64Array;

/** Element types by the names that llama.cpp gives them (ggml.h, `enum ggml_type`). */
export type TensorType = string;

export interface TensorInfo {
  readonly name: string;
  readonly type: TensorType;
  /** Row-major, outermost first: a matrix is `[rows, columns]`, the reverse of the order in a GGUF header. */
  readonly shape: readonly number[];
  /** From the start of the file, bytes. */
  readonly offset: number;
  readonly sizeBytes: number;
}

/** A file of parameters whose header has been checked in full; weights are read by range when asked for. */
export interface ParameterFile {
  readonly file: string;
  readonly sizeBytes: number;
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** The raw bytes of one tensor. */
  readTensor(name: string): Promise<Uint8Array>;
  close(): Promise<void>;
}
