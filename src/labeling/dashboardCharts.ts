import * as l10n from '@vscode/l10n';
import {
  lengthBias,
  plainLine,
  positionBias,
  timeByLength,
  topicWords,
  type AgreementMeasure,
  type AgreementPrompt,
  type Attribute,
  type Figure,
  type Judgement,
} from '../core/index.js';
import type { FigureChart, FigureRow } from '../protocol.js';
import { percent, seconds } from './dashboardWords.js';

/**
 * The charts of the dashboard: rows with their intervals, and the sentence that a reader would take from them; undefined
 * where there is nothing to draw.
 */

/** Fewer cases than this are no reason to warn anybody. */
const fewCases = 20;

/** @param isLead whether the reader may see the names of labelers. */
export function agreementChart(measures: readonly AgreementMeasure[], isLead: boolean): FigureChart | undefined {
  const rows = measures.flatMap((measure) => {
    if (measure.alpha === undefined) return [];
    return [figureRow(plainLine(topicWords(measure)), measure.alpha, measure.alpha.value.toFixed(2))];
  });
  if (rows.length === 0) return undefined;
  const [weakest] = [...rows].sort((a, b) => a.value - b.value);
  const isWeak = weakest !== undefined && weakest.high < 0.667 && weakest.n >= fewCases;
  return {
    title: l10n.t('Agreement'),
    unit: l10n.t('alpha, 95 %'),
    // Krippendorff takes 0.667 for the least that allows even tentative conclusions (Content Analysis, 2004, p. 241).
    sentence: isWeak
      ? l10n.t('Labelers read {0} in different ways: talk it over, or make the guidelines clearer.', weakest.label)
      : l10n.t('Nothing is clearly below 0.67, the least that allows conclusions.'),
    tone: isWeak ? 'warning' : 'fine',
    rows,
    more: measures.flatMap((measure) => otherMeasures(measure, isLead)),
    range: [Math.min(0, ...rows.map(({ low }) => low)), 1],
    scale: 'coefficient',
  };
}

/** Beside alpha. One pair of labelers has no need of names; which of several is which, only the lead may know. */
function otherMeasures(measure: AgreementMeasure, isLead: boolean): FigureRow[] {
  const { percent: alike, fleiss, cohen } = measure;
  const topic = plainLine(topicWords(measure));
  const kappa = (label: string, figure: Figure) => figureRow(label, figure, figure.value.toFixed(2));
  const pairs = isLead || cohen.length === 1 ? cohen : [];
  return [
    ...(alike === undefined
      ? []
      : [{ ...figureRow(l10n.t('{0}, alike', topic), alike, percent(alike.value)), scale: 'share' as const }]),
    ...(fleiss === undefined
      ? []
      : [kappa(l10n.t("{0}, Fleiss' kappa of {1} labelers", topic, fleiss.nLabelers), fleiss)]),
    ...pairs.map(({ labelers, ...figure }) =>
      kappa(
        isLead
          ? l10n.t("{0}, Cohen's kappa of {1} and {2}", topic, plainLine(labelers[0]), plainLine(labelers[1]))
          : l10n.t("{0}, Cohen's kappa of two labelers", topic),
        figure,
      ),
    ),
  ];
}

export function positionChart(
  judged: readonly AgreementPrompt[],
  rubric: readonly Attribute[],
): FigureChart | undefined {
  const [found] = positionBias(judged, { rubric });
  if (found === undefined) return undefined;
  const { nShown } = found;
  const chance = 1 / nShown;
  const rows = found.places.map((place, index) =>
    figureRow(String.fromCharCode(65 + index), place, percent(place.value)),
  );
  const off = rows.filter(({ low, high }) => low > chance || high < chance);
  const [first] = off;
  return {
    title: l10n.t('Position bias'),
    unit: l10n.t('firsts by place'),
    sentence:
      first === undefined
        ? l10n.t('None seen: every interval holds {0}.', percent(chance))
        : l10n.t('Place {0} is first in {1}, where chance gives {2}.', first.label, first.text, percent(chance)),
    tone: first === undefined ? 'fine' : 'warning',
    rows,
    neutral: chance,
    range: [0, Math.min(1, Math.max(2 * chance, ...rows.map(({ high }) => high)))],
    scale: 'share',
  };
}

export function lengthChart(judged: readonly AgreementPrompt[], rubric: readonly Attribute[]): FigureChart | undefined {
  const rows = lengthBias(judged, { rubric }).flatMap(({ from, below, longerWins }) => {
    if (longerWins === undefined) return [];
    const label = below === undefined ? l10n.t('over {0} ×', from) : l10n.t('{0} to {1} ×', from, below);
    return [figureRow(label, longerWins, percent(longerWins.value))];
  });
  if (rows.length === 0) return undefined;
  const off = rows.filter(({ low, high }) => low > 0.5 || high < 0.5);
  const strongest = [...off].sort((a, b) => Math.abs(b.value - 0.5) - Math.abs(a.value - 0.5))[0];
  return {
    title: l10n.t('Length bias'),
    unit: l10n.t('the longer one wins'),
    sentence:
      strongest === undefined
        ? l10n.t('None seen: every interval holds {0}.', percent(0.5))
        : l10n.t('An answer {0} as long wins {1}.', strongest.label, strongest.text),
    tone: strongest === undefined ? 'fine' : 'warning',
    rows,
    neutral: 0.5,
    range: [0, 1],
    scale: 'share',
  };
}

/** Time against length: who reads takes longer where there is more to read. */
export function timeChart(submitted: readonly Judgement[]): FigureChart | undefined {
  const rows = timeByLength(submitted).map(({ from, below, median }) => {
    const label = below === undefined ? `${from}+` : `${from}–${below}`;
    const { value, low, high, n } = median;
    return figureRow(label, { value: value / 1000, low: low / 1000, high: high / 1000, n }, seconds(value));
  });
  const [shortest, longest] = [rows[0], rows.at(-1)];
  if (shortest === undefined || longest === undefined) return undefined;
  const isFlat = shortest !== longest && longest.n >= fewCases && longest.low <= shortest.high;
  return {
    title: l10n.t('Time against length'),
    unit: l10n.t('median time, by words on the screen'),
    sentence: isFlat
      ? l10n.t(
          'More words take no more time: {0} for {1} words, {2} for {3}.',
          shortest.text,
          shortest.label,
          longest.text,
          longest.label,
        )
      : l10n.t('{0} for {1} words.', longest.text, longest.label),
    tone: isFlat ? 'warning' : 'fine',
    rows,
    range: [0, Math.max(1, ...rows.map(({ high }) => high))],
    scale: 'seconds',
  };
}

const figureRow = (label: string, { value, low, high, n }: Figure, text: string): FigureRow => ({
  label,
  value,
  low,
  high,
  n,
  text,
});
