/**
 * Prompts to candidates: one generator interface, several kinds behind it, and the queue that writes ahead of the labeler.
 * Knows nothing of VS Code or of how a model computes.
 */
export { createAheadQueue } from './aheadQueue.js';
export type { AheadAnswer, AheadEvent, AheadQueue, AheadQueueOptions, AheadState } from './ahead.js';
export type { AnswerPlan, GoingOn } from './answerPlan.js';
export { generateCandidates, lackingPrompts } from './generateCandidates.js';
export type { GenerateEvent, GenerateOptions, GenerateReport } from './generateCandidates.js';
export type { CandidateGenerator, GenerationEvent, GenerationRequest } from './generator.js';
export { languageModelGenerator } from './languageModelGenerator.js';
export type { LanguageModel, LanguageModelGeneratorOptions, LanguageModelTurn } from './languageModelGenerator.js';
export {
  isLanguageModelName,
  languageModelName,
  languageModelSelector,
  maxLanguageModelName,
} from './languageModelName.js';
export type { LanguageModelSelector } from './languageModelName.js';
export { listServerModels, openAiGenerator } from './openAiGenerator.js';
export type { OpenAiGeneratorOptions, OpenAiServer } from './openAiGenerator.js';
export { serverBaseUrl } from './serverAddress.js';
export { Slots } from './slots.js';
