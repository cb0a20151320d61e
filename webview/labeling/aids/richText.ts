/**
 * Formulas and colours of code come after the text: what draws them is loaded when a text first needs it. Until then, and
 * where it fails, a formula shows its source and code is plain.
 */
import './aids.css';

/** A formula as it was written. */
export interface Formula {
  readonly source: string;
  /** In a line of its own. */
  readonly isDisplay: boolean;
}

const formulas = new WeakMap<Element, Formula>();
const languages = new WeakMap<Element, string>();

export const markFormula = (element: Element, formula: Formula): unknown => formulas.set(element, formula);
export const markCode = (element: Element, language: string): unknown => languages.set(element, language);

/** The source under a drawn formula; undefined for any other element. */
export const formulaSource = (element: Element): string | undefined => formulas.get(element)?.source;

/** Told when words of a text have become other nodes: marks on them are to be made again. */
export const textDrawnAnew = 'text-drawn-anew';

let drawFormula: ((element: Element, formula: Formula) => void) | undefined;
let colourCode: ((element: Element, language: string) => void) | undefined;
let loadingFormulas: Promise<unknown> | undefined;
let loadingColours: Promise<unknown> | undefined;

const loadFormulas = (): Promise<unknown> =>
  (loadingFormulas ??= import('./formulas.js').then(
    (module) => {
      drawFormula = module.drawFormula;
    },
    () => undefined, // the source stays, and reads well enough
  ));

const loadColours = (): Promise<unknown> =>
  (loadingColours ??= import('./codeColours.js').then(
    (module) => {
      colourCode = module.colourCode;
    },
    () => undefined,
  ));

/** Loads for texts that are to come, so that nothing is replaced before the reader's eyes. */
export function prepareFor(texts: readonly string[]): void {
  if (drawFormula === undefined && texts.some((text) => /\$|\\[([]/.test(text))) void loadFormulas();
  if (colourCode === undefined && texts.some((text) => text.includes('```'))) void loadColours();
}

/**
 * Draws the formulas of a text and colours its code, at once where what draws them is there. While it loads, a text with
 * formulas stays out of sight: a formula has another size than its source, and nothing that is being read may move.
 *
 * @param isWriting colours wait for the last word: each one may change those of the whole block.
 */
export function enrich(element: Element, isWriting: boolean): void {
  const waiting = [...element.querySelectorAll('.math:not(.drawn)')];
  if (waiting.length > 0 && drawFormula === undefined) {
    element.classList.add('waiting');
    void loadFormulas().then(() => {
      element.classList.remove('waiting');
      if (drawFormula !== undefined) enrich(element, isWriting);
    });
  } else for (const formula of waiting) drawOne(formula);
  if (isWriting) return;
  const plain = [...element.querySelectorAll('pre > code:not(.coloured)')].filter((code) => languages.has(code));
  if (plain.length > 0 && colourCode === undefined)
    void loadColours().then(() => {
      if (colourCode !== undefined) enrich(element, false);
    });
  else for (const code of plain) colourOne(code);
}

function drawOne(element: Element): void {
  const formula = formulas.get(element);
  element.classList.add('drawn');
  if (formula !== undefined) drawFormula?.(element, formula);
}

function colourOne(code: Element): void {
  code.classList.add('coloured');
  colourCode?.(code, languages.get(code) ?? '');
  code.dispatchEvent(new Event(textDrawnAnew, { bubbles: true }));
}
