export const arrows: Readonly<Record<string, readonly string[]>>;
export const keepers: Readonly<Record<string, readonly string[]>>;
/** Why this import is not allowed, as a sentence; undefined when it is. */
export function borderProblem(file: string, specifier: string): string | undefined;
