import { bytesOfCharacters } from '../../../src/models/byteLevel.js';
import { tokenizerOf, type ChatTokenizer, type MetadataValue, type ParameterFile } from '../../../src/models/index.js';

/** ChatML, as the default model has it, without its system turn. */
export const chatml =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/** All 256 byte characters, in the order of their code points. */
export const alphabet = Array.from({ length: 0x144 }, (_, code) => String.fromCharCode(code)).filter(
  (character) => bytesOfCharacters(character).length === 1,
);
const added = ['<|im_start|>', '<|im_end|>', '<think>', '  '];
const merged = ['he', 'll', 'hell', 'Ġw'];

export interface TinyTokenizer {
  readonly template?: string;
  readonly metadata?: Readonly<Record<string, MetadataValue>>;
}

/** Metadata of a model whose vocabulary is the bytes, four merges, and four added tokens: ids 0 to 3. */
export function tinyParameters({ template = chatml, metadata = {} }: TinyTokenizer = {}): ParameterFile {
  const tokens = [...added, ...alphabet, ...merged];
  const kinds = tokens.map((_, id) => (id < 2 ? 3 : id < added.length ? 4 : 1));
  const entries: Record<string, MetadataValue> = {
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'smollm',
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.token_type': Int32Array.from(kinds),
    'tokenizer.ggml.merges': ['h e', 'l l', 'he ll', 'Ġ w'],
    'tokenizer.ggml.bos_token_id': 0,
    'tokenizer.ggml.eos_token_id': 1,
    'tokenizer.chat_template': template,
    ...metadata,
  };
  return {
    file: 'tiny.gguf',
    sizeBytes: 0,
    metadata: new Map(Object.entries(entries)),
    tensors: new Map(),
    readTensor: () => Promise.reject(new Error('no tensors')),
    close: () => Promise.resolve(),
  };
}

export const tinyTokenizer = (options?: TinyTokenizer): ChatTokenizer => tokenizerOf(tinyParameters(options));

/** Tokens as text, e.g. `<|im_start|> u s e r Ċ`. */
export function spelled(ids: Iterable<number>): string {
  const tokens = [...added, ...alphabet, ...merged];
  return [...ids].map((id) => tokens[id]).join(' ');
}
