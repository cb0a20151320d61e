/** One step of an answer's reasoning. Offsets in UTF-16 code units of the whole text, `end` exclusive. */
export interface TextStep {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The steps of an answer, to be judged one by one. Where lines begin with "Step 1", "Step 2" … these are the steps.
 * Otherwise each paragraph and each item of an outermost list is one; a heading belongs to what follows it. A code block is
 * never cut, nor is a list item with what is indented below it.
 *
 * @returns in order, none overlapping, together all of the text but the white space between them.
 */
export function stepsOfText(text: string): TextStep[] {
  const lines = linesOf(text);
  const numbered = lines.filter((line) => line.isNumberedStep && !line.isInFence);
  const starts = numbered.length > 1 ? numberedStarts(lines) : looseStarts(lines);
  return starts.flatMap((start, index) => {
    const piece = text.slice(start, starts[index + 1] ?? text.length);
    const body = piece.trim();
    const at = start + piece.indexOf(body);
    return body === '' ? [] : [{ text: body, start: at, end: at + body.length }];
  });
}

/**
 * Where the step that begins at `from` ends: undefined while it may go on, that is, until another one begins.
 *
 * @param from where a step begins, or the space before it.
 */
export function endOfStep(text: string, from: number): number | undefined {
  const lines = linesOf(text);
  const at = from + text.slice(from).search(/\S/);
  const own = lines.findLast(({ start }) => start <= at);
  const next = own?.isNumberedStep
    ? lines.find((line) => line.start > at && line.isNumberedStep && !line.isInFence)?.start
    : stepsOfText(text).find(({ start }) => start > at)?.start;
  return next === undefined || at < from ? undefined : text.slice(0, next).trimEnd().length;
}

interface Line {
  /** Offset of its first character. */
  readonly start: number;
  readonly isBlank: boolean;
  /** Columns before its text; a tab counts as four. */
  readonly indent: number;
  /** Inside a code block, its first line not counted. */
  readonly isInFence: boolean;
  readonly isNumberedStep: boolean;
  readonly isHeading: boolean;
  readonly isListItem: boolean;
}

const fenceLine = /^\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)?(`{3,}(?!.*`)|~{3,})/;
/** `Step 3`, `**Step 3:**`, `## Step 3`, `3단계`, `단계 3`. */
const numberedStepLine = /^\s{0,3}(?:#{1,6}\s+)?(?:\*\*|__)?(?:step\s*\d+|단계\s*\d+|\d+\s*단계)(?![\p{L}\d])/iu;
const headingLine = /^\s{0,3}#{1,6}(?:\s|$)/;
const listItemLine = /^\s*(?:[-*+]|\d{1,9}[.)])\s+\S/;

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let fence: string | undefined;
  let start = 0;
  for (const line of text.split('\n')) {
    const isInFence = fence !== undefined;
    if (fence === undefined) fence = fenceLine.exec(line)?.[1];
    else {
      const closing = line.trim();
      if (closing.startsWith(fence) && closing === closing.charAt(0).repeat(closing.length)) fence = undefined;
    }
    lines.push({
      start,
      isBlank: line.trim() === '',
      indent: (/^\s*/.exec(line)?.[0] ?? '').replaceAll('\t', '    ').length,
      isInFence,
      isNumberedStep: numberedStepLine.test(line),
      isHeading: headingLine.test(line),
      isListItem: listItemLine.test(line),
    });
    start += line.length + 1;
  }
  return lines;
}

/** What stands before the first numbered step is a step of its own. */
function numberedStarts(lines: readonly Line[]): number[] {
  const starts = lines.filter((line) => line.isNumberedStep && !line.isInFence).map(({ start }) => start);
  return starts[0] === 0 ? starts : [0, ...starts];
}

function looseStarts(lines: readonly Line[]): number[] {
  const starts: number[] = [];
  // Columns of the outermost list that the line may belong to.
  let listIndent: number | undefined;
  let before: Line | undefined;
  let isBlankBefore = true;
  for (const line of lines) {
    if (line.isInFence) {
      [before, isBlankBefore] = [line, false];
      continue;
    }
    if (line.isBlank) {
      isBlankBefore = true;
      continue;
    }
    const isInItem = listIndent !== undefined && line.indent > listIndent + 1;
    const isItem = line.isListItem && !isInItem;
    if (!isInItem && (isItem || isBlankBefore || line.isHeading)) {
      if (before?.isHeading !== true) starts.push(line.start);
      listIndent = isItem ? line.indent : undefined;
    }
    [before, isBlankBefore] = [line, false];
  }
  return starts;
}
