/** LaTeX to MathML, which the browser draws without fonts or styles of ours. Loaded when a text first has a formula. */
import temml from 'temml';
import { visibleLine } from '../../../src/core/index.js';
import { t } from '../strings.js';
import type { Formula } from './richText.js';

/** A formula that is longer is no formula that anyone reads. */
const maxFormulaChars = 4000;
/** Macros that call themselves end here. */
const maxExpand = 200;
/** The longest space, in em: more would only push text out of sight. */
const maxSpace = 4;

/** Replaces the source under `element` by the formula; where it does not parse, the source stays with a wavy line. */
export function drawFormula(element: Element, { source, isDisplay }: Formula): void {
  try {
    if (source.length > maxFormulaChars) throw new RangeError('too long');
    const tree: unknown = temml.__renderToMathMLTree(source, {
      displayMode: isDisplay,
      throwOnError: true,
      trust: false,
      strict: false,
      annotate: false,
      wrap: 'none',
      maxExpand,
      maxSize: [maxSpace, maxSpace],
    });
    const math = nodesOf(tree)[0];
    if (!(math instanceof Element) || math.localName !== 'math') throw new SyntaxError('no formula');
    math.setAttribute('display', isDisplay ? 'block' : 'inline');
    math.setAttribute('aria-label', source);
    element.replaceChildren(math);
  } catch {
    element.classList.add('bad');
    element.setAttribute('title', t('This formula cannot be drawn'));
  }
}

const mathMl = 'http://www.w3.org/1998/Math/MathML';

/** What lays out a formula. Whatever links, embeds, styles or holds HTML is not here. */
const elements = new Set(
  'math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr mtd mstyle menclose'.split(
    ' ',
  ),
);

/** These only hide or overlay what is in them: it is shown in its place. */
const asRow = new Set(['mpadded', 'mphantom', 'merror']);

const flag = /^(?:true|false)$/;
const attributes = new Map<string, RegExp>([
  ['mathvariant', /^normal$/],
  ['form', /^(?:prefix|infix|postfix)$/],
  ['scriptlevel', /^[012]$/],
  ['linethickness', /^(?:0(?:px|em)?|[0-2](?:\.\d+)?px|0\.\d+em)$/],
  ['notation', /^[a-z ]{1,60}$/],
  ...[
    'stretchy',
    'fence',
    'separator',
    'accent',
    'accentunder',
    'movablelimits',
    'largeop',
    'symmetric',
    'displaystyle',
  ].map((name): [string, RegExp] => [name, flag]),
]);
const lengths = new Set(['width', 'height', 'depth', 'lspace', 'rspace', 'minsize', 'maxsize']);

/** Made anew from the names above, without a parser in between: of the library's tree only names, values and text are read. */
function nodesOf(node: unknown): Node[] {
  if (!isRecord(node)) return [];
  const { type, text, children } = node;
  if (typeof text === 'string') return [document.createTextNode(visibleLine(text.replace(invisible, '')))];
  const inner = Array.isArray(children) ? children.flatMap(nodesOf) : [];
  if (typeof type !== 'string') return inner;
  const name = asRow.has(type) ? 'mrow' : type;
  if (!elements.has(name)) return [];
  const element = document.createElementNS(mathMl, name);
  if (name === type) setAttributes(element, node);
  element.append(...inner);
  return [element];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Signs of MathML's own that multiply or apply without ink; any other hidden character is named. */
const invisible = /[\u2061-\u2064]/g;

function setAttributes(element: Element, node: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(isRecord(node['attributes']) ? node['attributes'] : {})) {
    const text = String(value);
    if (attributes.get(name)?.test(text) === true || (lengths.has(name) && isShort(text)))
      element.setAttribute(name, text);
  }
  const classes = Array.isArray(node['classes']) ? node['classes'] : [];
  for (const side of ['left', 'right']) if (classes.includes(`tml-${side}`)) element.setAttribute('class', side);
}

/** Forward only: a negative space lays one text over another. */
function isShort(length: string): boolean {
  const [, value = '', unit] = /^(\d{0,3}(?:\.\d{1,6})?)(em|ex|pt|px)$/.exec(length) ?? [];
  return unit !== undefined && Number(value) / (perEm.get(unit) ?? 1) <= maxSpace;
}

const perEm = new Map([
  ['em', 1],
  ['ex', 2],
  ['pt', 10],
  ['px', 13],
]);
