import {
  type Candidate,
  type CandidateId,
  type Gold,
  isGold,
  type Judgement,
  type JudgementId,
  ProjectConfig,
  type Prompt,
  type PromptId,
  WriterId,
} from '../../../src/core/index.js';
import type { Project } from '../../../src/store/index.js';

/** A project without a disk, for laws that need hundreds of projects. `log` tells in which order was written. */
export function memoryProject(folder = '/project'): Project & { readonly log: string[] } {
  const prompts = new Map<PromptId, Prompt>();
  const candidates = new Map<CandidateId, Candidate>();
  const judgements = new Map<JudgementId, Judgement>();
  const golds = new Map<PromptId, Gold>();
  const log: string[] = [];
  const byTime = (rows: Judgement[]) => rows.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return {
    log,
    folder,
    config: ProjectConfig.parse({ name: 'test' }),
    fileProblem: undefined,
    writer: WriterId.parse('test'),
    problems: [],
    get promptIds() {
      return [...prompts.keys()];
    },
    get order() {
      const ids = [...prompts.keys()];
      return { ids, placeOf: (id: PromptId) => (prompts.has(id) ? ids.indexOf(id) : undefined) };
    },
    judgedIds: () => new Set([...judgements.values()].map((row) => row.promptId)),
    prompt: (id) => prompts.get(id),
    fileOf: () => undefined,
    findPrompts: async () => [],
    candidatesOf: (id) => [...candidates.values()].filter((row) => row.promptId === id),
    nCandidatesOf: (id) => [...candidates.values()].filter((row) => row.promptId === id).length,
    judgementsOf: (id) => byTime([...judgements.values()].filter((row) => row.promptId === id)),
    promptOf: (id) => candidates.get(id)?.promptId,
    goldOf: (id) => golds.get(id),
    get goldIds() {
      return new Set(golds.keys());
    },
    hasJudgement: (id) => judgements.has(id) || [...golds.values()].some((gold) => gold.id === id),
    addPrompts: async (rows, { name }) => {
      log.push(`prompts ${name} ${rows.length}`);
      let nAdded = 0;
      for (const row of rows)
        if (!prompts.has(row.id)) {
          prompts.set(row.id, row);
          nAdded += 1;
        }
      return { nAdded, nDuplicates: rows.length - nAdded };
    },
    appendCandidates: async (rows) => {
      log.push(`candidates ${rows.length}`);
      for (const row of rows) if (!candidates.has(row.id)) candidates.set(row.id, row);
    },
    appendJudgements: async (rows) => {
      log.push(`judgements ${rows.length}`);
      for (const row of rows)
        if (isGold(row)) golds.set(row.promptId, row);
        else if (!judgements.has(row.id)) judgements.set(row.id, row);
    },
    updateConfig: async () => undefined,
    drafts: { get: () => undefined, all: () => [], set: async () => undefined, delete: async () => undefined },
    claims: { hold: () => undefined, release: () => undefined, holdersOf: () => [] },
    checked: Promise.resolve(),
    nUnsaved: 0,
    retry: async () => undefined,
    refresh: async () => undefined,
    onDidChange: () => () => undefined,
    close: async () => undefined,
  };
}
