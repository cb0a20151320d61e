import { Candidate, candidateIdOf, type PromptId, promptIdOf } from '../../../src/core/index.js';
import { memoryProject } from '../prompts/memoryProject.js';

/** A project with these prompts and no candidates. `short` lists a prompt's candidates: text, model and how they ended. */
export async function promptProject(...texts: string[]) {
  const project = memoryProject();
  const rows = texts.map((content) => {
    const messages = [{ role: 'user' as const, content }];
    return { id: promptIdOf({ messages }), messages };
  });
  await project.addPrompts(rows, { name: 'p' });
  project.log.length = 0;
  const idOf = (content: string): PromptId => promptIdOf({ messages: [{ role: 'user', content }] });
  const short = (content: string): string[] =>
    project
      .candidatesOf(idOf(content))
      .map(({ text, finishReason }) => (finishReason === 'stop' ? text : `${text} [${finishReason}]`));
  const put = (content: string, ...answers: string[]): Promise<void> =>
    project.appendCandidates(
      answers.map((text) =>
        Candidate.parse({ id: candidateIdOf([content, text]), promptId: idOf(content), text, origin: 'import' }),
      ),
    );
  return { project, idOf, short, put };
}
