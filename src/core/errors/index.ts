/**
 * The catalogue of worded errors, a file for each of those who can fix them. Made by named functions so that all wording
 * can be read in one sitting and thrown from any process.
 */
export * from './touchstoneError.js';
export * from './modelErrors.js';
export * from './engineErrors.js';
export * from './storeErrors.js';
export * from './inputErrors.js';
export * from './datasetErrors.js';
export * from './serverErrors.js';
export * from './languageModelErrors.js';
export * from './fineTuneErrors.js';
