import { metadataInvalid, tokenizerUnsupported } from '../core/index.js';
import { booleanOf, integersOf, optionalIntegerOf, optionalTextOf, textOf, textsOf } from './metadata.js';
import type { ParameterFile } from './parameterFile.js';
import { splitPatterns, type SplitPattern } from './splitPatterns.js';

/** Kinds of tokens (`enum llama_token_type` in llama.h). */
const tokenKind = { unknown: 2, control: 3, userDefined: 4 } as const;
const maxTokenKind = 6;

/** What a GGUF file says of its tokenizer, checked. */
export interface Vocabulary {
  readonly split: SplitPattern;
  /** By id. */
  readonly tokens: readonly string[];
  /** Tokens that text is merged into, in the byte alphabet, to their ids. */
  readonly mergeable: ReadonlyMap<string, number>;
  /** Left and right, best first. */
  readonly merges: readonly (readonly [string, string])[];
  /** All other tokens that have a text, special or not: text of a stranger must never become one of them. */
  readonly added: ReadonlyMap<string, number>;
  readonly addedIds: ReadonlySet<number>;
  /** Their bytes come out when they are generated; those of the other added tokens do not. */
  readonly userDefinedIds: ReadonlySet<number>;
  readonly bosId: number | undefined;
  readonly eosId: number | undefined;
  readonly addsBos: boolean;
  readonly endOfTurn: ReadonlySet<number>;
}

/** Names of control tokens that end a turn or a text, for files that do not say (llama.cpp looks for the same). */
const endingTexts = [
  '<|im_end|>',
  '<|eot_id|>',
  '<|eom_id|>',
  '<|end|>',
  '<|endoftext|>',
  '<|end_of_text|>',
  '<end_of_turn>',
  '<|end▁of▁sentence|>',
  '</s>',
];

/**
 * @throws ModelError for a kind of tokenizer that we do not have, and for lists that do not fit each other.
 */
export function vocabularyOf(parameters: ParameterFile): Vocabulary {
  const { file } = parameters;
  const model = textOf(parameters, 'tokenizer.ggml.model');
  if (model !== 'gpt2') throw tokenizerUnsupported({ file, found: model, supported: ['gpt2'] });
  const pre = optionalTextOf(parameters, 'tokenizer.ggml.pre') ?? 'default';
  const split = splitPatterns.get(pre);
  if (split === undefined)
    throw tokenizerUnsupported({ file, found: `gpt2/${pre}`, supported: [...splitPatterns.keys()] });

  const tokens = textsOf(parameters, 'tokenizer.ggml.tokens');
  const kinds = kindsOf(parameters, tokens.length);
  const ids = idsOf(parameters, tokens);
  const mergeable = new Map<string, number>();
  const added = new Map<string, number>();
  const userDefinedIds = new Set<number>();
  for (const [text, id] of ids) {
    const kind = kinds[id];
    const isAdded = kind === tokenKind.control || kind === tokenKind.userDefined || kind === tokenKind.unknown;
    if (kind === tokenKind.userDefined) userDefinedIds.add(id);
    (isAdded ? added : mergeable).set(text, id);
  }
  const id = (name: string) =>
    optionalIntegerOf(parameters, `tokenizer.ggml.${name}_token_id`, { min: 0, max: tokens.length - 1 });
  const endings = [id('eos'), id('eot'), id('eom'), ...endingTexts.map((text) => added.get(text))];
  return {
    split,
    tokens,
    mergeable,
    merges: mergesOf(parameters, tokens),
    added,
    addedIds: new Set(added.values()),
    userDefinedIds,
    bosId: id('bos'),
    eosId: id('eos'),
    addsBos: booleanOf(parameters, 'tokenizer.ggml.add_bos_token', split.addsBos),
    endOfTurn: new Set(endings.filter((ending) => ending !== undefined)),
  };
}

function kindsOf(parameters: ParameterFile, nTokens: number): Int32Array | Uint32Array {
  const key = 'tokenizer.ggml.token_type';
  const kinds = integersOf(parameters, key);
  const wrong = kinds.find((kind) => kind < 0 || kind > maxTokenKind);
  if (kinds.length !== nTokens || wrong !== undefined) {
    const found = wrong === undefined ? `a list of ${kinds.length}` : `a list with ${wrong}`;
    throw metadataInvalid({
      file: parameters.file,
      key,
      found,
      expected: `${nTokens} kinds from 0 to ${maxTokenKind}`,
    });
  }
  const scores = parameters.metadata.get('tokenizer.ggml.scores');
  if (scores !== undefined && !(scores instanceof Float32Array && scores.length === nTokens)) {
    const found = typeof scores === 'object' ? `a list of ${scores.length}` : String(scores);
    const expected = `${nTokens} 32-bit numbers`;
    throw metadataInvalid({ file: parameters.file, key: 'tokenizer.ggml.scores', found, expected });
  }
  return kinds;
}

/** Without empty tokens, which stand for nothing; some vocabularies are padded with them. */
function idsOf(parameters: ParameterFile, tokens: readonly string[]): ReadonlyMap<string, number> {
  const ids = new Map<string, number>();
  for (const [id, text] of tokens.entries()) {
    if (text === '') continue;
    if (ids.has(text)) {
      const key = 'tokenizer.ggml.tokens';
      throw metadataInvalid({ file: parameters.file, key, found: `a list with “${text}” twice`, expected: 'unique' });
    }
    ids.set(text, id);
  }
  return ids;
}

/** The halves are the tokens' own strings: copies of them would be most of the tokenizer's memory. */
function mergesOf(parameters: ParameterFile, tokens: readonly string[]): readonly (readonly [string, string])[] {
  const key = 'tokenizer.ggml.merges';
  const merges = textsOf(parameters, key);
  const wrong = merges.find((merge) => !/^[^ ]+ [^ ]+$/.test(merge));
  if (wrong !== undefined) {
    throw metadataInvalid({ file: parameters.file, key, found: `a list with “${wrong}”`, expected: 'pairs of tokens' });
  }
  const known = new Map(tokens.map((token) => [token, token]));
  return merges.map((merge) => {
    const blank = merge.indexOf(' ');
    const half = (text: string) => known.get(text) ?? text;
    return [half(merge.slice(0, blank)), half(merge.slice(blank + 1))];
  });
}
