/**
 * What can answer: catalogue, sources, parameter files (GGUF), tokenizer, chat template, and the ONNX graph that is built
 * from them. Knows nothing of VS Code, of prompts or of sampling. Everything that it reads is hostile.
 */
export { sourceText } from './catalogue.js';
export { dequantizableTypes, dequantize, halfToNumber } from './dequantize.js';
export { openGguf } from './gguf/openGguf.js';
export { tokenizerOf } from './ggufTokenizer.js';
export {
  cacheFolder,
  openModelLibrary,
  type AddProgress,
  type CatalogueEntry,
  type LibraryOptions,
  type ModelLibrary,
  type ModelSource,
} from './library.js';
export {
  booleanOf,
  integerOf,
  integersOf,
  optionalIntegerOf,
  optionalTextOf,
  positiveOf,
  textOf,
  textsOf,
  type IntegerRange,
} from './metadata.js';
export type { CompiledModel, InstalledModel } from './model.js';
export type { MetadataValue, ParameterFile, TensorInfo, TensorType } from './parameterFile.js';
export type { ChatTokenizer } from './tokenizer.js';
export {
  compileModel,
  DecoderDescription,
  nTopTokens,
  readDescription,
  tinyLlama,
  type CompileOptions,
} from './graph/index.js';
