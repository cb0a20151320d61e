import { sentencesOf } from './sentencesOf.js';
import type { TextRange } from './textRange.js';

export type FactKind = 'name' | 'number' | 'date';

/** A name, a number or a date in a sentence. */
export interface Fact extends TextRange {
  readonly kind: FactKind;
  /** As it stands there, with its unit. */
  readonly said: string;
  /** Of a number, with `30만` and `3 million` worked out; a year; month and day as `month * 100 + day`. 0 for a name. */
  readonly value: number;
  /** What tells facts that can be compared: `km`, `%`, `year`, `day`, or empty. */
  readonly unit: string;
  /** Of a name: its words, lowercase. */
  readonly words: readonly string[];
}

export interface Statement extends TextRange {
  readonly facts: readonly Fact[];
  /** Words that carry the matter, lowercase, without endings; numbers left out. */
  readonly about: ReadonlySet<string>;
}

/** Longer answers are looked at up to here: a hint at their end would come too late anyway. */
const maxChars = 100_000;

/** The sentences of an answer with their facts. Code, formulas, addresses and headings state nothing here. */
export function statementsOf(text: string): Statement[] {
  const prose = withoutCode(text.slice(0, maxChars));
  const names = namesInside(prose);
  return sentencesOf(prose).flatMap(({ start, end }) => {
    const sentence = prose.slice(start, end);
    if (isHeading(prose, start)) return [];
    const facts = factsIn(sentence, names).map((fact) => ({
      ...fact,
      start: start + fact.start,
      end: start + fact.end,
    }));
    return [{ start, end, facts, about: aboutOf(sentence) }];
  });
}

/** Lowercase words of a text, for looking up whether a name is in it. */
export const wordsIn = (text: string): ReadonlySet<string> =>
  new Set(
    text
      .slice(0, maxChars)
      .toLowerCase()
      .normalize('NFC')
      .match(/[\p{L}\p{M}]+/gu) ?? [],
  );

/** The same length, with what is no prose replaced by spaces. */
function withoutCode(text: string): string {
  const blank = (part: string) => part.replace(/[^\n]/g, ' ');
  return text
    .replace(/^ {0,3}(```|~~~)[^\n]*\n[\s\S]*?(?:\n {0,3}\1[^\n]*|$(?![\s\S]))/gm, blank)
    .replace(/`[^`\n]+`/g, blank)
    .replace(/\$\$[\s\S]{1,2000}?\$\$|\\\[[\s\S]{1,2000}?\\\]|\\\([^\n]{1,500}?\\\)/g, blank)
    .replace(/\$(?![\s$])[^$\n]{1,300}(?<!\s)\$(?!\d)/g, blank)
    .replace(/\b(?:https?:\/\/|www\.)\S+/g, blank);
}

function isHeading(text: string, start: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  return /^\s*#{1,6}\s/.test(line);
}

function factsIn(sentence: string, names: ReadonlySet<string>): Fact[] {
  const facts: Fact[] = [];
  let rest = sentence;
  const take = (
    pattern: RegExp,
    read: (match: RegExpExecArray) => Omit<Fact, 'start' | 'end' | 'said' | 'words'> | undefined,
  ) => {
    rest = rest.replace(pattern, (...args: unknown[]) => {
      const match = pattern.exec(String(args[0]));
      pattern.lastIndex = 0;
      const whole = String(args[0]);
      const start = Number(args.findLast((arg) => typeof arg === 'number'));
      const fact = match === null ? undefined : read(match);
      if (fact === undefined) return whole;
      facts.push({
        ...fact,
        start,
        end: start + whole.length,
        said: sentence.slice(start, start + whole.length),
        words: [],
      });
      return ' '.repeat(whole.length);
    });
  };
  for (const { pattern, read } of dates) take(pattern, read);
  take(numbers, readNumber);
  for (const match of sentence.matchAll(latinName)) {
    const words = (match[0].match(/[\p{L}\p{M}]+/gu) ?? []).filter((word) => names.has(word) && word.length > 1);
    if (words.length === 0) continue;
    const start = match.index + match[0].indexOf(words[0] ?? '');
    const last = words.at(-1) ?? '';
    const end = match.index + match[0].lastIndexOf(last) + last.length;
    facts.push({
      kind: 'name',
      start,
      end,
      said: sentence.slice(start, end),
      value: 0,
      unit: '',
      words: words.map(lower),
    });
  }
  for (const match of sentence.matchAll(koreanName)) {
    const [whole, name = ''] = match;
    facts.push({
      kind: 'name',
      start: match.index,
      end: match.index + whole.length,
      said: whole,
      value: 0,
      unit: '',
      words: [name],
    });
  }
  return facts.toSorted((a, b) => a.start - b.start);
}

const lower = (word: string): string => word.toLowerCase().normalize('NFC');

// Dates -------------------------------------------------------------------------------------------------------------------

const months = 'january february march april may june july august september october november december'.split(' ');
const monthName = `(${months.map((month) => `${month[0]?.toUpperCase() ?? ''}${month.slice(1)}`).join('|')})`;
const monthOf = (name: string | undefined): number => months.indexOf((name ?? '').toLowerCase()) + 1;
const dayOf = (month: number, day: number) =>
  month >= 1 && month <= 12 && day >= 1 && day <= 31
    ? ({ kind: 'date', value: month * 100 + day, unit: 'day' } as const)
    : undefined;
const yearOf = (year: number) => ({ kind: 'date', value: year, unit: 'year' }) as const;

const dates: {
  readonly pattern: RegExp;
  readonly read: (match: RegExpExecArray) => Pick<Fact, 'kind' | 'value' | 'unit'> | undefined;
}[] = [
  {
    pattern: new RegExp(`\\b${monthName} (\\d{1,2})(?:st|nd|rd|th)?\\b`, 'gu'),
    read: ([, month, day]) => dayOf(monthOf(month), Number(day)),
  },
  {
    pattern: new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)? (?:of )?${monthName}\\b`, 'gu'),
    read: ([, day, month]) => dayOf(monthOf(month), Number(day)),
  },
  { pattern: /(\d{1,2})월 ?(\d{1,2})일/gu, read: ([, month, day]) => dayOf(Number(month), Number(day)) },
  { pattern: /(?<![\d.,])(\d{3,4})년/gu, read: ([, year]) => yearOf(Number(year)) },
  // A bare number of four digits is a year where it can be one and nothing measures it.
  {
    pattern:
      /(?<![\p{L}\p{N}.,$€£₩#/-])(1[0-9]{3}|20[0-9]{2})(?![\p{N}%]|[.,/-]\d| ?(?:[kcm]?m|k?g|km|[kMG]B|Hz|°|percent|people|miles|meters|metres|dollars|euros|원|명|개|번|킬로|미터|천|만|억)(?![\p{Script=Latin}]))/gu,
    read: ([, year]) => yearOf(Number(year)),
  },
];

// Numbers -----------------------------------------------------------------------------------------------------------------

const numbers =
  /(?<![\p{L}\p{N}_.,#-])([-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)((?: ?(?:thousand|million|billion|trillion)\b)|(?:천|백|십)?(?:만|억|조)(?: ?\d{1,4}(?:천|백)?(?!\p{N}))?|천|백)?( ?%|%p|°C|°F| ?°| ?[\p{Script=Latin}µ]+(?:\/[\p{Script=Latin}]+)?| ?(?:킬로미터|미터|센티미터|킬로그램|그램|톤|도|명|개국|개|원|달러|유로|분|초|시간|시|일|주|개월|세기|세|살|배|번|회|위|층|권|마리|퍼센트))?/gu;

const multipliers: Readonly<Record<string, number>> = {
  thousand: 1e3,
  million: 1e6,
  billion: 1e9,
  trillion: 1e12,
  백: 1e2,
  천: 1e3,
  만: 1e4,
  십만: 1e5,
  백만: 1e6,
  천만: 1e7,
  억: 1e8,
  십억: 1e9,
  백억: 1e10,
  천억: 1e11,
  조: 1e12,
};

/** Counts that prose is full of ("three reasons", "step 2") say nothing without a unit that measures. */
const smallCount = 12;

function readNumber([, digits = '', factor = '', unitText = '']: RegExpExecArray) {
  const [, big = '', more = '', moreFactor = ''] = /^ ?([^\d\s]*) ?(\d*)([천백]?)$/.exec(factor) ?? [];
  const base = Number(digits.replaceAll(',', '').replace('−', '-'));
  const value = base * (multipliers[big.trim()] ?? 1) + Number(more || 0) * (multipliers[moreFactor] ?? 1);
  const unit = unitOf(unitText.trim());
  if (!Number.isFinite(value)) return undefined;
  const isCount = Number.isInteger(value) && Math.abs(value) <= smallCount;
  if (isCount && !measures.has(unit)) return undefined;
  return { kind: 'number', value, unit } as const;
}

const unitNames: Readonly<Record<string, string>> = {
  percent: '%',
  퍼센트: '%',
  kilometer: 'km',
  kilometre: 'km',
  킬로미터: 'km',
  미터: 'm',
  meter: 'm',
  metre: 'm',
  센티미터: 'cm',
  centimeter: 'cm',
  centimetre: 'cm',
  킬로그램: 'kg',
  kilogram: 'kg',
  그램: 'g',
  gram: 'g',
  톤: 'ton',
  도: '°',
  '°c': '°',
  degree: '°',
  mile: 'mile',
  달러: 'dollar',
  유로: 'euro',
  원: 'won',
  분: 'minute',
  초: 'second',
  시간: 'hour',
  일: 'day',
  개월: 'month',
  세기: 'century',
  명: 'people',
  person: 'people',
};

const measures = new Set([
  '%',
  'km',
  'm',
  'cm',
  'kg',
  'g',
  'ton',
  '°',
  '°f',
  'mile',
  'dollar',
  'euro',
  'won',
  'minute',
  'second',
  'hour',
  'century',
  'km/s',
  'km/h',
  'mph',
  'mg',
  'ml',
  'mm',
  'gb',
  'mb',
]);

/** A plural is the unit itself. */
function unitOf(text: string): string {
  const name = text.toLowerCase();
  const singular = name.length > 3 ? name.replace(/s$/, '') : name;
  return unitNames[name] ?? unitNames[singular] ?? singular;
}

// Names -------------------------------------------------------------------------------------------------------------------

const latinName =
  /(?<![\p{L}\p{N}])\p{Lu}[\p{Ll}\p{M}'’]+(?:[ -](?:(?:de|van|von|der|of|the|da|di|la|al) )?\p{Lu}[\p{Ll}\p{M}'’]+)*/gu;
const koreanName =
  /(?<![가-힣])([가-힣]{2,4}?) ?(?:씨|박사|교수|대통령|장군|감독|작가|총리|의원|대왕|선수|회장|화백|목사|신부)(?=[는은이가의을를도와과에께,. ]|$)/gu;

/** Words with a capital that names nobody: they begin a sentence, or are names that all texts share. */
const noNames = new Set(
  `I Monday Tuesday Wednesday Thursday Friday Saturday Sunday ${months.map((month) => `${month[0]?.toUpperCase() ?? ''}${month.slice(1)}`).join(' ')} Note Step Example Answer Question Part Chapter Table Figure Section Mr Mrs Ms Dr English Internet Web`.split(
    ' ',
  ),
);

/**
 * Words of the text that name someone or something: written with a capital within a sentence, and nowhere in the text
 * without one. In lines where most words have one (titles, bold leads) capitals say nothing.
 */
function namesInside(text: string): ReadonlySet<string> {
  const small = new Set(text.match(/(?<![\p{L}])\p{Ll}[\p{Ll}\p{M}'’]+/gu) ?? []);
  const names = new Set<string>();
  for (const { start, end } of sentencesOf(text)) {
    const sentence = text.slice(start, end);
    const all = [...sentence.matchAll(/(?<!\p{L})[\p{L}\p{M}'’]+/gu)];
    const nCapital = all.filter(([word]) => /^\p{Lu}/u.test(word)).length;
    if (all.length >= 2 && nCapital * 2 > all.length) continue;
    for (const match of all) {
      const [word] = match;
      if (!/^\p{Lu}\p{Ll}/u.test(word) || noNames.has(word) || small.has(word.toLowerCase())) continue;
      const before = sentence.slice(0, match.index);
      // After a colon, a quote or a bold mark a sentence may begin anew.
      if (/[\p{L}\p{N},)]['’]? $|[가-힣] ?$/u.test(before) || isNameAtStart(sentence, match.index + word.length))
        names.add(word);
    }
  }
  return names;
}

/** Two capitals in a row at the very start: `Ole Rømer`. */
const isNameAtStart = (sentence: string, end: number): boolean => /^ \p{Lu}\p{Ll}/u.test(sentence.slice(end));

// What a sentence is about ------------------------------------------------------------------------------------------------

const emptyWords = new Set(
  'the and for was were that this with from his her its their which who whom when what has have had not but are is be been being can could would will about into over under than then there they them it as at by in of on or to an a he she we you'.split(
    ' ',
  ),
);

function aboutOf(sentence: string): ReadonlySet<string> {
  const words =
    sentence
      .toLowerCase()
      .normalize('NFC')
      .match(/[\p{L}\p{M}]+/gu) ?? [];
  return new Set(words.filter((word) => !emptyWords.has(word) && (word.length > 2 || hangul.test(word))).map(stem));
}

const hangul = /\p{Script=Hangul}/u;

/** Crude on purpose: it only finds sentences of the same matter. */
const stem = (word: string): string =>
  hangul.test(word)
    ? word.replace(/(?<=..)(?:으로|에서|에게|까지|부터|은|는|이|가|을|를|의|에|도|와|과|로)$/, '')
    : word.replace(/(?<=...)(?:ing|ed|es|s|ly)$/, '');
