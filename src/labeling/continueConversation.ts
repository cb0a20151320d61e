import { promptIdOf, type CandidateId, type PromptId } from '../core/index.js';
import type { Project } from '../store/index.js';

export interface NextTurn {
  readonly promptId: PromptId;
  /** The answer that the conversation goes on with, and its text, which may have been improved. */
  readonly candidateId: CandidateId;
  readonly answer: string;
  /** What the user says to it. */
  readonly user: string;
}

/**
 * Goes on with a conversation: the turns so far, the chosen answer and the user's next turn become a prompt of their own. It
 * names what it continues, so that the tree of a conversation is kept, to any depth.
 *
 * @returns its id; the same turns give the same prompt.
 * @throws RangeError for a prompt that is not in the project.
 * @throws StoreError
 */
export async function continueConversation(
  project: Pick<Project, 'prompt' | 'addPrompts'>,
  { promptId, candidateId, answer, user }: NextTurn,
): Promise<PromptId> {
  const prompt = project.prompt(promptId);
  if (prompt === undefined) throw new RangeError(`the project has no prompt ${promptId}`);
  const messages = [
    ...prompt.messages,
    { role: 'assistant' as const, content: answer },
    { role: 'user' as const, content: user.trim() },
  ];
  const id = promptIdOf({ messages });
  await project.addPrompts([{ id, messages, metadata: { continues: { promptId, candidateId } } }], {
    name: 'conversations',
    to: 'own-file',
  });
  return id;
}
