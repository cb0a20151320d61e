import { readFile } from 'node:fs/promises';
import {
  CandidateId,
  Candidate,
  Judgement,
  JudgementId,
  Messages,
  Prompt,
  promptIdOf,
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

export const parsePrompts = (text: string, file: string) => ({
  rows: text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => Prompt.parse({ ...JSON.parse(line), source: { file, line: index + 1 } })),
  problems: [],
});
