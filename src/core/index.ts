/**
 * The pure domain: prompt, candidate, judgement, ranking, preference, and the interchange record that holds them.
 * Knows nothing of VS Code, of files, processes or clocks: time, randomness and ids come in as arguments.
 * Runs in Node and in a webview alike.
 */
export * from './agreement.js';
export * from './answerParts.js';
export * from './assignment.js';
export * from './bias.js';
export * from './board.js';
export * from './branch.js';
export * from './candidate.js';
export * from './dealing.js';
export * from './composed.js';
export * from './desirability.js';
export * from './differences.js';
export * from './errors/index.js';
export * from './figure.js';
export * from './gold.js';
export * from './goldAgreement.js';
export * from './guidelines.js';
export * from './hash.js';
export * from './idealAnswer.js';
export * from './ids.js';
export * from './interchange.js';
export * from './jsonLimits.js';
export * from './judgedPrompt.js';
export * from './judgement.js';
export * from './judgingMode.js';
export * from './kappa.js';
export * from './krippendorff.js';
export * from './labelingFigures.js';
export * from './names.js';
export * from './order.js';
export * from './pace.js';
export * from './parsed.js';
export * from './countWords.js';
export * from './plainText.js';
export * from './preference.js';
export * from './project.js';
export * from './prompt.js';
export * from './random.js';
export * from './rubric.js';
export * from './sentencesOf.js';
export * from './split.js';
export * from './stableStringify.js';
export * from './stepLabels.js';
export * from './steps.js';
export * from './textRange.js';
export * from './thought.js';
export * from './topicWords.js';
export * from './uncertainty.js';
export * from './unsupported.js';
export * from './unsure.js';
export * from './visibleText.js';
