import * as l10n from '@vscode/l10n';
import { countWords } from '../core/index.js';

/** Why something of the project gives no row in a format. The names stand in manifests: keep them. */
export const dropReasons = [
  'not-judged',
  'not-ranked',
  'no-preference',
  'all-flagged',
  'none-good-enough',
  'no-line',
  'no-label',
  'no-steps',
  'not-rated',
  'no-attributes',
  'even-split',
  'equal-answers',
  'empty-answer',
  'prompt-turns',
  'prompt-many-turns',
  'prompt-empty',
  'lone-surrogate',
] as const;
export type DropReason = (typeof dropReasons)[number];

/** What a count of this reason says, for people. */
export function describeDropped(reason: DropReason, count: number): string {
  const n = String(count);
  switch (reason) {
    case 'not-judged':
      return l10n.t('{0} that nobody judged', countWords.prompts(count));
    case 'not-ranked':
      return l10n.t('{0} whose judgements rank and write no answer', countWords.prompts(count));
    case 'no-preference':
      return l10n.t('{0} whose judgements prefer no answer to another', countWords.prompts(count));
    case 'all-flagged':
      return l10n.t('{0} all of whose ranked answers are flagged', countWords.prompts(count));
    case 'none-good-enough':
      return l10n.t(
        '{0} without an answer that is unflagged and above the good-enough line',
        countWords.prompts(count),
      );
    case 'no-line':
      return count === 1
        ? l10n.t('1 ranking or rating without a good-enough line')
        : l10n.t('{0} rankings or ratings without a good-enough line', n);
    case 'no-label':
      return l10n.t('{0} whose judgements say of no answer whether it is good enough', countWords.prompts(count));
    case 'no-steps':
      return l10n.t('{0} whose judgements judge no steps', countWords.prompts(count));
    case 'not-rated':
      return l10n.t('{0} whose judgements rate no answer', countWords.prompts(count));
    case 'no-attributes':
      return count === 1
        ? l10n.t('1 answer without all of HelpSteer’s attributes from 0 to 4')
        : l10n.t('{0} answers without all of HelpSteer’s attributes from 0 to 4', n);
    case 'even-split':
      return count === 1
        ? l10n.t('1 answer or step on which the labelers are evenly split')
        : l10n.t('{0} answers or steps on which the labelers are evenly split', n);
    case 'equal-answers':
      return l10n.t('{0} of two equal texts', countWords.pairs(count));
    case 'empty-answer':
      return l10n.t('{0} with an empty answer', countWords.rows(count));
    case 'prompt-turns':
      return l10n.t(
        '{0} whose turns no chat template takes (system first, user and assistant in turn, user last)',
        countWords.prompts(count),
      );
    case 'prompt-many-turns':
      return l10n.t('{0} of several turns, for which the format has no place', countWords.prompts(count));
    case 'prompt-empty':
      return l10n.t('{0} with an empty turn', countWords.prompts(count));
    case 'lone-surrogate':
      return count === 1
        ? l10n.t('1 text with half a surrogate pair, which is no character')
        : l10n.t('{0} texts with half a surrogate pair, which is no character', n);
  }
}

/** The same for the card, which is English whatever the editor speaks. */
export const dropMeaning: Readonly<Record<DropReason, string>> = {
  'not-judged': 'prompts that nobody judged',
  'not-ranked': 'prompts whose judgements rank and write no answer',
  'no-preference': 'prompts whose judgements prefer no answer to another',
  'all-flagged': 'prompts all of whose ranked answers are flagged',
  'none-good-enough': 'prompts without an answer that is unflagged and above the good-enough line',
  'no-line': 'rankings or ratings without a good-enough line',
  'no-label': 'prompts whose judgements say of no answer whether it is good enough',
  'no-steps': 'prompts whose judgements judge no steps',
  'not-rated': 'prompts whose judgements rate no answer',
  'no-attributes': "answers without all of HelpSteer's attributes from 0 to 4",
  'even-split': 'answers or steps on which the labelers are evenly split',
  'equal-answers': 'pairs of two equal texts',
  'empty-answer': 'rows with an empty answer',
  'prompt-turns': 'prompts whose turns no chat template takes',
  'prompt-many-turns': 'prompts of several turns, for which the format has no place',
  'prompt-empty': 'prompts with an empty turn',
  'lone-surrogate': 'texts with half a surrogate pair',
};

/** Counts by reason, in the order of the reasons, those of zero left out. */
export type Dropped = Readonly<Partial<Record<DropReason, number>>>;

export class DropTally {
  readonly #counts = new Map<DropReason, number>();

  add(dropped: readonly (readonly [DropReason, number])[]): void {
    for (const [reason, count] of dropped) this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
  }

  get counts(): Dropped {
    return Object.fromEntries(
      dropReasons.flatMap((reason) => {
        const count = this.#counts.get(reason) ?? 0;
        return count === 0 ? [] : [[reason, count]];
      }),
    );
  }
}
