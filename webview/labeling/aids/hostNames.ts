/** What the Markdown parser asks of the package `punycode.js`: the browser knows how a name of a host is written in ASCII. */
export default {
  toASCII: (host: string): string => (/[^\0-\x7f]/.test(host) ? new URL(`http://${host}`).hostname : host),
  /** Links show their address as it is. */
  toUnicode: (host: string): string => host,
};
