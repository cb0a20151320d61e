import * as l10n from '@vscode/l10n';
import type { Message, Role } from '../core/index.js';
import { badTurn, badTurns, type Checked, emptyPrompt, shown } from './problems.js';

/** Names of the three roles in the data sets that people have; the first column is ours. */
const roles: ReadonlyMap<string, Role> = new Map<string, Role>([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['human', 'user'],
  ['prompter', 'user'],
  ['assistant', 'assistant'],
  ['gpt', 'assistant'],
  ['model', 'assistant'],
  ['bot', 'assistant'],
  ['chatgpt', 'assistant'],
]);

/** Reads a list of turns, `role`/`content` or `from`/`value`. `content` may be a list of text parts. */
export function turnsOf(value: unknown, field: string): Checked<Message[]> {
  if (!Array.isArray(value)) return { fault: badTurns(field, l10n.t('they must be a list.')) };
  const turns: Message[] = [];
  for (const [index, item] of value.entries()) {
    const turn: unknown = item;
    if (!isObject(turn))
      return { fault: badTurn(field, index, l10n.t('it must be an object with "role" and "content".')) };
    const name = turn['role'] ?? turn['from'];
    if (typeof name !== 'string') return { fault: badTurn(field, index, l10n.t('"role" is missing.')) };
    const role = roles.get(name.toLowerCase());
    if (role === undefined)
      return {
        fault: badTurn(
          field,
          index,
          l10n.t('the role "{0}" is not known. Use system, user or assistant.', shown(name)),
        ),
      };
    const content = contentOf(turn['content'] ?? turn['value']);
    if (content === undefined)
      return {
        fault: badTurn(field, index, l10n.t('"content" must be a text; other kinds of content are not supported.')),
      };
    turns.push({ role, content });
  }
  return { value: turns };
}

/** True for what `turnsOf` is meant for: a list whose first item names a role. */
export const looksLikeTurns = (value: unknown): value is unknown[] => {
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  return isObject(first) && (typeof first['role'] === 'string' || typeof first['from'] === 'string');
};

/** Takes a trailing assistant turn off: it is an answer to the prompt, not a part of it. */
export function splitAnswer(turns: readonly Message[]): { readonly messages: Message[]; readonly answer?: string } {
  const last = turns.at(-1);
  return last?.role === 'assistant' ? { messages: turns.slice(0, -1), answer: last.content } : { messages: [...turns] };
}

/**
 * A prompt's turns, or why they are none: system at most once and first, then user and assistant alternating, the last one
 * the user's. It is the strictest that chat templates ask for (Gemma's refuses two user turns in a row, Qwen's a late
 * system turn), so that a prompt fits every model.
 */
export function promptTurns(turns: readonly Message[], field: string): Checked<Message[]> {
  if (turns.length === 0) return { fault: emptyPrompt(field) };
  const chat = turns[0]?.role === 'system' ? turns.slice(1) : turns;
  for (const [index, turn] of chat.entries()) {
    if (turn.role === 'system')
      return { fault: badTurns(field, l10n.t('a system turn must be the only one and stand first.')) };
    const expected = index % 2 === 0 ? 'user' : 'assistant';
    if (turn.role !== expected)
      return {
        fault: badTurns(
          field,
          index === 0
            ? l10n.t('the first turn must be the user’s, not the assistant’s.')
            : l10n.t('there are two {0} turns in a row. Join them or put the missing turn between them.', turn.role),
        ),
      };
  }
  const last = chat.at(-1);
  if (last === undefined) return { fault: badTurns(field, l10n.t('there is no user turn to answer.')) };
  if (last.role !== 'user') return { fault: badTurns(field, l10n.t('the last turn must be the user’s.')) };
  if (last.content.trim() === '') return { fault: emptyPrompt(field) };
  return { value: [...turns] };
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function contentOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  const texts = value.map((part: unknown) =>
    typeof part === 'string' ? part : isObject(part) && typeof part['text'] === 'string' ? part['text'] : undefined,
  );
  return texts.every((text) => text !== undefined) ? texts.join('') : undefined;
}
