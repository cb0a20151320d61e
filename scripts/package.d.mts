export const thisTarget: string;
export function vsixPath(target: string): string;
export function unexpectedFiles(files: readonly string[]): string[];
export function filesBelow(folder: string): string[];
