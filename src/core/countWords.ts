import * as l10n from '@vscode/l10n';

/** Things with their number, in the number's own form: "1 prompt", "2 prompts". */
export const countWords = {
  prompts: (n: number): string => (n === 1 ? l10n.t('1 prompt') : l10n.t('{0} prompts', String(n))),
  candidates: (n: number): string => (n === 1 ? l10n.t('1 candidate') : l10n.t('{0} candidates', String(n))),
  judgements: (n: number): string => (n === 1 ? l10n.t('1 judgement') : l10n.t('{0} judgements', String(n))),
  rows: (n: number): string => (n === 1 ? l10n.t('1 row') : l10n.t('{0} rows', String(n))),
  files: (n: number): string => (n === 1 ? l10n.t('1 file') : l10n.t('{0} files', String(n))),
  corrections: (n: number): string => (n === 1 ? l10n.t('1 correction') : l10n.t('{0} corrections', String(n))),
} as const;
