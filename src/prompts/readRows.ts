import { extname } from 'node:path';
import type { Problem } from '../core/index.js';
import { fileHead, fileLines, wholeText } from './fileText.js';
import { jsonItems, parseJson } from './jsonText.js';
import { parquetRows } from './parquetRows.js';
import { type Checked, problemAt } from './problems.js';
import { tableRows } from './tableRows.js';

/** A row that no one has looked into yet. `line` is 1-based; in a Parquet file it is the number of the row. */
export interface RawRow {
  readonly line: number;
  readonly value: unknown;
}

/** How a file is cut into rows. */
export type FileSyntax = 'jsonl' | 'json' | 'csv' | 'tsv' | 'parquet' | 'lines' | 'markdown';

/** Largest JSON document or table, in bytes: it is held as one text, which has a limit of its own at twice this. */
const maxWholeBytes = 256 * 1024 * 1024;

export interface ReadRowsOptions {
  /** Guessed from name and content when left out. */
  readonly syntax?: FileSyntax;
  readonly signal?: AbortSignal;
}

/**
 * The rows of a file, each beside what is wrong with others; told apart by `isProblem`. A row is a JSON value; of a table it
 * is an object of texts, of a plain text `{ prompt: line }`.
 *
 * @throws InputError when the file as a whole cannot be read; the signal's reason.
 */
export async function* readRows(path: string, options: ReadRowsOptions = {}): AsyncGenerator<RawRow | Problem> {
  const { signal } = options;
  const syntax = options.syntax ?? (await syntaxOf(path));
  const rowOrProblem = (line: number, checked: Checked<unknown>): RawRow | Problem =>
    'fault' in checked ? problemAt({ file: path, line }, checked.fault) : { line, value: checked.value };

  switch (syntax) {
    case 'jsonl':
      for await (const item of fileLines(path, signal)) {
        if (isProblem(item)) yield item;
        else if (item.text.trim() !== '') yield rowOrProblem(item.line, parseJson(item.text));
      }
      return;
    case 'json': {
      const { text, problems } = await wholeText(path, maxWholeBytes, signal);
      yield* problems;
      for (const item of jsonItems(text)) yield rowOrProblem(item.line, parseJson(item.text));
      return;
    }
    case 'csv':
    case 'tsv': {
      const { text, problems } = await wholeText(path, maxWholeBytes, signal);
      yield* problems;
      for (const row of tableRows(text, syntax === 'tsv' ? '\t' : undefined))
        yield 'fault' in row
          ? problemAt({ file: path, line: row.line }, row.fault)
          : { line: row.line, value: row.cells };
      return;
    }
    case 'parquet':
      for await (const row of parquetRows(path, signal))
        yield 'fault' in row
          ? problemAt({ file: path, line: row.row }, row.fault)
          : { line: row.row, value: row.value };
      return;
    case 'lines':
    case 'markdown':
      for await (const item of fileLines(path, signal)) {
        if (isProblem(item)) yield item;
        else {
          const prompt = syntax === 'markdown' ? listItem(item.text) : item.text.trim();
          if (prompt !== '') yield { line: item.line, value: { prompt } };
        }
      }
      return;
  }
}

export const isProblem = (item: object): item is Problem => 'code' in item && 'message' in item;

/** By the name's end; a file of any other name, or a `.json` and `.jsonl` that is the other, by how it begins. */
async function syntaxOf(path: string): Promise<FileSyntax> {
  const head = await fileHead(path, 4096);
  const start = textOf(head).trimStart();
  if (start.startsWith('PAR1')) return 'parquet';
  switch (extname(path).toLowerCase()) {
    case '.jsonl':
    case '.ndjson':
      return start.startsWith('[') ? 'json' : 'jsonl';
    case '.json':
      return 'json';
    case '.csv':
      return 'csv';
    case '.tsv':
    case '.tab':
      return 'tsv';
    case '.parquet':
      return 'parquet';
    case '.md':
    case '.markdown':
      return 'markdown';
    case '.txt':
      return 'lines';
    default:
      if (start.startsWith('{')) return 'jsonl';
      return start.startsWith('[') ? 'json' : 'lines';
  }
}

/** Good enough to see how a file begins. */
function textOf(head: Uint8Array): string {
  const encoding =
    head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(head);
}

/** A line of a Markdown list of prompts without its mark; headings and rules are no prompts. */
function listItem(line: string): string {
  const text = line.trim();
  if (/^#{1,6}(?: |$)/.test(text) || /^(?:-{3,}|\*{3,}|_{3,})$/.test(text)) return '';
  return text.replace(/^(?:[-*+]|\d{1,9}[.)]) +(?:\[[ xX]\] +)?/, '');
}
