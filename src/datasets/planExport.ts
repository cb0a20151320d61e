import {
  contentHash,
  currentJudgements,
  currentRepeats,
  hashOrdered,
  heldOut,
  judgedPromptOf,
  nothingToExport,
  rubricOf,
  seedInvalid,
  splitInvalid,
  stableStringify,
  type Gold,
  type JudgedPrompt,
  type Judgement,
  type PartialRule,
  type PromptId,
  type Split,
} from '../core/index.js';
import type { Project } from '../store/index.js';
import type { DropTally } from './dropped.js';
import {
  answerExamples,
  labelExamples,
  marginExamples,
  preferenceExamples,
  scoresExamples,
  stepsExamples,
  type Derived,
  type Provenance,
} from './examples.js';
import { formatNamed, type AnyFormat } from './formats/index.js';

/** What a person decides of an export. */
export interface ExportPlan {
  /** Names of formats; twice the same counts once. */
  readonly formats: readonly string[];
  /** Folder of the data set, relative to the working directory or absolute. */
  readonly out: string;
  /** Share of the judged prompts that is held out for validation: at least 0, less than 1. @default 0.1 */
  readonly split?: number;
  /** Decides which prompts are held out and the order of shuffled files; whole, at least 0. @default 0 */
  readonly seed?: number;
}

/** All of a project that an export reads. */
export type ProjectView = Pick<Project, 'config' | 'promptIds' | 'prompt' | 'candidatesOf' | 'judgementsOf' | 'goldOf'>;

/** An export, decided: everything but the rows, which are made when they are written. */
export interface PlannedExport {
  readonly formats: readonly AnyFormat[];
  readonly split: number;
  readonly seed: number;
  readonly partial: PartialRule;
  readonly projectName: string;
  /** The prompts by split, each in the project's order; judgements as they were when this was made. */
  readonly prompts: Readonly<Record<Split, readonly PromptId[]>>;
  readonly source: { readonly prompts: number; readonly judgements: number; readonly sha256: string };
  promptOf(id: PromptId): PlannedPrompt | undefined;
}

/** A prompt as it was when the export was decided. */
export interface PlannedPrompt {
  readonly judged: JudgedPrompt;
  /** The judgements that hold, whatever their status. */
  readonly holding: readonly Judgement[];
  /** Those that were given when the prompt came again: in a record, part of no other row. */
  readonly repeats: readonly Judgement[];
  /** In a record, part of no other row. */
  readonly gold: Gold | undefined;
}

/** @throws InputError for an unknown format, a share or a seed out of range, or a project without prompts. */
export function planExport(project: ProjectView, plan: ExportPlan): PlannedExport {
  const formats = [...new Set(plan.formats)].map(formatNamed);
  const { split = 0.1, seed = 0 } = plan;
  if (!(split >= 0 && split < 1)) throw splitInvalid(split);
  if (!Number.isSafeInteger(seed) || seed < 0) throw seedInvalid(seed);
  if (project.promptIds.length === 0) throw nothingToExport(project.config.name);

  // A labeler may go on while files are written: what holds now is what every file tells.
  const holding = new Map<PromptId, Pick<PlannedPrompt, 'holding' | 'repeats' | 'gold'>>();
  const judgedIds: PromptId[] = [];
  const states: string[] = [];
  let nJudgements = 0;
  for (const id of project.promptIds) {
    const rows = project.judgementsOf(id);
    const judgements = currentJudgements(rows);
    const [repeats, gold] = [currentRepeats(rows), project.goldOf(id)];
    if (rows.length > 0 || gold !== undefined) holding.set(id, { holding: judgements, repeats, gold });
    if (judgements.some(({ status }) => status === 'submitted')) judgedIds.push(id);
    nJudgements += judgements.length;
    const answers = project.candidatesOf(id).map((candidate) => [candidate.id, candidate.text]);
    const others = repeats.length > 0 || gold !== undefined ? [repeats, gold ?? null] : [];
    states.push(contentHash([id, answers, judgements, ...others]));
  }
  const rubric = rubricOf(project.config);
  const validation = heldOut(judgedIds, { share: split, seed });
  return {
    formats,
    split,
    seed,
    partial: project.config.partial,
    projectName: project.config.name,
    prompts: {
      train: project.promptIds.filter((id) => !validation.has(id)),
      validation: project.promptIds.filter((id) => validation.has(id)),
    },
    source: { prompts: project.promptIds.length, judgements: nJudgements, sha256: contentHash(states.sort()) },
    promptOf(id) {
      const prompt = project.prompt(id);
      const rows = holding.get(id) ?? { holding: [], repeats: [], gold: undefined };
      return prompt && { judged: judgedPromptOf(prompt, project.candidatesOf(id), rows.holding, rubric), ...rows };
    },
  };
}

/** A row as it will stand in its file, and where it comes from. */
export interface PlannedRow {
  readonly row: unknown;
  readonly provenance: Provenance;
}

/**
 * The rows of one file, in their order: that of the project, or shuffled where the trainer reads in order. Undefined stands
 * for a prompt without rows, so that whoever waits sees progress.
 */
export function* rowsOf(
  planned: PlannedExport,
  format: AnyFormat,
  split: Split,
  tally: DropTally,
): Generator<PlannedRow | undefined> {
  const ids = planned.prompts[split];
  switch (format.derives) {
    case 'preference':
      yield* eachPrompt(planned, ids, tally, format.rowOf, (judged) => preferenceExamples(judged, planned.partial));
      return;
    case 'margin':
      yield* eachPrompt(planned, ids, tally, format.rowOf, (judged) => marginExamples(judged, planned.partial));
      return;
    case 'steps':
      yield* eachPrompt(planned, ids, tally, format.rowOf, stepsExamples);
      return;
    case 'scores':
      yield* eachPrompt(planned, ids, tally, format.rowOf, scoresExamples);
      return;
    case 'answer':
      yield* eachPrompt(planned, ids, tally, format.rowOf, answerExamples);
      return;
    case 'label': {
      const rows: PlannedRow[] = [];
      for (const row of eachPrompt(planned, ids, tally, format.rowOf, (judged) =>
        labelExamples(judged, planned.partial),
      ))
        if (row === undefined) yield undefined;
        else rows.push(row);
      yield* hashOrdered(rows, ({ provenance }) => stableStringify(provenance), planned.seed);
      return;
    }
    case 'record':
      for (const id of ids) {
        const found = planned.promptOf(id);
        if (found === undefined) continue;
        const { judged, holding, repeats, gold } = found;
        const row = format.rowOf({ ...judged, judgements: [...holding, ...repeats], gold });
        yield { row, provenance: recordProvenance(judged, holding) };
      }
  }
}

function* eachPrompt<Example>(
  planned: PlannedExport,
  ids: readonly PromptId[],
  tally: DropTally,
  rowOf: (example: Example) => unknown,
  derive: (judged: JudgedPrompt) => Derived<Example>,
): Generator<PlannedRow | undefined> {
  for (const id of ids) {
    const found = planned.promptOf(id);
    if (found === undefined) continue;
    const { examples, dropped } = derive(found.judged);
    tally.add(dropped);
    if (examples.length === 0) yield undefined;
    for (const { example, provenance } of examples) yield { row: rowOf(example), provenance };
  }
}

function recordProvenance({ prompt, candidates }: JudgedPrompt, holding: readonly Judgement[]): Provenance {
  return {
    promptId: prompt.id,
    answers: Object.fromEntries(candidates.map(({ id }, index) => [`candidates.${index}`, id])),
    labelers: holding.map(({ labeler }) => labeler),
    models: candidates.map(({ model }) => model?.name ?? null),
  };
}

/**
 * A JSON line without what some readers take for a line's end inside it.
 *
 * @param endsInDecimal see `Format`.
 */
export function jsonLine(value: unknown, { endsInDecimal = false }: { readonly endsInDecimal?: boolean } = {}): string {
  const escaped = JSON.stringify(value).replace(
    /[\u0085\u2028\u2029]/g,
    (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${endsInDecimal ? escaped.replace(/(?<=:-?\d+)\}$/, '.0}') : escaped}\n`;
}
