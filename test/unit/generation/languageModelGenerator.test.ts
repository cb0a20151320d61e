import { describe, expect, test } from 'vitest';
import { candidateIdOf, defaultSampling, type Message } from '../../../src/core/index.js';
import { answerGroups, WrittenAnswer } from '../../../src/generation/answerPlan.js';
import {
  type GenerationEvent,
  isLanguageModelName,
  type LanguageModel,
  languageModelGenerator,
  type LanguageModelGeneratorOptions,
  languageModelName,
  languageModelSelector,
  type LanguageModelTurn,
  Slots,
} from '../../../src/generation/index.js';
import { candidateIds, collected } from './collected.js';
import { promptProject } from './promptProject.js';

const name = 'vscode:acme/big/big-1/2026';
const never = new AbortController().signal;

interface Sent {
  readonly turns: readonly LanguageModelTurn[];
  readonly options: Readonly<Record<string, number>>;
  readonly signal: AbortSignal;
}

/** A model that says what it is told; `waits` says nothing more until it is stopped. What VS Code itself does is tried in the host. */
function model(
  say: (sent: Sent, nth: number) => readonly string[] | Error | 'waits',
  countTokens: LanguageModel['countTokens'] = async (text) => text.split(/\s+/).length,
): { readonly sent: Sent[]; readonly find: () => Promise<LanguageModel> } {
  const sent: Sent[] = [];
  return {
    sent,
    find: async () => ({
      countTokens,
      async *send(turns, options, signal) {
        const nth = sent.push({ turns, options, signal }) - 1;
        const said = say({ turns, options, signal }, nth);
        if (said instanceof Error) throw said;
        if (said === 'waits') {
          yield 'Air ';
          await new Promise(() => undefined);
        } else yield* said;
      },
    }),
  };
}

/** An error as VS Code gives it. */
const coded = (code: string, message = 'no'): Error => Object.assign(new Error(message), { code });

interface Asked extends Partial<LanguageModelGeneratorOptions> {
  readonly n?: number;
  readonly messages?: readonly Message[];
  readonly beginning?: readonly string[];
  readonly signal?: AbortSignal;
  readonly maxTokens?: number;
  readonly onEvent?: (event: GenerationEvent, generator: ReturnType<typeof languageModelGenerator>) => void;
}

/** What came of each candidate: `text [reason]` or `text error: code`. */
async function ask(
  find: LanguageModelGeneratorOptions['find'],
  { n = 1, messages, beginning, signal = never, maxTokens = 256, onEvent, ...options }: Asked = {},
) {
  const generator = languageModelGenerator({ name, title: 'Big', find, retryBaseMs: 1, ...options });
  const request = {
    messages: messages ?? [{ role: 'user', content: 'Why?' }],
    ...(beginning === undefined ? {} : { beginning }),
    candidateIds: candidateIds(n),
    sampling: { ...defaultSampling, seed: 7, maxTokens },
  };
  return collected(generator, request, signal, (event) => onEvent?.(event, generator));
}

describe('the name of a language model of VS Code', () => {
  test.each([
    [
      { vendor: 'copilot', family: 'gpt-4o', id: 'gpt-4o', version: '2024-11-20' },
      'vscode:copilot/gpt-4o/gpt-4o/2024-11-20',
    ],
    [
      { vendor: 'router', family: '', id: 'meta/llama 3:8b', version: '100%' },
      'vscode:router//meta%2Fllama%203:8b/100%25',
    ],
    [{ vendor: '나라', family: 'f', id: 'a\u202eb', version: '' }, 'vscode:나라/f/a%E2%80%AEb/'],
  ])('says which one it is, whatever its provider calls it: %o', (selector, written) => {
    expect(languageModelName(selector)).toBe(written);
    expect(isLanguageModelName(written)).toBe(true);
    expect(languageModelSelector(written)).toEqual(selector);
  });

  test.each([
    'smollm2-135m-instruct',
    'vscode:',
    'vscode:a/b/c',
    'vscode:a/b/c/d/e',
    'vscode:/b/c/d',
    'vscode:a/b//d',
    'vscode:a/b/%zz/d',
    'vscode:a/b/%63/d',
    `vscode:a/b/${'c'.repeat(600)}/d`,
  ])('is not %s', (written) => expect(languageModelSelector(written)).toBeUndefined());

  test('takes half a character for a sign that it cannot be shown', () =>
    expect(languageModelName({ vendor: 'v', family: 'f', id: 'a\ud800', version: '1' })).toBe('vscode:v/f/a\ufffd/1'));
});

describe('answers of a language model of VS Code', () => {
  test('are streamed, one request a candidate, with the settings that most providers know', async () => {
    const { sent, find } = model(() => ['Air ', 'scatters ', 'blue.']);
    const { texts, events, ends } = await ask(find, { n: 3 });
    expect(texts).toEqual(Array(3).fill('Air scatters blue. [stop]'));
    expect(events.filter((event) => event.type === 'text-delta')).toHaveLength(9);
    expect(sent.map(({ options }) => options)).toEqual(
      Array(3).fill({ temperature: 0.8, top_p: 0.95, max_tokens: 256 }),
    );
    expect(sent[0]?.turns).toEqual([{ role: 'user', content: 'Why?' }]);
    // By the model's own count, not by pieces.
    expect(ends.map(({ nTokens }) => nTokens)).toEqual([3, 3, 3]);
  });

  test('come so many at a time as there are slots, over all prompts', async () => {
    let nNow = 0;
    let nMost = 0;
    const find = async (): Promise<LanguageModel> => ({
      countTokens: async () => 1,
      async *send() {
        nMost = Math.max(nMost, ++nNow);
        await Promise.resolve();
        yield 'Yes.';
        nNow -= 1;
      },
    });
    const slots = new Slots(2);
    await Promise.all([ask(find, { n: 4, slots }), ask(find, { n: 4, slots })]);
    expect(nMost).toBe(2);
  });

  test('are told with what the model was not given: no seed, no top-k, and the system first as a user', async () => {
    const { sent, find } = model(() => ['Yes.']);
    const messages: Message[] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Is rust iron?' },
      { role: 'assistant', content: 'Oxide.' },
      { role: 'user', content: 'Sure?' },
    ];
    const { ends } = await ask(find, { messages });
    expect(sent[0]?.turns).toEqual([
      { role: 'user', content: 'Be brief.' },
      { role: 'user', content: 'Is rust iron?' },
      { role: 'assistant', content: 'Oxide.' },
      { role: 'user', content: 'Sure?' },
    ]);
    expect(ends[0]?.given).toEqual({ sampling: { temperature: 0.8, topP: 0.95, maxTokens: 256 }, systemAs: 'user' });
  });

  test('stand in the record with just that', async () => {
    const { project, idOf } = await promptProject('Why?');
    const { find } = model(() => ['Yes.']);
    const generator = languageModelGenerator({ name, title: 'Big', find });
    const promptId = idOf('Why?');
    const answer = { candidateId: candidateIdOf(['c']), index: 0 };
    const [group] = answerGroups([answer], { generators: [generator], nCandidates: 1, sampling: defaultSampling });
    const { ends } = await ask(find, {
      messages: [
        { role: 'system', content: 'S' },
        { role: 'user', content: 'Why?' },
      ],
    });
    if (group === undefined || ends[0] === undefined) throw new Error('nothing was written');
    await project.appendCandidates([new WrittenAnswer().candidate(promptId, answer, group, ends[0])]);
    const [candidate] = project.candidatesOf(promptId);
    expect(candidate?.model).toEqual({ name, provider: 'vscode' });
    expect(candidate?.sampling).toEqual({ temperature: 0.8, topP: 0.95, maxTokens: 256 });
    expect(candidate?.metadata?.['touchstone']).toEqual({ index: 0, systemAs: 'user' });
  });

  test('end at the token limit where the model counts as many as were allowed', async () => {
    const { find } = model(() => ['one two three four']);
    expect((await ask(find, { maxTokens: 4 })).texts).toEqual(['one two three four [length]']);
    // It was not asked to stop there, so it ended by itself.
    expect((await ask(find, { maxTokens: 2 })).texts).toEqual(['one two three four [stop]']);
  });

  test('are stopped when they go on beyond every bound', async () => {
    const { sent, find } = model(() => Array<string>(1000).fill('word '));
    const { texts } = await ask(find, { maxTokens: 4 });
    expect(texts[0]).toMatch(/^(?:word )+w?o?r? ?\[length\]$/);
    expect(texts[0]?.length).toBeLessThan(4 * 32 + 12);
    expect(sent[0]?.signal.aborted).toBe(true);
  });

  test('count their pieces where the model does not count', async () => {
    const { find } = model(
      () => ['a ', 'b'],
      () => Promise.reject(new Error('no tokenizer')),
    );
    expect((await ask(find)).ends[0]?.nTokens).toBe(2);
  });

  test('hold whole characters, though they came in halves', async () => {
    const { find } = model(() => ['a\ud83d', '\ude00b', '\ud83d']);
    expect((await ask(find)).texts).toEqual(['a😀b\ufffd [stop]']);
  });

  test('are asked again with fewer settings when the provider refuses those, and then at once', async () => {
    const { sent, find } = model(({ options }) =>
      'top_p' in options ? new Error('Option "top_p" is not supported') : ['Yes.'],
    );
    const generator = languageModelGenerator({ name, title: 'Big', find });
    const request = { messages: [{ role: 'user' as const, content: 'Why?' }], sampling: defaultSampling };
    for (const ids of [candidateIds(1), candidateIds(1)])
      for await (const event of generator.generate({ ...request, candidateIds: ids }, never))
        if (event.type === 'candidate-end') expect(event.given?.sampling).toEqual({ temperature: 0.8, maxTokens: 256 });
    expect(sent.map(({ options }) => Object.keys(options).length)).toEqual([3, 2, 2]);
  });
});

describe('what goes wrong with a language model of VS Code', () => {
  test.each([
    ['NoPermissions', 'language-model-not-allowed', /Use a Language Model of VS Code….*allow it/],
    ['Blocked', 'language-model-blocked', /quota is used up \(too many today\)\. Wait/],
    ['NotFound', 'language-model-gone', /extension that brings it is on and signed in/],
  ])('%s is told with what to do next, and is not tried again', async (code, ours, message) => {
    const { sent, find } = model(() => coded(code, 'too many today.'));
    const { texts, errors } = await ask(find);
    expect(texts).toEqual([`error: ${ours}`]);
    expect(errors[0]).toMatch(message);
    expect(sent).toHaveLength(1);
  });

  test('a failure without a cause is tried three times, and told in the provider’s words without keys', async () => {
    const { sent, find } = model((_, nth) => (nth < 2 ? new Error('busy') : ['Yes.']));
    expect((await ask(find)).texts).toEqual(['Yes. [stop]']);
    expect(sent).toHaveLength(3);
    const failing = model(() => new Error('boom sk-abcdefgh12345678\u202e.'));
    const { errors } = await ask(failing.find);
    expect(errors[0]).toMatch(/^Big gave no answer: boom \[key\].*It was tried 3 times\.$/);
    expect(errors[0]).not.toMatch(/\u202e/);
    expect(failing.sent).toHaveLength(3);
  });

  test('one that is not there is not asked', async () => {
    const { texts } = await ask(async () => undefined, { n: 2 });
    expect(texts).toEqual(Array(2).fill('error: language-model-gone'));
  });

  test('an answer that breaks off is not begun again behind what was read', async () => {
    let n = 0;
    const find = async (): Promise<LanguageModel> => ({
      countTokens: async () => 1,
      async *send() {
        n += 1;
        yield 'Air ';
        throw new Error('reset');
      },
    });
    expect((await ask(find)).texts).toEqual(['Air  error: language-model-broke']);
    expect(n).toBe(1);
  });

  test.each([[[]], [[' ', '\n']]])('an empty answer is an error, not an answer: %o', async (pieces) => {
    const { find } = model(() => pieces);
    expect((await ask(find)).texts[0]).toMatch(/error: language-model-answer-empty$/);
  });

  test('one that says nothing for long is not waited for', async () => {
    const { sent, find } = model(() => 'waits');
    const { texts } = await ask(find, { silenceMs: 30 });
    expect(texts).toEqual(['Air  error: language-model-silent']);
    expect(sent[0]?.signal.aborted).toBe(true);
  });

  test('it cannot go on from a beginning, and nothing is sent', async () => {
    const { sent, find } = model(() => ['Yes.']);
    expect((await ask(find, { beginning: ['Air '] })).texts).toEqual(['error: language-model-cannot-go-on']);
    expect(sent).toHaveLength(0);
  });
});

describe('stopping a language model of VS Code', () => {
  test('one answer is cut, the other goes on', async () => {
    const { sent, find } = model((_, nth) => (nth === 0 ? 'waits' : ['Yes.']));
    const { texts, ends } = await ask(find, {
      n: 2,
      onEvent: (event, generator) => {
        if (event.type === 'text-delta' && event.text === 'Air ') generator.cut?.(event.candidateId);
      },
    });
    expect(texts.toSorted()).toEqual(['Air  [cut]', 'Yes. [stop]']);
    expect(sent[0]?.signal.aborted).toBe(true);
    expect(ends.every(({ given }) => given !== undefined)).toBe(true);
  });

  test('aborting ends all, though the provider does not heed it', async () => {
    const { sent, find } = model(() => 'waits');
    const stop = new AbortController();
    const asking = ask(find, {
      n: 2,
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === 'text-delta') stop.abort(new Error('enough'));
      },
    });
    await expect(asking).rejects.toThrow('enough');
    expect(sent.every(({ signal }) => signal.aborted)).toBe(true);
  });
});
