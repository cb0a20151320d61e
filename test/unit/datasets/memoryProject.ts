import {
  ProjectConfig,
  type Candidate,
  type Gold,
  type Judgement,
  type Prompt,
  type PromptId,
} from '../../../src/core/index.js';
import type { ProjectView } from '../../../src/datasets/index.js';

/** All of a prompt, as a test gives it. */
export interface PromptRows {
  readonly prompt: Prompt;
  readonly candidates: readonly Candidate[];
  readonly judgements: readonly Judgement[];
  readonly gold?: Gold;
}

/** A project in memory, for what only reads one. */
export function memoryProject(rows: readonly PromptRows[], config: Partial<ProjectConfig> = {}): ProjectView {
  const byId = new Map<PromptId, PromptRows>(rows.map((row) => [row.prompt.id, row]));
  return {
    config: ProjectConfig.parse({ name: 'test', ...config }),
    promptIds: [...byId.keys()],
    prompt: (id) => byId.get(id)?.prompt,
    candidatesOf: (id) => byId.get(id)?.candidates ?? [],
    judgementsOf: (id) => byId.get(id)?.judgements ?? [],
    goldOf: (id) => byId.get(id)?.gold,
  };
}
