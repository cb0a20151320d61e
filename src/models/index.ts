/**
 * What can answer: catalogue, sources, parameter files (GGUF), tokenizer, chat template, and the ONNX graph that is built
 * from them. Knows nothing of VS Code, of prompts or of sampling. Everything that it reads is hostile.
 */
export type { AddProgress, CatalogueEntry, ModelLibrary, ModelSource } from './library.js';
export type { CompiledModel, InstalledModel } from './model.js';
export type { MetadataValue, ParameterFile, TensorInfo, TensorType } from './parameterFile.js';
export type { ChatTokenizer } from './tokenizer.js';
