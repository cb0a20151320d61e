import { visibleLine } from './visibleText.js';

const escape = 0x1b;

/**
 * Text that a terminal, a log, a tree or a notification may show: without C0 controls (tab and newline stay), without C1,
 * without whole CSI, OSC, DCS, APC, PM and SOS sequences, and with what else can't be seen written out, as in `[RLO]`. For
 * every text from a model, a server, a file or a run log.
 * An unfinished string sequence loses its introducer only, so that a stray byte cannot swallow the rest of a text.
 */
export const plainText = (text: string): string => visibleLine(withoutControls(text));

/** The same on one line: for lists and tables. */
export const plainLine = (text: string): string =>
  visibleLine(withoutControls(text).replace(/[\t\n\u2028\u2029]/g, ' '));

/** For quick picks and the status bar, which would draw `$(check)` as an icon. */
export const plainLabel = (text: string): string =>
  plainLine(text).replace(/\$\((?=[A-Za-z0-9-]+(?:~[A-Za-z]+)?\))/g, '\\$(');

/** For notifications, which make links of `[text](address)`, also such as run commands. */
export const plainMessage = (text: string): string =>
  plainText(text).replace(/[[\]]/g, (bracket) => (bracket === '[' ? '(' : ')'));

function withoutControls(text: string): string {
  let result = '';
  let kept = 0;
  let at = 0;
  while (at < text.length) {
    const end = endOfControl(text, at);
    if (end === at) {
      at += 1;
      continue;
    }
    result += text.slice(kept, at);
    at = kept = end;
  }
  return kept === 0 ? text : result + text.slice(kept);
}

/** Index after the control that begins at `at`; `at` itself when there is none. */
function endOfControl(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === escape) {
    switch (text[at + 1]) {
      case '[':
        return endOfCsi(text, at + 2);
      case ']':
      case 'P':
      case '_':
      case '^':
      case 'X':
        return endOfString(text, at + 2);
      default:
        return endOfEscape(text, at + 1);
    }
  }
  if (code === 0x9b) return endOfCsi(text, at + 1);
  if (code === 0x9d || code === 0x90 || code === 0x9f || code === 0x9e || code === 0x98)
    return endOfString(text, at + 1);
  if (code === 0x09 || code === 0x0a) return at;
  return code < 0x20 || (code >= 0x7f && code <= 0x9f) ? at + 1 : at;
}

/** ECMA-48, 5.4: parameter bytes 0x30–0x3f, intermediate bytes 0x20–0x2f, one final byte 0x40–0x7e. */
function endOfCsi(text: string, at: number): number {
  while (at < text.length && inRange(text.charCodeAt(at), 0x30, 0x3f)) at += 1;
  while (at < text.length && inRange(text.charCodeAt(at), 0x20, 0x2f)) at += 1;
  return inRange(text.charCodeAt(at), 0x40, 0x7e) ? at + 1 : at;
}

/** A string sequence ends with ST (ESC \ or 0x9c) or, as xterm has it, with BEL. */
function endOfString(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x07 || code === 0x9c) return at + 1;
    if (code === escape) return text[at + 1] === '\\' ? at + 2 : at;
  }
  return start;
}

/** Other escapes: intermediate bytes, then one final byte 0x30–0x7e. */
function endOfEscape(text: string, at: number): number {
  while (at < text.length && inRange(text.charCodeAt(at), 0x20, 0x2f)) at += 1;
  return inRange(text.charCodeAt(at), 0x30, 0x7e) ? at + 1 : at;
}

const inRange = (code: number, low: number, high: number): boolean => code >= low && code <= high;
