import {
  answersOf,
  desirabilitiesOf,
  idealAnswerOf,
  preferencesOfPrompt,
  stepLabelsOf,
  type CandidateId,
  type JudgedPrompt,
  type Message,
  type PartialRule,
  type PromptId,
  type SharedPreference,
} from '../core/index.js';
import type { DropReason } from './dropped.js';
import {
  helpsteerAttributes,
  type AnswerExample,
  type HelpsteerAttribute,
  type LabelExample,
  type MarginExample,
  type PreferenceExample,
  type ScoresExample,
  type StepsExample,
} from './formats/format.js';

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
export const preferenceExamples = (judged: JudgedPrompt, partial: PartialRule): Derived<PreferenceExample> =>
  eachPreference(judged, partial, (pair) => pair);

/** The same with their margins. */
export const marginExamples = (judged: JudgedPrompt, partial: PartialRule): Derived<MarginExample> =>
  // Nine digits are more than any mean of judgements means, and end the tail that thirds have as floats.
  eachPreference(judged, partial, (pair, { margin }) => ({ ...pair, margin: Number(margin.toFixed(9)) }));

function eachPreference<Example extends PreferenceExample>(
  judged: JudgedPrompt,
  partial: PartialRule,
  exampleOf: (pair: PreferenceExample, preference: SharedPreference) => Example,
): Derived<Example> {
  const preferences = preferencesOfPrompt(judged, partial);
  if (preferences.length === 0) return nothing(judged.judgements.length === 0 ? 'not-judged' : 'no-preference');
  return derive(judged, preferences, (preference, textOf) => {
    const { chosen, rejected, labelers } = preference;
    const [good, bad] = [textOf(chosen), textOf(rejected)];
    return {
      example: exampleOf({ messages: judged.prompt.messages, chosen: good, rejected: bad }, preference),
      texts: [good, bad],
      answers: { chosen, rejected },
      labelers,
    };
  });
}

/** The judged steps of each answer. */
export function stepsExamples(judged: JudgedPrompt): Derived<StepsExample> {
  if (judged.judgements.length === 0) return nothing('not-judged');
  const judgedSteps = stepLabelsOf(judged);
  if (judgedSteps.length === 0) return nothing('no-steps');
  const prompt = plainPrompt(judged.prompt.messages);
  if (typeof prompt !== 'string') return nothing(prompt.reason);
  const withSteps = judgedSteps.filter(({ steps }) => steps.length > 0);
  const { examples, dropped } = derive(judged, withSteps, ({ answer, steps, labelers }) => {
    const completions = steps.map(({ text }) => text.trim());
    return {
      example: { prompt, completions, labels: steps.map(({ isWrong }) => !isWrong) },
      texts: [completions.join('\n')],
      answers: { completions: answer },
      labelers,
    };
  });
  return { examples, dropped: [...dropped, ['even-split', judgedSteps.filter(({ isSplit }) => isSplit).length]] };
}

/** Each answer that has all scores of HelpSteer. */
export function scoresExamples(judged: JudgedPrompt): Derived<ScoresExample> {
  if (judged.judgements.length === 0) return nothing('not-judged');
  const rated = ratedAnswers(judged);
  if (rated.length === 0) return nothing('not-rated');
  const prompt = plainPrompt(judged.prompt.messages);
  if (typeof prompt !== 'string') return nothing(prompt.reason);
  const whole = rated.flatMap(({ scores, ...rest }) => (scores === undefined ? [] : [{ scores, ...rest }]));
  const { examples, dropped } = derive(judged, whole, ({ answer, scores, labelers }, textOf) => {
    const response = textOf(answer);
    return { example: { prompt, response, scores }, texts: [response], answers: { response: answer }, labelers };
  });
  return { examples, dropped: [...dropped, ['no-attributes', rated.length - whole.length]] };
}

/** Rated answers in the order of the answers; without scores where no labeler gave all of HelpSteer's. */
function ratedAnswers(judged: JudgedPrompt): {
  readonly answer: CandidateId;
  readonly scores: Record<HelpsteerAttribute, number> | undefined;
  readonly labelers: readonly string[];
}[] {
  return [...answersOf(judged).keys()].flatMap((answer) => {
    const rated = judged.judgements.flatMap(({ ratings, labeler }) => {
      const scores = ratings?.[answer];
      return scores === undefined || Object.keys(scores).length === 0 ? [] : [{ labeler, scores }];
    });
    if (rated.length === 0) return [];
    const whole = rated.filter(({ scores }) =>
      helpsteerAttributes.every((attribute) => {
        const score = scores[attribute];
        return score !== undefined && score >= 0 && score <= 4;
      }),
    );
    const mean = (attribute: HelpsteerAttribute): number =>
      Math.round(whole.reduce((sum, { scores }) => sum + (scores[attribute] ?? 0), 0) / whole.length);
    const scores =
      whole.length === 0
        ? undefined
        : {
            helpfulness: mean('helpfulness'),
            correctness: mean('correctness'),
            coherence: mean('coherence'),
            complexity: mean('complexity'),
            verbosity: mean('verbosity'),
          };
    return [{ answer, scores, labelers: whole.map(({ labeler }) => labeler) }];
  });
}

/** A prompt as one text: the question, after the system turn if there is one. */
function plainPrompt(messages: readonly Message[]): string | { readonly reason: DropReason } {
  const reason = problemOf(messages);
  if (reason !== undefined) return { reason };
  const isShort = messages.length === (messages[0]?.role === 'system' ? 2 : 1);
  return isShort
    ? messages.flatMap(({ content }) => (content.trim() === '' ? [] : [content])).join('\n\n')
    : { reason: 'prompt-many-turns' };
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
  if (labels.length + nWithoutLine + nEvenSplit === 0) return nothing('no-label');
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
