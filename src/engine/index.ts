/**
 * The model process and its client. In: a chat and a way to sample. Out: tokens of several candidates, streamed.
 * Only `process.ts` loads onnxruntime. Knows nothing of VS Code, of projects or of judgements.
 */
export { createEngine } from './client.js';
export type { DeviceChoice, Engine, EngineOptions, EngineState } from './engine.js';
