import Papa from 'papaparse';
import { badTable, type Fault } from './problems.js';

export type TableRow =
  | { readonly line: number; readonly cells: Readonly<Record<string, string>> }
  | { readonly line: number; readonly fault: Fault };

/**
 * The rows of a table with a header line. Line ends inside quoted cells become LF. Empty cells are left out, since a table
 * cannot say whether a value is empty or missing. `line` is 1-based, where the row begins.
 *
 * @param delimiter undefined has it guessed among comma, semicolon, tab and bar.
 */
export function tableRows(text: string, delimiter?: string): TableRow[] {
  const rows: TableRow[] = [];
  const unix = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  let header: readonly string[] | undefined;
  let line = 1;
  let cursor = 0;
  Papa.parse<string[]>(unix, {
    delimiter: delimiter ?? delimiterOf(unix),
    newline: '\n',
    step: ({ data, errors, meta }) => {
      const rowLine = line;
      for (let at = unix.indexOf('\n', cursor); at !== -1 && at < meta.cursor; at = unix.indexOf('\n', at + 1))
        line += 1;
      cursor = meta.cursor;
      if (data.every((cell) => cell.trim() === '')) return;
      const broken = errors.find((error) => error.type === 'Quotes');
      if (header === undefined) {
        header = data.map((name) => name.trim());
        if (broken !== undefined) rows.push({ line: rowLine, fault: badTable(broken.message) });
      } else if (broken !== undefined) rows.push({ line: rowLine, fault: badTable(broken.message) });
      else if (data.length > header.length)
        rows.push({ line: rowLine, fault: badTable(`${data.length} cells under ${header.length} column names.`) });
      else rows.push({ line: rowLine, cells: cellsOf(header, data) });
    },
  });
  return rows;
}

/** The one of comma, semicolon, tab and bar that stands most often in the header line, outside of quotes. */
function delimiterOf(text: string): string {
  const end = text.indexOf('\n');
  const header = (end === -1 ? text : text.slice(0, end)).replace(/"[^"]*"/g, '');
  const counts = [',', ';', '\t', '|'].map((mark) => ({ mark, n: header.split(mark).length }));
  return counts.reduce((best, each) => (each.n > best.n ? each : best)).mark;
}

function cellsOf(header: readonly string[], data: readonly string[]): Record<string, string> {
  const cells: [string, string][] = [];
  for (const [index, name] of header.entries()) {
    const cell = data[index];
    if (name !== '' && cell !== undefined && cell !== '') cells.push([name, cell]);
  }
  return Object.fromEntries(cells);
}
