import { basename, extname } from 'node:path';
import * as l10n from '@vscode/l10n';
import {
  type Candidate,
  type CandidateId,
  type Gold,
  importKindUnknown,
  type Judgement,
  type JudgementId,
  type Problem,
  type Prompt,
  type PromptId,
} from '../core/index.js';
import type { Project } from '../store/index.js';
import { promptRowOf } from './columns.js';
import { fileSize } from './fileText.js';
import { type ImportedRow, importedRecord, type KnownIds } from './importRecord.js';
import { foreignExport, type Place, problemAt, wrongKind } from './problems.js';
import { interchangePrompt, placeOf } from './readPromptFile.js';
import { isProblem, readRows } from './readRows.js';
import { isObject } from './turns.js';

/**
 * What a file can be imported as. `touchstone`: interchange records; `prompts`: rows of a data set, by their column names,
 * and request lines of the Batch API; `lines`: plain text, a prompt a line.
 */
export const importKinds = ['touchstone', 'prompts', 'lines'] as const;
export type ImportKind = (typeof importKinds)[number];

/** @throws InputError for a word that is no kind. */
export function importKindOf(word: string): ImportKind {
  const kind = importKinds.find((each) => each === word);
  if (kind === undefined) throw importKindUnknown(word, importKinds);
  return kind;
}

export interface ImportOptions {
  /** Guessed row by row when left out. */
  readonly as?: ImportKind | undefined;
  /** Write nothing if any row of any file is bad. */
  readonly strict?: boolean | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: { readonly file: string; readonly nRows: number }) => void) | undefined;
}

/** What an import did, or would have done when `isWritten` is false (`strict`, and there were problems). */
export interface ImportReport {
  readonly isWritten: boolean;
  /** New prompts, candidates and judgements. */
  readonly nPrompts: number;
  readonly nCandidates: number;
  readonly nJudgements: number;
  /** Prompts that got a gold, or another one. */
  readonly nGold: number;
  /** Prompts that the project, or an earlier row, has already. */
  readonly nDuplicates: number;
  readonly problems: readonly Problem[];
}

/**
 * Reads files into a project: prompts with the answers and judgements that come with them. Bad rows are in the report, the
 * good ones go in. Importing a file twice adds nothing. Candidates and judgements are written first and the prompts last: a
 * crash in between leaves rows that no prompt shows, and importing again completes them.
 *
 * @throws InputError when a file as a whole cannot be read, before anything is written; StoreError; the signal's reason.
 */
export async function importFiles(
  project: Project,
  files: readonly string[],
  options: ImportOptions,
): Promise<ImportReport> {
  for (const file of files) await fileSize(file);
  const batch = new Batch(project);
  const problems: Problem[] = [];
  for (const file of files) {
    let nRows = 0;
    for await (const item of importedRows(file, project, batch, options)) {
      if (isProblem(item)) problems.push(item);
      else batch.add(file, item);
      nRows += 1;
      if (nRows % rowsPerReport === 0) options.onProgress?.({ file, nRows });
    }
    options.onProgress?.({ file, nRows });
  }
  const isWritten = !(options.strict === true && problems.length > 0);
  options.signal.throwIfAborted();
  if (isWritten) await batch.write();
  return { isWritten, ...batch.counts, problems };
}

const rowsPerReport = 1000;
/** Rows that go to the journals in one append: one sync for many, and no line of a gigabyte. */
const rowsPerAppend = 2000;

async function* importedRows(
  file: string,
  project: Project,
  batch: Batch,
  { as, signal }: ImportOptions,
): AsyncGenerator<ImportedRow | Problem> {
  for await (const item of readRows(file, { signal, ...(as === 'lines' ? { syntax: 'lines' } : {}) })) {
    if (isProblem(item)) {
      yield item;
      continue;
    }
    const place = placeOf(file, item.line, project.folder);
    const isRecord = interchangePrompt(item.value) !== undefined;
    const tool = as === undefined && !isRecord ? foreignTool(item.value) : undefined;
    if (tool !== undefined) {
      yield problemAt(place, foreignExport(tool));
      return;
    }
    yield* isRecord || as === 'touchstone' ? recordRow(item.value, place, as, batch) : promptRow(item.value, place);
  }
}

function* recordRow(
  value: unknown,
  place: Place,
  as: ImportKind | undefined,
  batch: Batch,
): Generator<ImportedRow | Problem> {
  if (as === 'touchstone' && !(isObject(value) && isObject(value['prompt']))) {
    yield problemAt(place, wrongKind(as, l10n.t('it has no object "prompt".')));
    return;
  }
  const { row, problems } = importedRecord(value, place, batch, (promptId) => batch.nJudgementsOf(promptId));
  yield* problems;
  // As prompts, the answers come along; what people said of them does not.
  if (row !== undefined) yield as === 'prompts' ? { ...row, judgements: [], gold: undefined } : row;
}

function* promptRow(value: unknown, place: Place): Generator<ImportedRow | Problem> {
  const row = promptRowOf(value, place);
  if ('fault' in row) {
    yield problemAt(place, row.fault);
    return;
  }
  for (const fault of row.value.faults) yield problemAt(place, fault);
  yield { prompt: row.value.prompt, candidates: row.value.candidates, judgements: [] };
}

/** The tool whose export this row is, for those that are told apart from prompts only by a closer look. */
function foreignTool(row: unknown): string | undefined {
  if (!isObject(row)) return undefined;
  if (isObject(row['data']) && Array.isArray(row['annotations'])) return l10n.t('an export of Label Studio');
  if (isObject(row['fields']) && (isObject(row['responses']) || isObject(row['suggestions'])))
    return l10n.t('an export of Argilla');
  if (typeof row['_input_hash'] === 'number' && typeof row['_task_hash'] === 'number')
    return l10n.t('an export of Prodigy');
  if (typeof row['custom_id'] === 'string' && 'response' in row && 'error' in row)
    return l10n.t('the answers of a batch run');
  return undefined;
}

/** What is going to be written, beside what the project has: ids that either has are not free. */
class Batch implements KnownIds {
  readonly #project: Project;
  /** By file, in the order in which they were read. */
  readonly #prompts = new Map<string, Prompt[]>();
  readonly #promptIds = new Set<PromptId>();
  readonly #candidates = new Map<PromptId, Candidate[]>();
  readonly #owners = new Map<CandidateId, PromptId>();
  readonly #judgements = new Map<PromptId, Judgement[]>();
  readonly #judgementIds = new Set<JudgementId>();
  readonly #golds = new Map<PromptId, Gold>();
  #nDuplicates = 0;

  constructor(project: Project) {
    this.#project = project;
  }

  get counts(): Pick<ImportReport, 'nPrompts' | 'nCandidates' | 'nJudgements' | 'nGold' | 'nDuplicates'> {
    return {
      nPrompts: this.#promptIds.size,
      nCandidates: this.#owners.size,
      nJudgements: this.#judgementIds.size,
      nGold: this.#golds.size,
      nDuplicates: this.#nDuplicates,
    };
  }

  add(file: string, { prompt, candidates, judgements, gold }: ImportedRow): void {
    if (this.#promptIds.has(prompt.id) || this.#project.prompt(prompt.id) !== undefined) this.#nDuplicates += 1;
    else {
      this.#promptIds.add(prompt.id);
      addTo(this.#prompts, file, prompt);
    }
    for (const candidate of candidates) {
      if (this.promptOf(candidate.id) !== undefined) continue;
      this.#owners.set(candidate.id, prompt.id);
      addTo(this.#candidates, prompt.id, candidate);
    }
    for (const judgement of judgements) {
      if (this.hasJudgement(judgement.id)) continue;
      this.#judgementIds.add(judgement.id);
      addTo(this.#judgements, prompt.id, judgement);
    }
    if (gold !== undefined && !this.hasJudgement(gold.id)) this.#golds.set(prompt.id, gold);
  }

  async write(): Promise<void> {
    for (const rows of chunks([...this.#candidates.values()].flat())) await this.#project.appendCandidates(rows);
    for (const rows of chunks([...this.#judgements.values()].flat())) await this.#project.appendJudgements(rows);
    for (const rows of chunks([...this.#golds.values()])) await this.#project.appendJudgements(rows);
    for (const [file, rows] of this.#prompts)
      await this.#project.addPrompts(rows, { name: basename(file, extname(file)) });
  }

  nJudgementsOf(promptId: PromptId): number {
    return this.#judgements.get(promptId)?.length ?? 0;
  }

  promptOf(candidateId: CandidateId): PromptId | undefined {
    return this.#owners.get(candidateId) ?? this.#project.promptOf(candidateId);
  }

  candidatesOf(promptId: PromptId): readonly Candidate[] {
    return [...this.#project.candidatesOf(promptId), ...(this.#candidates.get(promptId) ?? [])];
  }

  hasJudgement(id: JudgementId): boolean {
    return this.#judgementIds.has(id) || this.#project.hasJudgement(id);
  }

  goldOf(promptId: PromptId): Gold | undefined {
    return this.#golds.get(promptId) ?? this.#project.goldOf(promptId);
  }

  judgementsOf(promptId: PromptId): readonly Judgement[] {
    return [...this.#project.judgementsOf(promptId), ...(this.#judgements.get(promptId) ?? [])];
  }
}

function addTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const rows = map.get(key);
  if (rows === undefined) map.set(key, [value]);
  else rows.push(value);
}

function* chunks<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += rowsPerAppend) yield rows.slice(start, start + rowsPerAppend);
}
