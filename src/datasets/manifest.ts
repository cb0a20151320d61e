import { z } from 'zod';

/** The name that makes a folder a data set. */
export const manifestName = 'manifest.json';
export const cardName = 'README.md';

export const FileEntry = z.strictObject({
  /** Relative to the data set, with `/`; never leads out of it. */
  path: z.string().regex(/^[a-z][a-z-]*\/[a-z][a-z-]*\.jsonl$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().min(0),
  rows: z.int().min(0),
});
export type FileEntry = z.infer<typeof FileEntry>;

const PerSplit = z.strictObject({ train: z.int().min(0), validation: z.int().min(0) });

/** How one format of a data set came to be. Loose: what a newer version adds survives when another format is exported. */
export const FormatEntry = z.looseObject({
  project: z.string(),
  settings: z.looseObject({ split: z.number(), seed: z.number(), partial: z.string() }),
  /** The state of the project that it was made from: a hash of every answer and judgement used. */
  source: z.looseObject({ prompts: z.int().min(0), judgements: z.int().min(0), sha256: z.string() }),
  rows: PerSplit,
  /** Prompts with at least one row. */
  prompts: PerSplit,
  /** Left out, by reason. */
  dropped: z.record(z.string(), z.int().min(1)),
  findings: z.array(z.looseObject({ code: z.string() })),
  files: z.array(FileEntry),
});
export type FormatEntry = z.infer<typeof FormatEntry>;

/** `manifest.json`, written last: what the data set holds and how to tell that it is whole. No time stands in it. */
export const Manifest = z.looseObject({
  kind: z.literal('touchstone-data-set'),
  version: z.literal(1),
  formats: z.record(z.string(), FormatEntry),
});
export type Manifest = z.infer<typeof Manifest>;

/** The manifest in this text, or undefined when it is none of ours. */
export function parseManifest(text: string): Manifest | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  return Manifest.safeParse(json).data;
}

export const printManifest = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 2)}\n`;

/** Paths of the files of a format. The provenance lies where no loader takes it for a split. */
export const filePaths = {
  rows: (format: string, split: string): string => `${format}/${split}.jsonl`,
  provenance: (format: string): string => `provenance/${format}.jsonl`,
};
