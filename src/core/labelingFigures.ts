import { agreementMeasures, selfAgreement, type AgreementMeasure, type AgreementPrompt } from './agreement.js';
import { lengthBias, positionBias, type LengthBias, type PositionBias } from './bias.js';
import type { Figure } from './figure.js';
import { goldAgreement, type GoldAgreement } from './goldAgreement.js';
import { currentJudgements } from './judgement.js';
import { pacePerHour, timeByLength, timePerPrompt, type TimeByLength } from './pace.js';
import type { Attribute } from './rubric.js';

/** What the judgements of a project tell of the work itself, each with its interval. */
export interface LabelingFigures {
  readonly agreement: readonly AgreementMeasure[];
  readonly self: Figure | undefined;
  /** With what is known to be right. */
  readonly gold: GoldAgreement | undefined;
  readonly positionBias: readonly PositionBias[];
  readonly lengthBias: readonly LengthBias[];
  /** Milliseconds; see `timePerPrompt`. */
  readonly timePerPrompt: Figure | undefined;
  readonly pacePerHour: Figure | undefined;
  readonly timeByLength: readonly TimeByLength[];
}

/** The same prompts and seed give the same figures. */
export function labelingFigures(
  prompts: readonly AgreementPrompt[],
  options: { readonly rubric?: readonly Attribute[]; readonly seed?: number } = {},
): LabelingFigures {
  const judged = prompts.filter(({ judgements }) => judgements.length > 0);
  const holding = judged.flatMap(({ judgements }) => currentJudgements(judgements));
  return {
    agreement: agreementMeasures(judged, options),
    self: selfAgreement(judged, options),
    gold: goldAgreement(judged, options),
    positionBias: positionBias(judged, options),
    lengthBias: lengthBias(judged, options),
    timePerPrompt: timePerPrompt(holding),
    pacePerHour: pacePerHour(holding, { seed: options.seed ?? 0 }),
    timeByLength: timeByLength(holding),
  };
}
