import { z } from 'zod';
import {
  Role,
  type Gold,
  type InterchangeRecord,
  type JudgedPrompt,
  type Judgement,
  type Message,
} from '../../core/index.js';

/** Names that `export --format` takes; also the names of the folders and of the card's configs. */
export const formatIds = [
  'trl-preference',
  'trl-sft',
  'trl-kto',
  'trl-reward',
  'trl-stepwise',
  'helpsteer',
  'openai-chat',
  'openai-preference',
  'touchstone',
] as const;
export type FormatId = (typeof formatIds)[number];

/** One answer preferred to another. */
export interface PreferenceExample {
  readonly messages: readonly Message[];
  readonly chosen: string;
  readonly rejected: string;
}
/** The same with its margin, greater than 0. */
export interface MarginExample extends PreferenceExample {
  readonly margin: number;
}
/** The steps of one answer, each right or not, as far as they were judged. */
export interface StepsExample {
  readonly prompt: string;
  readonly completions: readonly string[];
  readonly labels: readonly boolean[];
}
/** One answer with a whole score on each attribute of HelpSteer. */
export interface ScoresExample {
  readonly prompt: string;
  readonly response: string;
  readonly scores: Readonly<Record<HelpsteerAttribute, number>>;
}
export const helpsteerAttributes = ['helpfulness', 'correctness', 'coherence', 'complexity', 'verbosity'] as const;
export type HelpsteerAttribute = (typeof helpsteerAttributes)[number];

/** One answer to imitate. */
export interface AnswerExample {
  readonly messages: readonly Message[];
  readonly completion: string;
}
/** One answer that is good enough or not. */
export interface LabelExample extends AnswerExample {
  readonly label: boolean;
}
/** One prompt with everything that is known of it. */
export interface RecordExample extends JudgedPrompt {
  /** Those that hold, whatever their status; then those that were given when the prompt came again. */
  readonly judgements: readonly Judgement[];
  readonly gold: Gold | undefined;
}

export interface Examples {
  readonly preference: PreferenceExample;
  readonly margin: MarginExample;
  readonly steps: StepsExample;
  readonly scores: ScoresExample;
  readonly answer: AnswerExample;
  readonly label: LabelExample;
  readonly record: RecordExample;
}

/** What a row is made from: it decides which examples are derived. */
export type ExampleKind = keyof Examples;

/** What a row says when it is read: the example again, or the record. */
export interface Readings extends Omit<Examples, 'record'> {
  readonly record: InterchangeRecord;
}

/** How one consumer wants its rows. Pure: a row is a JSON value whose keys stand in the order in which they are written. */
export interface Format<Kind extends ExampleKind> {
  readonly id: FormatId;
  readonly derives: Kind;
  /** Programs that read it, for the card. */
  readonly readBy: string;
  /** What one row is, a sentence for the card. */
  readonly oneRow: string;
  /**
   * The last column is a number with a decimal point even where it is whole: readers take one type for a column, from the
   * first rows, and `3` would make it whole.
   */
  readonly endsInDecimal?: true;
  rowOf(example: Examples[Kind]): unknown;
  /** Our own reader. @throws z.ZodError for a row that is not of this form. */
  read(row: unknown): Readings[Kind];
}

/** A format whose rows have a schema of their own and mean an example. */
export function trainingFormat<Kind extends Exclude<ExampleKind, 'record'>, Row>({
  Row,
  exampleOf,
  ...format
}: Omit<Format<Kind>, 'rowOf' | 'read'> & {
  readonly Row: z.ZodType<Row>;
  rowOf(example: Examples[Kind]): Row;
  exampleOf(row: Row): Readings[Kind];
}): Format<Kind> {
  return { ...format, read: (row) => exampleOf(Row.parse(row)) };
}

/** Chat turns in a row: exactly these two keys, in this order, since readers infer one type for the whole column. */
export const RowMessage = z.strictObject({ role: Role, content: z.string() });
export const RowMessages = z.array(RowMessage).min(1);
/** The answer as a column of its own: one assistant turn. */
export const RowAnswer = z.tuple([z.strictObject({ role: z.literal('assistant'), content: z.string().min(1) })]);

export const rowMessages = (messages: readonly Message[]): Message[] =>
  messages.map(({ role, content }) => ({ role, content }));
export const rowAnswer = (content: string): [{ role: 'assistant'; content: string }] => [
  { role: 'assistant', content },
];
