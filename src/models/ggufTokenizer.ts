import { BPE } from '@huggingface/tokenizers';
import { randomBytes } from 'node:crypto';
import { chatTemplateMissing, controlTokenInContent, textTooLong, type Message } from '../core/index.js';
import { bytesOfCharacters, toByteCharacters } from './byteLevel.js';
import { compileChatTemplate, type ChatTemplate } from './chatTemplate.js';
import { optionalTextOf } from './metadata.js';
import type { ParameterFile } from './parameterFile.js';
import { splitText } from './splitPatterns.js';
import type { ChatTokenizer } from './tokenizer.js';
import { vocabularyOf, type Vocabulary } from './vocabulary.js';

/** Far more than any context holds; merging is slower than linear. */
const maxTextLength = 8 * 1024 * 1024;

/**
 * The tokenizer of a GGUF file, made from its own metadata: byte-level BPE (`tokenizer.ggml.model` is `gpt2`) with the
 * splits of the families that we know. Gives llama.cpp's ids. The chat template has answered a two-turn chat when this
 * returns.
 *
 * Encoding blocks its thread, for hostile text for seconds: callers run it in a process that they can kill.
 *
 * @throws ModelError naming what is missing or not supported.
 */
export function tokenizerOf(parameters: ParameterFile): ChatTokenizer {
  const vocabulary = vocabularyOf(parameters);
  const encoder = new TextEncoderOf(vocabulary);
  const tokenText = (id: number | undefined) => (id === undefined ? '' : (vocabulary.tokens[id] ?? ''));
  const { file } = parameters;
  const source = optionalTextOf(parameters, 'tokenizer.chat_template');
  if (source === undefined) throw chatTemplateMissing({ file });
  const template = compileChatTemplate(source, {
    file,
    bosToken: tokenText(vocabulary.bosId),
    eosToken: tokenText(vocabulary.eosId),
  });
  template.render([
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: 'Hello!' },
    { role: 'user', content: 'How are you?' },
  ]);
  const bytes = new Map<number, Uint8Array>();
  return {
    nVocabulary: vocabulary.tokens.length,
    endOfTurn: vocabulary.endOfTurn,
    encodeChat: (messages) => encodeChat(messages, { template, vocabulary, encoder }),
    renderChat: (messages) => template.render(messages),
    encodeText: (text) => Int32Array.from(encoder.encode(text)),
    bytesOf: (id) => {
      const known = bytes.get(id);
      if (known !== undefined) return known;
      const found = bytesOfToken(vocabulary, id);
      bytes.set(id, found);
      return found;
    },
  };
}

function bytesOfToken({ tokens, addedIds, userDefinedIds }: Vocabulary, id: number): Uint8Array {
  const text = tokens[id] ?? '';
  if (userDefinedIds.has(id)) return new TextEncoder().encode(text);
  return addedIds.has(id) ? new Uint8Array() : bytesOfCharacters(text);
}

/** Text to ids, never to an added token, except to one of blanks alone, as some vocabularies have for indentation. */
class TextEncoderOf {
  readonly #vocabulary: Vocabulary;
  readonly #bpe: BPE;
  readonly #blanks: ReadonlyMap<string, number>;
  readonly #blanksPattern: RegExp | undefined;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
    // Merging needs no ids: those are looked up in `mergeable`, so that no text becomes an added token.
    this.#bpe = new BPE({ type: 'BPE', vocab: {}, merges: vocabulary.merges, ignore_merges: false });
    this.#blanks = new Map([...vocabulary.added].filter(([text]) => /^\p{White_Space}+$/u.test(text)));
    this.#blanksPattern = anyOf(this.#blanks.keys());
  }

  encode(text: string): number[] {
    if (text.length > maxTextLength) throw textTooLong({ length: text.length, limit: maxTextLength });
    return splitAt(text, this.#blanksPattern).flatMap((piece) => this.#blanks.get(piece) ?? this.#encodePiece(piece));
  }

  #encodePiece(text: string): number[] {
    const { mergeable, split } = this.#vocabulary;
    const ids: number[] = [];
    for (const piece of splitText(text, split)) {
      const characters = toByteCharacters(piece);
      const whole = split.ignoresMerges ? mergeable.get(characters) : undefined;
      if (whole === undefined) this.#merge(characters, ids);
      else ids.push(whole);
    }
    return ids;
  }

  #merge(characters: string, ids: number[]): void {
    const { mergeable } = this.#vocabulary;
    for (const token of this.#bpe.bpe(characters)) {
      const id = mergeable.get(token);
      if (id !== undefined) ids.push(id);
      // As llama.cpp: what is no token falls apart into bytes, and bytes that the vocabulary lacks are left out.
      else for (const character of token) pushIfKnown(ids, mergeable.get(character));
    }
  }
}

function pushIfKnown(ids: number[], id: number | undefined): void {
  if (id !== undefined) ids.push(id);
}

// The chat

interface ChatParts {
  readonly template: ChatTemplate;
  readonly vocabulary: Vocabulary;
  readonly encoder: TextEncoderOf;
}

/** Text of the template, where control tokens count, or of a message, where they do not. */
interface ChatPiece {
  readonly text: string;
  readonly isContent: boolean;
}

function encodeChat(messages: readonly Message[], { template, vocabulary, encoder }: ChatParts): Int32Array {
  const addedPattern = anyOf(vocabulary.added.keys());
  const ids: number[] = [];
  let run = '';
  const endRun = () => {
    ids.push(...encoder.encode(run));
    run = '';
  };
  for (const { text, isContent } of chatPieces(messages, template, addedPattern)) {
    for (const part of isContent ? [text] : splitAt(text, addedPattern)) {
      const id = isContent ? undefined : vocabulary.added.get(part);
      if (id === undefined) {
        // Text of template and message that touch are encoded together, as they were when the model was trained.
        run += part;
        continue;
      }
      endRun();
      ids.push(id);
    }
  }
  endRun();
  const { bosId, addsBos } = vocabulary;
  return Int32Array.from(addsBos && bosId !== undefined && ids[0] !== bosId ? [bosId, ...ids] : ids);
}

/**
 * The rendered chat, cut into what the template wrote and what the messages hold. Markers are rendered in place of the
 * contents; that they stand where the contents would is proved by putting the contents back and comparing with the plain
 * rendering. A template that edits contents otherwise than by trimming fails the proof; then no content may hold the text of
 * an added token.
 */
function chatPieces(
  messages: readonly Message[],
  template: ChatTemplate,
  addedPattern: RegExp | undefined,
): readonly ChatPiece[] {
  const plain = template.render(messages);
  const marker = markerFor(messages, template);
  // An empty content has nothing to hide, and templates ask whether there is one.
  const marked = messages.map((message, index) => ({
    ...message,
    content: message.content === '' ? '' : `${marker}x${index}x`,
  }));
  const rendered = template.render(marked);
  const parts = rendered.split(new RegExp(`${marker}x(\\d+)x`));
  for (const edited of [(content: string) => content, (content: string) => content.trim()]) {
    const pieces = parts.map((part, index) =>
      index % 2 === 0
        ? { text: part, isContent: false }
        : { text: edited(messages[Number(part)]?.content ?? ''), isContent: true },
    );
    if (pieces.map(({ text }) => text).join('') === plain) return pieces;
  }
  refuseControlTokens(messages, { plain, rendered, addedPattern });
  return [{ text: plain, isContent: false }];
}

function refuseControlTokens(
  messages: readonly Message[],
  { plain, rendered, addedPattern }: { plain: string; rendered: string; addedPattern: RegExp | undefined },
): void {
  if (addedPattern === undefined) return;
  for (const { content } of messages) {
    const [token] = content.match(addedPattern) ?? [];
    if (token !== undefined) throw controlTokenInContent({ token });
  }
  // Halves of a token that the template would join have no match in a content, but one more in the whole.
  const tokensOf = (text: string): string[] => text.match(addedPattern) ?? [];
  const expected = tokensOf(rendered);
  const surplus = tokensOf(plain).find((token, index) => token !== expected[index]);
  if (surplus !== undefined) throw controlTokenInContent({ token: surplus });
}

function markerFor(messages: readonly Message[], template: ChatTemplate): string {
  for (;;) {
    const marker = randomBytes(16).toString('hex');
    const isTaken = template.source.includes(marker) || messages.some(({ content }) => content.includes(marker));
    if (!isTaken) return marker;
  }
}

// Search for many texts at once

/** Undefined when there are none. Longer ones are found before those that they begin with. */
function anyOf(texts: Iterable<string>): RegExp | undefined {
  const byLength = [...texts].sort((a, b) => b.length - a.length);
  if (byLength.length === 0) return undefined;
  return new RegExp(byLength.map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|'), 'g');
}

/** The texts between the matches and the matches themselves, in order. */
function splitAt(text: string, pattern: RegExp | undefined): string[] {
  if (pattern === undefined) return [text];
  const pieces: string[] = [];
  let end = 0;
  for (const { 0: match, index } of text.matchAll(pattern)) {
    pieces.push(text.slice(end, index), match);
    end = index + match.length;
  }
  return [...pieces, text.slice(end)].filter((piece) => piece !== '');
}
