import { readFile } from 'node:fs/promises';
import {
  CandidateId,
  Candidate,
  Judgement,
  JudgementId,
  Messages,
  Prompt,
  promptIdOf,
  type Parsed,
  type Problem,
  type PromptId,
} from '../../../src/core/index.js';
import type { ReadPromptFile } from '../../../src/store/index.js';

export const promptOf = (text: string): Prompt => {
  const messages = Messages.parse([{ role: 'user', content: text }]);
  return Prompt.parse({ id: promptIdOf({ messages }), messages });
};

export const candidateOf = (id: string, promptId: PromptId, text = `answer ${id}`): Candidate =>
  Candidate.parse({ id: CandidateId.parse(id), promptId, text, origin: 'import' });

export const judgementOf = (id: string, promptId: PromptId, more: Partial<Judgement> = {}): Judgement =>
  Judgement.parse({
    id: JudgementId.parse(id),
    promptId,
    labeler: 'kim',
    at: '2026-11-24T12:00:00.000Z',
    status: 'skipped',
    ...more,
  });

/** Rows as the store writes them; on the real disk. */
export const readJsonLines: ReadPromptFile = async (path) => parsePrompts(await readFile(path, 'utf8'), path);

/** As the real reader: a bad line is a problem, and the others are read. */
export function parsePrompts(text: string, file: string): Parsed<Prompt> {
  const rows: Prompt[] = [];
  const problems: Problem[] = [];
  text.split('\n').forEach((content, index) => {
    if (content === '') return;
    const line = index + 1;
    try {
      rows.push(Prompt.parse({ ...JSON.parse(content), source: { file, line } }));
    } catch {
      problems.push({ code: 'prompt-line', message: 'not a prompt', file, line });
    }
  });
  return { rows, problems };
}
