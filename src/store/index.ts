/**
 * The project on disk and in memory: `touchstone.json`, the append-only journals of candidates and judgements, drafts.
 * Knows nothing of VS Code, of models, or of what a journal row means beyond its schema.
 * A judgement is never changed or removed; an append resolves when it is on disk.
 */
export type { FileSystem, OpenFile } from './fileSystem.js';
export type { Draft, Drafts, Project, ProjectChange, ReadPromptFile } from './project.js';
