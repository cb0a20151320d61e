import type { CandidateGenerator } from '../generation/index.js';
import type { InstalledModel } from '../models/index.js';

/** `auto` probes what the installed runtime offers against the CPU's numbers. */
export type DeviceChoice = 'auto' | 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';

export interface EngineState {
  readonly status: 'off' | 'starting' | 'ready' | 'failed';
  /** Name of the model that is loaded or loading. */
  readonly model?: string;
  /** Execution provider in use, e.g. `cpu`. */
  readonly device?: string;
  /** Why this device, or why it failed, as a sentence. */
  readonly reason?: string;
  /** Of the last prompt, over all its candidates. */
  readonly tokensPerSecond?: number;
}

/**
 * The model process seen from its parent. It forks on first use, may crash without harm, is started again at most 3 times
 * in 5 minutes, and dies with its parent.
 */
export interface Engine {
  readonly state: EngineState;
  onDidChange(listener: (state: EngineState) => void): () => void;
  /** A generator for this model; loads it on first use (and builds the graph where the cache lacks it). */
  generator(model: InstalledModel): CandidateGenerator;
  /** Checks a parameter file and builds its graph into the cache, in the model process. @throws ModelError */
  prepare(
    file: string,
    options: { readonly signal: AbortSignal; readonly onProgress?: (step: string, share: number) => void },
  ): Promise<{ readonly architecture: string; readonly name: string }>;
  /** Message, 1 s, SIGTERM, 2 s, SIGKILL. */
  stop(): Promise<void>;
}

export interface EngineOptions {
  /** The bundled model process, `dist/engine.cjs`. */
  readonly processFile: string;
  /** Where graphs are cached, by hash of the parameter file. */
  readonly cacheFolder: string;
  readonly device: DeviceChoice;
  /** English text to that of the reader's language. */
  readonly translations?: Readonly<Record<string, string>>;
  readonly log?: (line: string) => void;
}
