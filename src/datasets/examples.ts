import {
  answersOf,
  desirabilitiesOf,
  idealAnswerOf,
  preferencesOfPrompt,
  type CandidateId,
  type JudgedPrompt,
  type Message,
  type PartialRule,
  type PromptId,
} from '../core/index.js';
import type { DropReason } from './dropped.js';
import type { AnswerExample, LabelExample, PreferenceExample } from './formats/format.js';

/** Where a row comes from, kept beside the data: strict readers refuse further keys in it. */
export interface Provenance {
  readonly promptId: PromptId;
  /** The answers of the row by the names of its columns. */
  readonly answers: Readonly<Record<string, CandidateId>>;
  /** Those whose judgements the row follows. */
  readonly labelers: readonly string[];
  /** Models that wrote the answers, one for each of `answers`; null for an answer that a person wrote or that was imported. */
  readonly models: readonly (string | null)[];
}

export interface Derived<Example> {
  readonly examples: readonly { readonly example: Example; readonly provenance: Provenance }[];
  readonly dropped: readonly (readonly [reason: DropReason, count: number])[];
}

/** All preferences of a prompt that a file can hold. */
export function preferenceExamples(judged: JudgedPrompt, partial: PartialRule): Derived<PreferenceExample> {
  const preferences = preferencesOfPrompt(judged, partial);
  if (preferences.length === 0) return nothing(judged.judgements.length === 0 ? 'not-judged' : 'no-preference');
  return derive(judged, preferences, ({ chosen, rejected, labelers }, textOf) => {
    const [good, bad] = [textOf(chosen), textOf(rejected)];
    return {
      example: { messages: judged.prompt.messages, chosen: good, rejected: bad },
      texts: [good, bad],
      answers: { chosen, rejected },
      labelers,
    };
  });
}

/** The answer to imitate, if there is one. */
export function answerExamples(judged: JudgedPrompt): Derived<AnswerExample> {
  const ideal = idealAnswerOf(judged);
  if (ideal.answer === undefined) return nothing(ideal.reason);
  return derive(judged, [ideal], ({ answer, labelers }, textOf) => {
    const completion = textOf(answer);
    return {
      example: { messages: judged.prompt.messages, completion },
      texts: [completion],
      answers: { completion: answer },
      labelers,
    };
  });
}

/** Every answer on whose being good enough the labelers agree. */
export function labelExamples(judged: JudgedPrompt, partial: PartialRule): Derived<LabelExample> {
  if (judged.judgements.length === 0) return nothing('not-judged');
  const { labels, nWithoutLine, nEvenSplit } = desirabilitiesOf(judged, partial);
  const { examples, dropped } = derive(judged, labels, ({ answer, label, labelers }, textOf) => {
    const completion = textOf(answer);
    return {
      example: { messages: judged.prompt.messages, completion, label },
      texts: [completion],
      answers: { completion: answer },
      labelers,
    };
  });
  return { examples, dropped: [...dropped, ['no-line', nWithoutLine], ['even-split', nEvenSplit]] };
}

const nothing = (reason: DropReason): { examples: []; dropped: [DropReason, number][] } => ({
  examples: [],
  dropped: [[reason, 1]],
});

/** Turns what was derived into examples with their provenance, and counts what no file should hold. */
function derive<Item, Example>(
  judged: JudgedPrompt,
  items: readonly Item[],
  exampleOf: (
    item: Item,
    textOf: (id: CandidateId) => string,
  ) => {
    readonly example: Example;
    /** Of the answers, for the checks. */
    readonly texts: readonly string[];
    readonly answers: Readonly<Record<string, CandidateId>>;
    readonly labelers: readonly string[];
  },
): Derived<Example> {
  const promptProblem = problemOf(judged.prompt.messages);
  if (promptProblem !== undefined) return items.length === 0 ? { examples: [], dropped: [] } : nothing(promptProblem);
  const answers = answersOf(judged);
  const examples: Derived<Example>['examples'][number][] = [];
  const dropped: [DropReason, number][] = [];
  for (const item of items) {
    const { example, texts, answers: ids, labelers } = exampleOf(item, (id) => answers.get(id)?.text ?? '');
    const [text, other] = texts;
    if (texts.some((each) => each.trim() === '')) dropped.push(['empty-answer', 1]);
    else if (texts.some(hasLoneSurrogate)) dropped.push(['lone-surrogate', 1]);
    else if (text === other) dropped.push(['equal-answers', 1]);
    else {
      const models = Object.values(ids).map((id) => answers.get(id)?.model ?? null);
      examples.push({ example, provenance: { promptId: judged.prompt.id, answers: ids, labelers, models } });
    }
  }
  return { examples, dropped };
}

/** With the `u` flag a surrogate matches only where it has no partner. */
const hasLoneSurrogate = (text: string): boolean => /\p{Surrogate}/u.test(text);

/** What makes a prompt unfit for training: the turns that chat templates refuse, or text that no file can hold. */
function problemOf(messages: readonly Message[]): DropReason | undefined {
  const turns = messages[0]?.role === 'system' ? messages.slice(1) : messages;
  const alternates = turns.every(({ role }, index) => role === (index % 2 === 0 ? 'user' : 'assistant'));
  if (!alternates || turns.length % 2 === 0) return 'prompt-turns';
  if (turns.some(({ content }) => content.trim() === '')) return 'prompt-empty';
  return messages.some(({ content }) => hasLoneSurrogate(content)) ? 'lone-surrogate' : undefined;
}
