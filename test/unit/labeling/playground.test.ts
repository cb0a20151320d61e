import { beforeEach, describe, expect, test } from 'vitest';
import { currentJudgements, defaultSampling, idealAnswerOf, Judgement, ModelError } from '../../../src/core/index.js';
import type { CandidateGenerator, GenerationRequest } from '../../../src/generation/index.js';
import { Playground } from '../../../src/labeling/playground.js';
import type { PlaygroundTurn } from '../../../src/protocol.js';
import { memoryProject } from '../prompts/memoryProject.js';

let asked: GenerationRequest[];
let posted: string[];
let minute: number;
beforeEach(() => {
  asked = [];
  posted = [];
  minute = 0;
});

/** Answers `answer 1`, `answer 2`, … in two pieces. */
function parrot(before: () => void = () => undefined): CandidateGenerator {
  return {
    model: { name: 'parrot', provider: 'engine' },
    async *generate(request, signal) {
      asked.push(request);
      const [candidateId] = request.candidateIds;
      if (candidateId === undefined) return;
      const end = { type: 'candidate-end' as const, candidateId, durationMs: 3, nTokens: 2, device: 'cpu' };
      for (const text of ['answer ', String(asked.length)]) {
        signal.throwIfAborted();
        yield { type: 'text-delta', candidateId, text, logprobs: [{ token: text, logprob: -1, top: [] }] };
        before();
      }
      yield { ...end, finishReason: 'stop' };
    },
  };
}

function chat(options: { generator?: CandidateGenerator; project?: ReturnType<typeof memoryProject> } = {}) {
  const project = options.project ?? memoryProject();
  const playground = new Playground({
    generator: () => Promise.resolve(options.generator ?? parrot()),
    sampling: () => defaultSampling,
    project: () => project,
    labeler: () => 'kim',
    now: () => new Date(Date.UTC(2026, 0, 1, 0, (minute += 1))),
    post: ({ turn, at, text }) => posted.push(`${turn}@${at} ${text}`),
    onChange: () => undefined,
  });
  return { project, playground };
}

const said = (turns: readonly PlaygroundTurn[]) => turns.map(({ role, text, state }) => `${role} ${state}: ${text}`);

describe('a conversation in the playground', () => {
  test('goes on with all that was said, and streams', async () => {
    const { playground } = chat();
    playground.setSystem('Be brief.');
    await playground.send('Why?');
    await playground.send(' And then? ');
    expect(said(playground.turns)).toEqual([
      'user complete: Why?',
      'assistant complete: answer 1',
      'user complete: And then?',
      'assistant complete: answer 2',
    ]);
    expect(asked[1]?.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Why?' },
      { role: 'assistant', content: 'answer 1' },
      { role: 'user', content: 'And then?' },
    ]);
    expect(posted).toEqual(['1@0 answer ', '1@7 1', '3@0 answer ', '3@7 2']);
  });

  test('writes an answer again with another seed; what came after it goes', async () => {
    const { playground } = chat();
    await playground.send('Why?');
    await playground.send('And then?');
    await playground.again(1);
    expect(said(playground.turns)).toEqual(['user complete: Why?', 'assistant complete: answer 3']);
    expect(new Set(asked.map(({ sampling }) => sampling.seed)).size).toBe(3);
  });

  test('stops: what was written by then stays', async () => {
    const { playground } = chat({ generator: parrot(() => playground.stop()) });
    await playground.send('Why?');
    expect(said(playground.turns)).toEqual(['user complete: Why?', 'assistant cut: answer ']);
    expect(playground.isWriting).toBe(false);
  });

  test('cleared while something is written takes the next question at once, and nothing of the former answer', async () => {
    let goOn = (): void => undefined;
    const slow: CandidateGenerator = {
      model: { name: 'slow' },
      async *generate({ candidateIds: [candidateId = expect.fail()] }) {
        yield { type: 'text-delta', candidateId, text: 'late', logprobs: [] };
        await new Promise<void>((resolve) => (goOn = resolve));
        yield { type: 'text-delta', candidateId, text: ' and wrong', logprobs: [] };
        yield { type: 'candidate-end', candidateId, durationMs: 3, nTokens: 2, finishReason: 'stop' };
      },
    };
    const generators = [slow, parrot()];
    const { playground } = chat({
      generator: { model: { name: 'both' }, generate: (...given) => (generators.shift() ?? slow).generate(...given) },
    });
    const former = playground.send('Why?');
    await expect.poll(() => playground.turns.at(-1)?.text).toBe('late');
    playground.clear();
    expect(playground.isWriting).toBe(false);
    await playground.send('And a crab?');
    goOn();
    await former;
    expect(said(playground.turns)).toEqual(['user complete: And a crab?', 'assistant complete: answer 1']);
  });

  test('says why nothing came, and takes the next question', async () => {
    let isBroken = true;
    const { playground } = chat();
    const broken = new Playground({
      generator: () => (isBroken ? Promise.reject(new ModelError('x', 'no such model')) : Promise.resolve(parrot())),
      sampling: () => defaultSampling,
      project: () => undefined,
      labeler: () => 'kim',
      now: () => new Date(),
      post: () => undefined,
      onChange: () => undefined,
    });
    await broken.send('Why?');
    expect(broken.turns[1]).toMatchObject({ state: 'failed', error: 'no such model' });
    isBroken = false;
    await broken.send('Why not?');
    expect(said(broken.turns)).toEqual(['user complete: Why not?', 'assistant complete: answer 1']);
    expect(playground.turns).toEqual([]);
  });
});

describe('a thumb', () => {
  test('down puts the conversation into the queue, with the answer and where it came from', async () => {
    const { project, playground } = chat();
    playground.setSystem('Be brief.');
    await playground.send('Why?');
    await playground.send('And then?');
    const kept = await playground.thumb(3, 'down');
    expect(project.promptIds).toEqual([kept?.promptId]);
    const promptId = kept?.promptId ?? expect.fail();
    expect(project.prompt(promptId)?.messages.map(({ content }) => content)).toEqual([
      'Be brief.',
      'Why?',
      'answer 1',
      'And then?',
    ]);
    expect(project.candidatesOf(promptId)).toMatchObject([
      {
        id: kept?.candidateId,
        text: 'answer 2',
        origin: 'model',
        model: { name: 'parrot' },
        device: 'cpu',
        finishReason: 'stop',
        logprobs: [{ token: 'answer ' }, { token: '2' }],
      },
    ]);
    expect(project.judgementsOf(promptId)).toEqual([]);
    expect(playground.turns[3]?.thumb).toBe('down');
  });

  test('up judges the answer good: it is the one to imitate', async () => {
    const { project, playground } = chat();
    await playground.send('Why?');
    const kept = await playground.thumb(1, 'up');
    const promptId = kept?.promptId ?? expect.fail();
    const judgements = currentJudgements(project.judgementsOf(promptId));
    expect(judgements).toMatchObject([
      { labeler: 'kim', status: 'submitted', mode: 'thumbs', thumbs: { [kept?.candidateId ?? '']: true } },
    ]);
    const prompt = project.prompt(promptId) ?? expect.fail();
    expect(idealAnswerOf({ prompt, candidates: project.candidatesOf(promptId), judgements })).toMatchObject({
      answer: kept?.candidateId,
    });
  });

  test('on the same answer twice keeps it once', async () => {
    const { project, playground } = chat();
    await playground.send('Why?');
    const first = await playground.thumb(1, 'down');
    expect(await playground.thumb(1, 'down')).toEqual(first);
    expect(project.candidatesOf(first?.promptId ?? expect.fail())).toHaveLength(1);
  });

  test('up on a second answer to the same question keeps the first one good', async () => {
    const { project, playground } = chat();
    await playground.send('Why?');
    const first = await playground.thumb(1, 'up');
    await playground.again(1);
    const second = await playground.thumb(1, 'up');
    expect(second?.promptId).toBe(first?.promptId);
    const ids = [first, second].map((kept) => kept?.candidateId ?? '');
    expect(currentJudgements(project.judgementsOf(first?.promptId ?? expect.fail()))).toMatchObject([
      { mode: 'thumbs', thumbs: Object.fromEntries(ids.map((id) => [id, true])), shown: { order: ids } },
    ]);
  });

  test('up on an answer to a prompt that is judged already leaves what was said', async () => {
    const { project, playground } = chat();
    await playground.send('Why?');
    const kept = await playground.thumb(1, 'down');
    const promptId = kept?.promptId ?? expect.fail();
    const ranked = kept?.candidateId ?? expect.fail();
    const shown = { order: [ranked] };
    await project.appendJudgements([
      Judgement.parse({
        ...{ id: 'j-before', promptId, labeler: 'kim', at: '2026-01-01T00:00:00Z', status: 'submitted' },
        ...{ mode: 'rank', ranking: [[ranked]], line: 0, flags: { [ranked]: ['unsafe'] }, shown },
      }),
    ]);
    await playground.again(1);
    const other = (await playground.thumb(1, 'up'))?.candidateId ?? '';
    expect(currentJudgements(project.judgementsOf(promptId))).toMatchObject([
      {
        status: 'submitted',
        mode: 'rank',
        ranking: [[ranked]],
        line: 0,
        flags: { [ranked]: ['unsafe'] },
        shown,
        thumbs: { [other]: true },
      },
    ]);
  });

  test('down takes a thumb up back: the prompt is open again, and other words stay', async () => {
    const { project, playground } = chat();
    await playground.send('Why?');
    const first = await playground.thumb(1, 'up');
    await playground.thumb(1, 'down');
    const promptId = first?.promptId ?? expect.fail();
    expect(currentJudgements(project.judgementsOf(promptId))).toEqual([]);
    await playground.thumb(1, 'up');
    await playground.again(1);
    await playground.thumb(1, 'up');
    await playground.thumb(1, 'down');
    expect(currentJudgements(project.judgementsOf(promptId))).toMatchObject([
      { status: 'submitted', thumbs: { [first?.candidateId ?? '']: true } },
    ]);
  });

  test('on what is no answer keeps nothing', async () => {
    const { project, playground } = chat();
    await playground.send('Why?');
    expect(await playground.thumb(0, 'up')).toBeUndefined();
    expect(await playground.thumb(7, 'up')).toBeUndefined();
    expect(project.promptIds).toEqual([]);
  });
});
