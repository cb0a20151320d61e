/**
 * Prompts in: files of many formats, an editor's selection, the interchange record. Out: good rows and a list of the bad
 * ones with their lines. Knows nothing of VS Code. Bad input never loses good data.
 */
export {};
