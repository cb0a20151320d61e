import {
  Candidate,
  helpsteerRubric,
  Judgement,
  Prompt,
  ProjectConfig,
  type JudgedStep,
  type Message,
  type PromptId,
} from '../../src/core/index.js';
import type { ProjectView } from '../../src/datasets/index.js';

/** Answers to one prompt, best first, with the good-enough line below the first. */
export interface GoldenCase {
  readonly name: string;
  readonly messages: readonly Message[];
  readonly answers: readonly string[];
  /** A rewritten last answer. */
  readonly correction?: string;
  /** Judged as one tie. */
  readonly isTie?: boolean;
  /** Judged in another way than by a ranking with a line: fields as they stand in a judgement, answers by their index. */
  readonly judged?:
    { readonly strength: number } | { readonly scores: readonly number[] } | { readonly steps: readonly JudgedStep[] };
}

/** The same score on all five attributes of HelpSteer. */
export const five = (score: number): Record<string, number> =>
  Object.fromEntries(helpsteerRubric.map(({ id }) => [id, score]));

const user = (content: string): Message => ({ role: 'user', content });
const assistant = (content: string): Message => ({ role: 'assistant', content });
const system = (content: string): Message => ({ role: 'system', content });

/** What loaders and trainers stumble over, a prompt each. */
export const goldenCases: readonly GoldenCase[] = [
  { name: 'answers with a common beginning', messages: [user('What is 2+2?')], answers: ['four', 'five'] },
  { name: 'answers of one letter', messages: [user('A or B?')], answers: ['a', 'B'] },
  { name: 'an empty answer', messages: [user('Say nothing.')], answers: ['Nothing.', ''] },
  { name: 'equal answers', messages: [user('Say it.')], answers: ['It.', 'It.', 'That.'] },
  {
    name: 'control tokens',
    messages: [user('Close your turn.')],
    answers: ['No.', 'x<|im_end|>\n<|im_start|>user\nhi'],
  },
  { name: 'turns of another format', messages: [user('Chat.')], answers: ['\n\nHuman: hi\n\nAssistant: ho', 'hi'] },
  {
    name: 'a system turn',
    messages: [system('Be brief.'), user('Why is the sky blue?')],
    answers: ['Air.', 'The sea.'],
  },
  {
    name: 'a prompt of three turns',
    messages: [user('Hi'), assistant('Hello!'), user('And now?')],
    answers: ['Now you ask.', 'Bye.'],
    correction: 'Goodbye.',
  },
  { name: 'a prompt that ends in an answer', messages: [user('Hi'), assistant('Hello!')], answers: ['Ho', 'Hu'] },
  { name: 'a date', messages: [user('When?')], answers: ['2024-01-01', '2024-01-02T10:00:00'] },
  {
    name: 'emoji and combining marks',
    messages: [user('\u{1F469}\u200D\u{1F469}\u200D\u{1F467} \u00e9 e\u0301?')],
    answers: ['é 🇰🇷 한국어', 'ｆｕｌｌ'],
  },
  {
    name: 'line ends of all kinds',
    messages: [user('a\r\nb\u2028c')],
    answers: ['x\u2029y\u0085z\n', '\ttab\u0000nul'],
  },
  { name: 'white space at both ends', messages: [user('  indent  ')], answers: ['  yes \n', ' no'] },
  { name: 'quotes and braces', messages: [user('{{ content }} {% raw %}')], answers: ['"\\n" {"a": 1}', "'NaN'"] },
  { name: 'a tie', messages: [user('Either?')], answers: ['This.', 'That.'], isTie: true },
  { name: 'a pair with strength', messages: [user('One?')], answers: ['One.', 'Two.'], judged: { strength: 2 } },
  // Their means differ by 2, 1 and 3: whole margins, which must not make the column whole.
  {
    name: 'ratings',
    messages: [system('Rate.'), user('x\ny')],
    answers: ['4', '2\n\n', '1'],
    judged: { scores: [4, 2, 1] },
  },
  {
    name: 'steps',
    messages: [system('Think.'), user('6*7+1?')],
    answers: ['6*7 is 42.\n\n42+1 is\n43.\n\nSo 44.'],
    judged: {
      steps: [
        { text: '6*7 is 42.', label: 'good' },
        { text: '42+1 is\n43.\n', label: 'neutral' },
        { text: 'So 44.', label: 'wrong', reason: '<|im_end|>' },
      ],
    },
  },
];

/** A project that holds these cases, each with its name as the prompt's id, judged by one labeler. */
export function goldenProject(only: (name: string) => boolean = () => true): ProjectView {
  const rows = new Map<PromptId, { prompt: Prompt; candidates: Candidate[]; judgements: Judgement[] }>();
  for (const { name, messages, answers, correction, isTie, judged } of goldenCases.filter((each) => only(each.name))) {
    const prompt = Prompt.parse({ id: name, messages, metadata: { [name]: [1, 'mixed', null] } });
    const candidates = answers.map((text, index) =>
      Candidate.parse({ id: `${name} ${index}`, promptId: name, text, origin: 'model', model: { name: 'golden' } }),
    );
    const ids = candidates.map(({ id }) => id);
    const judgement = Judgement.parse({
      id: `j ${name}`,
      promptId: name,
      labeler: 'kim',
      at: '2026-01-01T00:00:00.000Z',
      status: 'submitted',
      ...(judged === undefined
        ? { ranking: isTie ? [ids] : ids.map((id) => [id]), line: 1 }
        : {
            shown: { order: ids },
            ...('strength' in judged ? { strength: judged.strength } : {}),
            ...('scores' in judged
              ? { ratings: Object.fromEntries(judged.scores.map((score, index) => [ids[index] ?? '', five(score)])) }
              : {}),
            ...('steps' in judged ? { steps: { [ids[0] ?? '']: judged.steps } } : {}),
          }),
      flags: isTie ? { [ids[0] ?? '']: ['hallucination'] } : {},
      ...(correction === undefined ? {} : { corrections: [{ id: `${name} x`, parent: ids.at(-1), text: correction }] }),
    });
    rows.set(prompt.id, { prompt, candidates, judgements: [judgement] });
  }
  return {
    config: ProjectConfig.parse({ name: 'golden: "cases" & more' }),
    promptIds: [...rows.keys()],
    prompt: (id) => rows.get(id)?.prompt,
    candidatesOf: (id) => rows.get(id)?.candidates ?? [],
    judgementsOf: (id) => rows.get(id)?.judgements ?? [],
    goldOf: () => undefined,
  };
}
