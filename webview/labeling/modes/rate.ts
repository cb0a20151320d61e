/** Every answer on every attribute of the project's rubric. */
import { boardOf, lettersOf, reduceBoard, visibleLine } from '../../../src/core/index.js';
import type { Attribute } from '../../../src/core/index.js';
import { html, nothing } from 'lit/html.js';
import type { TemplateResult } from 'lit/html.js';
import type { LabelingSettings } from '../../../src/protocol.js';
import { visibleNodes } from '../markdown.js';
import { answerAt, cardLetter, isMissing, writtenNames } from '../state.js';
import type { PageState, Shown, Work } from '../state.js';
import { number, t } from '../strings.js';
import type { Drawing } from '../view.js';
import type { Completeness, Mode, Reply } from './mode.js';
import { radios } from './radios.js';

type Rubric = LabelingSettings['rubric'];

/** More scores than this are no row of buttons: a number is typed. */
const maxButtons = 11;

export const rate: Mode = {
  hasBoard: false,

  act(shown, action, { rubric }) {
    const { work } = shown;
    const attribute = rubric[work.at];
    if (attribute === undefined) return undefined;
    switch (action.do) {
      case 'place':
        return rateByDigit(shown, rubric, attribute, action.place);
      case 'leave-out': {
        const byDigit = rateByDigit(shown, rubric, attribute, 0);
        return byDigit ?? { work: scored(shown, cardLetter(shown), attribute, undefined) };
      }
      case 'take-back':
        return { work: takeBack(shown, rubric) };
      case 'clear':
        return { work: { ...work, own: {}, at: 0 } };
      case 'part-down':
        return { work: { ...work, at: Math.min(work.at + 1, rubric.length - 1) } };
      case 'part-up':
        return { work: { ...work, at: Math.max(work.at - 1, 0) } };
      default:
        return undefined;
    }
  },

  choose(shown, { letter, at, value }, { rubric }): Reply {
    const attribute = rubric[at];
    if (attribute === undefined) return {};
    const board = reduceBoard(shown.work.board, { type: 'focus', letter });
    return { work: { ...scored(shown, letter, attribute, value), board, at } };
  },

  draft: (_view, { own }) => ({
    mode: 'rate',
    ranking: [],
    ...(own.ratings !== undefined && Object.keys(own.ratings).length > 0 && { ratings: own.ratings }),
  }),

  work(view, { ratings, corrections = [] }) {
    const board = boardOf(view.answers.length, { written: writtenNames(view, corrections) });
    return { board, at: 0, own: ratings === undefined ? {} : { ratings } };
  },

  completeness,

  sentence({ settings: { rubric } }, shown) {
    const attribute = rubric[shown.work.at];
    if (attribute === undefined) return '';
    const letter = cardLetter(shown);
    const score = scoreOf(shown, letter, attribute);
    const { nGiven, nAll } = countOf(shown, rubric);
    const here =
      score === undefined
        ? t('{0}, {1}: not rated.', letter, attribute.label)
        : t('{0}, {1}: {2}.', letter, attribute.label, score);
    return `${here} ${t('{0} of {1} rated.', nGiven, nAll)}`;
  },

  choices({ settings: { rubric } }, shown) {
    const attribute = rubric[shown.work.at];
    const { nGiven, nAll } = countOf(shown, rubric);
    return html`<div class="rubric">
      <p class="anchors" title=${attribute === undefined ? nothing : anchorsLine(attribute)}>
        ${attribute === undefined ? t('This project has no rubric') : anchors(attribute)}
      </p>
      <span class="small muted count"
        >${t('{0} of {1}.', nGiven, nAll)}
        ${attribute && isWide(attribute) ? nothing : t('A digit rates and goes on')}</span
      >
    </div>`;
  },

  under: ratings,
  spoken: () => '',

  keys({ settings: { rubric } }, { bindings }) {
    const zero = html`<kbd>${bindings.label('leave-out')}</kbd>`;
    const digits = digitsOf(rubric, zero);
    const nWithZero = rubric.filter((attribute) => scoreOfDigit(attribute, 0) !== undefined).length;
    return {
      title: t('Rate'),
      rows: [
        ...(digits === nothing ? [] : ([[digits, t('rate, on to the next attribute, then answer')]] as const)),
        [html`<kbd>↑</kbd> <kbd>↓</kbd>`, t('attribute')],
        [html`<kbd>A</kbd> … <kbd>H</kbd>`, t('focus that answer')],
        [nWithZero > 0 ? html`<kbd>${bindings.label('take-back')}</kbd>` : zero, t('take it back')],
        ...(nWithZero > 0 && nWithZero < rubric.length
          ? ([[zero, t('take it back, where that key gives no score')]] as const)
          : []),
        [html`<kbd>${bindings.label('clear')}</kbd>`, t('clear all')],
      ],
    };
  },
};

// What is said -----------------------------------------------------------------------------------------------------------

const isWide = ({ min, max }: Attribute): boolean => max - min + 1 > maxButtons;

const scoresOf = ({ min, max }: Attribute): readonly number[] =>
  Array.from({ length: max - min + 1 }, (_, index) => min + index);

/**
 * The score that a digit gives: itself where the scale has it, and 0 the ten of a scale from 1 to 10. On a scale that goes
 * below zero, its first, second, … score.
 */
function scoreOfDigit(attribute: Attribute, digit: number): number | undefined {
  const { min, max } = attribute;
  if (isWide(attribute)) return undefined;
  if (min < 0) return digit > 0 && min + digit - 1 <= max ? min + digit - 1 : undefined;
  if (digit === 0 && min > 0) return max === 10 ? 10 : undefined;
  return digit >= min && digit <= max ? digit : undefined;
}

/** The digits that rate, as `0 … 4`, `1 … 5` or, where 0 is the ten, `1 … 9 0`; nothing where numbers are typed. */
function digitsOf(rubric: Rubric, zero: TemplateResult): TemplateResult | typeof nothing {
  const rates = (digit: number) => rubric.some((attribute) => scoreOfDigit(attribute, digit) !== undefined);
  const [first, ...others] = [1, 2, 3, 4, 5, 6, 7, 8, 9].filter(rates);
  const last = others.at(-1);
  if (first === undefined) return rates(0) ? zero : nothing;
  const upTo = last === undefined ? nothing : html` … <kbd>${last}</kbd>`;
  if (rubric.some((attribute) => scoreOfDigit(attribute, 0) === 0))
    return last === undefined ? html`${zero} <kbd>${first}</kbd>` : html`${zero}${upTo}`;
  return html`<kbd>${first}</kbd>${upTo}${rates(0) ? html` ${zero}` : nothing}`;
}

function rateByDigit(shown: Shown, rubric: Rubric, attribute: Attribute, digit: number): Reply | undefined {
  const score = scoreOfDigit(attribute, digit);
  if (score === undefined) return undefined;
  return { work: goOn(shown, rubric, scored(shown, cardLetter(shown), attribute, score)) };
}

const scoreOf = ({ view, work }: Shown, letter: string, { id }: Attribute): number | undefined => {
  const ratings = work.own.ratings?.[answerAt(view, letter)?.candidateId ?? ''];
  return ratings !== undefined && Object.hasOwn(ratings, id) ? ratings[id] : undefined;
};

function scored({ view, work }: Shown, letter: string, { id }: Attribute, score: number | undefined): Work {
  const candidateId = answerAt(view, letter)?.candidateId;
  if (candidateId === undefined) return work;
  const all = work.own.ratings ?? {};
  const { [id]: _before, ...others } = all[candidateId] ?? {};
  const own = score === undefined ? others : { ...others, [id]: score };
  const { [candidateId]: _own, ...answers } = all;
  const ratings = Object.keys(own).length > 0 ? { ...answers, [candidateId]: own } : answers;
  return { ...work, own: Object.keys(ratings).length > 0 ? { ratings } : {} };
}

/** Answers without a word are not rated. */
const toRate = ({ view, work }: Shown): readonly string[] =>
  lettersOf(work.board).filter((letter) => {
    const answer = answerAt(view, letter);
    return answer !== undefined && !isMissing(answer);
  });

const missing = (shown: Shown, rubric: Rubric): readonly { letter: string; at: number }[] =>
  toRate(shown).flatMap((letter) =>
    rubric.flatMap((attribute, at) => (scoreOf(shown, letter, attribute) === undefined ? [{ letter, at }] : [])),
  );

function countOf(shown: Shown, rubric: Rubric): { nGiven: number; nAll: number } {
  const nAll = toRate(shown).length * rubric.length;
  return { nGiven: nAll - missing(shown, rubric).length, nAll };
}

/** The next one without a score after this one, round to the start; with none left, the next attribute of this answer. */
function goOn(shown: Shown, rubric: Rubric, work: Work): Work {
  const letter = cardLetter(shown);
  const left = missing({ ...shown, work }, rubric);
  const next =
    left.find((other) => other.letter > letter || (other.letter === letter && other.at > work.at)) ?? left[0];
  if (next === undefined) return { ...work, at: Math.min(work.at + 1, rubric.length - 1) };
  return { ...work, board: reduceBoard(work.board, { type: 'focus', letter: next.letter }), at: next.at };
}

/** The score here, or where there is none, the one before. */
function takeBack(shown: Shown, rubric: Rubric): Work {
  const letter = cardLetter(shown);
  const { at } = shown.work;
  const places = toRate(shown).flatMap((other) =>
    rubric.map((attribute, index) => ({ letter: other, attribute, at: index })),
  );
  const here = places.findIndex((place) => place.letter === letter && place.at === at);
  const target = places
    .slice(0, here + 1)
    .findLast((place) => scoreOf(shown, place.letter, place.attribute) !== undefined);
  if (target === undefined) return shown.work;
  const work = scored(shown, target.letter, target.attribute, undefined);
  return { ...work, board: reduceBoard(work.board, { type: 'focus', letter: target.letter }), at: target.at };
}

function completeness(state: PageState, shown: Shown): Completeness {
  const { rubric, partial } = state.settings;
  const { nGiven, nAll } = countOf(shown, rubric);
  if (nGiven === 0) return { is: 'missing', text: t('Nothing is rated yet. A digit rates and goes on') };
  const nLeft = nAll - nGiven;
  if (nLeft === 0 || state.notice?.confirms.includes('unplaced') === true) return { is: 'complete', work: shown.work };
  if (partial === 'forbid')
    return {
      is: 'missing',
      text:
        nLeft === 1
          ? t('1 of {0} ratings is missing. This project asks for all', nAll)
          : t('{0} of {1} ratings are missing. This project asks for all', nLeft, nAll),
    };
  return {
    is: 'to-confirm',
    confirmation: 'unplaced',
    text:
      nLeft === 1
        ? t('1 of {0} ratings is missing. Enter again submits without it', nAll)
        : t('{0} of {1} ratings are missing. Enter again submits without them', nLeft, nAll),
  };
}

// How it looks -----------------------------------------------------------------------------------------------------------

/** In full: in a narrow panel the last words have no room. */
const anchorsLine = (attribute: Attribute): string =>
  [
    visibleLine(attribute.label),
    ...Object.entries(attribute.anchors ?? {}).map(([score, text]) => `${score} ${visibleLine(text)}`),
  ].join(' · ');

/** What the scores of the attribute under the keys mean. */
function anchors(attribute: Attribute): TemplateResult {
  const said = scoresOf(isWide(attribute) ? { ...attribute, max: attribute.min } : attribute).flatMap((score) => {
    const text = attribute.anchors?.[score];
    return text === undefined ? [] : [html`<span class="anchor"><b>${score}</b> ${visibleNodes(text)}</span>`];
  });
  const range = t('from {0} to {1}', attribute.min, attribute.max);
  return html`<b class="name">${visibleNodes(attribute.label)}</b>
    ${said.length > 0 ? said : html`<span>${range}</span>`}`;
}

function ratings(
  { settings: { rubric } }: PageState,
  shown: Shown,
  _answer: unknown,
  letter: string,
  { send }: Drawing,
): TemplateResult {
  const isFocused = letter === cardLetter(shown);
  const choose = (at: number, value: number) => send({ type: 'choose', choice: { letter, at, value } });
  return html`<div class="under rates">
    ${rubric.map((attribute, at) => {
      const isHere = isFocused && at === shown.work.at;
      const score = scoreOf(shown, letter, attribute);
      const label = t('{0}, answer {1}', attribute.label, letter);
      return html`<span class="name ${isHere ? 'here' : ''}" aria-hidden="true">${visibleNodes(attribute.label)}</span>
        ${
          isWide(attribute)
            ? html`<input
                class="field score ${isHere ? 'now' : ''}"
                type="number"
                aria-label=${label}
                min=${attribute.min}
                max=${attribute.max}
                .value=${score === undefined ? '' : String(score)}
                @click=${(event: Event) => event.stopPropagation()}
                @change=${(event: Event) => {
                  const { target } = event;
                  if (!(target instanceof HTMLInputElement) || target.value.trim() === '') return;
                  const value = Math.round(Number(target.value));
                  if (Number.isFinite(value)) choose(at, Math.min(attribute.max, Math.max(attribute.min, value)));
                }}
              />`
            : radios(
                label,
                `seg scores ${isHere ? 'now' : ''}`,
                scoresOf(attribute).map((value) => ({
                  content: number(value),
                  ...(attribute.anchors?.[value] !== undefined && {
                    title: visibleLine(attribute.anchors[value]),
                    name: `${value}, ${visibleLine(attribute.anchors[value])}`,
                  }),
                  isChecked: score === value,
                  choose: () => choose(at, value),
                })),
                { isStop: isFocused },
              )
        }`;
    })}
  </div>`;
}
