import * as l10n from '@vscode/l10n';
import {
  answerLetters,
  improvedMark,
  ownAnswerName,
  printOrder,
  type CandidateId,
  type Judgement,
} from '../core/index.js';

/** What of a rationale stands in a line. */
const maxReasonChars = 80;

/**
 * What a judgement says, in a line: the order as it is typed, then what else was said. Names from files stand in it as they are.
 *
 * @param order candidates by place on the screen: they are named by their letters.
 */
export function judgementWords(row: Judgement, order: readonly CandidateId[]): string {
  const letterOf = (id: string): string => answerLetters[order.findIndex((each) => each === id)] ?? '?';
  const nameOf = (id: string): string => {
    const correction = row.corrections?.find((each) => each.id === id);
    if (correction === undefined) return letterOf(id);
    return correction.parent === undefined ? ownAnswerName : letterOf(correction.parent) + improvedMark;
  };
  const named = <Said>(said: Readonly<Record<string, Said>> | undefined, words: (said: Said) => string): string[] =>
    Object.entries(said ?? {})
      .map(([id, value]) => `${nameOf(id)}: ${words(value)}`)
      .sort();
  const { ranking = [], line, best, strength, ratings, thumbs, steps, flags, spans, promptFlags = [] } = row;
  const { corrections = [] } = row;
  const reason = row.rationale ?? row.reason;
  return [
    ...(ranking.length > 0 ? [printOrder({ tiers: ranking.map((tier) => tier.map(nameOf)), line: line ?? null })] : []),
    ...(strength === undefined ? [] : [strengthWords(strength)]),
    ...(best === undefined || ranking.length > 0 ? [] : [l10n.t('best: {0}', nameOf(best))]),
    ...named(ratings, (scores) =>
      Object.entries(scores)
        .map(([attribute, score]) => `${attribute} ${score}`)
        .join(', '),
    ),
    ...named(thumbs, (isGood) => (isGood ? l10n.t('good') : l10n.t('bad'))),
    ...named(steps, (judged) => {
      const wrong = judged.findIndex(({ label }) => label === 'wrong');
      return wrong < 0
        ? judged.length === 1
          ? l10n.t('1 step, not wrong')
          : l10n.t('{0} steps, none wrong', String(judged.length))
        : l10n.t('step {0} is wrong', String(wrong + 1));
    }),
    ...corrections.map(({ id, parent }) =>
      parent === undefined ? l10n.t('{0} written', nameOf(id)) : l10n.t('{0} improved', letterOf(parent)),
    ),
    ...named(flags, (ids) => ids.join(', ')),
    ...named(spans, (marks) => l10n.t('marked: {0}', [...new Set(marks.map(({ flag }) => flag))].join(', '))),
    ...(promptFlags.length > 0 ? [l10n.t('the prompt: {0}', promptFlags.join(', '))] : []),
    ...(reason === undefined || reason === '' ? [] : [`“${shortened(reason)}”`]),
  ].join(' · ');
}

const strengthWords = (strength: number): string =>
  strength === 0 ? l10n.t('about equal') : l10n.t('by {0}', String(Math.abs(strength)));

const shortened = (text: string): string =>
  text.length <= maxReasonChars ? text : `${text.slice(0, maxReasonChars - 1)}…`;
