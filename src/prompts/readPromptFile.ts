import { basename, isAbsolute, relative, sep } from 'node:path';
import type { Parsed, Problem, Prompt } from '../core/index.js';
import { promptRowOf } from './columns.js';
import { utf8Text } from './fileText.js';
import { parseJson } from './jsonText.js';
import { type Fault, notUtf8, type Place, problemAt } from './problems.js';
import { type FileSyntax, isProblem, readRows } from './readRows.js';
import { isObject } from './turns.js';

export interface ReadPromptFileOptions {
  /** The project's folder: files inside it are named relative to it in `source`. */
  readonly folder?: string;
  readonly syntax?: FileSyntax;
  readonly signal?: AbortSignal;
}

/** Work between two pauses, milliseconds. */
const sliceMs = 16;

/**
 * The prompts of one file of any format, in its order; one that stands there twice comes once. Bad rows are problems.
 *
 * @throws InputError when the file as a whole cannot be read; the signal's reason.
 */
export async function readPromptFile(path: string, options: ReadPromptFileOptions = {}): Promise<Parsed<Prompt>> {
  const prompts = new Map<string, Prompt>();
  const problems: Problem[] = [];
  let sliceEnd = performance.now() + sliceMs;
  for await (const item of readRows(path, options)) {
    if (performance.now() > sliceEnd) {
      // Rows of a document that is in memory come without a pause: an editor must not wait for the last of a million.
      await new Promise((resolve) => setImmediate(resolve));
      sliceEnd = performance.now() + sliceMs;
    }
    if (isProblem(item)) {
      problems.push(item);
      continue;
    }
    const place = placeOf(path, item.line, options.folder);
    const row = promptRowOf(interchangePrompt(item.value) ?? item.value, place);
    if ('fault' in row) problems.push(problemAt(place, row.fault));
    else if (!prompts.has(row.value.prompt.id)) prompts.set(row.value.prompt.id, row.value.prompt);
  }
  return { rows: [...prompts.values()], problems };
}

/** `readPromptFile` for the files of one project, as the store wants it: whole files, and single lines of JSON Lines. */
export const promptFileReader = (folder: string) =>
  Object.assign((path: string): Promise<Parsed<Prompt>> => readPromptFile(path, { folder }), {
    lineOf: (path: string, line: number, bytes: Uint8Array) => promptOfLine(placeOf(path, line, folder), bytes),
  });

/** What `readPromptFile` gives for one line of a JSON Lines file; undefined for a blank one. */
function promptOfLine(
  place: Place,
  bytes: Uint8Array,
): { readonly prompt: Prompt } | { readonly problem: Problem } | undefined {
  const problem = (fault: Fault) => ({ problem: problemAt(place, fault) });
  const text = utf8Text(bytes);
  if (text === undefined) return problem(notUtf8());
  if (text.trim() === '') return undefined;
  const parsed = parseJson(text);
  if ('fault' in parsed) return problem(parsed.fault);
  const row = promptRowOf(interchangePrompt(parsed.value) ?? parsed.value, place);
  return 'fault' in row ? problem(row.fault) : { prompt: row.value.prompt };
}

export const placeOf = (path: string, line: number, folder: string | undefined): Place => ({
  file: path,
  line,
  source: sourceOf(path, folder),
});

/** The prompt of an interchange record, when the row is one; its gold is no part of it, as its answers are not. */
export function interchangePrompt(value: unknown): unknown {
  if (!isObject(value) || !isObject(value['prompt']) || Array.isArray(value['messages'])) return undefined;
  const { gold: _, ...prompt } = value['prompt'];
  return Array.isArray(prompt['messages']) ? prompt : undefined;
}

/**
 * Relative to the project inside of it, with `/`, so that a project reads the same on every system. Of a file elsewhere only
 * the name: the folders of a person's machine have no place in data that is passed on.
 */
function sourceOf(path: string, folder: string | undefined): string {
  if (folder === undefined) return basename(path);
  const inside = relative(folder, path);
  const isInside = inside !== '' && !inside.startsWith('..') && !isAbsolute(inside);
  return isInside ? inside.split(sep).join('/') : basename(path);
}
