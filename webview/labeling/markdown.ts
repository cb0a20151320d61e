/**
 * A stranger's Markdown to elements that can't run, load, style or cover anything. Raw HTML is text; what markdown-it writes
 * passes DOMPurify's allow-list once, straight into a fragment; links and pictures lose their addresses and become words.
 */
import DOMPurify from 'dompurify';
import MarkdownIt from 'markdown-it';
import { visiblePieces } from '../../src/core/index.js';
import { codeLanguageOf } from './aids/codeLanguages.js';
import { formulaRules } from './aids/formulaRules.js';
import { markCode, markFormula } from './aids/richText.js';
import { t } from './strings.js';

/** Longer text is shown plain and cut: the labeler can ask for the rest. */
export const maxRenderedChars = 200_000;

/** Only these are links; anything else stays the text that it is. */
const isLinkAddress = (url: string): boolean => /^(?:https?:\/\/|mailto:)/i.test(url.trim());

/**
 * Hidden characters go through the parser as `noncharacter, hexadecimal digits, noncharacter`: a parser may trim or drop
 * them, and they decide nothing there. Noncharacters in the text are hidden characters too, so nothing is taken for one.
 */
const guardOpen = '\ufdd0';
const guardClose = '\ufdd1';
const guarded = /\ufdd0([0-9a-f]+)\ufdd1/g;

const guard = (text: string): string =>
  visiblePieces(text)
    .map((piece) =>
      typeof piece === 'string' ? piece : `${guardOpen}${piece.code.slice(2).toLowerCase()}${guardClose}`,
    )
    .join('');
const unguard = (text: string): string =>
  text.replace(guarded, (_whole, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));

const markdown = createMarkdown();

function createMarkdown() {
  const md = new MarkdownIt({ html: false, linkify: true, typographer: false, maxNesting: 40 });
  md.validateLink = isLinkAddress;
  formulaRules(md);
  const { normalizeLink } = md;
  md.normalizeLink = (url) => normalizeLink(unguard(url));
  md.normalizeLinkText = (url) => url;
  // A heading is not a louder answer: bold, at text size, below the answer's own heading.
  for (const rule of ['heading_open', 'heading_close'])
    md.renderer.rules[rule] = (tokens, index) => (tokens[index]?.nesting === 1 ? '<h4>' : '</h4>\n');
  md.renderer.rules['image'] = (tokens, index) => {
    const token = tokens[index];
    const address = String(token?.attrGet('src') ?? '');
    return `<samp>${md.utils.escapeHtml(`${token?.content ?? ''}\n${address}`)}</samp>`;
  };
  return md;
}

/** A block of the text: `[start, end)` in UTF-16 units. */
export interface Block {
  readonly start: number;
  readonly end: number;
}

/**
 * Top-level blocks of a text that may still grow. A block is closed once a later one has begun on a line that is complete:
 * only then can no further character change it.
 *
 * @returns where the closed part ends, in UTF-16 units from the start of `text`.
 */
export function closedEnd(text: string): number {
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  if (complete === '') return 0;
  const starts = markdown
    .parse(guard(complete), {})
    .filter((token) => token.level === 0 && token.map && token.nesting >= 0)
    .map((token) => token.map?.[0] ?? 0);
  const lastLine = Math.max(0, ...starts);
  if (lastLine === 0) return 0;
  let end = 0;
  for (let line = 0; line < lastLine; line += 1) end = complete.indexOf('\n', end) + 1;
  return end;
}

/** Elements for a piece of Markdown that begins and ends with a block. */
export function renderMarkdown(text: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(markdown.render(guard(text)), {
    RETURN_DOM_FRAGMENT: true,
    ALLOWED_TAGS: [
      'p',
      'br',
      'hr',
      'h4',
      'strong',
      'em',
      's',
      'code',
      'pre',
      'samp',
      'var',
      'blockquote',
      'ul',
      'ol',
      'li',
      'table',
      'thead',
      'tbody',
      'tr',
      'th',
      'td',
      'a',
    ],
    // Classes say which formula stands alone and which language code is in; `disarm` takes them away.
    ALLOWED_ATTR: ['href', 'start', 'class'],
    ADD_URI_SAFE_ATTR: ['start', 'class'],
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
  });
  disarm(fragment);
  markHidden(fragment);
  return fragment;
}

/** Text that is shown as it was written. */
export function renderPlain(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  fragment.append(...visibleNodes(text));
  return fragment;
}

/** Its first letter is of a script that is written from right to left. */
const runsFromRight =
  /^\P{L}*[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

function disarm(fragment: DocumentFragment): void {
  const displayed = new Set(fragment.querySelectorAll('var.display'));
  for (const code of fragment.querySelectorAll('pre > code')) {
    const language = codeLanguageOf(code.className.replace(/^language-/, ''));
    if (language !== undefined) markCode(code, language);
  }
  for (const element of fragment.querySelectorAll('[class]')) element.removeAttribute('class');
  for (const formula of fragment.querySelectorAll('var')) {
    const isDisplay = displayed.has(formula);
    const box = document.createElement('span');
    box.className = isDisplay ? 'math display' : 'math';
    box.dir = 'ltr';
    const written = unguard(formula.textContent);
    const nDelimiter = /^\$(?!\$)/.test(written) ? 1 : 2;
    markFormula(box, { source: written.slice(nDelimiter, -nDelimiter), isDisplay });
    box.append(...formula.childNodes);
    formula.replaceWith(box);
  }
  for (const anchor of fragment.querySelectorAll('a')) {
    const link = linkTo(anchor.getAttribute('href') ?? '', anchor.textContent);
    link.prepend(...anchor.childNodes);
    anchor.replaceWith(link);
  }
  for (const picture of fragment.querySelectorAll('samp')) {
    const [alt = '', ...address] = picture.textContent.split('\n');
    picture.textContent = t('picture, not loaded: {0}', [alt, address.join('')].filter(Boolean).join(' · '));
  }
  for (const table of fragment.querySelectorAll('table')) {
    const box = document.createElement('div');
    box.className = 'scroll';
    table.replaceWith(box);
    box.append(table);
  }
  for (const element of fragment.querySelectorAll('p, h4, th, td')) element.setAttribute('dir', 'auto');
  // `auto` does not look into blocks that have a direction of their own.
  for (const box of fragment.querySelectorAll('ul, ol, li, blockquote, table'))
    box.setAttribute('dir', runsFromRight.test(box.textContent.replace(guarded, '')) ? 'rtl' : 'ltr');
  for (const code of fragment.querySelectorAll('pre, code, samp')) code.setAttribute('dir', 'ltr');
}

/** No anchor: a click, the middle button or a drag can't go anywhere. The page asks the host, which asks the labeler. */
function linkTo(address: string, text: string): HTMLElement {
  const link = document.createElement('span');
  link.className = 'link';
  link.setAttribute('role', 'link');
  link.tabIndex = 0;
  link.title = address;
  addresses.set(link, address);
  if (text !== address) {
    const to = document.createElement('span');
    to.className = 'to';
    to.append(...visibleNodes(` (${hostOf(address)})`));
    link.append(to);
  }
  return link;
}

const addresses = new WeakMap<Element, string>();

/** The address of a link of ours, if `element` is in one. */
export const addressOf = (element: Element): string | undefined => {
  const link = element.closest('.link');
  return link ? addresses.get(link) : undefined;
};

function hostOf(address: string): string {
  try {
    const url = new URL(address);
    return url.host === '' ? url.pathname : url.host;
  } catch {
    return address;
  }
}

function markHidden(fragment: DocumentFragment): void {
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) if (node instanceof Text) texts.push(node);
  for (const node of texts) {
    const text = unguard(node.data);
    const nodes = visibleNodes(text);
    if (nodes.length !== 1 || text !== node.data) node.replaceWith(...nodes);
  }
}

/** Text as nodes, hidden characters as small boxes that name them. */
export function visibleNodes(text: string): (string | HTMLElement)[] {
  return visiblePieces(text).map((piece) => {
    if (typeof piece === 'string') return piece;
    const box = document.createElement('span');
    box.className = 'hidden-character';
    // The letters of its name have no say in which way the text around it runs.
    box.dir = 'ltr';
    box.textContent = piece.label;
    box.title = piece.code;
    return box;
  });
}
