export function ensureVenv(
  name: string,
  requirements: readonly string[],
): { readonly python: string } | { readonly skipped: string };
