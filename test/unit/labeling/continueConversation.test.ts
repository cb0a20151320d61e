import { expect, test } from 'vitest';
import { CandidateId, promptIdOf } from '../../../src/core/index.js';
import { continueConversation } from '../../../src/labeling/continueConversation.js';
import { memoryProject } from '../prompts/memoryProject.js';

const messages = [
  { role: 'system' as const, content: 'Be brief.' },
  { role: 'user' as const, content: 'Why is the sky blue?' },
];

test('a conversation goes on with the chosen answer, to any depth, and its tree is kept', async () => {
  const project = memoryProject();
  const root = promptIdOf({ messages });
  await project.addPrompts([{ id: root, messages }], { name: 'first' });
  const [a, b] = ['a', 'b'].map((id) => CandidateId.parse(id));
  const second = await continueConversation(project, {
    promptId: root,
    candidateId: a ?? expect.fail(),
    answer: 'Air scatters blue light.',
    user: ' And at dusk? ',
  });
  const third = await continueConversation(project, {
    promptId: second,
    candidateId: b ?? expect.fail(),
    answer: 'The way is longer.',
    user: 'Thanks.',
  });
  expect(project.prompt(third)?.messages).toEqual([
    ...messages,
    { role: 'assistant', content: 'Air scatters blue light.' },
    { role: 'user', content: 'And at dusk?' },
    { role: 'assistant', content: 'The way is longer.' },
    { role: 'user', content: 'Thanks.' },
  ]);
  expect([third, second].map((id) => project.prompt(id)?.metadata)).toEqual([
    { continues: { promptId: second, candidateId: b } },
    { continues: { promptId: root, candidateId: a } },
  ]);
});

test('the same turns are the same prompt', async () => {
  const project = memoryProject();
  const root = promptIdOf({ messages });
  await project.addPrompts([{ id: root, messages }], { name: 'first' });
  const turn = { promptId: root, candidateId: CandidateId.parse('a'), answer: 'Air.', user: 'Why?' };
  expect(await continueConversation(project, turn)).toBe(await continueConversation(project, turn));
  expect(project.promptIds).toHaveLength(2);
});
