import * as l10n from '@vscode/l10n';

export const percent = (share: number): string => l10n.t('{0} %', Math.round(share * 100));
/** Of milliseconds. */
export const seconds = (ms: number): string => l10n.t('{0} s', Math.round(ms / 1000));
