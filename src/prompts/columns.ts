import * as l10n from '@vscode/l10n';
import { Candidate, candidateIdOf, type Message, Prompt, promptIdOf } from '../core/index.js';
import { parseJson } from './jsonText.js';
import {
  badTurns,
  type Checked,
  emptyCandidate,
  emptyPrompt,
  type Fault,
  noPrompt,
  notAnObject,
  type Place,
  twoSystems,
} from './problems.js';
import { pythonLiteral } from './pythonLiteral.js';
import { isObject, looksLikeTurns, promptTurns, splitAnswer, turnsOf } from './turns.js';

// The names under which published data sets and other tools keep each thing; the first of a list that is there is taken.
const chatNames = ['messages', 'conversations', 'conversation', 'context'];
const textNames = ['prompt', 'instruction', 'question', 'query', 'input', 'text', 'problem'];
const systemNames = ['system', 'system_prompt'];
const referenceNames = [
  'reference',
  'reference_answer',
  'answer',
  'ground_truth',
  'output',
  'response',
  'completion',
  'expected',
];
const idNames = ['id', 'prompt_id', 'question_id', 'custom_id', 'uuid'];
const listNames = ['responses', 'answers', 'completions'];
const singleNames = [
  'chosen',
  'rejected',
  'response1',
  'response2',
  'response_1',
  'response_2',
  'response_a',
  'response_b',
  'conversation_a',
  'conversation_b',
  'preferred_output',
  'non_preferred_output',
];
/** Two chats that differ in the last turn only; their common turns are the prompt when no column holds one. */
const implicitPairs: readonly (readonly [string, string])[] = [
  ['chosen', 'rejected'],
  ['conversation_a', 'conversation_b'],
];
const answerTextNames = ['text', 'content', 'response', 'completion', 'output', 'answer'];

/** A row of a prompt file: the prompt, and the answers that the row brings along. */
export interface PromptRow {
  readonly prompt: Prompt;
  readonly candidates: readonly Candidate[];
  /** What was left out of the row, though the prompt is good. */
  readonly faults: readonly Fault[];
}

/**
 * One row of a data set as a prompt. Columns that mean nothing to us are kept as metadata; so is the row's own id, as
 * `metadata.touchstone.id`, since prompts are named by their content. A column called `__proto__` is not kept.
 */
export function promptRowOf(value: unknown, place: Place): Checked<PromptRow> {
  if (!isObject(value)) return { fault: notAnObject() };
  const own = ownPrompt(value);
  if (own !== undefined) return own;
  const row = new Columns(batchRequest(value) ?? value);

  const found = row.chat() ?? row.text() ?? row.implicit();
  if (found === undefined) return { fault: noPrompt([...chatNames, ...textNames], Object.keys(value)) };
  if ('fault' in found) return found;
  const { field, turns, answer } = found.value;

  const messages = withSystem(turns, row.system());
  if ('fault' in messages) return messages;
  const checked = promptTurns(messages.value, field);
  if ('fault' in checked) return checked;

  const { answers, faults } = row.answers();
  if (answer !== undefined && answer.trim() !== '') answers.push({ text: answer, column: field, rest: {} });
  const reference = row.reference();
  const id = promptIdOf({ messages: checked.value, reference });
  const metadata = row.metadata(id);
  return {
    value: {
      prompt: Prompt.parse({
        id,
        messages: checked.value,
        ...(reference === undefined ? {} : { reference }),
        ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
        source: { file: place.source, line: place.line },
      }),
      candidates: candidatesOf(id, answers),
      faults,
    },
  };
}

/**
 * The id of a candidate that came in a column: two equal answers to a prompt are one candidate, in whichever columns and
 * files they stand.
 */
function candidatesOf(promptId: Prompt['id'], answers: readonly Answer[]): Candidate[] {
  const byId = new Map<string, Candidate>();
  for (const { text, column, model, rest } of answers) {
    const id = candidateIdOf([promptId, 'import', text]);
    if (byId.has(id)) continue;
    byId.set(
      id,
      Candidate.parse({
        id,
        promptId,
        text,
        origin: 'import',
        ...(model === undefined ? {} : { model: { name: model } }),
        metadata: { ...rest, touchstone: { column } },
      }),
    );
  }
  return [...byId.values()];
}

/** A line that Touchstone wrote itself: its id is that of its content, and all its fields are where they belong. */
function ownPrompt(value: Readonly<Record<string, unknown>>): Checked<PromptRow> | undefined {
  if (typeof value['id'] !== 'string' || !Array.isArray(value['messages'])) return undefined;
  const parsed = Prompt.safeParse(value);
  if (!parsed.success || parsed.data.id !== promptIdOf(parsed.data)) return undefined;
  const checked = promptTurns(parsed.data.messages, 'messages');
  return 'fault' in checked ? checked : { value: { prompt: parsed.data, candidates: [], faults: [] } };
}

/** A request line of the Batch API: the chat is inside, what else it asks for is metadata. */
function batchRequest(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  const body = value['body'];
  if (typeof value['custom_id'] !== 'string' || !isObject(body) || !Array.isArray(body['messages'])) return undefined;
  const { messages, ...request } = body;
  return { custom_id: value['custom_id'], messages, ...(Object.keys(request).length === 0 ? {} : { request }) };
}

function withSystem(
  turns: readonly Message[],
  system: { readonly field: string; readonly text: string } | undefined,
): Checked<Message[]> {
  if (system === undefined) return { value: [...turns] };
  const first = turns[0];
  if (first?.role !== 'system') return { value: [{ role: 'system', content: system.text }, ...turns] };
  return first.content === system.text ? { value: [...turns] } : { fault: twoSystems(system.field) };
}

interface FoundPrompt {
  readonly field: string;
  readonly turns: readonly Message[];
  /** A trailing assistant turn. */
  readonly answer?: string | undefined;
}

interface Answer {
  readonly text: string;
  readonly column: string;
  readonly model?: string | undefined;
  readonly rest: Readonly<Record<string, unknown>>;
}

/** The columns of one row; what has been taken does not come again as metadata. */
class Columns {
  readonly #cells: ReadonlyMap<string, unknown>;
  readonly #taken = new Set<string>();

  /** Columns without a value are as if they were not there: Parquet and pandas fill every row with them. */
  constructor(row: Readonly<Record<string, unknown>>) {
    this.#cells = new Map(
      Object.entries(row).filter(([name, cell]) => name !== '__proto__' && cell !== null && cell !== undefined),
    );
  }

  chat(): Checked<FoundPrompt> | undefined {
    for (const field of chatNames) {
      const value = nested(this.#cells.get(field));
      if (Array.isArray(value) && (field !== 'context' || looksLikeTurns(value))) return this.#chatIn(field, value);
    }
    return undefined;
  }

  text(): Checked<FoundPrompt> | undefined {
    for (const field of textNames) {
      const raw = this.#cells.get(field);
      const value = nested(raw);
      if (looksLikeTurns(value)) return this.#chatIn(field, value);
      if (isObject(raw) && Array.isArray(raw['messages'])) return this.#chatIn(field, raw['messages']);
      if (typeof raw !== 'string') continue;
      this.#taken.add(field);
      const input = field === 'instruction' ? this.#cells.get('input') : undefined;
      if (typeof input === 'string') this.#taken.add('input');
      const content = typeof input === 'string' && input.trim() !== '' ? `${raw}\n${input}` : raw;
      if (content.trim() === '') return { fault: emptyPrompt(field) };
      return { value: { field, turns: [{ role: 'user', content }] } };
    }
    return undefined;
  }

  implicit(): Checked<FoundPrompt> | undefined {
    for (const [left, right] of implicitPairs) {
      const values = [nested(this.#cells.get(left)), nested(this.#cells.get(right))];
      if (!values.every(looksLikeTurns)) continue;
      const first = turnsOf(values[0], left);
      if ('fault' in first) return first;
      const second = turnsOf(values[1], right);
      if ('fault' in second) return second;
      const turns = splitAnswer(first.value).messages;
      const others = splitAnswer(second.value).messages;
      if (JSON.stringify(turns) !== JSON.stringify(others))
        return { fault: badTurns(left, l10n.t('they differ from those of "{0}" before the last turn.', right)) };
      return { value: { field: left, turns } };
    }
    return undefined;
  }

  system(): { readonly field: string; readonly text: string } | undefined {
    for (const field of systemNames) {
      const text = this.#cells.get(field);
      if (typeof text !== 'string') continue;
      this.#taken.add(field);
      if (text.trim() !== '') return { field, text };
    }
    return undefined;
  }

  answers(): { readonly answers: Answer[]; readonly faults: Fault[] } {
    const answers: Answer[] = [];
    const faults: Fault[] = [];
    const add = (column: string, item: unknown, model?: string): boolean => {
      const answer = answerOf(item, column, model);
      if (answer === undefined) return false;
      if (answer.text.trim() === '') faults.push(emptyCandidate(column));
      else answers.push(answer);
      return true;
    };
    for (const column of listNames) {
      const items = nested(this.#cells.get(column));
      if (!Array.isArray(items) || this.#taken.has(column)) continue;
      const isRead = items.map((item: unknown, index) => add(`${column}[${index}]`, item));
      // A list of something else stays what it is: metadata.
      if (isRead.length > 0 && isRead.every((read) => read)) this.#taken.add(column);
    }
    for (const column of singleNames) {
      const side = /_([ab])$/.exec(column)?.[1];
      const model = side === undefined ? undefined : this.#cells.get(`model_${side}`);
      if (
        !this.#taken.has(column) &&
        add(column, this.#cells.get(column), typeof model === 'string' ? model : undefined)
      )
        this.#taken.add(column);
    }
    return { answers, faults };
  }

  reference(): string | undefined {
    for (const field of referenceNames) {
      if (this.#taken.has(field)) continue;
      const value = nested(this.#cells.get(field));
      const text = looksLikeTurns(value) ? lastAnswer(value, field) : value;
      if (typeof text !== 'string' && typeof text !== 'number' && typeof text !== 'boolean') continue;
      this.#taken.add(field);
      const raw = this.#cells.get(field);
      if (String(text).trim() !== '') return typeof raw === 'string' && !looksLikeTurns(value) ? raw : String(text);
    }
    return undefined;
  }

  /** Everything that was not taken, the members of a column `metadata` beside the others, and the row's own id. */
  metadata(promptId: string): Record<string, unknown> {
    const idName = idNames.find((name) => ['string', 'number'].includes(typeof this.#cells.get(name)));
    if (idName !== undefined) this.#taken.add(idName);
    const nestedMetadata = this.#cells.get('metadata');
    const entries: [string, unknown][] = isObject(nestedMetadata)
      ? Object.entries(nestedMetadata).filter(([name]) => name !== '__proto__')
      : [];
    if (isObject(nestedMetadata)) this.#taken.add('metadata');
    for (const [name, cell] of this.#cells) if (!this.#taken.has(name)) entries.push([name, cell]);
    const metadata = Object.fromEntries(entries);
    const id = idName === undefined ? undefined : this.#cells.get(idName);
    return id === undefined || id === promptId ? metadata : withOriginalId(metadata, id);
  }

  #chatIn(field: string, value: unknown): Checked<FoundPrompt> {
    this.#taken.add(field);
    const turns = turnsOf(value, field);
    if ('fault' in turns) return turns;
    const { messages, answer } = splitAnswer(turns.value);
    return { value: { field, turns: messages, answer } };
  }
}

/** Keeps the id that a row had elsewhere. */
export const withOriginalId = (metadata: Readonly<Record<string, unknown>>, id: unknown): Record<string, unknown> => {
  const touchstone = metadata['touchstone'];
  return { ...metadata, touchstone: { ...(isObject(touchstone) ? touchstone : {}), id } };
};

/** An answer in any of the shapes in which data sets hold one; undefined when it is none of them. */
function answerOf(value: unknown, column: string, model?: string): Answer | undefined {
  const item = nested(value);
  if (looksLikeTurns(item)) {
    const text = lastAnswer(item, column);
    return text === undefined ? undefined : { text, column, model, rest: {} };
  }
  if (typeof value === 'string') return { text: value, column, model, rest: {} };
  if (!isObject(item)) return undefined;
  const name = answerTextNames.find((each) => typeof item[each] === 'string' || looksLikeTurns(item[each]));
  if (name === undefined) return undefined;
  const held = item[name];
  const text = typeof held === 'string' ? held : lastAnswer(held, column);
  if (text === undefined) return undefined;
  const own = item['model'];
  const rest = Object.entries(item).filter(
    ([key]) => key !== name && key !== '__proto__' && key !== 'role' && !(key === 'model' && typeof own === 'string'),
  );
  return {
    text,
    column,
    model: typeof own === 'string' && own !== '' ? own : model,
    rest: Object.fromEntries(rest),
  };
}

function lastAnswer(value: unknown, field: string): string | undefined {
  const turns = turnsOf(value, field);
  return 'fault' in turns ? undefined : splitAnswer(turns.value).answer;
}

/** A cell of a table may hold a list or an object as JSON or as Python writes it. Anything else stays as it is. */
function nested(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (!(text.startsWith('[') && text.endsWith(']')) && !(text.startsWith('{') && text.endsWith('}'))) return value;
  const json = parseJson(text);
  if ('value' in json) return json.value;
  return pythonLiteral(text) ?? value;
}
