/**
 * How a family's tokenizer cuts text before merging (`tokenizer.ggml.pre`; llama.cpp, src/llama-vocab.cpp). Only these are
 * used, recognised by name: a pattern from a file could backtrack for ever. All are linear. `\s` is written out as
 * `\p{White_Space}`, since JavaScript's own also holds U+FEFF and lacks U+0085.
 */
export interface SplitPattern {
  /** Applied in turn, each to the pieces that the one before has left; what does not match stays a piece. */
  readonly stages: readonly RegExp[];
  /** A piece that is a whole token is not merged together from its bytes. */
  readonly ignoresMerges: boolean;
  /** When the file does not say. */
  readonly addsBos: boolean;
}

const gpt2 =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;
const digit = /\p{N}/gu;
const llama3 =
  /'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\p{White_Space}\p{L}\p{N}]+[\r\n]*|\p{White_Space}*[\r\n]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;
const qwen2 =
  /'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\p{White_Space}\p{L}\p{N}]+[\r\n]*|\p{White_Space}*[\r\n]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

const plain = (...stages: readonly RegExp[]): SplitPattern => ({ stages, ignoresMerges: false, addsBos: false });
const llama3Family: SplitPattern = { stages: [llama3], ignoresMerges: true, addsBos: true };

export const splitPatterns: ReadonlyMap<string, SplitPattern> = new Map([
  ['smollm', plain(digit, gpt2)],
  ['starcoder', plain(digit, gpt2)],
  ['refact', plain(digit, gpt2)],
  ['gpt-2', plain(gpt2)],
  ['olmo', plain(gpt2)],
  ['llama-bpe', llama3Family],
  ['llama3', llama3Family],
  ['llama-v3', llama3Family],
  ['qwen2', plain(qwen2)],
  ['deepseek-r1-qwen', plain(qwen2)],
]);

export function splitText(text: string, { stages }: SplitPattern): string[] {
  return stages.reduce<string[]>((pieces, stage) => pieces.flatMap((piece) => splitByMatches(piece, stage)), [text]);
}

function splitByMatches(text: string, pattern: RegExp): string[] {
  const pieces: string[] = [];
  let end = 0;
  for (const { 0: match, index } of text.matchAll(pattern)) {
    if (index > end) pieces.push(text.slice(end, index));
    pieces.push(match);
    end = index + match.length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}
