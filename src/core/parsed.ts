/**
 * What a reader of foreign data returns: the good rows and what is wrong with the others. Expected trouble with data is
 * a value, never an exception, so that bad lines cannot lose good ones.
 */
export interface Parsed<T> {
  readonly rows: readonly T[];
  readonly problems: readonly Problem[];
}

/** `line` and `column` are 1-based. Shown as a diagnostic on the file, and as `file:line: message` in a terminal. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  readonly field?: string;
}

/** The form of a problem in a terminal, one line: `file:line: message`. */
export const describeProblem = (problem: Problem): string => `${problem.file}:${problem.line}: ${problem.message}`;
