import { t } from '@vscode/l10n';
import { plainText } from '../core/index.js';
import type { StripView } from '../protocol.js';
import type { Project } from '../store/index.js';

/** What the panel says as long as `touchstone.json` cannot be read. */
export function projectFileStrip({ fileProblem }: Project): StripView | null {
  if (fileProblem === undefined) return null;
  return {
    kind: 'warning',
    message: t('touchstone.json cannot be read: former settings hold.'),
    details: plainText(fileProblem.message),
    action: { action: 'open-project-file', label: t('Open touchstone.json') },
  };
}
