import { disagreementOf, type Judgement, type Prompt, type PromptId } from '../core/index.js';
import type { LabelingQueue, Standing } from '../labeling/index.js';
import type { ProjectOutline } from '../store/index.js';

/** What the queue shows, and in which order. A member that is absent keeps nothing out. */
export interface QueueFilter {
  /** Somewhere in the prompt: its turns, its reference, its metadata, or the name of the file that it was imported from. */
  readonly text?: string;
  readonly standing?: Standing;
  /** On the prompt or on one of its answers. */
  readonly flag?: string;
  /** Prompt file. */
  readonly file?: string;
  readonly metadata?: { readonly key: string; readonly value: string };
  /** Who has judged it. */
  readonly labeler?: string;
  /** Several labelers have said different things of it. */
  readonly disagreed?: true;
}

/** In the order of the project; judged last first; most disagreed first. */
export const queueSorts = ['project', 'latest', 'disagreement'] as const;
export type QueueSort = (typeof queueSorts)[number];

export const isFiltering = (filter: QueueFilter): boolean => Object.keys(filter).length > 0;

/** The prompts of each group that pass. What others said of a prompt counts only once one's own word is in. */
export type QueueGroups = Readonly<Record<Standing, readonly PromptId[]>>;

/** @param found prompts with the text and the metadata of the filter, from `findFiltered`; undefined when it has neither. */
export function groupsOf(
  project: ProjectOutline,
  queue: LabelingQueue,
  filter: QueueFilter,
  sort: QueueSort,
  found: readonly PromptId[] | undefined,
): QueueGroups {
  const { standing, flag, file, labeler, disagreed } = filter;
  const asksJudgements = flag !== undefined || labeler !== undefined || disagreed === true;
  const judged = asksJudgements || sort !== 'project' ? judgedOf(queue) : [];
  const foundSet = asksJudgements && found !== undefined ? new Set(found) : undefined;
  const isIn = (id: PromptId): boolean =>
    foundSet?.has(id) !== false && (file === undefined || project.fileOf(id) === file);
  const isSaid = (rows: readonly Judgement[]): boolean =>
    (labeler === undefined || rows.some((row) => row.labeler === labeler)) &&
    (flag === undefined || rows.some((row) => hasFlag(row, flag))) &&
    (disagreed !== true || isDisagreed(rows));
  // Of 100,000 prompts as few as can be are looked at, and in the order of the project: then none has to be looked up.
  const passing = asksJudgements ? judged.filter(({ id, rows }) => isIn(id) && isSaid(rows)) : judged;
  const all = () => found ?? (standing === undefined ? project.promptIds : queue.idsOf(standing));
  const ids = asksJudgements ? passing.map(({ id }) => id) : file === undefined ? all() : all().filter(isIn);
  const groups = queue.grouped(ids);
  const rowsOf = new Map(sort === 'project' ? [] : passing.map(({ id, rows }) => [id, rows] as const));
  for (const each of Object.keys(groups) as Standing[]) {
    if (standing !== undefined && each !== standing) groups[each] = [];
    else if (sort !== 'project') groups[each] = inOrder(groups[each], rowsOf, sort);
  }
  return groups;
}

/** What one may see of judgements, of the prompts of which one may see any, in the order of the project. */
function judgedOf(queue: LabelingQueue): readonly { readonly id: PromptId; readonly rows: readonly Judgement[] }[] {
  return queue.judgedIds().flatMap((id) => {
    const rows = queue.visibleJudgementsOf(id);
    return rows.length > 0 ? { id, rows } : [];
  });
}

/**
 * Those of which one may see no judgement come last, in the order of the project.
 * @param ids in the order of the project.
 */
function inOrder(
  ids: PromptId[],
  rowsOf: ReadonlyMap<PromptId, readonly Judgement[]>,
  sort: 'latest' | 'disagreement',
): PromptId[] {
  const keyed: { readonly id: PromptId; readonly key: string | number }[] = [];
  const rest: PromptId[] = [];
  for (const id of ids) {
    const rows = rowsOf.get(id);
    if (rows === undefined) rest.push(id);
    else keyed.push({ id, key: sort === 'latest' ? latestOf(rows) : isDisagreed(rows) ? disagreementOf(rows) : 0 });
  }
  keyed.sort((a, b) => (a.key < b.key ? 1 : a.key > b.key ? -1 : 0));
  return [...keyed.map(({ id }) => id), ...rest];
}

const latestOf = (rows: readonly Judgement[]): string =>
  rows.reduce((last, row) => (row.at > last ? row.at : last), '');

const isDisagreed = (rows: readonly Judgement[]): boolean => rows.length > 1 && disagreementOf(rows) > 0;

/** The prompts that hold the text and the metadata of a filter; undefined when it asks for neither. */
export async function findFiltered(
  project: ProjectOutline,
  { text, metadata }: QueueFilter,
  signal: AbortSignal,
): Promise<readonly PromptId[] | undefined> {
  const withText =
    text === undefined
      ? undefined
      : await project.findPrompts(piecesOfText(text), signal, isInFrame(text) ? saying(text) : undefined);
  const withMetadata = metadata === undefined ? undefined : await project.findPrompts(piecesOfMember(metadata), signal);
  if (withText === undefined || withMetadata === undefined) return withText ?? withMetadata;
  const both = new Set(withMetadata);
  return withText.filter((id) => both.has(id));
}

/** What stands in the JSON of a prompt though nobody wrote it: as we write it, and names of other data sets; as Python writes it, too. */
const frames = [
  '{"id":"p0","messages":[{"role":"system","content":""},{"role":"user","content":""},{"role":"assistant","content":""}],',
  '"reference":"","metadata":{"":""},"source":{"file":"","line":0}}',
  '{"prompt":"","question":"","instruction":"","input":"","text":"","conversations":[{"from":"human","value":""}]}',
].flatMap((frame) => [frame, frame.replaceAll(/[:,]/g, '$& ')]);

/** Whether a text may stand in every prompt: in the names of its members, its punctuation, its id or a number. */
const isInFrame = (text: string): boolean =>
  /^[\da-f]+$/i.test(text) || frames.some((frame) => frame.includes(text.toLowerCase()));

/** Whether somebody wrote the text: in a turn, the reference, the metadata, or the name of the file. */
function saying(text: string): (prompt: Prompt) => boolean {
  const wanted = text.toLowerCase();
  const isIn = (value: unknown): boolean =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).some(([key, member]) => (!Array.isArray(value) && isIn(key)) || isIn(member))
      : String(value ?? '')
          .toLowerCase()
          .includes(wanted);
  return ({ messages, reference, metadata, source }) =>
    messages.some(({ content }) => isIn(content)) || isIn(reference) || isIn(metadata) || isIn(source?.file);
}

/** As it stands in JSON: as typed, in both cases of letters beyond ASCII, and as a tool writes that keeps to ASCII. */
function piecesOfText(text: string): string[] {
  const cases = /[\u0080-\uffff]/.test(text) ? [text, text.toLowerCase(), text.toUpperCase()] : [text];
  const forms = cases.map((form) => JSON.stringify(form).slice(1, -1));
  return [...new Set([...forms, ...forms.map(escaped)])];
}

/** `"key":"value"`, also with a space, and for a number or a truth value without quotes. */
function piecesOfMember({ key, value }: { readonly key: string; readonly value: string }): string[] {
  const name = JSON.stringify(key);
  const bare = /^(?:-?\d+(?:\.\d+)?|true|false|null)$/.test(value)
    ? [',', '}', ' }'].map((end) => `${value}${end}`)
    : [];
  const pieces = [JSON.stringify(value), ...bare].flatMap((form) => [`${name}:${form}`, `${name}: ${form}`]);
  return [...new Set([...pieces, ...pieces.map(escaped)])];
}

const escaped = (text: string): string =>
  text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Of the prompt, of an answer, or of a place that is marked in one. */
const hasFlag = (row: Judgement, flag: string): boolean =>
  row.promptFlags?.includes(flag) === true ||
  Object.values(row.flags ?? {}).some((flags) => flags.includes(flag)) ||
  Object.values(row.spans ?? {}).some((spans) => spans.some((span) => span.flag === flag));
