import * as l10n from '@vscode/l10n';
import {
  candidateIdOf,
  checkJudgement,
  checkScales,
  checkSpans,
  checkName,
  Judgement,
  jsonFaultOf,
  judgementIdOf,
  maxJsonDepth,
  rubricOf,
  stableStringify,
  type JudgementId,
} from '../core/index.js';
import type { Project } from '../store/index.js';

/** A judgement that may be written, or why not, as a sentence. */
export type ReadJudgement =
  { readonly ok: true; readonly judgement: Judgement } | { readonly ok: false; readonly error: string };

export interface JudgementDefaults {
  readonly now: () => Date;
  /** Different every time. */
  readonly unique: () => string;
}

/**
 * One line of `judge`: a judgement with `prompt` (or `promptId`), `labeler` and what it says. `id`, `at`, `status` and ids of
 * corrections may be left out.
 *
 * @param inFlight judgements that are being written.
 */
export function readJudgementLine(
  line: string,
  project: Project,
  inFlight: ReadonlyMap<JudgementId, Judgement>,
  defaults: JudgementDefaults,
): ReadJudgement {
  const fault = jsonFaultOf(line);
  if (fault !== undefined)
    return refused(
      fault.kind === 'too-deep'
        ? l10n.t('The line is nested deeper than {0} levels.', String(maxJsonDepth))
        : l10n.t('There is half a character (a lone surrogate) at offset {0}.', String(fault.offset)),
    );
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return refused(l10n.t('The line is not JSON: {0}', error instanceof Error ? error.message : String(error)));
  }
  if (!isRecord(value)) return refused(l10n.t('The line is not a JSON object.'));
  const parsed = Judgement.safeParse(withDefaults(value, defaults));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.join('.') ?? '';
    return refused(`${field === 'promptId' ? 'prompt' : field}: ${issue?.message ?? ''}`);
  }
  const judgement = parsed.data;
  const nameFault = checkName(judgement.labeler);
  if (nameFault !== undefined) return refused(`labeler: ${nameFault}`);
  if (project.prompt(judgement.promptId) === undefined)
    return refused(l10n.t('There is no prompt "{0}". "touchstone show" lists them.', judgement.promptId));
  const texts = new Map<string, string>(project.candidatesOf(judgement.promptId).map(({ id, text }) => [id, text]));
  const { config } = project;
  const scales = { rubric: rubricOf(config), points: config.mode === 'pair' ? config.pair.points : undefined };
  const problem =
    checkJudgement(judgement, new Set(texts.keys())) ?? checkSpans(judgement, texts) ?? checkScales(judgement, scales);
  if (problem !== undefined) return refused(problem);
  const known =
    project.judgementsOf(judgement.promptId).find((row) => row.id === judgement.id) ?? inFlight.get(judgement.id);
  const isOther = known === undefined ? project.hasJudgement(judgement.id) : !isEqual(known, judgement, value);
  if (isOther) return refused(l10n.t('The id "{0}" is taken by another judgement.', judgement.id));
  return { ok: true, judgement: known ?? judgement };
}

function withDefaults(value: Readonly<Record<string, unknown>>, { now, unique }: JudgementDefaults): object {
  const { prompt, corrections, ...rest } = value;
  const id = rest['id'] ?? judgementIdOf([value, unique()]);
  return {
    status: 'submitted',
    at: now().toISOString(),
    ...rest,
    id,
    promptId: rest['promptId'] ?? prompt,
    ...(Array.isArray(corrections)
      ? {
          corrections: corrections.map((correction: unknown, index) =>
            isRecord(correction) ? { ...correction, id: correction['id'] ?? candidateIdOf([id, index]) } : correction,
          ),
        }
      : corrections === undefined
        ? {}
        : { corrections }),
  };
}

/** A message that is sent again, with the time of now where it named none, is the same judgement. */
const isEqual = (known: Judgement, again: Judgement, sent: Readonly<Record<string, unknown>>): boolean =>
  stableStringify({ ...known, at: 'at' in sent ? known.at : '' }) ===
  stableStringify({ ...again, at: 'at' in sent ? again.at : '' });

const refused = (error: string): ReadJudgement => ({ ok: false, error });

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
