import type { Message } from '../core/index.js';

/** Text to ids and back, with the model's own chat template; made from a parameter file's metadata. */
export interface ChatTokenizer {
  readonly nVocabulary: number;
  /** Ids that end an assistant's turn. */
  readonly endOfTurn: ReadonlySet<number>;
  /**
   * The whole chat with the header of the assistant's turn. Content is encoded apart from the template's control tokens,
   * so that a message can never close its own turn.
   *
   * @throws InputError when that cannot be had for these messages, ModelError when the template fails on them.
   */
  encodeChat(messages: readonly Message[]): Int32Array;
  /** The chat as the model reads it, as text: for people to look at, never to be encoded. */
  renderChat(messages: readonly Message[]): string;
  /** Plain text, no control tokens, nothing added. */
  encodeText(text: string): Int32Array;
  /** The bytes of one token, UTF-8; a token may hold half a character. Control tokens give none. */
  bytesOf(id: number): Uint8Array;
}
