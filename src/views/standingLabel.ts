import * as vscode from 'vscode';
import type { Standing } from '../labeling/index.js';

/** A group of the queue, as it is called everywhere. */
export function standingLabel(standing: Standing): string {
  switch (standing) {
    case 'open':
      return vscode.l10n.t('To label');
    case 'draft':
      return vscode.l10n.t('Drafts');
    case 'skipped':
      return vscode.l10n.t('Skipped');
    case 'submitted':
      return vscode.l10n.t('Submitted');
    case 'discarded':
      return vscode.l10n.t('Discarded');
  }
}
