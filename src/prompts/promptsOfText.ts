import { jsonFaultOf, type Parsed, type Problem, type Prompt } from '../core/index.js';
import { promptRowOf } from './columns.js';
import { jsonItems, parseJson } from './jsonText.js';
import { type Fault, loneSurrogate, type Place, problemAt } from './problems.js';
import { interchangePrompt } from './readPromptFile.js';
import { isObject } from './turns.js';

export interface TextOrigin {
  /** The editor's language, e.g. `json`, `jsonl`, `markdown`. */
  readonly languageId?: string;
  /** The document, and the line (1-based) on which the text begins. */
  readonly source: { readonly file: string; readonly line: number };
}

/**
 * The prompts of a text that someone selected in an editor: the rows of JSON or JSON Lines, else all of it as one prompt.
 * Text that only looks like JSON is a prompt too, unless the editor's language says that it is JSON.
 */
export function promptsOfText(text: string, { languageId, source }: TextOrigin): Parsed<Prompt> {
  const place = (line: number): Place => ({
    file: source.file,
    line: source.line + line - 1,
    source: source.file,
  });
  const isJson = languageId !== undefined && /^json/i.test(languageId);
  if (isJson || looksLikeRows(text)) return rowsOf(text, place);
  const firstLine = text.slice(0, text.length - text.trimStart().length).split('\n').length;
  const fault = surrogateFault(text);
  if (fault !== undefined) return { rows: [], problems: [problemAt(place(firstLine), fault)] };
  const row = promptRowOf({ prompt: text.trim() }, place(firstLine));
  return 'fault' in row
    ? { rows: [], problems: [problemAt(place(firstLine), row.fault)] }
    : { rows: [row.value.prompt], problems: [] };
}

function rowsOf(text: string, place: (line: number) => Place): Parsed<Prompt> {
  const prompts = new Map<string, Prompt>();
  const problems: Problem[] = [];
  for (const item of jsonItems(text)) {
    const parsed = parseJson(item.text);
    const row =
      'fault' in parsed ? parsed : promptRowOf(interchangePrompt(parsed.value) ?? parsed.value, place(item.line));
    if ('fault' in row) problems.push(problemAt(place(item.line), row.fault));
    else if (!prompts.has(row.value.prompt.id)) prompts.set(row.value.prompt.id, row.value.prompt);
  }
  return { rows: [...prompts.values()], problems };
}

/** Every row an object: only then someone meant rows and not a question about a piece of JSON. */
function looksLikeRows(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  const values = [...jsonItems(text)].map((item) => parseJson(item.text));
  return (
    values.length > 0 &&
    values.every((parsed) => 'value' in parsed && isObject(parsed.value)) &&
    values.some(
      (parsed) =>
        'value' in parsed && !('fault' in promptRowOf(interchangePrompt(parsed.value) ?? parsed.value, nowhere)),
    )
  );
}

const nowhere: Place = { file: '', line: 1, source: '' };

/** In JSON the escapes tell; here the text itself is looked at, as if it was a JSON string. */
function surrogateFault(text: string): Fault | undefined {
  const fault = jsonFaultOf(`"${text.replace(/["\\]/g, ' ')}"`);
  return fault?.kind === 'lone-surrogate' ? loneSurrogate(fault.offset) : undefined;
}
