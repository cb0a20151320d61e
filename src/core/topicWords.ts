import { t } from '@vscode/l10n';
import type { AgreementMeasure } from './agreement.js';

/** What labelers agree on, in the reader's language; of a rating the attribute as the project names it. */
export function topicWords({ on, attribute = '' }: Pick<AgreementMeasure, 'on' | 'attribute'>): string {
  switch (on) {
    case 'ranking':
      return t('ranking');
    case 'strength':
      return t('strength');
    case 'rating':
      return attribute;
    case 'steps':
      return t('steps');
    case 'thumbs':
      return t('thumbs');
    case 'flags':
      return t('flags');
  }
}
