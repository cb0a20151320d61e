import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CompiledModel } from '../model.js';
import type { ParameterFile } from '../parameterFile.js';
import type { Arithmetic } from './blocks.js';
import type { DecoderDescription } from './decoderDescription.js';
import { writeDecoderGraph } from './decoderGraph.js';
import { describeLlama } from './llamaArchitecture.js';
import { dataFileName, OnnxWriter } from './onnxWriter.js';
import type { MinimumLayout } from './quantizedMatrix.js';

/** Raised whenever the builder writes other bytes for the same file: older graphs are built anew. */
const builderVersion = 3;

export interface CompileOptions {
  readonly cacheFolder: string;
  /** SHA-256 of the parameter file where it is known; otherwise the file is read once for it. */
  readonly sha256?: string;
  /** Left out: the layout that `test/bench/RESULTS.md` found best. */
  readonly minimum?: MinimumLayout;
  /** Left out: 8-bit activations, which are as near to llama.cpp as llama.cpp is to exact arithmetic. */
  readonly arithmetic?: Arithmetic;
  readonly signal: AbortSignal;
  readonly onProgress?: (step: string, share: number) => void;
}

/**
 * The decoder of a parameter file, from the cache or built now: into a folder of its own that gets its name only when it
 * is whole, so that a reader never sees half of one. No more than one matrix is held in memory.
 *
 * @throws ModelError naming what is unsupported.
 */
export async function compileModel(file: ParameterFile, options: CompileOptions): Promise<CompiledModel> {
  const sha256 = options.sha256 ?? (await hashOf(file.file, options));
  const minimum = options.minimum ?? 'offset';
  const arithmetic = options.arithmetic ?? 'bytes';
  const folder = path.join(options.cacheFolder, `${sha256.slice(0, 32)}-${minimum}-${arithmetic}-v${builderVersion}`);
  const compiled: CompiledModel = {
    folder,
    graphFile: path.join(folder, 'decoder.onnx'),
    descriptionFile: path.join(folder, 'model.json'),
  };
  if (await exists(compiled.descriptionFile)) return compiled;

  const architecture = describeLlama(file);
  await mkdir(options.cacheFolder, { recursive: true });
  await removeLeftovers(options.cacheFolder);
  const building = path.join(options.cacheFolder, `.building-${process.pid}-${Date.now().toString(36)}`);
  await mkdir(building);
  try {
    const data = await open(path.join(building, dataFileName), 'w');
    const writer = new OnnxWriter(data);
    const graph = await writeDecoderGraph(writer, file, architecture, {
      minimum,
      arithmetic,
      signal: options.signal,
      onProgress: (share) => options.onProgress?.('Building the graph', share),
    }).finally(() => data.close());
    await writeFile(path.join(building, 'decoder.onnx'), writer.encode());
    const { kind, name, nLayers, nHidden, nHeads, nKvHeads, headSize, nVocabulary, contextLength } = architecture;
    const description: DecoderDescription = {
      name,
      architecture: kind,
      nLayers,
      nHidden,
      nHeads,
      nKvHeads,
      headSize,
      nVocabulary,
      contextLength,
      embedding: graph.embedding,
      dataBytes: (await stat(path.join(building, dataFileName))).size,
    };
    await writeFile(path.join(building, 'model.json'), JSON.stringify(description, null, 2));
    await rename(building, folder).catch(async (error: unknown) => {
      // Another process built the same graph meanwhile: theirs has the same bytes.
      if (!(await exists(compiled.descriptionFile))) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  options.onProgress?.('Building the graph', 1);
  return compiled;
}

async function hashOf(file: string, options: CompileOptions): Promise<string> {
  const hash = createHash('sha256');
  const total = (await stat(file)).size;
  let done = 0;
  for await (const chunk of createReadStream(file, { signal: options.signal, highWaterMark: 1 << 20 })) {
    if (!(chunk instanceof Uint8Array)) continue;
    hash.update(chunk);
    done += chunk.byteLength;
    options.onProgress?.('Checking', total === 0 ? 1 : done / total);
  }
  return hash.digest('hex');
}

/** Folders that a killed process left half built, when nobody can be at them any more. */
async function removeLeftovers(cacheFolder: string): Promise<void> {
  const anHour = 3_600_000;
  for (const name of await readdir(cacheFolder)) {
    if (!name.startsWith('.building-')) continue;
    const folder = path.join(cacheFolder, name);
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > anHour) await rm(folder, { recursive: true, force: true });
  }
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
