/**
 * From a parameter file to an ONNX decoder in a folder of ours: the architecture's description, the building blocks that
 * write nodes, the decode graph made of them, and the cache. Knows nothing of onnxruntime, of text or of sampling.
 */
export { compileModel, type CompileOptions } from './compileModel.js';
export { DecoderDescription, readDescription } from './decoderDescription.js';
export { nTopTokens } from './decoderGraph.js';
export { tinyLlama } from './tinyLlama.js';
