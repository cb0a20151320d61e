/** What the Markdown parser asks of the package `uc.micro`, whose tables are 5 kB: the browser has them. */
export const P = /\p{P}/u;
export const S = /\p{S}/u;
