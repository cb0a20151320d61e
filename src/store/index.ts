/**
 * The project on disk and in memory: `touchstone.json`, the append-only journals of candidates and judgements, drafts.
 * Knows nothing of VS Code, of models, or of what a journal row means beyond its schema.
 * A judgement is never changed or removed; an append resolves when it is on disk.
 */
export { thisMachine, type Machine } from './claim.js';
export { DurableJsonFile, type DurableJsonOptions } from './durableJsonFile.js';
export { codeOf, type FileInfo, type FileSystem, type OpenFile } from './fileSystem.js';
export { writeAll } from './fileBytes.js';
export { nodeFiles } from './nodeFiles.js';
export { projectFileProblemOf } from './projectFile.js';
export {
  findProject,
  initProject,
  beginOpening,
  openProject,
  type InitProjectOptions,
  type OpenProjectOptions,
} from './openProject.js';
export type {
  AddPromptsOptions,
  Draft,
  Drafts,
  OpeningProject,
  Project,
  ProjectChange,
  ProjectFileProblem,
  ProjectOutline,
  PromptOrder,
  ReadPromptFile,
  SoftClaims,
} from './project.js';
