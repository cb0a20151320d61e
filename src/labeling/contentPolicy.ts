/**
 * What a page may do: run the script with this nonce, and take styles, fonts and pictures from its own folder. Nothing may be
 * loaded from, or sent to, elsewhere.
 *
 * @param source where the page's own files come from, as a source of the policy.
 */
export const contentPolicy = (source: string, nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source} 'nonce-${nonce}'`,
    `font-src ${source}`,
    `img-src ${source} data:`,
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-src 'none'",
  ].join('; ');
