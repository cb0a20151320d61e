import type { InstalledModel } from './model.js';

/** Where a file can be had; tried in order. What was tried and why it failed is in the error. */
export type ModelSource =
  | { readonly kind: 'hub'; readonly repo: string; readonly revision: string; readonly file: string }
  | { readonly kind: 'pypi'; readonly package: string; readonly version: string; readonly path: string };

export interface CatalogueEntry {
  readonly name: string;
  readonly title: string;
  readonly license: string;
  /** Name of the file in our folder. */
  readonly file: string;
  readonly sizeBytes: number;
  /** SHA-256 of the parameter file, lowercase hexadecimal. */
  readonly sha256: string;
  readonly sources: readonly ModelSource[];
}

export interface AddProgress {
  /** e.g. `Downloading from PyPI`, `Checking`, `Building the graph`. */
  readonly step: string;
  readonly doneBytes: number;
  /** 0 when unknown. */
  readonly totalBytes: number;
}

/** The models on this machine, shared by all projects, and the catalogue of those that can be had. */
export interface ModelLibrary {
  readonly folder: string;
  readonly catalogue: readonly CatalogueEntry[];
  /** Default first. */
  list(): Promise<readonly InstalledModel[]>;
  /**
   * By name; undefined gives the default model if installed, else the first.
   * @throws ModelError naming what is there and what the catalogue offers.
   */
  find(name?: string): Promise<InstalledModel>;
  /**
   * @param source a catalogue entry's name, or the path of a `.gguf` file (which stays where it is).
   * Resumes a broken download; the file gets its name only after size and SHA-256 were right. Already there: returns at once.
   */
  add(
    source: string,
    options: { readonly signal: AbortSignal; readonly onProgress?: (progress: AddProgress) => void },
  ): Promise<InstalledModel>;
}
