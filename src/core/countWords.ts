import * as l10n from '@vscode/l10n';

/** Things with their number, in the number's own form: "1 prompt", "2 prompts". */
export const countWords = {
  prompts: (n: number): string => (n === 1 ? l10n.t('1 prompt') : l10n.t('{0} prompts', String(n))),
  candidates: (n: number): string => (n === 1 ? l10n.t('1 candidate') : l10n.t('{0} candidates', String(n))),
  judgements: (n: number): string => (n === 1 ? l10n.t('1 judgement') : l10n.t('{0} judgements', String(n))),
  rows: (n: number): string => (n === 1 ? l10n.t('1 row') : l10n.t('{0} rows', String(n))),
  files: (n: number): string => (n === 1 ? l10n.t('1 file') : l10n.t('{0} files', String(n))),
  words: (n: number): string => (n === 1 ? l10n.t('1 word') : l10n.t('{0} words', String(n))),
  tokens: (n: number): string => (n === 1 ? l10n.t('1 token') : l10n.t('{0} tokens', String(n))),
  bytes: (n: number): string => (n === 1 ? l10n.t('1 byte') : l10n.t('{0} bytes', String(n))),
  pairs: (n: number): string => (n === 1 ? l10n.t('1 pair') : l10n.t('{0} pairs', String(n))),
  comparisons: (n: number): string => (n === 1 ? l10n.t('1 comparison') : l10n.t('{0} comparisons', String(n))),
  corrections: (n: number): string => (n === 1 ? l10n.t('1 correction') : l10n.t('{0} corrections', String(n))),
} as const;
