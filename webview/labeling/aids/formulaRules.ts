/** `$…$`, `\(…\)` in a line and `$$…$$`, `\[…\]` by themselves, for markdown-it. What is between is nothing but source. */
import type MarkdownIt from 'markdown-it';

/** Delimiters of TeX, the longer ones first. */
const pairs = [
  { open: '$$', close: '$$', isDisplay: true },
  { open: '$', close: '$', isDisplay: false },
  { open: '\\(', close: '\\)', isDisplay: false },
  { open: '\\[', close: '\\]', isDisplay: true },
] as const;

/** A formula in running text is short: further away its end is that of another one. */
const maxInlineChars = 2000;

export function formulaRules(md: InstanceType<typeof MarkdownIt>): void {
  md.inline.ruler.before('escape', 'formula', (state, isSilent) => {
    const pair = pairs.find(({ open }) => state.src.startsWith(open, state.pos));
    if (pair === undefined) return false;
    const start = state.pos + pair.open.length;
    const end = endOf(state.src.slice(start, Math.min(state.posMax, start + maxInlineChars)), pair.close);
    if (end < 0) return false;
    const source = state.src.slice(start, start + end);
    const after = state.src.charAt(start + end + 1);
    if (pair.open === '$' && !isFormula(source, after)) return false;
    if (source.trim() === '') return false;
    if (!isSilent) {
      const token = state.push('formula', 'var', 0);
      token.content = pair.open + source + pair.close;
      token.meta = { isDisplay: pair.isDisplay };
    }
    state.pos = start + end + pair.close.length;
    return true;
  });
  md.block.ruler.before(
    'fence',
    'formula',
    (state, startLine, endLine, isSilent) => {
      const first = lineAt(state, startLine);
      const pair = pairs.find(({ open, isDisplay }) => isDisplay && first.startsWith(open));
      if (pair === undefined || (state.sCount[startLine] ?? 0) - state.blkIndent >= 4) return false;
      let source = '';
      // An empty line ends the paragraph, in TeX too: so nothing further down can turn text above it into a formula.
      for (let line = startLine; line < endLine && !state.isEmpty(line); line += 1) {
        const text = line === startLine ? first.slice(pair.open.length) : lineAt(state, line);
        const end = endOf(text, pair.close);
        if (end < 0) {
          source += `${text}\n`;
          continue;
        }
        if (text.slice(end + pair.close.length).trim() !== '' || (source + text.slice(0, end)).trim() === '')
          return false;
        if (isSilent) return true;
        const token = state.push('formula', 'var', 0);
        token.block = true;
        token.content = pair.open + source + text.slice(0, end) + pair.close;
        token.map = [startLine, line + 1];
        token.meta = { isDisplay: true };
        state.line = line + 1;
        return true;
      }
      return false;
    },
    { alt: ['paragraph', 'reference', 'blockquote', 'list'] },
  );
  md.renderer.rules['formula'] = (tokens, index) => {
    const token = tokens[index];
    const isDisplay = isRecord(token?.meta) && token.meta['isDisplay'] === true;
    const formula = `<var class="${isDisplay ? 'display' : ''}">${md.utils.escapeHtml(token?.content ?? '')}</var>`;
    return token?.block === true ? `<p>${formula}</p>\n` : formula;
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const lineAt = (
  state: { readonly src: string; readonly bMarks: number[]; readonly tShift: number[]; readonly eMarks: number[] },
  line: number,
): string => state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]);

/** Where the closing delimiter begins, the first that no backslash takes the meaning of; -1 without one. */
function endOf(text: string, close: string): number {
  for (let at = 0; at < text.length; at += 1) {
    if (text.startsWith(close, at)) return at;
    if (text[at] === '\\') at += 1;
  }
  return -1;
}

/** Money is no formula: `$5 and $10`. As in Pandoc, no space inside, no digit after. */
const isFormula = (source: string, after: string): boolean =>
  /^\S(?:[\s\S]*\S)?$/.test(source) && !/\d/.test(after) && !source.includes('$');
