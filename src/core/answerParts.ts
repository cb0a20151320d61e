import type { TextRange } from './textRange.js';

/**
 * What a part of an answer is. `head`: the first row of a table with the line of dashes under it, without which the others
 * are no table.
 */
export type PartKind = 'paragraph' | 'heading' | 'item' | 'code' | 'head' | 'row';

/** A paragraph, list item, code block, table row or heading: what a labeler takes over into a composed answer. */
export interface AnswerBlock extends TextRange {
  readonly kind: PartKind;
}

interface Line {
  readonly start: number;
  readonly text: string;
  /** Without indentation and the marks of quotes. */
  readonly body: string;
}

/** A formula of its own line is looked for so far; then its beginning is a word like any other. */
const maxFormulaLines = 200;

/**
 * The parts of a text in Markdown, in their order. Every word of it lies in one of them; between them are only spaces. Read
 * line by line: what a Markdown parser would see differently (a lazy line, a list in a quote) is still a part.
 *
 * @param from where the answer begins, after its thoughts.
 */
export function answerParts(text: string, from = 0): AnswerBlock[] {
  const lines = linesOf(text, from);
  const parts: AnswerBlock[] = [];
  for (let index = 0; index < lines.length;) {
    const line = lines[index];
    if (line === undefined) break;
    if (line.body === '') {
      index += 1;
      continue;
    }
    const { kind, end } = partAt(lines, index, parts.at(-1)?.kind);
    const last = lines[end - 1] ?? line;
    const isIndentedCode = kind === 'code' && !isFence(line.body) && !isFormula(line.body);
    const indent = isIndentedCode ? 0 : line.text.length - line.text.trimStart().length;
    parts.push({ kind, start: line.start + indent, end: last.start + last.text.trimEnd().length });
    index = end;
  }
  return parts;
}

/** A part as it stands alone: without the indentation that it has inside of a list. */
export function partText(text: string, { start, end }: TextRange): string {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const before = text.slice(lineStart, start);
  const part = text.slice(start, end);
  if (before === '' || before.trim() !== '') return part;
  return part.replace(new RegExp(`\\n[^\\S\\n]{1,${Math.min(before.length, 1000)}}`, 'g'), '\n');
}

/** The mark of a list item with the space after it, `2. `; empty for any other text. */
export const itemMark = (text: string): string => /^(?:[-*+•]|\d{1,9}[.)])(?:[^\S\n]+|(?=\n)|$)/.exec(text)?.[0] ?? '';

function linesOf(text: string, from: number): Line[] {
  let start = from;
  return text
    .slice(from)
    .split('\n')
    .map((line) => {
      const read = { start, text: line, body: line.replace(/^[\s>]+/, '').trimEnd() };
      start += line.length + 1;
      return read;
    });
}

/** What begins at a line, and the line after its last one. */
function partAt(
  lines: readonly Line[],
  index: number,
  before: PartKind | undefined,
): { readonly kind: PartKind; readonly end: number } {
  const body = bodyAt(lines, index);
  const isAfterBlank = bodyAt(lines, index - 1) === '';
  const formulaEnd = endOfFormula(lines, index);
  const inItem = isItem(body) ? body.slice(itemMark(body).length) : '';
  if (isFence(body)) return { kind: 'code', end: endOfFence(lines, index, body) };
  if (isFence(inItem)) return { kind: 'item', end: endOfFence(lines, index, inItem) };
  if (formulaEnd !== undefined) return { kind: 'code', end: formulaEnd };
  if (isHeading(body)) return { kind: 'heading', end: index + 1 };
  if (isRule(body)) return { kind: 'paragraph', end: index + 1 };
  if (isTableHead(lines, index)) return { kind: 'head', end: index + 2 };
  if (!isItem(body) && !isAfterBlank && (before === 'head' || before === 'row')) return { kind: 'row', end: index + 1 };
  const isIndented = (at: number) => /^(?: {4}|\t)/.test(lines[at]?.text ?? '') && bodyAt(lines, at) !== '';
  if (!isItem(body) && isAfterBlank && isIndented(index) && before !== 'item') {
    let end = index + 1;
    while (isIndented(end)) end += 1;
    return { kind: 'code', end };
  }
  let end = index + 1;
  while (bodyAt(lines, end) !== '' && !begins(lines, end)) end += 1;
  return { kind: isItem(body) ? 'item' : 'paragraph', end };
}

const bodyAt = (lines: readonly Line[], index: number): string => lines[index]?.body ?? '';

/** Whether a line ends the paragraph or item before it. */
function begins(lines: readonly Line[], index: number): boolean {
  const body = bodyAt(lines, index);
  const isOther = isFence(body) || isHeading(body) || isItem(body) || isTableHead(lines, index);
  // Dashes under a paragraph make it a heading.
  return isOther || (isRule(body) && !body.startsWith('-')) || endOfFormula(lines, index) !== undefined;
}

const isFence = (body: string): boolean => /^(?:`{3,}[^`]*|~{3,}.*)$/.test(body);
const isFormula = (body: string): boolean => /^(?:\$\$|\\\[)/.test(body);
const isHeading = (body: string): boolean => /^#{1,6}(?:\s|$)/.test(body);
const isItem = (body: string): boolean => /^(?:[-*+•]|\d{1,9}[.)])(?:\s|$)/.test(body) && !isRule(body);
const isRule = (body: string): boolean => /^(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/.test(body);

function isTableHead(lines: readonly Line[], index: number): boolean {
  if (!bodyAt(lines, index).includes('|')) return false;
  const dashes = bodyAt(lines, index + 1);
  const cells = dashes.split('|').map((cell) => cell.trim());
  return dashes.includes('|') && cells.some(Boolean) && cells.every((cell) => /^(?::?-+:?)?$/.test(cell));
}

function endOfFence(lines: readonly Line[], index: number, opening: string): number {
  const mark = /^(?:`+|~+)/.exec(opening)?.[0] ?? '';
  const isClosing = (body: string) => body.startsWith(mark) && body === (mark[0] ?? '').repeat(body.length);
  let end = index + 1;
  while (end < lines.length && !isClosing(bodyAt(lines, end))) end += 1;
  return Math.min(lines.length, end + 1);
}

/** Undefined where no formula begins, or where it has no end. */
function endOfFormula(lines: readonly Line[], index: number): number | undefined {
  const body = bodyAt(lines, index);
  if (!isFormula(body)) return undefined;
  const closing = body.startsWith('$') ? '$$' : '\\]';
  if (body.includes(closing, 2)) return body.endsWith(closing) ? index + 1 : undefined;
  for (let end = index + 1; end < Math.min(lines.length, index + maxFormulaLines); end += 1)
    if (bodyAt(lines, end).includes(closing)) return end + 1;
  return undefined;
}
