/**
 * Prompts in: files of many formats, an editor's selection, the interchange record. Out: good rows and a list of the bad
 * ones with their lines. Knows nothing of VS Code. Bad input never loses good data.
 */
export { importFiles, importKindOf, importKinds } from './importFiles.js';
export type { ImportKind, ImportOptions, ImportReport } from './importFiles.js';
export { promptsOfText } from './promptsOfText.js';
export type { TextOrigin } from './promptsOfText.js';
export { promptFileReader, readPromptFile } from './readPromptFile.js';
export type { ReadPromptFileOptions } from './readPromptFile.js';
export { isProblem, readRows } from './readRows.js';
export type { FileSyntax, RawRow, ReadRowsOptions } from './readRows.js';
