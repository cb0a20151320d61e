import { closeSync, openSync, readSync } from 'node:fs';
import type { InferenceSession, Tensor, TypedTensor } from 'onnxruntime-common';
import { collectYoungGarbage } from './collectGarbage.js';
import type { DecoderDescription } from '../models/index.js';

/** What the decoder needs of onnxruntime; given in, so that only the model process loads the library. */
export interface Runtime {
  readonly InferenceSession: {
    create(file: string, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: typeof Tensor;
}

/** The most likely next tokens of each row, most likely first: `[rows, 64]`, natural logarithms over the whole vocabulary. */
export interface TopTokens {
  readonly nRows: number;
  readonly width: number;
  readonly logprobs: Float32Array;
  readonly ids: BigInt64Array;
}

/** What the model thought of a token that was given to it, natural logarithms over the whole vocabulary. */
export interface RatedToken {
  readonly id: number;
  readonly logprob: number;
  /** The most likely tokens of its step, most likely first. */
  readonly top: readonly (readonly [id: number, logprob: number])[];
}

/** Prompts are read in pieces of this many tokens: between two of them a request can be cancelled. */
const prefillPiece = 32;
/** Alternatives of a step that are told. */
export const nTop = 5;
/** Columns by which a row's own cache grows. */
const suffixStep = 32;
/** Numbers of a prompt's cache that stay for the next prompt: 32 MiB. */
const keptRoom = 8 * 1024 * 1024;
const hidden = -1e9;

/**
 * One model in one session: reads a prompt once, then advances any number of rows that share it, a token each a step.
 * The prompt's keys and values stay at batch 1 and are never moved; what the rows write lies in buffers of this class,
 * which the runtime reads in place. Knows ids and log-probabilities, no text and no sampling.
 */
export class Decoder {
  readonly description: DecoderDescription;
  readonly #runtime: Runtime;
  readonly #session: InferenceSession;
  readonly #embedding: EmbeddingRows;
  readonly #prefixNames: readonly { readonly k: string; readonly v: string }[];
  readonly #suffixNames: readonly { readonly k: string; readonly v: string }[];

  #nPrompt = 0;
  #prefix: KvTensors[] = [];
  /** Kept for the next prompt: new memory for each would lie beside the old until the next garbage collection. */
  #prefixRoom = new Float32Array();
  #suffix: KvTensors[] = [];
  #nRows = 0;
  #capacity = 0;
  #nWritten = 0;
  #lastFeeds: Record<string, Tensor> = {};

  private constructor(runtime: Runtime, session: InferenceSession, description: DecoderDescription, dataFile: string) {
    this.#runtime = runtime;
    this.#session = session;
    this.description = description;
    this.#embedding = new EmbeddingRows(dataFile, description);
    const layers = Array.from({ length: description.nLayers }, (_, layer) => layer);
    this.#prefixNames = layers.map((layer) => ({ k: `prefix_k.${layer}`, v: `prefix_v.${layer}` }));
    this.#suffixNames = layers.map((layer) => ({ k: `suffix_k.${layer}`, v: `suffix_v.${layer}` }));
  }

  /** @param files `graph`: the `.onnx` file; `data`: its external data. */
  static async open(
    runtime: Runtime,
    description: DecoderDescription,
    files: { readonly graph: string; readonly data: string },
    options: InferenceSession.SessionOptions,
  ): Promise<Decoder> {
    return new Decoder(runtime, await runtime.InferenceSession.create(files.graph, options), description, files.data);
  }

  /** Tokens of the prompt that the rows share. */
  get nPrompt(): number {
    return this.#nPrompt;
  }

  get nRows(): number {
    return this.#nRows;
  }

  /**
   * 1. Reads the prompt, piece by piece, at batch 1.
   * @param onRated told of each of the last `nRated` tokens, in order, what the model thought of it before it was read.
   * @returns the most likely first tokens, one row for all.
   */
  async prefill(
    ids: Int32Array,
    signal: AbortSignal,
    { nRated = 0, onRated }: { readonly nRated?: number; readonly onRated?: (token: RatedToken) => void } = {},
  ): Promise<TopTokens> {
    this.#nRows = 0;
    this.#suffix = [];
    this.#nPrompt = 0;
    // Room for the whole prompt at once: what is not read yet is masked, so that nothing is copied from piece to piece.
    const nTotal = ids.length;
    this.#prefix = this.#newPrefix(nTotal);
    let top: TopTokens | undefined;
    for (let start = 0; start < nTotal; start += prefillPiece) {
      signal.throwIfAborted();
      const piece = ids.subarray(start, start + prefillPiece);
      const n = piece.length;
      const isLast = start + n === nTotal;
      // A token is rated where the one before it is read.
      const firstRated = Math.max(0, nTotal - nRated - 1 - start);
      const rating = nRated === 0 ? [] : Array.from(piece.keys()).slice(firstRated, isLast ? n - 1 : n);
      const output = await this.#run(
        piece,
        Array.from(piece, (_, index) => start + index),
        {
          mask: this.#mask(n, nTotal, 1, (token, column) =>
            column < nTotal ? column < start : column > nTotal && column - nTotal - 1 <= token,
          ),
          nPrefix: nTotal,
          nSuffix: 1,
          headRows: rating.length === 0 || isLast ? [...rating, n - 1] : rating,
          suffix: this.#zeroSuffix(n),
        },
        isLast || rating.length > 0 ? ['new_kv', 'top_logprobs', 'top_ids'] : ['new_kv'],
      );
      // `allLogprobs` runs this step again: its columns of the prefix are masked, so they may be written now.
      this.#appendToPrefix(floatsOf(output['new_kv']), n, start, nTotal);
      collectYoungGarbage();
      if (rating.length > 0) {
        const tops = topOf(output, rating.length + (isLast ? 1 : 0));
        for (const token of await this.#ratings(
          tops,
          Array.from(ids.subarray(start + firstRated + 1), Number).slice(0, rating.length),
        ))
          onRated?.(token);
        if (isLast) top = lastRow(tops);
      } else if (isLast) top = topOf(output, 1);
    }
    if (top === undefined) throw new RangeError('a prompt has at least one token');
    this.#nPrompt = ids.length;
    return top;
  }

  /** Of each row the token that follows it; the step is run again for tokens that are not among its most likely ones. */
  async #ratings(tops: TopTokens, nextIds: readonly number[]): Promise<RatedToken[]> {
    const { width } = tops;
    const { nVocabulary } = this.description;
    const places = nextIds.map((id, row) => tops.ids.subarray(row * width, (row + 1) * width).indexOf(BigInt(id)));
    const all = places.includes(-1) ? await this.allLogprobs() : undefined;
    return nextIds.map((id, row) => ({
      id,
      logprob:
        (places[row] === -1 ? all?.[row * nVocabulary + id] : tops.logprobs[row * width + (places[row] ?? 0)]) ?? 0,
      top: Array.from({ length: Math.min(nTop, width) }, (_, place) => {
        const at = row * width + place;
        return [Number(tops.ids[at] ?? 0), tops.logprobs[at] ?? 0] as const;
      }),
    }));
  }

  /** 2. Spreads the prompt over `nRows` rows that have written nothing yet. */
  spread(nRows: number): void {
    this.#nRows = nRows;
    this.#nWritten = 0;
    this.#capacity = suffixStep;
    this.#suffix = this.#newSuffix(nRows, this.#capacity);
  }

  /** 3. Advances every row by one token. `ids [rows]` */
  async step(ids: readonly number[]): Promise<TopTokens> {
    const n = this.#nRows;
    const position = this.#nPrompt + this.#nWritten;
    const nPrefix = this.#nPrompt;
    const nSuffix = this.#capacity;
    const output = await this.#run(
      Int32Array.from(ids),
      ids.map(() => position),
      {
        mask: this.#mask(n, nPrefix, nSuffix, (token, column) =>
          column < nPrefix + nSuffix ? column < nPrefix + this.#nWritten : column - nPrefix - nSuffix === token,
        ),
        nPrefix,
        nSuffix,
        headRows: ids.map((_, row) => row),
        suffix: this.#suffix,
      },
      ['new_kv', 'top_logprobs', 'top_ids'],
    );
    this.#appendToSuffix(floatsOf(output['new_kv']));
    return topOf(output, n);
  }

  /** All log-probabilities of the last step or prefill, `[rows, vocabulary]`: the step is run again for them. */
  async allLogprobs(): Promise<Float32Array> {
    return floatsOf((await this.#session.run(this.#lastFeeds, ['logprobs']))['logprobs']);
  }

  /** Keeps these rows, in this order, and lets the others go. */
  keep(rows: readonly number[]): void {
    const { nKvHeads, headSize } = this.description;
    const rowSize = this.#capacity * headSize;
    const kept = (data: Float32Array) => {
      const next = new Float32Array(nKvHeads * rows.length * rowSize);
      for (let head = 0; head < nKvHeads; head++)
        rows.forEach((row, index) => {
          const from = (head * this.#nRows + row) * rowSize;
          next.set(data.subarray(from, from + rowSize), (head * rows.length + index) * rowSize);
        });
      return next;
    };
    const shape = [nKvHeads, rows.length, this.#capacity, headSize];
    this.#suffix = this.#suffix.map(({ k, v }) => ({
      k: this.#float(kept(k.data), shape),
      v: this.#float(kept(v.data), shape),
    }));
    this.#nRows = rows.length;
  }

  /** Lets the caches go, but for a small one; the session stays. */
  clear(): void {
    this.#prefix = [];
    if (this.#prefixRoom.length > keptRoom) this.#prefixRoom = new Float32Array();
    this.#suffix = [];
    this.#lastFeeds = {};
    this.#nRows = 0;
    this.#nPrompt = 0;
  }

  async close(): Promise<void> {
    this.clear();
    this.#embedding.close();
    await this.#session.release();
  }

  async #run(
    ids: Int32Array,
    tokenPositions: readonly number[],
    context: {
      readonly mask: Float32Array;
      readonly nPrefix: number;
      readonly nSuffix: number;
      readonly headRows: readonly number[];
      readonly suffix: readonly KvTensors[];
    },
    fetches: readonly string[],
  ): Promise<InferenceSession.ReturnType> {
    const { nHidden, nKvHeads, nHeads, contextLength } = this.description;
    const nGroup = nHeads / nKvHeads;
    const n = ids.length;
    const positions = new BigInt64Array(n * (nGroup + 2));
    tokenPositions.forEach((position, token) => {
      positions.fill(BigInt(position), token * (nGroup + 2), (token + 1) * (nGroup + 2) - 1);
      positions[(token + 1) * (nGroup + 2) - 1] = BigInt(contextLength);
    });
    const { nPrefix, nSuffix } = context;
    const feeds: Record<string, Tensor> = {
      embeddings: this.#float(this.#embedding.lookUp(ids), [n, nHidden]),
      position_ids: new this.#runtime.Tensor('int64', positions, [n, nGroup + 2]),
      mask: this.#float(context.mask, [n * nGroup, nPrefix + nSuffix + n]),
      widths: this.#integers([nPrefix, nSuffix, n]),
      suffix_scores_shape: this.#integers([nKvHeads, nGroup * n, nSuffix]),
      suffix_weights_shape: this.#integers([nKvHeads, n, nGroup, nSuffix]),
      head_rows: this.#integers(context.headRows),
    };
    this.#prefix.forEach((tensors, layer) => {
      const names = this.#prefixNames[layer];
      if (names) [feeds[names.k], feeds[names.v]] = [tensors.k, tensors.v];
    });
    context.suffix.forEach((tensors, layer) => {
      const names = this.#suffixNames[layer];
      if (names) [feeds[names.k], feeds[names.v]] = [tensors.k, tensors.v];
    });
    this.#lastFeeds = feeds;
    return this.#session.run(feeds, [...fetches]);
  }

  /** `[G · n, P + C + n]`; query row t · G + g is head g of token t. */
  #mask(
    n: number,
    nPrefix: number,
    nSuffix: number,
    mayLook: (token: number, column: number) => boolean,
  ): Float32Array {
    const nGroup = this.description.nHeads / this.description.nKvHeads;
    const width = nPrefix + nSuffix + n;
    const mask = new Float32Array(n * nGroup * width);
    for (let token = 0; token < n; token++) {
      const first = token * nGroup * width;
      for (let column = 0; column < width; column++) if (!mayLook(token, column)) mask[first + column] = hidden;
      for (let group = 1; group < nGroup; group++) mask.copyWithin(first + group * width, first, first + width);
    }
    return mask;
  }

  /** A layer each: K `[kv, d, total]`, V `[kv, total, d]`; what an earlier prompt left there is finite, and masked. */
  #newPrefix(nTotal: number): KvTensors[] {
    const { nKvHeads, headSize, nLayers } = this.description;
    const size = nKvHeads * headSize * nTotal;
    if (this.#prefixRoom.length < 2 * nLayers * size) this.#prefixRoom = new Float32Array(2 * nLayers * size);
    let start = 0;
    const empty = (shape: readonly number[]) => {
      const data = this.#prefixRoom.subarray(start, start + size);
      start += size;
      return this.#float(data, shape);
    };
    return Array.from({ length: nLayers }, () => ({
      k: empty([nKvHeads, headSize, nTotal]),
      v: empty([nKvHeads, nTotal, headSize]),
    }));
  }

  #zeroSuffix(n: number): KvTensors[] {
    const { nKvHeads, headSize, nLayers } = this.description;
    const zeros = this.#float(new Float32Array(nKvHeads * n * headSize), [nKvHeads, n, 1, headSize]);
    return Array.from({ length: nLayers }, () => ({ k: zeros, v: zeros }));
  }

  /** `newKv [kv, n, 2 · layers, d]` into columns start … start + n − 1. */
  #appendToPrefix(newKv: Float32Array, n: number, start: number, nTotal: number): void {
    const { nKvHeads, headSize, nLayers } = this.description;
    this.#prefix.forEach(({ k, v }, layer) => {
      for (let head = 0; head < nKvHeads; head++)
        for (let token = 0; token < n; token++) {
          const from = ((head * n + token) * nLayers + layer) * 2 * headSize;
          const column = head * headSize * nTotal + start + token;
          for (let index = 0; index < headSize; index++) k.data[column + index * nTotal] = newKv[from + index] ?? 0;
          const row = (head * nTotal + start + token) * headSize;
          for (let index = 0; index < headSize; index++) v.data[row + index] = newKv[from + headSize + index] ?? 0;
        }
    });
  }

  #newSuffix(nRows: number, capacity: number): KvTensors[] {
    const { nKvHeads, headSize, nLayers } = this.description;
    const shape = [nKvHeads, nRows, capacity, headSize];
    const empty = () => this.#float(new Float32Array(nKvHeads * nRows * capacity * headSize), shape);
    return Array.from({ length: nLayers }, () => ({ k: empty(), v: empty() }));
  }

  /** `newKv [kv, rows, 2 · layers, d]` into the next column; the buffers grow by a copy when they are full. */
  #appendToSuffix(newKv: Float32Array): void {
    const { nKvHeads, headSize, nLayers } = this.description;
    if (this.#nWritten === this.#capacity) this.#growSuffix();
    const nRows = this.#nRows;
    this.#suffix.forEach(({ k, v }, layer) => {
      for (let row = 0; row < nKvHeads * nRows; row++) {
        const from = (row * 2 * nLayers + 2 * layer) * headSize;
        const to = (row * this.#capacity + this.#nWritten) * headSize;
        for (let index = 0; index < headSize; index++) {
          k.data[to + index] = newKv[from + index] ?? 0;
          v.data[to + index] = newKv[from + headSize + index] ?? 0;
        }
      }
    });
    this.#nWritten++;
  }

  #growSuffix(): void {
    const { nKvHeads, headSize } = this.description;
    const oldSize = this.#capacity * headSize;
    this.#capacity += suffixStep;
    const grown = this.#newSuffix(this.#nRows, this.#capacity);
    this.#suffix.forEach(({ k, v }, layer) => {
      const next = grown[layer];
      for (let row = 0; row < nKvHeads * this.#nRows; row++) {
        next?.k.data.set(k.data.subarray(row * oldSize, (row + 1) * oldSize), row * this.#capacity * headSize);
        next?.v.data.set(v.data.subarray(row * oldSize, (row + 1) * oldSize), row * this.#capacity * headSize);
      }
    });
    this.#suffix = grown;
  }

  #float(data: Float32Array, shape: readonly number[]): TypedTensor<'float32'> {
    return new this.#runtime.Tensor('float32', data, shape);
  }

  #integers(values: readonly number[]): Tensor {
    return new this.#runtime.Tensor('int64', BigInt64Array.from(values, BigInt), [values.length]);
  }
}

interface KvTensors {
  readonly k: TypedTensor<'float32'>;
  readonly v: TypedTensor<'float32'>;
}

/**
 * Rows of the embedding, read from the data file when they are asked for: a step needs a few hundred bytes a row, and the
 * table, which is the output head too, need not lie in memory a second time.
 */
class EmbeddingRows {
  readonly #file: number;
  readonly #description: DecoderDescription;
  readonly #rows = new Map<number, Float32Array>();

  constructor(dataFile: string, description: DecoderDescription) {
    this.#file = openSync(dataFile, 'r');
    this.#description = description;
  }

  /** `[ids, hidden]` */
  lookUp(ids: Int32Array): Float32Array {
    const { nHidden } = this.#description;
    const values = new Float32Array(ids.length * nHidden);
    ids.forEach((id, index) => values.set(this.#row(id), index * nHidden));
    return values;
  }

  close(): void {
    closeSync(this.#file);
  }

  #row(id: number): Float32Array {
    const known = this.#rows.get(id);
    if (known) return known;
    const { nHidden, embedding } = this.#description;
    const nBlocks = nHidden / 32;
    const codes = new Uint8Array(nHidden);
    const scales = new Float32Array(nBlocks);
    readSync(this.#file, codes, 0, codes.byteLength, embedding.codesOffset + id * nHidden);
    readSync(this.#file, scales, 0, scales.byteLength, embedding.scalesOffset + id * scales.byteLength);
    const row = Float32Array.from(codes, (code, index) => (code - 128) * (scales[index >> 5] ?? 0));
    if (this.#rows.size > 2048) this.#rows.clear();
    this.#rows.set(id, row);
    return row;
  }
}

function floatsOf(tensor: Tensor | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array)) throw new TypeError('the decoder gave no float32 tensor');
  return tensor.data;
}

function topOf(output: InferenceSession.ReturnType, nRows: number): TopTokens {
  const logprobs = floatsOf(output['top_logprobs']);
  const ids = output['top_ids']?.data;
  if (!(ids instanceof BigInt64Array)) throw new TypeError('the decoder gave no int64 tensor');
  return { nRows, width: logprobs.length / nRows, logprobs, ids };
}

function lastRow({ nRows, width, logprobs, ids }: TopTokens): TopTokens {
  const start = (nRows - 1) * width;
  return { nRows: 1, width, logprobs: logprobs.subarray(start), ids: ids.subarray(start) };
}
