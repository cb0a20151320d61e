export const root: string;
export const cache: string;
export function chromiumPath(): string | undefined;
