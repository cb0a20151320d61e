import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** What the engine has to know of a compiled decoder; stands beside it as `model.json`. */
export const DecoderDescription = z.object({
  /** `general.name` of the parameter file. */
  name: z.string(),
  architecture: z.literal('llama'),
  nLayers: z.int().min(1),
  nHidden: z.int().min(1),
  nHeads: z.int().min(1),
  nKvHeads: z.int().min(1),
  headSize: z.int().min(1),
  nVocabulary: z.int().min(1),
  contextLength: z.int().min(1),
  /** Where the rows of the embedding stand in the data file, bytes: 8-bit codes (128 is zero) and a float32 scale for each 32. */
  embedding: z.object({ codesOffset: z.int().min(0), scalesOffset: z.int().min(0) }),
  /** Size of the data file, bytes. */
  dataBytes: z.int().min(0),
});
export type DecoderDescription = z.infer<typeof DecoderDescription>;

export const readDescription = async (file: string): Promise<DecoderDescription> =>
  DecoderDescription.parse(JSON.parse(await readFile(file, 'utf8')));
