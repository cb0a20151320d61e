import { statementsOf, wordsIn, type Fact, type FactKind, type Statement } from './unsupportedFacts.js';
import type { TextRange } from './textRange.js';

/** A statement with a name, a number or a date that no other answer has. A hint, never a verdict. */
export interface UnsupportedStatement extends TextRange {
  readonly kind: FactKind;
  /** The name, number or date, as it stands in the answer. */
  readonly said: string;
  /** What the others say of the same matter. */
  readonly contradictedBy: readonly { readonly answer: number; readonly said: string }[];
}

/** More notes under an answer than this are read by nobody. */
const maxHints = 4;
/** Numbers this near each other are the same, rounded. */
const tolerance = 0.01;
/** Share of the words of the shorter sentence that two must have in common to be of the same matter. */
const sameMatter = 0.5;
/** Words in common at least: with fewer, chance is enough. */
const nSharedWords = 2;
/** Facts of an answer, and those that stand alone: more are no help, and each is compared with all others. */
const maxFacts = 300;
const maxChecked = 40;

/**
 * For each answer what only it says: statements with a name, a number or a date that no other answer has, after the idea of
 * SelfCheckGPT (arXiv:2303.08896) that what other samples don't support is suspect. English and Korean.
 *
 * Careful rather than complete. What the prompt says is known to all. Answers that have no fact in common (a story, a poem)
 * are not compared. Of two answers either could be right: there only what the other contradicts is named.
 *
 * @param answers their texts in Markdown, at least 2.
 */
export function unsupportedStatements(answers: readonly string[], prompt = ''): UnsupportedStatement[][] {
  const known = sourceOf(prompt);
  const all = answers.map(sourceOf);
  const isNews = (fact: Fact) => !known.has(fact);
  const isAlone = (fact: Fact, index: number) => !all.some((other, at) => at !== index && other.has(fact));
  const haveCommon = all.some(({ facts }, index) => facts.some((fact) => isNews(fact) && !isAlone(fact, index)));
  if (answers.length < 2 || !haveCommon) return answers.map(() => []);
  return all.map((own, index) => {
    const rivals = all.map((other) => other.facts.filter((fact) => fact.kind !== 'name' && !own.has(fact)));
    const alone = own.facts.filter((fact) => isNews(fact) && isAlone(fact, index));
    const hints = firstOfEach(alone).map((fact) => ({
      ...clauseOf(own.text, fact.statement, fact),
      kind: fact.kind,
      said: fact.said,
      contradictedBy: rivals.flatMap((others, answer) => {
        const said = contradiction(fact, others);
        return said === undefined ? [] : [{ answer, said }];
      }),
    }));
    const kept = answers.length > 2 ? hints : hints.filter(({ contradictedBy }) => contradictedBy.length > 0);
    return strongest(kept);
  });
}

interface StatedFact extends Fact {
  readonly statement: Statement;
}

/** What an answer states, ready to be asked. */
interface Source {
  readonly text: string;
  readonly facts: readonly StatedFact[];
  /** Whether it says this too: a name by any of its words, a number within rounding. */
  has(fact: Fact): boolean;
}

function sourceOf(text: string): Source {
  const words = wordsIn(text);
  const facts = statementsOf(text)
    .flatMap((statement) => statement.facts.map((fact) => ({ ...fact, statement })))
    .slice(0, maxFacts);
  const lowered = text.toLowerCase();
  return {
    text,
    facts,
    has: (fact) => {
      if (fact.kind === 'name')
        return fact.words.some((word) => words.has(word) || (hangul.test(word) && lowered.includes(word)));
      return (
        facts.some((other) => other.kind !== 'name' && isSameValue(fact, other)) ||
        spelled(fact.value).some((word) => lowered.includes(word))
      );
    },
  };
}

const hangul = /\p{Script=Hangul}/u;

function isSameValue(one: Fact, other: Fact): boolean {
  if (one.kind === 'date' && other.kind === 'date') return one.unit === other.unit && one.value === other.value;
  if (!isComparable(one.unit, other.unit)) return false;
  // A year may have been taken for a number, or the other way round.
  return Math.abs(one.value - other.value) <= (one.kind === other.kind ? tolerance * Math.abs(one.value) : 0);
}

/** Kilometres and miles are two things; a number without a unit may be of any, `km` may be short for `km/s`. */
const isComparable = (one: string, other: string): boolean =>
  one.startsWith(other) || other.startsWith(one) || one === 'year' || other === 'year';

function firstOfEach(facts: readonly StatedFact[]): StatedFact[] {
  const said = new Map<string, StatedFact>();
  for (const fact of facts) if (!said.has(fact.said)) said.set(fact.said, fact);
  return [...said.values()].slice(0, maxChecked);
}

/**
 * What another answer says instead, in a sentence of the same matter with one fact of the same kind and unit.
 *
 * @param rivals numbers and dates of the other answer that this one doesn't have.
 */
function contradiction(fact: StatedFact, rivals: readonly StatedFact[]): string | undefined {
  const { about } = fact.statement;
  const isLike = (one: Fact) => one.kind === fact.kind && one.unit === fact.unit;
  let best: { readonly share: number; readonly said: string } | undefined;
  for (const rival of rivals) {
    if (!isLike(rival) || rival.statement.facts.filter(isLike).length !== 1) continue;
    const nShared = [...about].filter((word) => rival.statement.about.has(word)).length;
    const share = nShared / Math.max(1, Math.min(about.size, rival.statement.about.size));
    if (nShared >= nSharedWords && share >= sameMatter && share > (best?.share ?? 0))
      best = { share, said: rival.said };
  }
  return best?.said;
}

/** The part of the sentence between commas in which the fact stands; the whole one when that is no statement by itself. */
function clauseOf(text: string, { start, end }: Statement, fact: Fact): TextRange {
  const breaks = [...text.slice(start, end).matchAll(/[,;:] (?!\d)|[，；、]/g)].map(({ index }) => start + index);
  const from = Math.max(start, ...breaks.filter((at) => at < fact.start).map((at) => at + 1));
  const to = Math.min(end, ...breaks.filter((at) => at >= fact.end));
  const clause = text.slice(from, to);
  const isStatement = (clause.match(/[\p{L}\p{N}]+/gu) ?? []).length >= 4;
  return isStatement ? { start: from + clause.length - clause.trimStart().length, end: to } : { start, end };
}

/** What another answer contradicts first, then dates, numbers, names; in the order of the text. */
function strongest(hints: readonly UnsupportedStatement[]): UnsupportedStatement[] {
  const weight = ({ kind, contradictedBy }: UnsupportedStatement) =>
    (contradictedBy.length > 0 ? 4 : 0) + { date: 2, number: 1, name: 0 }[kind];
  return hints
    .toSorted((a, b) => weight(b) - weight(a) || a.start - b.start)
    .slice(0, maxHints)
    .toSorted((a, b) => a.start - b.start);
}

const units =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

/** How English writes a number under 100 in letters; nothing for others. */
function spelled(value: number): string[] {
  if (!Number.isInteger(value) || value < 0 || value >= 100) return [];
  if (value < 20) return [units[value] ?? ''];
  const ten = tens[Math.floor(value / 10) - 2] ?? '';
  return value % 10 === 0 ? [ten] : [`${ten}-${units[value % 10] ?? ''}`];
}
